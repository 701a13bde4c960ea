// The documents: every link to a file of the repository leads to one.

import { access, readFile, readdir } from "node:fs/promises";
import { expect, test } from "@playwright/test";

const root = new URL("../../", import.meta.url);
const inside = async (/** @type {string} */ folder) =>
  (await readdir(new URL(folder, root))).filter((name) => name.endsWith(".md")).map((name) => folder + name);

for (const document of [...(await inside("./")), ...(await inside("docs/")), "tests/goldens/README.md"]) {
  test(`${document}: its links lead to files`, async () => {
    const text = await readFile(new URL(document, root), "utf8");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^[a-z]+:/.test(link));
    /** @type {string[]} */
    const missing = [];
    for (const link of links) {
      const file = new URL(link.replace(/#.*/, ""), new URL(document, root));
      await access(file).catch(() => missing.push(link));
    }
    expect(missing).toEqual([]);
  });
}
