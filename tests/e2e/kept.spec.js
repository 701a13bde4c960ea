// What a file of weights says of the data, without a page. The command's tests have the same data and hashes
// (crate/models/src/kept.rs).

import { about, compare, given, tensors } from "../../www/kept.js";
import { expect, test } from "./site.js";

const CARD = /** @type {any} */ ({
  id: "energy",
  actions: [
    { id: "brush", kind: "brush", view: "samples" },
    { id: "clear", kind: "clear", view: "samples" },
  ],
});
const POINTS = { points: Float32Array.of(1, -2.5), shape: [1, 2] };
const CLASSED = { ...POINTS, labels: Uint32Array.of(1) };
const IMAGES = { images: Float32Array.of(0, 0.5, 1, 0.25), shape: [1, 2, 2], labels: Uint32Array.of(7) };
const TEXT = { text: "Ärger, 🐍\n" };

test("data come back from a file as they were, and are hashed as the command does", () => {
  for (const [data, hash] of /** @type {[any, string][]} */ ([
    [POINTS, "787d66f8"],
    [CLASSED, "a66919fb"],
    [IMAGES, "7cd3b41f"],
    [TEXT, "6ceb9762"],
  ])) {
    const here = about(CARD, data, [], {}, undefined);
    expect(here.data_hash).toBe(hash);
    const back = given(tensors(CARD, data, [])).data;
    expect(about(CARD, back, [], {}, undefined)).toEqual(here);
    if (data.labels) expect(back?.labels).toEqual(data.labels);
  }
});

test("what was painted comes back as one stroke", () => {
  const strokes = [[1, 2], [3, 4, 5, 6]].map((points) => ({ id: "brush", payload: { points: Float32Array.from(points) } })); // prettier-ignore
  const file = tensors(CARD, undefined, strokes);
  expect(file.map(({ name }) => name)).toEqual(["painted.brush"]);
  expect([...(given(file).inputs[0].payload.points ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(about(CARD, undefined, strokes, { data: "drawn" }, undefined).data_shape).toBe("3, 2");
});

test("more than a megabyte is left out, and then asked for", () => {
  const many = { images: new Float32Array(16_385 * 64), shape: [16_385, 8, 8] };
  expect(tensors(CARD, many, [])).toEqual([]);
  const [file, none] = [about(CARD, many, [], {}, undefined), about(CARD, undefined, [], {}, undefined)];
  expect(() => compare(file, none)).toThrow("16,385 images of 8 × 8 pixels of your own");
  expect(compare(file, file)).toBeUndefined();
  expect(compare(none, file)).toContain("a set of the exhibit's own");
  expect(() => compare({ ...none, alphabet: "abc" }, { ...none, alphabet: "abd" })).toThrow('lacks "c"');
  expect(compare({}, file)).toBeUndefined();
});
