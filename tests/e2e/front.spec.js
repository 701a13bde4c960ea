// The front page: one exhibit alive, three ways through, and the course as a path.

import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { serve } from "../../www/tools/serve.mjs";
import { CARDS, expect, metrics, open, reached, settled, test } from "./site.js";

test.use({ pace: "steady" });

/** @typedef {import("./site.js").Page} Page */

/** The registry's order: chapters as the lecture has them, and in each the exhibits as they are registered. */
const ORDER = [...CARDS].sort((a, b) => a.chapter - b.chapter).map(({ id }) => id);
const KEY = "tilde-done";
const GAN = /** @type {import("../../www/protocol.js").Card} */ (CARDS.find(({ id }) => id === "gan2d"));
/** Short titles, as they are written. @param {string} id */
const nameOf = (id) => {
  const { short, title } = JSON.parse(readFileSync(new URL(`../../www/words/en/${id}.json`, import.meta.url), "utf8"));
  return short ?? title;
};

/** Opens it and waits until the course stands. @param {Page} page @param {string} address */
async function visit(page, address) {
  await page.goto(address);
  await expect(page.locator(".course")).toBeVisible({ timeout: 60_000 });
}

/** The exhibit of that id on the path. @param {Page} page @param {string} id */
const stop = (page, id) => page.locator(".course li", { has: page.locator(`a[href="#/${id}"]`) });

test("one exhibit is alive on it, and leads into the whole one", async ({ page, site }) => {
  await visit(page, site);
  await expect(page.locator("tilde-exhibit")).toHaveCount(1);
  await expect(page.locator("h1")).toHaveCount(1);
  const { step } = await metrics(page);
  await reached(page, step + 20);
  // Nothing but the picture, and whether it trains.
  await expect(page.locator("tilde-exhibit button.play")).toHaveText("Pause");
  await expect(page.locator("tilde-exhibit .hero canvas")).toBeVisible();
  for (const part of [".title", ".rail", ".below"]) await expect(page.locator(`tilde-exhibit ${part}`)).toBeHidden();
  await page.locator("a.do").click();
  await expect(page).toHaveURL(/#\/gan2d$/);
  await expect(page.locator("tilde-exhibit .title")).toBeFocused();
  await expect(page).toHaveTitle(/^GAN in two dimensions/);
  await expect(page.locator("tilde-exhibit .rail")).toBeVisible();
});

test("the way into the whole exhibit takes along what was painted", async ({ page, site }) => {
  await visit(page, site);
  await reached(page, 3);
  await page.getByRole("button", { name: "Draw" }).click();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await page.locator("tilde-exhibit .hero canvas").boundingBox()
  );
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.3, { steps: 8 });
  await page.mouse.up();
  await expect(page.locator("a.do")).toHaveAttribute("href", /^#\/gan2d\?data=drawn&own=/);
  // The front page's own address stays as it is.
  expect(new URL(page.url()).hash).toBe("");
  await page.locator("a.do").click();
  await expect(page.locator('[data-setting="data"] select')).toHaveValue("drawn");
});

test("every exhibit of the registry stands on the path, in the lecture's order, with its picture", async ({
  page,
  site,
}) => {
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await visit(page, `${site}#/`);
  const links = page.locator(".course li a");
  expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual(
    ORDER.map((id) => `#/${id}`),
  );
  expect(await links.allTextContents()).toEqual(ORDER.map(nameOf));
  const chapters = [...new Set(ORDER.map((id) => CARDS.find((card) => card.id === id)?.chapter))];
  const headings = await page.locator(".course h3 b").allTextContents();
  expect(headings.map(Number)).toEqual(chapters);
  for (const { id, minutes } of CARDS) {
    await expect(stop(page, id)).toContainText(`${minutes} min`);
    await expect(stop(page, id).locator(".question")).toContainText("?");
    const picture = stop(page, id).locator("img");
    const width = () => picture.evaluate((img) => /** @type {HTMLImageElement} */ (img).naturalWidth);
    await expect.poll(width, id).toBeGreaterThan(0);
  }
  const elsewhere = asked.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== new URL(site).origin);
  expect(elsewhere, "requests to others").toEqual([]);
});

test("three ways through lead to what is there", async ({ page, site }) => {
  await visit(page, site);
  const ways = page.locator(".ways section");
  await expect(ways).toHaveCount(3);
  const hrefs = await page.locator(".ways a").evaluateAll((all) => all.map((a) => /** @type {any} */ (a).href));
  const code = await page.locator(".ways code").textContent();
  const embed = /src="([^"]+)"/.exec(code ?? "")?.[1] ?? "";
  expect(new URL(embed).search).toBe("?embed");
  for (const address of [...hrefs, embed]) {
    expect(new URL(address).origin).toBe(new URL(site).origin);
    expect((await page.request.get(address)).status(), address).toBe(200);
  }
  const [short] = hrefs;
  const { minutes } = CARDS.find(({ id }) => short.endsWith(`#/${id}`)) ?? {};
  expect(minutes).toBeLessThanOrEqual(10);
  await page.locator(".ways a").first().click();
  await expect(page.locator("tilde-exhibit .title")).toBeFocused();
});

