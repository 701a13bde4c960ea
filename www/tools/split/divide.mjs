// Which part of the exhibits' module each function and each piece of data goes to.

/**
 * @typedef {import("./linked.mjs").Node} Node
 * @typedef {{ name: string, ids: Set<string> }} Part  with the exhibits that need it
 *
 * @typedef {object} Division
 * @property {Map<Node, string>} part  by name, of what is not in the main module
 * @property {Record<string, string[]>} needs  the parts that each exhibit needs, in the order in which they are
 *   started: each uses what is in the main module and in those before it, and nothing else
 */

/** What can be reached. @param {Node[]} from @param {(node: Node) => boolean} closed where no way leads on */
function reach(from, closed) {
  const found = new Set(from);
  for (const node of found) for (const next of node.to) if (!closed(next)) found.add(next);
  return found;
}

/**
 * Divides by exhibits. What is reached otherwise than by an exhibit's entrance is in the main module, what only one
 * exhibit reaches is in that one's part. What several reach is in a part of theirs if it is worth a request, and
 * else in the smallest part that all of them need, or in the main module.
 *
 * @param {Node[]} exports  where the main module is entered
 * @param {Map<string, Node>} entrances  where each exhibit is entered, by its id
 * @param {number} worth  bytes of code
 * @returns {Division}
 */
export function divide(exports, entrances, worth) {
  const entered = new Set(entrances.values());
  const main = reach(exports, (node) => entered.has(node));
  /** @type {Map<Node, Set<string>>} */
  const users = new Map();
  for (const [id, entrance] of entrances)
    for (const node of reach([entrance], (next) => main.has(next)))
      users.set(node, (users.get(node) ?? new Set()).add(id));

  const parts = partsOf(users, worth);
  return {
    part: place(users, parts),
    needs: Object.fromEntries(
      [...entrances.keys()].map((id) => [id, parts.filter(({ ids }) => ids.has(id)).map(({ name }) => name)]),
    ),
  };
}

/**
 * A part for each exhibit, and for those that share much. What more exhibits need comes first.
 * @param {Map<Node, Set<string>>} users @param {number} worth @returns {Part[]}
 */
function partsOf(users, worth) {
  /** @type {Map<string, { ids: Set<string>, code: number }>} */
  const sets = new Map();
  for (const [{ name, size }, ids] of users) {
    const key = [...ids].join();
    const set = sets.get(key) ?? { ids, code: 0 };
    sets.set(key, set);
    if (name) set.code += size;
  }
  let shared = 0;
  return [...sets.values()]
    .filter(({ ids, code }) => ids.size === 1 || code >= worth)
    .sort((a, b) => b.ids.size - a.ids.size || b.code - a.code)
    .map(({ ids }) => ({ ids, name: ids.size === 1 ? [...ids][0] : `shared-${++shared}` }));
}

/**
 * The smallest part for each node that all its users have. They are the exhibits that reach it, and all that have
 * the part that something which refers to it was placed in.
 * @param {Map<Node, Set<string>>} users @param {Part[]} parts those of fewer exhibits last
 */
function place(users, parts) {
  const wanted = new Map([...users].map(([node, ids]) => [node, new Set(ids)]));
  const everyone = new Set([...wanted.values()].flatMap((ids) => [...ids]));
  /** @type {Map<Node, string>} */
  const placed = new Map();
  // A node that gets more users is looked at again, behind the others.
  const open = new Set(users.keys());
  for (const node of open) {
    open.delete(node);
    const ids = wanted.get(node) ?? everyone;
    const part = parts.findLast((part) => [...ids].every((id) => part.ids.has(id)));
    if (part) placed.set(node, part.name);
    else placed.delete(node);
    for (const next of node.to) {
      const its = wanted.get(next);
      if (!its) continue; // in the main module
      const before = its.size;
      // No part is for "", so that what the main module refers to is in it, too.
      for (const id of part?.ids ?? [...everyone, ""]) its.add(id);
      if (its.size > before) open.add(next);
    }
  }
  return placed;
}
