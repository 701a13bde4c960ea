// The table, on the terminal and in docs/benchmarks.md.

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const digits = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));

/** One row of each task: CPU and wall milliseconds a step of everyone, and our lead. */
export function table(results, contestants) {
  const head = ["task", ...contestants.map(({ words }) => `${words}: CPU ms (wall)`), "best peer ÷ Tilde", "Tilde's first step, ms"];
  const rows = results.map(({ task, contests }) => {
    const cpu = contests.map(({ windows }) => median(windows.map((w) => w.cpu)));
    const wall = contests.map(({ windows }) => median(windows.map((w) => w.wall)));
    const [ours, ...peers] = cpu;
    return [
      `\`${task}\``,
      ...cpu.map((ms, i) => `${digits(ms)} (${digits(wall[i])})`),
      peers.length ? `**${digits(Math.min(...peers) / ours)}**` : "–",
      digits(contests[0].firstStepMs),
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
