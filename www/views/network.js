// A directed graph of variables as elements of the page: nodes are boxes with a button for each state,
// arrows are drawn behind them. What a click means, the model decides.

import { h, say } from "../ui/dom.js";
import { number } from "../ui/format.js";
import { linesOf } from "./text.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../protocol.js").Layer} Layer
 * @typedef {(payload: import("../protocol.js").Payload) => Promise<unknown>} Send
 * @typedef {{ left: number, top: number, height: number }} Box
 *
 * @typedef {object} NodeParts
 * @property {HTMLElement} element
 * @property {HTMLElement} name
 * @property {HTMLElement} tag
 * @property {string} label
 * @property {StateParts[]} states
 *
 * @typedef {{ button: HTMLElement, share: HTMLElement, exact: HTMLElement, estimated: HTMLElement }} StateParts
 */

/** Flags of nodes, arrows and states, as `ViewKind::Network` has them; their names are classes and words. */
const NODE = { selected: 1, seen: 2, done: 4, source: 8, connected: 16, separated: 32, from: 64, drawn: 128, rejected: 256 }; // prettier-ignore
const ARROW = { active: 1, cut: 2 };
const STATE = { given: 1, asked: 2, drawn: 4 };
/** Marks that have a word, the most important last; all but the first one are written on the node. */
const TAGS = /** @type {const} */ (["connected", "separated", "from", "source", "seen", "done", "rejected"]);

const SVG = "http://www.w3.org/2000/svg";
/** Sizes in CSS pixels, as in the style sheet. */
const [HEAD, ROW, WIDEST] = [28, 24, 150];
/** Between two rows of nodes: at least, where nothing decides it, and at most. */
const GAP = { least: 10, usual: 42, most: 120 };
/** Least number of rows that nodes can be dragged to. */
const ROWS = 4;
/** Pixels that a pointer moves before it drags. */
const SLACK = 5;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Shows a network view. */
export class NetworkBlock {
  #graph = h("div", { className: "graph" });
  #arrows = document.createElementNS(SVG, "svg");
  /** How likely the state asked for was before, and after one thing seen after the other. */
  #course = h("p", { className: "course" });
  /** The tables whose product is the whole. */
  #product = h("p", { className: "product" });
  /** @type {NodeParts[]} */
  #nodes = [];
  #known = "";
  #told = "";
  /** @type {Picture|undefined} */
  #picture;
  /** A node that is being dragged, and where it is. @type {{ node: number, at: [number, number] }|undefined} */
  #dragged;
  #words;
  /** @type {Send} */
  #send = async () => {};
  /** @type {HTMLElement} */
  #editor = h("div");
  /** What it stands in, which may have a height to be filled. @type {Element|null} */
  #box = null;
  #resized = new ResizeObserver(() => this.#place());

  /** @param {import("../ui/words.js").Words} words */
  constructor(words) {
    this.#words = words;
    this.#arrows.setAttribute("aria-hidden", "true");
    this.element = h(
      "div",
      { className: "network", role: "group" },
      this.#course,
      this.#graph,
      this.#product,
      this.#editor,
    );
    this.#resized.observe(this.#graph);
  }

  /** Takes edits from now on. @param {string} id of the action @param {Send} send */
  connect(id, send) {
    this.#send = send;
    this.#editor.replaceWith((this.#editor = this.#editing(id)));
  }

  /** @param {string} text */
  describe(text) {
    this.element.setAttribute("aria-label", text);
  }

