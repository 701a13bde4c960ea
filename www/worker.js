// The module worker: picks the wasm modules that this browser can run, and serves.

import { serve } from "./engine/serve.js";
import { chooseBuild, loadWasm } from "./load.js";

serve(/** @type {any} */ (self), (base, wanted) => {
  const build = chooseBuild(wanted);
  return { build, load: (backend, part) => loadWasm(base, `${part}/${backend === "webgpu" ? "gpu" : build}`) };
});
