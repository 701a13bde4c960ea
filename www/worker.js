// The module worker: picks the wasm modules that this browser can run, and serves.

import { serve } from "./engine/serve.js";
import { chooseBuild, loadEngine, loadWasm } from "./load.js";

serve(/** @type {any} */ (self), (base, wanted) => {
  const build = chooseBuild(wanted);
  return {
    build,
    engine: (backend) => loadEngine(base, backend, build),
    chapter: (name) => loadWasm(base, `chapter/${name}`),
    files: () => loadWasm(base, "files"),
  };
});
