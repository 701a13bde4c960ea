// Touching pictures: dragging a point, painting points, picking images, each by pointer and by keys; and
// giving them a text.

import { place } from "../views/plane.js";
import { imageAt, placeOf } from "../views/grid.js";
import { linesOf } from "../views/text.js";
import { h, say } from "./dom.js";

/**
 * @typedef {import("./picture.js").PictureFigure} PictureFigure
 * @typedef {(payload: import("../protocol.js").Payload) => Promise<unknown>} Send
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Sends the latest of many payloads, one at a time: a slow model skips, it never lags behind. `busy` is whether one is
 * on its way: pictures that come meanwhile were asked for before it.
 * @param {Send} send
 */
function latest(send) {
  /** @type {import("../protocol.js").Payload|undefined} */
  let next;
  let busy = false;
  const post = async (/** @type {import("../protocol.js").Payload} */ payload) => {
    next = payload;
    if (busy) return;
    busy = true;
    try {
      while (next) {
        const now = next;
        next = undefined;
        await send(now);
      }
    } finally {
      busy = false;
    }
  };
  return { post, busy: () => busy };
}

/**
 * Where a pointer is, as shares of the canvas from the top left: the same however the page around it is scaled.
 * @param {PictureFigure} figure
 * @param {MouseEvent} event
 * @returns {[number, number]}
 */
function shares({ surface }, event) {
  const box = surface.canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

/**
 * Drags one point over the view. If the picture has a layer with the action's id, the handle follows the
 * first point of that layer, which is where the model has the point.
 * @param {PictureFigure} figure
 * @param {string} id of the action
 * @param {string} label
 * @param {Send} send
 * @param {string} invitation stands at the handle until it is used
 * @param {import("./lens.js").Lens} [lens] that shows what the model makes of the place
 */
export function drag(figure, id, label, send, invitation, lens) {
  const { surface } = figure;
  const knob = h("i", { className: "knob" });
  const inviting = h("span", { className: "inviting", "aria-hidden": "true" }, invitation);
  const pad = h(
    "div",
    { className: "pad", tabIndex: 0, role: "slider", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 },
    knob,
    inviting,
  );
  const { post, busy } = latest(send);
  /** @type {[number, number]} */
  let at = [0.5, 0.5];
  const move = (/** @type {[number, number]} */ to, /** @type {boolean} */ tell) => {
    at = [Math.min(1, Math.max(0, to[0])), Math.min(1, Math.max(0, to[1]))];
    knob.style.left = `${100 * at[0]}%`;
    knob.style.bottom = inviting.style.bottom = `${100 * at[1]}%`;
    // On the side where there is more room.
    const left = at[0] > 0.5;
    inviting.style.left = left ? "" : `${100 * at[0]}%`;
    inviting.style.right = left ? `${100 - 100 * at[0]}%` : "";
    pad.setAttribute("aria-valuenow", String(Math.round(100 * at[0])));
    pad.setAttribute("aria-valuetext", `${Math.round(100 * at[0])} % across, ${Math.round(100 * at[1])} % up`);
    if (!tell) return;
    inviting.remove();
    lens?.move(at);
    post({ at });
  };
  const follow = (/** @type {PointerEvent} */ event) => {
    const [x, y] = shares(figure, event);
    move([x, 1 - y], true);
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    follow(event);
  });
  pad.addEventListener("pointermove", (event) => pad.hasPointerCapture(event.pointerId) && follow(event));
  pad.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const far = event.shiftKey ? 0.1 : 0.02;
    move([at[0] + far * arrow[0], at[1] + far * arrow[1]], true);
  });
  let held = false;
  pad.addEventListener("gotpointercapture", () => (held = true));
  pad.addEventListener("lostpointercapture", () => (held = false));
  figure.onshow = ({ layers, extent: [x0, x1, y0, y1] }) => {
    const point = layers.find((layer) => layer.id === id)?.data;
    if (point && !held && !busy()) move([(point[0] - x0) / (x1 - x0), (point[1] - y0) / (y1 - y0)], false);
  };
  move(at, false);
  surface.element.append(cover(figure, pad));
  if (!lens) return;
  pad.append(lens.element);
  pad.addEventListener("blur", () => lens.close());
}

/**
 * Paints points with a round brush while the tool is switched on.
 * @param {PictureFigure} figure
 * @param {string} label
 * @param {string} hint shown while it is on
 * @param {Send} send
 */
