// Frames and projectors: an embed shows the large picture and the transport in the height that it asks for, and a
// projector all of the stage, whatever its shape; for every exhibit.

import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { serve } from "../../www/tools/serve.mjs";
import { partsOf, wrong } from "./parts.js";
import { CARDS, SOON, expect, open, pause, reached, test } from "./site.js";

test.use({ pace: "steady" });

/** Smallest text on a projector of 1,920 × 1,080 pixels, and smallest in a picture there. */
const [TEXT, MARKS] = [20, 18];

/** The frame of the exhibit in a page around it. @param {import("./site.js").Page} page */
const frameOf = (page) => /** @type {import("@playwright/test").Frame} */ (page.frames().find((each) => each.parentFrame())); // prettier-ignore

/** Notes what heights are told. */
const NOTES =
  '<script>var told = []; addEventListener("message", ({ data }) => data.tilde === "height" && told.push(data))</script>';

/** A page that embeds an exhibit. @param {string} id @param {string} attributes of the frame @param {string} [script] */
const host = (id, attributes, script = '<script type="module" src="./www/frames.js"></script>') =>
  `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body style="margin:0"><iframe src="./?embed#/${id}?backend=cpu" title="Tilde" style="border:0;display:block" ${attributes}></iframe>${script}${NOTES}`;

for (const { id } of CARDS) {
  test(`${id}: an embed shows picture and transport in the height that it asks for`, async ({ page }) => {
    const { address, close } = await serve({
      root: process.env.SITE,
      pages: { "host.html": host(id, 'width="320"') },
    });
    await page.goto(`${address}host.html`);
    const frame = frameOf(page);
    const iframe = page.locator("iframe");
    await expect(frame.locator(".transport")).toBeVisible();
    const height = () => iframe.evaluate(({ style }) => parseFloat(style.height) || 0);
    const told = () => page.evaluate(() => /** @type {any} */ (globalThis).told.at(-1)?.detail);
    for (const width of [320, 480, 768, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await iframe.evaluate((frame, width) => frame.setAttribute("width", String(width)), width);
      // It is told again when the width has changed.
      await expect.poll(async () => (await told())?.width, SOON).toBe(width);
      await expect.poll(height, SOON).toBe((await told())?.height);
      const looked = async () => {
        const parts = await partsOf(frame, [".title", ".question", ".hero > figure", ".transport"]);
        return [...wrong(parts, width, await height()), ...(parts.length < 4 ? ["parts are missing"] : [])];
      };
      await expect.poll(looked, { ...SOON, message: `at ${width}` }).toEqual([]);
      const [canvas] = await partsOf(frame, [".hero > figure > .box"]);
      expect(canvas.edges.bottom - canvas.edges.top, `the picture's height at ${width}`).toBeGreaterThan(120);
      expect(await height()).toBeLessThan(1300);
    }
    // What it is given does not change what it asks for.
    const settled = await height();
    await frame.waitForTimeout(300);
    expect(await height(), "it asks for no more once it has it").toBe(settled);
    close();
  });

  test(`${id}: a projector shows all of the stage, and enlarges it`, async ({ page, site }) => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await open(page, `${site}?present#/${id}?backend=cpu`);
    await reached(page, 2);
    await pause(page);
    for (const [width, height] of [
      [1280, 720],
      [1024, 768],
      [1920, 1080],
    ]) {
      await page.setViewportSize({ width, height });
      const parts = [".title", ".question", ".badge", ".hero > figure", ".side:not([hidden]) > figure", ".headline", ".transport > *"]; // prettier-ignore
      const looked = async () => wrong(await partsOf(page.mainFrame(), parts), width, height);
      await expect.poll(looked, { ...SOON, message: `at ${width} × ${height}` }).toEqual([]);
      const measured = () =>
        page.evaluate(() => {
          const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
          const all = /** @type {HTMLElement[]} */ ([...exhibit.shadowRoot.querySelectorAll("*")]);
          const seen = all.filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
          const page = document.documentElement;
          const isOver = (/** @type {Element} */ { scrollWidth, scrollHeight, clientWidth, clientHeight }) =>
            scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
          return {
            beyond: [page, ...seen.filter((each) => each.matches(".box, .screen, .rail"))]
            .filter(isOver)
            .map((each) => [each.className, each.scrollWidth, each.clientWidth, each.scrollHeight, each.clientHeight].join(" ")), // prettier-ignore
            blurred: seen.flatMap((each) => {
              if (!(each instanceof HTMLCanvasElement)) return [];
              const drawn = each.width / each.getBoundingClientRect().width;
              return Math.abs(drawn / devicePixelRatio - 1) > 0.02 ? [`${drawn} ${each.parentElement?.className}`] : [];
            }),
            texts: seen
            .filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
            .filter((each) => !each.closest(".unseen, .u-hz, .node, .text"))
            .map((each) => [parseFloat(getComputedStyle(each).fontSize) * (/** @type {any} */ (each).currentCSSZoom ?? 1), each.className]), // prettier-ignore
          };
        });
      const cut = async () => {
        const { beyond, blurred } = await measured();
        return { beyond, blurred };
      };
      // Nothing is cut off, and pictures have the screen's pixels.
      await expect.poll(cut, { ...SOON, message: `at ${width} × ${height}` }).toEqual({ beyond: [], blurred: [] });
      if (width === 1920) {
        const small = async () => (await measured()).texts.filter(([size]) => Number(size) < TEXT);
        await expect.poll(small).toEqual([]);
        expect((await measured()).texts.length).toBeGreaterThan(5);
      }
    }
    // Numbers and marks in pictures are drawn by this factor larger: 11 pixels is the least of them.
    const scale = await page.evaluate(() => {
      const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
      return exhibit.shadowRoot.querySelector(".hero figure").currentCSSZoom;
    });
    expect(11 * scale).toBeGreaterThanOrEqual(MARKS);
  });
}

