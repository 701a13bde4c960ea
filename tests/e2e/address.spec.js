// Addresses: what they name, what they hold, and what anybody may write into them.

import { RESERVED, format, parse, split } from "../../www/ui/address.js";
import { oldDefaults, versionOf } from "../../www/ui/old-defaults.js";
import { MOST_CHARACTERS, pack, unpack } from "../../www/ui/packed.js";
import { knownDefaults, presentDefaults } from "../../www/tools/defaults.mjs";
import { CARDS, computed, expect, metrics, open, pause, reached, test, view } from "./site.js";

test.use({ pace: "steady" });

const card = (/** @type {string} */ id) =>
  /** @type {import("../../www/protocol.js").Card} */ (CARDS.find((each) => each.id === id));

test("an id is read whatever its case, its slashes and its encoding", () => {
  for (const hash of ["#/gan2d", "#gan2d", "#/GAN2D", "#/gan2d/", "#/gan2d//?seed=1", "#/g%61n2d", "gan2d"])
    expect(split(hash).id, hash).toBe("gan2d");
  expect(split("#/%E0%A4%A").id).toBe("%e0%a4%a");
  expect(split("#/vae?a=1?b").query.get("a")).toBe("1?b");
  expect(split(`#/${"x".repeat(10_000)}`).id.length).toBeLessThan(100);
});

for (const [hash, named] of [
  ["#/__proto__", "__proto__"],
  ["#/constructor", "constructor"],
  ["#/hasOwnProperty", "hasownproperty"],
  ["#/%E0%A4%A", "%e0%a4%a"],
  ["#/vae.title", "vae.title"],
])
  test(`${hash} is said to be no exhibit, beside the contents`, async ({ page, site }) => {
    await page.goto(`${site}${hash}`);
    await expect(page.locator("tilde-exhibit")).toContainText(`There is no exhibit "${named}"`);
    await page.getByRole("link", { name: /^GAN in two/ }).click();
    await reached(page, 1);
  });

test("the contents link of an exhibit, in capitals and with a slash, is the exhibit", async ({ page, site }) => {
  await open(page, `${site}#/GAN2D/`);
  await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
  await expect(page.locator("nav [aria-current]")).toHaveAttribute("data-id", "gan2d");
});

