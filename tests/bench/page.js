// Runs in the browser: `?module=` is the contestant, `?task=` and `?backend=` what it shall do.
const query = new URLSearchParams(location.search);

globalThis.bench = {
  /** Sets up and trains one step: milliseconds since navigation, its loss, and what it runs on. */
  async start() {
    const { default: contestant } = await import(query.get("module"));
    await contestant.init(query.get("task"), query.get("backend"));
    const loss = await contestant.step(1);
    globalThis.contestant = contestant;
    return { ms: performance.now(), loss, description: contestant.info().description };
  },
  /** Trains `n` steps to their end: milliseconds and the last loss. */
  async steps(n) {
    const start = performance.now();
    const loss = await contestant.step(n);
    return { ms: performance.now() - start, loss };
  },
};