/** Waits until its run rests. @param {import("@playwright/test").Frame} frame */
const settledIn = (frame) => frame.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).pause());

test("a frame whose page has said its height keeps it, and shows picture and transport", async ({ page }) => {
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: { "host.html": host("gan2d", 'width="720" height="400"') },
  });
  await page.goto(`${address}host.html`);
  await expect(frameOf(page).locator(".transport")).toBeVisible();
  const looked = async () => wrong(await partsOf(frameOf(page), [".title", ".hero > figure", ".transport"]), 720, 400);
  await expect.poll(looked).toEqual([]);
  await expect(page.locator("iframe")).toHaveCSS("height", "400px");
  // What it asks for follows from its width alone, whatever height it has.
  const told = () => page.evaluate(() => /** @type {any} */ (globalThis).told);
  // The slider of time makes the transport longer once there are frames to go back to.
  await expect(frameOf(page).locator(".scrub")).toBeVisible();
  await frameOf(page).locator("button.play").click();
  await settledIn(frameOf(page));
  const from = (await told()).length;
  for (const height of [200, 1400, 300]) {
    await page.locator("iframe").evaluate((frame, height) => frame.setAttribute("height", String(height)), height);
    await expect.poll(() => frameOf(page).evaluate(() => innerHeight)).toBe(height);
    const before = (await told()).length;
    await frameOf(page).evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    await page.locator("iframe").evaluate((frame) => /** @type {HTMLIFrameElement} */ (frame).contentWindow?.postMessage({ tilde: "height" }, "*")); // prettier-ignore
    await expect.poll(async () => (await told()).length).toBeGreaterThan(before);
  }
  const heights = (await told()).slice(from).map((/** @type {any} */ { detail }) => detail.height);
  expect(heights).toEqual(heights.map(() => heights[0]));
  close();
});