test("what an address asks for in vain is said with what it may ask for", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?seed=-3&steps=x&backend=abacus&build=new&noise=2.6&v=0`);
  const notices = page.locator(".notices");
  for (const said of [
    "seed = -3. The setting takes a whole number from 0 to 9007199254740991",
    "steps = x, but steps takes a whole number from 0 to 100000",
    "backend = abacus, but backend takes one of auto, webgpu, cpu",
    "build = new, but build takes one of",
    "v = 0, but v takes",
    "noise = 2.6. The setting takes a whole number from",
  ])
    await expect(notices).toContainText(said);
  expect(await notices.textContent()).not.toMatch(/takes [,.]/);
});

test("no setting has the name of another part of an address", () => {
  for (const { id, settings } of CARDS)
    for (const setting of settings) expect(RESERVED, `${id}: ${setting.id}`).not.toContain(setting.id);
});

test("an address of an older version is read with that version's defaults", async () => {
  const known = await knownDefaults();
  const present = await presentDefaults();
  const versions = Array.from({ length: versionOf() }, (_, i) => String(i + 1));
  const how = "a default has changed: see www/ui/old-defaults.js";
  expect(Object.keys(known), how).toEqual(versions);
  for (const version of versions)
    for (const [id, defaults] of Object.entries(known[version])) {
      if (!present[id]) continue; // no longer an exhibit
      const { settings, warnings } = parse(card(id), [["v", version]]);
      for (const [setting, value] of Object.entries(defaults))
        if (setting in present[id])
          expect(settings[setting], `${id}, ${setting}, version ${version}: ${how}`).toBe(value);
      expect(warnings, id).toEqual([]);
    }
  // An exhibit that has come since the present version was noted has no addresses of before.
  const noted = Object.fromEntries(Object.keys(known[versions.length]).map((id) => [id, present[id]]));
  expect(known[versions.length], `the present version: ${how}`).toEqual(noted);
});

test("of several changes of a default the first after the version counts, and raises what is written", () => {
  const changed = [
    { before: 4, exhibit: "a", setting: "x", was: "3" },
    { before: 2, exhibit: "a", setting: "x", was: "1" },
    { before: 3, exhibit: "a", setting: "x", was: "2" },
    { before: 3, exhibit: "b", setting: "x", was: "9" },
  ];
  expect(versionOf([])).toBe(1);
  expect(versionOf(changed)).toBe(4);
  expect([1, 2, 3, 4].map((version) => oldDefaults("a", version, changed))).toEqual([
    [["x", "1"]],
    [["x", "2"]],
    [["x", "3"]],
    [],
  ]);
});

test("points, edits and texts come back from an address as they were, and what is too much is left out", async () => {
  const points = Float32Array.of(0.5, -1.25, 0.75, 2, 0.5, 0.5);
  const odd = Float32Array.of(Math.PI, 1e-9, -1e6, 0.1);
  for (const each of [points, odd]) {
    const own = { inputs: [{ id: "brush", payload: { points: each } }], data: undefined };
    const { text, lost } = await pack(own);
    expect(lost).toEqual([]);
    expect(text).toMatch(/^[\w-]+$/);
    const { inputs } = await unpack(card("gan2d"), text);
    expect([...(inputs[0].payload.points ?? [])]).toEqual([...each]);
  }
  const edit = { id: "edit", payload: { text: "tap Rain yes" } };
  const { text } = await pack({ inputs: [edit] });
  expect((await unpack(card("bayes-net"), text)).inputs).toEqual([edit]);
  const data = { points: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
  const own = await unpack(card("gan2d"), (await pack({ inputs: [], data })).text);
  expect(own.data).toEqual(data);
  expect(await pack({ inputs: [] })).toEqual({ text: "", lost: [] });

  const noise = Float32Array.from({ length: 40_000 }, Math.random);
  const many = [{ id: "brush", payload: { points: noise } }];
  expect(await pack({ inputs: many })).toEqual({ text: "", lost: ["painted"] });
  const large = { points: noise, shape: [20_000, 2] };
  expect((await pack({ inputs: [edit], data: large })).lost).toEqual(["data"]);
  expect((await pack({ inputs: [], data: { images: points, shape: [1, 2, 3] } })).lost).toEqual(["data"]);
  // What a brush leaves in two minutes is not too much.
  const grid = Float32Array.from({ length: 6000 }, () => Math.round(Math.random() * 1024) / 256);
  const painted = await pack({ inputs: [{ id: "brush", payload: { points: grid } }] });
  expect(painted.text.length).toBeLessThan(MOST_CHARACTERS / 2);
});

test("a painted distribution and the picture of it come back with the copied link", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, `${site}#/gan2d?backend=cpu`);
  await pause(page);
  await page.locator('[data-view="points"]').getByRole("button", { name: "Draw" }).click();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "points").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.6, { steps: 12 });
  await page.mouse.up();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page).toHaveURL(/own=/);
  const data = async () =>
    page.evaluate(async () => [
      ...(await /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.view("points")).layers[0].data,
    ]);
  const painted = await data();
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.locator(".menu .note")).toHaveText("Copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("own=");
  await page.getByRole("button", { name: "Embed or present" }).click();
  await page.getByRole("button", { name: "Copy code" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("<iframe");
  const embed = await page.evaluate(() => navigator.clipboard.readText());
  expect(embed).toContain("own=");
  expect(embed).not.toMatch(/backend=|build=/);
  await page.goto("about:blank");
  await open(page, link);
  await expect.poll(data).toEqual(painted);
  await expect(page.locator(".notices")).toBeEmpty();
});

test("an edited network comes back with the address", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net`);
  await pause(page);
  const states = page.locator(".node .state");
  await states.first().click();
  await expect(states.first()).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/own=/);
  const address = page.url();
  await page.goto("about:blank");
  await open(page, address);
  await expect(states.first()).toHaveAttribute("aria-pressed", "true");
});

test("a link that loses something says what", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, `${site}#/vae?backend=cpu&steps=5`);
  await expect.poll(async () => (await metrics(page)).step).toBe(5);
  const note = page.locator(".menu .note");
  await page.getByText("Take away").click();
  const copy = page.getByRole("button", { name: "Copy link" });
  await copy.click();
  await expect(note).toHaveText("Copied.");
  const rate = page.locator('[data-setting="beta"] input.value');
  await rate.fill("2");
  await rate.press("Enter");
  await copy.click();
  await expect(note).toContainText("It leaves out: when you changed something");
  await page.evaluate(async () => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    await exhibit.load(await exhibit.save());
  });
  await copy.click();
  await expect(note).toContainText("the weights that you loaded");
  await page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const images = Float32Array.from({ length: 40 * 64 }, (_, i) => (i % 7) / 7);
    await session.reopen({ data: { images, shape: [40, 8, 8] } });
  });
  await copy.click();
  await expect(note).toHaveText("Copied. It leaves out: your own data.");
});

