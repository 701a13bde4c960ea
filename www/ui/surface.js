// A canvas at device pixels: never scaled by the browser, so that text and pixels in it stay sharp.

import { h } from "./dom.js";

/** Where and how large a view is drawn. */
export class Surface {
  #draw;
  #flow;
  #css = { width: 0, height: 0 };
  #width = 0;
  #height = 0;
  #bounded = false;
  #scheduled = false;
  /** Whether its two axes may have scales of their own. */
  stretched = false;

  /**
   * @param {() => void} draw called when the size or the colours have changed
   * @param {boolean} flow whether the height follows from the contents (images) rather than from the width
   */
  constructor(draw, flow) {
    this.#draw = draw;
    this.#flow = flow;
    this.canvas = h("canvas", { role: "img", width: 1, height: 1 });
    this.element = h("div", { className: flow ? "surface flow" : "surface" }, this.canvas);
    const observer = new ResizeObserver(([entry]) => this.#resized(entry));
    observer.observe(this.element);
  }

  /** Device pixels per CSS pixel; on a projector the page is enlarged, and what is drawn with it. */
  get ratio() {
    return (globalThis.devicePixelRatio || 1) * /** @type {any} */ (this.element.currentCSSZoom ?? 1);
  }

  /** Device pixels that a row may take. */
  get room() {
    return this.#width || Math.round(this.element.clientWidth * this.ratio);
  }

  /** Device pixels that all rows may take together. */
  get headroom() {
    return this.#bounded && this.#flow ? this.#height : Infinity;
  }

  /** Whether its element has a height of its own, that the contents have to fit. @param {boolean} bounded */
  set bounded(bounded) {
    if (this.#bounded === bounded) return;
    this.#bounded = bounded;
    this.invalidate();
  }

  get context() {
    return /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  /** Whether the height follows from the contents. */
  get flow() {
    return this.#flow;
  }

  set flow(flow) {
    if (this.#flow === flow) return;
    this.#flow = flow;
    this.element.classList.toggle("flow", flow);
    this.element.style.aspectRatio = "";
    if (!flow) this.canvas.style.width = this.canvas.style.height = "";
  }

  /** Width by height of what is drawn; the element keeps this shape. @param {number} aspect */
  set aspect(aspect) {
    if (this.#flow) return;
    const text = aspect.toFixed(4);
    if (this.element.style.aspectRatio === text) return;
    this.element.style.aspectRatio = text;
    this.element.style.setProperty("--aspect", text);
  }

  /**
   * The exact size in device pixels, for contents that need whole numbers.
   * @param {number} width
   * @param {number} height
   */
  fit(width, height) {
    const { canvas, ratio } = this;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    // The same device pixels are another size in the page once that is enlarged.
    [canvas.style.width, canvas.style.height] = [`${width / ratio}px`, `${height / ratio}px`];
  }

  /** Draws again with the next frame, once for any number of requests. */
  invalidate = () => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  };

  /** @param {ResizeObserverEntry} entry */
  #resized({ contentRect }) {
    this.#css = contentRect;
    this.measure();
  }

  /** Takes the device pixels that its size has now. It need not be called for a change of that size. */
  measure() {
    // Safari has no device-pixel box; there the rounded product is the best there is.
    const width = Math.round(this.#css.width * this.ratio);
    const height = Math.round(this.#css.height * this.ratio);
    if (!width) return;
    const changed =
      width !== this.#width || (this.#flow ? this.#bounded && height !== this.#height : height !== this.canvas.height);
    this.#width = width;
    this.#height = height;
    if (this.#flow) this.fit(this.canvas.width, this.canvas.height);
    else this.fit(width, height);
    if (changed) this.#draw();
  }
}
