// The interface of one exhibit: all its parts, kept in step with the session.

import { getModule } from "../fetch.js";
import { settingOf } from "../settings.js";
import { acceptsOf } from "./address.js";
import { Claims } from "./claims.js";
import { Compare } from "./compare.js";
import { Controls } from "./controls.js";
import { h, say } from "./dom.js";
import { Experiments } from "./experiments.js";
import { Figures } from "./figures.js";
import { Files } from "./files.js";
import { figure, number, whole } from "./format.js";
import { Headline } from "./headline.js";
import { Layout } from "./layout.js";
import { showLesson } from "./lesson.js";
import { Notices } from "./notices.js";
import { Progress } from "./progress.js";
import { Scrubber } from "./scrubber.js";
import { Stage } from "./stage.js";
import { Status } from "./status.js";
import { takeAway } from "./take-away.js";
import { themeOf } from "./theme.js";
import { Transport } from "./transport.js";

/**
 * @typedef {object} Parts
 * @property {import("../exhibit.js").TildeExhibit} host
 * @property {ShadowRoot} root
 * @property {import("./session.js").Session} session
 * @property {import("../tilde.js").Tilde} tilde
 * @property {{ ui: import("./words.js").Words, own: import("./words.js").Words }} words
 * @property {import("./address.js").Warning[]} warnings
 * @property {{ settings: import("../protocol.js").Setting[], extras: boolean, bare: boolean }} offered
 * @property {boolean} opaque
 * @property {(size: { width: number, height: number }) => void} tell  the size that it needs, when that has changed
 */

/** Text alternatives change only this often, so that a screen reader can finish. */
const SPARSE_MS = 5000;
const PRINT = ["beforeprint", "afterprint"];
/** Where letters are typed, or something asks for an answer first. */
const FIELDS = 'input:not([type="range"], [type="checkbox"], [type="radio"]), select, textarea, dialog';
/** What the space bar presses. */
const PRESSED = 'button, summary, input[type="checkbox"], input[type="radio"], .brush';

