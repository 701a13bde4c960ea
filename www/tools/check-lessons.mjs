// Checks the claims of the lessons: what a claim sets, plays to and points at is on the exhibit's card, and
// each lesson has some. The build stops at a wrong one.

import { wrongClaim } from "../ui/claims.js";

/** A lesson drives the pictures in at least so many places. */
export const CLAIMS = 3;

/** What the claims of a lesson do, in order. @param {string} markdown @returns {string[]} */
export const claims = (markdown) => [...markdown.matchAll(/\]\(do:([^)\s]*)\)/g)].map(([, text]) => text);

/**
 * What is wrong with the claims of a lesson, as sentences.
 * @param {import("../protocol.js").Card} card
 * @param {string} markdown
 * @returns {string[]}
 */
export function misclaimed(card, markdown) {
  const all = claims(markdown);
  const wrong = all.flatMap((text) => wrongClaim(card, text).map((why) => `${card.id}.md: (do:${text}): ${why}.`));
  if (all.length < CLAIMS) wrong.push(`${card.id}.md has ${all.length} claims that do something, not ${CLAIMS}.`);
  return wrong;
}