test("the page about how it is made is whole, and leads back", async ({ page, site }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto(`${site}www/architecture.html`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const hrefs = await page.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const href of hrefs) expect(href).toMatch(/^https:/);
  // In the colours that were chosen on the site.
  await page.evaluate(() => localStorage.setItem("tilde-theme", "dark"));
  await page.reload();
  await expect(page.locator("html")).toHaveCSS("color-scheme", "dark");
  await page.locator("nav a").click();
  await expect(page.locator("a.do")).toBeVisible();
});

test("going back finds the front page as it was left, and its exhibit goes on", async ({ page, site }) => {
  await visit(page, site);
  await reached(page, 5);
  const last = stop(page, ORDER.at(-1) ?? "");
  await last.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  expect(scrolled).toBeGreaterThan(300);
  await last.locator("a").click();
  await expect(page.locator("tilde-exhibit .title")).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(page.locator("h1")).toBeFocused();
  await expect(page).toHaveTitle(/^Tilde/);
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  const { step } = await metrics(page);
  expect(step, "the run that was left").toBeGreaterThanOrEqual(5);
  await page.evaluate(() => scrollTo(0, 0));
  await reached(page, step + 5);
  // Forward finds the other one, paused; the mark leads to the front page from everywhere.
  await page.goForward();
  await expect(page.locator("button.play")).toHaveText("Play");
  await page.locator("nav .mark").click();
  await expect(page.locator(".course")).toBeVisible();
  await expect(page).toHaveURL(/#\/$/);
});

test("what was paused by hand stays so, and the space bar scrolls", async ({ page, site }) => {
  await visit(page, site);
  await page.locator("button.play").click();
  await settled(page);
  const { step } = await metrics(page);
  await page.locator("h1").focus();
  await page.keyboard.press("Space");
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
  await page.evaluate(() => (location.hash = "#/elbo?steps=1"));
  await expect(page.locator("tilde-exhibit .title")).toBeVisible();
  await page.goBack();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(500);
  expect((await metrics(page)).step).toBe(step);
});

test.describe("at full speed", () => {
  test.use({ pace: "full" });

  test("an exhibit gets its tick when its experiments have run to their ends, and keeps it", async ({ page, site }) => {
    test.setTimeout(240_000);
    // All of one but the shortest have been done on another day.
    const [shortest, ...others] = [...GAN.experiments].sort((a, b) => a.steps - b.steps).map(({ id }) => id);
    await page.goto(`${site}blank.html`);
    await page.evaluate(([key, text]) => localStorage.setItem(key, text), [KEY, JSON.stringify({ gan2d: others })]);
    await visit(page, site);
    await expect(stop(page, "gan2d").locator(".tick")).toHaveText(
      `${others.length} of ${others.length + 1} experiments done`,
    );
    await expect(page.locator(".tick.done")).toHaveCount(0);
    await page.locator("a.do").click();
    await expect(page.locator("tilde-exhibit .title")).toBeVisible();
    // An experiment that is broken off does not count.
    const perform = (/** @type {string} */ id) =>
      page.evaluate((which) => {
        const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        const experiment = session.card.experiments.find((/** @type {any} */ each) => each.id === which);
        return session.perform(experiment);
      }, id);
    const broken = perform(shortest);
    // On its way, not still the run before it.
    await page.waitForFunction(
      (settings) => {
        const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
        const set = settings.every(([id, value]) => String(session.settings[id]) === value);
        return set && session.playing && session.step >= 2;
      },
      GAN.experiments.find(({ id }) => id === shortest)?.settings ?? [],
    );
    await page.getByRole("button", { name: "Reset" }).click();
    await broken;
    await expect(page.locator("nav .tick.done")).toHaveCount(0);
    await perform(shortest);
    await expect(page.locator('nav a[data-id="gan2d"]')).toHaveAccessibleName(/done$/);
    await page.locator("nav .mark").click();
    await expect(stop(page, "gan2d").locator(".tick.done")).toHaveText("done");
    await page.reload();
    await expect(stop(page, "gan2d").locator(".tick.done")).toHaveText("done");
    await expect(page.locator(".course .tick.done")).toHaveCount(1);
  });
});

for (const [how, act] of /** @type {[string, string][]} */ ([
  [
    "refused",
    'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })',
  ],
  ["garbage", `localStorage.setItem("${KEY}", '{"gan2d": 7, "vae": [{}], "__proto__": null')`],
  ["another shape", `localStorage.setItem("${KEY}", "null")`],
]))
  test(`storage that is ${how} leaves the page whole`, async ({ page, site }) => {
    await page.addInitScript(act);
    await visit(page, site);
    await expect(page.locator(".course li")).toHaveCount(ORDER.length);
    await expect(page.locator(".tick.done")).toHaveCount(0);
    // For this visit it is remembered.
    await page.evaluate(
      ([exhibit, ids]) => {
        for (const experiment of ids)
          document
            .querySelector("tilde-exhibit")
            ?.dispatchEvent(new CustomEvent("tilde:experiment", { detail: { exhibit, experiment }, bubbles: true }));
      },
      /** @type {[string, string[]]} */ (["gan2d", GAN.experiments.map(({ id }) => id)]),
    );
    await expect(stop(page, "gan2d").locator(".tick.done")).toHaveText("done");
  });

test("it works in a frame whose origin is opaque", async ({ page }) => {
  const article = `<!doctype html><title>Article</title><link rel="icon" href="data:,"><iframe title="Tilde" sandbox="allow-scripts" src="index.html" width="1200" height="800"></iframe>`;
  const { address, close } = await serve({ root: process.env.SITE, pages: { "article.html": article } });
  await page.goto(`${address}article.html`);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator(".course li")).toHaveCount(ORDER.length, { timeout: 60_000 });
  await expect(frame.locator("tilde-exhibit .where")).toContainText(/step [1-9]/);
  await frame.locator("a.do").click();
  await expect(frame.locator("tilde-exhibit .title")).toBeVisible();
  close();
});

