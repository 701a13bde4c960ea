// Errors with a stable code: the same shape in the worker, the library and the page.

/**
 * @typedef {"unknown-exhibit"|"bad-setting"|"bad-data"|"bad-file"|"not-finite"|"out-of-memory"|
 *   "device-lost"|"closed"|"aborted"|"no-webgpu"|"no-start"|"internal"} Code
 */

/** An error that says what to do; `code` never changes, the message may. */
export class TildeError extends Error {
  /**
   * @param {string} code see {@link Code}
   * @param {string} message a sentence that names the thing and the way out
   */
  constructor(code, message) {
    super(message);
    this.name = "TildeError";
    this.code = code;
  }
}

/**
 * Any thrown value as `{ code, message }`, ready to cross to another thread.
 * @param {unknown} error
 * @returns {{ code: string, message: string }}
 */
export function describe(error) {
  if (!(error instanceof Error)) return { code: "internal", message: String(error) };
  const code = /** @type {{ code?: unknown }} */ (error).code;
  if (typeof code === "string") return { code, message: error.message };
  // What a browser throws when a buffer does not fit has no code of ours.
  const full = error instanceof RangeError && /memory|allocat|length/i.test(error.message);
  return { code: full ? "out-of-memory" : "internal", message: error.message };
}

/**
 * The way back: an error from what {@link describe} gave.
 * @param {{ code: string, message: string }} described
 */
export const revive = ({ code, message }) => new TildeError(code, message);
