// The way in: one exhibit alive, three ways through, and the course as a path.

import { isDone } from "./done.js";
import { h } from "./dom.js";
import { frameCode, linkOf } from "./link.js";
import { words } from "./words.js";

/**
 * @typedef {import("../protocol.js").Card} Card
 * @typedef {import("./words.js").Words} Words
 */

/** What "ten minutes" means. */
const SHORT = 10;

/** The front page. It is filled when its words come; the course follows when there is time for it. */
export class Front {
  element = h("div", { className: "front" });
  #exhibit;
  #heading = h("h1", { tabIndex: -1 });
  #do = h("a", { className: "do" });
  #focusing = false;
  #rest = h("div", { className: "rest" });

  /** @param {import("../exhibit.js").TildeExhibit} exhibit the one that is alive */
  constructor(exhibit) {
    this.#exhibit = exhibit;
    this.#open();
  }

  /** The exhibit enters together with what is beside it, so that nothing moves; without words it enters alone. */
  async #open() {
    const id = this.#id;
    const said = await words("front").catch(() => undefined);
    this.#heading.textContent = said?.get("title") ?? "Tilde";
    this.#do.textContent = said?.get(`alive.${id}.do`) ?? id;
    this.#do.href = `#/${id}`;
    const why = h("p", { className: "why" }, said?.get(`alive.${id}.why`));
    const lead = h("header", { className: "lead" }, this.#heading, why, h("p", {}, this.#do));
    this.element.append(h("section", { className: "alive" }, lead, this.#exhibit), this.#rest);
    if (this.#focusing) this.focusHeading();
  }

  get #id() {
    return this.#exhibit.getAttribute("model") ?? "";
  }

  /** Moves the focus to the heading, once there is one. */
  focusHeading() {
    this.#focusing = !this.#heading.isConnected;
    this.#heading.focus({ preventScroll: true });
  }

  /** The link into the exhibit takes along what was done to it here. */
  async follow() {
    const { session } = this.#exhibit;
    if (!session) return;
    const trial = session.card.experiments[0]?.id;
    this.#do.href = (await linkOf(session, { backend: session.backend, trial })).hash;
  }

  /**
   * Fills what is below; where that has been done already, only what depends on what was done since.
   * @param {Card[]} cards in the course's order
   * @param {Words} ui
   */
  async fill(cards, ui) {
    const said = await words("front");
    const ways = this.#ways(cards, ui, said);
    if (this.#rest.firstChild) this.#rest.firstChild.replaceWith(ways);
    else this.#rest.append(ways, course(cards, ui, said));
    await this.follow();
  }

  /** Three ways through. @param {Card[]} cards @param {Words} ui @param {Words} said */
  #ways(cards, ui, said) {
    const short = cards.filter(({ minutes }) => minutes <= SHORT);
    const start = short.find((card) => !isDone(card)) ?? short[0] ?? cards[0];
    const { id, minutes } = start;
    const question = said.get(`questions.${id}`);
    return h(
      "div",
      { className: "ways" },
      way(said, "short", { question, minutes }, link(`#/${id}`, ui.get(`contents.${id}`))),
      way(
        said,
        "teach",
        {},
        h("code", { className: "line", title: said.get("teach.code") }, frameCode(`#/${this.#id}`)),
        link(`?present#/${this.#id}`, said.get("teach.present")),
      ),
      way(
        said,
        "made",
        {},
        link("www/architecture.html", said.get("made.read")),
        link("www/bench.html", said.get("made.speed")),
      ),
    );
  }
}

/** @param {string} href @param {string} text */
const link = (href, text) => h("p", {}, h("a", { href }, text));

/** @param {Words} said @param {string} name @param {Record<string, string|number>} values @param {...Node} more */
const way = (said, name, values, ...more) =>
  h("section", {}, h("h2", {}, said.get(`${name}.title`)), h("p", {}, said.get(`${name}.text`, values)), ...more);

/** The course as a path. @param {Card[]} cards @param {Words} ui @param {Words} said */
function course(cards, ui, said) {
  const chapters = [...new Set(cards.map(({ chapter }) => chapter))].sort((a, b) => a - b);
  return h(
    "section",
    { className: "course", "aria-labelledby": "course" },
    h("h2", { id: "course" }, said.get("course")),
    h("p", { className: "order" }, said.get("order")),
    ...chapters.map((chapter) =>
      h(
        "section",
        { className: "chapter" },
        h("h3", {}, h("b", {}, String(chapter)), ` ${ui.get(`chapters.${chapter}`)}`),
        h("ol", {}, ...cards.filter((card) => card.chapter === chapter).map((card) => stop(card, ui, said))),
      ),
    ),
  );
}

/** An exhibit on the path. @param {Card} card @param {Words} ui @param {Words} said */
const stop = ({ id, minutes }, ui, said) =>
  h(
    "li",
    {},
    h("img", { alt: "", width: 72, height: 72, "data-picture": id }),
    h(
      "div",
      {},
      h("a", { href: `#/${id}` }, ui.get(`contents.${id}`)),
      h("p", { className: "question" }, said.get(`questions.${id}`)),
      h("p", { className: "about" }, said.get("minutes", { minutes }), h("i", { className: "tick", "data-tick": id })),
    ),
  );
