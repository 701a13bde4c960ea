// What a picture shows, in words: for whoever cannot see it.

import { seen } from "../views/text.js";
import { number, whole } from "./format.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {import("./words.js").Words} Words
 * @typedef {{ ui: Words, own: Words }} Both
 */

/** Cells of the grid that clusters are found on, along each axis. */
const CELLS = 32;
/** A cell belongs to a cluster if it holds this share of what the fullest one holds. */
const DENSE = 0.1;
/** Share of the points that a cluster has at least, and that lies on one that is covered. */
const LEAST = 0.01;
/** More than so many patches are no clusters to be counted. */
const MOST = 30;
/** Points of which there are fewer are named one by one, not as a cloud. */
const CLOUD = 20;

/**
 * The sentence for a picture.
 * @param {Picture} picture
 * @param {Both} words
 * @returns {string}
 */
export function alternative(picture, words) {
  const box = boxOf(picture);
  /** The clusters of the first cloud, which the others are held against. @type {Int16Array|undefined} */
  let clusters;
  const parts = picture.layers.map((layer) => {
    // Among points, bars only mix their colours.
    if (layer.kind === "bars" && picture.layers[0].kind === "points") return "";
    if (layer.kind !== "points" || layer.data.length < 2 * CLOUD || layer.labels.length) return part(layer, box, words);
    const cloud = said(words, "points", layer, { count: whole(layer.data.length / 2) });
    if (clusters) {
      const [covered, of] = [coveredBy(layer, clusters, box), countOf(clusters)];
      return of > 1 ? `${cloud}, ${words.ui.get("alternatives.on", { covered, of })}` : cloud;
    }
    clusters = clustersOf(layer, box);
    const count = countOf(clusters);
    return count > 1 ? `${cloud}, ${words.ui.get("alternatives.clusters", { count })}` : cloud;
  });
  return parts.filter(Boolean).join("; ");
}

/** @param {Both} words @param {string} what @param {Layer} layer @param {Record<string, string|number>} values */
const said = ({ ui, own }, what, { id }, values) =>
  ui.get(`alternatives.${what}`, { name: own.get(`layers.${id}`), ...values });

/** @param {Layer} layer @param {number[]} box @param {Both} words @returns {string} */
function part(layer, box, words) {
  const { kind, data, shape, labels } = layer;
  const say = (/** @type {Record<string, string|number>} */ values, /** @type {string} */ what = kind) =>
    said(words, what, layer, values);
  if (!data.length) return "";
  switch (kind) {
    case "points": {
      const count = whole(data.length / 2);
      if (labels.length > 1) return say({ count, classes: new Set(labels).size }, "classes");
      return data.length === 2 ? say({ x: number(data[0], 3), y: number(data[1], 3) }, "point") : say({ count });
    }
    case "field": {
      const [low, high] = [least(data), most(data)];
      const [rows, columns] = shape;
      const at = data.indexOf(high);
      const where = placeOf(((at % columns) + 0.5) / columns, (Math.floor(at / columns) + 0.5) / rows, words.ui);
      return say({ low: number(low, 3), high: number(high, 3), where });
    }
    case "vectors": {
      const lengths = Float32Array.from({ length: data.length / 4 }, (_, i) =>
        Math.hypot(data[4 * i + 2], data[4 * i + 3]),
      );
      const at = 4 * lengths.indexOf(most(lengths));
      const where = placeOf(...shareOf(data[at], data[at + 1], box), words.ui);
      return say({ count: whole(lengths.length), mean: number(mean(lengths), 3), where });
    }
    case "lines":
      return say({ count: whole(data.length / 4) });
    case "images": {
      const [count, height, width] = shape;
      return say({ count: whole(count), height, width, ink: `${number(100 * mean(data), 2)} %` });
    }
    case "bars": {
      const at = data.indexOf(most(data));
      const place = labels.length ? seen(labels[at]) : whole(at + 1);
      return say({ count: whole(data.length), high: number(data[at], 3), place });
    }
    case "stack":
      return say({ values: [...data].map((value) => number(value, 3)).join(", ") });
    case "curves":
    case "log-curves": {
      const ys = data.filter((_, i) => i % 2 === 1);
      const [x0, x1] = [data[0], data[data.length - 2]].map((x) => number(x, 3));
      const [y0, y1, low, high] = [ys[0], ys[ys.length - 1], least(ys), most(ys)].map((y) => number(y, 3));
      return say({ x0, x1, y0, y1, low, high }, "curves");
    }
    default:
      return "";
  }
}

