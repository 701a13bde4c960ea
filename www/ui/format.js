// Numbers as text: four significant digits, tabular, with the true minus sign.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/**
 * @param {number} value
 * @param {number} [digits] significant ones
 */
export function number(value, digits = 4) {
  if (!Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (size >= 10_000 && size < 1e9) return WHOLE.format(value).replace("-", "−");
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return value.toExponential(2).replace(/-/g, "−");
  const decimals = size === 0 ? 0 : Math.max(0, Math.min(4, digits - 1 - Math.floor(Math.log10(size))));
  return value.toFixed(decimals).replace("-", "−");
}

/** @param {number} value */
export const whole = (value) => WHOLE.format(Math.round(value)).replace("-", "−");

/**
 * A metric in the form of its unit: a share as per cent, a count as a whole number, an estimated number of points to two
 * significant digits.
 * @param {number} value
 * @param {string} unit
 */
export function figure(value, unit) {
  if (unit === "share") return `${number(100 * value, 3)} %`;
  if (unit === "points") return whole(Number(value.toPrecision(2)));
  if (unit === "steps" || /^of \d/.test(unit) || (Number.isInteger(value) && unit === "")) return whole(value);
  return number(value);
}

/**
 * The standard error of a metric, in its form: two significant digits.
 * @param {number} value
 * @param {string} unit
 */
export const margin = (value, unit) => (unit === "share" ? `${number(100 * value, 2)} %` : number(value, 2));

/**
 * A metric with its standard error, both to the places that the error leaves meaning to.
 * @param {number} value
 * @param {number} error above 0
 * @param {string} unit
 */
export function measured(value, error, unit) {
  const [scale, sign] = unit === "share" ? [100, " %"] : [1, ""];
  const power = Math.floor(Math.log10(scale * error));
  if (power < -6) return figure(value, unit); // what rounding leaves
  // A leading 1 or 2 is too coarse alone.
  const places = Math.min(6, Math.max(0, -power + (scale * error < 3 * 10 ** power ? 1 : 0)));
  const text = (/** @type {number} */ x) => `${(scale * x).toFixed(places).replace("-", "−")}${sign}`;
  return `${text(value)} ± ${text(error)}`;
}

/**
 * A number as one would type it.
 * @param {number} value
 */
export const typed = (value) => String(Number(value.toPrecision(4)));
