// Turns each lesson (Markdown with TeX) into HTML with MathML, so that the page needs neither a
// Markdown nor a TeX library. `{{id}}` becomes the live value of the metric `id`.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { Marked } from "marked";
import temml from "temml";
import { misclaimed } from "./check-lessons.mjs";

const WORDS = new URL("../words/", import.meta.url);

/** @param {string} tex @param {boolean} displayMode */
function mathml(tex, displayMode) {
  const html = temml.renderToString(tex, { displayMode, throwOnError: true, annotate: false });
  // A strict content policy refuses style attributes; what they say here is spacing only.
  return html.replace(/ style="[^"]*"/g, "");
}

/** Keeps brackets and punctuation on the line of their formula. @param {string} html */
const tied = (html) =>
  html.replace(/(\(?)(<math>(?:(?!<\/math>).)*<\/math>)([.,;:)]*)/gs, (all, before, _, after) =>
    before || after ? `<span class="tied">${all}</span>` : all,
  );

/** For text and attributes of HTML. @param {string} text */
export const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const marked = new Marked({
  gfm: true,
  renderer: {
    // A claim: a link to something that is done.
    link({ href, tokens }) {
      if (!href.startsWith("do:")) return false;
      const text = this.parser.parseInline(tokens);
      return `<button type="button" class="claim" data-do="${escaped(href.slice(3))}">${text}</button>`;
    },
  },
  extensions: [
    {
      name: "display",
      level: "block",
      start: (source) => source.indexOf("$$"),
      tokenizer(source) {
        const match = /^\$\$([^$]+)\$\$([^\n]*)(?:\n|$)/.exec(source);
        return match
          ? { type: "display", raw: match[0], tex: match[1].trim(), tokens: this.lexer.inlineTokens(match[2].trim()) }
          : undefined;
      },
      renderer(token) {
        return `<div class="equation">${mathml(token.tex, true)}<span class="live">${this.parser.parseInline(token.tokens ?? [])}</span></div>\n`;
      },
    },
    {
      name: "inline",
      level: "inline",
      start: (source) => source.indexOf("$"),
      tokenizer(source) {
        const match = /^\$([^$\n]+)\$/.exec(source);
        return match ? { type: "inline", raw: match[0], tex: match[1] } : undefined;
      },
      renderer: (token) => mathml(token.tex, false),
    },
    {
      name: "figure",
      level: "inline",
      start: (source) => source.indexOf("{{"),
      tokenizer(source) {
        const match = /^\{\{(\w+)\}\}/.exec(source);
        return match ? { type: "figure", raw: match[0], id: match[1] } : undefined;
      },
      renderer: (token) => `<output data-metric="${token.id}">–</output>`,
    },
  ],
});

/**
 * Writes www/words/LANGUAGE/ID.html beside every ID.md, and contents.json, the short titles by id, so that
 * the contents can name the exhibits without the words of each; likewise questions.json, for the front page.
 */
export async function words() {
  /** @type {import("../protocol.js").Card[]} */
  const cards = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
  const wrong = [];
  for (const language of await readdir(WORDS)) {
    const folder = new URL(`${language}/`, WORDS);
    /** @type {Record<string, string>} */
    const contents = {};
    /** @type {Record<string, string>} */
    const questions = {};
    for (const file of await readdir(folder)) {
      if (!file.endsWith(".md")) continue;
      const id = file.replace(/\.md$/, "");
      const markdown = await readFile(new URL(file, folder), "utf8");
      const card = cards.find((each) => each.id === id); // a build of one exhibit has the cards of few
      if (card) wrong.push(...misclaimed(card, markdown));
      const html = tied(await marked.parse(markdown));
      await writeFile(new URL(`${id}.html`, folder), html);
      const { title, short, question } = JSON.parse(await readFile(new URL(`${id}.json`, folder), "utf8"));
      contents[id] = short ?? title;
      questions[id] = question;
    }
    await writeFile(new URL("contents.json", folder), JSON.stringify(contents));
    await writeFile(new URL("questions.json", folder), JSON.stringify(questions));
  }
  if (wrong.length) throw new Error(`Claims of lessons that cannot be done:\n${wrong.join("\n")}`);
}
