// <tilde-exhibit model="vae" latent="2" controls="beta,seed" autoplay>: one exhibit that runs.
//
// Attributes: `model`, any setting of its card by id, `seed`, `backend`, `steps`, `autoplay`,
// `controls` or `hide` (settings to offer, or not), `bare` (no lesson, no experiments), `glimpse` (only the large
// picture, to play and pause), `framed` (it has a frame of its own, and tells the height that it needs).
// Methods: play, pause, step, reset, sample, save, load. Events: tilde:ready, tilde:step, tilde:error,
// tilde:change, tilde:input, tilde:experiment (one has run to its end), each with its data in `detail`.

import { isOpaque, loadings } from "./client.js";
import { TildeError } from "./errors.js";
import { getModule } from "./fetch.js";
import { parse } from "./ui/address.js";
import { h, say, sheet } from "./ui/dom.js";
import { bringEmoji } from "./ui/emoji.js";
import { theEngine } from "./ui/engine.js";
import { whole } from "./ui/format.js";
import { Interface } from "./ui/interface.js";
import { Notices } from "./ui/notices.js";
import { Session } from "./ui/session.js";
import { words } from "./ui/words.js";
import { loadBlocks } from "./views/blocks.js";

/** @typedef {import("./protocol.js").Card} Card */

const STYLES = ["tokens.css", "exhibit.css", "vendor/uplot.css"].map((file) => new URL(file, import.meta.url));
const OWN_ATTRIBUTES = new Set([
  "model",
  "controls",
  "hide",
  "autoplay",
  "bare",
  "glimpse",
  "framed",
  "heading",
  "large",
  "class",
  "id",
  "style",
  "title",
  "lang",
  "dir",
  "slot",
  "hidden",
  "tabindex",
]);

/** What takes less than this is not worth a line, in milliseconds. */
const PATIENCE_MS = 1000;
/** An engine that ends so soon after it was started again would only do so once more. */
const AGAIN_MS = 20_000;

/** Where a session stands, as an address would say it. @param {Session} session */
const placeOf = ({ settings, seed, backend, inputs, data, beside }) => ({
  settings,
  beside: beside?.settings,
  seed,
  backend,
  inputs,
  data,
  steps: 0,
  trial: "",
  own: "",
});

/** The component that the page and every embed are made of. */
export class TildeExhibit extends HTMLElement {
  static observedAttributes = ["model"];
  #root = this.attachShadow({ mode: "open" });
  /** @type {Session|undefined} */
  #session;
  /** @type {Interface|undefined} */
  #interface;
  #generation = 0;
  /** Whether the run stays open though the element has left the page. */
  #kept = false;
  #focusing = false;
  /** Settings as in an address, beside those in attributes. @type {Iterable<[string, string]>} */
  query = [];

