// Copies what a static host needs into dist/: node www/tools/dist.mjs [folder]
// Every address in the site is relative, so it works under any sub-path.

import { cp, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const target = process.argv[2] ?? fileURLToPath(new URL("dist", root));
const SOURCES_ONLY = new Set(["tools", "worker-classic.js"]);
const SOURCE_TYPES = /\.(md|d\.ts)$|^(package\.json|\.gitignore)$/;

await rm(target, { recursive: true, force: true });
for (const part of ["index.html", "www", "pkg"]) {
  await cp(fileURLToPath(new URL(part, root)), `${target}/${part}`, {
    recursive: true,
    dereference: true,
    filter: (source) => !SOURCES_ONLY.has(basename(source)) && !SOURCE_TYPES.test(basename(source)),
  });
}
console.log(`Upload the contents of ${target} to any static host.`);
