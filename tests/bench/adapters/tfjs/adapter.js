// TensorFlow.js. Each backend has an entry of its own, so that no other is bundled with it.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { TASKS, batch, parameters } from "../../tasks.mjs";
import { conv_ddpm28, ddpm2d } from "./diffusion.js";
import { gan2d, gan2d_lab } from "./gan.js";
import { gpt_char } from "./gpt.js";
import { rbm, vae_mlp } from "./images.js";

const matmul = (_task, _variables, { a, b }) => () => tf.matMul(a, b);
const BUILDERS = { gan2d_lab, gan2d, vae_mlp, rbm, ddpm2d, gpt_char, conv_ddpm28, matmul256: matmul, matmul1024: matmul };

let trainStep, loss;

const tensor = ({ shape, data }) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");

export default {
  async init(task, backend) {
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} backend here`);
    const variables = Object.fromEntries(parameters(task).map((p) => [p.name, tf.variable(tensor(p), true, p.name)]));
    const data = Object.fromEntries(Object.entries(batch(task)).map(([name, values]) => [name, tensor(values)]));
    trainStep = BUILDERS[task](TASKS[task], variables, data);
  },
  async step(n) {
    for (let i = 0; i < n; i++) {
      loss?.dispose();
      loss = tf.tidy(trainStep);
    }
    const first = tf.tidy(() => tf.slice(tf.reshape(loss, [-1]), 0, 1));
    const [value] = await first.data();
    first.dispose();
    return value;
  },
  info: () => ({ description: tf.getBackend() }),
};
