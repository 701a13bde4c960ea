// Whether the kernels of the CPU's engine are vectors: node tests/structure/vectors.mjs
// They are inlined and made vectors when the module is linked, at the level of its last crate. Linked for size it has a
// tenth of these instructions, everything still works, and training takes twice as long.

import { readFile } from "node:fs/promises";
import binaryen from "binaryen";

/** Multiplications of vectors that an engine has at least: 181 when it is linked for speed, 19 for size. */
const LEAST = 100;

for (const name of ["simd", "relaxed"]) {
  const module = binaryen.readBinary(await readFile(new URL(`../../pkg/engine/${name}.wasm`, import.meta.url)));
  const found = module.emitText().split("f32x4.mul").length - 1;
  module.dispose();
  console.log(`pkg/engine/${name}.wasm: ${found} multiplications of vectors, at least ${LEAST} wanted`);
  if (found < LEAST) process.exitCode = 1;
}
