// The playground page: contents, one exhibit, and the address that says which.

import { theEngine } from "./ui/engine.js";
import { TildeExhibit } from "./exhibit.js";
import { format, split } from "./ui/address.js";
import { fillContents, markCurrent } from "./ui/contents.js";
import { listenToParent } from "./ui/frame-messages.js";
import { setUpTheme } from "./ui/theme-switch.js";
import { words } from "./ui/words.js";

const FIRST = "gan2d";
const modes = new URLSearchParams(location.search);
const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
/** @type {TildeExhibit|undefined} */
let exhibit;

for (const mode of ["embed", "present"]) document.documentElement.classList.toggle(mode, modes.has(mode));

/** Shows what the address names. */
function show() {
  const { id, query } = split(location.hash);
  const steps = modes.get("steps");
  if (steps && !query.has("steps")) query.set("steps", steps);
  const next = new TildeExhibit();
  next.setAttribute("model", id || FIRST);
  next.toggleAttribute("heading", true);
  next.toggleAttribute("autoplay", true);
  next.toggleAttribute("bare", modes.has("embed") || modes.has("present"));
  next.toggleAttribute("large", modes.has("present"));
  next.query = query;
  // Set before it enters the page, so that the height is kept while the next one opens.
  stage.style.minHeight = exhibit ? `${stage.offsetHeight}px` : "";
  if (exhibit) exhibit.replaceWith(next);
  else stage.append(next);
  exhibit = next;
  next.addEventListener("tilde:ready", () => (stage.style.minHeight = ""), { once: true });
  next.addEventListener("tilde:error", () => (stage.style.minHeight = ""), { once: true });
  next.addEventListener("tilde:change", keepAddress);
  markCurrent(id || FIRST);
  words("ui").then((ui) => (document.title = `${ui.get(`contents.${id || FIRST}`)} · Tilde`));
}

/** The address follows the settings; it makes no entry in the history for each of them. */
function keepAddress() {
  const session = exhibit?.session;
  if (!session) return;
  const hash = format(session.card, session);
  if (location.hash !== hash && (location.hash || hash !== `#/${FIRST}`)) history.replaceState(history.state, "", hash);
}

show();
addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (exhibit && !event.composedPath().includes(exhibit)) exhibit.key(event);
});
setUpTheme(/** @type {HTMLButtonElement} */ (document.querySelector("button.theme")), () => exhibit?.retheme());
if (modes.has("embed")) listenToParent(() => exhibit);
theEngine().then(
  async ({ exhibits }) => fillContents(exhibits, await words("ui"), split(location.hash).id || FIRST),
  () => {}, // the exhibit says what went wrong
);
