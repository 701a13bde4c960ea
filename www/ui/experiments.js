// "Try this": predict, run, explain.

import { h } from "./dom.js";
import { whole } from "./format.js";

/**
 * @typedef {import("../protocol.js").Experiment} Experiment
 * @typedef {import("./words.js").Words} Words
 */

/** Buttons for the card's experiments, and the panel that the chosen one opens. */
export class Experiments {
  #session;
  #ui;
  #own;
  /** Above the pictures, so that what to look for is seen together with them. */
  panel = h("section", { className: "trial", hidden: true, tabIndex: -1, "aria-live": "polite" });

  /** @param {import("./session.js").Session} session @param {{ ui: Words, own: Words }} words */
  constructor(session, { ui, own }) {
    this.#session = session;
    this.#ui = ui;
    this.#own = own;
    const { experiments } = session.card;
    const buttons = experiments.map((experiment) =>
      h(
        "button",
        { type: "button", onclick: () => this.#predict(experiment) },
        h("b", {}, own.get(`experiments.${experiment.id}`)),
        // In short, what is to be guessed: all of it comes when it is opened. "Look for" appears only with the run:
        // before, it would give the answer away.
        h("span", {}, own.find(`experiments.${experiment.id}.ask`) ?? ""),
      ),
    );
    this.element = h(
      "section",
      { className: "trials", hidden: !experiments.length, "aria-label": ui.get("try") },
      h("div", { className: "try" }, ...buttons),
    );
  }

  /** Proposes one, by its id. @param {string} id */
  propose(id) {
    const experiment = this.#session.card.experiments.find((each) => each.id === id);
    if (experiment) this.#predict(experiment);
  }

  /** @param {Experiment} experiment */
  #predict(experiment) {
    const words = this.#own.find(`experiments.${experiment.id}`) ?? {};
    const name = `guess-${experiment.id}`;
    const options = (words.options ?? []).map((/** @type {string} */ text, /** @type {number} */ i) =>
      h("label", {}, h("input", { type: "radio", name, value: String(i) }), ` ${text}`),
    );
    const run = h(
      "button",
      { type: "button", className: "primary", onclick: () => this.#run(experiment, guess()) },
      this.#ui.get("run-it"),
    );
    const guess = () => this.panel.querySelector("input:checked")?.getAttribute("value") ?? "";
    this.#show(
      h("h3", {}, words.label ?? experiment.id),
      h("p", {}, words.predict ?? ""),
      h("div", { className: "options", role: "radiogroup", "aria-label": this.#ui.get("prediction") }, ...options),
      h("p", { className: "buttons" }, run, this.#close()),
    );
  }

  /** @param {Experiment} experiment @param {string} guess @param {boolean} [scratch] without weights that are shipped */
  async #run(experiment, guess, scratch = false) {
    const words = this.#own.find(`experiments.${experiment.id}`) ?? {};
    const look = () => h("p", {}, h("b", {}, this.#ui.get("look-for")), ` ${words.look ?? ""}`);
    this.#show(h("h3", {}, words.label ?? experiment.id), look(), h("p", { className: "buttons" }, this.#close()));
    await this.#session.perform(experiment, scratch);
    // Short runs end before their "look for" is read, so it stays.
    if (this.panel.hidden) return;
    const trained = experiment.weights && !scratch;
    const options = words.options ?? [];
    const said =
      guess && options.length
        ? this.#ui.get(Number(guess) === words.answer ? "guessed-right" : "guessed-otherwise", {
            guess: options[Number(guess)],
            answer: options[words.answer],
          })
        : "";
    this.#show(
      h("h3", {}, words.label ?? experiment.id),
      said ? h("p", {}, h("b", {}, said)) : null,
      look(),
      h("p", {}, words.explain ?? ""),
      trained ? h("p", {}, this.#ui.get("trained", { steps: whole(experiment.steps) })) : null,
      h(
        "p",
        { className: "buttons" },
        trained
          ? h(
              "button",
              { type: "button", onclick: () => this.#run(experiment, guess, true) },
              this.#ui.get("from-scratch"),
            )
          : null,
        h("button", { type: "button", onclick: () => this.#back() }, this.#ui.get("back-to-defaults")),
        this.#close(),
      ),
    );
  }

  /** @param {...(Node|null)} children */
  #show(...children) {
    this.panel.hidden = false;
    this.panel.replaceChildren(...children.filter((child) => child !== null));
    this.panel.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  #back() {
    this.panel.hidden = true;
    const { card } = this.#session;
    this.#session.reopen({
      settings: Object.fromEntries(card.settings.map((setting) => [setting.id, setting.default])),
    });
    this.#session.play();
  }

  #close() {
    return h("button", { type: "button", onclick: () => (this.panel.hidden = true) }, this.#ui.get("close"));
  }
}
