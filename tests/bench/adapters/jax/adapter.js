// jax-js on its wasm or its WebGPU backend. The whole training step (draws, forward, backward,
// optimiser) is one jit, its best case. Its arrays are used up by the call they are passed to:
// `.ref` and `tree.ref` keep one for another use.
import { blockUntilReady, defaultDevice, init, numpy as np, tree } from "@jax-js/jax";
import { TASKS, batch, parameters } from "../../tasks.mjs";
import { conv_ddpm28, ddpm2d } from "./diffusion.js";
import { gan2d, gan2d_lab } from "./gan.js";
import { gpt_char } from "./gpt.js";
import { rbm, vae_mlp } from "./images.js";
import { matmul } from "./matmul.js";

const BUILDERS = { gan2d_lab, gan2d, vae_mlp, rbm, ddpm2d, gpt_char, conv_ddpm28, matmul256: matmul, matmul1024: matmul };

let trainStep, state, data, loss;

const array = ({ shape, data }) => np.array(data, data instanceof Int32Array ? { dtype: np.int32 } : {}).reshape(shape);

export default {
  async init(task, backend) {
    if (!(await init(backend)).includes(backend)) throw new Error(`jax-js has no ${backend} backend here`);
    defaultDevice(backend);
    const initial = Object.fromEntries(parameters(task).map((parameter) => [parameter.name, array(parameter)]));
    data = Object.fromEntries(Object.entries(batch(task)).map(([name, values]) => [name, array(values)]));
    ({ state, trainStep, data = data } = BUILDERS[task](TASKS[task], initial, data, backend));
    await blockUntilReady([state, data]);
  },
  async step(n) {
    for (let i = 0; i < n; i++) {
      loss?.dispose();
      [state, loss] = trainStep(state, tree.ref(data));
      // Steps that nobody waits for pile up inside each array and make later ones slower, and a
      // product that nobody waits for is not computed.
      const leaves = tree.leaves(state);
      if (!leaves.length) await loss.blockUntilReady();
      else if (i % 2 || i === n - 1) await leaves[0].blockUntilReady();
    }
    return (await loss.ref.slice(...loss.shape.map(() => 0)).data())[0];
  },
  info: () => ({ description: defaultDevice() }),
};
