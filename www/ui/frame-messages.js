// An embedded exhibit speaks with the page around it: `{ tilde: "play" }` in, `{ tilde: "step", detail }` out. It tells
// the height that it needs at the width that it has, `{ tilde: "height", detail: { width, height } }`, when that width
// has changed, and when it is asked by `{ tilde: "height" }`.

/** @typedef {import("../exhibit.js").TildeExhibit} TildeExhibit */

const COMMANDS = ["play", "pause", "step", "reset"];

/** @param {() => TildeExhibit|undefined} current the exhibit that is shown now */
export function listenToParent(current) {
  if (parent === window) return;
  /** @type {{ width: number, height: number }|undefined} */
  let needed;
  const tellHeight = () => needed && parent.postMessage({ tilde: "height", detail: needed }, "*");
  addEventListener("tilde:height", (event) => {
    needed = /** @type {CustomEvent} */ (event).detail;
    tellHeight();
  });
  addEventListener("message", (event) => {
    const command = event.data?.tilde;
    // Only the page around this frame is heard, and it can only start and stop. No data crosses.
    if (event.source !== parent) return;
    if (command === "height") return tellHeight();
    if (!COMMANDS.includes(command)) return;
    const exhibit = /** @type {any} */ (current());
    if (exhibit?.session) exhibit[command](event.data.value);
  });
  for (const name of ["ready", "step", "error"]) {
    addEventListener(`tilde:${name}`, (event) => {
      const { metrics, error } = /** @type {CustomEvent} */ (event).detail;
      parent.postMessage(
        { tilde: name, detail: error ? { code: error.code, message: error.message } : { metrics } },
        "*",
      );
    });
  }
}
