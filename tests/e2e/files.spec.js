// The dialogue of files with every case of tests/cases: what is read is shown, what is not is refused there.

import { readFile, readdir } from "node:fs/promises";
import { expect, metrics, open, pause, reached, test } from "./site.js";

const CASES = new URL("../cases/", import.meta.url);

/** @param {string} name */
const load = async (name) => ({
  name: /** @type {string} */ (name.split("/").pop()),
  mimeType: "application/octet-stream",
  buffer: await readFile(new URL(name, CASES)),
});

/** An IDX file of 200 different images. */
function twoHundred() {
  const buffer = Buffer.alloc(16 + 200 * 64);
  buffer.set([0, 0, 8, 3], 0);
  [200, 8, 8].forEach((n, i) => buffer.writeUInt32BE(n, 4 + 4 * i));
  for (let i = 0; i < 200 * 64; i++) buffer[16 + i] = (i * 37) % 251;
  return { name: "images.idx", mimeType: "application/octet-stream", buffer };
}

/** @param {string} folder */
const folder = async (folder) =>
  Promise.all((await readdir(new URL(folder, CASES))).sort().map((file) => load(`${folder}/${file}`)));

/**
 * Exhibit, files, what the dialogue says, and whether they can be used.
 * @type {[exhibit: string, name: string, files: () => Promise<any>, said: RegExp[], usable: boolean][]}
 */
const EXPECTED = [
  [
    "rbm",
    "white on transparent",
    () => folder("white-on-transparent"),
    [/6 images of 28 × 28/, /one ink is bright/],
    true,
  ],
  ["rbm", "mixed pictures", () => folder("mixed"), [/13 images of 28 × 28/, /several shapes/], true],
  [
    "rbm",
    "a page named as images",
    () => load("html-named-train-images-idx3-ubyte.gz"),
    [/is an HTML page, not IDX.*Expected images/],
    false,
  ],
  [
    "vae",
    "labels of int64 with images",
    async () => [twoHundred(), await load("labels-int64.npy")],
    [/200 images of 8 × 8/, /labels are in labels-int64.npy/],
    true,
  ],
  ["rbm", "one image", () => load("one-image.idx"), [/1 image of 8×8; at least two are needed/], false],
  ["rbm", "images that are alike", () => load("all-zero.idx"), [/All 200 images are alike/], false],
  ["gan2d", "points of float16", () => load("points-f2.npy"), [/50 points/], true],
  ["gan2d", "points of int64", () => load("points-i8.npy"), [/50 points/], true],
  ["gan2d", "a single number", () => load("scalar.npy"), [/a single number/], false],
  ["gan2d", "Python objects", () => load("object.npy"), [/Python objects/], false],
  ["gan2d", "an index column", () => load("pandas-index.csv"), [/3 points/, /x is the column “x”, y is “y”/], true],
  ["gan2d", "quoted numbers", () => load("quoted.csv"), [/2 points/], true],
  ["gan2d", "decimal commas", () => load("semicolon-decimal-comma.csv"), [/x goes from 1.5 to 2.5/], true],
  ["gan2d", "lines that end in CR", () => load("cr-only.csv"), [/2 points/], true],
  ["gan2d", "UTF-16", () => load("utf16.csv"), [/1 rows/, /holds 1 point; at least two/], false],
  ["gan2d", "one column or two", () => load("one-column.csv"), [/one number with a decimal comma/], false],
  ["boundary", "points with labels", () => load("label-column.csv"), [/2 points/, /Class 0 is “0” \(1\)/], true],
  ["boundary", "points without labels", () => load("quoted.csv"), [/no column of classes/], false],
  ["bayes-net", "thirds", () => load("thirds.bif"), [/Variables: A/, /sum to 0.999/], true],
  ["bayes-net", "a row twice", () => load("row-twice.bif"), [/row \(a\) of B is given twice/], false],
  ["bayes-net", "a wrong sum", () => load("row-sum.bif"), [/Line 13 .* row \(a\) of B sums to 1.1/], false],
  ["bayes-net", "a long name", () => load("long-name.bif"), [/VentricularFibrillationOccurrence/], true],
  ["bayes-net", "another encoding", () => load("latin1.bif"), [/Line 3 of latin1.bif is not UTF-8/], false],
  ["bayes-net", "a byte order mark", () => load("bom.bif"), [/Variables: A/], true],
  [
    "gpt",
    "lines that end in CR",
    () => load("cr-only.txt"),
    [/5,690 characters/, /line 0 of the old mac file\s+line 1/],
    true,
  ],
  ["gpt", "a thousand characters", () => load("thousand.txt"), [/1,000 characters/], true],
  ["gpt", "surrogates", () => load("surrogates.txt"), [/has 603 characters; from 1,000/], false],
];

