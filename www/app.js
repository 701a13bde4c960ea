// The playground page: contents, one exhibit or the front page, and the address that says which.

import { FIRST, theEngine } from "./ui/engine.js";
import { TildeExhibit } from "./exhibit.js";
import { split } from "./ui/address.js";
import { fillContents, markCurrent, showPictures } from "./ui/contents.js";
import { noteDone, showTicks } from "./ui/done.js";
import { listenToParent } from "./ui/frame-messages.js";
import { Front } from "./ui/front.js";
import { linkOf } from "./ui/link.js";
import { setUpTheme } from "./ui/theme-switch.js";
import { words } from "./ui/words.js";

/**
 * Where one can be. The front page has no id; its exhibit is the one that is alive on it.
 * @typedef {{ exhibit: TildeExhibit, front?: Front, id: string, hash: string, scroll: number }} Place
 */

/** Exhibits that were left and can be come back to. */
const KEPT = 5;
/** Inputs come many at a time; the address follows when they pause. */
const SETTLED_MS = 300;
const modes = new URLSearchParams(location.search);
const alone = modes.has("embed") || modes.has("present");
const title = document.title;
const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
/** What is shown. @type {Place|undefined} */
let place;
/** Places that were left, the latest last. @type {Place[]} */
let left = [];
/** @type {ReturnType<typeof setTimeout>|undefined} */
let settling;

for (const mode of ["embed", "present"]) document.documentElement.classList.toggle(mode, modes.has(mode));
// Each place has its own: a new one begins at its top, and one that is come back to is where it was left.
history.scrollRestoration = "manual";

/** What the address names. Alone in a frame, or on a projector, there is no front page. */
function named() {
  const { id, query } = split(location.hash);
  return { id: id || (alone ? FIRST : ""), query };
}

/** Shows what the address names. */
function show() {
  const { id, query } = named();
  const hash = id && location.hash;
  if (place && hash === place.hash) return;
  if (place) leave(place);
  const known = left.find((each) => each.id === id && (each.hash === hash || (!query.size && id !== place?.id)));
  left = left.filter((each) => each !== known);
  const next = known ?? { ...(id ? { exhibit: made(id, query) } : madeFront()), id, hash, scroll: 0 };
  // Set before it enters the page, so that the height is kept while the next one opens.
  stage.style.minHeight = place && !known ? `${stage.offsetHeight}px` : "";
  document.documentElement.classList.toggle("at-front", !id);
  if (place) elementOf(place).replaceWith(elementOf(next));
  else stage.append(elementOf(next));
  if (place) (next.front ?? next.exhibit).focusHeading();
  const moved = Boolean(place);
  place = next;
  if (moved) scrollTo(0, next.scroll);
  if (known) keepAddress();
  if (known?.front) missing.push(() => fillFront(known.front));
  furnish();
  markCurrent(id);
  words("ui").then(
    (ui) => (document.title = id ? [ui.find(`contents.${id}`), "Tilde"].filter(Boolean).join(" · ") : title),
    () => {}, // the exhibit says what went wrong
  );
}

/** @param {Place} place @returns {HTMLElement} */
const elementOf = ({ front, exhibit }) => front?.element ?? exhibit;

/** The front page, with an exhibit that is alive on it. */
function madeFront() {
  const exhibit = made(FIRST, new URLSearchParams());
  exhibit.toggleAttribute("heading", false);
  for (const part of ["bare", "glimpse"]) exhibit.toggleAttribute(part, true);
  const front = new Front(exhibit);
  missing.push(() => fillFront(front));
  return { exhibit, front };
}

/** Fills it, or brings it up to date. @param {Front|undefined} front */
async function fillFront(front) {
  await begun;
  const [{ exhibits }, ui] = await Promise.all([theEngine(), words("ui")]);
  await front?.fill(exhibits, ui);
  showTicks(exhibits, ui);
  showPictures();
}

