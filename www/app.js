// The playground page: contents, one exhibit, and the address that says which.

import { theEngine } from "./ui/engine.js";
import { TildeExhibit } from "./exhibit.js";
import { split } from "./ui/address.js";
import { fillContents, markCurrent, showPictures } from "./ui/contents.js";
import { listenToParent } from "./ui/frame-messages.js";
import { linkOf } from "./ui/link.js";
import { setUpTheme } from "./ui/theme-switch.js";
import { words } from "./ui/words.js";

/** @typedef {{ exhibit: TildeExhibit, id: string, hash: string, scroll: number }} Place */

const FIRST = "gan2d";
/** Exhibits that were left and can be come back to. */
const KEPT = 5;
/** Inputs come many at a time; the address follows when they pause. */
const SETTLED_MS = 300;
const modes = new URLSearchParams(location.search);
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

/** Shows what the address names. */
function show() {
  const { id: named, query } = split(location.hash);
  const id = named || FIRST;
  const { hash } = location;
  if (place && hash === place.hash) return;
  if (place) leave(place);
  const known = left.find((each) => each.id === id && (each.hash === hash || (!query.size && id !== place?.id)));
  left = left.filter((each) => each !== known);
  const next = known ?? { exhibit: made(id, query), id, hash, scroll: 0 };
  // Set before it enters the page, so that the height is kept while the next one opens.
  stage.style.minHeight = place && !known ? `${stage.offsetHeight}px` : "";
  if (place) place.exhibit.replaceWith(next.exhibit);
  else stage.append(next.exhibit);
  if (place) next.exhibit.focusHeading();
  const moved = Boolean(place);
  place = next;
  if (moved) scrollTo(0, next.scroll);
  if (known) keepAddress();
  markCurrent(id);
  words("ui").then(
    (ui) => (document.title = [ui.find(`contents.${id}`), "Tilde"].filter(Boolean).join(" · ")),
    () => {}, // the exhibit says what went wrong
  );
}

/** @param {string} id @param {URLSearchParams} query */
function made(id, query) {
  const steps = modes.get("steps");
  if (steps && !query.has("steps")) query.set("steps", steps);
  const exhibit = new TildeExhibit();
  exhibit.setAttribute("model", id);
  exhibit.toggleAttribute("heading", true);
  exhibit.toggleAttribute("autoplay", true);
  exhibit.toggleAttribute("bare", modes.has("embed") || modes.has("present"));
  exhibit.toggleAttribute("large", modes.has("present"));
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
  old.exhibit.keep();
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
  const { hash } = await linkOf(session, { backend: session.backend }).catch(() => ({ hash: "" }));
  // Meanwhile somebody may have gone elsewhere.
  if (!hash || place !== shown || location.hash === hash) return;
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
    fillContents(exhibits, ui, place?.id ?? FIRST);
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
furnish();
addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (place && !event.composedPath().includes(place.exhibit)) place.exhibit.key(event);
});
// Not an address: it leads to the exhibit that is shown.
document.querySelector("a.skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  stage.focus();
});
if (modes.has("embed")) listenToParent(() => place?.exhibit);
