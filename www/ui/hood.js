// "Under the hood" of an exhibit: the model's Rust source, the compiled plan with measured times, and the shaders.
// Fetched when it is first opened.

import { h, sheet } from "./dom.js";
import { showPlan } from "./plan.js";
import { showSource } from "./source.js";
import { words } from "./words.js";

/**
 * Fills the section, and keeps its plan that of the present run.
 * @param {HTMLElement} element
 * @param {ShadowRoot} root whose styles it adds to
 * @param {import("./session.js").Session} session
 */
export async function showHood(element, root, session) {
  const [style, said] = await Promise.all([sheet(new URL("../hood.css", import.meta.url)), words("hood")]);
  if (!root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
  const [source, plan] = ["source", "plan"].map((part) =>
    h(
      "section",
      { "aria-label": said.get(part) },
      h("h3", {}, said.get(part)),
      h("p", { className: "about" }, said.hint(part)),
    ),
  );
  element.replaceChildren(source, plan);
  await Promise.all([showSource(source, session.card.id, said), showPlan(plan, session, said)]);
}
