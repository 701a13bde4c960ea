// One exhibit as the page uses it: the run, its settings, its history, and whether it plays.
// It knows nothing of elements; they listen to its events.

import { TildeError } from "../errors.js";
import { getModule } from "../fetch.js";
import { brought, complete, defaults, read, settingOf } from "../settings.js";
import { recall, remember } from "../storage.js";
import { History } from "./history.js";
import { KnownFigures } from "./known.js";

/**
 * @typedef {import("../protocol.js").Frame} Frame
 * @typedef {import("../protocol.js").Value} Value
 * @typedef {import("../protocol.js").Values} Values
 * @typedef {import("../protocol.js").UserData} UserData
 * @typedef {import("../protocol.js").Experiment} Experiment
 * @typedef {import("../tilde.js").Run} Run
 * @typedef {import("../tilde.js").Tilde} Tilde
 *
 * @typedef {object} Start
 * @property {Values} settings
 * @property {number} seed
 * @property {import("../protocol.js").Backend} backend
 * @property {number} steps  to train before it is shown
 * @property {import("../protocol.js").GivenInput[]} [inputs]  that an address holds
 * @property {UserData} [data]  likewise
 * @property {import("../protocol.js").Tensor[]} [state]  of the run before, to go on from
 */

/** Where a browser keeps whether a run is to be slow at first. */
const PACE = "tilde:pace";
/** A run of phases that has no more steps than this is short enough to be watched phase by phase at first. */
const WATCHED = 200;
/** Inputs come many at a time; they are asked for when they pause. */
const ASK_MS = 500;
/** Pictures that a film has at most when it is played to its end, and the time of one in milliseconds. */
const FILM = { pictures: 100, each: 24 };

/**
 * Events: `frame` (detail: Frame), `restart` (a new run begins), `change` (settings, backend or
 * playing changed), `input` (something was put in by hand), `problem` (detail: TildeError), `end` (reached its
 * step budget), `progress` (of steps that were asked for at once), `experiment` (detail: the id of one that has run to
 * its end).
 */
export class Session extends EventTarget {
  /** @type {Run|undefined} */
  run;
  /** @type {Frame|undefined} */
  last;
  /** @type {TildeError|undefined} what went wrong last */
  problem;
  /** @type {History|undefined} */
  ghost;
  /** @type {UserData|undefined} */
  data;
  history = new History();
  playing = false;
  /** Another run of the exhibit that goes with this one (beside.js). @type {Session|undefined} */
  beside;
  /** Views to keep up to date, the large one first. @type {string[]} */
  views;
  /** @type {import("../protocol.js").PlayOptions["pace"]} */
  pace;
  /** @type {number} milliseconds between frames */
  every = 40;
  /**
   * What is waited for: how far steps are that were asked for at once, or, with a total of 0, a picture.
   * @type {{ done: number, total: number, rate: number }|undefined}
   */
  progress;
  #tilde;
  /** What an address cannot say of the present run. @type {Set<"weights"|"changes">} */
  lost = new Set();
  #closed = false;
  /** @type {AbortController|undefined} */
  #stop;
  #until;
  #given;
  /** What another run could go on from. @type {import("../protocol.js").Tensor[]|undefined} */
  kept;
  /** What was put in by hand, as far as it is known here: for a run that is opened after the engine has ended. */
  inputs;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #asking;
  #phase = "";
  /** Whether it goes phase by phase without having been asked to. */
  #watched;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  /** The phase that was stepped last by hand. */
  did = "";
  /** Of how many items of the large picture the label changed with the last frame. @type {{ changed: number, all: number }|undefined} */
  changes;
  /** Whether the next frame is the one after a step by hand. */
  #stepped = false;
  /** How often something was asked for. */
  #asked = 0;
  /** Its figures between two frames that have the costly ones. */
  #known = new KnownFigures();
  /** @type {Frame["views"]|undefined} */
  #ghostViews;

  /**
   * @param {Tilde} tilde
   * @param {import("../protocol.js").Card} card
   * @param {Start} start
   */
  constructor(tilde, card, start) {
    super();
    this.#tilde = tilde;
    this.card = card;
    this.seed = start.seed;
    this.settings = { ...start.settings };
    this.backend = start.backend;
    this.views = card.views.map(({ id }) => id);
    this.data = start.data;
    this.kept = start.state;
    this.#given = this.inputs = start.inputs ?? [];
    this.#until = card.budget;
    const pace = recall(PACE);
    this.#watched = card.phases.length > 0 && card.budget <= WATCHED && !pace;
    this.pace = this.#watched ? "phases" : pace === "full" || pace === "steady" ? pace : "rising";
  }

