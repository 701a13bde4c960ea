// Settings, built from the card: the few that matter first, the rest folded.

import { idleBy, read } from "../settings.js";
import { h, say } from "./dom.js";
import { number, typed } from "./format.js";

/**
 * @typedef {import("../protocol.js").Setting} Setting
 * @typedef {import("../protocol.js").Values} Values
 * @typedef {import("./words.js").Words} Words
 * @typedef {{ element: HTMLElement, show: (value: import("../protocol.js").Value) => void }} Field
 *
 * @typedef {object} Extra  what the page sets beside the card's settings
 * @property {number} seed
 * @property {string} backend
 * @property {object} [data]  the user's own data, if any
 */

const STOPS = 1000;
/** The value of the choice of data while the data are the user's own. */
const OWN = "own";
let unique = 0;

/** The form of settings. */
export class Controls {
  /** @type {Map<string, Field>} */
  #fields = new Map();
  /** Those that may do nothing as things stand. @type {{ setting: Setting, inputs: HTMLInputElement[], why: HTMLElement }[]} */
  #idle = [];
  #ui;
  #words;
  #change;
  #note = h("p", { className: "note", role: "status" });

  /**
   * @param {Setting[]} settings to offer
   * @param {{ ui: Words, own: Words }} words
   * @param {(id: string, value: import("../protocol.js").Value) => void} change
   * @param {boolean} extras whether seed and backend are offered too
   */
  constructor(settings, { ui, own }, change, extras) {
    this.#ui = ui;
    this.#words = own;
    this.#change = change;
    const make = (/** @type {Setting} */ setting) => this.#field(setting);
    const inside = settings.filter(({ view }) => !view);
    const first = inside.filter(({ more }) => !more).map(make);
    const rest = inside.filter(({ more }) => more).map(make);
    /** Fields that stand under a view, with its id. */
    this.under = settings.filter(({ view }) => view).map((setting) => ({ view: setting.view, field: make(setting) }));
    if (extras) rest.push(this.#seed(), this.#backend());
    this.element = h(
      "form",
      {
        className: "settings",
        "aria-label": ui.get("settings"),
        onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
      },
      h("div", { className: "fields" }, ...first),
      rest.length
        ? h(
            "details",
            { className: "more" },
            h("summary", {}, ui.get("more")),
            h("div", { className: "fields" }, ...rest),
          )
        : null,
      this.#note,
    );
  }

  /** Shows these values. @param {Values} settings @param {Extra} extra */
  show(settings, extra) {
    for (const [id, value] of Object.entries({ ...settings, seed: extra.seed, backend: extra.backend }))
      this.#fields.get(id)?.show(value);
    if (extra.data) this.#fields.get("data")?.show(OWN);
    for (const { setting, inputs, why } of this.#idle) {
      const by = idleBy(setting, settings, extra.data);
      for (const input of inputs) input.disabled = Boolean(by);
      say(why, by ? this.#reason(...by) : "");
    }
  }

  /** Why a setting does nothing. @param {string} id of the setting that keeps it @param {string[]} values that it would need */
  #reason(id, values) {
    // Kinds of data of one's own are no choices, and have no words.
    const word = (/** @type {string} */ value) =>
      this.#words.find(`settings.${id}.choices.${value}`) ?? this.#ui.find(`flags.${value}`);
    const named = values.map(word).filter(Boolean);
    return this.#ui.get("does-nothing", { setting: this.#words.get(`settings.${id}`), values: named.join(", ") });
  }

  /** @param {Setting} setting */
  #field(setting) {
    const change = (/** @type {import("../protocol.js").Value} */ value) => this.#change(setting.id, value);
    const field =
      setting.kind === "choice" ? this.#select(setting.choices ?? [], (choice) => this.#words.get(`settings.${setting.id}.choices.${choice}`), change)
      : setting.kind === "flag" ? this.#flag(change)
      : this.#slider(setting, change); // prettier-ignore
    this.#fields.set(setting.id, field);
    const unit = setting.unit ? `${setting.unit} · ` : "";
    const element = this.#labelled(
      setting.id,
      field,
      this.#words.get(`settings.${setting.id}`),
      this.#words.hint(`settings.${setting.id}`),
      unit + (setting.live ? "" : this.#ui.get("restarts")),
    );
    if (setting.when.length) {
      const inputs = /** @type {HTMLInputElement[]} */ ([...field.element.querySelectorAll("input, select")]);
      const why = h("p", { className: "why", id: `why-${++unique}` });
      for (const input of inputs)
        input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby")} ${why.id}`);
      element.append(why);
      this.#idle.push({ setting, inputs, why });
    }
    return element;
  }