/** The interface of an exhibit. */
export class Interface {
  #parts;
  #notices;
  #stage;
  #transport;
  #scrubber;
  #figures;
  #headline;
  #layout;
  #controls;
  #status;
  #heading;
  #lesson = h("article");
  #claims;
  #compare;
  #experiments;
  #live = h("p", { className: "unseen", "aria-live": "polite" });
  #described = -Infinity;
  #ghost;
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #onScheme = () => this.retheme();
  /** On paper the colours are the light ones, whatever the screen has. */
  #onPrint = (/** @type {Event} */ { type }) => {
    this.#parts.host.toggleAttribute("printing", type === "beforeprint");
    this.retheme();
  };

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { session, tilde, words, offered, host } = parts;
    const { ui, own } = words;
    const theme = () => themeOf(this.#lesson);
    const files = new Files(session, tilde, ui, theme);
    this.#notices = new Notices(ui.get("close"));
    this.#stage = new Stage(session, words);
    this.#ghost = h(
      "button",
      { type: "button", hidden: true, onclick: () => session.dismissGhost() },
      ui.get("dismiss-ghost"),
    );
    this.#scrubber = new Scrubber(session, ui, (frame) => this.#showFrame(frame));
    this.#transport = new Transport(session, words, this.#scrubber);
    this.#figures = new Figures(session.card.metrics, own, ui);
    this.#headline = new Headline(session.card.metrics, own, ui);
    this.#controls = new Controls(offered.settings, words, (id, value) => this.#change(id, value), offered.extras);
    if (this.#transport.turns) this.#stage.head(this.#transport.turns);
    for (const { view, field } of this.#controls.under) this.#stage.put(view, field);
    const lift = (/** @type {boolean} */ up) =>
      (up ? rail : this.#controls.element).prepend(offered.settings.length ? this.#compare.element : "");
    this.#compare = new Compare({
      session,
      tilde,
      words,
      stage: this.#stage,
      headline: this.#headline.element,
      report: (error, failed, change) => this.#report(error, failed, change),
      lift,
    });
    this.#status = new Status(ui);
    const experiments = (this.#experiments = offered.bare ? undefined : new Experiments(session, words));
    this.#heading = h(
      host.hasAttribute("heading") ? "h1" : "h2",
      { className: "title", tabIndex: -1 },
      own.get("title"),
    );
    const top = h(
      "header",
      { className: "top" },
      this.#heading,
      this.#status.element,
      h("p", { className: "question" }, own.get("question")),
    );
    const rail = h(
      "aside",
      { className: "rail", "aria-label": ui.get("rail") },
      this.#headline.element,
      experiments?.panel,
      experiments?.element,
      this.#controls.element,
    );
    const [first] = offered.bare ? [] : session.card.experiments;
    lift(false);
    this.#layout = new Layout(
      {
        top,
        stage: this.#stage,
        rail,
        transport: this.#transport.element,
        extras: h("div", { className: "extras" }, this.#ghost, files.button, takeAway(session, ui, tilde.build, theme)),
        below: [this.#figures.element, ...(offered.bare ? [] : [this.#lesson, this.#hood()])],
      },
      {
        sheet: ui.get("sheet"),
        first: first && ui.get("sheet-try", { experiment: own.get(`experiments.${first.id}`) }),
      },
      parts.tell,
    );
    // Over the pictures: what comes and goes moves nothing.
    this.#stage.hero.prepend(h("div", { className: "over" }, this.#notices.element, new Progress(session, ui).element));
    this.#claims = new Claims({ session, stage: this.#stage, lesson: this.#lesson, ui, say: (key) => this.say(key) });
    const content = h(
      "section",
      { className: "exhibit", "aria-label": own.get("title") },
      ...this.#layout.elements,
      this.#live,
      this.#claims.back,
      files.element,
    );
    files.watch(content);
    this.#listen();
    // Shown together with its first pictures, so that nothing moves afterwards, or with an error.
    const appear = () => {
      if (content.isConnected) return;
      parts.root.replaceChildren(content);
      this.retheme();
      this.#showAll();
    };
    if (session.last || session.problem) appear();
    for (const event of ["frame", "problem"]) session.addEventListener(event, appear);
    if (session.problem) this.#report(session.problem);
    this.#warn();
    if (!offered.bare) showLesson(this.#lesson, session.card.id);
    this.#scheme.addEventListener("change", this.#onScheme);
    for (const event of PRINT) addEventListener(event, this.#onPrint);
    host.addEventListener("keydown", this.#onKey);
  }

  /** How it is made: nothing of it is fetched before it is opened. */
  #hood() {
    const { session, words, root } = this.#parts;
    const content = h("div", { className: "content" });
    let shown = false;
    const open = async () => {
      if (!element.open || shown) return;
      shown = true;
      try {
        const { showHood } = await getModule(new URL("./hood.js", import.meta.url));
        await showHood(content, root, session);
      } catch (error) {
        shown = element.open = false; // opened again, it is asked for again
        this.#report(/** @type {any} */ (error));
      }
    };
    const element = h(
      "details",
      { className: "hood", ontoggle: open },
      h("summary", {}, words.ui.get("hood")),
      content,
    );
    return element;
  }

  /** Reads the colours again and draws with them. */
  retheme() {
    this.#stage.theme = themeOf(this.#lesson.isConnected ? this.#lesson : this.#live);
  }

  /** Proposes an experiment. @param {string} id */
  propose(id) {
    this.#layout.reveal();
    this.#experiments?.propose(id);
  }

  /** Shows two settings side by side. @param {import("../protocol.js").Values} values in which the second differs */
  compare(values) {
    this.#compare.open(values);
  }

  close() {
    this.#compare.close();
    this.#layout.close();
    this.#scheme.removeEventListener("change", this.#onScheme);
    for (const event of PRINT) removeEventListener(event, this.#onPrint);
    this.#parts.host.removeEventListener("keydown", this.#onKey);
    this.#parts.root.replaceChildren();
  }

  #listen() {
    const { session } = this.#parts;
    session.addEventListener("frame", (event) => this.#came(/** @type {CustomEvent} */ (event).detail));
    session.addEventListener("change", () => this.#showState());
    session.addEventListener("restart", () => {
      this.#headline.begin();
      this.#notices.mended();
      this.#showState();
    });
    session.addEventListener("problem", (event) => this.#report(/** @type {CustomEvent} */ (event).detail));
  }

  #showAll() {
    const { last } = this.#parts.session;
    if (last) this.#showFrame(last);
    this.#showState();
  }

  /** @param {import("../protocol.js").Frame} frame the present one */
  #came(frame) {
    this.#scrubber.add(frame);
    if (!this.#scrubber.past) return this.#showFrame(frame);
    this.#transport.show();
    this.#stage.showCurves();
  }

  /** @param {import("../protocol.js").Frame} frame the present one, or one that is looked back at */
  #showFrame(frame) {
    const { session, tilde, opaque } = this.#parts;
    this.#stage.show(frame, this.#scrubber.before(frame));
    this.#figures.show(frame);
    this.#headline.show(frame);
    this.#transport.show();
    this.#status.show(session, tilde.build, opaque);
    for (const output of this.#lesson.querySelectorAll("output[data-metric]")) {
      const id = /** @type {HTMLElement} */ (output).dataset.metric ?? "";
      const metric = session.card.metrics.find((each) => each.id === id.replace(/_(reference|se)$/, ""));
      // A figure that the model no longer has is not shown here either.
      say(output, id in frame.metrics ? figure(frame.metrics[id], metric?.unit ?? "") : "–");
    }
    if (performance.now() - this.#described > SPARSE_MS || !frame.playing) this.#describe(frame);
  }

  /** @param {import("../protocol.js").Frame} frame */
  #describe({ metrics, playing }) {
    this.#described = performance.now();
    const loss = "loss" in metrics ? number(metrics.loss, 3) : "–";
    const text = this.#parts.words.ui.get("described", { step: whole(metrics.step), loss });
    this.#stage.describe(text);
    say(this.#live, playing ? text : `${this.#parts.words.ui.get("paused")} ${text}`);
  }

  #showState() {
    const { session, tilde, opaque } = this.#parts;
    const { shown } = this.#compare;
    this.#controls.show(shown.settings, shown);
    this.#compare.show();
    this.#transport.show();
    this.#status.show(session, tilde.build, opaque);
    if (this.#ghost.hidden !== !session.ghost) {
      this.#ghost.hidden = !session.ghost;
      this.#stage.showGhost();
    }
  }

  /** @param {string} id @param {import("../protocol.js").Value} value */
  #change(id, value) {
    const { session } = this.#parts;
    if (id === "seed") session.reset(Number(value));
    else if (id === "backend") session.reopen({ backend: /** @type {any} */ (value) });
    else if (!this.#compare.change({ [id]: value })) session.change({ [id]: value });
  }

  #warn() {
    const { warnings, session, words } = this.#parts;
    for (const { kind, key, value } of warnings) {
      this.#notices.say(words.ui.get(`warnings.${kind}`, { key, value, accepts: acceptsOf(session.card, key) }));
    }
  }

  /**
   * @param {import("../errors.js").TildeError} error
   * @param {import("./session.js").Session} [failed] the one it befell
   * @param {(values: import("../protocol.js").Values) => unknown} [change] how its settings are changed
   */
  #report(error, failed = this.#parts.session, change = (values) => failed.change(values)) {
    const { session, words, host } = this.#parts;
    const { ui } = words;
    if (error.code === "closed" || error.code === "aborted" || error.code === "engine-ended") return; // said elsewhere
    if (error.code === "not-finite") {
      const id = session.card.settings.find(
        (setting) => setting.kind === "float" && /learning_rate/.test(setting.id),
      )?.id;
      const smaller = id && Math.max(settingOf(session.card, id).min ?? 0, Number(failed.settings[id]) / 4);
      const act = async () => {
        if (id) await change({ [id]: Number(Number(smaller).toPrecision(2)) });
        await session.play();
      };
      const label = id ? ui.get("smaller-rate", { rate: number(Number(smaller), 2) }) : ui.get("continue");
      this.#notices.say(ui.get("errors.not-finite", { message: error.message }), {
        code: error.code,
        problem: true,
        action: { label, act },
      });
    } else {
      const known = ui.find(`errors.${error.code}`);
      // Without a run there is nothing on show: what did not come is asked for again.
      const action = failed.run ? undefined : { label: ui.get("try-again"), act: () => host.again() };
      this.#notices.say(known ? ui.get(`errors.${error.code}`, { message: error.message }) : error.message, {
        code: error.code,
        action,
        problem: true,
      });
    }
    this.#showState();
  }

  /** Says something that a person should know. @param {string} id of the words */
  say(id) {
    this.#notices.say(this.#parts.words.ui.get(id), { code: id });
  }

  /** @returns {boolean} whether there is one to focus yet */
  focusHeading() {
    this.#heading.focus({ preventScroll: true });
    return this.#heading.isConnected;
  }

  /** Keys work wherever the focus is, but where they are typed or have a use of their own. */
  #onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const { ctrlKey, metaKey, altKey, key, defaultPrevented } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented || !(target instanceof Element)) return;
    if (target.closest(FIELDS) || (key === " " && target.closest(PRESSED))) return;
    const { session } = this.#parts;
    const act = new Map([
      [" ", () => this.#transport.toggle()],
      ["s", () => session.step1()],
      ["r", () => session.reset()],
      ...(this.#claims.back.hidden
        ? []
        : [/** @type {[string, () => void]} */ (["Escape", () => this.#claims.goBack()])]),
    ]).get(key);
    if (!act) return;
    event.preventDefault();
    act();
  };

  /** Handles a key pressed elsewhere on a page that shows only this exhibit. @param {KeyboardEvent} event */
  key(event) {
    this.#onKey(event);
  }
}
