// Numbers in a table of the page; with an action they can be changed where they stand.

import { h } from "../ui/dom.js";
import { whole } from "../ui/format.js";
import { linesOf } from "./text.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {(payload: import("../protocol.js").Payload) => Promise<unknown>} Send
 */

/** A number as one would type it, without what single precision adds. @param {number} value */
const typed = (value) => String(Number(value.toPrecision(6)));

/** Shows a table view. */
export class TableBlock {
  element = h("div", { className: "table", role: "group" });
  #words;
  #view;
  /** @type {Send|undefined} */
  #send;
  #known = "";
  /** @type {(HTMLInputElement|HTMLElement)[]} row after row */
  #cells = [];
  /** @type {Picture|undefined} */
  #picture;

  /** @param {import("../ui/words.js").Words} words @param {string} view its id, for headings that are not data */
  constructor(words, view) {
    this.#words = words;
    this.#view = view;
  }

  /** Takes edits from now on. @param {string} _id of the action @param {Send} send */
  connect(_id, send) {
    this.#send = send;
    this.#known = "";
  }

  /** @param {string} text */
  describe(text) {
    this.element.setAttribute("aria-label", text);
  }

  /** @param {Picture} picture */
  show(picture) {
    this.#picture = picture;
    const { data, shape } = picture.layers[0];
    const lines = (/** @type {string} */ id) => {
      const layer = picture.layers.find((each) => each.id === id);
      return layer ? linesOf(layer).map((line) => line.trim()) : undefined;
    };
    const word = (/** @type {string} */ part) => this.#words.find(`views.${this.#view}.${part}`) ?? "";
    const heads = {
      title: lines("title")?.[0] ?? "",
      corner: lines("corner")?.[0] ?? word("corner"),
      rows: lines("rows") ?? [],
      columns: lines("columns") ?? word("columns"),
    };
    const known = JSON.stringify([shape, heads]);
    if (known !== this.#known) this.#build(shape, heads);
    this.#known = known;
    const focused = /** @type {ShadowRoot|Document} */ (this.element.getRootNode()).activeElement;
    this.#cells.forEach((cell, i) => {
      if (cell === focused) return; // somebody is typing
      const text = this.#send ? typed(data[i]) : whole(data[i]);
      if (cell instanceof HTMLInputElement) cell.value = text;
      else if (cell.textContent !== text) cell.textContent = text;
    });
  }

  /** @param {number[]} shape @param {{ title: string, corner: string, rows: string[], columns: string[] }} heads */
  #build([rows, columns], heads) {
    this.#cells = [];
    const named = heads.rows.some(Boolean);
    const body = Array.from({ length: rows }, (_, row) => {
      const cells = Array.from({ length: columns }, (_, column) => {
        const name = [heads.rows[row], heads.columns[column]].filter(Boolean).join(": ");
        const cell = this.#send ? this.#input(row, column, name) : h("span");
        this.#cells.push(cell);
        return h("td", {}, cell);
      });
      return h("tr", {}, named && h("th", { scope: "row" }, heads.rows[row]), ...cells);
    });
    this.element.replaceChildren(
      h(
        "table",
        {},
        heads.title ? h("caption", {}, heads.title) : null,
        h(
          "thead",
          {},
          h("tr", {}, named && h("th", { scope: "col" }, heads.corner), ...heads.columns.map((head) => h("th", { scope: "col" }, head))), // prettier-ignore
        ),
        h("tbody", {}, ...body),
      ),
    );
  }

  /** @param {number} row @param {number} column @param {string} name */
  #input(row, column, name) {
    const input = h("input", { type: "text", inputMode: "decimal", autocomplete: "off", "aria-label": name });
    const send = async () => {
      await this.#send?.({ text: `cell ${row} ${column} ${input.value.trim().replace(",", ".") || "?"}` });
      input.blur();
      // A refused value is replaced by the old one.
      if (this.#picture) this.show(this.#picture);
    };
    input.addEventListener("change", send);
    return input;
  }
}
