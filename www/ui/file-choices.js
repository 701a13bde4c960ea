// What can be changed about how files are read: arrays, columns, orientation.

import { h } from "./dom.js";
import { whole } from "./format.js";

/**
 * @typedef {import("../protocol.js").FileChoice} FileChoice
 * @typedef {import("../protocol.js").FileRead} FileRead
 * @typedef {import("../protocol.js").TableShown} TableShown
 * @typedef {import("./words.js").Words} Words
 * @typedef {(change: FileChoice) => void} Change
 */

/**
 * @param {FileRead} read
 * @param {FileChoice} choice as it was made so far
 * @param {{ classes: boolean }} wants whether the exhibit takes points with classes
 * @param {Change} change
 * @param {Words} ui
 * @returns {HTMLElement|null}
 */
export function choices(read, choice, { classes }, change, ui) {
  const parts = [
    read.arrays.length > 1 ? arrays(read, change, ui) : null,
    read.table?.asks || choice.one_column !== undefined ? question(choice, change, ui) : null,
    read.table ? columns(read.table, classes, change, ui) : null,
    read.table ? table(read.table, ui) : null,
    ...(read.data?.images ? orientation(choice, change, ui) : []),
  ].filter((part) => part !== null);
  return parts.length ? h("div", { className: "choices" }, ...parts) : null;
}

/**
 * A labelled choice. Its name finds it again when the dialogue is drawn anew.
 * @param {string} name
 * @param {string} label
 * @param {[value: string, word: string][]} options
 * @param {string} chosen
 * @param {(value: string) => void} change
 */
function select(name, label, options, chosen, change) {
  const select = h(
    "select",
    { "data-choice": name, "aria-label": label },
    ...options.map(([value, word]) => h("option", { value, selected: value === chosen }, word)),
  );
  select.addEventListener("change", () => change(select.value));
  return h("label", { className: "choice" }, h("span", {}, label), select);
}

/** @param {string} name @param {string} label @param {boolean} checked @param {(on: boolean) => void} change */
function flag(name, label, checked, change) {
  const box = h("input", { type: "checkbox", checked, "data-choice": name });
  box.addEventListener("change", () => change(box.checked));
  return h("label", { className: "flag-choice" }, box, ` ${label}`);
}

/** @param {FileRead} read @param {Change} change @param {Words} ui */
function arrays(read, change, ui) {
  const options = read.arrays.map(
    ({ name, what }, i) => /** @type {[string, string]} */ ([String(i), `${name} (${what})`]),
  );
  return select("array", ui.get("array"), options, String(read.array), (value) =>
    change({ array: Number(value), columns: undefined }),
  );
}

/** @param {FileChoice} choice @param {Change} change @param {Words} ui */
function question({ one_column: one }, change, ui) {
  const chosen = one === undefined ? "" : one ? "one" : "two";
  const options = /** @type {[string, string][]} */ (
    ["", "two", "one"].map((value) => [value, ui.get(`lines.${value || "unsaid"}`)])
  );
  return select("lines", ui.get("lines.label"), options, chosen, (value) =>
    change({ one_column: value === "" ? undefined : value === "one", columns: undefined }),
  );
}

/** @param {TableShown} table @param {boolean} classes @param {Change} change @param {Words} ui */
function columns({ names, columns: used }, classes, change, ui) {
  const roles = classes ? ["x", "y", "class"] : ["x", "y"];
  const options = names.map((name, i) => /** @type {[string, string]} */ ([String(i), name]));
  const none = /** @type {[string, string]} */ (["", "–"]);
  const now = roles.map((_, i) => used[i]);
  return h(
    "div",
    { className: "roles" },
    ...roles.map((role, i) =>
      select(`column-${role}`, ui.get(`column.${role}`), [none, ...options], String(now[i] ?? ""), (value) => {
        const next = now.with(i, value === "" ? /** @type {any} */ (undefined) : Number(value));
        // Without x or y there is nothing to try; the class may be none.
        if (next[0] !== undefined && next[1] !== undefined)
          change({ columns: next.filter((column) => column !== undefined) });
      }),
    ),
  );
}

/** The first rows, with the columns that are used in bold. @param {TableShown} table @param {Words} ui */
function table({ names, rows, count, columns }, ui) {
  const cell = (/** @type {"td"|"th"} */ tag, /** @type {string} */ text, /** @type {number} */ i) =>
    h(tag, { className: columns.includes(i) ? "used" : "" }, text);
  return h(
    "div",
    { className: "sheet", tabIndex: 0, role: "group", "aria-label": ui.get("rows", { count: whole(count) }) },
    h(
      "table",
      {},
      h("caption", {}, ui.get("rows", { count: whole(count) })),
      h("thead", {}, h("tr", {}, ...names.map((name, i) => cell("th", name, i)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((text, i) => cell("td", text, i))))),
    ),
  );
}

/** @param {FileChoice} choice @param {Change} change @param {Words} ui */
function orientation(choice, change, ui) {
  const crops = /** @type {[string, string][]} */ (
    ["whole", "middle", "ink"].map((value) => [value, ui.get(`crop.${value}`)])
  );
  return [
    select("crop", ui.get("crop.label"), crops, choice.crop ?? "whole", (value) =>
      change({ crop: /** @type {FileChoice["crop"]} */ (value) }),
    ),
    flag("invert", ui.get("invert"), choice.invert ?? false, (invert) => change({ invert })),
    flag("transpose", ui.get("transpose"), choice.transpose ?? false, (transpose) => change({ transpose })),
  ];
}
