// Play, step, reset, speed; and where the run stands.

import { h, say } from "./dom.js";
import { whole } from "./format.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./words.js").Words} Words
 */

const PACES = ["rising", "full", "steady", "phases"];

/** A run that has risen so long has its full speed, in milliseconds. */
const RISEN_MS = 5000;

/** The row of buttons under the pictures. */
export class Transport {
  #ui;
  #own;
  #session;
  #scrubber;
  #play;
  #speed;
  #where = h("output", { className: "where" });
  /** When it began to play. */
  #since = Infinity;
  /** The parts of an iteration, where words say what each of them asks. @type {Map<string, HTMLElement>} */
  #turns = new Map();
  /** These, for above the large picture: the one that was done last is marked. @type {HTMLElement|undefined} */
  turns;

  /**
   * @param {Session} session
   * @param {{ ui: Words, own: Words }} words
   * @param {import("./scrubber.js").Scrubber} scrubber
   */
  constructor(session, { ui, own }, scrubber) {
    this.#session = session;
    this.#scrubber = scrubber;
    this.#ui = ui;
    this.#own = own;
    this.#play = h("button", {
      type: "button",
      className: "play",
      title: ui.get("keys.play"),
      onclick: () => this.toggle(),
    });
    const button = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => void} */ onclick) =>
      h("button", { type: "button", title, onclick }, label);
    const speed = h("select", {
      "aria-label": ui.get("speed"),
      onchange: () => this.#setPace(/** @type {any} */ (speed.value)),
    });
    speed.append(...PACES.map((pace) => h("option", { value: pace }, ui.get(`paces.${pace}`))));
    this.#speed = speed;
    this.element = h(
      "div",
      { className: "transport", role: "group", "aria-label": ui.get("transport") },
      this.#play,
      button(ui.get("step-once"), ui.get("keys.step"), () => session.step1()),
      ...session.card.phases.map((phase) =>
        button(own.get(`phases.${phase}`), own.hint(`phases.${phase}`), () => session.step1(phase)),
      ),
      button(ui.get("reset"), ui.get("keys.reset"), () => session.reset()),
      speed,
      scrubber.element,
      this.#where,
    );
    for (const phase of session.card.phases) {
      const turn = own.find(`phases.${phase}.turn`);
      if (turn) this.#turns.set(phase, h("span", {}, h("b", {}, own.get(`phases.${phase}`)), ` ${turn}`));
    }
    if (this.#turns.size) this.turns = h("p", { className: "turns", "aria-hidden": "true" }, ...this.#turns.values());
    this.show();
  }

  /** Plays or pauses. */
  toggle() {
    this.#scrubber.present();
    return this.#session.playing ? this.#session.pause() : this.#session.play();
  }

  /** Shows the state of the session. */
  show() {
    const { playing, finished, last, step, seed, pace, did } = this.#session;
    const { past } = this.#scrubber;
    say(this.#play, this.#ui.get(playing ? "pause" : finished ? "continue" : "play"));
    if (this.#speed.value !== pace) this.#speed.value = pace;
    const phase = playing ? pace === "phases" && last?.phase : did;
    for (const [id, turn] of this.#turns) turn.classList.toggle("now", id === (past ? past.phase : phase));
    if (past) return say(this.#where, this.#ui.get("past", { step: whole(past.metrics.step) }));
    const remark = phase ? this.#doing(phase) : finished ? this.#ui.get("steps-used") : "";
    const where = [remark, this.#ui.get("where", { step: whole(step), seed }), this.#left()];
    say(this.#where, where.filter(Boolean).join(" · "));
    this.#where.classList.toggle("doing", Boolean(phase));
  }

  /** What a phase has done, in a sentence. @param {string} phase */
  #doing(phase) {
    const { changed = 0, all = 0 } = this.#session.changes ?? {};
    return `${this.#own.get(`phases.${phase}`)}: ${this.#own.get(`phases.${phase}.doing`, { changed, all })}`;
  }

  /** How long it will take, where that is minutes. */
  #left() {
    const { playing, pace, until, step, last } = this.#session;
    if (!playing) this.#since = Infinity;
    else if (this.#since === Infinity) this.#since = performance.now();
    const known = performance.now() - this.#since > RISEN_MS && (pace === "full" || pace === "rising");
    const minutes = known && last?.rate ? (until - step) / last.rate / 60 : 0;
    return minutes > 1 ? this.#ui.get("minutes-left", { minutes: whole(minutes) }) : "";
  }

  /** @param {Session["pace"]} pace */
  #setPace(pace) {
    this.#session.choosePace(pace);
  }
}
