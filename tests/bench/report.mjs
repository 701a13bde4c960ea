// The tables, on the terminal and in docs/benchmarks.md.

/**
 * The speeds that Tilde is built for, as a peer's CPU time of a step divided by its own:
 * `cpu` beside the best browser peer without a GPU, `gpu` beside jax-js on WebGPU, both on the same
 * software adapter, and `torch`, Tilde in the browser beside native PyTorch on one thread.
 */
const TARGETS = {
  gan2d_lab: { cpu: 4, gpu: 3, torch: 1 },
  gan2d: { cpu: 4, gpu: 3, torch: 1 },
  vae_mlp: { cpu: 2.5, gpu: 1.5 },
  rbm: { cpu: 2, gpu: 1.5 },
  ddpm2d: { cpu: 4.5, gpu: 3, torch: 1 / 1.5 },
  gpt_char: { cpu: 3, gpu: 1.5 },
  conv_ddpm28: { cpu: 10, gpu: 1.5 },
  matmul256: { cpu: 1.6, gpu: 1.5 },
  matmul1024: { gpu: 1.5 },
};

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const digits = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));

/** CPU and wall milliseconds a step; nothing where there are no figures. */
const figures = ({ windows }) => windows.length && { cpu: median(windows.map((w) => w.cpu)), wall: median(windows.map((w) => w.wall)) };

const markdown = (head, rows) => [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The contest of a contestant at a task, if it took part. */
const of = ({ contests }, id) => contests.find(({ contestant }) => contestant.id === id);

/** How much faster `ours` is than the fastest of `peers`, in CPU time, and whether that was the target. */
function lead(ours, peers, target) {
  const mine = ours && figures(ours);
  const theirs = peers.map((peer) => peer && figures(peer)).filter(Boolean);
  if (!mine || !theirs.length) return ["–", target ? `${digits(target)}: not measured` : "–"];
  const ratio = Math.min(...theirs.map(({ cpu }) => cpu)) / mine.cpu;
  return [`**${digits(ratio)}**`, target ? `${digits(target)}: ${ratio >= target ? "met" : "missed"}` : "–"];
}

/** One group's figures: a row for each task, a column for each contestant, then the leads. */
function table(results, group, leads) {
  const members = results[0].contests.map(({ contestant }) => contestant).filter((contestant) => contestant.group === group);
  if (!members.length) return "";
  const rows = results.map((result) => {
    const cells = members.map(({ id }) => {
      const measured = figures(of(result, id));
      return measured ? `${digits(measured.cpu)} (${digits(measured.wall)})` : "–";
    });
    return [`\`${result.task}\``, ...cells, ...leads.flatMap(({ of }) => of(result))];
  });
  const head = ["task", ...members.map(({ words }) => words), ...leads.flatMap(({ words }) => words)];
  return markdown(head, rows);
}

/** Who is without figures and why, and what else must be known of a figure. */
function remarks(results) {
  return results
    .flatMap(({ task, contests }) => contests.map(({ contestant, failure, note }) => [task, contestant.words, failure || note]))
    .filter(([, , text]) => text)
    .map(([task, words, text]) => `- \`${task}\`, ${words}: ${text}.`);
}

/** Milliseconds from navigation to the first trained step, in a browser that was just started. */
function firstSteps(results) {
  const inBrowser = ({ contests }) => contests.filter(({ contestant }) => contestant.group !== "native");
  if (!inBrowser(results[0]).length) return "";
  const row = (result) => [`\`${result.task}\``, ...inBrowser(result).map(({ failure, firstStepMs }) => (failure ? "–" : firstStepMs.toFixed(0)))];
  return markdown(["task", ...inBrowser(results[0]).map(({ contestant }) => contestant.words)], results.map(row));
}

/** All that was measured, as Markdown. */
export function report(results) {
  const peers = (result, group) => result.contests.filter(({ contestant }) => contestant.group === group && !contestant.ours);
  const target = (result, which) => TARGETS[result.task][which];
  const adapter = results.map((result) => of(result, "tilde-webgpu")?.description).find(Boolean);
  const sections = [
    ["In the browser, on the CPU", table(results, "cpu", [
      { words: ["best peer ÷ Tilde", "target"], of: (r) => lead(of(r, "tilde-cpu"), peers(r, "cpu"), target(r, "cpu")) },
    ])],
    [`In the browser, on the GPU${adapter ? ` (${adapter})` : ""}`, table(results, "gpu", [
      { words: ["best peer ÷ Tilde"], of: (r) => lead(of(r, "tilde-webgpu"), peers(r, "gpu")).slice(0, 1) },
      { words: ["jax-js ÷ Tilde", "target"], of: (r) => lead(of(r, "tilde-webgpu"), [of(r, "jax-webgpu")], target(r, "gpu")) },
    ])],
    ["Natively", table(results, "native", [
      { words: ["PyTorch ÷ Tilde, native"], of: (r) => lead(of(r, "tilde-native"), [of(r, "torch")]).slice(0, 1) },
      { words: ["PyTorch ÷ Tilde in the browser", "target"], of: (r) => lead(of(r, "tilde-cpu"), [of(r, "torch")], target(r, "torch")) },
    ])],
    ["To the first step, ms", firstSteps(results)],
    ["Remarks", remarks(results).join("\n")],
  ];
  return sections.filter(([, text]) => text).map(([title, text]) => `### ${title}\n\n${text}`).join("\n\n");
}