test("only frames of this site are made higher, and only within reason", async ({ page }) => {
  const other = `<script>setInterval(() => { for (const height of [700, 1e9, NaN]) parent.postMessage({ tilde: "height", detail: { height } }, "*"); }, 50)</script>`;
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: {
      "host.html": `<!doctype html><title>Host</title><link rel="icon" href="data:,"><script type="module" src="./www/frames.js"></script><iframe id="strange" srcdoc='${other}'></iframe><iframe id="own" src="./other.html"></iframe>`,
      "other.html": other,
    },
  });
  await page.goto(`${address}host.html`);
  await expect(page.locator("#own")).toHaveCSS("height", "700px");
  await expect(page.locator("#strange")).toHaveCSS("height", "150px");
  close();
});

test("an embed out of sight rests, and trains once it is seen", async ({ page }) => {
  const { address, close } = await serve({
    root: process.env.SITE,
    pages: {
      "host.html": host("gan2d", 'width="600" height="600"').replace("<iframe", '<p style="height:3000px"></p><iframe'),
    },
  });
  await page.goto(`${address}host.html`);
  const step = () =>
    frameOf(page).evaluate(
      () => /** @type {any} */ (document.querySelector("tilde-exhibit")).session?.last?.metrics.step ?? -1,
    );
  await expect.poll(step).toBe(0);
  await page.waitForTimeout(500);
  expect(await step()).toBe(0);
  await page.locator("iframe").scrollIntoViewIfNeeded();
  await expect.poll(step).toBeGreaterThan(5);
  close();
});

/** Opens the dialogue of an exhibit. @param {import("./site.js").Page} page @param {string} address */
async function openDialogue(page, address) {
  await open(page, address);
  await reached(page, 2);
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: "Embed or present" }).click();
  await expect(page.locator("dialog.embed")).toBeVisible();
}

test("the dialogue for embeds shows the very code that it gives, live", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const asked = /** @type {string[]} */ ([]);
  page.on("request", (request) => asked.push(request.url()));
  await open(page, `${site}#/gan2d?learning_rate=0.004&backend=cpu`);
  await reached(page, 2);
  expect(
    asked.some((url) => /embed|still/.test(url)),
    "nothing of it comes before it is opened",
  ).toBe(false);
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: "Embed or present" }).click();
  const dialog = page.locator("dialog.embed");
  const code = dialog.getByLabel("Code to paste into a page");
  const preview = dialog.locator("iframe");
  const inside = dialog.frameLocator("iframe");
  await expect(inside.locator(".transport")).toBeVisible();
  expect(frameOf(page).url()).toBe(`${site}?embed#/gan2d?learning_rate=0.004&v=3`.replace(/v=\d+/, frameOf(page).url().match(/v=\d+/)?.[0] ?? "v")); // prettier-ignore
  const attribute = (/** @type {string} */ name) => new RegExp(` ${name}="([^"]*)"`);
  const said = async (/** @type {string} */ name) => (await code.inputValue()).match(attribute(name))?.[1].replaceAll("&amp;", "&"); // prettier-ignore
  const shown = (/** @type {string} */ name) => preview.getAttribute(name);
  const agrees = async () => {
    for (const name of ["src", "width", "height", "sandbox"])
      // It asks for its height anew when it has measured itself.
      await expect.poll(async () => ((await said(name)) === (await shown(name)) ? "" : name)).toBe("");
  };
  await agrees();
  expect(await code.inputValue()).not.toMatch(/backend=|build=/);
  // It is as high as the preview asked to be.
  expect(Number(await said("height"))).not.toBe(640);
  const high = Number(await said("height"));

  await dialog.getByLabel("Width in pixels").fill("400");
  await expect(preview).toHaveAttribute("width", "400");
  await expect.poll(async () => Number(await said("height"))).not.toBe(high);
  await agrees();
  await dialog.getByLabel("Height in pixels").fill("500");
  await expect(preview).toHaveAttribute("height", "500");
  await dialog.getByLabel("Learning rate", { exact: true }).uncheck();
  await expect(preview).toHaveAttribute("src", /controls=/);
  await expect(inside.locator(".handle")).toBeVisible();
  await inside.locator(".handle").click();
  await expect(inside.locator('[data-setting="r1"]')).toBeVisible();
  await expect(inside.locator('[data-setting="learning_rate"]')).toHaveCount(0);
  await dialog.getByLabel("When it is opened").selectOption("steps");
  await dialog.getByLabel("Steps", { exact: true }).fill("12");
  await expect(inside.locator(".where")).toContainText("step 12");
  await expect(inside.locator("button.play")).toHaveText("Play");
  await dialog.getByLabel("What to show").selectOption("glimpse");
  await expect(preview).toHaveAttribute("src", /glimpse/);
  await expect(inside.locator(".hero canvas").first()).toBeVisible();
  await expect(inside.locator(".title")).toBeHidden();
  await dialog.getByLabel("Sandbox").selectOption("strict");
  await expect(preview).toHaveAttribute("sandbox", "allow-scripts");
  await agrees();

  await dialog.getByRole("button", { name: "Copy code" }).click();
  await expect(dialog.getByText("Copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code.inputValue());
  const projector = await dialog.getByLabel("Link for the projector").inputValue();
  expect(projector).toContain("?present#/gan2d?learning_rate=0.004");
  const [picture] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Picture with its address" }).click(),
  ]);
  const png = readFileSync(await picture.path());
  expect(png.readUInt32BE(16), "its width").toBeGreaterThanOrEqual(1200);
  expect(png.readUInt32BE(20), "it is higher than wide, for its words").toBeGreaterThan(png.readUInt32BE(16));
});

