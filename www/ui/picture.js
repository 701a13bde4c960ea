// One view: its caption with the key of colours, its canvas, and the ways to touch it.

import { areClasses, bars } from "../views/bars.js";
import { blockOf } from "../views/blocks.js";
import { chart, isFaint, isNamed as isNamedChart, patternOf } from "../views/chart.js";
import { mapOf } from "../views/field.js";
import { gridOf, isCoarse, isMarked, isNamed, isTower, isUnits } from "../views/grid.js";
import { paintImages } from "../views/images.js";
import { Late } from "../views/late.js";
import { isArea } from "../views/lines.js";
import { hasInsets, plane } from "../views/plane.js";
import { stack } from "../views/stack.js";
import { leavesTrails } from "../views/traces.js";
import { alternative } from "./alternatives.js";
import { h, say } from "./dom.js";
import { number } from "./format.js";
import { Surface } from "./surface.js";

/**
 * @typedef {import("../protocol.js").Picture} Picture
 * @typedef {import("../views/grid.js").Grid} Grid
 */

/**
 * Painters of the kinds whose height follows from their width. All others are drawn in the plane.
 * @type {Record<string, import("../views/plane.js").Painter>}
 */
const PAINTERS = { bars, stack, curves: chart(false), "log-curves": chart(true) };

/** A figure that shows one view of the card. */
export class PictureFigure {
  /** @type {Picture|undefined} the latest */
  picture;
  /** @type {Grid|undefined} where images stand, for an image view */
  grid;
  /** @type {number[]} images that are framed */
  picked = [];
  /** @type {import("./theme.js").Theme|undefined} */
  theme;
  /** What was before the picture. @type {import("../views/traces.js").Traces} */
  traces = { before: [] };
  /** Is told of each picture. @type {(picture: Picture) => void} */
  onshow = () => {};
  #keys = h("span", { className: "keys" });
  /** What is to be seen, in short. */
  #said = h("span");
  /** Makes coarse images smooth, as a person sees digits in them, or shows their pixels. */
  #smooth = h("button", { type: "button", className: "tool", hidden: true, "aria-pressed": "true" });
  /** Shows where the points come from. */
  #trails = h("button", { type: "button", className: "tool", hidden: true, "aria-pressed": "false" });
  /** @type {{ x?: HTMLElement, y?: HTMLElement }} */
  #axes = {};
  /** Shows the layer that is left out else, where the words of the view name one. */
  #extra = h("button", { type: "button", className: "tool", "aria-pressed": "false" });
  #left;
  /** Stands at the one point that the picture has. */
  #tag = h("span", { className: "at", "aria-hidden": "true", hidden: true });
  /** The layers that the keys were made for, as one text. */
  #shown = "";
  #words;
  #block;
  #box;
  /** Points become images if the data are images, and the reverse. @type {import("../protocol.js").View["kind"]} */
  #kind;

