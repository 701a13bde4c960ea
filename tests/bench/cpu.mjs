// CPU time of a process and everything it started, from /proc: other load on the machine disturbs
// it far less than wall time.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const TICK_MS = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Parent and CPU milliseconds (user and system) of every process, by id. */
function processes() {
  const all = new Map();
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "utf8");
      // The name, in parentheses, may hold spaces: the fields are counted from behind it.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      all.set(Number(id), { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS });
    } catch {
      // It ended while the folder was read.
    }
  }
  return all;
}

/** CPU milliseconds used so far by the process `root` and its descendants. */
export function treeCpuMs(root) {
  const all = processes();
  const inTree = (id) => id === root || (all.has(id) && inTree(all.get(id).parent));
  return [...all].filter(([id]) => inTree(id)).reduce((sum, [, { ms }]) => sum + ms, 0);
}
