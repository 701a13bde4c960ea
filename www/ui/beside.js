// Two settings side by side: a second run of the same exhibit, with the same clock and seed, in which some settings
// differ. It is opened anew whenever the first begins again, and takes over whatever else is done to that.

import { complete, settingOf } from "../settings.js";
import { Session } from "./session.js";

/**
 * @typedef {import("../protocol.js").Values} Values
 */

/**
 * The second of two runs.
 *
 * Events: `frame`, `problem` (both those of its session), `change` (its settings).
 */
export class Beside extends EventTarget {
  /** @type {Session} */
  session;
  #tilde;
  #leader;
  #turn = Promise.resolve();
  #events = new AbortController();

  /**
   * @param {import("../tilde.js").Tilde} tilde
   * @param {Session} leader
   * @param {Values} values  those in which it differs
   */
  constructor(tilde, leader, values) {
    super();
    this.#tilde = tilde;
    this.#leader = leader;
    this.values = this.#different(values);
    this.session = this.#open();
    const { signal } = this.#events;
    leader.addEventListener("restart", () => this.#again(), { signal });
    leader.addEventListener("change", () => this.#follow(), { signal });
    leader.addEventListener("act", (event) => this.#act(/** @type {CustomEvent} */ (event).detail), { signal });
    leader.addEventListener("stepped", (event) => this.#step(/** @type {CustomEvent} */ (event).detail), { signal });
    leader.addEventListener("frame", () => this.#check(), { signal });
  }

  close() {
    this.#events.abort();
    this.#leader.beside = undefined;
    this.session.close();
    this.#leader.refresh();
  }

  /**
   * Changes its settings: a live one at once; with another both begin again, for there is one clock.
   * @param {Values} values
   */
  change(values) {
    this.values = this.#different({ ...this.values, ...values });
    const live = Object.keys(values).every((id) => settingOf(this.#leader.card, id).live);
    const done = live ? this.session.change(values) : this.#leader.reset();
    // What is shown now has to be what it has now: there may be no frame to correct it.
    this.dispatchEvent(new Event("change"));
    return done;
  }

  /** Those that the first one does not have. @param {Values} values @returns {Values} */
  #different(values) {
    const { settings } = this.#leader;
    return Object.fromEntries(Object.entries(values).filter(([id, value]) => value !== settings[id]));
  }

  get #wanted() {
    return complete(this.#leader.card, { ...this.#leader.settings, ...this.values });
  }

  /** @returns {Session} */
  #open() {
    const { card, seed, backend, inputs, data, step } = this.#leader;
    const session = new Session(this.#tilde, card, {
      settings: this.#wanted,
      seed,
      backend,
      steps: 0,
      inputs,
      data,
    });
    session.views = [card.views[0].id];
    for (const name of ["frame", "problem"])
      session.addEventListener(name, (event) => {
        if (this.session === session)
          this.dispatchEvent(new CustomEvent(name, { detail: /** @type {CustomEvent} */ (event).detail }));
      });
    this.#leader.beside = session;
    this.#inTurn(async () => {
      await session.open({ steps: this.#leader.playing ? 0 : step, look: true });
      // From now on it is taken along.
      if (this.session === session && this.#leader.playing) this.#leader.refresh();
    });
    return session;
  }

  #again() {
    const old = this.session;
    this.values = this.#different(this.values);
    this.session = this.#open();
    old.close();
    this.dispatchEvent(new Event("change"));
  }

  /** Takes over settings that apply at once. Any others come with a restart. */
  #follow() {
    const wanted = this.#wanted;
    const changed = Object.entries(wanted).filter(([id, value]) => this.session.settings[id] !== value);
    if (changed.length && changed.every(([id]) => settingOf(this.#leader.card, id).live))
      this.session.change(Object.fromEntries(changed));
  }

  /** @param {{ id: string, payload: import("../protocol.js").Payload }} input */
  #act({ id, payload }) {
    this.#inTurn(() => this.session.act(id, payload));
  }

  /** @param {string|undefined} phase */
  #step(phase) {
    this.#inTurn(() => this.session.step1(phase));
  }

  /** A run that plays takes it along. One that has paused may stand elsewhere, or be the one before a divergence. */
  #check() {
    const { playing, step } = this.#leader;
    if (playing || step === this.session.step) return;
    if (step < this.session.step) this.#again();
    else this.#meet();
  }

  /** Comes to where the first one stands. */
  #meet() {
    this.#inTurn(() => this.session.meet(() => this.#leader.step));
  }

  /** @param {() => Promise<unknown>} job */
  #inTurn(job) {
    this.#turn = this.#turn.then(job).then(
      () => {},
      () => {}, // its session has reported it
    );
  }
}
