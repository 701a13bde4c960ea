// The compiled plan of a run: for each entry its kernels, what they cost, how long they take, and their shaders. All of
// it is what the engine has made of the program; nothing is written down here.

import { h, say } from "./dom.js";
import { number, whole } from "./format.js";

/**
 * @typedef {import("../protocol.js").PlanShown} PlanShown
 * @typedef {PlanShown["entries"][number]} Entry
 * @typedef {Entry["kernels"][number]} Kernel
 * @typedef {import("./words.js").Words} Words
 * @typedef {import("./session.js").Session} Session
 */

const PREFIXES = ["", "k", "M", "G", "T"];

/** A count with a prefix of thousands: 512 B, 12.3 kB. @param {number} count @param {string} unit */
function quantity(count, unit) {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(count, 1)) / 3), 0), PREFIXES.length - 1);
  return `${power ? number(count / 1000 ** power, 3) : whole(count)} ${PREFIXES[power]}${unit}`;
}

/** @param {number} ms */
const time = (ms) => (ms < 1 ? `${number(1000 * ms, 3)} µs` : `${number(ms, 3)} ms`);

/** @param {Kernel[]} kernels @param {"flops"|"bytes"} what */
const sum = (kernels, what) => kernels.reduce((sum, kernel) => sum + kernel[what], 0);

/**
 * Shows the plan, and once the run has another one, that.
 * @param {HTMLElement} element that it is added to
 * @param {Session} session
 * @param {Words} said
 */
export async function showPlan(element, session, said) {
  const place = h("div", { className: "plan" });
  element.append(place);
  const hood = element.closest("details");
  let [shown, asked] = ["", 0];
  const show = async () => {
    const { run } = session;
    // Meanwhile it may be closed; it asks again once it is opened.
    if (!run || !hood?.open) return;
    const now = ++asked;
    const plan = await run.plan();
    const known = JSON.stringify([
      run.backend,
      plan?.layout,
      plan?.entries.map(({ kernels }) => kernels.map(({ label }) => label)),
    ]);
    if (now !== asked || known === shown) return;
    shown = known;
    const open = [...place.querySelectorAll("details[open]")].map((each) => each.getAttribute("data-entry"));
    const entries = plan?.entries.map((entry, i) => entryOf(entry, i, session, said)) ?? [];
    const on = plan ? said.get(`on.${run.backend}`) : said.get("no-plan");
    // A GPU's clock tells the time of entries alone.
    place.classList.toggle("whole", run.backend === "webgpu");
    place.replaceChildren(h("p", { className: "about" }, on), ...entries);
    for (const each of entries) each.open = open.includes(each.getAttribute("data-entry"));
  };
  const again = () => show().catch((error) => error.code === "closed" || say(place, error.message));
  session.addEventListener("restart", again);
  hood?.addEventListener("toggle", again);
  await again();
}

/**
 * An entry, folded; its table is made when it is opened.
 * @param {Entry} entry
 * @param {number} at
 * @param {Session} session
 * @param {Words} said
 */
function entryOf({ name, kernels }, at, session, said) {
  const took = h("span", { className: "took" });
  const costs = said.get("costs", {
    kernels: kernels.length,
    flops: quantity(sum(kernels, "flops"), "FLOP"),
    bytes: quantity(sum(kernels, "bytes"), "B"),
  });
  const open = () => {
    if (element.open && element.childElementCount === 1)
      element.append(...inside(name, kernels, at, session, said, took));
  };
  const element = h(
    "details",
    { className: "entry", "data-entry": name, ontoggle: open },
    h("summary", {}, h("code", {}, name), h("span", {}, costs), took),
  );
  return element;
}

/**
 * @param {string} name @param {Kernel[]} kernels @param {number} at @param {Session} session @param {Words} said
 * @param {HTMLElement} took where the time of all of it stands
 */
function inside(name, kernels, at, session, said, took) {
  const note = h("span", { className: "note", role: "status" });
  const rows = kernels.map((kernel, i) => rowOf(kernel, i, said));
  const measure = async () => {
    button.disabled = true;
    say(note, said.get("measuring"));
    try {
      const times = await session.run?.measure(at);
      if (!times) return;
      const rate = quantity((1000 * sum(kernels, "flops")) / times.entry, "FLOP/s");
      say(took, said.get("took", { time: time(times.entry), rate }));
      say(note, said.get(`by.${times.by}`, { runs: whole(times.runs) }));
      const most = Math.max(...times.kernels);
      for (const [i, ms] of times.kernels.entries()) {
        say(rows[i].time, time(ms));
        rows[i].bar.style.setProperty("--share", String(ms / most));
      }
    } catch (error) {
      say(note, /** @type {Error} */ (error).message);
    } finally {
      button.disabled = false;
    }
  };
  const button = h("button", { type: "button", onclick: measure }, said.get("measure"));
  const heads = ["number", "kernel", "time", "shape", "flops", "bytes", "wgsl"].map((id) =>
    h("th", { scope: "col" }, said.get(`columns.${id}`)),
  );
  return [
    h("p", { className: "buttons" }, button, note),
    h(
      "div",
      { className: "wide", tabIndex: 0, role: "region", "aria-label": said.get("kernels-of", { entry: name }) },
      h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows.map(({ row }) => row))),
    ),
  ];
}

/** @param {Kernel} kernel @param {number} i @param {Words} said */
function rowOf({ label, heavy, shape, flops, bytes, shaders }, i, said) {
  const [time, bar] = [h("span", {}, "–"), h("i")];
  const toggle = () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (open) row.after(shadersOf(shaders, i, said));
    else row.nextElementSibling?.remove();
  };
  const button = h(
    "button",
    { type: "button", "aria-expanded": "false", "aria-label": said.get("shaders-of", { kernel: i }), onclick: toggle },
    said.get("wgsl"),
  );
  const row = h(
    "tr",
    { className: "kernel" },
    h("td", {}, String(i)),
    h("td", {}, h("code", {}, label.replaceAll("+", " + ")), heavy && h("small", {}, heavy)),
    h("td", {}, time, bar),
    h("td", {}, h("code", {}, shape)),
    h("td", {}, quantity(flops, "")),
    h("td", {}, quantity(bytes, "B")),
    h("td", {}, button),
  );
  return { row, time, bar };
}

/** @param {Kernel["shaders"]} shaders @param {number} i @param {Words} said */
const shadersOf = (shaders, i, said) =>
  h(
    "tr",
    { className: "shaders" },
    h(
      "td",
      { colSpan: 7 },
      ...shaders.flatMap(({ text, groups: [x, y] }) => [
        h("p", { className: "path" }, said.get("groups", { x, y })),
        h(
          "pre",
          { tabIndex: 0, role: "region", "aria-label": said.get("shaders-of", { kernel: i }) },
          h("code", {}, text),
        ),
      ]),
    ),
  );
