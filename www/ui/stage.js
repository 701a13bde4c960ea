// All pictures and curves of an exhibit, laid out by importance, drawn as frames come.

import { Curve } from "./curves.js";
import { h } from "./dom.js";
import { PictureFigure } from "./picture.js";
import { brush, drag, pick, sentence } from "./touch.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./theme.js").Theme} Theme
 */

/** The stage. */
export class Stage {
  /** @type {Map<string, PictureFigure>} */
  #pictures = new Map();
  /** @type {Curve[]} */
  #curves;
  #session;
  #ui;
  #visible = new Set();

  /** @param {Session} session @param {{ ui: import("./words.js").Words, own: import("./words.js").Words }} words */
  constructor(session, { ui, own }) {
    const { card } = session;
    this.#session = session;
    this.#ui = ui;
    for (const view of card.views) this.#pictures.set(view.id, new PictureFigure(view, own));
    const ids = [...new Set(card.metrics.map(({ curve }) => curve).filter(Boolean))];
    this.#curves = ids.map((id) => new Curve(id, card.metrics.filter(({ curve }) => curve === id), own)); // prettier-ignore
    for (const action of card.actions) this.#connect(action, own);
    const pictures = [...this.#pictures.values()];
    const mains = pictures.filter(({ view }) => view.main).map(({ element }) => element);
    const others = pictures.filter(({ view }) => !view.main).map(({ element }) => element);
    const curves = this.#curves.map(({ element }) => element);
    // Beside a single large picture: the first curve and the first small picture, or two small pictures.
    const side =
      mains.length === 1
        ? [
            h(
              "div",
              { className: "side" },
              ...[curves.shift() ?? others.shift(), others.shift()].filter((each) => each !== undefined),
            ),
          ]
        : [];
    this.element = h(
      "section",
      { className: "stage" },
      h("div", { className: mains.length === 1 ? "first" : "first twin" }, ...mains, ...side),
      h("div", { className: "rest" }, ...curves, ...others),
    );
    this.#watch(pictures);
  }

  /** Puts a field of the settings under a view. @param {string} view @param {HTMLElement} field */
  put(view, field) {
    this.#pictures.get(view)?.foot.append(field);
  }

  /** @param {Theme} theme */
  set theme(theme) {
    for (const picture of this.#pictures.values()) {
      picture.theme = theme;
      picture.repaint();
    }
    for (const curve of this.#curves) curve.theme = theme;
    this.showCurves();
  }

  /** @param {import("../protocol.js").Frame} frame */
  show(frame) {
    for (const [id, picture] of Object.entries(frame.views)) this.#pictures.get(id)?.show(picture);
    this.showCurves();
  }

  /** Draws the curves. Also needed between frames, when a ghost has appeared or disappeared. */
  showCurves() {
    const { history, ghost, last, playing } = this.#session;
    for (const curve of this.#curves) curve.show(history, ghost, last?.metrics ?? {}, playing);
  }

  /** Renews the text alternatives. @param {string} text for pictures */
  describe(text) {
    for (const picture of this.#pictures.values()) picture.describe(text, this.#ui);
    for (const curve of this.#curves) curve.describe(this.#session.last?.metrics ?? {});
  }

  /** @param {import("../protocol.js").Action} action @param {import("./words.js").Words} own */
  #connect({ id, kind, view }, own) {
    const figure = this.#pictures.get(view) ?? [...this.#pictures.values()][0];
    const label = own.get(`actions.${id}`);
    const hint = own.hint(`actions.${id}`) || label;
    const send = (/** @type {import("../protocol.js").Payload} */ payload) => this.#session.act(id, payload);
    if (kind === "drag") drag(figure, id, label, send);
    else if (kind === "brush") brush(figure, label, hint, send);
    else if (kind === "pick") pick(figure, label, send);
    else if (kind === "edit") figure.edit(id, send);
    else if (kind === "text")
      sentence(figure, label, (characters) => own.get(`actions.${id}.unknown`, { characters }), send);
    else
      figure.tools.append(
        h("button", { type: "button", className: "tool", title: hint, onclick: () => send({}) }, label),
      );
  }

  /** Pictures out of sight are not asked for. @param {PictureFigure[]} pictures */
  #watch(pictures) {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const picture = pictures.find(({ element }) => element === entry.target);
          if (entry.isIntersecting) this.#visible.add(picture?.view.id);
          else this.#visible.delete(picture?.view.id);
        }
        const views = this.#session.card.views.map(({ id }) => id).filter((id) => this.#visible.has(id));
        if (!views.length || views.join() === this.#session.views.join()) return;
        this.#session.views = views;
        this.#session.refresh();
      },
      { rootMargin: "100px" },
    );
    for (const { element } of pictures) observer.observe(element);
  }
}
