// Light, dark, or as the system has it.

import { recall, remember } from "../storage.js";
import { words } from "./words.js";

const KEY = "tilde-theme";
const CHOICES = ["system", "light", "dark"];

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} changed called when canvases must be drawn again
 */
export async function setUpTheme(button, changed) {
  const saved = recall(KEY) ?? "";
  let choice = CHOICES.includes(saved) ? saved : "system";
  const apply = () => (document.documentElement.style.colorScheme = choice === "system" ? "" : choice);
  apply();
  const ui = await words("ui");
  const label = () => (button.textContent = ui.get(`themes.${choice}`));
  label();
  button.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    remember(KEY, choice);
    apply();
    label();
    changed();
  });
}
