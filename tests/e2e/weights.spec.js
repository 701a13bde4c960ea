// Files of weights: every rule of the reader, and files of any content.

import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import * as weights from "../../www/weights.js";
import { CARDS, computed } from "./site.js";

/** @param {string} path @returns {any} */
const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

const card = /** @type {import("../../www/protocol.js").Card} */ (CARDS.find(({ id }) => id === "elbo"));
/** The cases that the command's reader is held against, too. @type {any[]} */
const CASES = json("../cases/checkpoints.json");

/** The file that a case describes. @param {any} of @returns {Uint8Array} */
function fileOf({ raw, text, metadata, tensors, length, bytes }) {
  if (raw !== undefined) return Uint8Array.from(Buffer.from(raw, "hex"));
  const base = { format: "tilde", version: "1", exhibit: "elbo", seed: "7", step: "3", settings: "{}" };
  const known = Object.entries({ ...base, ...metadata }).filter(([, value]) => value !== null);
  const header =
    text ??
    JSON.stringify(Object.fromEntries([["__metadata__", Object.fromEntries(known)], ...Object.entries(tensors)]));
  const start = Buffer.alloc(8);
  const json = Buffer.from(header);
  // A number of JSON is no larger than the largest of 64 bits.
  start.writeBigUInt64LE(
    length === undefined ? BigInt(json.length) : length > 2 ** 63 ? 2n ** 64n - 1n : BigInt(length),
  );
  return Uint8Array.from(Buffer.concat([start, json, Buffer.from(bytes, "hex")]));
}

for (const of of CASES)
  test(`weights: ${of.name} ${of.refused === undefined ? "is read" : "is refused"}`, () => {
    const read = () => weights.read(card, fileOf(of));
    if (of.refused !== undefined) {
      expect(read).toThrow(of.refused);
      expect(read).toThrow(expect.objectContaining({ code: "bad-file" }));
    } else {
      const { tensors } = read();
      const values = tensors.map(({ name, data }) => [name, [...data]]);
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(Object.entries(of.values)));
    }
  });

test("any file of weights is read or refused, in a moment", () => {
  test.setTimeout(1_200_000);
  let seed = 5;
  const draw = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const files = CASES.map(fileOf);
  const letters = [...'0123456789[]{},:"-.eF'].map((letter) => letter.charCodeAt(0));
  let [slowest, read] = [0, 0];
  const count = process.env.SLOW ? 1_000_000 : 3000;
  for (let i = 0; i < count; i++) {
    const file = [...files[Math.floor(draw() * files.length)]];
    for (let n = Math.floor(draw() * 6); n > 0 && file.length; n--) {
      const at = Math.floor(draw() * file.length);
      const letter = letters[Math.floor(draw() * letters.length)];
      const how = Math.floor(draw() * 4);
      if (how === 0) file[at] = Math.floor(draw() * 256);
      else if (how === 1) file[at] = letter;
      else if (how === 2) file.splice(at, 1);
      else file.splice(at, 0, letter);
    }
    const start = computed();
    try {
      weights.read(card, Uint8Array.from(file));
      read++;
    } catch (error) {
      if (/** @type {any} */ (error).code !== "bad-file") throw error;
    }
    slowest = Math.max(slowest, computed() - start);
  }
  expect(slowest).toBeLessThan(1000);
  expect(read).toBeGreaterThan(count / 50);
});
