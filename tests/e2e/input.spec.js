// What a person puts in: a latent point, a painted distribution, files.

import { gzipSync } from "node:zlib";
import { expect, idxImages, metrics, open, pause, pixels, reached, test, view } from "./site.js";

test("dragging the latent point decodes another image, by pointer and by keys", async ({ page, site }) => {
  await open(page, `${site}#/vae?backend=cpu`);
  await reached(page, 30);
  await pause(page);
  const pad = page.getByRole("slider", { name: "Latent point" });
  await pad.scrollIntoViewIfNeeded();
  const decoded = view(page, "decoded");
  const before = await pixels(decoded);
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await pad.boundingBox());
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.1, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => pixels(decoded)).not.toBe(before);
  const dragged = await pixels(decoded);
  await pad.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => pixels(decoded)).not.toBe(dragged);
  await expect(pad).toHaveAttribute("aria-valuetext", /30 % across/);
});

test("drawing a distribution trains on it", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await pause(page);
  await page.getByRole("button", { name: "Draw" }).click();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await view(page, "points").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.3, { steps: 12 });
  await page.mouse.up();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
  const data = async () =>
    page.evaluate(async () => [
      ...(await /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.view("points")).layers[0].data,
    ]);
  // The line was drawn at three tenths from the top, so the data has come to lie around y = 1.2.
  await expect
    .poll(async () => (await data()).filter((_, i) => i % 2).every((y) => Math.abs(y - 1.2) < 0.3))
    .toBe(true);
  await page.locator("button.play").click();
  const { step } = await metrics(page);
  await reached(page, step + 10);
});

for (const [name, pack] of /** @type {[string, (bytes: Buffer) => Buffer][]} */ ([
  ["bars.idx", (bytes) => bytes],
  ["bars.idx.gz", gzipSync],
])) {
  test(`${name} is shown, then trained on`, async ({ page, site }) => {
    await open(page, `${site}#/rbm?backend=cpu`);
    await page.getByRole("button", { name: "Your data" }).click();
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer: pack(idxImages(120, 12)) });
    await expect(page.locator("dialog")).toContainText("120 images of 12 × 12 pixels");
    await page.getByRole("button", { name: "Train on these" }).click();
    // The run that is replaced meanwhile refuses.
    const shape = () =>
      page.evaluate(async () => {
        const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        return (await exhibit.sample(3, { seed: 1 }).catch(() => ({}))).shape;
      });
    await expect.poll(shape).toEqual([3, 12, 12]);
    await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
    await reached(page, 10);
  });
}

test("a wrong file says what was expected and what was found, and changes nothing", async ({ page, site }) => {
  await open(page, `${site}#/rbm?backend=cpu`);
  await reached(page, 3);
  for (const [buffer, said] of /** @type {[Buffer, RegExp][]} */ ([
    [Buffer.from("not an image file at all"), /is a text, not IDX.* Expected images/],
    [idxImages(10, 8).subarray(0, 200), /\(10, 8, 8\) .* holds 200 bytes/],
    [gzipSync(idxImages(10, 8)).subarray(0, 30), /starts like gzip, and then it is broken off/],
  ])) {
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "wrong.idx", mimeType: "application/octet-stream", buffer });
    await expect(page.getByRole("alert")).toContainText(said);
    await page.getByRole("button", { name: "Cancel" }).click();
  }
  const { step } = await metrics(page);
  await reached(page, step + 1);
});

test("data that the exhibit cannot use are refused before they are shown", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "bars.idx", mimeType: "application/octet-stream", buffer: idxImages(10, 8) });
  await expect(page.getByRole("alert")).toContainText("holds images (uint8, 10 × 8 × 8). Expected points.");
  await expect(page.getByRole("button", { name: "Train on these" })).toBeDisabled();
});

test("clearing what was painted shows the choice of data that it makes", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
});

test("what comes next follows the sentence as it is typed", async ({ page, site }) => {
  await open(page, `${site}#/gpt?backend=cpu&context=16&width=32`);
  await reached(page, 3);
  await pause(page);
  const heads = page.locator('[data-view="heads"] p').first();
  await expect(heads).toHaveText("1.1 near the river "); // no more fits
  await page.getByRole("textbox", { name: "Your sentence" }).fill("two ☃ cats");
  await expect(page.locator('[data-view="next"] .note')).toHaveText("This text has no such character: ☃");
  await expect(heads).toHaveText("1.1↵two  cats");
  const bars = await page.evaluate(async () => {
    const { layers } = await /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.view("next");
    return layers.map((/** @type {any} */ { id, data }) => [
      id,
      data.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
    ]);
  });
  expect(bars.slice(0, 2).map((/** @type {any[]} */ [id]) => id)).toEqual(["model", "sentence"]); // no such sentence, so no truth
  expect(bars[0][1]).toBeCloseTo(1, 4);
});

test("a pasted text is learned from, and too short a one is refused", async ({ page, site }) => {
  await open(page, `${site}#/gpt?backend=cpu&context=16&width=32`);
  await reached(page, 2);
  await page.getByRole("button", { name: "Your data" }).click();
  const area = page.getByRole("textbox", { name: /paste a text/ });
  await area.fill("Too short.");
  await page.getByRole("button", { name: "Train on this text" }).click();
  await expect(page.getByRole("alert")).toContainText("has 10 characters; from 1,000 to 1,200,000");
  await area.fill("Row, row, row your boat.\n".repeat(60));
  await page.getByRole("button", { name: "Train on this text" }).click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
  await reached(page, 5);
  await expect(page.locator('[data-metric="context_4"]')).toBeVisible();
  await expect(page.locator('[data-metric="grammatical"]')).toBeHidden();
  const known = new Set("Row, row, row your boat.\n");
  const text = await page.locator('[data-view="samples"] p:not(.example)').first().textContent();
  expect([...(text ?? "")].every((c) => known.has(c))).toBe(true);
});

test("a file of text is shown, then trained on", async ({ page, site }) => {
  await open(page, `${site}#/gpt?backend=cpu&context=16&width=32`);
  const buffer = Buffer.from("Round and round the garden.\n".repeat(50));
  await page.locator('input[type="file"]').setInputFiles({ name: "rhyme.txt", mimeType: "text/plain", buffer });
  await expect(page.locator("dialog")).toContainText("1,400 characters. It begins:");
  await page.getByRole("button", { name: "Train on this text" }).click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("own");
  await reached(page, 5);
});

test("pictures become small grey images; dark on light is inverted", async ({ page, site }) => {
  await open(page, `${site}#/vae?backend=cpu`);
  await pause(page);
  const pictures = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(90, 60);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const all = [];
    for (const x of [10, 40, 70]) {
      context.fillStyle = "white";
      context.fillRect(0, 0, 90, 60);
      context.fillStyle = "black";
      context.fillRect(x, 15, 10, 30);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      all.push(btoa(String.fromCharCode(...bytes)));
    }
    return all;
  });
  await page
    .locator('input[type="file"]')
    .setInputFiles(
      pictures.map((base64, i) => ({ name: `${i}.png`, mimeType: "image/png", buffer: Buffer.from(base64, "base64") })),
    );
  const dialog = page.locator("dialog");
  await expect(dialog).toContainText("3 images of 28 × 28 pixels");
  await expect(dialog).toContainText("They are dark on light, and were inverted.");
  const shown = dialog.getByRole("img");
  const before = await pixels(shown);
  await page.getByLabel(/Invert/).check();
  await expect.poll(() => pixels(dialog.getByRole("img"))).not.toBe(before);
});
