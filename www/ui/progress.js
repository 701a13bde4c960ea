// What is waited for, and a way to stop it: steps that were asked for at once, or a picture.

import { h, say } from "./dom.js";
import { number, whole } from "./format.js";

/** What takes less than this is not worth a line. */
const PATIENCE_MS = 1000;

/** A line over the pictures, while there is something to wait for. */
export class Progress {
  #session;
  #ui;
  #bar = h("progress");
  #text = h("output");
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {import("./session.js").Session} session @param {import("./words.js").Words} ui */
  constructor(session, ui) {
    this.#session = session;
    this.#ui = ui;
    const stop = h("button", { type: "button", onclick: () => session.stop() }, ui.get("stop"));
    this.element = h("p", { className: "progress", hidden: true }, this.#bar, this.#text, stop);
    session.addEventListener("progress", () => this.#show());
    this.#show();
  }

  #show() {
    const { progress } = this.#session;
    if (!progress) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.element.hidden = true;
      return;
    }
    this.#timer ??= setTimeout(() => (this.element.hidden = false), PATIENCE_MS);
    const { done, total, rate } = progress;
    if (!total) {
      this.#bar.removeAttribute("value");
      say(this.#text, this.#ui.get("drawing"));
      return;
    }
    this.#bar.max = total;
    this.#bar.value = done;
    // Where a step takes longer than a second, that is what one wants to know.
    const speed = rate >= 1 ? this.#ui.get("steps-a-second", { rate: number(rate, 2) }) : "";
    const slow = rate > 0 && rate < 1 ? this.#ui.get("seconds-a-step", { seconds: number(1 / rate, 2) }) : "";
    const far = this.#ui.get("steps-of", { done: whole(done), total: whole(total) });
    say(this.#text, [far, speed || slow].filter(Boolean).join(" · "));
  }
}
