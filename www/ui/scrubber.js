// Time as a handle: a slider over the frames that were kept. At its right end is the present.

import { h } from "./dom.js";
import { whole } from "./format.js";
import { LONGEST } from "../views/traces.js";
import { Reel } from "./reel.js";

/** @typedef {import("../protocol.js").Frame} Frame */

/** Fewer frames are no film. */
const FEWEST = 3;

/** A slider through the frames of a run. */
export class Scrubber {
  #reel = new Reel();
  #session;
  #ui;
  #show;
  /** The frame that is looked back at. @type {Frame|undefined} */
  #past;
  #range = h("input", { type: "range", min: 0, max: 0, step: 1, value: "0", oninput: () => this.#moved() });

  /**
   * @param {import("./session.js").Session} session
   * @param {import("./words.js").Words} ui
   * @param {(frame: Frame) => void} show is called with each frame that is to be seen in place of the present one, and
   *   with the present one when it is back
   */
  constructor(session, ui, show) {
    this.#session = session;
    this.#ui = ui;
    this.#show = show;
    this.element = h("div", { className: "scrub", hidden: true }, this.#range);
    session.addEventListener("restart", () => {
      this.#reel.clear();
      this.#past = undefined;
      this.#place();
    });
    // What is done by hand is answered by the present model.
    session.addEventListener("input", () => this.present());
  }

  /** The frame that is on show in place of the present one, if any. */
  get past() {
    return this.#past;
  }

  /** Keeps a frame. @param {Frame} frame */
  add(frame) {
    this.#reel.add(frame);
    this.#place();
  }

  /** The last frames that are kept of those before one, the oldest first. @param {Frame} frame */
  before(frame) {
    return this.#reel.before(frame, LONGEST);
  }

  /** Goes back to the present. */
  present() {
    if (!this.#past) return;
    this.#past = undefined;
    this.#place();
    if (this.#session.last) this.#show(this.#session.last);
  }

  #moved() {
    const at = Number(this.#range.value);
    if (at >= this.#reel.length) return this.present();
    this.#past = this.#reel.at(at);
    this.#say();
    if (this.#past) this.#show(this.#past);
  }

  /** The handle stays on the frame that is looked at, while others come and go. */
  #place() {
    const { length } = this.#reel;
    this.element.hidden = length < FEWEST;
    this.#range.max = String(length);
    let at = length;
    if (this.#past) {
      const { step } = this.#past.metrics;
      for (at = 0; at < length - 1 && (this.#reel.at(at)?.metrics.step ?? 0) < step; at++);
    }
    this.#range.value = String(at);
    this.#say();
  }

  #say() {
    const step = whole((this.#past ?? this.#session.last)?.metrics.step ?? 0);
    this.#range.setAttribute("aria-label", this.#ui.get("scrub"));
    this.#range.setAttribute("aria-valuetext", this.#ui.get(this.#past ? "scrub-past" : "scrub-now", { step }));
  }
}
