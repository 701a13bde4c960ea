// What can be exported: pictures, curves, weights, links.

import { linesOf } from "../views/text.js";
import { colourMap } from "./theme.js";
import { download, h, menu, say } from "./dom.js";
import { addressOf, linkOf } from "./link.js";

const SAMPLES = 64;
/** The view that shows a network as a file. */
const FILE = "file";

/**
 * A menu of things to take away.
 * @param {import("./session.js").Session} session
 * @param {import("./words.js").Words} ui
 * @param {string} build of the wasm, which an exact link names
 * @param {() => import("./theme.js").Theme} theme
 */
export function takeAway(session, ui, build, theme) {
  const note = h("p", { className: "note", role: "status" });
  const name = () => `tilde-${session.card.id}-step-${session.step}`;
  /** What an address leaves out, in words. @param {import("./link.js").Lost[]} lost */
  const less = (lost) =>
    lost.length ? ui.get("link-without", { what: lost.map((part) => ui.get(`lost.${part}`)).join("; ") }) : "";
  const copy = async (/** @type {string} */ text, /** @type {import("./link.js").Lost[]} */ lost) => {
    try {
      await navigator.clipboard.writeText(text);
      say(note, `${ui.get("copied")} ${less(lost)}`.trim());
    } catch {
      // Frames and insecure pages may not write to the clipboard: show the text, to be copied by hand.
      const field = h("input", { readOnly: true, value: text, "aria-label": ui.get("copy-by-hand") });
      note.replaceChildren(field, less(lost));
      field.select();
    }
  };
  const copyLink = async () => {
    // The backend that runs, not "auto": a run is a function of its seed, backend and build.
    const backend = session.run?.backend ?? "cpu";
    const { hash, lost } = await linkOf(session, { backend, build: backend === "cpu" ? build : "" });
    await copy(addressOf(hash), lost);
  };
  const embed = async () => {
    const { openEmbed } = await import("./embed-dialogue.js");
    await openEmbed({ session, theme: theme(), near: element, less });
    element.open = false;
  };
  const actions = {
    "copy-link": copyLink,
    embed,
    ...(session.card.views.some(({ id, kind }) => id === FILE && kind === "text")
      ? { "save-network": async () => download(await networkText(session), `${name()}.bif`) }
      : {}),
    ...(session.card.views.some(({ kind }) => kind === "text")
      ? { "save-text": async () => download(await samplesText(session), `${name()}.txt`) }
      : { "save-png": async () => download(await samplesPng(session, theme()), `${name()}.png`) }),
    "save-csv": async () => download(new Blob([session.history.csv()], { type: "text/csv" }), `${name()}.csv`),
    "save-weights": async () =>
      download(new Blob([/** @type {BlobPart} */ (await session.save())]), `${name()}.safetensors`),
  };
  const buttons = Object.entries(actions).map(([id, act]) =>
    h(
      "button",
      { type: "button", onclick: () => Promise.resolve(act()).catch((error) => say(note, error.message)) },
      ui.get(id),
    ),
  );
  const element = menu(h("summary", {}, ui.get("take-away")), h("div", { className: "sheet" }, ...buttons, note));
  return element;
}

/** The network as it stands, as a file. @param {import("./session.js").Session} session */
async function networkText(session) {
  const picture = await session.run?.view(FILE);
  if (!picture) throw new Error("Nothing is open yet.");
  return new Blob(linesOf(picture.layers[0]), { type: "text/plain" });
}

/**
 * Fresh samples as text, an empty line between them.
 * @param {import("./session.js").Session} session
 */
async function samplesText(session) {
  const samples = await session.run?.sample(SAMPLES, { seed: session.seed });
  if (!samples) throw new Error("Nothing is open yet.");
  return new Blob([linesOf(samples).join("\n\n")], { type: "text/plain" });
}

/**
 * Fresh samples as a PNG: images as they are, enlarged by whole numbers; points as a scatter.
 * @param {import("./session.js").Session} session
 * @param {import("./theme.js").Theme} theme
 * @returns {Promise<Blob>}
 */
export async function samplesPng(session, theme) {
  const samples = await session.run?.sample(session.card.views.some(({ kind }) => kind === "images") ? SAMPLES : 2000, {
    seed: session.seed,
  });
  if (!samples) throw new Error("Nothing is open yet.");
  const { data, shape } = samples;
  if (shape.length === 2) return scatter(data, theme);
  const [count, h, w] = shape;
  const columns = Math.ceil(Math.sqrt(count));
  const scale = Math.max(1, Math.round(64 / w));
  const table = colourMap(theme, "grey");
  const pixels = new Uint32Array(columns * w * Math.ceil(count / columns) * h);
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < h * w; p++) {
      const x = (i % columns) * w + (p % w);
      const y = Math.floor(i / columns) * h + Math.floor(p / w);
      pixels[y * columns * w + x] = table[Math.round(255 * Math.min(1, Math.max(0, data[i * h * w + p])))];
    }
  }
  const small = new OffscreenCanvas(columns * w, pixels.length / (columns * w));
  small
    .getContext("2d")
    ?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), small.width, small.height), 0, 0);
  const large = new OffscreenCanvas(small.width * scale, small.height * scale);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (large.getContext("2d"));
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, large.width, large.height);
  return large.convertToBlob();
}

/** @param {Float32Array} data @param {import("./theme.js").Theme} theme */
function scatter(data, { colours }) {
  const size = 1200;
  const canvas = new OffscreenCanvas(size, size);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const reach = 1.1 * data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  context.fillStyle = colours.sheet;
  context.fillRect(0, 0, size, size);
  context.fillStyle = colours.model;
  for (let i = 0; i < data.length; i += 2)
    context.fillRect((0.5 + data[i] / reach / 2) * size - 2, (0.5 - data[i + 1] / reach / 2) * size - 2, 4, 4);
  return canvas.convertToBlob();
}
