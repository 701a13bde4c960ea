// Loaded before the page's other scripts and kept small, so that the engine compiles while they load.

import { theEngine } from "./ui/engine.js";

theEngine().catch(() => {}); // the exhibit says what went wrong