export function brush(figure, label, hint, send) {
  const { surface } = figure;
  const cursor = h("i", { className: "cursor" });
  const pad = h(
    "div",
    { className: "pad brush", tabIndex: 0, role: "application", "aria-label": hint, hidden: true },
    cursor,
  );
  const toggle = h("button", { type: "button", className: "tool", "aria-pressed": "false", title: hint }, label);
  const note = h("p", { className: "note", hidden: true }, hint);
  /** @type {number[]} */
  let waiting = [];
  let busy = false;
  const flush = async () => {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const points = Float32Array.from(waiting);
      waiting = [];
      await send({ points });
    }
    busy = false;
  };
  /** @type {[number, number]} */
  let at = [0.5, 0.5];
  const paint = () => {
    if (!figure.picture) return;
    const [x, y] = place(at[0], 1 - at[1], figure.picture).point;
    const reach = (figure.picture.extent[1] - figure.picture.extent[0]) * 0.02 || 0.1;
    // On a grid, far finer than the disc, so that an address has room for many of them.
    const fine = 2 ** Math.ceil(Math.log2(16 / reach));
    const snap = (/** @type {number} */ value) => Math.round(value * fine) / fine;
    for (let i = 0; i < 4; i++) {
      // Points lie in a disc around the brush, so that what is painted is a density and not a line.
      const [radius, angle] = [reach * Math.sqrt(Math.random()), 2 * Math.PI * Math.random()];
      waiting.push(snap(x + radius * Math.cos(angle)), snap(y + radius * Math.sin(angle)));
    }
    flush();
  };
  const move = (/** @type {number} */ x, /** @type {number} */ y) => {
    at = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    cursor.style.left = `${100 * at[0]}%`;
    cursor.style.bottom = `${100 * at[1]}%`;
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    const [x, y] = shares(figure, event);
    move(x, 1 - y);
    paint();
  });
  pad.addEventListener("pointermove", (event) => {
    const [x, y] = shares(figure, event);
    move(x, 1 - y);
    if (pad.hasPointerCapture(event.pointerId)) paint();
  });
  pad.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation(); // space paints here, it does not pause
    if (arrow) move(at[0] + 0.03 * arrow[0], at[1] + 0.03 * arrow[1]);
    else paint();
  });
  toggle.addEventListener("click", () => {
    // One brush at a time: their pads lie over each other.
    for (const other of figure.tools.querySelectorAll('[aria-pressed="true"]'))
      if (other !== toggle) /** @type {HTMLElement} */ (other).click();
    pad.hidden = note.hidden = !pad.hidden;
    toggle.setAttribute("aria-pressed", String(!pad.hidden));
    if (!pad.hidden) pad.focus({ preventScroll: true });
  });
  move(...at);
  figure.tools.append(toggle);
  surface.element.append(cover(figure, pad), note);
}

/**
 * Picks images: each click takes the place of the oldest one.
 * @param {PictureFigure} figure
 * @param {string} label
 * @param {Send} send
 * @param {number} count of images that are picked at a time
 */
export function pick(figure, label, send, count) {
  const { surface } = figure;
  const cursor = h("i", { className: "cursor square", hidden: true });
  const pad = h("div", { className: "pad", tabIndex: 0, role: "application", "aria-label": label }, cursor);
  let at = 0;
  const take = (/** @type {number} */ index) => {
    if (index < 0) return;
    figure.picked = [...figure.picked.filter((each) => each !== index), index].slice(-count);
    figure.repaint();
    if (figure.picked.length === count) send({ picks: figure.picked });
  };
  const point = () => {
    const { grid } = figure;
    if (!grid) return;
    const { x, y, width, height } = placeOf(grid, at);
    cursor.hidden = false;
    cursor.style.left = `${x / surface.ratio}px`;
    cursor.style.top = `${y / surface.ratio}px`;
    cursor.style.width = `${width / surface.ratio}px`;
    cursor.style.height = `${height / surface.ratio}px`;
  };
  pad.addEventListener("click", (event) => {
    const [x, y] = shares(figure, event);
    if (figure.grid) take(imageAt(figure.grid, x * surface.canvas.width, y * surface.canvas.height));
  });
  pad.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const { grid } = figure;
    if (!grid || (!arrow && event.key !== "Enter")) return;
    event.preventDefault();
    if (arrow) at = Math.min(grid.count - 1, Math.max(0, at + arrow[0] - grid.columns * arrow[1]));
    else take(at);
    point();
  });
  pad.addEventListener("blur", () => (cursor.hidden = true));
  surface.element.append(cover(figure, pad));
}

/**
 * Takes a line of text as it is typed. The labels of the view's bars are the characters that the model
 * knows; the view's text is the sentence that it has.
 * @param {PictureFigure} figure
 * @param {string} label
 * @param {(characters: string) => string} unknown says that there are no such characters
 * @param {Send} send
 */
export function sentence(figure, label, unknown, send) {
  const note = h("p", { className: "note", role: "status" });
  const input = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: false,
    "aria-label": label,
  });
  const { post } = latest(send);
  input.addEventListener("input", () => {
    const known = new Set(figure.picture?.layers[0].labels);
    const [right, wrong] = [[], []].map((/** @type {string[]} */ list) => list);
    for (const c of input.value) (known.has(c.codePointAt(0) ?? 0) ? right : wrong).push(c);
    say(note, wrong.length ? unknown([...new Set(wrong)].join(" ")) : "");
    if (right.length) post({ text: right.join("") });
  });
  figure.onshow = ({ layers }) => {
    const text = layers.find(({ kind }) => kind === "text");
    const root = /** @type {ShadowRoot} */ (input.getRootNode());
    if (text && root.activeElement !== input) input.value = linesOf(text)[0].replace(/^\n/, "");
  };
  figure.surface.element.parentElement?.before(h("div", { className: "typed" }, input, note));
}

/** Lays a pad exactly over the canvas. @param {PictureFigure} figure @param {HTMLElement} pad */
function cover({ surface }, pad) {
  const { canvas, element } = surface;
  const observer = new ResizeObserver(() => {
    pad.style.width = `${canvas.clientWidth}px`;
    pad.style.height = `${canvas.clientHeight}px`;
    pad.style.left = `${canvas.offsetLeft}px`;
    pad.style.top = `${canvas.offsetTop}px`;
  });
  // A canvas that keeps its size moves where its surface gets another one.
  for (const each of [canvas, element]) observer.observe(each);
  return pad;
}
