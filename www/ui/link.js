// The address of a session: settings, seed, and what was put in by hand.

import { BASE } from "../client.js";
import { getModule } from "../fetch.js";
import { format } from "./address.js";

/**
 * What an address cannot say: one's own data or what was painted, where they are too large for it; weights
 * that were loaded; that something was changed in the middle of the run.
 * @typedef {"data"|"painted"|"weights"|"changes"} Lost
 */

/**
 * @param {import("./session.js").Session} session
 * @param {{ backend?: string, build?: string, trial?: string }} [options] those that the address names; none leaves them to whoever
 *   opens it
 * @returns {Promise<{ hash: string, lost: Lost[] }>} the address from `#/` on
 */
export async function linkOf(session, { backend = "auto", build = "", trial = "" } = {}) {
  const { card, settings, seed } = session;
  const { text, lost } = await packed(await session.own());
  return {
    hash: format(card, { settings, seed, backend, build, trial, beside: session.beside?.settings }, text),
    lost: [...lost, ...session.lost],
  };
}

/**
 * As much as an address can hold of one's own. What packs it comes only where there is something.
 * @param {import("./packed.js").Own} own
 * @returns {Promise<{ text: string, lost: Lost[] }>}
 */
async function packed(own) {
  if (!own.inputs.length && !own.data) return { text: "", lost: [] };
  const { pack } = await getModule(new URL("./packed.js", import.meta.url));
  return pack(own);
}

/** The whole address. @param {string} hash from "#" on @param {string} [search] what is before it, from "?" on */
export const addressOf = (hash, search = "") => new URL(search + hash, BASE).href;

/** What puts an exhibit into another page. @param {string} hash its address from "#" on */
export const frameCode = (hash) =>
  `<iframe src="${addressOf(hash, "?embed").replaceAll("&", "&amp;")}" width="720" height="640" title="Tilde"></iframe>`;
