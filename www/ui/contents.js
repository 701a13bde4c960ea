// The contents: the course in its order.

import { h } from "./dom.js";

/** @typedef {import("../protocol.js").Card} Card */

/** What the links along the course are called. */
const words = { previous: "", next: "" };

const place = () => /** @type {HTMLElement} */ (document.getElementById("chapters"));

/**
 * @param {Card[]} cards
 * @param {import("./words.js").Words} ui
 * @param {string} current
 */
export function fillContents(cards, ui, current) {
  const chapters = [...new Set(cards.map(({ chapter }) => chapter))].sort((a, b) => a - b);
  const parts = chapters.flatMap((chapter) => [
    h("h2", {}, String(chapter), h("span", {}, ` · ${ui.get(`chapters.${chapter}`)}`)),
    h("ul", {}, ...cards.filter((card) => card.chapter === chapter).map((card) => row(card, ui))),
  ]);
  for (const way of /** @type {const} */ (["previous", "next"])) words[way] = ui.get(way);
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
  const picture = h("img", { alt: "", width: 40, height: 40, "data-picture": id });
  const about = h("small", {}, ui.get("row", { slides: slides.replace("-", "–"), minutes }));
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/${id}`, "data-id": id },
      picture,
      h("span", {}, ui.get(`contents.${id}`), about),
      h("i", { className: "tick", "data-tick": id }),
    ),
  );
}

/** Fetches the small pictures of exhibits: not before a first step is on screen, since nothing waits for them. */
export function showPictures() {
  for (const picture of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-picture]")))
    picture.src ||= new URL(`../pictures/${picture.dataset.picture}.svg`, import.meta.url).href;
}

/** Marks an exhibit in the contents, and leads from it to those before and after it. @param {string} id */
export function markCurrent(id) {
  const links = [...place().querySelectorAll("a")];
  for (const link of links) {
    if (link.dataset.id === id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const at = links.findIndex((link) => link.dataset.id === id);
  links[at]?.scrollIntoView({ block: "nearest" });
  lead("previous", links[at - 1]);
  // An id that nothing has is before the first.
  lead("next", links[at + 1]);
  /** @type {HTMLElement} */ (document.querySelector("nav .path")).hidden = !links.length;
}

/** @param {"previous"|"next"} way @param {HTMLAnchorElement|undefined} to */
function lead(way, to) {
  const link = /** @type {HTMLAnchorElement} */ (document.querySelector(`nav .${way}`));
  link.style.visibility = to ? "" : "hidden";
  if (!to) return;
  link.href = to.hash;
  link.title = to.querySelector("span")?.firstChild?.textContent ?? "";
  link.setAttribute("aria-label", `${words[way]}: ${link.title}`);
}
