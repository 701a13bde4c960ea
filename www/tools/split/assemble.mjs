// Makes modules of their texts.

import binaryen from "binaryen";

/** What every browser with SIMD has (build.sh). */
const { SIMD128, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt, ReferenceTypes, Multivalue } =
  binaryen.Features;
const FEATURES =
  SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt | ReferenceTypes | Multivalue;

/** A module from its text, with its functions' names and without. @param {string} text */
export function assemble(text) {
  const module = binaryen.parseText(text);
  module.setFeatures(FEATURES);
  module.runPasses(["reorder-functions-by-name"]);
  const [named, plain] = [true, false].map((names) => {
    binaryen.setDebugInfo(names);
    return module.emitBinary();
  });
  module.dispose();
  return { named, plain };
}