  /**
   * @param {import("../protocol.js").View} view
   * @param {import("./words.js").Words} words
   */
  constructor(view, words) {
    this.view = view;
    this.#kind = view.kind;
    this.#words = words;
    this.surface = new Surface(() => this.#paint(), view.kind === "images");
    this.#block = blockOf(view.kind, words, view.id);
    this.surface.canvas.setAttribute("aria-label", this.#name);
    const { hint = "", images = "", more = "" } = words.find(`views.${view.id}`) ?? {};
    for (const [tool, name] of /** @type {[HTMLElement, string][]} */ ([
      [this.#smooth, "smooth"],
      [this.#trails, "trails"],
    ])) {
      tool.textContent = words.get(`tools.${name}`);
      tool.onclick = () => {
        tool.setAttribute("aria-pressed", String(!isPressed(tool)));
        this.#paint();
      };
    }
    this.#trails.hidden = view.kind !== "points";
    /** @type {string|undefined} */
    this.#left = words.find(`views.${view.id}.extra`);
    this.#extra.hidden = !this.#left;
    if (this.#left) say(this.#extra, words.get(`layers.${this.#left}`));
    this.#extra.onclick = () => {
      this.#extra.setAttribute("aria-pressed", String(!isPressed(this.#extra)));
      if (this.#whole) this.show(this.#whole);
    };
    this.tools = h("span", { className: "tools" }, this.#smooth, this.#trails, this.#extra);
    /** Below the picture; holds a setting, for example. */
    this.foot = h("div", { className: "foot" });
    // It gives the picture the room that a large figure has left.
    this.#box = h("div", { className: "box" }, this.#block?.element ?? this.surface.element);
    this.element = h(
      "figure",
      { className: `picture of-${view.kind}${view.main ? " main" : ""}`, "data-view": view.id },
      h(
        "figcaption",
        {},
        h("strong", { title: [hint, images, more].filter(Boolean).join(" ") }, words.get(`views.${view.id}`)),
        this.tools,
        this.#keys,
      ),
      this.#axis("y"),
      this.#box,
      this.#axis("x"),
      this.foot,
      // On the first screen there is room for a line or two, and for the rest below it.
      hint
        ? h("p", { className: "about" }, this.#said, more ? h("span", { className: "further" }, ` ${more}`) : "")
        : null,
    );
    this.#say();
    // What has two named axes of its own has no common scale.
    this.surface.stretched = Boolean(this.#axes.x && this.#axes.y);
    this.element.classList.toggle("stretched", this.surface.stretched);
    if (this.#fixed)
      this.surface.aspect = PAINTERS[view.kind]?.aspect({ layers: [], extent: [], range: [], columns: 0 }) ?? 1;
  }

  /** @param {Picture} whole */
  show(whole) {
    this.#whole = whole;
    this.onshow(whole);
    const shown = this.#without(whole);
    // Points over images are handles, which whoever connects them has drawn.
    const picture =
      shown.layers[0]?.kind === "images"
        ? { ...shown, layers: shown.layers.filter(({ kind }) => kind !== "points") }
        : shown;
    const keys = picture.layers.map((layer) => layer.id + keyOf(picture.layers, layer) + classesOf(layer)).join();
    this.picture = picture;
    if (this.#block) {
      if (this.#kind === "network" && this.#shown === "") this.#showKeys();
      this.#shown = keys;
      return this.#block.show(picture);
    }
    const images = picture.layers[0]?.kind === "images";
    if (images !== (this.#kind === "images")) this.#become(images ? "images" : this.#plain);
    this.#smooth.hidden = !isCoarse(picture);
    this.#extra.hidden = !this.#left || images;
    // In pictures of points it keeps its place, so that nothing moves when the first ones come.
    this.#trails.hidden = this.#painter !== plane || (this.view.kind !== "points" && !leavesTrails(picture));
    this.#trails.style.visibility = leavesTrails(picture) ? "" : "hidden";
    if (keys !== this.#shown || this.#keys.childElementCount === 0) this.#showKeys();
    if (keys !== this.#shown) for (const axis of /** @type {const} */ (["x", "y"])) this.#axis(axis);
    this.#shown = keys;
    if (this.#fixed) this.surface.aspect = this.#painter.aspect(picture);
    this.#paint();
  }

  /** All layers, of which some may be left out. @type {Picture|undefined} */
  #whole;

  /** A picture of points without the layer that is shown when it is asked for. @param {Picture} picture @returns {Picture} */
  #without(picture) {
    if (!this.#left || isPressed(this.#extra) || picture.layers[0]?.kind !== "points") return picture;
    return { ...picture, layers: picture.layers.filter(({ id }) => id !== this.#left) };
  }

  /** Says something at the one point of the picture, if there is one; with "" nothing. @param {string} text */
  point(text) {
    const mark = this.picture?.layers.find(({ kind, data }) => kind === "points" && data.length === 2);
    this.#tag.hidden = !mark || !text;
    if (!this.picture || !mark || !text) return;
    const [x0, x1, y0, y1] = this.picture.extent;
    const [x, y] = [(100 * (mark.data[0] - x0)) / (x1 - x0), (100 * (mark.data[1] - y0)) / (y1 - y0)];
    if (!this.#tag.isConnected) this.surface.element.append(this.#tag);
    say(this.#tag, text);
    // On the side where there is more room.
    const { style } = this.#tag;
    [style.left, style.right] = x > 50 ? ["", `${100 - x}%`] : [`${x}%`, ""];
    [style.top, style.bottom] = y > 50 ? [`${100 - y}%`, ""] : ["", `${y}%`];
  }

  /** Width of the picture's room, in CSS pixels. */
  get width() {
    return this.#box.clientWidth;
  }

  /** Height of the picture at the full width of its figure, in CSS pixels. */
  get height() {
    const { ratio, element } = this.surface;
    if (this.#block) return this.#block.height ?? this.#block.element.offsetHeight;
    const width = this.#box.clientWidth;
    if (this.#kind === "images" && this.picture)
      return gridOf(this.picture, width * ratio, ratio, Infinity, { smooth: isPressed(this.#smooth) }).height / ratio;
    return width / (Number(element.style.getPropertyValue("--aspect")) || 1);
  }

  /** Height of all that is around the picture, in CSS pixels. */
  get around() {
    return this.element.offsetHeight - this.#box.offsetHeight;
  }

  /** Draws the same picture again, with other colours or other images framed. */
  repaint() {
    this.#paint();
  }

  /**
   * The text alternative: what is seen, and when.
   * @param {string} text of the run
   * @param {import("./words.js").Words} ui
   */
  describe(text, ui) {
    const seen = this.picture && !this.#block ? `${alternative(this.picture, { ui, own: this.#words })}. ` : "";
    const all = `${this.#name}: ${seen}${text}`;
    if (this.#block) this.#block.describe(all);
    else this.surface.canvas.setAttribute("aria-label", all);
  }

  get #name() {
    return this.#words.get(`views.${this.view.id}`);
  }

  /** Lets what it shows be edited, if that can be. @param {string} id of the action @param {import("./touch.js").Send} send */
  edit(id, send) {
    this.#block?.connect?.(id, send);
  }

  /** What an axis stands for, if the words say so. @param {"x"|"y"} axis */
  #axis(axis) {
    const said = this.#words.find(`views.${this.view.id}.${axis}`);
    if (!said) return null;
    const logarithmic = axis === "x" && this.view.kind === "log-curves";
    // It may depend on what is shown, which the first layer's id tells. What its ends are stands at its ends.
    const text =
      typeof said === "string" || Array.isArray(said) ? said : (said[this.picture?.layers[0].id ?? ""] ?? "");
    const parts = [logarithmic ? this.#words.get("tools.logarithmic", { name: text }) : text].flat();
    const element = (this.#axes[axis] ??= h("p", { className: `axis ${axis}` }));
    element.replaceChildren(...parts.map((part) => h("span", {}, part)));
    return element;
  }

  /** @param {import("../protocol.js").View["kind"]} kind */
  #become(kind) {
    this.element.classList.replace(`of-${this.#kind}`, `of-${kind}`);
    this.element.classList.toggle("changed", kind !== this.view.kind);
    this.#kind = kind;
    this.surface.flow = kind === "images";
    this.#say();
  }

  /** What is to be seen may be another thing in images. */
  #say() {
    const { hint = "", images = hint } = this.#words.find(`views.${this.view.id}`) ?? {};
    say(this.#said, this.#kind === "images" ? images : hint);
  }

  /** Its kind when it shows no images. */
  get #plain() {
    return this.view.kind === "images" ? "points" : this.view.kind;
  }

  /** Whether its height follows from its width. */
  get #fixed() {
    return this.#kind !== "images" && !this.#block;
  }

  /** Whether it shows where the points come from. @param {boolean} shown */
  set trails(shown) {
    this.#trails.setAttribute("aria-pressed", String(shown));
  }

  get #painter() {
    return PAINTERS[this.#kind] ?? plane;
  }

  #paint() {
    if (this.#block || !this.picture || !this.theme || !this.surface.room) return;
    const smooth = isPressed(this.#smooth) && isCoarse(this.picture);
    const { before, ghost } = this.traces;
    if (this.#kind === "images" && isSqueezed(this.picture)) {
      const how = { smooth, names: this.#names ?? {} };
      const painter = squeeze.get(this.surface.invalidate);
      painter?.paintSqueeze(this.surface, this.picture, this.theme, how);
    } else if (this.#kind === "images") {
      const named = isNamed(this.picture) ? this.picture.layers : [];
      const names = named.map(({ id }) => this.#words.get(`layers.${id}`));
      const { between, columns, changed } = this.#words.find(`views.${this.view.id}`) ?? {};
      // Above a column its name, and how much has changed in it; where it begins nothing has.
      const heads = (
        /** @type {{ label?: number, changed: number, all: number, sum: string }} */ { label, ...counts },
      ) => [
        ...(columns && label !== undefined ? [columns[label] ?? columns.other.replace("{label}", label)] : []),
        columns && label === 0 ? "" : this.#words.get(`views.${this.view.id}.changed`, counts),
      ];
      const how = { picked: this.picked, smooth, names, between, heads: changed && heads };
      this.grid = paintImages(this.surface, this.picture, this.theme, how);
    } else {
      const traces = { before: isPressed(this.#trails) ? before : undefined, ghost };
      this.#painter.paint(this.surface, this.picture, this.theme, traces, this.#names);
    }
  }

  /** Names of the layers, where they are written into the picture. */
  get #names() {
    if (!this.picture || !(isWritten(this.picture) || hasInsets(this.picture))) return undefined;
    return Object.fromEntries(this.picture.layers.map(({ id }) => [id, this.#words.get(`layers.${id}`)]));
  }

  #showKeys() {
    if (this.#names) {
      // A canvas does not wait for a font: emoji come with the page.
      const { font } = this.theme ?? {};
      if (font) document.fonts.load(`14px ${font}`, Object.values(this.#names).join("")).then(() => this.#paint());
      if (this.picture && isWritten(this.picture)) return this.#keys.replaceChildren();
    }
    const { layers = [], range = [] } = this.picture ?? {};
    const unsaid = ["field", "text", "network"];
    const inset = this.picture !== undefined && hasInsets(this.picture);
    // A single layer of images needs no key, and others may have their names beside them.
    if (layers.length < 2 || (this.picture && isNamed(this.picture)) || inset) unsaid.push("images");
    const keys = layers
      // What belongs to an image is said there.
      .filter(({ kind }, at) => !(inset && kind === "points" && layers[at + 1]?.kind === "images"))
      .filter((layer, at, all) => !unsaid.includes(layer.kind) && !(isFaint(layer) && at > 0 && isFaint(all[at - 1])))
      .filter(({ kind }) => kind !== "bars" || this.#kind === "bars") // elsewhere they mix colours
      .map((layer) =>
        h(
          "span",
          { className: `key ${keyOf(layers, layer)} ${layer.role}`, "data-classes": classesOf(layer) || undefined },
          this.#words.get(`layers.${layer.id}`),
        ),
      );
    const field = layers.find(({ kind }) => kind === "field");
    const ramp = (/** @type {string} */ from, /** @type {string} */ map, /** @type {string} */ to) =>
      keys.push(h("span", { className: "ramp" }, h("span", {}, from), h("i", { className: map }), h("span", {}, to)));
    if (field) ramp(number(range[0], 2), mapOf(field), number(range[2], 2));
    const { picture } = this;
    if (picture?.layers[0]?.kind === "images" && layers.some((layer) => isUnits(layer, isTower(picture))))
      ramp(this.#words.get("tools.off"), "grey", this.#words.get("tools.on"));
    if (layers.some((layer) => layer.kind === "images" && isMarked(layer)))
      for (const mark of ["rises", "falls"])
        keys.push(h("span", { className: `key mark ${mark} model` }, this.#words.get(`tools.${mark}`)));
    // Few points of a cloud are like it.
    const alike = new Set();
    this.#keys.replaceChildren(...keys.filter(({ outerHTML: html }) => !alike.has(html) && alike.add(html)));
  }
}

/** Whether there are numbers between images. @param {Picture} picture */
const isSqueezed = ({ layers }) => layers[0]?.kind === "images" && layers.some(({ kind }) => kind === "bars");

/** Whether the names of all layers are written into it. @param {Picture} picture */
const isWritten = (picture) => isNamedChart(picture) || isSqueezed(picture);

/** Its painter. @type {Late<typeof import("../views/squeeze.js")>} */
const squeeze = new Late(new URL("../views/squeeze.js", import.meta.url));

/** @param {HTMLElement} button */
const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

/** The class of a layer's key, which looks as the layer does: lines show their pattern. @param {import("../protocol.js").Layer[]} layers @param {import("../protocol.js").Layer} layer */
function keyOf(layers, layer) {
  const { kind, data, labels } = layer;
  if (isArea(layer)) return "area";
  // Pieces with labels have the colours of their classes.
  if (kind === "lines" && labels.length) return "lines classed";
  if (/curves$/.test(kind)) return `line-${patternOf(layers, layer)}${isFaint(layer) ? " faint" : ""}`;
  if (kind === "bars" && areClasses(labels)) return "bars classed";
  if (kind === "bars") return layers.find((each) => each.kind === kind) === layer ? "bars" : "lines";
  if (classesOf(layer)) return "numerals";
  if (kind === "points" && data.length > 0 && data.length <= 4) return "ring";
  return kind;
}

/**
 * The classes of a layer of points that are drawn as numerals, which have colours of their own and not that of the role;
 * those that there are, if many the first and the last. Otherwise "".
 * @param {import("../protocol.js").Layer} layer
 */
function classesOf({ kind, data, labels }) {
  if (kind !== "points" || !labels.length || data.length <= 2) return "";
  const all = [...new Set(labels)].sort((a, b) => a - b);
  return (all.length > 3 ? [all[0], all[1], "…", all.at(-1)] : all).join(" ");
}
