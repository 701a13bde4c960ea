import "@tensorflow/tfjs-backend-webgl";

export { default } from "./adapter.js";
