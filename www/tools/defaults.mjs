// node www/tools/defaults.mjs: notes the defaults of the present version of addresses in
// tests/cases/defaults.json. What was noted of an exhibit stays as it is; exhibits that came since are added.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { versionOf } from "../ui/old-defaults.js";

/** @typedef {Record<string, Record<string, import("../protocol.js").Value>>} Defaults  by exhibit and setting */

const CASES = new URL("../../tests/cases/defaults.json", import.meta.url);
const CARDS = new URL("../../pkg/cards.json", import.meta.url);

/** The defaults of the cards as they were built. @returns {Promise<Defaults>} */
export async function presentDefaults() {
  /** @type {import("../protocol.js").Card[]} */
  const cards = JSON.parse(await readFile(CARDS, "utf8"));
  return Object.fromEntries(
    cards.map(({ id, settings }) => [id, Object.fromEntries(settings.map((each) => [each.id, each.default]))]),
  );
}

/** Those of every version so far. @returns {Promise<Record<string, Defaults>>} */
export const knownDefaults = async () => JSON.parse(await readFile(CASES, "utf8").catch(() => "{}"));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const known = await knownDefaults();
  known[versionOf()] = { ...(await presentDefaults()), ...known[versionOf()] };
  await writeFile(CASES, `${JSON.stringify(known, null, 1)}\n`);
}
