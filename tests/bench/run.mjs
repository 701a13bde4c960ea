// `./build.sh bench`: the same training steps by Tilde and by its peers, in headless Chromium.
//
//   node tests/bench/run.mjs [--tasks gan2d,rbm] [--windows 7] [--ms 700]
//
// All contestants of a task stay open and take windows in turn, so that their ratios come from the
// same minutes. A window is n steps and ends with the loss read back. The figures are medians.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contest } from "./browser.mjs";
import { CONTESTANTS, moduleOf } from "./contestants.mjs";
import { table } from "./report.mjs";
import { CHECK_STEPS, TASKS } from "./tasks.mjs";
import { serve } from "../../www/tools/serve.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENT = `${ROOT}docs/benchmarks.md`;
/** How far a loss may be from the f64 interpreter's: ours draws the same noise, the peers their own. */
const TOLERANCE = { ours: 2e-3, peers: 0.05 };

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: Object.keys(TASKS).join() },
    windows: { type: "string", default: "7" },
    ms: { type: "string", default: "700" },
  },
});

/** The loss after the first steps by the naive f64 interpreter of the graph, natively. */
function referenceLoss(task) {
  const command = ["run", "--release", "--quiet", "-p", "tilde-models", "--example", "bench_reference", "--", task, `${CHECK_STEPS}`];
  return Number(execFileSync("cargo", command, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}

/** Refuses a contestant that does not train what the task says. */
function check({ contestant, task, loss }, reference) {
  const tolerance = contestant.id === "tilde" ? TOLERANCE.ours : TOLERANCE.peers;
  const off = Math.abs(loss / reference - 1);
  console.log(`  ${contestant.words}: loss ${loss.toFixed(5)}, ${(100 * off).toFixed(3)} % from the reference`);
  if (!(off <= tolerance)) {
    throw new Error(`${contestant.words} trains something else: after ${CHECK_STEPS} steps of ${task} its loss is ${loss}, the f64 interpreter's ${reference}.`);
  }
}

async function timeTask(task, address, modules) {
  const reference = referenceLoss(task);
  console.log(`${task}: loss ${reference.toFixed(5)} after ${CHECK_STEPS} steps by the f64 interpreter`);
  const contests = CONTESTANTS.map((contestant) => new Contest(contestant, task));
  try {
    for (const [i, contest] of contests.entries()) {
      await contest.open(address, modules[i]);
      check(contest, reference);
      await contest.warmUp(Number(options.ms));
    }
    for (let round = 0; round < Number(options.windows); round++) {
      for (const contest of contests) await contest.window();
    }
  } finally {
    await Promise.all(contests.map((contest) => contest.close()));
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
  const modules = await Promise.all(CONTESTANTS.map((contestant) => moduleOf(contestant, ROOT)));
  const results = [];
  for (const task of options.tasks.split(",")) results.push(await timeTask(task, server.address, modules));
  const measured = table(results, CONTESTANTS);
  const chromium = execFileSync(process.env.CHROMIUM, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const words = `\`./build.sh bench\`, ${new Date().toISOString().slice(0, 10)}, ${chromium.split(" ").slice(0, 2).join(" ")}, ${cpus().length} cores.`;
  console.log(`\n${measured}\n\n${words}`);
  // A run of a few tasks is for the eye: the document holds whole runs only.
  if (results.length === Object.keys(TASKS).length) writeDocument(`${words}\n\n${measured}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  server.close();
}
