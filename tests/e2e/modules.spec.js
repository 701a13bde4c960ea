// Which wasm modules a visitor downloads, and that they serve a whole exhibit.

import { readFile } from "node:fs/promises";
import { expect, metrics, open, reached, test } from "./site.js";

/**
 * The modules of pkg/ that were asked for, in order; of the exhibits' the main one and those parts that are one
 * exhibit's alone. What several share is not listed: who shares what changes with them.
 * @param {import("@playwright/test").BrowserContext} context
 */
function fetched(context) {
  /** @type {string[]} */
  const modules = [];
  context.on("request", (request) => {
    const module = request.url().match(/\/pkg\/([\w/-]+?)(\/tilde_\w+_bg)?\.wasm$/)?.[1];
    if (module && !/shared-\d+$/.test(module)) modules.push(module);
  });
  return modules;
}

/** All that was fetched of the exhibits' module. @param {import("@playwright/test").BrowserContext} context */
function parts(context) {
  /** @type {string[]} */
  const found = [];
  context.on("request", (request) => {
    const part = request.url().match(/\/pkg\/exhibits\/([\w-]+)\.wasm$/)?.[1];
    if (part && !part.startsWith("tilde")) found.push(part);
  });
  return found;
}

/** Stands in for the browser's answer. @param {import("@playwright/test").Page} page @param {object} gpu */
const pretend = (page, gpu) =>
  page.route("**/www/engine/gpu.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `export const findGpu = async () => (${JSON.stringify({ description: "", ...gpu })});`,
    }),
  );

test("on the CPU nothing of the GPU is fetched, though there is a software one", async ({ page, site, context }) => {
  const modules = fetched(context);
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await expect(page.locator(".badge")).toContainText("the GPU here is software");
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/relaxed"]);
});

test("WebGPU by hand fetches its module; back to the CPU fetches nothing again", async ({ page, site, context }) => {
  const modules = fetched(context);
  await open(page, `${site}#/gan2d`);
  await reached(page, 5);
  await page.locator("details.more summary").click();
  await page.getByLabel("Computes on").selectOption("webgpu");
  await expect(page.locator(".badge")).toContainText(/WebGPU · \S/);
  await reached(page, 5);
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/relaxed", "engine/gpu"]);
  await page.getByLabel("Computes on").selectOption("cpu");
  await expect(page.locator(".badge")).toContainText("CPU");
  await reached(page, 5);
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/relaxed", "engine/gpu"]);
});

test("a link to a run on WebGPU fetches that module alone, and weights go from one to the other", async ({
  page,
  site,
  context,
}) => {
  const modules = fetched(context);
  await open(page, `${site}#/vae?backend=webgpu&steps=3`);
  await expect(page.locator(".badge")).toContainText(/WebGPU · \S/);
  await expect.poll(async () => (await metrics(page)).step).toBe(3);
  expect(modules).toEqual(["exhibits", "exhibits/vae", "engine/gpu"]);
  const found = await page.evaluate(async () => {
    const exhibit = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    const saved = await exhibit.save();
    const onGpu = await exhibit.sample(4, { seed: 5 });
    await exhibit.session.reopen({ backend: "cpu" });
    await exhibit.load(saved);
    const onCpu = await exhibit.sample(4, { seed: 5 });
    const off = onCpu.data.map((/** @type {number} */ x, /** @type {number} */ i) => Math.abs(x - onGpu.data[i]));
    return { backend: exhibit.session.run.backend, off: Math.max(...off), spread: Math.max(...onCpu.data) };
  });
  expect(found.backend).toBe("cpu");
  expect(found.spread).toBeGreaterThan(0.1);
  expect(found.off).toBeLessThan(1e-3);
  expect(modules).toEqual(["exhibits", "exhibits/vae", "engine/gpu", "engine/relaxed"]);
});

test("where there is a real GPU both modules are fetched, and the faster one runs", async ({ page, site, context }) => {
  await pretend(page, { available: true, software: false, description: "Pretended" });
  const modules = fetched(context);
  await open(page, `${site}#/gan2d`);
  await expect(page.locator(".badge")).toContainText(/faster here than/);
  await reached(page, 5);
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/relaxed", "engine/gpu"]);
});

test("a GPU module that cannot be had leaves the exhibit on the CPU", async ({ page, site }) => {
  await pretend(page, { available: true, software: false });
  await page.route("**/pkg/engine/gpu/**", (route) => route.abort());
  await open(page, `${site}#/gan2d`);
  await expect(page.locator(".badge")).toContainText("WebGPU failed to start");
  await reached(page, 5);
});

test("where there is no GPU, a link that asks for one goes on with the CPU and says so", async ({
  page,
  site,
  context,
}) => {
  await pretend(page, { available: false, software: false });
  const modules = fetched(context);
  await open(page, `${site}#/gan2d?backend=webgpu`);
  await expect(page.locator(".badge")).toContainText("no WebGPU here");
  await reached(page, 5);
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/relaxed"]);
});