/** @param {Float32Array} values */
const least = (values) => values.reduce((low, value) => Math.min(low, value), Infinity);
/** @param {Float32Array} values */
const most = (values) => values.reduce((high, value) => Math.max(high, value), -Infinity);
/** @param {Float32Array} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What is shown: the picture's own box, or what its points need. @param {Picture} picture @returns {number[]} */
function boxOf({ extent, layers }) {
  if (extent[1] > extent[0] && extent[3] > extent[2]) return extent;
  const box = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { kind, data } of layers)
    if (kind === "points")
      data.forEach((value, i) => {
        const axis = 2 * (i % 2);
        box[axis] = Math.min(box[axis], value);
        box[axis + 1] = Math.max(box[axis + 1], value);
      });
  return box;
}

/** @param {number} x @param {number} y @param {number[]} box @returns {[number, number]} shares, from the lower left */
const shareOf = (x, y, [x0, x1, y0, y1]) => [(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)];

/** A ninth of a picture, by name. @param {number} x @param {number} y @param {Words} ui */
function placeOf(x, y, ui) {
  const third = (/** @type {number} */ share) => Math.min(2, Math.max(0, Math.floor(3 * share))) || 0;
  return ui.find("alternatives.places")?.[2 - third(y)]?.[third(x)] ?? "";
}

/** The cell of a point, or −1 outside. @param {number} x @param {number} y @param {number[]} box */
function cellOf(x, y, box) {
  const [i, j] = shareOf(x, y, box).map((share) => Math.floor(share * CELLS));
  return i >= 0 && i < CELLS && j >= 0 && j < CELLS ? j * CELLS + i : -1;
}

/** @param {number} cell @returns {number[]} it and those around it */
function around(cell) {
  const [i, j] = [cell % CELLS, Math.floor(cell / CELLS)];
  const cells = [];
  for (let y = Math.max(0, j - 1); y <= Math.min(CELLS - 1, j + 1); y++)
    for (let x = Math.max(0, i - 1); x <= Math.min(CELLS - 1, i + 1); x++) cells.push(y * CELLS + x);
  return cells;
}

/**
 * Patches of dense cells that touch.
 * @param {Layer} layer of points
 * @param {number[]} box
 * @returns {Int16Array} the number of its cluster for each cell, from 1; 0 where there is none
 */
export function clustersOf({ data }, box) {
  const counts = new Float32Array(CELLS * CELLS);
  for (let i = 0; i + 1 < data.length; i += 2) {
    const cell = cellOf(data[i], data[i + 1], box);
    if (cell >= 0) counts[cell]++;
  }
  const floor = DENSE * most(counts);
  const clusters = new Int16Array(counts.length);
  let number = 0;
  for (let start = 0; start < counts.length; start++) {
    if (clusters[start] || !counts[start] || counts[start] < floor) continue;
    number++;
    let held = 0;
    const open = [start];
    clusters[start] = number;
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      held += counts[cell];
      for (const next of around(cell)) {
        if (clusters[next] || !counts[next] || counts[next] < floor) continue;
        clusters[next] = number;
        open.push(next);
      }
    }
    if (held >= (LEAST * data.length) / 2) continue;
    for (let cell = 0; cell < clusters.length; cell++) if (clusters[cell] === number) clusters[cell] = 0;
    number--;
  }
  return clusters;
}

/** @param {Int16Array} clusters @returns {number} 0 where there are too many to be told */
export function countOf(clusters) {
  const count = clusters.reduce((high, cluster) => Math.max(high, cluster), 0);
  return count > MOST ? 0 : count;
}

/**
 * How many clusters some of the points lie on, or just beside.
 * @param {Layer} layer of points
 * @param {Int16Array} clusters
 * @param {number[]} box
 */
export function coveredBy({ data }, clusters, box) {
  /** @type {Map<number, number>} */
  const held = new Map();
  for (let i = 0; i + 1 < data.length; i += 2) {
    const cell = cellOf(data[i], data[i + 1], box);
    if (cell < 0) continue;
    const cluster =
      clusters[cell] ||
      around(cell)
        .map((near) => clusters[near])
        .find(Boolean) ||
      0;
    held.set(cluster, (held.get(cluster) ?? 0) + 1);
  }
  held.delete(0);
  return [...held.values()].filter((count) => count >= (LEAST * data.length) / 2).length;
}
