// Where the parts of an exhibit stand. On a wide page all that the teaching moment needs is on one screen: the large
// picture as high as the window allows, beside it a rail with what one can do and what it says, below it the transport.
// On a narrow one the rail is a sheet that rises from the transport, and leaves the picture in sight.

import { h, say } from "./dom.js";

/** Narrower pages, in CSS pixels, have a sheet in place of the rail. */
const NARROW = 760;
/** Frames that are no higher than this, in CSS pixels, have no room for words around the picture. */
const SHORT = 420;
/** What an open sheet takes of the window. */
const SHEET = 0.36;
/** What is above an exhibit is counted up to here: in an article the first screen is the window's. */
const ABOVE = 120;

/**
 * @typedef {object} Rooms
 * @property {HTMLElement} top  title and question
 * @property {import("./stage.js").Stage} stage
 * @property {HTMLElement} rail  what to try, figures, settings
 * @property {HTMLElement} transport
 * @property {HTMLElement} extras  what is there to be opened: files, take away
 * @property {(HTMLElement|null)[]} below  what comes after the pictures
 */

/** The arrangement of an exhibit's parts. */
export class Layout {
  #rooms;
  #screen;
  #dock;
  #below;
  #handle;
  #label = h("b");
  #narrow = false;
  #observer;
  #tell;
  /** What was told last. */
  #needed = { width: 0, height: 0 };

  /**
   * @param {Rooms} rooms
   * @param {{ sheet: string, first?: string }} words of the handle: what the sheet holds, and what it names first
   * @param {(size: { width: number, height: number }) => void} tell takes the height that the first screen needs at the
   *   width that there is
   */
  constructor(rooms, { sheet, first = sheet }, tell) {
    this.#tell = tell;
    this.#rooms = rooms;
    const { top, stage, rail, transport, extras, below } = rooms;
    this.#handle = h(
      "button",
      { type: "button", className: "handle", hidden: true, "aria-expanded": "false", onclick: () => this.#toggle() },
      this.#label,
      first === sheet ? "" : h("span", {}, sheet),
    );
    say(this.#label, first);
    this.#screen = h("div", { className: "screen" }, top, stage.hero, rail);
    this.#dock = h("div", { className: "dock" }, transport, this.#handle);
    this.#below = h("div", { className: "below" }, stage.rest, ...below);
    top.append(extras);
    this.elements = [this.#screen, this.#dock, this.#below];
    this.#observer = new ResizeObserver(() => this.#arrange());
    for (const element of [this.#screen, this.#dock, stage.hero]) this.#observer.observe(element);
  }

  /** Opens the sheet, where there is one. */
  reveal() {
    if (this.#narrow) this.#open(true);
    this.#revealing = !this.#screen.clientWidth;
  }
  #revealing = false;

  close() {
    this.#observer.disconnect();
  }

  #arrange() {
    const width = this.#screen.clientWidth;
    if (!width) return;
    const narrow = width < NARROW;
    if (narrow !== this.#narrow) this.#move(narrow);
    const above = this.#screen.getBoundingClientRect().top + scrollY;
    this.#screen.style.setProperty("--above", `${above > ABOVE ? 0 : Math.round(above)}px`);
    // For the screen, and for what stands above the dock.
    this.#screen.parentElement?.style.setProperty("--dock", `${this.#dock.offsetHeight}px`);
    this.#rooms.stage.arrange();
    // As if there were room.
    const exhibit = this.#screen.parentElement;
    exhibit?.classList.remove("short");
    this.#need(width);
    exhibit?.classList.toggle("short", innerHeight <= SHORT);
  }

  /**
   * Tells what height shows the large picture and the transport whole. It follows from the width alone, never from the
   * height that there is: whoever gives what is asked for is not asked for more. At one width it only grows, when what
   * is written becomes longer, so that a page around it does not jump to and fro.
   * @param {number} width
   */
  #need(width) {
    if (this.#screen.parentElement?.classList.contains("open")) return;
    const { top, stage, transport } = this.#rooms;
    const gap = top.offsetHeight ? parseFloat(getComputedStyle(this.#screen).rowGap) || 0 : 0;
    const screen = top.offsetHeight + gap + stage.height;
    // What is above it is the frame's margin.
    const above = parseFloat(this.#screen.style.getPropertyValue("--above")) || 0;
    const height = Math.ceil(above + screen + transport.offsetHeight + (this.#narrow ? this.#handle.offsetHeight : 0));
    if (width === this.#needed.width && height <= this.#needed.height) return;
    this.#needed = { width, height };
    this.#screen.style.setProperty("--needed", `${Math.ceil(screen)}px`);
    this.#tell({ width: innerWidth, height });
  }

  /** @param {boolean} narrow */
  #move(narrow) {
    this.#narrow = narrow;
    const { top, rail, extras } = this.#rooms;
    this.#screen.parentElement?.classList.toggle("narrow", narrow);
    this.#handle.hidden = !narrow;
    if (narrow) {
      this.#dock.append(rail);
      this.#below.prepend(extras);
    } else {
      this.#screen.append(rail);
      top.append(extras);
    }
    this.#open(!narrow || this.#revealing);
    this.#revealing = false;
  }

  #toggle() {
    const open = this.#handle.getAttribute("aria-expanded") !== "true";
    this.#open(open);
    if (open) this.#screen.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} open */
  #open(open) {
    const { rail } = this.#rooms;
    rail.hidden = !open;
    this.#handle.setAttribute("aria-expanded", String(open && this.#narrow));
    this.#screen.parentElement?.classList.toggle("open", open && this.#narrow);
    rail.style.height = open && this.#narrow ? `${Math.round(SHEET * innerHeight)}px` : "";
  }
}
