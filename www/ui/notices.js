// What the page has to say when something is wrong: one sentence, one action.

import { h } from "./dom.js";

/** @typedef {{ label: string, act: () => void }} Action */

/** A place for messages, announced as they come. */
export class Notices {
  #close;

  /** @param {string} close label of the button that dismisses one */
  constructor(close) {
    this.#close = close;
    this.element = h("div", { className: "notices", role: "status" });
  }

  /**
   * @param {string} text
   * @param {{ action?: Action, code?: string, problem?: boolean }} [options] a message of the same code takes the
   *   place of the former; a problem may be `mended`
   */
  say(text, { action, code = text, problem = false } = {}) {
    for (const old of [...this.element.children])
      if (/** @type {HTMLElement} */ (old).dataset.code === code) old.remove();
    const notice = h("div", { className: "notice", "data-code": code, "data-problem": problem }, h("p", {}, text));
    if (action) {
      const act = () => {
        notice.remove();
        action.act();
      };
      notice.append(h("button", { type: "button", onclick: act }, action.label));
    }
    notice.append(h("button", { type: "button", onclick: () => notice.remove() }, this.#close));
    this.element.append(notice);
  }

  /** Takes back what was said of a problem: it is gone. */
  mended() {
    for (const old of [...this.element.children])
      if (/** @type {HTMLElement} */ (old).dataset.problem !== undefined) old.remove();
  }
}
