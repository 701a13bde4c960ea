// All pictures and curves of an exhibit, drawn as frames come: a large one, and the others beside or below it.

import { Curve } from "./curves.js";
import { h } from "./dom.js";
import { partsOf } from "./headline.js";
import { Lens } from "./lens.js";
import { PictureFigure } from "./picture.js";
import { brush, drag, pick, sentence } from "./touch.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./theme.js").Theme} Theme
 * @typedef {"alone"|"side"|"twins"|"strip"} Order  how pictures stand: the large one alone, others at its side, it and its
 *   twin, and these above what answers to the hand
 */

/** Room that pictures at the side of the large one take at least, and what is around the large one, in CSS pixels. */
const SIDE = 300;
const AROUND = 110;
/** What stands below a pair of pictures, in CSS pixels, and the share of their width that is left to their height then. */
const STRIP = 128;
const LEAST = 0.75;
/** The large picture is no higher than this where its own width would decide, in CSS pixels. */
const HIGHEST = 560;
/** Kinds of picture that are wider than high. (Axes can have any shape.) */
const WIDE = /bars|stack|network|table/;

/** The stage. */
export class Stage {
  /** @type {Map<string, PictureFigure>} */
  #pictures = new Map();
  /** @type {Curve[]} */
  #curves;
  #session;
  #ui;
  #visible = new Set();
  /** By the view that each shows. @type {Map<string, Lens>} */
  #lenses = new Map();
  /** Views that lenses need. */
  #answering = new Set();
  #large;
  /** All but the large one, in their order, and those of them that stand at its side if there is room. */
  #small;
  #beside;
  /** What belongs to another run. @type {{ figure: PictureFigure, tag: HTMLElement, history: () => import("./history.js").History }|undefined} */
  #other;
  #side = h("div", { className: "side", hidden: true });
  /** As large as the large one, beside it. @type {PictureFigure|undefined} */
  #twin;
  /** What answers to the hand. @type {HTMLElement|undefined} */
  #answer;
  /** @type {Order} */
  #order = "alone";
  #metrics;
  /** The figure that counts the steps of a film. @type {string|undefined} */
  #film;
  /** What is said at the point of a picture, by view. @type {Record<string, string>} */
  #said;

