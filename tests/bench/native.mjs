// A contestant that is a process: to every line with a number of steps it answers with their
// milliseconds and the last loss, as a line of JSON.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Native {
  /** @param {string[]} command with its arguments */
  constructor(command) {
    this.command = command;
  }

  /** Starts the process and trains the first step. */
  async start() {
    const began = performance.now();
    const [program, ...parameters] = this.command;
    // One thread: the others have one, too.
    this.process = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, OMP_NUM_THREADS: "1" } });
    this.pid = this.process.pid;
    let said = "";
    this.process.stderr.on("data", (text) => (said += text));
    this.ended = new Promise((_, reject) => {
      this.process.on("error", reject);
      this.process.on("close", () => reject(new Error(said.trim().split("\n").at(-1) || "The process ended.")));
    });
    this.ended.catch(() => {});
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    const { loss } = await this.steps(1);
    return { ms: performance.now() - began, loss, description: "" };
  }

  /** Trains `n` steps to their end. */
  async steps(n) {
    this.process.stdin.write(`${n}\n`);
    const { value } = await Promise.race([this.lines.next(), this.ended]);
    if (value === undefined) await this.ended;
    return JSON.parse(value);
  }

  async close() {
    this.process?.kill();
  }
}

/** A Python that has PyTorch: `$PYTHON`, the checkout's virtual environment, or the system's. */
export function pythonWithTorch(root) {
  const has = (python) => {
    try {
      return python && execFileSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      return "";
    }
  };
  for (const python of [process.env.PYTHON, `${root}.venv/bin/python`, "python3"]) {
    const version = has(python);
    if (version) return { python, version };
  }
  return null;
}
