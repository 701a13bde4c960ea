// Links, embeds, weights: what leaves the page and comes back.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "../../www/tools/serve.mjs";
import { CARDS, expect, metrics, open, reached, test } from "./site.js";

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";

/** @param {import("@playwright/test").Page} page @param {string} address */
async function figures(page, address) {
  await page.goto("about:blank");
  await open(page, address);
  await expect.poll(async () => (await metrics(page)).step).toBe(60);
  return metrics(page);
}

test("the same address gives the same run, to the bit; another seed another one", async ({ page, site }) => {
  const address = (/** @type {number} */ seed) =>
    `${site}#/gan2d?learning_rate=0.004&seed=${seed}&backend=cpu&build=simd&steps=60&v=1`;
  const first = await figures(page, address(7));
  expect(await figures(page, address(7))).toEqual(first);
  expect((await figures(page, address(8))).loss).not.toBe(first.loss);
});

test("copy link names all that the run follows from", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, `${site}#/gan2d?learning_rate=0.004&seed=7`);
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByText("Copied.")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#\/gan2d\?learning_rate=0\.004&seed=7&backend=(cpu|webgpu)(&build=\w+)?&v=\d+$/);
});

test("what an address asks for in vain is left out, and said", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?colour=red&learning_rate=99&data=cubes`);
  const notices = page.locator(".notices");
  await expect(notices).toContainText('names "colour"');
  await expect(notices).toContainText("learning_rate = 99");
  await expect(notices).toContainText("data = cubes");
  await expect(page.locator('[data-setting="learning_rate"] input.value')).toHaveValue("0.1");
});

test("an unknown exhibit is said, with a way on", async ({ page, site }) => {
  await page.goto(`${site}#/nothing`);
  await expect(page.locator("tilde-exhibit")).toContainText('There is no exhibit "nothing"');
});

for (const [sandbox, badge] of [
  ["allow-scripts allow-same-origin", /CPU|WebGPU/],
  ["allow-scripts", /CPU · SIMD \(this frame is sandboxed/],
]) {
  test(`an embed under a strict policy trains: sandbox="${sandbox}"`, async ({ page }) => {
    const host = `<!doctype html><title>Host</title><link rel="icon" href="www/pictures/icon.svg"><iframe sandbox="${sandbox}" src="./?embed#/gan2d?seed=3" width="700" height="800" title="Tilde"></iframe>`;
    const { address, close } = await serve({ root: process.env.SITE, policy: POLICY, pages: { "host.html": host } });
    const outside = /** @type {string[]} */ ([]);
    page.on(
      "request",
      (request) =>
        !request.url().startsWith(address) && !/^(blob|data):/.test(request.url()) && outside.push(request.url()),
    );
    await page.goto(`${address}host.html`);
    const frame = page.frameLocator("iframe");
    await expect(frame.locator(".badge")).toContainText(badge);
    await expect
      .poll(async () =>
        Number((await frame.locator(".where").textContent())?.match(/step ([\d,]+)/)?.[1].replace(",", "")),
      )
      .toBeGreaterThan(10);
    await expect(frame.locator("nav")).toBeHidden();
    expect(outside, "no request to anyone else").toEqual([]);
    close();
  });
}

test("the component works in another page, with only the controls that were asked for", async ({ page }) => {
  const article =
    '<!doctype html><title>Article</title><link rel="icon" href="www/pictures/icon.svg"><script type="module" src="./www/embed.js"></script><script type="module" src="./www/embed.js?again"></script><tilde-exhibit model="gan2d" r1="0.5" controls="r1" autoplay></tilde-exhibit>';
  const { address, close } = await serve({ root: process.env.SITE, pages: { "article.html": article } });
  await open(page, `${address}article.html`);
  await reached(page, 5);
  await expect(page.locator("[data-setting]")).toHaveCount(1);
  await expect(page.locator('[data-setting="r1"] input.value')).toHaveValue("0.5");
  close();
});

test("the component works on a page of another site", async ({ page, site }) => {
  const article = `<!doctype html><title>Article</title><link rel="icon" href="data:,"><script type="module" src="${site}www/embed.js"></script><tilde-exhibit model="gan2d" autoplay></tilde-exhibit>`;
  const { address, close } = await serve({ root: process.env.SITE, pages: { "article.html": article } });
  expect(new URL(address).origin).not.toBe(new URL(site).origin);
  await open(page, `${address}article.html`);
  await reached(page, 5);
  close();
});

test("weights: save, go on, load: back at the same figures", async ({ page, site }) => {
  await open(page, `${site}#/vae?backend=cpu&steps=30`);
  const result = await page.evaluate(async () => {
    const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const { run } = session;
    const saved = await run.save();
    const before = await run.sample(4, { seed: 5 });
    await run.train(20);
    const between = await run.sample(4, { seed: 5 });
    await run.load(saved);
    const after = await run.sample(4, { seed: 5 });
    const header = new TextDecoder().decode(
      saved.subarray(8, 8 + Number(new DataView(saved.buffer).getBigUint64(0, true))),
    );
    return {
      before: [...before.data],
      between: [...between.data],
      after: [...after.data],
      metadata: JSON.parse(header).__metadata__,
      step: (await run.metrics()).step,
    };
  });
  expect(result.after).toEqual(result.before);
  expect(result.between).not.toEqual(result.before);
  expect(result.step).toBe(30);
  expect(result.metadata).toMatchObject({ exhibit: "vae", seed: "1", step: "30" });
});

test("dist works under a sub-path", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "tilde-"));
  try {
    execFileSync(process.execPath, [fileURLToPath(new URL("../../www/tools/dist.mjs", import.meta.url)), folder]);
    const { address, close } = await serve({ root: folder, base: "/a/course/tilde" });
    // The front page, whose exhibit is alive, and an exhibit of its own.
    await page.goto(address);
    await expect(page.locator(".course li")).toHaveCount(CARDS.length);
    await reached(page, 5);
    await open(page, `${address}#/mixture`);
    await reached(page, 5);
    // What is fetched by its address when it is wanted: an element for texts, the hood, the dialogue for embeds.
    await open(page, `${address}#/gpt?steps=2`);
    await expect(page.locator("[data-view] .text").first()).toBeVisible();
    await page.locator("details.more summary").click();
    await page.locator(".hood > summary").click();
    await expect(page.locator(".hood").getByRole("tab").first()).toBeVisible();
    await page.getByText("Take away", { exact: true }).click();
    await page.getByRole("button", { name: /^Embed or present/ }).click();
    await expect(page.locator("dialog[open]")).toBeVisible();
    close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
