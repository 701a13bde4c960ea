// `./build.sh bench`: the same training steps by Tilde and by its peers, in headless Chromium and
// natively.
//
//   node tests/bench/run.mjs [--tasks gan2d,rbm] [--peers tilde,jax-wasm] [--windows 7] [--ms 700] [--limit 30]
//
// All contestants of a task stay open and take windows in turn, so that their ratios come from the
// same minutes. A window is n steps, about --ms long, and ends with the loss read back. The figures
// are medians. Who takes longer than --limit seconds to its first step is left out.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { InBrowser } from "./browser.mjs";
import { Contest } from "./contest.mjs";
import { CONTESTANTS, chosen, moduleOf } from "./contestants.mjs";
import { Native, pythonWithTorch } from "./native.mjs";
import { report } from "./report.mjs";
import { TASKS } from "./tasks.mjs";
import { serve } from "../../www/tools/serve.mjs";

process.env.CHROMIUM ??= "/usr/bin/chromium";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENT = `${ROOT}docs/benchmarks.md`;
/** The losses of the first steps by the f64 interpreter, see reference.rs. */
const REFERENCE = JSON.parse(readFileSync(`${ROOT}tests/bench/losses.json`, "utf8"));
const CARGO = ["--release", "--quiet", "-p", "tilde-models", "--example", "bench_native"];

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: Object.keys(TASKS).join() },
    peers: { type: "string", default: CONTESTANTS.map(({ id }) => id).join() },
    windows: { type: "string", default: "7" },
    ms: { type: "string", default: "700" },
    limit: { type: "string", default: "30" },
  },
});

/** What starts a contestant at a task. Says in `notes` who cannot take part, and why. */
async function starter(contestant, address, notes) {
  if (contestant.id === "tilde-native") {
    execFileSync("cargo", ["build", ...CARGO], { cwd: ROOT, stdio: "inherit" });
    return (task) => new Native(["cargo", "run", "--manifest-path", `${ROOT}Cargo.toml`, ...CARGO, "--", task]);
  }
  if (contestant.id === "torch") {
    const found = pythonWithTorch(ROOT);
    if (!found) {
      notes.push("PyTorch was not there: `PYTHON` may name a Python that has it.");
      return null;
    }
    notes.push(`PyTorch ${found.version}, one thread.`);
    return (task) => new Native([found.python, `${ROOT}tests/bench/torch_peer.py`, task]);
  }
  const module = await moduleOf(contestant, ROOT);
  return (task) => new InBrowser(`${address}tests/bench/?${new URLSearchParams({ module, task, backend: contestant.backend })}`);
}

async function timeTask(task, contestants, starters) {
  console.log(`${task}: loss ${REFERENCE[task].at(-1).toPrecision(6)} after ${REFERENCE[task].length} steps by the f64 interpreter`);
  const contests = contestants.map((contestant, i) => new Contest(contestant, task, starters[i](task)));
  const running = () => contests.filter(({ failure }) => !failure);
  try {
    for (const contest of contests) {
      try {
        await contest.start(REFERENCE[task], 1000 * Number(options.limit));
        await contest.warmUp(Number(options.ms));
      } catch (error) {
        await contest.fail(error);
      }
    }
    for (let round = 0; round < Number(options.windows); round++) {
      for (const contest of running().filter(({ isSlow }) => !isSlow || round === 0)) {
        await contest.window().catch((error) => contest.fail(error));
      }
    }
  } finally {
    await Promise.all(running().map((contest) => contest.close()));
  }
  return { task, contests };
}

/** Replaces what stands between the markers of docs/benchmarks.md. */
function writeDocument(text) {
  const [start, end] = ["<!-- measured -->", "<!-- /measured -->"];
  const document = readFileSync(DOCUMENT, "utf8");
  const [before, after] = [document.split(start)[0], document.split(end)[1]];
  writeFileSync(DOCUMENT, `${before}${start}\n${text}\n${end}${after}`);
}

const server = await serve({ root: ROOT });
try {
  const tasks = options.tasks.split(",");
  const unknown = tasks.filter((task) => !(task in TASKS));
  if (unknown.length) throw new Error(`There is no task ${unknown.join(", ")}; there are ${Object.keys(TASKS).join(", ")}.`);
  const notes = [];
  const [contestants, starters] = [[], []];
  for (const contestant of chosen(options.peers.split(","))) {
    const start = await starter(contestant, server.address, notes);
    if (!start) continue;
    contestants.push(contestant);
    starters.push(start);
  }
  const results = [];
  for (const task of tasks) results.push(await timeTask(task, contestants, starters));
  const chromium = execFileSync(process.env.CHROMIUM, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const command = ["./build.sh bench", ...process.argv.slice(2)].join(" ");
  const { model } = cpus()[0];
  const words = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${chromium.split(" ").slice(0, 2).join(" ")}, ${cpus().length} cores of ${model.trim()}. ${notes.join(" ")}`.trim();
  const text = `${words}\n\n${report(results)}`;
  console.log(`\n${text}`);
  // A partial run is only printed: the document holds whole runs.
  const isWhole = tasks.length === Object.keys(TASKS).length && options.peers.split(",").length === CONTESTANTS.length;
  if (isWhole) writeDocument(text);
  if (results.some(({ contests }) => contests.some(({ contestant, failure }) => contestant.ours && failure))) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  server.close();
}
