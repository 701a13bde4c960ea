// The CPU's engine: a plain wasm module (crate/engine/src/cpu.rs) whose exports take offsets into its own
// memory.

/**
 * @typedef {import("../protocol.js").Engine} Engine
 *
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(bytes: number) => number} mail  room for so many bytes
 * @property {(bytes: number) => number} load  where the answer is: its length, then itself, in words
 * @property {(handle: number, pairs: number, times: number) => void} run
 * @property {(handle: number, entry: number, index: number, times: number) => void} kernel
 * @property {(handle: number, arena: number, offset: number, length: number) => number} at
 * @property {(handle: number) => number} finite
 * @property {(handle: number) => void} free
 */

/** What 32-bit wasm can address. */
const LIMIT = 2 ** 32;

const utf8 = new TextDecoder();

/**
 * Starts the module.
 * @param {Promise<Response>} file
 * @returns {Promise<Engine>}
 */
export async function startCpu(file) {
  /** @type {Exports} */
  let wasm;
  const bytesAt = (/** @type {number} */ at, /** @type {number} */ length) =>
    new Uint8Array(wasm.memory.buffer, at, length);
  const wordsAt = (/** @type {number} */ at, /** @type {number} */ length) =>
    new Uint32Array(wasm.memory.buffer, at, length);
  /** A panic is a mistake of ours: a trap follows. @param {number} at @param {number} length @param {number} line */
  const panicked = (at, length, line) =>
    console.error(`The engine panicked at ${utf8.decode(bytesAt(at, length))}:${line}`);
  const { instance } = await WebAssembly.instantiateStreaming(file, { page: { panicked } });
  wasm = /** @type {any} */ (instance.exports);
  // The memory may grow, and so move, in `mail` and `load`: views are made after them.
  return {
    load(program) {
      const room = wasm.mail(program.length);
      bytesAt(room, program.length).set(program);
      const at = wasm.load(program.length);
      const [length] = wordsAt(at, 1);
      const answer = wordsAt(at + 4, length).slice();
      if (length > 1) return answer;
      const [needed] = answer;
      if (!needed) throw Object.assign(new Error("it does not know such programs"), { code: "no-device" });
      throw Object.assign(new Error("out of memory"), { code: "out-of-memory", needed, limit: LIMIT });
    },
    run(handle, schedule, times) {
      const room = wasm.mail(4 * schedule.length);
      wordsAt(room, schedule.length).set(schedule);
      wasm.run(handle, schedule.length / 2, times);
    },
    kernel: (handle, entry, index, times) => wasm.kernel(handle, entry, index, times),
    write(handle, arena, offset, words) {
      const at = wasm.at(handle, arena, offset, words.length);
      wordsAt(at, words.length).set(words);
    },
    read: (handle, arena, offset, length) => wordsAt(wasm.at(handle, arena, offset, length), length),
    finite: (handle) => wasm.finite(handle),
    free: (handle) => wasm.free(handle),
  };
}
