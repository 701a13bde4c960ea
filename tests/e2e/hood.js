// "Under the hood": source, plan with times, and shaders.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { SOON, expect, test } from "./site.js";

/** @param {string} path of this repository */
const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** What is fetched only for the hood. @param {import("@playwright/test").BrowserContext} context */
export function fetchedForHood(context) {
  /** @type {string[]} */
  const found = [];
  context.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (/\/(plan|source)\/|\/(hood|plan|source|measure)\.|hood\.json/.test(path)) found.push(path);
  });
  return found;
}

/**
 * Opens the hood of the exhibit that is on the page, and looks at what it holds. It stays open, with one entry of its plan.
 * @param {import("./site.js").Page} page
 * @param {import("../../www/protocol.js").Card} card
 * @param {string[]} asked what was fetched for it so far
 */
export async function underTheHood(page, card, asked) {
  const hood = page.locator(".hood");
  expect(asked, "before it is opened").toEqual([]);
  await hood.locator("> summary").click();

  await test.step("its source is that of this repository, by keyboard too", async () => {
    const folder = `crate/models/src/${card.id.replaceAll("-", "_")}/`;
    const tabs = hood.getByRole("tab");
    await expect(tabs.first()).toBeVisible();
    const names = await tabs.allTextContents();
    expect(names).toEqual(expect.arrayContaining(["mod.rs", "card.rs"]));
    if (names.includes("model.rs")) expect(names[0]).toBe("model.rs");
    await tabs.first().focus();
    /** @type {number[]} */
    const lengths = [];
    for (const [i, name] of names.entries()) {
      if (i) await page.keyboard.press("ArrowRight");
      // All of it in one look: what is asked one by one takes most of the time of this test.
      const shown = () =>
        hood.evaluate((element) => {
          const root = /** @type {ShadowRoot} */ (element.getRootNode());
          return {
            focused: [...element.querySelectorAll('[role="tab"]')].findIndex((tab) => tab === root.activeElement),
            path: element.querySelector(".path")?.textContent,
            text: element.querySelector('[role="tabpanel"]')?.textContent,
          };
        });
      const wanted = { focused: i, path: folder + name, text: file(folder + name) };
      await expect.poll(async () => isDeepStrictEqual(await shown(), wanted), { ...SOON, message: name }).toBe(true);
      lengths.push(file(folder + name).length);
    }
    // Who looks at colours afterwards has to look at each word of it.
    await tabs.nth(lengths.indexOf(Math.min(...lengths))).click();
    await expect(hood.locator(".hljs-keyword").first()).toBeAttached();
  });

  const plan = await page.evaluate(() =>
    /** @type {any} */ (document.querySelector("tilde-exhibit")).session.run.plan(),
  );
  if (!card.tensors) {
    expect(plan).toBeUndefined();
    await expect(hood.locator(".plan")).toContainText("without tensors");
    await expect(hood.locator(".entry")).toHaveCount(0);
    expect(asked.filter((path) => path.includes("/pkg/plan/"))).toEqual([]);
  } else {
    const entries = hood.locator(".entry");
    await expect(entries).toHaveCount(plan.entries.length);
    await test.step("each entry opens on its kernels", async () => {
      await entries.first().locator("summary").click();
      const rest = (/** @type {boolean} */ open) =>
        entries.evaluateAll((all, open) => all.slice(1).forEach((entry) => entry.toggleAttribute("open", open)), open);
      await rest(true);
      const shown = () =>
        entries.evaluateAll((all) =>
          all.map((entry) => ({
            name: entry.querySelector("summary code")?.textContent,
            kernels: entry.querySelectorAll("tr.kernel").length,
          })),
        );
      const wanted = plan.entries.map((/** @type {any} */ { name, kernels }) => ({ name, kernels: kernels.length }));
      await expect.poll(shown, SOON).toEqual(wanted);
      await rest(false);
    });
    await test.step("a kernel shows its shaders, an entry its times", async () => {
      const entry = entries.first();
      await entry.locator("tr.kernel button").first().click();
      await expect(entry.locator(".shaders pre").first()).toContainText("@compute");
      await entry.getByRole("button", { name: "Measure" }).click();
      await expect(entry.locator(".took")).toHaveText(/\d (µs|ms) · \d.*FLOP\/s/, { timeout: 60_000 });
      const times = await entry.locator("tr.kernel td:nth-child(3)").allTextContents();
      for (const time of times) expect(time).toMatch(/^\d[\d.]* (µs|ms)$/);
    });
  }
}
