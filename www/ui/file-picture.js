// What will be learned from, as a picture: thumbnails, points, or the beginning of a text.

import { paintImages } from "../views/images.js";
import { plane } from "../views/plane.js";
import { h } from "./dom.js";
import { whole } from "./format.js";
import { Surface } from "./surface.js";

/**
 * @typedef {import("../protocol.js").UserData} UserData
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("./words.js").Words} Words
 */

/** Images that are shown. */
const SHOWN = 96;
/** Characters of a text that are shown. */
const SHOWN_TEXT = 600;

/**
 * @param {UserData} data
 * @param {Words} ui
 * @param {() => import("./theme.js").Theme} theme
 */
export function filePicture(data, ui, theme) {
  if (data.text !== undefined) return textPicture(data.text, ui);
  const kind = data.images ? "images" : "points";
  const [count, ...size] = data.shape ?? [];
  const summary = ui.get(`preview.${kind}`, { count: whole(count), size: size.join(" × ") });
  const picture = data.images ? imagesOf(data) : pointsOf(data);
  const surface = new Surface(() => {
    if (!surface.room) return;
    if (data.images) paintImages(surface, picture, theme());
    else plane.paint(surface, picture, theme());
  }, kind === "images");
  surface.aspect = 1;
  surface.canvas.setAttribute("aria-label", summary);
  return h("div", {}, h("p", {}, summary), h("div", { className: `preview ${kind}` }, surface.element));
}

/** @param {string} text @param {Words} ui */
function textPicture(text, ui) {
  const variables = [...text.matchAll(/^variable (\S+) \{/gm)].map(([, name]) => name);
  const start = [...text.slice(0, 2 * SHOWN_TEXT)].slice(0, SHOWN_TEXT).join("");
  const summary = text.startsWith("network ")
    ? ui.get("preview.network", { names: variables.join(", ") })
    : ui.get("preview.text", { count: whole(characters(text)) });
  return h(
    "div",
    {},
    h("p", {}, summary),
    h("pre", { className: "preview", tabIndex: 0 }, start.length < text.length ? `${start} …` : start),
  );
}

/** Characters of a text, as the models count them: not the halves of those beyond 16 bits. @param {string} text */
function characters(text) {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** @param {UserData} data @returns {Picture} */
function imagesOf({ images = new Float32Array(), shape = [] }) {
  const [count, height, width] = shape;
  const shown = Math.min(count, SHOWN);
  const layer = { id: "data", role: /** @type {const} */ ("data"), kind: /** @type {const} */ ("images") };
  const data = images.subarray(0, shown * height * width);
  return picture({ ...layer, data, shape: [shown, height, width], labels: new Uint32Array() });
}

/** In the coordinates of the file, whatever these are. @param {UserData} data @returns {Picture} */
function pointsOf({ points = new Float32Array(), shape = [], labels = new Uint32Array() }) {
  const layer = { id: "data", role: /** @type {const} */ ("data"), kind: /** @type {const} */ ("points") };
  const ends = [0, 1].map((axis) => {
    const [first] = points.subarray(axis);
    let [low, high] = [first, first];
    for (let i = axis; i < points.length; i += 2) [low, high] = [Math.min(low, points[i]), Math.max(high, points[i])];
    return { middle: low / 2 + high / 2, half: high / 2 - low / 2 };
  });
  // One scale for both, with a margin.
  const reach = 1.2 * Math.max(...ends.map(({ half }) => half));
  const extent = ends.flatMap(({ middle }) => [middle - reach, middle + reach]);
  return { ...picture({ ...layer, data: points, shape, labels }), extent };
}

/** @param {import("../protocol.js").Layer} layer @returns {Picture} */
function picture(layer) {
  return { layers: [layer], extent: [0, 0, 0, 0], range: [0, 0, 0], columns: 0 };
}
