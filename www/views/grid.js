// Where images stand in a grid: rows of layers that take turns, or towers of layers of units. Each pixel of an image is a
// whole number of device pixels wide, unless pixels run into each other or not even one fits.

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../protocol.js").Layer} Layer
 *
 * @typedef {object} Row  of images of one layer
 * @property {number} layer
 * @property {number} first  index of its first image
 * @property {number} y
 * @property {number} height  of its images
 * @property {number} scale  device pixels per pixel, across
 *
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} count  images of the first layer
 * @property {Row[]} rows  from the top
 * @property {number} cell  width of an image with its gap, in device pixels
 * @property {number} gap
 * @property {number} edge  room at the left for what is said of the rows
 * @property {number} group  columns that belong together
 * @property {number} apart  room between these groups
 * @property {number} width
 * @property {number} height
 */

const LARGEST_CSS = 132;
/** The same for a column of layers of units. */
const LARGEST_TOWER = 180;
/** Images up to this many pixels wide are so coarse that a person may want them smoothed. */
const COARSE = 16;
/** Height of text, and what an arrow between two layers takes, in CSS pixels. */
export const TEXT = 11;
const ARROW = 20;

/** Whether layers have images of different sizes: layers of units, drawn one above the other. @param {Picture} picture */
export const isTower = ({ layers }) => layers.some(({ shape }) => shape[1] !== layers[0].shape[1] || shape[2] !== layers[0].shape[2]); // prettier-ignore
/** Whether a layer is units of a tower, not something that can be seen. @param {Layer} layer @param {boolean} tower */
export const isUnits = ({ role }, tower) => tower && role === "other";
/** Whether images have lines around them: zero has the colour of the sheet, and they would run together. @param {Picture} picture */
export const isFramed = (picture) =>
  picture.range[0] < 0 || picture.layers.some((layer) => isUnits(layer, isTower(picture)));
/** Whether its images are coarse ones of something that can be seen, not of weights or units. @param {Picture} picture */
export const isCoarse = (picture) =>
  picture.range[0] >= 0 &&
  picture.layers[0]?.kind === "images" &&
  picture.layers.some(
    (layer) => layer.kind === "images" && layer.shape[2] <= COARSE && !isUnits(layer, isTower(picture)),
  );
/** Whether layers need their names beside them: they are of different kinds of things. @param {Picture} picture */
export const isNamed = (picture) => isTower(picture) || picture.layers.some(({ shape }) => shape[0] !== picture.layers[0].shape[0]); // prettier-ignore

/**
 * Rows of the layers take turns, so that pairs stand one above the other; a layer with fewer images has fewer rows.
 * @param {Picture} picture
 * @param {number} room device pixels in a row
 * @param {number} ratio
 * @param {number} [headroom] device pixels that all rows may take together
 * @param {object} [how]
 * @param {number} [how.wide] device pixels that the longest name of a layer takes
 * @param {number} [how.head] lines above the columns
 * @param {boolean} [how.smooth] whether pixels run into each other, and need not be whole device pixels
 * @returns {Grid}
 */
export function gridOf(picture, room, ratio, headroom = Infinity, how = {}) {
  const { layers, columns } = picture;
  const { wide = 0, head = namesOf(namingOf(layers), columns) === "columns" ? 1 : 0 } = how;
  const smooth = (how.smooth ?? false) && isCoarse(picture);
  const count = Math.max(1, ...layers.map(({ shape }) => shape[0]));
  const gridWith = (/** @type {number} */ across) =>
    gridIn(picture, across, [room, headroom], ratio, { wide, head, smooth });
  // Towers of several things stand side by side, where that makes them larger.
  const times = Math.ceil(count / (columns || 1));
  if (columns) {
    const [one, all] = [gridWith(columns), gridWith(columns * times)];
    return isTower(picture) && all.cell > one.cell ? all : one;
  }
  if (headroom === Infinity) return gridWith(Math.ceil(Math.sqrt(count * 1.6)));
  // As large as the box allows, and of those as square as can be.
  const longest = (/** @type {Grid} */ { width, height }) => Math.max(width, height);
  let best = gridWith(1);
  for (let across = 2; across <= count; across++) {
    const grid = gridWith(across);
    if (grid.cell > best.cell || (grid.cell === best.cell && longest(grid) < longest(best))) best = grid;
  }
  return best;
}

/**
 * The same with so many columns.
 * @param {Picture} picture
 * @param {number} columns
 * @param {[number, number]} box
 * @param {number} ratio
 * @param {{ wide: number, head: number, smooth: boolean }} how
 * @returns {Grid}
 */