  /** @param {Picture} picture */
  show(picture) {
    this.#picture = picture;
    const { nodes, names, states } = layersOf(picture);
    const [labels, words] = [linesOf(names), linesOf(states)].map((lines) => lines.map((line) => line.trimEnd()));
    const counts = labels.map((_, i) => nodes.data[3 * i + 2]);
    const known = [...labels, ...words, ...counts].join("\n");
    if (known !== this.#known) this.#build(labels, words, counts);
    this.#known = known;
    this.#tell();
    this.#place();
    this.#fill();
  }

  /** What is said around the graph. */
  #tell() {
    const { course, seen, product } = layersOf(/** @type {Picture} */ (this.#picture));
    const [asked, ...given] = linesOf(seen).map((line) => line.trimEnd());
    const told = [this.#words.get("marks.asked", { state: asked }), this.#words.get("marks.nothing"), ...given];
    const key = [...told, ...course.data].join("\n");
    if (key !== this.#told) {
      this.#told = key;
      const steps = [...course.data].map((share, i) => {
        const bar = h("i");
        bar.style.setProperty("--share", String(share));
        return h(
          "span",
          { className: "after" },
          h("b", {}, `${number(100 * share, 3)} %`),
          bar,
          h("small", {}, told[i + 1]),
        );
      });
      this.#course.replaceChildren(h("span", {}, told[0]), ...steps);
    }
    say(this.#product, [this.#words.get("marks.product"), linesOf(product).map((line) => line.trimEnd()).join(" · ")].join(" ")); // prettier-ignore
  }

  /** @param {string[]} labels @param {string[]} words @param {number[]} counts */
  #build(labels, words, counts) {
    let from = 0;
    this.#nodes = labels.map((label, node) => {
      const states = words.slice(from, (from += counts[node])).map((state) => {
        const [share, exact, estimated] = [h("span", { className: "share" }), h("i", { className: "exact" }), h("i", { className: "estimated" })]; // prettier-ignore
        const button = h(
          "button",
          { type: "button", className: "state", onclick: () => this.#tap(label, state) },
          h("span", { className: "word" }, state),
          share,
          exact,
          estimated,
        );
        return { button, share, exact, estimated };
      });
      const tag = h("span", { className: "tag" });
      const name = h("button", { type: "button", className: "name", title: label }, label);
      this.#holdable(name, node, label);
      const element = h(
        "div",
        { className: "node", role: "group", "aria-label": label },
        name,
        ...states.map(({ button }) => button),
        tag,
      );
      return { element, name, tag, label, states };
    });
    this.#graph.replaceChildren(this.#arrows, ...this.#nodes.map(({ element }) => element));
  }

  /** A click, a drag or arrow keys on a node's name. @param {HTMLElement} name @param {number} node @param {string} label */
  #holdable(name, node, label) {
    /** @type {[number, number]|undefined} */
    let start;
    /** @type {[number, number]} */
    let origin = [0, 0];
    const end = () => {
      start = undefined;
      if (!this.#dragged) return;
      const [x, y] = this.#dragged.at;
      // A drag ends with a click event, which is to be ignored.
      setTimeout(() => (this.#dragged = undefined), 0);
      this.#send({ text: `move ${label} ${x.toFixed(4)} ${y.toFixed(4)}` });
    };
    name.addEventListener("pointerdown", (event) => {
      start = [event.clientX, event.clientY];
      origin = this.#at(node);
      name.setPointerCapture(event.pointerId);
    });
    name.addEventListener("pointermove", (event) => {
      if (!start) return;
      // The page around may be scaled: the pointer moves over the screen, nodes in the graph's own pixels.
      const scale = this.#graph.getBoundingClientRect().width / this.#graph.offsetWidth || 1;
      const [dx, dy] = [(event.clientX - start[0]) / scale, (event.clientY - start[1]) / scale];
      if (!this.#dragged && Math.hypot(dx, dy) < SLACK) return;
      const { width, height, tallest, wide } = this.#sizes();
      this.#dragged = {
        node,
        at: [snap(origin[0] + dx / (width - wide), 12), snap(origin[1] + dy / (height - tallest || 1), this.#rows - 1)],
      };
      this.#place();
    });
    name.addEventListener("pointerup", end);
    name.addEventListener("pointercancel", end);
    name.addEventListener("click", () => !this.#dragged && this.#tap(label));
    name.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      const [x, y] = this.#at(node);
      const to = [snap(x + arrow[0] / 12, 12), snap(y + arrow[1] / (this.#rows - 1), this.#rows - 1)];
      this.#send({ text: `move ${label} ${to[0].toFixed(4)} ${to[1].toFixed(4)}` });
    });
  }

  /** @param {string} label @param {string} [state] */
  #tap(label, state) {
    this.#send({ text: state ? `tap ${label} ${state}` : `tap ${label}` });
  }

  /** Rows that nodes can be dragged to. */
  get #rows() {
    return Math.max(ROWS, this.#picture?.columns ?? 0);
  }

  /** @param {number} node @returns {[number, number]} */
  #at(node) {
    if (this.#dragged?.node === node) return this.#dragged.at;
    const { data } = layersOf(/** @type {Picture} */ (this.#picture)).nodes;
    return [data[3 * node], data[3 * node + 1]];
  }

  #sizes() {
    const width = this.#graph.clientWidth;
    const tallest = HEAD + ROW * Math.max(...this.#nodes.map(({ states }) => states.length));
    const rows = Math.max(1, this.#picture?.columns ?? 1);
    const height = rows * tallest + (rows - 1) * this.#gap(rows, tallest);
    return { width, height, tallest, wide: Math.min(WIDEST, Math.floor((width - 16) / 3)) };
  }

  /** Between two rows, so that the graph fills the height that it has. @param {number} rows @param {number} tallest */
  #gap(rows, tallest) {
    const room = this.#box?.clientHeight;
    if (!room || rows < 2) return GAP.usual;
    return Math.min(GAP.most, Math.max(GAP.least, (room - this.#around - rows * tallest) / (rows - 1)));
  }

  /** Height of what is around the graph. */
  get #around() {
    const { marginTop, marginBottom } = getComputedStyle(this.#graph);
    const others = [this.#course, this.#product, this.#editor].reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
    return others + parseFloat(marginTop) + parseFloat(marginBottom) + 6;
  }

  /** Height that it has where nothing decides it. */
  get height() {
    if (!this.#nodes.length) return this.element.offsetHeight;
    const rows = Math.max(1, this.#picture?.columns ?? 1);
    return this.#around + rows * this.#sizes().tallest + (rows - 1) * GAP.usual;
  }

  /** Puts nodes and arrows where they belong. */
  #place() {
    const box = this.element.parentElement;
    if (box !== this.#box) {
      if (this.#box) this.#resized.unobserve(this.#box);
      if (box) this.#resized.observe(box);
      this.#box = box;
    }
    const picture = this.#picture;
    if (!picture || !this.#nodes.length || !this.#graph.clientWidth) return;
    const { width, height, tallest, wide } = this.#sizes();
    this.#graph.style.height = `${height}px`;
    this.#graph.style.setProperty("--wide", `${wide}px`);
    const boxes = this.#nodes.map(({ element, states }, i) => {
      const [x, y] = this.#at(i);
      const box = { left: x * (width - wide), top: y * (height - tallest), height: HEAD + ROW * states.length };
      element.style.left = `${box.left}px`;
      element.style.top = `${box.top}px`;
      return box;
    });
    const { data, labels } = layersOf(picture).arrows;
    const paths = [...labels].flatMap((flags, i) => {
      const classes = namesOf(ARROW, flags).join(" ");
      const { line, head } = arrow(boxes[data[2 * i]], boxes[data[2 * i + 1]], wide);
      return [path(line, `line ${classes}`), path(head, `head ${classes}`)];
    });
    this.#arrows.replaceChildren(...paths);
  }

  /** Writes shares and marks. */
  #fill() {
    const { nodes, bars } = layersOf(/** @type {Picture} */ (this.#picture));
    const [exact, estimated] = bars;
    let s = 0;
    this.#nodes.forEach(({ element, name, tag, label, states }, i) => {
      const marks = namesOf(NODE, nodes.labels[i]);
      const classes = ["node", ...marks].join(" ");
      if (element.className !== classes) element.className = classes;
      const written = TAGS.findLast((mark) => marks.includes(mark));
      const word = written ? this.#words.get(`marks.${written}`) : "";
      say(tag, written === "connected" ? "" : word);
      name.setAttribute("aria-label", word ? `${label}: ${word}` : label);
      for (const { button, share, exact: bar, estimated: second } of states) {
        const flags = namesOf(STATE, exact.labels[s]);
        button.className = ["state", ...flags].join(" ");
        button.setAttribute("aria-pressed", String(flags.includes("given")));
        say(share, `${number(100 * exact.data[s], 3)} %`);
        bar.style.setProperty("--share", String(exact.data[s]));
        second.style.setProperty("--share", String(estimated?.data[s] ?? 0));
        s++;
      }
    });
  }

  /** What cannot be done by a click: nodes, their names and states. @param {string} id of the action */
  #editing(id) {
    const word = (/** @type {string} */ path) => this.#words.get(`actions.${id}.${path}`);
    /** The name of the framed node. */
    const selected = () => {
      const flags = this.#picture ? layersOf(this.#picture).nodes.labels : [];
      return this.#nodes[[...flags].findIndex((each) => each & NODE.selected)]?.label ?? "";
    };
    const line = (/** @type {string} */ verb, /** @type {(text: string) => string} */ command) => {
      const input = h("input", { type: "text", autocomplete: "off", spellcheck: false, "aria-label": word(verb), placeholder: word(`${verb}-example`) }); // prettier-ignore
      const send = async () => {
        if (!input.value.trim()) return input.focus();
        await this.#send({ text: command(input.value.replace(/,/g, " ").trim()) });
        input.value = "";
      };
      input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), send()));
      return h("div", { className: "line" }, input, h("button", { type: "button", onclick: send }, word(verb)));
    };
    return h(
      "details",
      { className: "editing" },
      h("summary", {}, word("label")),
      line("add", (text) => `add ${text}`),
      line("rename", (text) => `rename ${selected()} ${text}`),
      line("states", (text) => `states ${selected()} ${text}`),
      h("button", { type: "button", onclick: () => this.#send({ text: `remove ${selected()}` }) }, word("remove")),
    );
  }
}

/** @param {Picture} picture */
function layersOf({ layers }) {
  const layer = (/** @type {string} */ id) => /** @type {Layer} */ (layers.find((each) => each.id === id));
  return {
    nodes: layer("nodes"),
    arrows: layer("arrows"),
    names: layer("names"),
    states: layer("states"),
    course: layer("course"),
    seen: layer("seen"),
    product: layer("product"),
    bars: layers.filter(({ kind }) => kind === "bars"),
  };
}

/** @param {Record<string, number>} flags @param {number} set */
const namesOf = (flags, set) => Object.keys(flags).filter((name) => set & flags[name]);

/** The nearest of so many steps from 0 to 1. @param {number} x @param {number} steps */
const snap = (x, steps) => Math.min(1, Math.max(0, Math.round(x * steps) / steps));

/** @param {string} d @param {string} className */
function path(d, className) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", d);
  element.setAttribute("class", className);
  return element;
}

/**
 * An arrow from the lower rim of one box to the upper rim of another, or between their nearest rims.
 * @param {Box} a
 * @param {Box} b
 * @param {number} wide
 */
function arrow(a, b, wide) {
  const [ax, bx] = [a.left + wide / 2, b.left + wide / 2];
  const [down, up] = [b.top - (a.top + a.height), a.top - (b.top + b.height)];
  if (Math.max(down, up) < 14) return straight(a, b, wide);
  // Towards each other, so that arrows into one node come apart.
  const lean = Math.max(-wide / 3, Math.min(wide / 3, (bx - ax) * 0.22));
  const [from, to, sign] = down > up ? [a.top + a.height, b.top, 1] : [a.top, b.top + b.height, -1];
  const [x0, x1] = [ax + lean, bx - lean];
  const bend = Math.max(16, Math.abs(to - from) * 0.5) * sign;
  const end = to - 7 * sign;
  return {
    line: `M${x0} ${from}C${x0} ${from + bend} ${x1} ${end - bend} ${x1} ${end}`,
    head: `M${x1} ${to - sign}L${x1 - 4.5} ${to - 9 * sign}H${x1 + 4.5}Z`,
  };
}

/** @param {Box} a @param {Box} b @param {number} wide */
function straight(a, b, wide) {
  const centre = (/** @type {Box} */ { left, top, height }) => [left + wide / 2, top + height / 2];
  const [[ax, ay], [bx, by]] = [centre(a), centre(b)];
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.hypot(dx, dy) || 1;
  /** How far from the centre the rim is. @param {Box} box */
  const rim = ({ height }) => Math.min(wide / 2 / (Math.abs(dx / length) || 1e-9), height / 2 / (Math.abs(dy / length) || 1e-9)); // prettier-ignore
  const [ux, uy] = [dx / length, dy / length];
  const along = (/** @type {number} */ t) => [ax + ux * t, ay + uy * t];
  const [start, end] = [along(rim(a)), along(length - rim(b) - 1)];
  const back = along(length - rim(b) - 9);
  const side = [-uy * 4.5, ux * 4.5];
  return {
    line: `M${start[0]} ${start[1]}L${back[0]} ${back[1]}`,
    head: `M${end[0]} ${end[1]}L${back[0] + side[0]} ${back[1] + side[1]}L${back[0] - side[0]} ${back[1] - side[1]}Z`,
  };
}
