// The lesson below an exhibit, and what its claims do: a claim is a link of the Markdown such as
// [with β = 12 it falls silent](do:beta=12&play=800&point=kl-bars), made a button at build time.

import { idleBy, read } from "../settings.js";
import { lesson } from "./words.js";

/** @typedef {import("../protocol.js").Card} Card */

/**
 * What a claim does, in this order.
 * @typedef {object} Claim
 * @property {[id: string, value: string][]} settings  to set
 * @property {string|undefined} play  the step to play to
 * @property {string|undefined} point  the view or curve to show
 */

/**
 * Puts the lesson of an exhibit into an element. Its HTML is made at build time from Markdown of this
 * repository; nothing of it comes from outside.
 * @param {HTMLElement} element
 * @param {string} id
 */
export async function showLesson(element, id) {
  element.innerHTML = await lesson(id);
}

/** @param {string} text what follows "do:" @returns {Claim} */
export function readClaim(text) {
  const pairs = [...new URLSearchParams(text)];
  const last = (/** @type {string} */ name) => pairs.findLast(([id]) => id === name)?.[1];
  const settings = pairs.filter(([id]) => id !== "play" && id !== "point");
  return { settings, play: last("play"), point: last("point") };
}

/**
 * The values that a claim sets.
 * @param {Card} card
 * @param {Claim} claim
 * @returns {import("../protocol.js").Values}
 */
export const valuesOf = (card, { settings }) =>
  Object.fromEntries(
    settings.flatMap(([id, text]) => {
      const setting = card.settings.find((each) => each.id === id);
      return setting ? [[id, read(setting, text).value]] : [];
    }),
  );

/**
 * What a claim names that its card does not have, as sentences.
 * @param {Card} card
 * @param {string} text what follows "do:"
 * @returns {string[]}
 */
export function wrongClaim(card, text) {
  const claim = readClaim(text);
  const { settings, play, point } = claim;
  const wrong = [];
  const all = { ...Object.fromEntries(card.settings.map((each) => [each.id, each.default])), ...valuesOf(card, claim) };
  for (const [id, value] of settings) {
    const setting = card.settings.find((each) => each.id === id);
    if (!setting) wrong.push(`there is no setting "${id}"`);
    else if (read(setting, value).note) wrong.push(`${id} cannot be "${value}"`);
    else if (idleBy(setting, all, undefined)) wrong.push(`${id} does nothing then`);
  }
  if (play !== undefined && !(/^[1-9]\d*$/.test(play) && Number(play) <= 10 * card.budget))
    wrong.push(`"${play}" is no step to play to`);
  const shown = [...card.views.map(({ id }) => id), ...card.metrics.map(({ curve }) => curve).filter(Boolean)];
  if (point !== undefined && !shown.includes(point)) wrong.push(`there is no view or curve "${point}"`);
  if (!settings.length && play === undefined && point === undefined) wrong.push("it does nothing");
  return wrong;
}
