// Lines of characters, as text and not as a picture of it: it can be read out, selected and copied.

import { h } from "../ui/dom.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../protocol.js").Layer} Layer
 */

/** What stands for characters that cannot be seen. @type {Record<string, string>} */
const SEEN = { "\n": "↵", " ": "␣" };

/** Characters that are joined in one call. */
const PART = 4096;

/** A character that can be seen, for labels. @param {number} code */
export const seen = (code) => SEEN[String.fromCodePoint(code)] ?? String.fromCodePoint(code);

/** The lines of a layer, or of samples. @param {{ data: Float32Array, shape: number[] }} layer @returns {string[]} */
export function linesOf({ data, shape: [, length] }) {
  const lines = [];
  for (let i = 0; i < data.length; i += length) {
    let line = "";
    // In parts, because a call takes a limited number of arguments.
    for (let from = i; from < i + length; from += PART)
      line += String.fromCodePoint(...data.subarray(from, Math.min(from + PART, i + length)));
    lines.push(line);
  }
  return lines;
}

/** Shows a text view. */
export class TextBlock {
  element = h("div", { className: "text" });
  /** @type {HTMLElement[]} the characters of a shaded text */
  #shaded = [];
  #known = "";
  #words;

  /** @param {import("../ui/words.js").Words} words */
  constructor(words) {
    this.#words = words;
  }

  /** @param {Picture} picture */
  show({ layers, columns }) {
    const [text, ...others] = layers;
    if (!text) return;
    const shade = others.find(({ kind }) => kind === "field");
    const example = others.find(({ kind, role }) => kind === "text" && role === "data");
    const lines = linesOf(text);
    if (lines.length === 1 && !shade && !text.labels.length) this.#showFile(lines[0]);
    else if (shade) this.#showShaded(lines, shade, columns);
    else this.#showPlain(lines, text, example);
  }

  /** The text alternative, for a text that is looked at more than read. @param {string} text */
  describe(text) {
    if (!this.#shaded.length) return;
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", text);
  }

  /** One text as it is, to scroll through and to copy from: it stays while it is the same. @param {string} text */
  #showFile(text) {
    if (text === this.#known) return;
    this.#known = text;
    this.element.classList.add("file");
    this.element.replaceChildren(h("pre", { tabIndex: 0 }, text));
  }

  /**
   * Paragraphs; what is marked is underlined. Before them stands what they are to be like.
   * @param {string[]} lines
   * @param {Layer} layer
   * @param {Layer} [example]
   */
  #showPlain(lines, { labels, shape: [, length] }, example) {
    const paragraphs = lines.map((line, i) => {
      const marks = labels.slice(i * length, (i + 1) * length);
      const parts = [];
      for (let from = 0, at = 1; from < line.length; at++) {
        if (at < line.length && Boolean(marks[at]) === Boolean(marks[from])) continue;
        const part = line.slice(from, at);
        parts.push(marks[from] ? h("mark", {}, part) : part);
        from = at;
      }
      return h("p", {}, ...parts);
    });
    if (example) {
      const name = h("b", {}, this.#words.get(`layers.${example.id}`));
      paragraphs.unshift(h("p", { className: "example" }, name, " ", linesOf(example)[0].trim()));
    }
    this.element.replaceChildren(...paragraphs);
  }

  /**
   * A line for each head, its characters shaded. The elements stay while the text does.
   * @param {string[]} lines
   * @param {Layer} shade
   * @param {number} heads of each layer of the network
   */
  #showShaded(lines, { data }, heads) {
    const known = `${heads} ${lines.join("\n")}`;
    if (known !== this.#known) {
      this.#known = known;
      this.element.classList.add("shaded");
      const rows = lines.map((line, i) => {
        const characters = [...line].map((c) => h("i", {}, c === "\n" ? seen(10) : c));
        return h("p", {}, h("b", {}, `${Math.floor(i / heads) + 1}.${(i % heads) + 1}`), ...characters);
      });
      this.element.replaceChildren(...rows);
      this.#shaded = [...this.element.querySelectorAll("i")];
    }
    // The root, so that small weights are seen too.
    this.#shaded.forEach((c, i) => c.style.setProperty("--weight", `${(50 * Math.sqrt(data[i])).toFixed(1)}%`));
  }
}
