// Where things are: exhibits out of sight, keys and focus, menus, pages that are scaled, paper.

import { serve } from "../../www/tools/serve.mjs";
import { expect, metrics, open, pause, pixels, reached, settled, test, view } from "./site.js";

/** @typedef {import("./site.js").Page} Page */

/** An article with these elements. @param {string} body */
const article = (body) =>
  `<!doctype html><title>Article</title><link rel="icon" href="www/pictures/icon.svg"><script type="module" src="./www/embed.js"></script>${body}`;

/** @param {Page} page @param {number} which */
const stepOf = (page, which) =>
  page.evaluate(
    (i) => /** @type {any} */ (document.querySelectorAll("tilde-exhibit")[i]).session?.last?.metrics.step ?? 0,
    which,
  );

test("of several exhibits on a page those out of sight wait, and go on when they are seen", async ({ page }) => {
  const exhibit =
    '<tilde-exhibit model="gan2d" autoplay backend="cpu"></tilde-exhibit><div style="height:3000px"></div>';
  const pages = { "article.html": article(exhibit.repeat(3)) };
  const { address, close } = await serve({ root: process.env.SITE, pages });
  await page.goto(`${address}article.html`);
  await expect.poll(() => stepOf(page, 0)).toBeGreaterThan(20);
  expect(await stepOf(page, 1)).toBe(0);
  expect(await stepOf(page, 2)).toBe(0);
  await page.evaluate(() => document.querySelectorAll("tilde-exhibit")[1].scrollIntoView());
  await expect.poll(() => stepOf(page, 1)).toBeGreaterThan(20);
  await expect
    .poll(() => page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.playing))
    .toBe(false);
  const stopped = await stepOf(page, 0);
  await page.waitForTimeout(500);
  expect(await stepOf(page, 0)).toBe(stopped);
  expect(await stepOf(page, 2)).toBe(0);
  await page.evaluate(() => scrollTo(0, 0));
  await expect.poll(() => stepOf(page, 0)).toBeGreaterThan(stopped + 5);
  close();
});

test("keys work wherever the focus is, but where they are typed or pressed", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?backend=cpu`);
  await reached(page, 3);
  await pause(page);
  const step = async () => (await metrics(page)).step;
  let known = await step();
  const takes = async (/** @type {import("./site.js").Locator} */ place) => {
    await place.focus();
    await page.keyboard.press("s");
    await expect.poll(step, String(place)).toBe(++known);
  };
  await takes(page.locator("nav a").first());
  await takes(page.locator("button.theme"));
  await takes(page.getByRole("button", { name: "Reset" }));
  await takes(page.getByText("Take away"));
  await takes(page.locator('[data-setting="r1"] input[type="range"]'));
  await takes(page.locator("tilde-exhibit .title"));
  await takes(page.locator("details.more summary"));
  // Where text is typed they are text, and what the space bar presses is pressed.
  const field = page.locator('[data-setting="r1"] input.value');
  await field.focus();
  await page.keyboard.press("s");
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await step()).toBe(known);
  await page.getByRole("button", { name: "Step", exact: true }).focus();
  await page.keyboard.press("Space");
  await expect.poll(step).toBe(known + 1);
  expect(await page.locator("button.play").textContent()).toBe("Play");
  await page.locator("nav a").first().focus();
  await page.keyboard.press("Space");
  await expect(page.locator("button.play")).toHaveText("Pause");
});

test("a menu closes with Escape and with a click elsewhere, and not with one inside", async ({ page, site }) => {
  await open(page, `${site}#/vae?steps=2`);
  const menu = page.locator("details.menu");
  await page.getByText("Take away").click();
  await expect(menu).toHaveAttribute("open", "");
  await page.locator(".menu .note").dispatchEvent("pointerdown");
  await expect(menu).toHaveAttribute("open", "");
  await page.keyboard.press("Escape");
  await expect(menu).not.toHaveAttribute("open", "");
  await expect(page.locator(".menu summary")).toBeFocused();
  await page.getByText("Take away").click();
  await page.locator("tilde-exhibit .title").click();
  await expect(menu).not.toHaveAttribute("open", "");
});