test("the keyboard reaches everything, in the order in which it stands", async ({ page, site }) => {
  await visit(page, site);
  await page.locator("button.play").click();
  await settled(page);
  await page.locator("a.skip").focus();
  /** @type {string[]} */
  const reachedByTab = [];
  const last = `#/${ORDER.at(-1)}`;
  for (let i = 0; i < 100 && reachedByTab.at(-1) !== last; i++) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const outer = document.activeElement;
      const inner = outer?.shadowRoot?.activeElement ?? outer;
      return inner?.getAttribute("href") ?? inner?.className ?? "";
    });
    reachedByTab.push(name);
  }
  const wanted = await page.evaluate(() =>
    [...document.querySelectorAll("main a, nav a, nav button")]
      .filter((each) => each.checkVisibility())
      .map((each) => each.getAttribute("href") ?? each.className),
  );
  for (const each of wanted) expect(reachedByTab, each).toContain(each);
  expect(reachedByTab).toContain("play");
  const path = reachedByTab.slice(reachedByTab.lastIndexOf(`#/${ORDER[0]}`)).filter((each) => each.startsWith("#/"));
  expect(path.slice(0, ORDER.length)).toEqual(ORDER.map((id) => `#/${id}`));
});

for (const colorScheme of /** @type {const} */ (["light", "dark"]))
  test(`it fits narrow screens, and axe finds no violation, ${colorScheme}`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 390, 861, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      if (width === 360) await visit(page, site);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `width of the page on a screen of ${width}`).toBeLessThanOrEqual(width);
    }
    await page.locator("button.play").click();
    await settled(page);
    const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
    const { violations } = await axe.analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
    ).toEqual([]);
  });

test("with reduced motion nothing moves by itself", async ({ page, site }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await visit(page, site);
  await expect(page.locator("tilde-exhibit button.play")).toHaveText("Play");
  expect((await metrics(page)).step).toBe(0);
  const picture = stop(page, ORDER[0]).locator("img");
  await stop(page, ORDER[0]).locator("a").hover();
  expect(await picture.evaluate((img) => getComputedStyle(img).transform)).toBe("none");
});

test("on the first screen of a laptop and of a phone the picture stands whole, with what to do", async ({
  page,
  site,
}) => {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    if (width === 1280) await visit(page, site);
    for (const part of ["h1", ".why", "a.do", "tilde-exhibit .hero canvas", "button.play"]) {
      const edges = async () => {
        const box = await page.locator(part).first().boundingBox();
        return box ? [box.y, box.y + box.height] : [];
      };
      const whole = async () => (await edges()).filter((edge) => edge >= 0 && edge <= height).length === 2;
      await expect.poll(whole, `${part} at ${width} × ${height}: ${await edges()}`).toBe(true);
    }
  }
});

for (const mode of ["embed", "present"])
  test(`?${mode} without a fragment is an exhibit, not the front page`, async ({ page, site }) => {
    await open(page, `${site}?${mode}`);
    await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
    await expect(page.locator(".front")).toHaveCount(0);
  });

for (const [width, height] of [
  [1280, 800],
  [390, 844],
])
  test(`the one thing to do leads to an experiment that is proposed, at ${width} pixels`, async ({ page, site }) => {
    await page.setViewportSize({ width, height });
    await page.goto(site);
    await expect(page.locator("a.do")).toHaveAttribute("href", /try=collapse/);
    await page.locator("a.do").click();
    const panel = page.locator(".trial");
    await expect(panel.getByRole("radio").first()).toBeInViewport();
    await expect(panel.getByRole("button", { name: "Run it" })).toBeVisible();
  });
