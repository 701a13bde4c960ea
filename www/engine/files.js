// The worker's side of files: those that were chosen together, and texts that come by other ways.

import { TildeError } from "../errors.js";

/**
 * @typedef {import("../protocol.js").FileReader} FileReader
 * @typedef {InstanceType<FileReader["WebFiles"]>} WebFiles
 * @typedef {import("../protocol.js").UserData} UserData
 */

/** Reads files, by the rules of the module of files alone. */
export class FileDesk {
  #module;
  /** @type {Map<number, WebFiles>} */
  #open = new Map();

  /** @param {() => Promise<FileReader>} module */
  constructor(module) {
    this.#module = module;
  }

  /**
   * @param {number} number of the files
   * @param {string} method
   * @param {any[]} a
   */
  async answer(number, method, a) {
    if (method === "files.begin") {
      const { WebFiles } = await this.#module();
      this.#open.set(number, new WebFiles(a[0]));
      return undefined;
    }
    const files = this.#open.get(number);
    if (!files) throw new TildeError("closed", "These files are closed. Choose them again.");
    switch (method) {
      case "files.add":
        return files.add(a[0], a[1]);
      case "files.picture":
        return files.add_picture(a[0], a[1], a[2], a[3]);
      case "files.text":
        return files.add_text(a[0]);
      case "files.read":
        return files.read(a[0]);
      case "files.end":
        this.#open.delete(number);
        return files.free();
      default:
        throw new TildeError("internal", `The worker knows no call "${method}".`);
    }
  }

  /**
   * Data as a run takes them: a text comes through the reader, whoever gives it.
   * @param {string[]} kinds of data that the exhibit takes
   * @param {UserData|undefined} data
   * @returns {Promise<UserData|undefined>}
   */
  async asRead(kinds, data) {
    return data?.text === undefined ? data : { text: await this.text(kinds, data.text) };
  }

  /** @param {string[]} kinds @param {string} text @returns {Promise<string>} */
  async text(kinds, text) {
    const { WebFiles } = await this.#module();
    const files = new WebFiles(kinds);
    try {
      files.add_text(text);
      const { data, refusal } = files.read({});
      if (data?.text === undefined) throw new TildeError("bad-data", refusal);
      return data.text;
    } finally {
      files.free();
    }
  }
}
