// Which backend runs an exhibit, when the user leaves it to us.

/** @typedef {import("../protocol.js").WebRun} WebRun */

const PROBE_STEPS = 4;

/** @param {WebRun} run @returns {Promise<number>} milliseconds for a few steps, warm */
async function time(run) {
  await run.train(1); // compiles shaders, fills caches
  const start = performance.now();
  await run.train(PROBE_STEPS);
  await run.metrics(false); // a real read-back: until then a GPU may only have queued the work
  return performance.now() - start;
}

/**
 * Opens on the faster backend. A software adapter is never tried: it is many times slower than the
 * CPU backend. Where both are real, both run a few steps of this very exhibit.
 * @param {(backend: import("../protocol.js").BackendName) => Promise<WebRun>} open
 * @param {import("../protocol.js").Gpu} gpu
 * @param {number} seed
 * @returns {Promise<{ run: WebRun, why: string }>} the run, and the key of the words that say why
 */
export async function openFastest(open, gpu, seed) {
  const cpu = await open("cpu");
  if (!gpu.available) return { run: cpu, why: "no-webgpu" };
  if (gpu.software) return { run: cpu, why: "software-gpu" };
  let other;
  try {
    other = await open("webgpu");
    const [onCpu, onGpu] = [await time(cpu), await time(other)];
    const [run, slow, why] = onGpu < onCpu ? [other, cpu, "gpu-faster"] : [cpu, other, "cpu-faster"];
    slow.free();
    await run.reset(seed); // the probe must leave no trace in a run that is a function of its seed
    return { run, why };
  } catch {
    other?.free();
    await cpu.reset(seed);
    return { run: cpu, why: "gpu-failed" };
  }
}
