// Words are written once: what finds copies, missing words and idle ones.

import { copies, idle, inked, missing, read, wanted } from "../../www/tools/check-words.mjs";
import { overlay } from "../../www/ui/words.js";
import { expect, open, test } from "./site.js";

const common = { settings: { batch: { label: "Batch", hint: "Examples in each step." } } };
/** A card with one setting, and nothing else that needs words. */
const card = /** @type {import("../../www/protocol.js").Card} */ (
  /** @type {unknown} */ ({
    settings: [{ id: "batch" }],
    metrics: [],
    views: [],
    actions: [],
    phases: [],
    experiments: [],
  })
);
const own = { title: "A", question: "B?" };

test("no word of the exhibits is written twice", async () => {
  const { common, exhibits } = await read("en");
  expect(Object.keys(exhibits).length).toBeGreaterThan(10);
  expect(copies(common, exhibits)).toEqual([]);
});

test("a word of common.json that an exhibit repeats is found", () => {
  expect(copies(common, { vae: { settings: { batch: { label: "Batch" } } } })).toEqual([
    'vae.json repeats common.json: settings.batch.label = "Batch". Remove it.',
  ]);
  expect(copies(common, { vae: { settings: { batch: { label: "Batch size" } } } })).toEqual([]);
});

test("a word that two exhibits say alike belongs in common.json, and so does any third copy", () => {
  const k = { settings: { k: { label: "k" } } };
  expect(copies(common, { rbm: k })).toEqual([]);
  expect(copies(common, { rbm: k, dbm: k })).toHaveLength(1);
  const other = { settings: { batch: { label: "Batch size" } } };
  expect(copies(common, { rbm: other, dbm: other })).toEqual([]);
  expect(copies(common, { rbm: other, dbm: other, dbn: other })).toHaveLength(1);
});

test("words that an exhibit lacks come from common.json, each by itself, and what neither has is missing", () => {
  expect(missing(wanted(card), overlay(common, own))).toEqual([]);
  const merged = overlay(common, { ...own, settings: { batch: { label: "Batch size" } } });
  expect(merged.settings.batch).toEqual({ label: "Batch size", hint: "Examples in each step." });
  expect(missing(wanted(card), overlay({}, own))).toEqual(["settings.batch.label", "settings.batch.hint"]);
  expect(missing(wanted(card), overlay(common, { ...own, title: "" }))).toEqual(["title"]);
});

test("no line is known by a colour that it has in the light only", async () => {
  const { common, exhibits } = await read("en");
  expect(inked({ common, exhibits })).toEqual([]);
  const two = { a: ["It ends. It ends on the black line."], b: { hint: "White: the curve. Pixels are black." } };
  expect(inked(two)).toEqual([" It ends on the black line", "White: the curve"]);
});

test("words for an id that no card has are found", () => {
  expect(idle(card, { settings: { batch: { choices: { small: "Small" } }, bath: { label: "Bath" } } })).toEqual([
    "settings.bath",
    "settings.batch.choices.small",
  ]);
});

test("emoji come with the page, where there is one to draw", async ({ page, site }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => void (request.url().endsWith("emoji.woff2") && fetched.push(request.url())));
  await open(page, `${site}#/gan2d?steps=1`);
  expect(fetched).toEqual([]);
  await open(page, `${site}#/elbo?steps=1`);
  await expect.poll(() => fetched.length).toBe(1);
  const { common, exhibits } = await read("en");
  const said = JSON.stringify([common, exhibits]).match(/\p{Emoji_Presentation}/gu) ?? [];
  expect(said.length).toBeGreaterThan(10);
  // What the font lacks is drawn by another one, in another width or as a box: each has the same width in it alone.
  const widths = await page.evaluate(async (all) => {
    await document.fonts.load('100px "Tilde emoji"', all.join(""));
    const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    context.font = '100px "Tilde emoji"';
    return all.map((emoji) => context.measureText(emoji).width);
  }, said);
  expect(new Set(widths).size).toBe(1);
  expect(await page.evaluate(() => [...document.fonts].filter(({ status }) => status === "loaded").length)).toBe(1);
});
