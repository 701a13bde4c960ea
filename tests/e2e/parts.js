// Where parts of an exhibit are in its window.

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Edges */
/** @typedef {{ name: string, edges: Edges }} Part */

/**
 * Where the parts of an exhibit are that are seen, all that each selector finds.
 * @param {import("@playwright/test").Frame|import("./site.js").Page} frame
 * @param {string[]} selectors
 * @returns {Promise<Part[]>}
 */
export const partsOf = (frame, selectors) =>
  frame.evaluate((selectors) => {
    const { shadowRoot } = /** @type {any} */ (document.querySelector("tilde-exhibit"));
    return selectors.flatMap((name) => {
      const seen = [...shadowRoot.querySelectorAll(name)].filter((each) => each.checkVisibility());
      return seen.map((each) => {
        const { left, top, right, bottom } = each.getBoundingClientRect();
        return { name, edges: { left, top, right, bottom } };
      });
    });
  }, selectors);

/**
 * What is wrong with them: outside of the window, or one over another, by more than a pixel.
 * @param {Part[]} parts
 * @param {number} width of the window
 * @param {number} height
 * @returns {string[]}
 */
export function wrong(parts, width, height) {
  const found = parts
    .filter(({ edges }) => edges.left < -1 || edges.top < -1 || edges.right > width + 1 || edges.bottom > height + 1)
    .map(({ name, edges }) => `${name} is outside of ${width} × ${height}: ${JSON.stringify(edges)}`);
  parts.forEach(({ name, edges: a }, i) => {
    for (const { name: other, edges: b } of parts.slice(0, i))
      if (a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1)
        found.push(`${name} lies over ${other}: ${JSON.stringify([a, b])}`);
  });
  return found;
}
