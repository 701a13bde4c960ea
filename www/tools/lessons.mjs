// Writes www/data/lessons.txt, the text of the course itself, which an exhibit learns from: the words
// that exhibits share, then those of each exhibit in the order of the contents. The file is committed
// and the build does not renew it, so that figures measured on it stay comparable:
// node www/tools/lessons.mjs

import { readFile, writeFile } from "node:fs/promises";

const WORDS = new URL("../words/en/", import.meta.url);

/** All strings of a JSON value, in order. @param {unknown} value @returns {string[]} */
function strings(value) {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** @param {string} name */
const read = (name) => readFile(new URL(name, WORDS), "utf8");

const cards = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
const parts = [strings(JSON.parse(await read("common.json"))).join("\n")];
for (const { id } of cards) {
  parts.push(
    strings(JSON.parse(await read(`${id}.json`))).join("\n"),
    (await read(`${id}.md`)).replace(/\[([^\]]+)\]\(do:[^)]*\)/g, "$1"),
  );
}
const text = `${parts.map((part) => part.trim()).join("\n\n")}\n`;
await writeFile(new URL("../data/lessons.txt", import.meta.url), text);
console.log(`www/data/lessons.txt: ${text.length} characters, ${new Set(text).size} different ones.`);
