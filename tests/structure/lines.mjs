// Lines of code of the exhibits by role: `node tests/structure/lines.mjs [--each]`.
//
// A line counts if it is neither blank nor a comment, nor part of what only tests compile. The roles are the
// files' names (docs/adding-an-exhibit.md): driving is mod.rs, everything that is not a card, pictures or
// measures is the model.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

const models = "crate/models/src";
const roles = /** @type {Record<string, string>} */ ({
  "mod.rs": "driving",
  "card.rs": "cards",
  "picture.rs": "pictures",
  "measure.rs": "measures",
});

/** The lines of code of a file. @param {string} file */
function lines(file) {
  const all = fs.readFileSync(file, "utf8").split("\n");
  const out = [];
  for (let i = 0; i < all.length; i++) {
    if (all[i].trim() === "#[cfg(test)]") {
      // What the attribute stands before ends with a semicolon, or with the brace at its own depth.
      const depth = all[i].search(/\S/);
      while (!(all[i].endsWith(";") || all[i].trim() === "}") || all[i].search(/\S/) > depth) i++;
      continue;
    }
    if (!/^\s*(\/\/.*)?$/.test(all[i])) out.push(all[i]);
  }
  return out.length;
}

const exhibits = fs.readdirSync(models).filter((id) => fs.existsSync(path.join(models, id, "card.rs")));

/** @type {Record<string, Record<string, number>>} */
const counts = {};
for (const id of exhibits) {
  counts[id] = { driving: 0, cards: 0, pictures: 0, measures: 0, models: 0 };
  for (const name of fs.readdirSync(path.join(models, id)).sort()) {
    if (name.endsWith(".rs") && name !== "tests.rs")
      counts[id][roles[name] ?? "models"] += lines(path.join(models, id, name));
  }
}

const columns = Object.keys(Object.values(counts)[0]);
/** @param {string} name @param {Record<string, number>} row */
const print = (name, row) => {
  const sum = columns.reduce((all, c) => all + row[c], 0);
  console.log([name.padEnd(14), ...columns.map((c) => String(row[c]).padStart(9)), String(sum).padStart(9)].join(""));
};
console.log(["".padEnd(14), ...columns.map((c) => c.padStart(9)), "all".padStart(9)].join(""));
if (process.argv.includes("--each")) for (const id of exhibits) print(id, counts[id]);
print(
  `${exhibits.length} exhibits`,
  Object.fromEntries(columns.map((c) => [c, exhibits.reduce((all, id) => all + counts[id][c], 0)])),
);
