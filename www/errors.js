// Errors with a stable code: the same shape in the worker, the library and the page.

/** What an error can be; README.md says what each means. */
export const CODES = Object.freeze([
  "unknown-exhibit",
  "bad-setting",
  "bad-data",
  "bad-file",
  "not-finite",
  "out-of-memory",
  "device-lost",
  "no-webgpu",
  "no-start",
  "engine-ended",
  "aborted",
  "closed",
  "internal",
]);

/** An error that says what to do; `code` never changes, the message may. */
export class TildeError extends Error {
  /**
   * @param {string} code one of {@link CODES}
   * @param {string} message a sentence that names the thing and the way out
   */
  constructor(code, message) {
    super(message);
    this.name = "TildeError";
    this.code = code;
  }
}

/**
 * A value in a message, whatever it is: not every value has a text.
 * @param {unknown} value
 * @returns {string}
 */
export function shown(value) {
  try {
    const plain = typeof value === "string" || typeof value === "number"; // JSON knows no NaN
    const text = plain ? String(value) : (JSON.stringify(value) ?? String(value));
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch {
    return `a ${typeof value}`; // refers to itself, or has no text on purpose
  }
}

/**
 * Any thrown value as `{ code, message }`, ready to cross to another thread.
 * @param {unknown} error
 * @returns {{ code: string, message: string }}
 */
export function describe(error) {
  if (!(error instanceof Error)) return { code: "internal", message: shown(error) };
  const code = /** @type {{ code?: unknown }} */ (error).code;
  if (typeof code === "string" && CODES.includes(code)) return { code, message: error.message };
  // What a browser throws when a buffer does not fit has no code of ours.
  const full = error instanceof RangeError && /memory|allocat|length/i.test(error.message);
  return { code: full ? "out-of-memory" : "internal", message: error.message };
}

/**
 * The way back: an error from what {@link describe} gave.
 * @param {{ code: string, message: string }} described
 */
export const revive = ({ code, message }) => new TildeError(code, message);