  /** @param {Session} session @param {{ ui: import("./words.js").Words, own: import("./words.js").Words }} words */
  constructor(session, { ui, own }) {
    const { card } = session;
    this.#session = session;
    this.#metrics = new Map(card.metrics.map((metric) => [metric.id, metric]));
    this.#said = Object.fromEntries(card.views.map(({ id }) => [id, own.find(`views.${id}.point`) ?? ""]));
    this.#ui = ui;
    for (const view of card.views) this.#pictures.set(view.id, new PictureFigure(view, own));
    const ids = [...new Set(card.metrics.map(({ curve }) => curve).filter(Boolean))];
    this.#curves = ids.map((id) => new Curve(id, card.metrics.filter(({ curve }) => curve === id), own)); // prettier-ignore
    for (const action of card.actions) this.#connect(action, own);
    const pictures = [...this.#pictures.values()];
    const [hero] = pictures;
    const twins = pictures.filter((picture) => picture !== hero && picture.view.main);
    const others = pictures.filter(({ view }) => !view.main);
    const curves = this.#curves.map(({ element }) => element);
    this.#large = hero;
    this.#small = [...twins.map(({ element }) => element), ...curves, ...others.map(({ element }) => element)];
    // What answers to the hand stands beside it, and what the card wants there; with a second picture of the same weight
    // that is enough, else there are a curve and a small picture. Of curves it is the first, and as long as nothing is known
    // for that one, the next.
    const touched = card.actions.find(({ answer, view }) => answer && view === hero.view.id);
    this.#answer = this.#pictures.get(touched?.answer ?? "")?.element;
    this.#twin = pictures.find(({ view }) => view.twin !== "none");
    const chosen = pictures.filter(({ view }) => view.beside);
    const always = this.#curves.findIndex(({ sometimes }) => !sometimes);
    const [few, small] = [curves.slice(0, Math.max(always, 0) + 1), others[0]?.element];
    const next = chosen.length ? chosen.map(({ element }) => element) : twins.length ? [twins[0].element] : [...few, small]; // prettier-ignore
    this.#beside = [...new Set([this.#answer, ...next])].filter((each) => each !== undefined).slice(0, 2);
    hero.surface.bounded = true;
    // A film is of ways that points go.
    this.#film = card.metrics.find((metric) => metric.film)?.id;
    for (const picture of [hero, this.#twin]) if (picture) picture.trails = this.#film !== undefined;
    this.hero = h("div", { className: "hero" }, hero.element, this.#side);
    this.rest = h("div", { className: "rest" }, ...this.#small);
    this.#watch(pictures);
  }

  /**
   * Puts the large picture of another run beside the large one, in the place of what stands at its side; without one,
   * takes it away again.
   * @param {PictureFigure} [figure]
   * @param {HTMLElement} [tag] for the caption of the first
   * @param {() => import("./history.js").History} [history] of the other run, for the curves
   */
  pair(figure, tag, history) {
    this.#other?.figure.element.remove();
    this.#other?.tag.remove();
    this.#other = figure && tag && history && { figure, tag, history };
    this.hero.classList.toggle("pair", Boolean(this.#other));
    // Of the other run nothing is kept.
    this.#large.trails = this.#film !== undefined && !this.#other;
    if (figure && tag) {
      this.#large.element.querySelector("figcaption")?.prepend(tag);
      this.#large.element.after(figure.element);
      figure.theme = this.#large.theme;
    }
    this.arrange();
    this.showCurves();
  }

  /** Fits the pictures into the room there is. */
  arrange() {
    const order = this.#best();
    if (order !== this.#order) this.#place(order);
    // No higher than they are wide, so that what is said of them stands close.
    if (this.#paired) this.hero.style.setProperty("--tall", `${this.#large.width}px`);
  }

  /** What the room there is allows. @returns {Order} */
  #best() {
    const { clientWidth: width, clientHeight: height } = this.hero;
    if (this.#other) return "alone";
    const glimpse = /** @type {ShadowRoot} */ (this.hero.getRootNode()).host?.hasAttribute("glimpse");
    if (this.#twin && width >= 2 * SIDE && !glimpse)
      return this.#answer && height - STRIP - AROUND >= (LEAST * width) / 2 ? "strip" : "twins";
    return width - SIDE >= (height - AROUND) * (WIDE.test(this.#large.view.kind) ? 1.5 : 1) ? "side" : "alone";
  }

  get #paired() {
    return this.#order === "twins" || this.#order === "strip";
  }

  /** @param {Order} order */
  #place(order) {
    this.#order = order;
    const twin = this.#paired ? this.#twin : undefined;
    this.rest.prepend(...this.#small);
    const aside = order === "side" ? this.#beside : order === "strip" && this.#answer ? [this.#answer] : [];
    this.#side.append(...aside);
    this.#side.hidden = !aside.length;
    this.hero.classList.toggle("twins", Boolean(twin));
    if (twin?.view.twin === "left") this.#large.element.before(twin.element);
    else if (twin) this.#large.element.after(twin.element);
    // There is only so much height.
    for (const { element, surface } of this.#pictures.values())
      if (element !== this.#large.element) surface.bounded = aside.includes(element) || element === twin?.element;
  }

  /** Height that the large picture needs, with what is around it, to be as wide as there is room, in CSS pixels. */
  get height() {
    // Whether others stand beside it follows from the height that there is.
    const twin = this.#paired ? this.#twin?.element : undefined;
    const { hidden } = this.#side;
    this.#side.hidden = true;
    if (twin) twin.hidden = true;
    this.hero.classList.toggle("twins", false);
    const height = this.#large.around + Math.min(HIGHEST, this.#large.height);
    this.hero.classList.toggle("twins", this.#paired);
    if (twin) twin.hidden = false;
    this.#side.hidden = hidden;
    return height;
  }

  /** Puts something above the large picture. @param {HTMLElement} element */
  head(element) {
    this.#large.element.querySelector("figcaption")?.after(element);
  }

  /** Puts a field of the settings under a view. @param {string} view @param {HTMLElement} field */
  put(view, field) {
    this.#pictures.get(view)?.foot.append(field);
  }

  /** The element of a view or a curve; without an id, or with an unknown one, that of the large picture. @param {string} [id] */
  find(id = "") {
    return (this.#pictures.get(id) ?? this.#curves.find((curve) => curve.id === id) ?? this.#large).element;
  }

  /** @param {Theme} theme */
  set theme(theme) {
    for (const picture of this.#drawn) {
      picture.theme = theme;
      picture.surface.measure();
      picture.repaint();
    }
    for (const part of [...this.#curves, ...this.#lenses.values()]) part.theme = theme;
    this.showCurves();
  }

  /** All pictures, that of another run with them. */
  get #drawn() {
    return [...this.#pictures.values(), ...(this.#other ? [this.#other.figure] : [])];
  }

  /**
   * @param {import("../protocol.js").Frame} frame
   * @param {import("../protocol.js").Frame[]} [before] kept frames before it, the oldest first
   */
  show(frame, before = []) {
    const { ghostViews } = this.#session;
    before = this.#sinceFilm([...before, frame]).slice(0, -1);
    for (const [id, picture] of Object.entries(frame.views)) {
      const figure = this.#pictures.get(id);
      if (figure) figure.traces = { before: before.flatMap(({ views }) => views[id] ?? []), ghost: ghostViews?.[id] };
      figure?.show(picture);
      figure?.point(this.#said[id] && (partsOf(this.#said[id], this.#metrics, frame.metrics) ?? []).join(""));
      this.#lenses.get(id)?.show(picture);
    }
    this.showCurves();
  }

  /** Those of the frames that are of the film that the last one is of. @param {import("../protocol.js").Frame[]} frames */
  #sinceFilm(frames) {
    const at = this.#film;
    if (at === undefined) return frames;
    let first = frames.length - 1;
    while (first > 0 && frames[first - 1].metrics[at] <= frames[first].metrics[at]) first--;
    return frames.slice(first);
  }

  /** Draws with the run before, or without it, once that has appeared or disappeared between frames. */
  showGhost() {
    const { ghostViews } = this.#session;
    for (const [id, figure] of this.#pictures) {
      const ghost = ghostViews?.[id];
      if (figure.traces.ghost === ghost) continue;
      figure.traces = { ...figure.traces, ghost };
      figure.repaint();
    }
    this.showCurves();
  }

  /** Draws the curves. */
  showCurves() {
    const { history, ghost, last, playing } = this.#session;
    // A curve has the same axes for both: in the place of the run before, faint, is the other one.
    const faint = this.#other?.history() ?? ghost;
    for (const curve of this.#curves) curve.show(history, faint, last?.metrics ?? {}, playing);
  }

  /** Renews the text alternatives. @param {string} text for pictures */
  describe(text) {
    for (const picture of this.#drawn) picture.describe(text, this.#ui);
    for (const curve of this.#curves) curve.describe(this.#session.last?.metrics ?? {});
  }

  /** @param {import("../protocol.js").Action} action @param {import("./words.js").Words} own */
  #connect({ id, kind, view, answer }, own) {
    const figure = this.#pictures.get(view) ?? [...this.#pictures.values()][0];
    const label = own.get(`actions.${id}`);
    const hint = own.hint(`actions.${id}`) || label;
    const send = (/** @type {import("../protocol.js").Payload} */ payload) => this.#session.act(id, payload);
    if (kind === "drag") drag(figure, id, label, send, own.get("tools.drag"), this.#lens(answer, own));
    else if (kind === "brush") brush(figure, label, hint, send);
    else if (kind === "pick" || kind === "pick-one") pick(figure, label, send, kind === "pick" ? 2 : 1);
    else if (kind === "edit") figure.edit(id, send);
    else if (kind === "text")
      sentence(figure, label, (characters) => own.get(`actions.${id}.unknown`, { characters }), send);
    else
      figure.tools.append(
        h("button", { type: "button", className: "tool", title: hint, onclick: () => send({}) }, label),
      );
  }

  /** @param {string} id of the view that it shows, or "" @param {import("./words.js").Words} own */
  #lens(id, own) {
    const view = this.#session.card.views.find((each) => each.id === id);
    if (!view) return undefined;
    const lens = new Lens(view, own, (shown) => {
      if (shown) this.#answering.add(id);
      else this.#answering.delete(id);
      this.#ask();
    });
    this.#lenses.set(id, lens);
    return lens;
  }

  /** Asks for the pictures that are in sight. */
  #ask() {
    const needed = (/** @type {string} */ id) => this.#visible.has(id) || this.#answering.has(id);
    const views = this.#session.card.views.map(({ id }) => id).filter(needed);
    if (!views.length || views.join() === this.#session.views.join()) return;
    this.#session.views = views;
    this.#session.refresh();
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
        this.#ask();
      },
      { rootMargin: "100px" },
    );
    for (const { element } of pictures) observer.observe(element);
  }
}
