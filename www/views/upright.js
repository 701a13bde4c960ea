// An upright bar beside curves: a part that is pushed up towards a mark, and what is missing to it.

import { number } from "../ui/format.js";
import { colourOf } from "../ui/theme.js";

/** @typedef {import("../protocol.js").Layer} Layer */

/** What it takes with its names and numbers: so much of a picture's width, and so many CSS pixels at most. */
const UPRIGHT = { share: 0.3, most: 128 };
/** Of that, the names and numbers and what is around them. */
const NUMBERS = 70;
/** Height of a line of them, in CSS pixels. */
const LINE = 16;

/** Its width in a picture of this width, both in device pixels. @param {number} width @param {number} ratio */
export const uprightWidth = (width, ratio) => Math.min(UPRIGHT.share * width, UPRIGHT.most * ratio);

/**
 * The part is the model's, what is missing is the data's, the mark is the truth's; what the part was at first is another's.
 * There is no axis: each is named, with its number.
 * @param {CanvasRenderingContext2D} context
 * @param {Layer[]} layers
 * @param {number[]} range low, middle, high of what is shown
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {Record<string, string>} names of the layers
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintUpright(context, layers, [low, , high], { left, top, width, height }, names, theme, ratio) {
  const y = (/** @type {number} */ v) => top + height * (1 - (Math.max(low, v) - low) / (high - low || 1));
  const [part, gap, mark, first] = ["model", "data", "truth", "other"].map((role) => layers.find((each) => each.role === role)); // prettier-ignore
  if (!part || !gap || !mark) return;
  const [wide, line, foot] = [Math.max(12 * ratio, width - NUMBERS * ratio), LINE * ratio, top + height];
  const [at, rim] = [y(part.data[0]), y(mark.data[0])];
  const [modelled, missing] = [part, gap].map(({ role }) => colourOf(theme, role));
  context.fillStyle = modelled;
  context.globalAlpha = 0.22;
  context.fillRect(left, at, wide, foot - at);
  context.fillStyle = missing;
  context.globalAlpha = 0.6;
  context.fillRect(left, rim, wide, at - rim);
  context.globalAlpha = 1;
  // How far it has come.
  if (first) paintRise(context, left + wide / 2, y(first.data[0]), at, modelled, ratio);
  const edge = left + wide + 6 * ratio;
  context.strokeStyle = missing;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  context.moveTo(edge - 4 * ratio, rim);
  context.lineTo(edge, rim);
  context.lineTo(edge, at);
  context.lineTo(edge - 4 * ratio, at);
  context.stroke();
  context.fillStyle = modelled;
  context.fillRect(left - 2 * ratio, at - 1.5 * ratio, wide + 4 * ratio, 3 * ratio);
  context.fillStyle = theme.colours.truth;
  context.fillRect(left - 6 * ratio, rim - 1.5 * ratio, width - 2 * ratio, 3 * ratio);

  // Each stands at what it is of, and one below the other where that is too close.
  const middle = Math.min(Math.max((rim + at) / 2, rim + 1.3 * line), foot - 3.2 * line);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = `600 ${Math.round(12 * ratio)}px ${theme.font}`;
  const side = edge + 6 * ratio;
  const parted = Math.min(Math.max(at + line, middle + 2.2 * line), foot - line);
  const started = first ? Math.min(y(first.data[0]), foot - line) : 0;
  for (const [{ id, role, data }, x, y] of /** @type {[Layer, number, number][]} */ ([
    [mark, left - 6 * ratio, Math.max(top, rim - 1.2 * line)],
    [gap, side, middle],
    [part, side, parted],
    ...(started > parted + 2.2 * line ? [[first, side, started]] : []),
  ])) {
    context.fillStyle = colourOf(theme, role);
    context.fillText(names[id], x, y - 0.5 * line);
    context.fillText(number(data[0]), x, y + 0.5 * line);
  }
}

/**
 * An arrow from where it was to where it is.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} from
 * @param {number} to
 * @param {string} colour
 * @param {number} ratio
 */
function paintRise(context, x, from, to, colour, ratio) {
  const head = 6 * ratio;
  if (from - to < 2 * head) return;
  context.strokeStyle = colour;
  context.lineWidth = 2 * ratio;
  context.beginPath();
  context.moveTo(x - head, from);
  context.lineTo(x + head, from);
  context.moveTo(x, from);
  context.lineTo(x, to + 2 * ratio);
  context.moveTo(x - head, to + 2 * ratio + head);
  context.lineTo(x, to + 2 * ratio);
  context.lineTo(x + head, to + 2 * ratio + head);
  context.stroke();
}

/**
 * The name of a curve, at its highest point: to the left of the truth's and to the right of the model's, which may lie
 * on each other. Others have theirs farther down to the left.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Layer} layer
 * @param {string} name
 * @param {boolean} faint
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintName(context, box, { data, role }, name, faint, theme, ratio) {
  let at = 1;
  for (let i = 1; i < data.length; i += 2) if (data[i] > data[at]) at = i;
  const down = (faint ? 0.7 : role === "other" ? 0.35 : 1) * data[at];
  let flank = at;
  while (flank > 1 && data[flank] > down) flank -= 2;
  // Boxes have none.
  if (data[flank] > 0.5 * down) at = flank;
  context.font = `600 ${Math.round(14 * ratio)}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  // What is said beside the name stands below it.
  const lines = name.split(", ");
  const wide = Math.max(...lines.map((line) => context.measureText(line).width));
  const side = role === "model" && !faint ? 8 * ratio : -wide - 8 * ratio;
  const x = Math.min(Math.max(box.x(data[at - 1]) + side, box.left + 2 * ratio), box.left + box.width - wide);
  const y = Math.max(box.y(data[at]) - 4 * ratio, box.top + 8 * ratio);
  context.lineJoin = "round";
  context.lineWidth = 4 * ratio;
  context.strokeStyle = theme.colours.sheet; // a halo: other curves run through it
  context.fillStyle = colourOf(theme, role);
  lines.forEach((line, i) => {
    context.strokeText(line, x, y + i * LINE * ratio);
    context.fillText(line, x, y + i * LINE * ratio);
  });
}