test("another exhibit begins at its top with the focus on its heading; coming back finds the run as it was left", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/gan2d?backend=cpu&seed=7`);
  await reached(page, 30);
  await page.evaluate(() => scrollTo(0, 600));
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(300);
  const scrolled = await page.evaluate(() => scrollY);
  await page.evaluate(() => (location.hash = "#/rbm?backend=cpu"));
  await expect(page.locator("tilde-exhibit .title")).toHaveText("Restricted Boltzmann machine");
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await expect(page.locator("tilde-exhibit .title")).toBeFocused();
  await page.goBack();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
  await settled(page);
  const { step } = await metrics(page);
  expect(step).toBeGreaterThanOrEqual(30);
  await expect(page.locator("button.play")).toHaveText("Play");
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  await page.locator("button.play").click();
  await reached(page, step + 5);
  // The link in the contents leads back to it, too.
  await page.goForward();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("Restricted Boltzmann machine");
  await page.getByRole("link", { name: /^GAN in two/ }).click();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("GAN in two dimensions");
  await expect(page).toHaveURL(/seed=7/);
  expect((await metrics(page)).step).toBeGreaterThanOrEqual(step + 5);
});

test("an exhibit that is left before it is there does not train unseen, and begins when it is seen", async ({
  page,
  site,
}) => {
  await page.goto(`${site}blank.html`);
  const step = () => page.evaluate(() => /** @type {any} */ (window).left.session?.last?.metrics.step);
  await page.evaluate(async (address) => {
    const { TildeExhibit } = await import(`${address}www/exhibit.js`);
    const left = new TildeExhibit();
    for (const [name, value] of [
      ["model", "gan2d"],
      ["backend", "cpu"],
      ["autoplay", ""],
    ])
      left.setAttribute(name, value);
    document.body.append(left);
    left.keep();
    left.remove();
    Object.assign(window, { left });
  }, site);
  await expect.poll(step).toBe(0);
  await page.waitForTimeout(500);
  expect(await step()).toBe(0);
  await page.evaluate(() => document.body.append(/** @type {any} */ (window).left));
  await expect.poll(step).toBeGreaterThan(5);
});

test("the link to the exhibit moves the focus there, and is no address", async ({ page, site }) => {
  await open(page, `${site}#/vae?steps=2`);
  await page.locator("a.skip").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#stage")).toBeFocused();
  await expect(page.locator("tilde-exhibit .title")).toHaveText("Variational autoencoder");
});

/** Scales what is around the exhibit, as slides do. @param {Page} page @param {string} how @param {string} value */
const scaled = (page, how, value) =>
  page.evaluate(
    ([property, to]) => {
      const stage = /** @type {HTMLElement} */ (document.querySelector("#stage"));
      stage.style.setProperty(property, to);
      stage.style.transformOrigin = "0 0";
    },
    [how, value],
  );

