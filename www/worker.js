// The module worker: picks the wasm build that this browser can run, and serves.

import { serve } from "./engine/serve.js";
import { chooseBuild, loadWasm } from "./load.js";

serve(/** @type {any} */ (self), async (base, wanted) => {
  const build = chooseBuild(wanted);
  return { wasm: await loadWasm(base, build), build };
});
