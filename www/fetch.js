// Fetching from the site's own server, over lines that fail now and then.

import { TildeError } from "./errors.js";

/** Waits before another try, in milliseconds. */
const WAITS = [300, 1000];

/** How long nothing may come before it is given up, in milliseconds. */
const SILENCE_MS = 20_000;

/** @param {number} ms @returns {Promise<void>} */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a server may answer otherwise when it is asked again. @param {number} status */
const passing = (status) => status >= 500 || status === 408 || status === 429;

/**
 * A file of the site. What fails on the way is tried again twice. Nothing is remembered: who asks later asks
 * the server.
 * @param {URL} address
 * @param {RequestCache} [cache]
 * @returns {Promise<Response>} one that is `ok`
 */
export async function get(address, cache = "default") {
  for (let tries = 0; ; tries++) {
    const answer = new AbortController();
    const silence = setTimeout(() => answer.abort(), SILENCE_MS);
    const response = await fetch(address, { cache, signal: answer.signal }).catch(() => undefined);
    clearTimeout(silence);
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
      : navigator.onLine === false
        ? `There is no connection, and ${pathname} has not been fetched yet.`
        : `${pathname} could not be fetched: is the connection gone?`,
  );

/** Hears how far modules have come: events `arrival` with `loaded` bytes in `detail`. */
export const arrivals = new EventTarget();

/** What every wasm module begins with. */
const MAGIC = [0, 97, 115, 109];

/**
 * A wasm module of the site, started while it arrives. What does not come, comes cut off, or is something else is
 * said in words; what came cut off is asked for once more.
 * @template T
 * @param {URL} address
 * @param {(response: Promise<Response>) => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function startModule(address, start) {
  for (let tries = 0; ; tries++) {
    /** @type {{ problem?: string }} */
    const found = {};
    try {
      return await start(get(address, tries ? "reload" : "default").then((response) => watched(response, found)));
    } catch (error) {
      if (error instanceof TildeError || error instanceof RangeError) throw error; // no memory for it, perhaps
      if (!found.problem && tries === 0) continue; // cut off on the way, perhaps
      const why = found.problem ?? "arrived cut off, or is not what was built";
      throw new TildeError("no-start", `${address.pathname} ${why}.`);
    }
  }
}

/**
 * The same answer, counted as it comes.
 * @param {Response} response
 * @param {{ problem?: string }} found what is wrong with it
 */
function watched(response, found) {
  const type = response.headers.get("Content-Type") ?? "";
  let first = true;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let silence;
  /** @type {TransformStreamDefaultController<Uint8Array>} */
  let controller;
  const fail = (/** @type {string} */ problem) => {
    clearTimeout(silence);
    found.problem ??= problem;
    try {
      controller.error(new Error(problem));
    } catch {
      // It is over already.
    }
  };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => fail(`has not come any further for ${SILENCE_MS / 1000} seconds`), SILENCE_MS);
  };
  const through = new TransformStream({
    start: (its) => {
      controller = its;
      listen();
    },
    transform: (chunk) => {
      listen();
      if (first && !MAGIC.every((byte, i) => chunk[i] === byte))
        return fail(
          /html/.test(type) ? "arrives as a web page: the server has another file in its place" : "is no wasm module",
        );
      first = false;
      arrivals.dispatchEvent(new CustomEvent("arrival", { detail: { loaded: chunk.length } }));
      controller.enqueue(chunk);
    },
    flush: () => clearTimeout(silence),
  });
  const body = response.body?.pipeThrough(through);
  // Some servers do not know the type of wasm, which starting while it arrives insists on.
  return new Response(body, { headers: { "Content-Type": "application/wasm" } });
}

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
