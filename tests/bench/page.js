// Runs in the browser: `?module=` is the contestant, `?task=` and `?backend=` what it shall do.
const query = new URLSearchParams(location.search);
const { default: contestant } = await import(query.get("module"));

globalThis.bench = {
  /** Sets up and trains one step; milliseconds since navigation. */
  async start() {
    await contestant.init(query.get("task"), query.get("backend"));
    await contestant.step(1);
    return performance.now();
  },
  /** Trains `n` steps to their end: milliseconds and the last loss. */
  async steps(n) {
    const start = performance.now();
    const loss = await contestant.step(n);
    return { ms: performance.now() - start, loss };
  },
};
