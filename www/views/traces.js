// What was before: trails that join the places of each point in earlier pictures, and where the points of the run before
// have come to, faint.

import { colourOf } from "../ui/theme.js";

/**
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("../protocol.js").Picture} Picture
 *
 * @typedef {object} Traces
 * @property {Picture[]} before  earlier pictures of the same run, the oldest first
 * @property {Picture} [ghost]   the last one of the run before
 */

/** Pictures that a trail goes back through, and points that have one. */
export const LONGEST = 24;
const MOST = 40;
/** A point that goes farther than this share of the picture at once was put there, and did not move there. */
const JUMP = 0.1;

/** Whether its points are the model's, and many: marks and numerals have no trails. @param {Layer} layer */
const isCloud = ({ kind, role, data, labels }) =>
  kind === "points" && role === "model" && data.length >= 6 && labels.length === 0;

/** Whether there is something in it that can leave trails. @param {Picture} picture */
export const leavesTrails = ({ layers }) => layers.some(isCloud);

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Picture} picture
 * @param {Traces} traces
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio device pixels per CSS pixel
 */
export function paintTraces(context, box, picture, { before, ghost }, theme, ratio) {
  for (const layer of ghost?.layers.filter(isCloud) ?? []) paintGhost(context, box, layer, theme, ratio);
  for (const layer of picture.layers.filter(isCloud)) {
    const earlier = before.flatMap(({ layers }) => layers.find(({ id }) => id === layer.id) ?? []);
    const chain = [...earlier, layer].filter(({ data }) => data.length === layer.data.length);
    paintTrails(context, box, chain.map(({ data }) => data), colourOf(theme, layer.role), ratio); // prettier-ignore
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Float32Array[]} places of the same points, one after another
 * @param {string} colour
 * @param {number} ratio
 */
function paintTrails(context, box, places, colour, ratio) {
  const [first] = places;
  const stride = 2 * Math.ceil(first.length / 2 / MOST);
  const far = JUMP * Math.max(box.width, box.height);
  context.strokeStyle = colour;
  context.lineWidth = 1.2 * ratio;
  context.lineCap = "round";
  for (let t = 1; t < places.length; t++) {
    // What is longer ago is fainter.
    context.globalAlpha = 0.08 + (0.5 * t) / places.length;
    context.beginPath();
    for (let i = 0; i < first.length; i += stride) {
      const [x0, y0, x1, y1] = [places[t - 1], places[t]].flatMap((at) => [box.x(at[i]), box.y(at[i + 1])]);
      if (Math.hypot(x1 - x0, y1 - y0) > far) continue;
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineCap = "butt";
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintGhost(context, box, { data }, theme, ratio) {
  context.strokeStyle = colourOf(theme, "other");
  context.globalAlpha = 0.45;
  context.lineWidth = ratio;
  context.beginPath();
  for (let i = 0; i < data.length; i += 2) {
    const [x, y, size] = [box.x(data[i]), box.y(data[i + 1]), 2.2 * ratio];
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 7);
  }
  context.stroke();
  context.globalAlpha = 1;
}
