// The dialogue for teachers: code that puts the exhibit into another page, with a preview that is that very code; a
// link for the projector; a still picture for print. It is fetched when it is opened, and so is its preview.

import { split } from "./address.js";
import { download, h, say, sheet } from "./dom.js";
import { addressOf, linkOf } from "./link.js";
import { stillOf } from "./still.js";
import { words } from "./words.js";

/** Widths that an exhibit is made for, in CSS pixels, and the height of a frame before it has told its own. */
const [NARROWEST, WIDEST, USUAL, HEIGHT] = [320, 1000, 720, 640];
/** Share of the window's height that the preview may take. */
const SHARE = 0.46;
/** Typing is over. */
const SETTLED_MS = 400;
const SANDBOXES = /** @type {Record<string, string>} */ ({
  own: "allow-scripts allow-same-origin",
  strict: "allow-scripts",
  none: "",
});

/**
 * @typedef {object} Given
 * @property {import("./session.js").Session} session
 * @property {import("./theme.js").Theme} theme
 * @property {HTMLElement} near  the menu that it is opened from
 * @property {(lost: import("./link.js").Lost[]) => string} less  what an address leaves out, in words
 *
 * @typedef {object} Choice  what a person has chosen
 * @property {boolean} glimpse  only the large picture
 * @property {number} width
 * @property {number} height  0 for what it needs
 * @property {number} steps  0 to train at once
 * @property {string[]|undefined} controls  settings that may be touched, or undefined for all
 * @property {string} sandbox
 * @property {"frame"|"element"} form
 */

/**
 * The frame of an exhibit in another page.
 * @param {string} hash its address from "#" on
 * @param {Choice} choice
 * @param {number} height in CSS pixels
 * @param {string} title
 */
export function frameOf(hash, { glimpse, width, steps, controls, sandbox }, height, title) {
  const search = `?embed${glimpse ? "&glimpse" : ""}${controls ? `&controls=${controls.join(",")}` : ""}`;
  const prepared = steps ? `${hash}${hash.includes("?") ? "&" : "?"}steps=${steps}` : hash;
  const frame = h("iframe", { src: addressOf(prepared, search), width: String(width), height: String(height), title });
  if (sandbox) frame.setAttribute("sandbox", sandbox);
  return frame;
}

/**
 * The same as an element: settings are attributes.
 * @param {string} hash
 * @param {Choice} choice
 */
function elementOf(hash, { glimpse, steps, controls }) {
  const { id, query } = split(hash);
  const element = document.createElement("tilde-exhibit-code");
  element.setAttribute("model", id);
  for (const [name, value] of query) element.setAttribute(name, value);
  if (steps) element.setAttribute("steps", String(steps));
  if (controls) element.setAttribute("controls", controls.join(","));
  for (const name of ["bare", "autoplay", ...(glimpse ? ["glimpse"] : [])]) element.setAttribute(name, "");
  const code = element.outerHTML.replaceAll("tilde-exhibit-code", "tilde-exhibit").replaceAll('=""', "");
  return `<script type="module" src="${new URL("../embed.js", import.meta.url).href}"></script>\n${code}`;
}

