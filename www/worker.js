// The module worker: picks the wasm modules that this browser can run, and serves.

import { serve } from "./engine/serve.js";
import { loaders } from "./load.js";

serve(/** @type {any} */ (self), loaders);
