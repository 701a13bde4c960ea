// Which experiments have run to their end: an exhibit of which all have gets its tick.

import { recall, remember } from "../storage.js";

/** @typedef {import("../protocol.js").Card} Card */

const KEY = "tilde-done";

/** Ids of experiments by exhibit. What else may stand there is nothing. @returns {Map<string, string[]>} */
function known() {
  try {
    const all = Object.entries(JSON.parse(recall(KEY) ?? "{}"));
    return new Map(all.map(([id, list]) => [id, Array.isArray(list) ? list : []]));
  } catch {
    return new Map();
  }
}

/** @param {string} exhibit @param {string} experiment that has run to its end */
export function noteDone(exhibit, experiment) {
  const all = known();
  all.set(exhibit, [...new Set([...(all.get(exhibit) ?? []), experiment])]);
  remember(KEY, JSON.stringify(Object.fromEntries(all)));
}

/** How many of an exhibit's experiments are done. @param {Card} card */
function countDone({ id, experiments }) {
  const done = known().get(id) ?? [];
  return experiments.filter((experiment) => done.includes(experiment.id)).length;
}

/** Whether all of them are. @param {Card} card */
export const isDone = (card) => card.experiments.length > 0 && countDone(card) === card.experiments.length;

/**
 * Brings every place that shows it up to date: `<i data-tick="ID">`.
 * @param {Card[]} cards
 * @param {import("./words.js").Words} ui
 */
export function showTicks(cards, ui) {
  for (const place of document.querySelectorAll("[data-tick]")) {
    const card = cards.find(({ id }) => id === place.getAttribute("data-tick"));
    if (!card) continue;
    const [done, total] = [countDone(card), card.experiments.length];
    place.classList.toggle("done", isDone(card));
    place.textContent = isDone(card) ? ui.get("done") : done ? ui.get("done-of", { done, total }) : "";
  }
}