/** @param {Given} given */
export async function openEmbed({ session, theme, near, less }) {
  const { card } = session;
  const root = /** @type {ShadowRoot} */ (near.getRootNode());
  const [said, own, styles] = await Promise.all([words("embed"), words(card.id), sheet(new URL("../embed.css", import.meta.url))]); // prettier-ignore
  if (!root.adoptedStyleSheets.includes(styles)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, styles];
  const again = session.playing;
  if (again) await session.pause();
  const { hash, lost } = await linkOf(session);

  const select = (/** @type {string} */ path, /** @type {string[]} */ ids) => h("select", {}, ...ids.map((value) => h("option", { value }, said.get(`${path}.${value}`)))); // prettier-ignore
  const labelled = (/** @type {string} */ id, /** @type {HTMLElement} */ field) => {
    field.setAttribute("aria-label", said.get(id)); // without the options, which the label has in it
    return h("label", {}, said.get(id), field);
  };
  const number = (/** @type {number} */ min, /** @type {number} */ max, /** @type {number|""} */ value) => h("input", { type: "number", min: String(min), max: String(max), value: String(value) }); // prettier-ignore
  const what = select("whats", ["stage", "glimpse"]);
  const [width, height] = [number(NARROWEST, WIDEST, USUAL), number(150, 4000, "")];
  height.title = said.get("height-hint");
  const begin = select("begins", ["play", "steps"]);
  const steps = number(1, 100_000, session.step || 100);
  const prepared = labelled("steps", steps);
  const sandbox = select("sandboxes", ["own", "strict", "none"]);
  const form = select("forms", ["frame", "element"]);
  const boxes = [...card.settings.map(({ id }) => id), "seed"].map((id) => {
    const box = h("input", { type: "checkbox", checked: true, value: id });
    return { box, label: h("label", {}, box, id === "seed" ? said.get("seed") : own.get(`settings.${id}`)) };
  });
  const controls = h("fieldset", {}, h("legend", {}, said.get("controls")), ...boxes.map(({ label }) => label));
  const code = h("textarea", { readOnly: true, rows: 4, spellcheck: false, "aria-label": said.get("code") });
  const projector = h("input", { type: "text", readOnly: true, value: addressOf(hash, "?present") });
  const note = h("p", { className: "note", role: "status" });
  const show = h("div", { className: "show" });
  const button = (/** @type {string} */ id, /** @type {() => unknown} */ onclick, className = "") => h("button", { type: "button", className, onclick }, said.get(id)); // prettier-ignore
  const copy = async (/** @type {HTMLInputElement|HTMLTextAreaElement} */ field) => {
    field.select();
    const done = await navigator.clipboard?.writeText(field.value).then(
      () => true,
      () => false,
    );
    say(note, said.get(done ? "copied" : "by-hand"));
  };
  const still = async () => {
    const picture = await stillOf(root, { title: own.get("title"), question: own.get("question"), address: addressOf(split(hash).query.has("own") ? `#/${card.id}` : hash) }, theme); // prettier-ignore
    if (picture) download(picture, `tilde-${card.id}-step-${session.step}.png`);
    else say(note, said.get("no-still"));
  };

  /** The height that the preview has asked for at each width. @type {Map<string, number>} */
  const needed = new Map();
  const key = ({ width, glimpse } = choice()) => `${width} ${glimpse}`;
  const within = (/** @type {HTMLInputElement} */ { value, min, max }, /** @type {number} */ otherwise) => value.trim() && Number(value) ? Math.min(Number(max), Math.max(Number(min), Math.round(Number(value)))) : otherwise; // prettier-ignore
  /** @returns {Choice} */
  function choice() {
    const touched = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    return {
      glimpse: what.value === "glimpse",
      width: within(width, USUAL),
      height: within(height, 0),
      steps: begin.value === "steps" ? within(steps, 0) : 0,
      controls: touched.length < boxes.length ? touched : undefined,
      sandbox: SANDBOXES[sandbox.value],
      form: /** @type {Choice["form"]} */ (form.value),
    };
  }
  /** @type {HTMLIFrameElement|undefined} */
  let preview;
  let made = "";
  const heightOf = (/** @type {Choice} */ chosen) => chosen.height || needed.get(key(chosen)) || HEIGHT;
  /** As large as there is room for it. */
  const fit = () => {
    if (!preview) return;
    const [width, height] = [Number(preview.width), Number(preview.height)];
    const scale = Math.min(1, show.clientWidth / width, (SHARE * innerHeight) / height);
    preview.style.transform = `translateX(${(show.clientWidth - scale * width) / 2}px) scale(${scale})`;
    show.style.height = `${height * scale}px`;
  };
  const write = () => {
    const chosen = choice();
    prepared.hidden = begin.value !== "steps";
    controls.hidden = chosen.glimpse;
    sandbox.disabled = width.disabled = height.disabled = chosen.form === "element";
    const frame = frameOf(hash, chosen, heightOf(chosen), own.get("title"));
    const text = chosen.form === "frame" ? frame.outerHTML : elementOf(hash, chosen);
    if (code.value !== text) code.value = text;
    height.placeholder = frame.height;
    return { frame, chosen, text };
  };
  /** Shows what the code says. */
  const renew = () => {
    const { frame, chosen, text } = write();
    const same = frame.src + frame.getAttribute("sandbox") + (chosen.form === "element" ? text : "");
    if (preview && made === same) {
      preview.width = frame.width;
      preview.height = frame.height;
    } else {
      made = same;
      if (chosen.form === "element") {
        frame.removeAttribute("sandbox");
        frame.removeAttribute("src");
        frame.srcdoc = `<!doctype html><meta name="viewport" content="width=device-width"><title>${frame.title}</title>${text}`;
      }
      frame.setAttribute("aria-label", said.get("preview-name"));
      preview = frame;
      show.replaceChildren(frame);
    }
    fit();
  };
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let waiting;
  const later = () => {
    write();
    clearTimeout(waiting);
    waiting = setTimeout(renew, SETTLED_MS);
  };
  const told = (/** @type {MessageEvent} */ { source, data }) => {
    if (!preview || source !== preview.contentWindow || data?.tilde !== "height") return;
    const { width, height } = data.detail;
    needed.set(`${width} ${choice().glimpse}`, height);
    renew();
  };

  const dialog = h(
    "dialog",
    { className: "embed", "aria-label": said.get("title") },
    h(
      "form",
      { method: "dialog", oninput: later },
      h("h3", {}, said.get("title")),
      h(
        "div",
        { className: "parts" },
        h(
          "div",
          { className: "choices" },
          labelled("what", what),
          h("div", { className: "pair" }, labelled("width", width), labelled("height", height)),
          labelled("begin", begin),
          prepared,
          controls,
          labelled("sandbox", sandbox),
          labelled("form", form),
        ),
        h(
          "div",
          { className: "result" },
          h("figure", {}, h("figcaption", {}, said.get("preview")), show),
          h(
            "div",
            { className: "code" },
            code,
            h("p", { className: "note loss" }, less(lost)),
            h("p", { className: "note" }, said.get("backend")),
            h(
              "div",
              { className: "line" },
              h("label", {}, h("span", {}, said.get("projector")), projector),
              button("copy-link", () => copy(projector)),
            ),
            note,
            h(
              "p",
              { className: "buttons" },
              button("copy-code", () => copy(code), "primary"),
              button("still", still),
              h("button", {}, said.get("done")),
            ),
          ),
        ),
      ),
    ),
  );
  addEventListener("message", told);
  const observer = new ResizeObserver(fit);
  observer.observe(show);
  dialog.addEventListener("close", () => {
    clearTimeout(waiting);
    removeEventListener("message", told);
    observer.disconnect();
    dialog.remove();
    /** @type {HTMLElement|null} */ (near.querySelector("summary"))?.focus();
    if (again) session.play();
  });
  (root.querySelector(".exhibit") ?? root).append(dialog);
  dialog.showModal();
  renew();
}
