// The Rust source of an exhibit: a tab for each file. Its HTML is made at build time from this repository
// (www/tools/source.mjs); nothing of it comes from outside.

import { get } from "../fetch.js";
import { h } from "./dom.js";

/**
 * @param {HTMLElement} element that it is added to
 * @param {string} id of the exhibit
 * @param {import("./words.js").Words} said
 */
export async function showSource(element, id, said) {
  const response = await get(new URL(`../../pkg/source/${id}.json`, import.meta.url));
  /** @type {import("../protocol.js").Source[]} */
  const files = await response.json();
  const code = h("code");
  const path = h("p", { className: "path" });
  const panel = h("pre", { id: "source", role: "tabpanel", tabIndex: 0, "aria-labelledby": "source-0" }, code);
  const tabs = files.map(({ name }, i) =>
    h("button", { type: "button", id: `source-${i}`, role: "tab", onclick: () => show(i) }, name),
  );
  for (const tab of tabs) tab.setAttribute("aria-controls", panel.id);
  const show = (/** @type {number} */ now) => {
    for (const [i, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(i === now));
      tab.tabIndex = i === now ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", tabs[now].id);
    path.textContent = files[now].path;
    code.innerHTML = files[now].html;
    panel.scrollTo(0, 0);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const now = tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (now < 0 || to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    show(next);
    tabs[next].focus();
  };
  show(0);
  element.append(
    h("div", { className: "tabs", role: "tablist", "aria-label": said.get("files"), onkeydown: keys }, ...tabs),
    panel,
    path,
  );
}
