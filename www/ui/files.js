// The user's own data: chosen, dropped or pasted, and shown as they will be learned before they are used.

import { choices } from "./file-choices.js";
import { filePicture } from "./file-picture.js";
import { h, say } from "./dom.js";

/**
 * @typedef {import("../protocol.js").FileChoice} FileChoice
 * @typedef {import("../protocol.js").FileRead} FileRead
 * @typedef {import("../protocol.js").UserData} UserData
 * @typedef {import("../data/read.js").ChosenFiles} ChosenFiles
 */

/** The button, the drop target, and the dialogue between them and the session. */
export class Files {
  #session;
  #tilde;
  #ui;
  #theme;
  #dialog = h("dialog", { className: "files" });
  #picker;
  #message = h("p", { className: "note", role: "alert" });
  /** @type {ChosenFiles|undefined} */
  #chosen;
  /** @type {FileChoice} */
  #choice = {};

  /**
   * @param {import("./session.js").Session} session
   * @param {import("../tilde.js").Tilde} tilde
   * @param {import("./words.js").Words} ui
   * @param {() => import("./theme.js").Theme} theme
   */
  constructor(session, tilde, ui, theme) {
    this.#session = session;
    this.#tilde = tilde;
    this.#ui = ui;
    this.#theme = theme;
    this.#picker = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      "aria-label": ui.get("choose-files"),
      onchange: () => this.take([...(this.#picker.files ?? [])]),
    });
    this.#dialog.addEventListener("close", () => this.#forget());
    this.button = h("button", { type: "button", onclick: () => this.#invite() }, ui.get("your-data"));
    this.element = h("div", { className: "files-host" }, this.#picker, this.#dialog);
  }

  /** Lets files be dropped on an element. @param {HTMLElement} target */
  watch(target) {
    target.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      target.classList.add("dropping");
    });
    target.addEventListener("dragleave", () => target.classList.remove("dropping"));
    target.addEventListener("drop", (event) => {
      target.classList.remove("dropping");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  /** @param {File[]} files */
  async take(files) {
    if (!files.length) return;
    this.#picker.value = "";
    const [first] = files;
    if (/\.safetensors$/i.test(first.name)) {
      await this.#begin(async () => {
        await this.#session.load(new Uint8Array(await first.arrayBuffer()));
        this.#dialog.close();
      });
    } else {
      await this.#begin((chosen) => chosen.add(files));
      if (this.#chosen) await this.#show();
    }
  }

  /**
   * Takes something in place of what was chosen before. A refusal is said where more can be chosen.
   * @param {(chosen: ChosenFiles) => Promise<void>} take
   */
  async #begin(take) {
    this.#forget();
    const chosen = this.#tilde.files(this.#session.card);
    try {
      await take(chosen);
      this.#chosen = chosen;
    } catch (error) {
      chosen.close();
      this.#invite();
      say(this.#message, /** @type {Error} */ (error).message);
    }
  }

  #forget() {
    this.#chosen?.close();
    this.#chosen = undefined;
    this.#choice = {};
  }

  /** Words for a text of the kind that the exhibit takes. @param {"paste"|"use"} what */
  #textWord(what) {
    return this.#ui.get(`${what}-${this.#session.card.data.includes("network") ? "network" : "text"}`);
  }

  /** Whether the exhibit takes text, which can be pasted. */
  get #takesText() {
    return this.#session.card.data.some((kind) => kind === "text" || kind === "network");
  }

  /** A place to paste a text into. */
  #paste() {
    const area = h("textarea", { rows: 7, spellcheck: false, "aria-label": this.#textWord("paste") });
    const use = async () => {
      const { value } = area;
      const chosen = this.#tilde.files(this.#session.card);
      try {
        await chosen.addText(value);
        const read = await chosen.read({});
        // What was done to it is shown before it is used.
        if (read.data && !read.notes.length) return await this.#use(read.data);
        if (!read.data) return say(this.#message, read.refusal);
        await this.#begin((chosen) => chosen.addText(value));
        return await this.#show();
      } catch (error) {
        return say(this.#message, /** @type {Error} */ (error).message);
      } finally {
        chosen.close();
      }
    };
    return h(
      "div",
      { className: "paste" },
      h("p", {}, this.#textWord("paste")),
      area,
      h(
        "p",
        { className: "buttons" },
        h("button", { type: "button", className: "primary", onclick: use }, this.#textWord("use")),
      ),
    );
  }

  /** What the exhibit takes, and ways to give it. */
  #invite() {
    const ui = this.#ui;
    const accepted = [...this.#session.card.data, "weights"].map((kind) => h("li", {}, ui.get(`accepts.${kind}`)));
    say(this.#message, "");
    this.#open(
      h("h3", {}, ui.get("your-data")),
      this.#message,
      h("ul", {}, ...accepted),
      this.#takesText ? this.#paste() : null,
      h("p", { className: "about" }, ui.get("stays-here")),
      h("p", { className: "buttons" }, this.#choose("primary"), this.#cancel()),
    );
  }

  /** @param {string} className */
  #choose(className) {
    return h(
      "button",
      { type: "button", className, onclick: () => this.#picker.click() },
      this.#ui.get("choose-files"),
    );
  }

  /** What was chosen, as it is read now, with what can be changed about that. */
  async #show() {
    const ui = this.#ui;
    const chosen = this.#chosen;
    const read = await chosen?.read(this.#choice).catch((error) => {
      say(this.#message, /** @type {Error} */ (error).message);
    });
    // Meanwhile others may have been chosen.
    if (!read || chosen !== this.#chosen) return;
    const change = (/** @type {FileChoice} */ change) => {
      this.#choice = { ...this.#choice, ...change };
      this.#show();
    };
    const { data } = read;
    const use = h(
      "button",
      { type: "button", className: "primary", disabled: !data, onclick: () => data && this.#use(data) },
      (data ? data.text !== undefined : this.#takesText) ? this.#textWord("use") : ui.get("use-these"),
    );
    const focused = /** @type {HTMLElement|null} */ (this.#dialog.querySelector(":focus"))?.dataset.choice;
    this.#open(
      h("h3", {}, ui.get("your-data")),
      choices(read, this.#choice, { classes: this.#session.card.data.includes("classes") }, change, ui),
      this.#message,
      data ? filePicture(data, ui, this.#theme) : null,
      read.notes.length ? h("ul", { className: "done" }, ...read.notes.map((note) => h("li", {}, note))) : null,
      h("p", { className: "about" }, ui.get("stays-here")),
      h("p", { className: "buttons" }, use, data ? null : this.#choose(""), this.#cancel()),
    );
    say(this.#message, read.refusal);
    /** @type {HTMLElement|null} */ (
      focused ? this.#dialog.querySelector(`[data-choice="${focused}"]`) : null
    )?.focus();
  }

  /** @param {UserData} data */
  async #use(data) {
    this.#dialog.close();
    await this.#session.reopen({ data });
    await this.#session.play();
  }

  /** @param {...(Node|null)} children */
  #open(...children) {
    this.#dialog.replaceChildren(...children.filter((child) => child !== null));
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #cancel() {
    return h("button", { type: "button", onclick: () => this.#dialog.close() }, this.#ui.get("cancel"));
  }
}
