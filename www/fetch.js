// Fetching from the site's own server, over lines that fail now and then.

import { TildeError } from "./errors.js";

/** Waits before another try, in milliseconds. */
const WAITS = [300, 1000];

/** @param {number} ms @returns {Promise<void>} */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a server may answer otherwise when it is asked again. @param {number} status */
const passing = (status) => status >= 500 || status === 408 || status === 429;

/**
 * A file of the site. What fails on the way is tried again twice. Nothing is remembered: who asks later asks
 * the server.
 * @param {URL} address
 * @returns {Promise<Response>} one that is `ok`
 */
export async function get(address) {
  for (let tries = 0; ; tries++) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return response;
    const again = !response || passing(response.status);
    if (!again || tries === WAITS.length) throw missing(address, response);
    await wait(WAITS[tries]);
  }
}

/** @param {URL} address @param {Response|undefined} response */
const missing = ({ pathname }, response) =>
  new TildeError(
    "no-start",
    response
      ? `${pathname} is missing on this server (${response.status}).`
      : `${pathname} could not be fetched: is the connection gone?`,
  );

let imports = 0;

/**
 * A module of the site, tried again likewise. Browsers remember that a module failed, so it is asked for under
 * another address then.
 * @param {URL} address
 * @returns {Promise<any>}
 */
export async function getModule(address) {
  for (let tries = 0; ; tries++) {
    try {
      return await import(address.href);
    } catch (error) {
      address = new URL(address);
      address.search = `?again=${++imports}`;
      if (tries === WAITS.length) throw missing(address, undefined);
      await wait(WAITS[tries]);
    }
  }
}

/**
 * What is fetched once and then shared, by its name. A failure is not remembered.
 * @template T
 */
export class Once {
  /** @type {Map<string, Promise<T>>} */
  #known = new Map();

  /** @param {string} name @param {() => Promise<T>} load @returns {Promise<T>} */
  get(name, load) {
    const known = this.#known.get(name);
    if (known) return known;
    const loading = load();
    this.#known.set(name, loading);
    loading.catch(() => this.#known.delete(name));
    return loading;
  }
}
