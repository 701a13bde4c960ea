// Loaded before the page's other scripts and kept small, so that the engine compiles while they load. It
// imports nothing, so that it can say it when they do not come: browsers remember that a script failed until
// the page is loaded again.

const KEY = "tilde-loads";
/** Loads of a page in a row that may fail before a person is asked. */
const MOST = 2;
const WAIT_MS = 500;

/** How many loads failed. Storage may be refused, in frames above all. @returns {number} */
function failures() {
  try {
    return Number(sessionStorage.getItem(KEY) ?? 0);
  } catch {
    return MOST;
  }
}

/** @param {number} count */
function remember(count) {
  try {
    if (count) sessionStorage.setItem(KEY, String(count));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then it is not loaded again by itself.
  }
}

/** Loads the page again, or asks for it. */
function again() {
  const failed = failures();
  if (failed < MOST) {
    remember(failed + 1);
    setTimeout(() => location.reload(), WAIT_MS);
    return;
  }
  remember(0);
  const broken = /** @type {HTMLElement} */ (document.getElementById("broken"));
  broken.hidden = false;
  broken.querySelector("button")?.addEventListener("click", () => location.reload());
}

// Scripts that fail are heard of on their way down only.
addEventListener("error", ({ target }) => target instanceof HTMLScriptElement && again(), true);
addEventListener("tilde:ready", () => remember(0));
import("./ui/engine.js").then(
  ({ theEngine }) => theEngine().catch(() => {}), // the exhibit says what went wrong
  () => {}, // so does the script that needs it too
);
