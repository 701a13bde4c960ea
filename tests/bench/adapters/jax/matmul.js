// A matrix product.
import { numpy as np } from "@jax-js/jax";

export const matmul = () => ({ state: [], trainStep: (state, { a, b }) => [state, np.matmul(a, b)] });
