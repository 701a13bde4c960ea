// Assembles a module's parts side by side: whoever edits an exhibit waits for it.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/**
 * @typedef {{ name: string, text: string, fast: boolean }} Given  see assemble.mjs
 * @typedef {{ name: string, named: Uint8Array, bare: Uint8Array }} Made
 */

/**
 * @param {Given[]} given
 * @returns {Promise<Made[]>} in any order
 */
export async function assembleAll(given) {
  // The longest first, so that no thread has one left at the end.
  const open = [...given].sort((a, b) => b.text.length - a.text.length);
  /** @type {Made[]} */
  const made = [];
  const thread = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./assembler.mjs", import.meta.url));
      const next = () => {
        const one = open.shift();
        if (one) worker.postMessage(one);
        else resolve(worker.terminate());
      };
      worker.on("error", reject);
      worker.on("message", (one) => {
        made.push(one);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), given.length) }, thread));
  return made;
}
