// Light, dark, or as the system has it.

import { remember } from "../storage.js";
import { CHOICES, KEY, applyColours, chosenColours } from "./colours.js";
import { words } from "./words.js";

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} changed called when canvases must be drawn again
 */
export async function setUpTheme(button, changed) {
  let choice = chosenColours();
  applyColours(choice);
  const ui = await words("ui");
  const label = () => (button.textContent = ui.get(`themes.${choice}`));
  label();
  button.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    remember(KEY, choice);
    applyColours(choice);
    label();
    changed();
  });
}
