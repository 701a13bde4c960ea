// The part of the interface for two settings side by side: the switch, which of the two the settings are of, and the
// second picture and its sentences.

import { Beside } from "./beside.js";
import { h, say } from "./dom.js";
import { typed } from "./format.js";
import { Headline } from "./headline.js";
import { PictureFigure } from "./picture.js";

/**
 * @typedef {import("../protocol.js").Values} Values
 * @typedef {import("./session.js").Session} Session
 *
 * @typedef {object} Around
 * @property {Session} session
 * @property {import("../tilde.js").Tilde} tilde
 * @property {{ ui: import("./words.js").Words, own: import("./words.js").Words }} words
 * @property {import("./stage.js").Stage} stage
 * @property {HTMLElement} headline  the sentences of the first one
 * @property {(error: import("../errors.js").TildeError, session: Session, change: (values: Values) => unknown) => void} report
 *   says what went wrong with the second one, and offers to change it
 * @property {(up: boolean) => void} lift  puts the switch where the settings are, or on top of the rail
 */

let unique = 0;

/** Two settings side by side. */
export class Compare {
  #around;
  /** @type {Beside|undefined} */
  #beside;
  /** @type {PictureFigure|undefined} */
  #figure;
  #headline;
  #tags = [0, 1].map(() => h("span", { className: "which" }));
  #button;
  #sides;
  /** Whether the settings are those of the second one. */
  #second = false;

  /** @param {Around} around */
  constructor(around) {
    this.#around = around;
    const { session, words } = around;
    const { ui, own } = words;
    this.#headline = new Headline(session.card.metrics, own, ui);
    this.#headline.element.dataset.which = "B";
    this.#button = h(
      "button",
      { type: "button", className: "tool", "aria-pressed": "false", onclick: () => this.toggle() },
      ui.get("compare.open"),
    );
    const name = `side-${++unique}`;
    const side = (/** @type {boolean} */ second) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name, checked: !second, onchange: () => this.#choose(second) }),
        second ? "B" : "A",
      );
    this.#sides = h("span", { className: "sides", role: "radiogroup", "aria-label": ui.get("compare.which"), hidden: true }, ui.get("compare.which"), side(false), side(true)); // prettier-ignore
    this.element = h("p", { className: "compare" }, this.#button, this.#sides);
  }

  /** The session whose settings are shown. */
  get shown() {
    return this.#second && this.#beside ? this.#beside.session : this.#around.session;
  }

  toggle() {
    if (this.#beside) this.close();
    else this.open({});
    this.#around.session.dispatchEvent(new Event("change"));
  }

  /** @param {Values} values in which the second one differs */
  open(values) {
    const { session, tilde, words, stage } = this.#around;
    const [view] = session.card.views;
    const beside = (this.#beside = new Beside(tilde, session, values));
    const figure = (this.#figure = new PictureFigure(view, words.own));
    figure.surface.bounded = true;
    figure.element.querySelector("figcaption")?.prepend(this.#tags[1]);
    this.#around.headline.dataset.which = "A";
    this.#around.headline.after(this.#headline.element);
    this.#around.lift(true);
    stage.pair(figure, this.#tags[0], () => beside.session.history);
    beside.addEventListener("frame", (event) => this.#show(/** @type {CustomEvent} */ (event).detail));
    beside.addEventListener("problem", (event) =>
      this.#around.report(/** @type {CustomEvent} */ (event).detail, beside.session, (values) => beside.change(values)),
    );
    beside.addEventListener("change", () => {
      this.show();
      session.dispatchEvent(new Event("change"));
    });
    this.#choose(true);
  }

  close() {
    delete this.#around.headline.dataset.which;
    this.#headline.element.remove();
    this.#around.lift(false);
    this.#beside?.close();
    this.#beside = this.#figure = undefined;
    this.#around.stage.pair();
    this.#headline.show({ metrics: {} });
    this.#choose(false);
  }

  /**
   * Changes a setting of the second one, if it is that one's turn.
   * @param {Values} values
   * @returns {boolean} whether it was
   */
  change(values) {
    if (!this.#second || !this.#beside) return false;
    this.#beside.change(values);
    return true;
  }

  /** Shows how things stand. */
  show() {
    const { ui } = this.#around.words;
    const open = Boolean(this.#beside);
    say(this.#button, ui.get(open ? "compare.close" : "compare.open"));
    this.#button.setAttribute("aria-pressed", String(open));
    this.#sides.hidden = !open;
    const [a, b] = [this.#around.session, this.#beside?.session];
    if (!b) return;
    const ids = a.card.settings.map(({ id }) => id).filter((id) => a.settings[id] !== b.settings[id]);
    for (const [tag, letter, { settings }] of /** @type {[HTMLElement, string, Session][]} */ ([
      [this.#tags[0], "A", a],
      [this.#tags[1], "B", b],
    ]))
      say(tag, [letter, ids.map((id) => this.#said(id, settings[id])).join(", ")].filter(Boolean).join(" · "));
  }

  /** @param {boolean} second */
  #choose(second) {
    this.#second = second;
    const [a, b] = this.#sides.querySelectorAll("input");
    [a.checked, b.checked] = [!second, second];
    this.show();
    this.#around.session.dispatchEvent(new Event("change"));
  }

  /** @param {import("../protocol.js").Frame} frame */
  #show(frame) {
    const { views } = frame;
    const [{ id }] = this.#around.session.card.views;
    if (views[id]) this.#figure?.show(views[id]);
    this.#headline.show(frame);
    this.#around.stage.showCurves();
  }

  /** A setting and its value in words. @param {string} id @param {import("../protocol.js").Value} value */
  #said(id, value) {
    const { ui, own } = this.#around.words;
    const word =
      typeof value === "number" ? typed(value)
      : typeof value === "boolean" ? ui.get(`flags.${value}`)
      : (own.find(`settings.${id}.choices.${value}`) ?? value); // prettier-ignore
    return `${own.get(`settings.${id}`)} ${word}`;
  }
}
