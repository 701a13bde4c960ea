// What a browser keeps for the page. Storage may be refused, in frames above all: then it holds for this visit only.

/** What could not be stored, by its key. @type {Map<string, string>} */
const visit = new Map();

/** @param {string} key @returns {string|null} */
export function recall(key) {
  try {
    return visit.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} text */
export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
    visit.delete(key);
  } catch {
    visit.set(key, text);
  }
}