test("the library: WebGPU alone fetches its module alone, and is refused where there is none", async ({
  page,
  site,
  context,
}) => {
  const modules = fetched(context);
  const start = async (/** @type {string} */ base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    const tilde = await Tilde.start({ backend: "webgpu" });
    const run = await tilde.open("gan2d", { seed: 7 });
    const { step } = await run.train(2);
    const parsed = await tilde.parse("points.csv", new TextEncoder().encode("1.5,2\n3,4"));
    const wrong = await tilde.open("gan2d", { settings: { data: "cubes" } }).catch((/** @type {any} */ e) => e.code);
    tilde.close();
    return { backend: run.backend, step, shape: parsed.shape, wrong };
  };
  await page.goto(`${site}blank.html`);
  expect(await page.evaluate(start, site)).toEqual({
    backend: "webgpu",
    step: 2,
    shape: [2, 2],
    wrong: "bad-setting",
  });
  // It was not said which exhibit will be opened.
  expect(modules).toEqual(["exhibits", "exhibits/gan2d", "engine/gpu", "files"]);
  await pretend(page, { available: false, software: false });
  await page.goto(`${site}blank.html?again`);
  const refused = await page.evaluate(async (base) => {
    const { Tilde } = await import(`${base}www/tilde.js`);
    return Tilde.start({ backend: "webgpu" }).catch((/** @type {any} */ error) => error.code);
  }, site);
  expect(refused).toBe("no-webgpu");
  expect(modules).toHaveLength(4);
});

test("an exhibit without tensors fetches no engine, whatever backend is asked for", async ({ page, site, context }) => {
  const modules = fetched(context);
  await open(page, `${site}#/boundary?backend=webgpu`);
  await expect(page.locator(".badge")).toContainText("CPU");
  await reached(page, 3);
  expect(modules).toEqual(["exhibits", "exhibits/boundary"]);
});

test("an engine refuses what is no program, and goes on", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const found = await page.evaluate(async (base) => {
    const { loadEngine, loaders } = await import(`${base}www/load.js`);
    const { Modules } = await import(`${base}www/engine/modules.js`);
    const cards = await (await fetch(`${base}pkg/cards.json`)).json();
    const { WebRun } = await new Modules(cards, loaders(base)).exhibit("gan2d");
    const found = [];
    for (const backend of ["cpu", "webgpu"]) {
      const engine = await loadEngine(base, backend, "simd");
      const code = (/** @type {any} */ error) => error.code;
      found.push(
        await Promise.resolve()
          .then(() => engine.load(new Uint8Array([255, 255, 255])))
          .catch(code),
      );
      const run = await WebRun.open("gan2d", { seed: 7, place: { backend, engine, device: "" } });
      await run.train(2);
      found.push((await run.metrics(false)).step);
      run.free();
    }
    return found;
  }, site);
  expect(found).toEqual(["no-device", 2, "no-device", 2]);
});

test("who goes from exhibit to exhibit fetches what is new, once, and the engine once", async ({
  page,
  site,
  context,
}) => {
  const cards = JSON.parse(await readFile(new URL("../../pkg/cards.json", import.meta.url), "utf8"));
  const needs = (/** @type {string} */ id) => cards.find((/** @type {any} */ card) => card.id === id).parts;
  const modules = fetched(context);
  const found = parts(context);
  await open(page, `${site}#/vae`);
  await reached(page, 3);
  expect(modules).toEqual(["exhibits", "exhibits/vae", "engine/relaxed"]);
  expect(found.sort()).toEqual([...needs("vae")].sort());
  await page
    .getByRole("link", { name: /^Boltzmann machine/ })
    .first()
    .click();
  await reached(page, 3);
  expect(modules).toEqual(["exhibits", "exhibits/vae", "engine/relaxed", "exhibits/rbm"]);
  // What both need is there already.
  expect(needs("vae").some((/** @type {string} */ part) => needs("rbm").includes(part))).toBe(true);
  expect(found.sort()).toEqual([...new Set([...needs("vae"), ...needs("rbm")])].sort());
  await page.goBack();
  await reached(page, 3);
  expect(modules).toHaveLength(4);
});

test("a part is refused by a main module of another version", async ({ page, site }) => {
  await page.goto(`${site}blank.html`);
  const refused = await page.evaluate(async (base) => {
    const { fetchPart, Parts } = await import(`${base}www/engine/parts.js`);
    const { loadWasm } = await import(`${base}www/load.js`);
    const { exports } = await loadWasm(base, "exhibits");
    const [{ parts }] = await (await fetch(`${base}pkg/cards.json`)).json();
    const modules = await Promise.all(parts.map((/** @type {string} */ name) => fetchPart(base, name)));
    const table = Object.keys(exports).filter((name) => exports[name] instanceof WebAssembly.Table);
    const other = Object.fromEntries(
      Object.entries(exports).map(([name, value]) => [table.includes(name) ? `${name}0` : name, value]),
    );
    new Parts(exports).start(parts, modules);
    try {
      new Parts(other).start(parts, modules);
    } catch (error) {
      return error instanceof WebAssembly.LinkError;
    }
    return false;
  }, site);
  expect(refused).toBe(true);
});
