// Loaded before the page's other scripts, with as little as can be: the engine compiles meanwhile.

import { theEngine } from "./ui/engine.js";

theEngine().catch(() => {}); // the exhibit says what went wrong
