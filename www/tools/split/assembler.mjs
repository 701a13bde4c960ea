// A thread that assembles what it is sent.

import { parentPort } from "node:worker_threads";
import { assemble } from "./assemble.mjs";

parentPort?.on("message", ({ name, text, fast }) => parentPort?.postMessage({ name, ...assemble(text, fast) }));
