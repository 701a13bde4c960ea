// What the tests share: a server, a page that must stay without errors, and short ways to look at it.

import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { serve } from "../../www/tools/serve.mjs";

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("@playwright/test").Locator} Locator */

/** The registry, as the page has it. @type {import("../../www/protocol.js").Card[]} */
export const CARDS = JSON.parse(readFileSync(new URL("../../pkg/cards.json", import.meta.url), "utf8"));

/** A page for tests of the library alone. */
const BLANK = '<!doctype html><title>Blank</title><link rel="icon" href="data:,">';

/**
 * `site` is the address of the site. Any console error, warning of a policy or uncaught exception
 * fails the test that it happens in.
 */
export const test =
  /** @type {import("@playwright/test").TestType<{ page: Page, context: import("@playwright/test").BrowserContext, browser: import("@playwright/test").Browser, quietly: boolean, pace: string, quiet: void }, { site: string }>} */ (
    // Its own types cannot express a fixture that only some of its kinds of test have.
    /** @type {any} */ (base).extend({
      site: [
        // eslint-disable-next-line no-empty-pattern
        async (/** @type {{}} */ {}, /** @type {(address: string) => Promise<void>} */ use) => {
          const { address, close } = await serve({ root: process.env.SITE, pages: { "blank.html": BLANK } });
          await use(address);
          close();
        },
        { scope: "worker" },
      ],
      // A test in which requests fail sets it to false: each is an error on the console.
      quietly: [true, { option: true }],
      // How fast a run goes, as the page remembers it. "steady" (ten steps a second) where a test looks at what stands
      // there: what a run computes meanwhile, the other tests wait for. A slow beginning is for eyes (training.spec.js).
      pace: ["full", { option: true }],
      quiet: [
        async (
          /** @type {{ context: import("@playwright/test").BrowserContext, quietly: boolean, pace: string }} */ {
            context,
            quietly,
            pace,
          },
          /** @type {() => Promise<void>} */ use,
        ) => {
          /** @type {string[]} */
          const problems = [];
          context.on("console", (message) => message.type() === "error" && problems.push(message.text()));
          await context.addInitScript((pace) => {
            try {
              localStorage.setItem("tilde:pace", pace);
            } catch {
              // A document that may store nothing.
            }
          }, pace);
          // A browser without a window has its pointer in the corner of a new document, over the contents, which open
          // under a pointer.
          context.on("page", (page) => page.on("domcontentloaded", () => void page.mouse.move(640, 1).catch(() => {})));
          context.on("weberror", (error) => problems.push(error.error().message));
          await use();
          if (quietly) expect(problems, "the console stays clean").toEqual([]);
        },
        { auto: true },
      ],
    })
  );

export { expect };

/** How often is looked at what comes within a few frames, in milliseconds. */
export const SOON = { intervals: [30, 30, 60, 100] };

/** Milliseconds that this process has computed: whatever else the machine does is no part of it. */
export function computed() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Opens an address of the page and waits for the exhibit.
 * @param {Page} page
 * @param {string} address
 */
export async function open(page, address) {
  await page.goto(address);
  await expect(page.locator("tilde-exhibit .title")).toBeVisible({ timeout: 60_000 });
}

/**
 * Another size of the window, and the page as it is laid out for it.
 * @param {Page} page @param {number} width @param {number} height
 */
export async function resize(page, width, height) {
  await page.setViewportSize({ width, height });
  // The stage is laid out in the frame after the one that the window has its new size in, pictures in the next.
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  });
}

/** The run's figures as the page has them. @param {Page} page @returns {Promise<Record<string, number>>} */
export const metrics = (page) =>
  page.evaluate(() => ({ .../** @type {any} */ (document.querySelector("tilde-exhibit")).session?.last?.metrics }));

/**
 * Waits until so many steps are done by the exhibit that the address names; another may be on its way out. The page itself
 * looks, in each of its frames: to ask it now and then would let it train for nothing meanwhile.
 * @param {Page} page @param {number} step @param {number} [timeout] in milliseconds
 */
export async function reached(page, step, timeout = 60_000) {
  const done = (/** @type {number} */ wanted) => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const [, id] = /^#\/([\w-]+)/.exec(location.hash) ?? [];
    const { card, last } = exhibit?.session ?? {};
    return (last?.metrics.step ?? 0) >= wanted && (!id || card.id === id.toLowerCase());
  };
  await page.waitForFunction(done, step, { timeout }).catch(async (error) => {
    throw new Error(`step ${(await metrics(page)).step} was reached, and not ${step}`, { cause: error });
  });
}

/** What a canvas shows, as text that can be compared. @param {Locator} canvas @returns {Promise<string>} */
export const pixels = (canvas) => canvas.evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL());

/** The canvas of a view. @param {Page} page @param {string} id */
export const view = (page, id) => page.locator(`[data-view="${id}"] canvas`);

/** Waits until nothing is under way: the button says Play before the last slice is done. @param {Page} page */
export const settled = (page) =>
  page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).pause());

/** Pauses, and waits until it has. @param {Page} page */
export async function pause(page) {
  const button = page.locator("button.play");
  if ((await button.textContent()) === "Pause") await button.click();
  await settled(page);
}

/**
 * What axe finds.
 * @param {Page} page
 * @param {string[]} [rules] of them only these
 * @param {string} [part] of the exhibit only this
 */
export async function violations(page, rules, part) {
  let axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  if (rules) axe = axe.withRules(rules);
  if (part) axe = axe.include({ fromShadowDom: ["tilde-exhibit", part] });
  // There are no frames in the page: axe need not put itself into a second page to join what it finds.
  const { violations } = await axe.setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Of a page in other colours. */
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * An IDX file of images, as MNIST is published.
 * @param {number} count
 * @param {number} side
 * @returns {Buffer}
 */
export function idxImages(count, side) {
  const file = Buffer.alloc(16 + count * side * side);
  file.set([0, 0, 8, 3], 0);
  [count, side, side].forEach((n, i) => file.writeUInt32BE(n, 4 + 4 * i));
  // A bright bar whose place goes with the index: something that a model can learn.
  for (let i = 0; i < count; i++)
    for (let y = 0; y < side; y++) file[16 + i * side * side + y * side + (i % side)] = 255;
  return file;
}
