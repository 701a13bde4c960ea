// SIMD, one thread.
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

setWasmPaths("/tests/bench/node_modules/@tensorflow/tfjs-backend-wasm/dist/");

export { default } from "./adapter.js";
