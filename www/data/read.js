// Files from the person's machine, read in the worker by the module of files. Everything stays in the browser.

import { TildeError } from "../errors.js";
import { LIMITS } from "./check.js";
import { decode } from "./pictures.js";

/**
 * @typedef {import("../protocol.js").FileChoice} FileChoice
 * @typedef {import("../protocol.js").FileRead} FileRead
 */

/** @param {string} message @returns {TildeError} */
const bad = (message) => new TildeError("bad-file", message);

/** Files that were chosen together for an exhibit. */
export class ChosenFiles {
  #client;
  #number;
  /** @type {Promise<unknown>} */
  #begun;

  /**
   * @param {import("../client.js").Client} client
   * @param {string[]} kinds of data that the exhibit takes
   */
  constructor(client, kinds) {
    this.#client = client;
    this.#number = client.nextRun();
    this.#begun = this.#call("begin", kinds);
    this.#begun.catch(() => {}); // heard of by what waits for it
  }

  /** Adds files. What is something else, or too large, is refused. @param {File[]} files */
  async add(files) {
    if (files.length > LIMITS.files) throw bad(`Expected at most ${LIMITS.files} files, found ${files.length}.`);
    for (const { name, size } of files) {
      if (size > LIMITS.bytes)
        throw bad(`${name}: expected at most ${LIMITS.bytes >> 20} MiB, found ${Math.ceil(size / 2 ** 20)} MiB.`);
    }
    await this.#begun;
    for (const file of files) {
      const isPicture = await this.#call("add", file.name, new Uint8Array(await file.arrayBuffer()));
      if (!isPicture) continue;
      const { width, height, data } = await decode(file);
      await this.#call("picture", file.name, width, height, data);
    }
  }

  /** Adds a text that was pasted. @param {string} text */
  async addText(text) {
    await this.#begun;
    await this.#call("text", text);
  }

  /** What they hold, by a choice. @param {FileChoice} choice @returns {Promise<FileRead>} */
  async read(choice) {
    await this.#begun;
    return this.#call("read", choice);
  }

  /** Forgets them. */
  close() {
    this.#call("end").catch(() => {}); // the worker may be gone already, which is fine
  }

  /** @param {string} method @param {...unknown} args */
  #call(method, ...args) {
    return this.#client.call(this.#number, `files.${method}`, args);
  }
}