  /**
   * @param {string} name
   * @param {Field} field
   * @param {string} label
   * @param {string} hint
   * @param {string} remark
   */
  #labelled(name, { element }, label, hint, remark) {
    const id = `field-${++unique}`;
    const inputs = [...element.querySelectorAll("input, select")];
    inputs.forEach((input, i) => {
      input.setAttribute("aria-describedby", `${id}-hint`);
      // The number beside a slider is the same setting: it has the same name, but only one is labelled.
      if (i) input.setAttribute("aria-label", label);
      else input.id = id;
    });
    return h(
      "div",
      { className: "field", "data-setting": name },
      h("label", { htmlFor: id }, label),
      h("small", { className: "remark" }, remark.replace(/ · $/, "")),
      element,
      h("p", { className: "hint", id: `${id}-hint`, hidden: !hint }, hint),
    );
  }

  /** @param {string[]} choices @param {(choice: string) => string} name @param {(value: string) => void} change @returns {Field} */
  #select(choices, name, change) {
    const own = h("option", { value: OWN, hidden: true }, this.#ui.get("own-data")); // shown, never chosen
    const select = h("select", {}, ...choices.map((choice) => h("option", { value: choice }, name(choice))), own);
    select.addEventListener("change", () => change(select.value));
    return { element: h("div", { className: "input" }, select), show: (value) => (select.value = String(value)) };
  }

  /** @param {(value: boolean) => void} change @returns {Field} */
  #flag(change) {
    const box = h("input", { type: "checkbox" });
    box.addEventListener("change", () => change(box.checked));
    return { element: h("div", { className: "input flag" }, box), show: (value) => (box.checked = Boolean(value)) };
  }

  /**
   * A slider, and the number itself, which may be typed.
   * @param {Setting} setting
   * @param {(value: number) => void} change
   * @returns {Field}
   */
  #slider(setting, change) {
    const { kind, min = 0, max = 1, log } = setting;
    const whole = kind === "int";
    const toValue = (/** @type {number} */ t) => {
      const value = log ? min * (max / min) ** t : min + (max - min) * t;
      return whole ? Math.round(value) : Number(value.toPrecision(3));
    };
    const toStop = (/** @type {number} */ value) =>
      Math.round(STOPS * (log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min)));
    const few = whole && max - min <= 64;
    const range = h(
      "input",
      few ? { type: "range", min, max, step: 1 } : { type: "range", min: 0, max: STOPS, step: 1 },
    );
    const box = h("input", { type: "text", inputMode: "decimal", className: "value", autocomplete: "off" });
    const show = (/** @type {number} */ value) => {
      range.value = String(few ? value : toStop(value));
      range.setAttribute("aria-valuetext", number(value));
      if (
        box.getRootNode() instanceof ShadowRoot &&
        /** @type {ShadowRoot} */ (box.getRootNode()).activeElement === box
      )
        return;
      box.value = typed(value);
    };
    const current = () => (few ? Number(range.value) : toValue(Number(range.value) / STOPS));
    range.addEventListener("input", () => {
      box.value = typed(current());
      if (setting.live) change(current());
    });
    // A rebuild waits until the slider is released.
    if (!setting.live) range.addEventListener("change", () => change(current()));
    box.addEventListener("change", () => {
      const { value, note } = read(setting, box.value.replace(",", "."));
      say(this.#note, note ? this.#ui.get(`value-${note}`, { min: typed(min), max: typed(max) }) : "");
      box.value = typed(Number(value));
      change(Number(value));
    });
    return { element: h("div", { className: "input slider" }, range, box), show: (value) => show(Number(value)) };
  }

  #seed() {
    const box = h("input", { type: "text", inputMode: "numeric", autocomplete: "off" });
    box.addEventListener("change", () => {
      const seed = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(Number(box.value)) || 0));
      box.value = String(seed);
      this.#change("seed", seed);
    });
    const field = {
      element: h("div", { className: "input" }, box),
      show: (/** @type {unknown} */ value) => void (box.value = String(value)),
    };
    this.#fields.set("seed", field);
    return this.#labelled("seed", field, this.#ui.get("seed"), this.#ui.hint("seed"), this.#ui.get("restarts"));
  }

  #backend() {
    const field = this.#select(
      ["auto", "webgpu", "cpu"],
      (choice) => this.#ui.get(`backends.${choice}`),
      (value) => this.#change("backend", value),
    );
    this.#fields.set("backend", field);
    return this.#labelled(
      "backend",
      field,
      this.#ui.get("backend"),
      this.#ui.hint("backend"),
      this.#ui.get("restarts"),
    );
  }
}