/** @param {string} id @param {URLSearchParams} query */
function made(id, query) {
  const steps = modes.get("steps");
  if (steps && !query.has("steps")) query.set("steps", steps);
  const exhibit = new TildeExhibit();
  exhibit.setAttribute("model", id);
  exhibit.toggleAttribute("heading", true);
  exhibit.toggleAttribute("autoplay", true);
  exhibit.toggleAttribute("bare", alone);
  exhibit.toggleAttribute("large", modes.has("present"));
  exhibit.toggleAttribute("framed", modes.has("embed"));
  // What a frame shows, and what learners may touch in it, is said before the "#", as for an element by attributes.
  if (alone)
    for (const name of ["glimpse", "controls", "hide"])
      if (modes.has(name)) exhibit.setAttribute(name, modes.get(name) ?? "");
  exhibit.query = query;
  for (const event of ["tilde:ready", "tilde:error"])
    exhibit.addEventListener(event, () => (stage.style.minHeight = ""), { once: true });
  exhibit.addEventListener("tilde:ready", furnish, { once: true });
  exhibit.addEventListener("tilde:change", keepAddress);
  exhibit.addEventListener("tilde:input", () => {
    clearTimeout(settling);
    settling = setTimeout(keepAddress, SETTLED_MS);
  });
  return exhibit;
}

/** Keeps what was shown, as it is; the oldest is given up. @param {Place} old */
function leave(old) {
  old.scroll = scrollY;
  old.exhibit.keep(Boolean(old.front));
  // One of each exhibit: that is what "back" can mean.
  const kept = [...left.filter(({ id }) => id !== old.id), old].slice(-KEPT);
  for (const each of left) if (!kept.includes(each)) each.exhibit.close();
  left = kept;
}

/** The address follows settings and inputs; it makes no entry in the history for each of them. */
async function keepAddress() {
  const shown = place;
  const session = shown?.exhibit.session;
  if (!session) return;
  if (shown.front) return shown.front.follow().catch(() => {});
  const from = location.hash;
  const { hash } = await linkOf(session, { backend: session.backend }).catch(() => ({ hash: "" }));
  // Meanwhile somebody may have gone elsewhere: the address says so before the page follows it.
  if (!hash || place !== shown || location.hash !== from || named().id !== shown.id || from === hash) return;
  if (!location.hash && hash === `#/${FIRST}`) return;
  history.replaceState(history.state, "", hash);
  shown.hash = hash;
}

/** A first step is on screen, or none is on its way. */
const begun = new Promise((resolve) => {
  stage.addEventListener("tilde:step", (event) => {
    const { metrics, playing } = /** @type {CustomEvent} */ (event).detail;
    if (metrics.step >= 1 || !playing) resolve(undefined);
  });
  stage.addEventListener("tilde:error", resolve);
});

/** What the page has beside the exhibit, until it is there. @type {(() => Promise<void>)[]} */
let missing = [
  () =>
    setUpTheme(/** @type {HTMLButtonElement} */ (document.querySelector("button.theme")), () => {
      for (const { exhibit } of place ? [place, ...left] : left) exhibit.retheme();
    }),
  async () => {
    const [{ exhibits }, ui] = await Promise.all([theEngine(), words("ui")]);
    fillContents(exhibits, ui, place?.id ?? "");
    showTicks(exhibits, ui);
    begun.then(showPictures);
  },
];

/** Puts it there. What cannot be fetched is tried again once an exhibit runs. */
async function furnish() {
  const now = missing;
  missing = [];
  for (const part of now) part().catch(() => missing.push(part)); // the exhibit says what went wrong
}

show();
stage.addEventListener("tilde:experiment", async (event) => {
  const { exhibit, experiment } = /** @type {CustomEvent} */ (event).detail;
  noteDone(exhibit, experiment);
  showTicks((await theEngine()).exhibits, await words("ui"));
});
addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  // On the front page the space bar scrolls.
  if (place && !place.front && !event.composedPath().includes(place.exhibit)) place.exhibit.key(event);
});
// Not an address: it leads to the exhibit that is shown.
document.querySelector("a.skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  stage.focus();
});
if (modes.has("embed")) listenToParent(() => place?.exhibit);
if (modes.has("present")) import("./ui/present.js").then(({ fitTo }) => fitTo(stage, () => place?.exhibit));
