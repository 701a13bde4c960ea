// On a projector (`?present`): the stage fills the window, and everything on it is enlarged with the window, so that
// text and marks can be read from the last row.

/** What the stage needs when nothing is enlarged, in CSS pixels: below that it becomes smaller. */
const [WIDTH, HEIGHT] = [960, 630];

/**
 * Enlarges the stage as far as the window allows, now and whenever that changes.
 * @param {HTMLElement} stage
 * @param {() => import("../exhibit.js").TildeExhibit|undefined} current the exhibit on it
 */
export function fitTo(stage, current) {
  const fit = () => {
    const scale = Math.min(innerWidth / WIDTH, innerHeight / HEIGHT).toFixed(4);
    stage.style.setProperty("zoom", scale);
    stage.style.setProperty("--enlarged", scale);
    // Pictures that have kept their size in the stage's own pixels have other pixels now.
    current()?.retheme();
  };
  addEventListener("resize", fit);
  fit();
}
