// Grids of images: how they fill a box, and what stands where in them.

import { measured } from "../../www/ui/format.js";
import { stagesOf } from "../../www/ui/curves.js";
import { patternOf } from "../../www/views/chart.js";
import { changesOf, gridOf, imageAt, isCoarse, isMarked, isNamed, namingOf, placeOf } from "../../www/views/grid.js";
import { Late } from "../../www/views/late.js";
import { heightOfStrips } from "../../www/views/strips.js";
import { expect, test } from "./site.js";

/** A layer of images. @param {number[]} shape @param {string} [role] @param {number[]} [labels] */
const layer = (shape, role = "model", labels = []) => ({ id: "a", kind: "images", role, shape, labels, data: [] });
/** @param {any[]} layers @param {number} [columns] @returns {any} */
const picture = (layers, columns = 0) => ({ layers, columns, extent: [0, 0, 0, 0], range: [0, 0.5, 1] });

test("images are as large as their box allows", () => {
  const hundred = picture([layer([100, 8, 8])]);
  for (const [width, height] of [
    [300, 480],
    [480, 300],
    [400, 400],
  ]) {
    const grid = gridOf(hundred, width, 1, height);
    expect(grid.width).toBeLessThanOrEqual(width);
    expect(grid.height).toBeLessThanOrEqual(height);
    // No other number of columns has larger images.
    for (let columns = 1; columns <= 100; columns++)
      expect(gridOf({ ...hundred, columns }, width, 1, height).cell).toBeLessThanOrEqual(grid.cell);
    // Smooth ones need not be whole pixels of the screen.
    expect(gridOf(hundred, width, 1, height, { smooth: true }).cell).toBeGreaterThanOrEqual(grid.cell);
  }
});

test("a layer with fewer images has fewer rows, and its name beside it", () => {
  const both = picture([layer([6, 8, 8], "data"), layer([36, 8, 8])], 6);
  expect(isNamed(both)).toBe(true);
  expect(isNamed(picture([layer([6, 8, 8]), layer([6, 8, 8])]))).toBe(false);
  const { rows, edge } = gridOf(both, 500, 1, 500, { wide: 60 });
  expect(rows.map((row) => row.layer)).toEqual([0, 1, 1, 1, 1, 1, 1]);
  expect(rows.map((row) => row.first)).toEqual([0, 0, 6, 12, 18, 24, 30]);
  expect(edge).toBe(60);
  // It ends with a whole row, where it has one.
  const nine = { ...both, layers: [layer([9, 8, 8], "data"), layer([36, 8, 8])] };
  expect(gridOf(nine, 500, 1, 500, { wide: 60 }).rows.filter((row) => row.layer === 0)).toHaveLength(1);
  expect(gridOf({ ...nine, columns: 0 }, 1100, 1, 640, { wide: 60 }).columns).toBe(9);
  // All its rows stand above those of the other.
  const narrow = gridOf({ ...nine, columns: 4 }, 300, 1, 640, { wide: 60 }).rows.map((row) => row.layer);
  expect(narrow).toEqual([0, 0, ...Array(9).fill(1)]);
  for (let i = 1; i < 7; i++) expect(rows[i].y).toBeGreaterThanOrEqual(rows[i - 1].y + rows[i - 1].height);
});

test("labels name columns, or mark units where there are as many", () => {
  const marked = { ...layer([4, 1, 2], "other", [0, 0, 1, 0, 0, 1, 0, 0]), data: Array(8).fill(0.5) };
  const named = layer([4, 8, 8], "data", [0, 1, 2, 24]);
  expect([marked, named].map((each) => isMarked(/** @type {any} */ (each)))).toEqual([true, false]);
  expect(namingOf(/** @type {any} */ ([marked, named]))).toBe(named);
  // Names of the columns are above all layers, whichever they belong to.
  const grid = gridOf(picture([marked, named], 4), 500, 1, 500, { wide: 60 });
  expect(grid.rows[0].y).toBeGreaterThan(10);
});

test("images below curves leave more than half of the height to them, and are not what is smoothed", () => {
  const strip = (/** @type {number[]} */ shape) => /** @type {any} */ (layer(shape));
  expect(heightOfStrips([], [400, 300], 1)).toBe(0);
  expect(heightOfStrips([strip([9, 12, 20])], [400, 300], 1)).toBeCloseTo((400 / 9 - 4) * 0.6 + 4);
  expect(heightOfStrips([strip([9, 28, 28]), strip([9, 28, 28])], [800, 200], 1)).toBeLessThan(100);
  const curve = { ...layer([2, 2]), kind: "curves" };
  expect(isCoarse(picture([curve, layer([9, 8, 8])]))).toBe(false);
  expect(isCoarse(picture([layer([9, 8, 8])]))).toBe(true);
});