  get step() {
    return this.last?.metrics.step ?? 0;
  }

  /**
   * Opens the exhibit.
   * @param {{ steps: number, look: boolean }} options steps to train first, and whether to show a
   *   frame then; needless before playing, which shows one sooner
   */
  open({ steps, look }) {
    return this.#inTurn(async () => {
      await this.#openFirst();
      if (steps) await this.#train(steps);
      if (look) await this.#look();
    });
  }

  /** Gives up what is waited for: the rest of the steps that were asked for at once, or a picture. */
  stop() {
    this.#stop?.abort();
    this.run?.hurry(0);
  }

  /** @param {typeof this.progress} progress */
  #tell(progress) {
    this.progress = progress;
    this.dispatchEvent(new Event("progress"));
  }

  /** Does what may end in a picture that takes long. @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  async #waiting(job) {
    const waits = { done: 0, total: 0, rate: 0 };
    this.#tell(waits);
    try {
      return await job();
    } finally {
      if (this.progress === waits) this.#tell(undefined);
    }
  }

  /** Trains, with something to look at meanwhile. @param {number} steps */
  async #train(steps) {
    await this.#look(false);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      this.#tell({ done: 0, total: steps, rate: 0 });
      await this.run?.train(steps, { signal, onprogress: (progress) => this.#tell(progress) });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#tell(undefined);
    }
  }

  /** Whether it has used all the steps that it does by itself. */
  get finished() {
    return !this.playing && this.step >= this.#until;
  }

  /** The last pictures of the run before, as long as that is shown. */
  get ghostViews() {
    return this.ghost && this.#ghostViews;
  }

  /** The step that it plays to by itself. */
  get until() {
    return this.#until;
  }

  /** Plays from here. Once its steps are used, it gets the same number again. */
  play() {
    if (this.step >= this.#until) this.#until = this.step + this.card.budget;
    this.#setPlaying(true);
    return this.#inTurn(() => this.#play());
  }

  /** Pauses, after a last frame. */
  pause() {
    this.#setPlaying(false);
    return this.#inTurn(() => this.#waiting(async () => this.run?.pause()));
  }

  /** One iteration, or one phase of it. @param {string} [phase] */
  async step1(phase) {
    if (this.playing) await this.pause();
    return this.#inTurn(async () => {
      if (phase) await this.run?.step(phase);
      else await this.run?.train(1);
      this.did = phase ?? "";
      this.#stepped = true;
      this.dispatchEvent(new CustomEvent("stepped", { detail: phase }));
      await this.#look();
    });
  }

  /** Trains up to a step that another run has reached, and looks at that. @param {() => number} step */
  meet(step) {
    return this.#inTurn(async () => {
      await this.#look();
      const behind = step() - this.step;
      if (behind <= 0) return;
      await this.run?.train(behind);
      await this.#look();
    });
  }

  /** Begins anew; the run so far stays as a ghost. @param {number} [seed] */
  async reset(seed = this.seed) {
    const again = this.playing;
    await this.pause();
    await this.#inTurn(async () => {
      await this.run?.reset({ seed });
      this.seed = seed;
      this.#begin();
      await this.#look();
    });
    if (again) await this.play();
  }

  /**
   * Changes settings: live ones at once, others with a restart.
   * @param {Values} values
   */
  async change(values) {
    if (this.data && "data" in values)
      return this.reopen({ settings: { ...this.settings, ...values }, data: undefined });
    const live = Object.keys(values).every((id) => settingOf(this.card, id).live);
    const before = this.settings;
    this.settings = { ...this.settings, ...values };
    if (live && this.step) this.lost.add("changes");
    this.dispatchEvent(new Event("change"));
    const again = this.playing;
    if (!live && again) await this.pause();
    await this.#inTurn(async () => {
      try {
        await this.run?.change(values);
      } catch (error) {
        this.settings = before;
        throw error;
      }
      if (!live) this.#begin();
      if (!again) await this.#look();
    });
    if (!live && again) await this.play();
  }

  /**
   * Opens it again with other settings, data or backend.
   * @param {{ settings?: Values, backend?: import("../protocol.js").Backend, data?: UserData|undefined }} what
   */
  async reopen(what) {
    if (what.data) {
      // Painted points and points from a file are the same choice of the card, where it has one.
      await this.#useOwn("drawn");
      what = { ...what, settings: { ...this.settings, ...what.settings, ...brought(this.card) } };
    }
    const again = this.playing;
    await this.pause();
    await this.#inTurn(async () => {
      const before = { settings: this.settings, backend: this.backend, data: this.data };
      // Another backend changes nothing of what is computed, so what was put in by hand stays.
      const inputs = Object.keys(what).every((key) => key === "backend") ? await this.run?.inputs() : [];
      Object.assign(this, what);
      try {
        await this.#open(inputs, true);
      } catch (error) {
        Object.assign(this, before);
        throw error;
      }
    });
    if (again) await this.play();
  }

  /**
   * Sets up a prepared experiment and plays it to its end, or begins at its end with weights that the site ships.
   * @param {Experiment} experiment
   * @param {boolean} [scratch] whether to train all the same
   */
  async perform(experiment, scratch = false) {
    if (experiment.weights && !scratch) return this.#performTrained(experiment);
    const settings = defaults(this.card);
    for (const [id, text] of experiment.settings) settings[id] = read(settingOf(this.card, id), text).value;
    await this.pause();
    await this.reopen({ settings: complete(this.card, settings) });
    await this.#playUntil(experiment.steps, experiment.phase);
    const { type } = await new Promise((resolve) => {
      this.addEventListener("end", resolve, { once: true });
      this.addEventListener("restart", resolve, { once: true });
    });
    if (type === "end") this.dispatchEvent(new CustomEvent("experiment", { detail: experiment.id }));
  }

  /** @param {Experiment} experiment */
  async #performTrained({ id, weights }) {
    const asked = ++this.#asked;
    const fetched = async () => {
      const { fetchWeights } = await getModule(new URL("./trained.js", import.meta.url));
      return fetchWeights(weights);
    };
    const bytes = await this.#waiting(fetched).catch((error) => this.#report(error));
    if (!bytes || asked !== this.#asked) return;
    await this.load(bytes);
    await this.#end();
    this.dispatchEvent(new CustomEvent("experiment", { detail: id }));
  }

  /**
   * Plays to a step from the beginning, and stops there, after the film if it has one.
   * @param {number} step
   */
  async playTo(step) {
    await this.pause();
    if (this.step) await this.reset();
    await this.#playUntil(step);
  }

  /** @param {number} step @param {string} [phase] of an iteration, in place of whole ones */
  #playUntil(step, phase = "") {
    this.#until = step;
    this.#phase = phase;
    // To an end that somebody waits for it goes faster.
    if (this.#watched) [this.#watched, this.pace] = [false, "rising"];
    this.#setPlaying(true);
    return this.#inTurn(() => this.#play());
  }

  /** Input of the card. @param {string} id @param {import("../protocol.js").Payload} payload */
  async act(id, payload) {
    if (payload.points && this.#paintsData(id)) await this.#useOwn("drawn");
    return this.#inTurn(async () => {
      const before = this.run?.settings;
      await this.run?.act(id, payload);
      this.dispatchEvent(new CustomEvent("act", { detail: { id, payload } }));
      if (this.step && this.#changesTraining(id)) this.lost.add("changes");
      if (before && this.run) this.#follow(before, this.run.status);
      this.dispatchEvent(new Event("input"));
      clearTimeout(this.#asking);
      this.#asking = setTimeout(() => this.own().catch(() => {}), ASK_MS);
      if (!this.playing) await this.#look(false);
    });
  }

  /** What is the user's own, for an address. @returns {Promise<import("./packed.js").Own>} */
  async own() {
    this.inputs = (await this.run?.inputs()) ?? [];
    return { inputs: this.inputs, data: this.data };
  }

  /** Whether an input may change what is learned, not only what is looked at. @param {string} id */
  #changesTraining(id) {
    const kind = this.card.actions.find((action) => action.id === id)?.kind;
    return kind === "brush" || kind === "clear" || kind === "edit" || kind === "button";
  }

  /** Whether a brush paints the data, which "clear" in the same picture takes back. @param {string} id */
  #paintsData(id) {
    const { actions } = this.card;
    const view = actions.find((action) => action.id === id)?.view;
    return actions.some((action) => action.id === "clear" && action.view === view);
  }

  /**
   * Takes over what an input changed: what is painted, or cleared, becomes the data. What is cleared takes
   * the data that were brought with it.
   * @param {Values} before
   * @param {import("../protocol.js").Status} status
   */
  #follow(before, { settings: after, own }) {
    const changed = Object.entries(after).filter(([id, value]) => value !== before[id]);
    const forgotten = this.data && !own;
    if (forgotten) this.data = undefined;
    if (!changed.length && !forgotten) return;
    this.settings = { ...this.settings, ...Object.fromEntries(changed) };
    this.dispatchEvent(new Event("change"));
  }

  /** Weights as safetensors. @returns {Promise<Uint8Array>} */
  async save() {
    if (!this.run) throw new TildeError("closed", "Nothing is open yet.");
    return this.run.save();
  }

  /** @param {Uint8Array} bytes that `save` gave */
  async load(bytes) {
    await this.pause();
    return this.#inTurn(async () => {
      if (!this.run) return;
      const { remark, data } = await this.run.load(bytes);
      [this.settings, this.seed, this.data] = [this.run.settings, this.run.seed, data];
      const { kept } = this; // it has come before the answer
      this.#begin();
      this.kept = kept;
      this.lost.add("weights");
      await this.#look();
      if (remark) this.#report(new TildeError("other-data", remark));
    });
  }

  /** Plays at another speed, which the next exhibits have, too; phase by phase is for this one. @param {Session["pace"]} pace */
  choosePace(pace) {
    this.#watched = false;
    this.pace = pace;
    if (pace !== "phases") remember(PACE, pace);
    this.refresh();
  }

  /** Asks for the present pictures again: more of them have come into view. */
  refresh() {
    if (this.playing) this.#inTurn(() => this.#play());
    else if (this.run) this.#queued(() => this.#look());
  }

  close() {
    this.#closed = true;
    this.run?.close();
    this.run = undefined;
  }

  /** Forgets the previous run. */
  dismissGhost() {
    this.ghost = undefined;
    this.dispatchEvent(new Event("change"));
  }

  /** Switches to data of one's own, where that is a choice of the card. @param {string} choice */
  async #useOwn(choice) {
    const setting = this.card.settings.find(({ choices }) => choices?.includes(choice));
    if (setting && this.settings[setting.id] !== choice) await this.change({ [setting.id]: choice });
  }

  /** Opens it with what the address holds, or without, if that does not suit the exhibit. */
  async #openFirst() {
    try {
      await this.#open(this.#given);
    } catch (error) {
      if ((!this.#given.length && !this.data) || !/^bad-/.test(/** @type {TildeError} */ (error).code)) throw error;
      this.data = undefined;
      await this.#open();
      this.#report(error);
    }
  }

  /**
   * @param {import("../protocol.js").GivenInput[]} [inputs] of the run before
   * @param {boolean} [look] whether to look at it: a run takes the place of another only once it could be
   *   measured and drawn
   */
  async #open(inputs = [], look = false) {
    const { seed, settings, data } = this;
    const state = this.run ? undefined : this.kept;
    const given = { seed, settings, data, inputs, state, kept: true };
    const open = () => this.#tilde.open(this.card.id, { ...given, backend: this.backend });
    const run = await open().catch((error) => {
      if (error.code !== "no-webgpu") throw error;
      this.backend = "auto"; // continues on the CPU; the badge says why
      return open();
    });
    const frame = look
      ? await this.#waiting(() => run.frame(this.views, { deep: true })).catch((error) => {
          run.close();
          throw error;
        })
      : undefined;
    if (this.#closed) return run.close(); // by somebody who did not wait for it
    this.run?.close();
    this.run = run;
    run.listen({
      frame: (frame) => this.#show(frame),
      notice: (error, _, stopped) => this.#noticed(error, stopped),
      kept: (state) => (this.kept = state),
    });
    this.#begin();
    this.kept = state;
    if (frame) this.#show(frame);
  }

  #begin() {
    const drawn = this.history.steps.length > 2 && this.card.metrics.some(({ curve }) => curve);
    const before = drawn ? this.history : this.ghost;
    if (drawn) this.#ghostViews = this.last?.views;
    this.history = new History(this.data ?? this.settings.data);
    // Figures of other data have another scale, which would press the new curves flat.
    this.ghost = before?.data === this.history.data ? before : undefined;
    this.last = undefined;
    this.problem = undefined;
    this.kept = undefined;
    this.lost.clear();
    this.#until = this.card.budget;
    this.#phase = "";
    this.#known.begin();
    this.did = "";
    this.dispatchEvent(new Event("restart"));
  }

  async #play() {
    if (this.playing)
      await this.run?.play({
        views: this.views,
        pace: this.pace,
        phase: this.#phase,
        until: this.#until,
        every: this.every,
        beside: this.beside?.run && { run: this.beside.run, views: this.beside.views },
      });
  }

  async #look(deep = true) {
    const { run } = this;
    if (run) this.#show(await this.#waiting(() => run.frame(this.views, { deep })));
  }

  /** @param {Frame} frame */
  #show(frame) {
    // An edit has changed what is estimated, and the model counts its steps from 0 again. (In other
    // exhibits a smaller step means a return to the last finite weights, and the curves stay.)
    if (frame.metrics.step < this.step && this.card.actions.some(({ kind }) => kind === "edit")) this.#begin();
    // One that was only asked for again, as after scrolling, has changed nothing.
    const [{ id }] = this.card.views;
    if (frame.playing || this.#stepped) this.changes = changesOf(this.last?.views[id], frame.views[id]);
    this.#stepped = false;
    this.last = this.#known.completed(frame, this.last);
    this.history.push(frame);
    // A paused frame does not stop it: the frame may have been asked for before playing began.
    if (frame.stopped) this.#setPlaying(false);
    this.dispatchEvent(new CustomEvent("frame", { detail: this.last }));
    if (frame.stopped === "until") this.#end();
  }

  /** Its steps are used. A film is played to its last picture first, unless something else is asked for. */
  async #end() {
    const film = this.card.metrics.find((metric) => metric.film);
    if (film) await this.#inTurn(() => this.#playFilm(film));
    this.dispatchEvent(new Event("end"));
  }

  /** @param {import("../protocol.js").Metric} film */
  async #playFilm({ id, film }) {
    const asked = this.#asked;
    while (asked === this.#asked && this.run) {
      const { [id]: at = 0, [`${id}_reference`]: end = 0 } = this.last?.metrics ?? {};
      if (at >= end) return;
      const start = performance.now();
      for (let n = Math.ceil(end / FILM.pictures); n > 0; n--)
        await Promise.all([this.run.step(film), this.beside?.run?.step(film)]);
      await this.#look(false);
      if (this.beside) await this.beside.#look(false);
      const spare = FILM.each - (performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, spare)));
    }
  }

  /** @param {TildeError} error @param {boolean} stopped */
  #noticed(error, stopped) {
    if (stopped) this.#setPlaying(false);
    this.#report(error);
  }

  /** @param {boolean} playing */
  #setPlaying(playing) {
    if (playing) this.did = "";
    if (this.playing === playing) return;
    this.playing = playing;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {unknown} error */
  #report(error) {
    this.problem = /** @type {TildeError} */ (error);
    if (!this.run) this.#setPlaying(false);
    this.dispatchEvent(new CustomEvent("problem", { detail: error }));
  }

  /**
   * Calls that change the run are done one at a time. A failure is reported, and the next call proceeds. After
   * a divergence the run has its last finite weights again, which are shown.
   * @param {() => Promise<unknown>} job
   */
  #inTurn(job) {
    this.#asked++;
    this.run?.hurry();
    return this.#queued(job);
  }

  /** The same without hurry: what is under way, such as a film, goes on to its end. @param {() => Promise<unknown>} job */
  #queued(job) {
    const done = this.#turn.then(job).catch(async (error) => {
      if (error.code === "aborted") return; // what comes next has a picture of its own
      this.#report(error);
      if (error.code === "not-finite") await this.#look().catch((again) => this.#report(again));
    });
    this.#turn = done;
    return done;
  }
}

/**
 * Of how many items the label is another one than in the picture before, which may have had none.
 * @param {import("../protocol.js").Picture|undefined} before
 * @param {import("../protocol.js").Picture|undefined} after
 */
function changesOf(before, after) {
  const layer = after?.layers.find(({ labels }) => labels.length);
  const was = before?.layers.find(({ id }) => id === layer?.id)?.labels;
  if (!layer || (was?.length && was.length !== layer.labels.length)) return undefined;
  const changed = layer.labels.reduce((sum, label, i) => sum + Number(label !== was?.[i]), 0);
  return { changed, all: layer.labels.length };
}