  connectedCallback() {
    bringEmoji();
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#sight.observe(this);
    const kept = this.#kept && this.#interface;
    this.#kept = false;
    if (!kept) this.#start();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#sight.disconnect();
    this.#inSight = undefined;
    if (!this.#kept) this.#stop();
  }

  /** @param {string} _name @param {string|null} before @param {string|null} after */
  attributeChangedCallback(_name, before, after) {
    if (this.isConnected && before !== null && before !== after) this.#start();
  }

  /** The session behind it: run, settings, history. @returns {Session|undefined} */
  get session() {
    return this.#session;
  }

  /** Trains until paused. */
  play() {
    return this.#need().play();
  }

  pause() {
    return this.#need().pause();
  }

  /**
   * Pauses, and stays as it is when the element is taken out of the page, until it is put in again or closed.
   * @param {boolean} [resume] whether it goes on when it is seen again, if it played
   */
  keep(resume = false) {
    this.#kept = true;
    this.#resume = resume && (this.#resume || Boolean(this.#session?.playing));
    this.#session?.pause();
  }

  /** Gives up a run that was kept. */
  close() {
    this.#kept = false;
    this.#stop();
  }

  /** Moves the focus to the heading, once there is one. */
  focusHeading() {
    this.#focusing = !this.#interface?.focusHeading();
  }

  /** One iteration, or one phase of it by id. @param {string} [phase] */
  step(phase) {
    return this.#need().step1(phase);
  }

  /** Begins anew. @param {number} [seed] */
  reset(seed) {
    return this.#need().reset(seed);
  }

  /** Draws from the present model. @param {number} n @param {{ seed?: number }} [options] */
  sample(n, options) {
    const { run } = this.#need();
    if (!run) throw new TildeError("closed", "Nothing is open yet: wait for tilde:ready.");
    return run.sample(n, options);
  }

  /** Weights as safetensors. @returns {Promise<Uint8Array>} */
  save() {
    return this.#need().save();
  }

  /** @param {Uint8Array} bytes that `save` gave */
  load(bytes) {
    return this.#need().load(bytes);
  }

  /** Redraws with the present colours, after a switch between light and dark. */
  retheme() {
    this.#interface?.retheme();
  }

  /** Handles a key that was pressed elsewhere on a page that shows only this exhibit. @param {KeyboardEvent} event */
  key(event) {
    this.#interface?.key(event);
  }

  /** Opens it again, after something failed. */
  again() {
    this.#start();
  }

  /** @param {Session} [former] whose engine has ended, and whose run is begun again */
  async #start(former) {
    this.#stop();
    const generation = ++this.#generation;
    const arriving = this.#showArrival();
    const id = this.getAttribute("model") ?? "gan2d";
    // All at once: styles and words arrive while the engine compiles.
    const loading = Promise.all([Promise.all(STYLES.map(sheet)), words("ui"), ownWords(id)]);
    loading.catch(() => {}); // reported below, where it is awaited
    try {
      const tilde = await theEngine(id);
      const card = tilde.exhibits.find((each) => each.id === id);
      if (!card) throw new TildeError("unknown-exhibit", `There is no exhibit "${id}".`);
      const blocks = loadBlocks(card.views.map(({ kind }) => kind));
      blocks.catch(() => {}); // reported below, where it is awaited
      const place = former ? { ...placeOf(former), warnings: [] } : parse(card, this.#pairs());
      const own = former ? {} : await this.#own(card, place);
      const session = new Session(tilde, card, { ...place, ...own, state: former?.kept });
      if (generation !== this.#generation) return;
      this.#session = session;
      tilde.ended.then(() => this.#session === session && this.#restart(session));
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (calm) session.every = 500;
      const wanted = former ? former.playing : this.hasAttribute("autoplay") && !place.steps && !calm;
      const autoplay = wanted && this.#seen;
      this.#resume = wanted && !this.#seen;
      session.open({ steps: place.steps, look: !autoplay });
      // Training starts now, whether or not there is anything to read yet.
      if (autoplay) session.play();
      const [[styles, ui, said]] = await Promise.all([loading, blocks]);
      if (generation !== this.#generation) return;
      this.#root.adoptedStyleSheets = styles;
      this.#interface = new Interface({
        host: this,
        root: this.#root,
        session,
        tilde,
        words: { ui, own: said },
        warnings: place.warnings,
        offered: this.#offered(card),
        opaque: isOpaque(),
        tell: (size) => this.hasAttribute("framed") && this.#emit("height", size),
      });
      if (former) this.#interface.say("engine-again");
      if (place.trial && !this.hasAttribute("glimpse")) this.#interface.propose(place.trial);
      if (place.beside && !this.hasAttribute("glimpse")) this.#interface.compare(place.beside);
      this.#relay(session);
      if (this.#focusing) this.addEventListener("tilde:ready", () => this.#interface?.focusHeading(), { once: true });
      const ready = () => this.#emit("ready", { card, metrics: session.last?.metrics });
      if (session.last) ready();
      else session.addEventListener("frame", ready, { once: true });
    } catch (error) {
      if (generation === this.#generation) await this.#fail(/** @type {Error} */ (error), loading);
    } finally {
      arriving.end();
    }
  }

  /** Says how much has come of the engine, if that takes long. */
  #showArrival() {
    const note = h("p", { className: "arriving", role: "status" });
    let [loaded, shown] = [0, false];
    const show = async () => {
      shown = true;
      const ui = await words("ui").catch(() => undefined);
      const text = ui?.get("arriving", { kilobytes: whole(loaded / 1024) });
      if (text) say(note, text);
      if (shown && !this.#interface && !note.isConnected) this.#root.replaceChildren(note);
    };
    const timer = setTimeout(show, PATIENCE_MS);
    const came = (/** @type {Event} */ event) => {
      loaded += /** @type {CustomEvent} */ (event).detail;
      if (shown) show();
    };
    loadings.addEventListener("loading", came);
    const end = () => {
      clearTimeout(timer);
      shown = false;
      loadings.removeEventListener("loading", came);
    };
    return { end };
  }

  /** Begins a run again whose engine has ended by itself. If that happens at once again, a person is asked. @param {Session} session */
  #restart(session) {
    const soon = performance.now() - this.#restarted < AGAIN_MS;
    this.#restarted = performance.now();
    if (!this.isConnected) return this.#stop(); // it is opened when it is come back to
    if (!soon) return this.#start(session);
    const error = new TildeError("engine-ended", "The engine has ended by itself again. A smaller model may help.");
    return this.#fail(error, Promise.reject(error));
  }
  #restarted = -Infinity;

  #stop() {
    this.#session?.close();
    this.#session = undefined;
    this.#interface?.close();
    this.#interface = undefined;
  }

  /** Attributes as settings, but for the component's own. @returns {[string, string][]} */
  #pairs() {
    const settings = [...this.attributes].filter(
      ({ name }) => !OWN_ATTRIBUTES.has(name) && !/^(data|aria)-/.test(name),
    );
    return [...settings.map(({ name, value }) => /** @type {[string, string]} */ ([name, value])), ...this.query];
  }

  /**
   * What the address holds of the user's own; what cannot be read is left out, with a warning.
   * @param {Card} card
   * @param {import("./ui/address.js").Place} place
   */
  async #own(card, { own, warnings }) {
    if (!own) return {};
    const { unpack } = await getModule(new URL("./ui/packed.js", import.meta.url));
    return unpack(card, own).catch(() => {
      warnings.push({ kind: "own", key: "own", value: "" });
      return {};
    });
  }

