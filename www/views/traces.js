// What was before: trails that join the places of some points in earlier pictures, and where the points of the run before
// have come to, faint.

import { colourOf } from "../ui/theme.js";
import { FEW, paintFew } from "./points.js";

/**
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("../protocol.js").Picture} Picture
 *
 * @typedef {object} Traces
 * @property {Picture[]} [before]  earlier pictures of the same run, the oldest first, where there are to be trails
 * @property {Picture} [ghost]   the last one of the run before
 */

/** Pictures that a trail goes back through. */
export const LONGEST = 40;
/** Points that have one: as many as an eye can follow. */
const MOST = 10;
/** A point that goes farther than this share of the picture at once was put there, and did not move there. */
const JUMP = 0.2;

/**
 * Whether it is many points that move: the model's, or all that there is but for others to compare with. Marks and
 * numerals do not.
 * @param {Layer} layer
 * @param {Picture} picture
 */
export const isCloud = ({ kind, role, data, labels }, { layers }) =>
  kind === "points" &&
  (role === "model" || (role === "data" && layers.every((each) => each.role === "other" || each.data === data))) &&
  data.length > 2 * FEW &&
  labels.length === 0;

/** Whether there is something in it that can leave trails. @param {Picture} picture */
export const leavesTrails = (picture) => picture.layers.some((layer) => isCloud(layer, picture));

/**
 * The trails of some points of a layer, and these points in front of all others.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Layer} layer
 * @param {Picture[]} before
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio device pixels per CSS pixel
 */
export function paintTrails(context, box, { id, role, data }, before, theme, ratio) {
  const stride = 2 * Math.ceil(data.length / 2 / MOST);
  /** Places of these points. @param {Float32Array} all */
  const some = (all) => {
    const places = [];
    for (let i = 0; i < all.length; i += stride) places.push(all[i], all[i + 1]);
    return places;
  };
  const earlier = before.flatMap(({ layers }) => layers.find((each) => each.id === id)?.data ?? []);
  const chain = [...earlier.filter(({ length }) => length === data.length), data].map(some);
  const now = chain.length - 1;
  const far = JUMP * Math.max(box.width, box.height);
  /** @param {number} t @param {number} i */
  const at = (t, i) => /** @type {const} */ ([box.x(chain[t][2 * i]), box.y(chain[t][2 * i + 1])]);
  // Back from each point to where it was put last.
  const begins = Array.from({ length: chain[now].length / 2 }, (_, i) => {
    let t = now;
    while (t > 0 && Math.hypot(at(t, i)[0] - at(t - 1, i)[0], at(t, i)[1] - at(t - 1, i)[1]) <= far) t--;
    return t;
  });
  context.strokeStyle = colourOf(theme, role);
  context.lineWidth = 1.8 * ratio;
  context.lineCap = "round";
  for (let t = 1; t <= now; t++) {
    // What is longer ago is fainter.
    context.globalAlpha = 0.06 + 0.76 * (t / now) ** 2;
    context.beginPath();
    begins.forEach((begin, i) => {
      if (begin >= t) return;
      context.moveTo(...at(t - 1, i));
      context.lineTo(...at(t, i));
    });
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineCap = "butt";
  paintFew(context, box, chain[now], role, theme, ratio);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Picture} ghost
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintGhosts(context, box, ghost, theme, ratio) {
  context.strokeStyle = colourOf(theme, "other");
  context.globalAlpha = 0.45;
  context.lineWidth = ratio;
  context.beginPath();
  for (const layer of ghost.layers) {
    if (layer.role !== "model" || !isCloud(layer, ghost)) continue;
    for (let i = 0; i < layer.data.length; i += 2) {
      const [x, y, size] = [box.x(layer.data[i]), box.y(layer.data[i + 1]), 2.2 * ratio];
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 7);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}