test("the dialogue for embeds gives an element, too, and shows it", async ({ page, site }) => {
  await openDialogue(page, `${site}#/gan2d?learning_rate=0.004`);
  const dialog = page.locator("dialog.embed");
  await dialog.getByLabel("Code", { exact: true }).and(page.locator("select")).selectOption("element");
  const code = dialog.getByLabel("Code to paste into a page");
  await expect(code).toHaveValue(/<tilde-exhibit model="gan2d" learning_rate="0.004"/);
  await expect(dialog.frameLocator("iframe").locator("tilde-exhibit .transport")).toBeVisible();
  await expect(dialog.frameLocator("iframe").locator("tilde-exhibit")).toHaveAttribute("learning_rate", "0.004");
});

for (const [width, height] of [
  [390, 844],
  [1280, 800],
])
  test(`the dialogue for embeds is for everyone at ${width} × ${height}`, async ({ page, site }) => {
    await page.setViewportSize({ width, height });
    await open(page, `${site}#/vae?backend=cpu`);
    await reached(page, 2);
    await page.getByText("Take away").press("Enter");
    await page.getByRole("button", { name: "Embed or present" }).press("Enter");
    const dialog = page.locator("dialog.embed");
    await expect(dialog.frameLocator("iframe").locator(".transport")).toBeVisible();
    await expect(dialog.getByLabel("What to show")).toBeFocused();
    const edges = await dialog.evaluate((each) => [
      each.scrollWidth,
      each.clientWidth,
      each.getBoundingClientRect().right,
    ]);
    expect(edges[0], "nothing is beyond its sides").toBeLessThanOrEqual(edges[1]);
    expect(edges[2]).toBeLessThanOrEqual(width);
    // What is in the frame is a page of its own, which everyone.spec.js looks at.
    const inRoot = (/** @type {string} */ part) => /** @type {any} */ ({ fromShadowDom: ["tilde-exhibit", part] });
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await axe.include(inRoot("dialog.embed")).exclude(inRoot("dialog.embed iframe")).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(page.locator("iframe")).toHaveCount(0);
    await expect(page.locator("summary", { hasText: "Take away" })).toBeFocused();
    await expect(page.locator("button.play"), "it goes on").toHaveText("Pause");
  });

test("what an embed cannot hold is said in the dialogue, as for a link", async ({ page, site }) => {
  await open(page, `${site}#/gan2d`);
  await reached(page, 2);
  await page.evaluate(() => /** @type {any} */ (document.querySelector("tilde-exhibit")).session.lost.add("weights"));
  await page.getByText("Take away").click();
  await page.getByRole("button", { name: "Embed or present" }).click();
  await expect(page.locator("dialog.embed")).toContainText("It leaves out: the weights that you loaded.");
});
