// The lesson below an exhibit.

import { lesson } from "./words.js";

/**
 * Puts the lesson of an exhibit into an element. Its HTML is made at build time from Markdown of this
 * repository; nothing of it comes from outside.
 * @param {HTMLElement} element
 * @param {string} id
 */
export async function showLesson(element, id) {
  element.innerHTML = await lesson(id);
}
