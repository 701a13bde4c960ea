// What the claims of a lesson do. A claim is a link of the Markdown such as
// [with β = 12 it falls silent](do:beta=12&play=800&point=kl-bars), made a button at build time.

import { complete, idleBy, ownPoints, read, settingOf } from "../settings.js";
import { h } from "./dom.js";

/** @typedef {import("../protocol.js").Card} Card */

/**
 * What a claim does, in this order.
 * @typedef {object} Claim
 * @property {[id: string, value: string][]} settings  to set
 * @property {string|undefined} play  the step to play to
 * @property {string|undefined} point  the view, curve, figure or setting to show, the first that there is of this name
 */

/** @param {string} text what follows "do:" @returns {Claim} */
export function readClaim(text) {
  const pairs = [...new URLSearchParams(text)];
  const last = (/** @type {string} */ name) => pairs.findLast(([id]) => id === name)?.[1];
  const settings = pairs.filter(([id]) => id !== "play" && id !== "point");
  return { settings, play: last("play"), point: last("point") };
}

/**
 * The values that a claim sets.
 * @param {Card} card
 * @param {Claim} claim
 * @returns {import("../protocol.js").Values}
 */
export const valuesOf = (card, { settings }) =>
  Object.fromEntries(
    settings.flatMap(([id, text]) => {
      const setting = card.settings.find((each) => each.id === id);
      return setting ? [[id, read(setting, text).value]] : [];
    }),
  );

/**
 * What a claim names that its card does not have, as sentences.
 * @param {Card} card
 * @param {string} text what follows "do:"
 * @returns {string[]}
 */
export function wrongClaim(card, text) {
  const claim = readClaim(text);
  const { settings, play, point } = claim;
  const wrong = [];
  const all = complete(card, valuesOf(card, claim));
  for (const [id, value] of settings) {
    const setting = card.settings.find((each) => each.id === id);
    if (!setting) wrong.push(`there is no setting "${id}"`);
    else if (read(setting, value).note) wrong.push(`${id} cannot be "${value}"`);
    else if (idleBy(setting, all, undefined)) wrong.push(`${id} does nothing then`);
  }
  if (play !== undefined && !(/^[1-9]\d*$/.test(play) && Number(play) <= 10 * card.budget))
    wrong.push(`"${play}" is no step to play to`);
  const shown = [...card.views, ...card.metrics, ...card.settings].map(({ id }) => id);
  shown.push(...card.metrics.map(({ curve }) => curve));
  if (point !== undefined && !(point && shown.includes(point)))
    wrong.push(`there is no view, curve, figure or setting "${point}"`);
  if (!settings.length && play === undefined && point === undefined) wrong.push("it does nothing");
  return wrong;
}

/** How long what a claim points at is outlined. */
const POINTED_MS = 4000;

/** Does what the pressed claims of a lesson say, and leads back to the last of them. */
export class Claims {
  /** The button that leads back. */
  back;
  #session;
  #stage;
  #say;
  /** @type {HTMLElement|undefined} */
  #pressed;
  /** @type {HTMLElement|undefined} */
  #pointed;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #pointing;

  /**
   * @param {object} parts
   * @param {import("./session.js").Session} parts.session
   * @param {import("./stage.js").Stage} parts.stage
   * @param {HTMLElement} parts.lesson
   * @param {import("./words.js").Words} parts.ui
   * @param {(key: string) => void} parts.say  a notice
   */
  constructor({ session, stage, lesson, ui, say }) {
    this.#session = session;
    this.#stage = stage;
    this.#say = say;
    const label = ui.get("back-to-lesson");
    this.back = h("button", { type: "button", className: "return", hidden: true, onclick: () => this.goBack() }, label);
    lesson.addEventListener("click", ({ target }) => {
      const claim = target instanceof Element && target.closest("[data-do]");
      if (claim) this.#press(/** @type {HTMLElement} */ (claim));
    });
  }

  /** Moves the focus to the claim that was pressed last. */
  goBack() {
    this.back.hidden = true;
    this.#pressed?.scrollIntoView({ block: "center" });
    this.#pressed?.focus({ preventScroll: true });
  }

  /** Does what a claim says, and shows where to look. @param {HTMLElement} button */
  async #press(button) {
    const session = this.#session;
    const claim = readClaim(button.dataset.do ?? "");
    const values = this.#changes(claim);
    this.#pressed = button;
    this.back.hidden = false;
    const shown = this.#shownBy(claim.point);
    const hidden = !shown.checkVisibility();
    this.#point(hidden ? this.#stage.find() : shown);
    const restarts = Object.keys(values).some((id) => !settingOf(session.card, id).live);
    const ownData = "data" in values && (this.#hasOwnData || session.inputs.length > 0);
    if (ownData || (restarts && session.lost.has("weights"))) this.#say("claim-own");
    if (Object.keys(values).length) await session.change(values);
    if (claim.play) await session.playTo(Number(claim.play));
    if (hidden) this.#pointOnceShown(shown, button);
  }

  /**
   * The element of a view or a curve, or else of a figure or a setting, as far as it can be brought into sight.
   * @param {string} [id]
   */
  #shownBy(id = "") {
    const { card } = this.#session;
    const root = /** @type {ShadowRoot} */ (this.back.getRootNode());
    const drawn = card.views.some((view) => view.id === id) || card.metrics.some(({ curve }) => curve === id);
    const element = /** @type {HTMLElement|null} */ (
      drawn ? null : root.querySelector(`:is([data-metric="${id}"], [data-setting="${id}"]):not(output)`)
    );
    if (!element) return this.#stage.find(id);
    element.closest("details")?.setAttribute("open", "");
    return element;
  }

  /**
   * The values that a claim changes. What it does not name is as the card has it, so that it is true whatever was tried
   * before; only the reader's own data stay.
   * @param {Claim} claim
   * @returns {import("../protocol.js").Values}
   */
  #changes(claim) {
    const { card, settings } = this.#session;
    if (!claim.settings.length && claim.play === undefined) return {};
    const named = valuesOf(card, claim);
    const stays = (/** @type {string} */ id) => id === "data" && !(id in named) && this.#hasOwnData;
    return Object.fromEntries(
      Object.entries(complete(card, named)).filter(([id, value]) => settings[id] !== value && !stays(id)),
    );
  }

  get #hasOwnData() {
    const { card, settings, data } = this.#session;
    return Boolean(data) || ("data" in settings && settings.data === ownPoints(card).data);
  }

  /** Brings it into sight and outlines it for a moment. @param {HTMLElement} shown */
  #point(shown) {
    shown.scrollIntoView({ block: "center" });
    clearTimeout(this.#pointing);
    this.#pointed?.classList.remove("pointed");
    this.#pointed = shown;
    shown.classList.add("pointed");
    this.#pointing = setTimeout(() => shown.classList.remove("pointed"), POINTED_MS);
  }

  /**
   * A curve that there is only with some settings, or after some steps, is pointed at with the frame that brings it,
   * unless another claim was pressed meanwhile.
   * @param {HTMLElement} shown @param {HTMLElement} button of the claim
   */
  #pointOnceShown(shown, button) {
    const look = () => {
      const ours = this.#pressed === button;
      if (ours && !shown.checkVisibility()) return;
      this.#session.removeEventListener("frame", look);
      if (ours) this.#point(shown);
    };
    this.#session.addEventListener("frame", look);
    look();
  }
}
