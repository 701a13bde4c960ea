// The contents: the course in its order.

import { h } from "./dom.js";

/** @typedef {import("../protocol.js").Card} Card */

const place = () => /** @type {HTMLElement} */ (document.getElementById("chapters"));

/**
 * @param {Card[]} cards
 * @param {import("./words.js").Words} ui
 * @param {string} current
 */
export function fillContents(cards, ui, current) {
  const chapters = [...new Set(cards.map(({ chapter }) => chapter))].sort((a, b) => a - b);
  const parts = chapters.flatMap((chapter) => [
    h("h2", {}, `${chapter} · ${ui.get(`chapters.${chapter}`)}`),
    h("ul", {}, ...cards.filter((card) => card.chapter === chapter).map((card) => row(card, ui))),
  ]);
  place().replaceChildren(...parts);
  markCurrent(current);
  const open = /** @type {HTMLButtonElement} */ (document.querySelector("nav .open"));
  open.textContent = ui.get("contents-title");
  open.addEventListener("click", () =>
    open.setAttribute("aria-expanded", String(open.getAttribute("aria-expanded") !== "true")),
  );
  place().addEventListener("click", () => open.setAttribute("aria-expanded", "false"));
}

/** @param {Card} card @param {import("./words.js").Words} ui */
function row({ id, slides, minutes }, ui) {
  const picture = h("img", {
    src: new URL(`../pictures/${id}.svg`, import.meta.url).href,
    alt: "",
    width: 40,
    height: 40,
  });
  const about = h("small", {}, ui.get("row", { slides: slides.replace("-", "–"), minutes }));
  return h(
    "li",
    {},
    h("a", { href: `#/${id}`, "data-id": id }, picture, h("span", {}, ui.get(`contents.${id}`), about)),
  );
}

/** @param {string} id */
export function markCurrent(id) {
  for (const link of place().querySelectorAll("a")) {
    if (link.dataset.id === id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