  /** The settings that learners may touch. @param {Card} card */
  #offered(card) {
    const list = (/** @type {string} */ name) =>
      this.getAttribute(name)
        ?.split(",")
        .map((id) => id.trim());
    const [only, hidden] = [list("controls"), list("hide") ?? []];
    return {
      settings: card.settings.filter(({ id }) => (!only || only.includes(id)) && !hidden.includes(id)),
      extras: !only || only.includes("seed"),
      bare: this.hasAttribute("bare"),
    };
  }

  /** @param {Session} session */
  #relay(session) {
    session.addEventListener("frame", () =>
      this.#emit("step", { metrics: session.last?.metrics, playing: session.playing }),
    );
    session.addEventListener("problem", (event) =>
      this.#emit("error", { error: /** @type {CustomEvent} */ (event).detail }),
    );
    for (const event of ["change", "restart"])
      session.addEventListener(event, () => {
        const { settings, seed, backend, playing } = session;
        this.#emit("change", { settings, seed, backend, playing });
      });
    session.addEventListener("input", () => this.#emit("input", {}));
    session.addEventListener("experiment", (event) => {
      const { detail: experiment } = /** @type {CustomEvent} */ (event);
      this.#emit("experiment", { exhibit: session.card.id, experiment });
    });
  }

  /**
   * Shows what went wrong and one thing to do, so that the place is never blank.
   * @param {Error} error
   * @param {Promise<[CSSStyleSheet[], import("./ui/words.js").Words, import("./ui/words.js").Words]>} loading
   */
  async #fail(error, loading) {
    this.#stop(); // nothing trains that cannot be seen
    const loaded = await loading.catch(() => undefined);
    const ui = loaded?.[1];
    this.#root.adoptedStyleSheets = loaded?.[0] ?? [];
    const notices = new Notices(ui?.get("close") ?? "Close");
    this.#root.replaceChildren(h("section", { className: "exhibit" }, notices.element));
    // What this browser lacks another one has.
    const copy = {
      label: ui?.get("copy-address") ?? "Copy the address",
      act: () => navigator.clipboard?.writeText(location.href),
    };
    const again = { label: ui?.get("try-again") ?? "Try again", act: () => this.#start() };
    notices.say(error.message, { action: "lacks" in error ? copy : again });
    this.#emit("error", { error });
  }

  /** @param {string} name @param {object} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`tilde:${name}`, { detail, bubbles: true, composed: true }));
  }

  #need() {
    if (!this.#session) throw new TildeError("closed", "Nothing is open yet: wait for tilde:ready.");
    return this.#session;
  }

  /** What nobody can see does not train: a hidden tab, or an element out of sight. It continues once it is seen. */
  #onVisibility = () => {
    const session = this.#session;
    if (!session) return;
    if (!this.#seen && session.playing) {
      this.#resume = true;
      session.pause();
    } else if (this.#seen && this.#resume) {
      this.#resume = false;
      session.play();
    }
  };
  #resume = false;
  /** Whether any of it is in sight, as far as that is known. @type {boolean|undefined} */
  #inSight;
  #sight = new IntersectionObserver((entries) => {
    this.#inSight = entries.at(-1)?.isIntersecting;
    this.#onVisibility();
  });

  get #seen() {
    return this.isConnected && !document.hidden && this.#inSight !== false;
  }
}

/** Words of an exhibit; the page's own where there is no such exhibit, so that it can say so. @param {string} id */
async function ownWords(id) {
  const ui = await words("ui");
  return ui.find(`contents.${id}`) ? words(id) : ui;
}

// Two articles on one page may both load the script: the first one wins.
if (!customElements.get("tilde-exhibit")) customElements.define("tilde-exhibit", TildeExhibit);
