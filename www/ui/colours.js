// Which colours a visitor has chosen for the site.

import { recall } from "../storage.js";

/** Where a browser keeps it. */
export const KEY = "tilde-theme";
export const CHOICES = ["system", "light", "dark"];

/** What was chosen. */
export function chosenColours() {
  const saved = recall(KEY) ?? "";
  return CHOICES.includes(saved) ? saved : "system";
}

/** Gives the page these colours. @param {string} choice */
export function applyColours(choice) {
  document.documentElement.style.colorScheme = choice === "system" ? "" : choice;
}