for (const [how, value] of [
  ["transform", "scale(1.6)"],
  ["transform", "scale(0.5)"],
  ["zoom", "2"],
]) {
  test(`picks land where the pointer is: ${how}: ${value}`, async ({ page, site }) => {
    await open(page, `${site}#/vae?backend=cpu&steps=2`);
    await scaled(page, how, value);
    const pad = page.getByRole("application", { name: /pick|choose|two/i }).first();
    await pad.scrollIntoViewIfNeeded();
    const found = await page.evaluate(async () => {
      const root = /** @type {any} */ (document.querySelector("tilde-exhibit")).shadowRoot;
      const pad = root.querySelector('.pad[role="application"]:not(.brush)');
      const canvas = pad.parentElement.querySelector("canvas");
      const { session } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      /** @type {any[]} */
      const sent = [];
      session.act = async (/** @type {string} */ _, /** @type {any} */ payload) => sent.push(payload.picks);
      const id = pad.closest("[data-view]").dataset.view;
      const { gridOf, placeOf } = await import(new URL("www/views/grid.js", location.href).href);
      const picture = await session.run.view(id);
      const grid = gridOf(picture, canvas.width, devicePixelRatio);
      const box = canvas.getBoundingClientRect();
      const wanted = [2, grid.columns + 1];
      for (const index of wanted) {
        const { x, y, width, height } = placeOf(grid, index);
        const [across, up] = [x + width / 2, y + height / 2];
        const clientX = box.left + (across / canvas.width) * box.width;
        const clientY = box.top + (up / canvas.height) * box.height;
        pad.dispatchEvent(new MouseEvent("click", { clientX, clientY, bubbles: true }));
      }
      return { sent, wanted };
    });
    expect(found.sent).toEqual([found.wanted]);
  });

  test(`nodes are dragged to where the pointer is: ${how}: ${value}`, async ({ page, site }) => {
    await open(page, `${site}#/bayes-net`);
    await pause(page);
    await scaled(page, how, value);
    const name = page.locator(".node .name").first();
    await name.scrollIntoViewIfNeeded();
    const before = /** @type {{ x: number, y: number, width: number, height: number }} */ (await name.boundingBox());
    const graph = /** @type {{ x: number, width: number }} */ (await page.locator(".graph").boundingBox());
    const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
    // Towards the middle, by a quarter of the graph.
    const far = (graph.x + graph.width / 2 > x ? 1 : -1) * graph.width * 0.25;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + far, y, { steps: 6 });
    await page.mouse.up();
    const after = /** @type {{ x: number }} */ (await name.boundingBox());
    // Nodes stand at twelfths.
    expect(Math.abs(after.x - before.x - far)).toBeLessThan(graph.width / 20);
  });
}

test("on paper the pictures have the light colours, and nothing that is there to be touched", async ({
  page,
  site,
}) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, `${site}#/mixture?steps=20`);
  await expect.poll(async () => (await metrics(page)).step).toBe(20);
  const plane = view(page, "plane").first();
  const light = await pixels(plane);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => pixels(plane)).not.toBe(light);
  const onScreen = await pixels(plane);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  expect(await pixels(plane)).toBe(light);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.locator("nav")).toBeHidden();
  await expect(page.locator(".transport")).toBeHidden();
  await expect(page.locator('[data-view="plane"] canvas')).toBeVisible();
  const sheet = await page
    .locator('[data-view="plane"]')
    .evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(sheet).toBe("rgb(255, 255, 255)");
  await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  expect(await pixels(plane)).toBe(onScreen);
});

test("with forced colours the pictures and their keys keep theirs", async ({ page, site }) => {
  await open(page, `${site}#/gan2d?steps=5`);
  const keys = () =>
    page
      .locator('[data-view="points"] .key')
      .evaluateAll((all) => all.map((key) => getComputedStyle(key, "::before").backgroundColor));
  const before = await keys();
  expect(new Set(before).size).toBeGreaterThan(1);
  await page.emulateMedia({ forcedColors: "active" });
  expect(await keys()).toEqual(before);
  const shown = await page.evaluate(() => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    exhibit.retheme();
    const canvas = exhibit.shadowRoot.querySelector('[data-view="points"] canvas');
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const hues = new Set();
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] > 200 && Math.max(data[i], data[i + 2]) - Math.min(data[i], data[i + 2]) > 90)
        hues.add(data[i] > data[i + 2] ? "orange" : "blue");
    return [...hues].sort();
  });
  expect(shown).toEqual(["blue", "orange"]);
});

test("an address that somebody goes to is not overwritten by that of the place that is left", async ({
  page,
  site,
}) => {
  await open(page, `${site}#/elbo?steps=1`);
  await page.evaluate(() => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const { session } = exhibit;
    const own = session.own.bind(session);
    // The moment between a click and the event that tells of it.
    session.own = async () => {
      const all = await own();
      location.hash = "#/mixture?steps=1";
      return all;
    };
    exhibit.dispatchEvent(new CustomEvent("tilde:input", { bubbles: true }));
  });
  await expect(page.locator('tilde-exhibit[model="mixture"] .title')).toBeVisible();
  await expect(page).toHaveURL(/#\/mixture/);
});
