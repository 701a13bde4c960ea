// What the model makes of a place, at the hand that points to it: a view of the card, small, beside the knob.

import { h } from "./dom.js";
import { PictureFigure } from "./picture.js";

/** How far it stays from the knob, in shares of the picture. */
const AWAY = 0.06;

/** A small copy of a view over another one. */
export class Lens {
  /** Made when it is first needed. @type {PictureFigure|undefined} */
  #figure;
  /** @type {import("./theme.js").Theme|undefined} */
  #theme;
  #make;
  #ask;

  /**
   * @param {import("../protocol.js").View} view that is shown in it
   * @param {import("./words.js").Words} words
   * @param {(shown: boolean) => void} ask is told when the view is needed, and when no more
   */
  constructor(view, words, ask) {
    this.#make = () => new PictureFigure({ ...view, main: false }, words);
    this.#ask = ask;
    // What it shows is described where the view itself stands.
    this.element = h("div", { className: "lens", hidden: true, "aria-hidden": "true" });
  }

  /** @param {import("./theme.js").Theme} theme */
  set theme(theme) {
    this.#theme = theme;
    if (!this.#figure) return;
    this.#figure.theme = theme;
    this.#figure.repaint();
  }

  /** @param {import("../protocol.js").Picture} picture */
  show(picture) {
    if (!this.element.hidden) this.#figure?.show(picture);
  }

  /** Opens it, or moves it. @param {[number, number]} at shares of the picture from the bottom left */
  move([x, y]) {
    const { style } = this.element;
    // On the side where there is more room, and never under the hand.
    [style.left, style.right] = x < 0.5 ? [`${100 * (x + AWAY)}%`, "auto"] : ["auto", `${100 * (1 - x + AWAY)}%`];
    [style.top, style.bottom] = y < 0.5 ? ["auto", `${100 * y}%`] : [`${100 * (1 - y)}%`, "auto"];
    if (!this.element.hidden) return;
    if (!this.#figure) {
      this.#figure = this.#make();
      this.#figure.theme = this.#theme;
      // There is one view of that name, and it stands elsewhere.
      this.#figure.element.removeAttribute("data-view");
      this.element.append(this.#figure.element);
    }
    this.element.hidden = false;
    this.#ask(true);
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#ask(false);
  }
}
