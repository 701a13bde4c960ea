// The division of the exhibits' module: `node --test tests/structure/split.test.mjs`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { divide } from "../../www/tools/split/divide.mjs";
import { write } from "../../www/tools/split/write.mjs";

/** @typedef {import("../../www/tools/split/linked.mjs").Node} Node */

/** @param {string} name @param {number} [size] @returns {Node} */
const node = (name, size = 1) => ({ name, at: 0, size, constant: true, to: new Set() });

/** Numbers from 0 to 1 that are the same each time. @param {number} state */
const random = (state) => () => (state = (state * 48271) % 2147483647) / 2147483647;

test("whatever refers to whatever, what an exhibit needs is in the main module and its own parts", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const pick = (/** @type {Node[]} */ from) => from[Math.floor(next() * from.length)];
    const nodes = Array.from({ length: 40 }, (_, i) => node(`n${i}`, 1 + Math.floor(next() * 9)));
    for (let edges = Math.floor(next() * 90); edges > 0; edges--) pick(nodes).to.add(pick(nodes));
    const start = node("start");
    const entrances = new Map(["a", "b", "c", "d", "e"].map((id) => [id, node(id)]));
    for (const entrance of entrances.values()) {
      start.to.add(entrance);
      for (let i = 0; i < 3; i++) entrance.to.add(pick(nodes));
    }
    if (seed % 3 === 0) start.to.add(pick(nodes));

    const { part, needs } = divide([start], entrances, 6);
    const entered = new Set(entrances.values());
    for (const from of reached([start]))
      for (const to of from.to) {
        const [home, there] = [part.get(from), part.get(to)];
        if (!there || (from === start && entered.has(to))) continue;
        assert(home, `${seed}: the main module refers to ${to.name} of ${there}`);
        // Wherever the one is, the other is there before it.
        for (const [id, parts] of Object.entries(needs))
          if (parts.includes(home))
            assert(
              parts.includes(there) && parts.indexOf(there) <= parts.indexOf(home),
              `${seed}: ${id} lacks ${to.name}`,
            );
      }
    for (const [id, entrance] of entrances)
      assert(needs[id].includes(part.get(entrance) ?? ""), `${id} is not entered`);
  }
});

/** @param {Node[]} from */
function reached(from) {
  const found = new Set(from);
  for (const node of found) for (const next of node.to) found.add(next);
  return found;
}

test("what only one exhibit reaches is its own; what two share is worth a part, or in the main module", () => {
  for (const [worth, expected] of /** @type {const} */ ([
    [5, "shared-1"],
    [50, undefined],
  ])) {
    const [start, a, b, own, both, all] = ["start", "a", "b", "own", "both", "all"].map((name) => node(name, 10));
    start.to.add(a).add(b).add(all);
    a.to.add(own).add(both).add(all);
    b.to.add(both);
    const entrances = new Map([
      ["a", a],
      ["b", b],
    ]);
    const { part, needs } = divide([start], entrances, worth);
    assert.equal(part.get(own), "a");
    assert.equal(part.get(both), expected);
    assert.equal(part.get(all), undefined);
    assert.deepEqual(needs.a, expected ? [expected, "a"] : ["a"]);
  }
});

const TEXT = `(module
 (type $0 (func (param i32) (result i32)))
 (global $__stack_pointer (mut i32) (i32.const 1048576))
 (global $other (mut i32) (i32.const 0))
 (memory $0 1)
 (table $0 4 4 funcref)
 (elem $0 (table $0) (i32.const 1) func $main $own $own2)
 (export "memory" (memory $0))
 (func $main (param $0 i32) (result i32)
  (local.get $0)
 )
 (func $own (param $0 i32) (result i32)
  (call $main
   (global.get $__stack_pointer)
  )
 )
 (func $own2 (param $0 i32) (result i32)
  (call $own
   (local.get $0)
  )
 )
)
`;

test("functions, their places in the table, and data go where they belong", () => {
  const [own, own2] = [node("own"), node("own2")];
  const data = [
    { ...node(""), at: 16, size: 2 },
    { ...node(""), at: 20, size: 1 },
  ];
  const memory = [{ address: 16, at: 0, bytes: Uint8Array.of(1, 2, 0, 0, 3) }];
  const part = new Map([own, own2, data[1]].map((of) => [of, "x"]));
  const texts = write(TEXT, part, () => new Set(), { data, memory }, "v1");
  const [main, x] = ["", "x"].map((name) => texts.get(name) ?? "");
  assert.match(main, /\(data \(i32.const 16\) "\\01\\02"\)/);
  assert.match(x, /\(data \(i32.const 20\) "\\03"\)/);
  assert.match(main, /\(elem \(table \$0\) \(i32.const 1\) func \$main\)/);
  assert.match(x, /\(elem \(table \$0\) \(i32.const 2\) func \$own \$own2\)/);
  assert.match(main, /\(export "0" \(func \$main\)\)/);
  assert.match(x, /\(import "" "0" \(func \$main \(param i32\) \(result i32\)\)\)/);
  assert.match(x, /\(import "" "v1" \(table \$0 1 funcref\)\)/);
  assert(!main.includes("(func $own") && !x.includes("(func $main (param $0"));
});

test("a part that needs what only the main module has is refused", () => {
  const linked = { data: [], memory: [] };
  const none = () => /** @type {Set<string>} */ (new Set());
  const parted = new Map([
    [node("main"), "x"],
    [node("own"), "y"],
  ]);
  assert.throws(() => write(TEXT, parted, none, linked, "v"), /own2/);
  const global = TEXT.replace("$__stack_pointer\n", "$other\n").replace(
    "global.get $__stack_pointer",
    "global.get $other",
  );
  assert.throws(
    () =>
      write(
        global,
        new Map([
          [node("own"), "x"],
          [node("own2"), "x"],
        ]),
        none,
        linked,
        "v",
      ),
    /\$own/,
  );
});

test("a part may have copies of what it calls; they are its own", () => {
  const part = new Map([node("own"), node("own2")].map((of) => [of, "x"]));
  const x = write(TEXT, part, () => new Set(["main"]), { data: [], memory: [] }, "v").get("x") ?? "";
  assert(x.includes("(func $main (param $0 i32)") && !x.includes('(import "" "0"'));
});
