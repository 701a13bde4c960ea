// Points: discs for data, diamonds for the model, numerals for classes, so that colour is never alone.

import { classColour, colourOf, mixedColour } from "../ui/theme.js";

/** Points of which there are at most so many are looked at one by one. */
export const FEW = 16;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {import("../protocol.js").Layer} layer
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio device pixels per CSS pixel
 * @param {{ shares?: Float32Array, pale?: boolean }} [how] shares of each class in each labelled point; whether it is the
 *   ground for something else
 */
export function paintPoints(context, box, { data, role, labels }, theme, ratio, { shares, pale } = {}) {
  const count = data.length / 2;
  if (labels.length === count && count > 1) return paintNumerals(context, box, data, labels, shares, theme, ratio);
  // One or two points get large marks; more are a cloud.
  if (count <= 2) return paintMarks(context, box, data, colourOf(theme, role), theme, ratio);
  const size = ratio * Math.min(3.4, Math.max(1.6, 60 / Math.sqrt(count))) * (pale ? 0.75 : 1);
  context.fillStyle = colourOf(theme, role);
  context.globalAlpha = pale ? 0.28 : role === "model" ? 0.8 : 0.42;
  for (let i = 0; i < count; i++) {
    outline(context, box.x(data[2 * i]), box.y(data[2 * i + 1]), size, role);
    context.fill();
  }
  context.globalAlpha = 1;
}

/**
 * Few points that each are looked at: large, with a halo.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Float32Array|number[]} data
 * @param {import("../protocol.js").Role} role
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
export function paintFew(context, box, data, role, theme, ratio) {
  context.fillStyle = colourOf(theme, role);
  context.strokeStyle = theme.colours.sheet;
  context.lineWidth = 3 * ratio;
  for (let i = 0; i < data.length; i += 2) {
    outline(context, box.x(data[i]), box.y(data[i + 1]), (role === "model" ? 4.8 : 4.2) * ratio, role);
    context.stroke();
    context.fill();
  }
}

/**
 * A diamond of the model, a disc of anything else.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {import("../protocol.js").Role} role
 */
function outline(context, x, y, size, role) {
  context.beginPath();
  if (role !== "model") return context.arc(x, y, size, 0, 7);
  const d = size * 1.25;
  context.moveTo(x, y - d);
  context.lineTo(x + d, y);
  context.lineTo(x, y + d);
  context.lineTo(x - d, y);
  context.closePath();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Float32Array} data
 * @param {ArrayLike<number>} labels
 * @param {Float32Array|undefined} shares
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintNumerals(context, box, data, labels, shares, theme, ratio) {
  const classes = (shares?.length ?? 0) / labels.length;
  context.font = `600 ${Math.round((labels.length > 1500 ? 8 : 10) * ratio)}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.globalAlpha = 0.85;
  context.lineWidth = 3 * ratio;
  context.lineJoin = "round";
  context.strokeStyle = theme.colours.sheet;
  for (let i = 0; i < labels.length; i++) {
    const [text, x, y] = [String(labels[i]), box.x(data[2 * i]), box.y(data[2 * i + 1])];
    // A halo where there are few, so that they can be read on a field of any colour.
    if (labels.length <= 500) context.strokeText(text, x, y);
    context.fillStyle = shares
      ? mixedColour(theme, shares.subarray(i * classes, (i + 1) * classes))
      : classColour(theme, labels[i]);
    context.fillText(text, x, y);
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./plane.js").Box} box
 * @param {Float32Array} data
 * @param {string} colour
 * @param {import("../ui/theme.js").Theme} theme
 * @param {number} ratio
 */
function paintMarks(context, box, data, colour, theme, ratio) {
  for (let i = 0; i + 1 < data.length; i += 2) {
    context.beginPath();
    context.arc(box.x(data[i]), box.y(data[i + 1]), 8 * ratio, 0, 7);
    context.lineWidth = 5 * ratio;
    context.strokeStyle = theme.colours.sheet; // a halo, so that it stands out of any cloud
    context.stroke();
    context.lineWidth = 2.5 * ratio;
    context.strokeStyle = colour;
    context.stroke();
  }
}
