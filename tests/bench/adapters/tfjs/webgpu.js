import "@tensorflow/tfjs-backend-webgpu";

export { default } from "./adapter.js";
