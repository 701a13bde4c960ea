// The colours of the style sheet, as canvases need them, and the colour maps.

/** @typedef {[number, number, number]} Rgb */

const TOKENS = /** @type {const} */ (["paper", "sheet", "ink", "soft", "line", "data", "model", "truth"]);

/**
 * @typedef {Record<typeof TOKENS[number], string>} Colours
 * @typedef {{ colours: Colours, rgb: Record<typeof TOKENS[number], Rgb>, dark: boolean, font: string }} Theme
 */

/** Ten colours for classes, chosen to stay apart for colour-blind eyes; drawn as numerals, never as dots alone. */
const CLASSES_LIGHT = [
  "#332288",
  "#0b7a5f",
  "#8a6d00",
  "#117733",
  "#aa4499",
  "#b3303f",
  "#1f6fb2",
  "#a34d00",
  "#5b5b5b",
  "#882255",
];
const CLASSES_DARK = [
  "#a9a2ff",
  "#4fd1b0",
  "#ddcc77",
  "#66cc77",
  "#e08ad4",
  "#ff8a96",
  "#88ccee",
  "#ffac66",
  "#bbbbbb",
  "#ee88bb",
];

/**
 * Reads the present colours of an element.
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  const root = /** @type {ShadowRoot|Document} */ (element.getRootNode());
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.forcedColorAdjust = "none"; // pictures keep their colours: they tell data from model
  (root instanceof ShadowRoot ? root : document.body).append(probe);
  const colours = /** @type {Colours} */ ({});
  const rgb = /** @type {Theme["rgb"]} */ ({});
  for (const token of TOKENS) {
    // A custom property would come back as the text "light-dark(…)"; a colour comes back resolved.
    probe.style.color = `var(--${token})`;
    colours[token] = getComputedStyle(probe).color;
    rgb[token] = /** @type {Rgb} */ ((colours[token].match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number));
  }
  probe.style.fontFamily = "var(--ui)";
  const font = getComputedStyle(probe).fontFamily;
  probe.remove();
  return { colours, rgb, dark: rgb.paper[0] < 128, font };
}

/**
 * @param {Theme} theme
 * @param {import("../protocol.js").Role} role
 */
export const colourOf = ({ colours }, role) => (role === "other" ? colours.soft : colours[role]);

/** @param {Theme} theme @param {number} label */
export const classColour = ({ dark }, label) => (dark ? CLASSES_DARK : CLASSES_LIGHT)[label % 10];

/** @param {Theme} theme @param {number} label @returns {Rgb} */
function classRgb(theme, label) {
  const colour = parseInt(classColour(theme, label).slice(1), 16);
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** The colours of the classes in these shares. @param {Theme} theme @param {Float32Array} shares */
export function mixedColour(theme, shares) {
  const sum = [0, 0, 0];
  shares.forEach((share, label) => classRgb(theme, label).forEach((part, i) => (sum[i] += share * part)));
  return `rgb(${sum.map(Math.round).join(" ")})`;
}

/** Viridis at eleven places; between them it is nearly straight. @type {Rgb[]} */
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
  [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
]; // prettier-ignore

/** Energies: pale in the valleys, where the data are; no colour of a density. The style sheet has the same. @type {Rgb[]} */
const ENERGY = [[250, 247, 240], [196, 186, 220], [112, 96, 160], [38, 28, 78]]; // prettier-ignore

/** @param {Rgb} a @param {Rgb} b @param {number} t @returns {Rgb} */
const mix = (a, b, t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];

/** @param {Rgb[]} stops @param {number} t from 0 to 1 */
function between(stops, t) {
  const at = t * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  return mix(stops[low], stops[low + 1], at - low);
}

/**
 * A colour map as a table of 256 colours, packed for canvas image data.
 * @param {Theme} theme
 * @param {"viridis"|"diverging"|"energy"|"grey"|"classes"} kind diverging runs from the model's orange to the data's
 *   blue, classes from that of class 0 to that of class 1, pale, so that their numerals can be read on it
 * @returns {Uint32Array}
 */
export function colourMap(theme, kind) {
  const { rgb } = theme;
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const t = i / 255;
    const colour =
      kind === "viridis" ? between(VIRIDIS, t)
      : kind === "energy" ? between(ENERGY, t)
      : kind === "classes" ? mix(rgb.sheet, classRgb(theme, Number(t > 0.5)), Math.abs(2 * t - 1) ** 0.85 * 0.42)
      : kind === "grey" ? mix([12, 12, 14], [250, 250, 248], t)
      : mix(rgb.sheet, t < 0.5 ? rgb.model : rgb.data, Math.abs(2 * t - 1) ** 0.85 * 0.92); // prettier-ignore
    const [red, green, blue] = colour.map(Math.round);
    table[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return table;
}
