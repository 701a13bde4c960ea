// Round numbers for axes.

/** 1, 2 or 5 times a power of ten. @param {number} rough */
export function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

/**
 * A number of an axis.
 * @param {number} value
 * @param {number} [step] to the next one, which decides how many places are told apart; 0 where steps differ
 */
export function tick(value, step = 0) {
  const size = Math.abs(value);
  if (size < 1e-9 || size < step * 1e-6) return "0";
  const places = step ? placesOf(step) : 0;
  const text =
    size >= 1e5 || size < 1e-4
      ? value.toExponential(Math.max(0, step ? Math.floor(Math.log10(size) - Math.log10(step)) : 0))
      : step
        ? value.toFixed(places)
        : String(Number(value.toPrecision(3)));
  return text.replace("-", "−").replace("e+", "e");
}

/** Decimal places that show every multiple of a step as it is: none for 5, one for 0.2 and for 2.5. @param {number} step */
function placesOf(step) {
  const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const lead = step * 10 ** places;
  return Math.abs(lead - Math.round(lead)) < 1e-6 * lead ? places : places + 1;
}

/** Round numbers from one end to the other, about `count` of them. @param {number} low @param {number} high @param {number} count */
export function ticksBetween(low, high, count) {
  const step = niceStep((high - low) / count);
  const ticks = [];
  // Whole multiples, so that no rounding adds up.
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
  return ticks;
}

/** Powers of ten; 2 and 5 of each, too, where there are few. @param {number} low @param {number} high */
export function logTicksBetween(low, high) {
  // There is no power of ten to begin with, and none would be the last.
  if (!(low > 0 && high < Infinity)) return [];
  const leads = Math.log10(high / low) > 3.5 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high * 1.0001; power *= 10)
    ticks.push(...leads.map((lead) => lead * power).filter((value) => value >= low * 0.9999 && value <= high * 1.0001));
  return ticks;
}