test("layers of units stand one above the other, with room for arrows", () => {
  const units = [
    layer([12, 2, 4], "other", [0, 1, 2, 4, 8, 24]),
    layer([12, 3, 4], "other"),
    layer([12, 8, 8], "data"),
  ];
  const grid = gridOf(picture(units, 6), 500, 2, 800, { wide: 80 });
  expect(grid.rows.map((row) => row.layer)).toEqual([0, 1, 2, 0, 1, 2]);
  expect(grid.height).toBeLessThanOrEqual(800);
  for (const at of [1, 2])
    expect(grid.rows[at].y - grid.rows[at - 1].y - grid.rows[at - 1].height).toBeGreaterThanOrEqual(30);
  // Where there is more room aside than below, the two stand side by side.
  const aside = gridOf(picture(units, 6), 1400, 2, 500, { wide: 80 });
  expect(aside.columns).toBe(12);
  expect(aside.rows.map((row) => row.layer)).toEqual([0, 1, 2]);
  expect(aside.width).toBeLessThanOrEqual(1400);
  // All are as wide as the column, but for what is left of whole pixels.
  for (const { layer: which, scale } of grid.rows)
    expect(grid.cell - grid.gap - units[which].shape[2] * scale).toBeLessThan(units[which].shape[2]);
});

test("units fill the height that is left, no higher than wide, and frames are whole", () => {
  const tower = picture([layer([4, 2, 4], "other"), layer([4, 8, 8], "data")], 4);
  const [low, high] = [260, 600].map((headroom) => gridOf(tower, 480, 1, headroom, { wide: 60 }));
  for (const [grid, headroom] of /** @type {const} */ ([
    [low, 260],
    [high, 600],
  ])) {
    expect(grid.height).toBeLessThanOrEqual(headroom);
    expect(grid.width).toBeLessThanOrEqual(480);
    // The last image with the line around it ends within the canvas.
    expect(grid.edge + grid.columns * grid.cell).toBeLessThanOrEqual(grid.width);
    expect(grid.rows[0].y).toBeGreaterThanOrEqual(grid.gap);
  }
  expect(high.rows[0].height).toBe(4 * high.rows[0].scale);
  const weights = { ...picture([layer([9, 8, 8])], 3), range: [-1, 0, 1] };
  const grid = gridOf(weights, 300, 1, 300);
  expect([grid.edge, grid.rows[0].y]).toEqual([grid.gap, grid.gap]);
  expect(grid.edge + 3 * grid.cell).toBeLessThanOrEqual(grid.width);
});

test("what has changed is counted for each image, over all layers", () => {
  const marked = { ...layer([2, 1, 2], "other", [0, 0, 30, 120]), data: Array(4).fill(0.5) };
  const named = layer([2, 8, 8], "data", [0, 24]);
  const changes = [0, 1].map((image) => changesOf(/** @type {any} */ ([marked, named]), image));
  expect(changes).toEqual([
    { changed: 0, all: 2, sum: "0.0" },
    { changed: 2, all: 2, sum: "0.5" },
  ]);
});

test("what is picked is what is under the hand", () => {
  for (const [of, columns] of /** @type {[any[], number][]} */ ([
    [[layer([100, 8, 8])], 10],
    [[layer([24, 8, 8], "data"), layer([24, 8, 8])], 8],
    [[layer([10, 8, 8], "model", [0, 1])], 5],
  ])) {
    const grid = gridOf(picture(of, columns), 640, 1, 640);
    for (let index = 0; index < of[0].shape[0]; index++) {
      const { x, y, width, height } = placeOf(grid, index);
      expect(imageAt(grid, x + width / 2, y + height / 2)).toBe(index);
    }
    expect(imageAt(grid, grid.width + 5, 5)).toBe(-1);
  }
});

test("stages begin where the frames say so", () => {
  expect(stagesOf([1, 2, 3, 4, 5], [1, null, 1, 2, null])).toEqual([{ step: 4, stage: 2 }]);
  expect(stagesOf([1, 2], [null, null])).toEqual([]);
  expect(stagesOf([7, 8], [3, 3])).toEqual([]);
  // A frame comes some steps after the change that it says.
  expect(stagesOf([90, 130], [1, 2], [0, 100])).toEqual([{ step: 100, stage: 2 }]);
});

test("a line of before has the pattern of the one it was, and rounding is no error", () => {
  const line = (/** @type {string} */ role, /** @type {number[]} */ labels = []) => /** @type {any} */ ({ kind: "curves", role, labels, data: [] }); // prettier-ignore
  const lines = [line("model", [1]), line("other", [1]), line("model"), line("model"), line("other")];
  expect(lines.map((each) => patternOf(lines, each))).toEqual([0, 0, 0, 1, 0]);
  expect(measured(1e-8, 1e-9, "nats")).not.toContain("±");
  expect(measured(0.078, 0.017, "nats")).toBe("0.078 ± 0.017");
});

test("what pictures wait for is fetched once, and each of them is drawn again, once", async () => {
  /** @type {Late<{ here: number }>} */
  const late = new Late(new URL("data:text/javascript,export const here = 1"));
  /** @type {string[]} */
  const drawn = [];
  const [first, second] = ["first", "second"].map((name) => () => void drawn.push(name));
  expect([first, second, first].map((again) => late.get(again))).toEqual([undefined, undefined, undefined]);
  await expect.poll(() => drawn).toEqual(["first", "second"]);
  expect(late.get(first)).toMatchObject({ here: 1 });
  expect(drawn).toHaveLength(2);
});