function gridIn(picture, columns, [room, headroom], ratio, { wide, head: lines, smooth }) {
  const { layers } = picture;
  const tower = isTower(picture);
  const gap = Math.round(2 * ratio);
  // What has a frame needs room for it at all four sides.
  const frame = isFramed(picture) ? gap : 0;
  /** @type {{ layer: number, first: number, h: number, w: number }[]} */
  const order = [];
  const most = Math.max(1, ...layers.map(({ shape }) => shape[0]));
  // Those with fewer images stand above the others, which take turns.
  for (const few of tower ? [false] : [true, false])
    for (let row = 0; row * columns < most; row++)
      layers.forEach(({ shape: [count, h, w] }, layer) => {
        if (!tower && few !== count < most) return;
        // One with fewer images ends with a whole row, if it has one.
        const end = count < most && count > columns ? count - (count % columns) : count;
        if (row * columns < end) order.push({ layer, first: row * columns, h, w });
      });
  const named = namesOf(namingOf(layers), columns);
  const left = wide || (layers.length > 1 ? 6 : named === "rows" ? 16 : 0) * ratio;
  const edge = Math.max(frame, Math.round(left));
  const head = frame + Math.round(lines * (TEXT + 5) * ratio);
  // Between layers of units there is an arrow, between their towers a gap; between layers that have names, too.
  const before = (/** @type {number} */ i) => {
    if (i === 0) return head;
    if (tower) return Math.round((order[i].layer > 0 ? ARROW : ARROW / 2) * ratio);
    return wide && order[i].layer !== order[i - 1].layer ? 4 * gap : gap;
  };
  const between = order.reduce((sum, _, i) => sum + before(i), 0);
  const high = order.reduce((sum, { h, w }) => sum + h / w, 0);
  const group = tower && picture.columns < columns ? picture.columns : columns;
  const apart = Math.round(ARROW * ratio);
  const beside = apart * (columns / group - 1);
  const across = (room - edge - frame - gap * (columns - 1) - beside) / columns;
  const free = headroom - between - frame;
  const width = Math.floor(Math.min(across, free / high, (tower ? LARGEST_TOWER : LARGEST_CSS) * ratio));
  // Units may be up to twice as high as wide, where that fills the room, but a layer no higher than wide.
  const more = order.map(({ layer, h, w }) =>
    isUnits(layers[layer], tower) ? Math.min(h, Math.max(0, w - h)) / w : 0,
  );
  const spare = headroom === Infinity ? 0 : (free - high * width) / (width * more.reduce((a, b) => a + b, 0) || 1);
  const stretch = Math.max(0, Math.min(1, spare));
  let [y, cell] = [0, 0];
  const rows = order.map(({ layer, first, h, w }, i) => {
    // If not even one device pixel fits, pixels get a fractional size.
    const whole = width >= w && !(smooth && !isUnits(layers[layer], tower));
    const scale = whole ? Math.floor(width / w) : Math.max(width, 1) / w;
    y += before(i);
    const tall = scale + (stretch * more[i] * width) / h;
    const row = { layer, first, y: Math.round(y), height: Math.round(h * (whole ? Math.floor(tall) : tall)), scale };
    y += row.height;
    cell = Math.max(cell, w * scale + gap);
    return row;
  });
  return {
    columns,
    count: layers[0]?.shape[0] ?? 1,
    rows,
    cell,
    gap,
    edge,
    group,
    apart,
    width: Math.max(1, Math.round(edge + columns * cell - gap + beside + frame)),
    height: Math.max(1, Math.round(y + frame)),
  };
}

/** Whether its labels are of single units of it: how they have changed. @param {Layer} layer */
export const isMarked = ({ data, labels }) => labels.length === data.length;
/** How many numbers of an image have changed, of how many, and how much in all: all layers of it. @param {Layer[]} layers @param {number} image */
export function changesOf(layers, image) {
  const own = layers
    .filter(isMarked)
    .flatMap(({ labels, shape: [, h, w] }) => Array.from(labels.slice(image * h * w, (image + 1) * h * w)));
  const sum = own.reduce((total, label) => total + (label > 100 ? label - 100 : label) / 100, 0);
  return { changed: own.filter((label) => label > 0).length, all: own.length, sum: sum.toFixed(1) };
}

/** The layer whose labels are names, if there is one. @param {Layer[]} layers */
export const namingOf = (layers) => layers.find((layer) => layer.labels.length && !isMarked(layer));

/** What the labels of a layer name: the rows of its grid, one for each, or else its columns. @param {Layer|undefined} layer @param {number} columns */
export function namesOf(layer, columns) {
  if (!layer?.labels.length) return "";
  return layer.labels.length === Math.ceil(layer.shape[0] / columns) ? "rows" : "columns";
}

/**
 * Where an image of the first layer stands, with those of the other layers below it.
 * @param {Grid} grid
 * @param {number} index
 */
export function placeOf({ columns, rows, cell, gap, edge }, index) {
  const at = rows.findIndex(({ layer, first }) => layer === 0 && index < first + columns);
  let last = at;
  while (rows[last + 1]?.layer > 0) last++;
  const { y } = rows[at];
  const x = Math.round(edge + (index % columns) * cell);
  return { x, y, width: Math.round(cell - gap), height: rows[last].y + rows[last].height - y };
}

/**
 * The image under a point of the canvas.
 * @param {Grid} grid
 * @param {number} x device pixels
 * @param {number} y
 * @returns {number} its index, or -1
 */
export function imageAt({ columns, count, rows, cell, edge }, x, y) {
  const column = Math.floor((x - edge) / cell);
  const row = rows.findLast((each) => each.y <= y);
  const index = (row?.first ?? 0) + column;
  return row && column >= 0 && column < columns && index < count ? index : -1;
}
