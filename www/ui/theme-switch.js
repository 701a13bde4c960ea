// Light, dark, or as the system has it.

import { words } from "./words.js";

const KEY = "tilde-theme";
const CHOICES = ["system", "light", "dark"];

/** Storage may be refused, in frames above all. @returns {string|null} */
function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} choice */
function store(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // It holds for this visit only.
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} changed called when canvases must be drawn again
 */
export async function setUpTheme(button, changed) {
  const saved = stored() ?? "";
  let choice = CHOICES.includes(saved) ? saved : "system";
  const apply = () => (document.documentElement.style.colorScheme = choice === "system" ? "" : choice);
  apply();
  const ui = await words("ui");
  const label = () => (button.textContent = ui.get(`themes.${choice}`));
  label();
  button.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    store(choice);
    apply();
    label();
    changed();
  });
}
