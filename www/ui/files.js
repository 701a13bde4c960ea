// The user's own data: chosen or dropped, and shown before it is used.

import { checkData } from "../data/check.js";
import { readFiles } from "../data/read.js";
import { isDarkOnLight } from "../data/pictures.js";
import { paintImages } from "../views/images.js";
import { plane } from "../views/plane.js";
import { h, say } from "./dom.js";
import { whole } from "./format.js";
import { Surface } from "./surface.js";

/**
 * @typedef {import("../data/read.js").Images} Images
 * @typedef {import("../data/read.js").Points} Points
 * @typedef {import("../data/read.js").Text} Text
 * @typedef {import("../protocol.js").Picture} Picture
 */

const SHOWN = 96;
/** Characters of a text that are shown. */
const SHOWN_TEXT = 600;

/** The button, the drop target, and the dialogue between them and the session. */
export class Files {
  #session;
  #tilde;
  #ui;
  #theme;
  #dialog = h("dialog", { className: "files" });
  #picker;
  #message = h("p", { className: "note", role: "alert" });

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
    const accepted = [...session.card.data, "weights"].map((kind) => h("li", {}, ui.get(`accepts.${kind}`)));
    this.button = h("button", { type: "button", onclick: () => this.#invite(accepted) }, ui.get("your-data"));
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
    try {
      const parse = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => this.#tilde.parse(name, bytes);
      const read = await readFiles(files, parse, this.#asText);
      if (read.kind === "weights") {
        await this.#session.load(read.bytes);
        this.#dialog.close();
      } else {
        checkData(this.#session.card, dataOf(read, false)); // refused before the preview, not after it
        this.#preview(read);
      }
    } catch (error) {
      this.#invite([]);
      say(this.#message, /** @type {Error} */ (error).message);
    }
  }

  /** Words for a text of the kind that the exhibit takes. @param {"paste"|"use"} what */
  #textWord(what) {
    return this.#ui.get(`${what}-${this.#session.card.data.includes("network") ? "network" : "text"}`);
  }

  /** Whether the exhibit takes text, so that a file may be anything. */
  get #asText() {
    return this.#session.card.data.some((kind) => kind === "text" || kind === "network");
  }

  /** A place to paste a text into. */
  #paste() {
    const area = h("textarea", { rows: 7, spellcheck: false, "aria-label": this.#textWord("paste") });
    const use = () => {
      try {
        checkData(this.#session.card, { text: area.value });
        this.#use({ text: area.value });
      } catch (error) {
        say(this.#message, /** @type {Error} */ (error).message);
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

  /** @param {HTMLElement[]} accepted */
  #invite(accepted) {
    say(this.#message, "");
    this.#open(
      h("h3", {}, this.#ui.get("your-data")),
      accepted.length ? h("ul", {}, ...accepted) : null,
      this.#asText ? this.#paste() : null,
      this.#message,
      h("p", { className: "about" }, this.#ui.get("stays-here")),
      h(
        "p",
        { className: "buttons" },
        h(
          "button",
          { type: "button", className: "primary", onclick: () => this.#picker.click() },
          this.#ui.get("choose-files"),
        ),
        this.#cancel(),
      ),
    );
  }

  /** @param {Images|Points|Text} read */
  #preview(read) {
    if (read.kind === "text") return this.#previewText(read);
    let inverted = read.kind === "images" && isDarkOnLight(read.images, read.shape);
    const data = () => dataOf(read, inverted);
    const surface = new Surface(() => paint(), read.kind === "images");
    const paint = () => {
      if (!surface.room) return;
      const picture = pictureOf(read, inverted);
      if (read.kind === "images") paintImages(surface, picture, this.#theme());
      else plane.paint(surface, picture, this.#theme());
    };
    surface.aspect = 1;
    const summary = this.#ui.get(`preview.${read.kind}`, {
      count: whole(read.shape[0]),
      size: read.shape.slice(1).join(" × "),
    });
    surface.canvas.setAttribute("aria-label", summary);
    const invert = h("input", {
      type: "checkbox",
      checked: inverted,
      onchange: () => ((inverted = invert.checked), paint()),
    });
    const use = h(
      "button",
      { type: "button", className: "primary", onclick: () => this.#use(data()) },
      this.#ui.get("use-these"),
    );
    this.#open(
      h("h3", {}, this.#ui.get("your-data")),
      h("p", {}, summary),
      h("div", { className: "preview" }, surface.element),
      read.kind === "images" ? h("label", { className: "invert" }, invert, ` ${this.#ui.get("invert")}`) : null,
      h("p", { className: "about" }, this.#ui.get("stays-here")),
      h("p", { className: "buttons" }, use, this.#cancel()),
    );
  }

  /** @param {Text} read */
  #previewText({ text }) {
    const use = h(
      "button",
      { type: "button", className: "primary", onclick: () => this.#use({ text }) },
      this.#textWord("use"),
    );
    const start = text.slice(0, SHOWN_TEXT);
    this.#open(
      h("h3", {}, this.#ui.get("your-data")),
      h("p", {}, this.#ui.get("preview.text", { count: whole(text.length) })),
      h("pre", { className: "preview", tabIndex: 0 }, start.length < text.length ? `${start} …` : start),
      h("p", { className: "about" }, this.#ui.get("stays-here")),
      h("p", { className: "buttons" }, use, this.#cancel()),
    );
  }

  /** @param {import("../protocol.js").UserData} data */
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

/** @param {Images|Points|Text} read @param {boolean} inverted @returns {import("../protocol.js").UserData} */
function dataOf(read, inverted) {
  if (read.kind === "text") return { text: read.text };
  if (read.kind === "points") return { points: read.points, shape: read.shape };
  const images = inverted ? read.images.map((value) => 1 - value) : read.images;
  return { images, shape: read.shape, ...(read.labels && { labels: read.labels }) };
}

/** @param {Images|Points} read @param {boolean} inverted @returns {Picture} */
function pictureOf(read, inverted) {
  const layer = { id: "data", role: /** @type {const} */ ("data"), labels: new Uint32Array() };
  if (read.kind === "points")
    return {
      layers: [{ ...layer, kind: "points", data: read.points, shape: read.shape }],
      extent: [0, 0, 0, 0],
      range: [],
      columns: 0,
    };
  const [count, height, width] = read.shape;
  const shown = Math.min(count, SHOWN);
  const part = read.images.subarray(0, shown * height * width);
  const data = inverted ? part.map((value) => 1 - value) : part;
  return {
    layers: [{ ...layer, kind: "images", data, shape: [shown, height, width] }],
    extent: [0, 0, 0, 0],
    range: [0, 0, 0],
    columns: 0,
  };
}
