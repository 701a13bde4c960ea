// Making elements without HTML in strings: nothing here can inject, and no inline style is written,
// so that it all works under a strict content policy.

import { Once, get } from "../fetch.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [properties] properties, `on…` listeners, or attributes
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name in element && !name.includes("-") && name !== "list" && name !== "form")
      /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => /** @type {Node|string} */ (child)),
  );
  return element;
}

/**
 * A menu below its summary. Escape and a click outside of it close it.
 * @param {HTMLElement} summary
 * @param {HTMLElement} sheet
 */
export function menu(summary, sheet) {
  const element = h("details", { className: "menu" }, summary, sheet);
  let open = new AbortController();
  element.addEventListener("toggle", () => {
    open.abort();
    if (!element.open) return;
    open = new AbortController();
    const { signal } = open;
    const close = () => (element.open = false);
    addEventListener("pointerdown", (event) => event.composedPath().includes(element) || close(), { signal });
    // Heard before anything else hears it, so that it closes the menu alone.
    const escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (element.matches(":focus-within")) summary.focus();
      close();
    };
    addEventListener("keydown", escape, { signal, capture: true });
  });
  return element;
}

/**
 * Changes text only where it differs, so that a screen reader announces only changes.
 * @param {Node} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Offers a file as a download.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @type {Once<CSSStyleSheet>} */
const sheets = new Once();

/**
 * A style sheet to adopt, by its address, fetched once for all elements on a page.
 * @param {URL} address
 * @returns {Promise<CSSStyleSheet>}
 */
export const sheet = (address) =>
  sheets.get(address.href, async () => new CSSStyleSheet().replace(await (await get(address)).text()));