for (const exhibit of [...new Set(EXPECTED.map(([exhibit]) => exhibit))]) {
  test(`${exhibit}: cases are shown or refused in the dialogue, and the run goes on`, async ({ page, site }) => {
    await open(page, `${site}#/${exhibit}?backend=cpu${exhibit === "gpt" ? "&context=16&width=32" : ""}`);
    await reached(page, 1);
    const dialog = page.locator("dialog.files");
    for (const [, name, files, said, usable] of EXPECTED.filter(([id]) => id === exhibit)) {
      await test.step(name, async () => {
        await page.locator('input[type="file"]').setInputFiles(await files());
        for (const words of said) await expect(dialog).toContainText(words);
        const use = dialog.getByRole("button", { name: /^(Train on|Use) th/ }).last();
        if (usable) await expect(use).toBeEnabled();
        else await expect(dialog.getByRole("button", { name: "Choose files" })).toBeVisible();
        if (!usable) await expect(dialog.getByRole("alert")).not.toBeEmpty();
        await dialog.getByRole("button", { name: "Cancel" }).click();
      });
    }
    // Nothing that was refused or only looked at has touched the model.
    await expect(page.locator(".notice")).toHaveCount(0);
    await expect(page.locator('[data-setting="data"] select')).not.toHaveValue("own");
    const { step } = await metrics(page);
    await page.locator("button.play").click();
    await expect.poll(async () => (await metrics(page)).step ?? 0).toBeGreaterThanOrEqual(step);
  });
}

test("what is asked is answered in the dialogue, and columns can be changed", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  const dialog = page.locator("dialog.files");
  await page.locator('input[type="file"]').setInputFiles(await load("one-column.csv"));
  const use = dialog.getByRole("button", { name: "Train on these" });
  await expect(use).toBeDisabled();
  await dialog.getByLabel("Each line is").selectOption("one");
  await expect(dialog.getByRole("alert")).toContainText("one column. Points need two");
  await expect(use).toBeDisabled();
  await dialog.getByLabel("Each line is").selectOption("two");
  await expect(dialog).toContainText("x goes from 32 to 50");
  await dialog.getByLabel("x", { exact: true }).selectOption({ label: "2" });
  await dialog.getByLabel("y", { exact: true }).selectOption({ label: "1" });
  await expect(dialog).toContainText("y from 32 to 50");
  await use.click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
  await reached(page, 3);
});

test("points with classes are learned by the classifiers", async ({ page, site }) => {
  await open(page, `${site}#/boundary?backend=cpu`);
  await pause(page);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 10},${i % 7},${i % 10 < 5 ? "left" : "right"}`);
  const buffer = Buffer.from(["a,b,side", ...rows].join("\n"));
  await page.locator('input[type="file"]').setInputFiles({ name: "sides.csv", mimeType: "text/csv", buffer });
  const dialog = page.locator("dialog.files");
  await expect(dialog).toContainText("Class 0 is “left” (30), class 1 is “right” (30).");
  await dialog.getByRole("button", { name: "Train on these" }).click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
  await expect.poll(async () => (await metrics(page)).accuracy_train).toBeGreaterThan(0.9);
});

test("images are cut and turned before they are used", async ({ page, site }) => {
  await open(page, `${site}#/rbm?backend=cpu`);
  await page.locator('input[type="file"]').setInputFiles(await folder("mixed"));
  const dialog = page.locator("dialog.files");
  await expect(dialog).toContainText("13 images");
  const data = () =>
    page.evaluate(() => {
      const canvas = /** @type {HTMLCanvasElement} */ (
        document.querySelector("tilde-exhibit")?.shadowRoot?.querySelector("dialog canvas")
      );
      return canvas.toDataURL();
    });
  let before = await data();
  for (const act of [
    () => dialog.getByLabel("Cut out").selectOption("ink"),
    () => dialog.getByLabel(/Transpose/).check(),
    () => dialog.getByLabel(/Invert/).check(),
  ]) {
    await act();
    await expect.poll(data).not.toBe(before);
    before = await data();
  }
  // The choice keeps the focus, although the dialogue is drawn anew.
  await expect(dialog.getByLabel(/Invert/)).toBeFocused();
});

test("a notice goes when what it spoke of is mended", async ({ page, site }) => {
  await open(page, `${site}#/gpt?backend=cpu&context=16&width=32`);
  await reached(page, 1);
  // Of the library, which has no dialogue: the page's notice.
  await page.evaluate(() =>
    /** @type {any} */ (document.querySelector("tilde-exhibit")).session.reopen({ data: { text: "Too short." } }),
  );
  await expect(page.locator(".notice")).toContainText("has 10 characters");
  await page.evaluate(() =>
    /** @type {any} */ (document.querySelector("tilde-exhibit")).session.reopen({
      data: { text: "Row, row, row your boat.\n".repeat(60) },
    }),
  );
  await expect(page.locator(".notice")).toHaveCount(0);
});
