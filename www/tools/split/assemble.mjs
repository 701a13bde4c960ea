// Makes modules of their texts.

import binaryen from "binaryen";

/** What every browser with SIMD has (build.sh). */
const { SIMD128, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt, ReferenceTypes, Multivalue } =
  binaryen.Features;
const FEATURES =
  SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt | ReferenceTypes | Multivalue;

/**
 * A module from its text, with its functions' names and bare.
 * @param {string} text @param {boolean} fast  whether what it computes should be fast rather than small
 */
export function assemble(text, fast) {
  const module = binaryen.parseText(text);
  module.setFeatures(FEATURES);
  if (fast) {
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    binaryen.setLowMemoryUnused(true);
    module.optimize();
  }
  // A function that all who call it have copies of is at home for nobody.
  module.runPasses(["remove-unused-module-elements", "reorder-functions-by-name"]);
  const [named, bare] = [true, false].map((names) => {
    binaryen.setDebugInfo(names);
    return module.emitBinary();
  });
  module.dispose();
  return { named, bare };
}
