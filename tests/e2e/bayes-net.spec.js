// Bayesian networks: observing, setting, asking for connections, editing, files.

import { readFile } from "node:fs/promises";
import { expect, metrics, open, pause, reached, settled, test } from "./site.js";

/** A node of the graph. @param {import("./site.js").Page} page @param {string} name */
const node = (page, name) => page.getByRole("group", { name, exact: true });
/** A state of a node. @param {import("./site.js").Page} page @param {string} name @param {string} word */
const state = (page, name, word) => node(page, name).getByRole("button", { name: new RegExp(`^${word}\\b`) });
/** Chooses what a click means. @param {import("./site.js").Page} page @param {string} choice */
const clicks = async (page, choice) => {
  await page.locator('[data-setting="click"] select').selectOption(choice);
  await settled(page);
};
/** An exact probability as the page has it. @param {import("./site.js").Page} page */
const exact = async (page) => (await metrics(page)).if_seen;

test("observing, setting and forgetting change what follows", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net?given=none`);
  await pause(page);
  await state(page, "WetGrass", "yes").click();
  await expect(state(page, "WetGrass", "yes")).toHaveAttribute("aria-pressed", "true");
  await expect(state(page, "Sprinkler", "yes")).toContainText("43.0 %");
  await state(page, "Rain", "yes").click();
  await expect(state(page, "Sprinkler", "yes")).toContainText("19.4 %");
  await page.getByRole("button", { name: "Forget" }).click();
  await expect(state(page, "Sprinkler", "yes")).toContainText("30.0 %");
  await clicks(page, "do");
  await state(page, "Sprinkler", "yes").click();
  await expect(state(page, "Cloudy", "yes")).toContainText("50.0 %");
  await expect(page.locator(".graph .line.cut")).toHaveCount(1);
  await node(page, "Cloudy").getByRole("button", { name: "Cloudy" }).click();
  await expect.poll(() => exact(page)).toBeCloseTo(1 / 6, 10);
});

test("connections are shown, opened and closed by observations", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net?given=none&click=separate`);
  await pause(page);
  await node(page, "Sprinkler").getByRole("button", { name: "Sprinkler" }).click();
  await expect(page.locator(".graph .line.active")).toHaveCount(4);
  await clicks(page, "observe");
  await state(page, "Cloudy", "no").click();
  await clicks(page, "separate");
  await expect(page.locator(".graph .line.active")).toHaveCount(1);
  await expect(node(page, "Rain")).toHaveClass(/separated/);
});

test("a network is edited, keeps its edits over a reset, and is saved as a file", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net?data=own`);
  await pause(page);
  await page.getByText("Edit the network").click();
  await page.getByRole("textbox", { name: "Add node" }).fill("Rain");
  await page.keyboard.press("Enter");
  await expect(node(page, "Rain")).toBeVisible();
  await page.getByRole("textbox", { name: "Set states" }).fill("none, some, much");
  await page.keyboard.press("Enter");
  await expect(state(page, "Rain", "much")).toContainText("33.3 %");
  await clicks(page, "arrow");
  await node(page, "A").getByRole("button", { name: "A", exact: true }).click();
  await state(page, "Rain", "none").click();
  await expect(page.locator(".graph .line")).toHaveCount(1);
  // The way back would close a cycle.
  await node(page, "Rain").getByRole("button", { name: "Rain" }).click();
  await node(page, "A").getByRole("button", { name: /^A/ }).click();
  await expect(page.locator(".notice")).toContainText("A → Rain → A");
  const cell = page.getByRole("textbox", { name: "yes: much" });
  await cell.scrollIntoViewIfNeeded();
  await cell.fill("0.5");
  await cell.press("Enter");
  await expect(state(page, "Rain", "much")).toContainText("41.7 %");
  await cell.fill("2");
  await cell.press("Enter");
  await expect(page.locator(".notice").last()).toContainText("from 0 to 1");
  await expect(cell).toHaveValue("0.5");
  // Another seed draws other samples of the same network.
  await page.locator("details.more summary").click();
  await page.getByLabel("Seed").fill("9");
  await page.keyboard.press("Enter");
  await settled(page);
  await expect(state(page, "Rain", "much")).toContainText("41.7 %");
  await page.getByText("Take away").click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Network (BIF)" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text).toContain("probability ( Rain | A )");
  expect(text).toContain("(yes) 0.25, 0.25, 0.5;");
});

test("a file in BIF is read, and one that is none says why", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net`);
  await pause(page);
  await page.getByRole("button", { name: "Your data" }).click();
  const text = `variable Coin { type discrete [ 2 ] { heads, tails }; }
    probability ( Coin ) { table 0.25, 0.75; }`;
  await page.getByRole("textbox", { name: "Or paste a network" }).fill(text.replace("0.75", "0.8"));
  await page.getByRole("button", { name: "Use this network" }).click();
  await expect(page.getByRole("alert")).toContainText("Line 2 of the network: the row of Coin sums to 1.05");
  await page.getByRole("textbox", { name: "Or paste a network" }).fill(text);
  await page.getByRole("button", { name: "Use this network" }).click();
  // Pictures out of sight are not asked for.
  await page.locator('[data-view="network"]').scrollIntoViewIfNeeded();
  await expect(state(page, "Coin", "heads")).toContainText("25.0 %");
  await reached(page, 100);
});

test("a node is moved by dragging and by keys", async ({ page, site }) => {
  await open(page, `${site}#/bayes-net?given=none`);
  await pause(page);
  const name = node(page, "Cloudy").getByRole("button", { name: "Cloudy" });
  const left = async () => (await name.boundingBox())?.x ?? 0;
  const before = await left();
  const box = /** @type {{ x: number, y: number }} */ (await name.boundingBox());
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 140, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect.poll(left).toBeGreaterThan(before + 60);
  const dragged = await left();
  await name.press("ArrowLeft");
  await expect.poll(left).toBeLessThan(dragged - 10);
});