test("an address whose own part is cut off opens without it, and says so", async ({ page, site }) => {
  const { text } = await pack({ inputs: [{ id: "brush", payload: { points: Float32Array.of(1, 2, 3, 4) } }] });
  for (const own of [text.slice(0, -9), "%", "AAAA", "__proto__"]) {
    await page.goto("about:blank");
    await open(page, `${site}#/gan2d?data=drawn&own=${encodeURIComponent(own)}&v=1`);
    await expect(page.locator(".notices")).toContainText("points, edits or data that cannot be read");
    await reached(page, 1);
  }
});

/** Numbers that look random and are the same every time. @param {number} seed */
function draws(seed) {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** Inputs of each kind: a few thousand with every change, a million in the slow tests. */
const INPUTS = process.env.SLOW ? 1_000_000 : 3000;
/** Parts that addresses are made of, the good ones and the others. */
const PARTS = [
  ...["gan2d", "vae", "#/", "#", "/", "?", "&", "=", "seed", "steps", "backend", "build", "own", "v", "data", "drawn"],
  ...["__proto__", "constructor", "%", "%E0%A4%A", "%00", "1e999", "-1", "NaN", "0x10", "2.5", "true", "simd", "cpu"],
  ...["\u0000", "\ud800", "é", "learning_rate", "hidden", " ", "+", "9007199254740993", "A".repeat(300)],
];

test("any address is read, in a moment, as settings that the exhibit takes", async () => {
  test.setTimeout(1_200_000);
  const draw = draws(1);
  const pick = (/** @type {any} */ list) => list[Math.floor(draw() * list.length)];
  let slowest = 0;
  for (let i = 0; i < INPUTS; i++) {
    const hash = Array.from({ length: 1 + draw() * 24 }, () =>
      draw() < 0.9 ? pick(PARTS) : String.fromCharCode(draw() * 65_536),
    ).join("");
    const of = pick(CARDS);
    const start = computed();
    const { id, query } = split(hash);
    const place = parse(of, query);
    const again = parse(of, split(format(of, place)).query);
    slowest = Math.max(slowest, computed() - start);
    // Not `expect`: each is a step that the runner keeps, and of these there are a million.
    if (id.length >= 100) throw new Error(`${hash}: a long id`);
    const { settings, seed } = place;
    if (!Number.isSafeInteger(seed) || seed < 0 || !Number.isSafeInteger(place.steps)) throw new Error(hash);
    for (const setting of of.settings) {
      const { kind, min = -Infinity, max = Infinity, choices } = setting;
      const value = settings[setting.id];
      const fits =
        kind === "choice"
          ? choices?.includes(String(value))
          : kind === "flag"
            ? typeof value === "boolean"
            : Number(value) >= min && Number(value) <= max;
      if (!fits) throw new Error(`${hash}: ${setting.id} = ${value}`);
      if (again.settings[setting.id] !== value) throw new Error(`${hash}: ${setting.id} does not come back`);
    }
  }
  expect(slowest).toBeLessThan(1000);
});

test("any text that is said to be packed is read or refused, in a moment", async () => {
  test.setTimeout(3_600_000);
  const draw = draws(2);
  const good = await Promise.all(
    [
      { inputs: [{ id: "brush", payload: { points: Float32Array.of(1, 2, 3, 4) } }] },
      { inputs: [], data: { points: Float32Array.of(0.5, 2, 3, 1e9), shape: [2, 2] } },
      { inputs: [{ id: "edit", payload: { text: "tap Rain yes" } }] },
    ].map(async (own) => (await pack(own)).text),
  );
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_%=";
  const refused = (/** @type {any} */ error) => {
    if (error.code !== "bad-data") throw error;
  };
  let slowest = 0;
  for (let i = 0; i < INPUTS; i++) {
    const text = [...good[i % good.length]];
    for (let n = draw() * 4; n > 0; n--) {
      const at = Math.floor(draw() * text.length);
      const letter = alphabet[Math.floor(draw() * alphabet.length)];
      text.splice(at, draw() < 0.5 ? 1 : 0, letter);
    }
    const start = computed();
    await unpack(draw() < 0.5 ? card("gan2d") : card("bayes-net"), text.join("")).catch(refused);
    slowest = Math.max(slowest, computed() - start);
  }
  // A small text that would become very large is given up.
  const { CompressionStream: Compression } = globalThis;
  const zeros = new Blob([new Uint8Array(1 << 27)]).stream().pipeThrough(new Compression("deflate-raw"));
  const bomb = Buffer.from(await new Response(zeros).arrayBuffer()).toString("base64url");
  const start = computed();
  await expect(unpack(card("gan2d"), bomb)).rejects.toMatchObject({ code: "bad-data" });
  expect(computed() - start).toBeLessThan(1000);
  expect(slowest).toBeLessThan(1000);
});
