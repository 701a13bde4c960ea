// What the page and the worker say to each other, in one place. Only types: it runs no code.

/**
 * What the wasm modules take and give is declared in crate/web/src/types.rs.
 * @typedef {import("../pkg/files/tilde_web.js").Role} Role
 * @typedef {import("../pkg/files/tilde_web.js").ViewKind} ViewKind
 * @typedef {import("../pkg/files/tilde_web.js").SettingValue} Value
 * @typedef {import("../pkg/files/tilde_web.js").Layer} Layer
 * @typedef {import("../pkg/files/tilde_web.js").Picture} Picture
 * @typedef {import("../pkg/files/tilde_web.js").Samples} Samples
 * @typedef {import("../pkg/files/tilde_web.js").Payload} Payload
 * @typedef {import("../pkg/files/tilde_web.js").Losses} Losses
 * @typedef {import("../pkg/files/tilde_web.js").GivenInput} GivenInput
 * @typedef {import("../pkg/files/tilde_web.js").UserData} UserData
 * @typedef {import("../pkg/files/tilde_web.js").SavedTensor} Tensor
 * @typedef {import("../pkg/files/tilde_web.js").Parsed} Parsed
 * @typedef {import("../pkg/files/tilde_web.js").FileChoice} FileChoice
 * @typedef {import("../pkg/files/tilde_web.js").FileRead} FileRead
 * @typedef {import("../pkg/files/tilde_web.js").TableShown} TableShown
 * @typedef {import("../pkg/files/tilde_web.js").BackendName} BackendName
 * @typedef {import("../pkg/files/tilde_web.js").Engine} Engine
 * @typedef {import("../pkg/files/tilde_web.js").Place} Place
 * @typedef {import("../pkg/files/tilde_web.js").RunOptions} RunOptions
 * @typedef {Record<string, Value>} Values
 * @typedef {Record<string, number>} Metrics
 *
 * @typedef {import("../pkg/files/tilde_web.js").Setting} Setting
 * @typedef {import("../pkg/files/tilde_web.js").Metric} Metric
 * @typedef {import("../pkg/files/tilde_web.js").View} View
 * @typedef {import("../pkg/files/tilde_web.js").Action} Action
 * @typedef {import("../pkg/files/tilde_web.js").Experiment} Experiment
 * @typedef {import("../pkg/files/tilde_web.js").Registered & { parts: string[] }} Card  a line of pkg/cards.json: with the parts of pkg/exhibits that it needs, none if it was not built
 *
 * @typedef {{ available: boolean, software: boolean, emulated: boolean, description: string }} Gpu  `emulated`: by a CPU, as the browser says; `software`: by its name, too
 * @typedef {"auto"|BackendName} Backend
 *
 * @typedef {{ name: string, path: string, html: string }} Source  a file of an exhibit in pkg/source/ID.json
 * @typedef {import("../pkg/files/tilde_web.js").PlanShown} PlanShown
 *
 * @typedef {object} Times  of an entry of a plan, in milliseconds
 * @property {"kernels"|"timestamps"|"submits"} by  each kernel by itself; all of it, by the GPU's clock; all of it, by ours
 * @property {number[]} kernels  where each was measured
 * @property {number} entry  all of it, once
 * @property {number} runs  how often it ran for that; of the kernels, the one that ran least
 *
 * @typedef {object} OpenOptions
 * @property {string} exhibit
 * @property {number} seed
 * @property {Values} settings  all of them, checked
 * @property {UserData} [data]
 * @property {GivenInput[]} [inputs]  that another run of the exhibit was given
 * @property {string} [alphabet]  characters that the weights it has know, if it is of text
 * @property {Backend} backend
 * @property {Tensor[]} [state]  of another run of the same, to go on from
 * @property {boolean} [kept]  whether states are told that it could go on from
 *
 * @typedef {object} Status  what a run is now
 * @property {BackendName} backend
 * @property {string} description  the device in words
 * @property {string} why          key of the words that say why this backend, or ""
 * @property {number} seed
 * @property {Values} settings
 * @property {boolean} own         whether it has data that were brought
 *
 * @typedef {object} PlayOptions
 * @property {string[]} views  ids to send with the frames, the large one first
 * @property {"full"|"rising"|"steady"|"phases"} pace  as fast as it goes, slowly at first, ten a second, or one phase at a time
 * @property {string} phase    if not "", what is stepped in place of whole iterations
 * @property {number} until    iterations after which it pauses by itself (phases from now, if `phase`)
 * @property {number} every    at least so many milliseconds between frames
 * @property {{ run: number, views: string[] }} [beside]  a run that is to stand where this one stands, and its views
 *
 * @typedef {{ step: number, ids: string[] }} Measured  figures that cost much, and the step that they are of
 *
 * @typedef {object} Frame
 * @property {Metrics} metrics
 * @property {Losses} losses  of the steps since the frame before
 * @property {Record<string, Picture>} views
 * @property {number} rate      iterations a second
 * @property {number} busy      seconds of computing since the run was opened
 * @property {boolean} deep      whether the costly figures are among them: it has all there are
 * @property {Measured} [measured]  which of the figures are of an earlier step (the page adds it)
 * @property {boolean} playing
 * @property {string} phase     the phase that was stepped last, or ""
 * @property {string} stopped   why it stopped: "", "until", or an error's code
 *
 * @typedef {{ code: string, message: string }} Described
 */

/**
 * To the worker.
 * @typedef {{ type: "start", base: string, build: string, backend: BackendName, exhibit: string, cards: Card[], lock: string }} StartMessage  backend and exhibit whose modules are fetched first; `lock`: held for as long as the worker lives
 * @typedef {{ type: "call", id: number, run: number, method: string, args: unknown[] }} CallMessage
 * @typedef {{ type: "abort", id: number }} AbortMessage
 * @typedef {{ type: "ack", run: number }} AckMessage
 * @typedef {StartMessage|CallMessage|AbortMessage|AckMessage} ToWorker
 *
 * From the worker.
 * @typedef {{ type: "ready", build: string }} ReadyMessage
 * @typedef {{ type: "failed", error: Described }} FailedMessage
 * @typedef {{ type: "loading", loaded: number }} LoadingMessage  bytes of modules that came
 * @typedef {{ type: "result", id: number, value: unknown }} ResultMessage
 * @typedef {{ type: "error", id: number, error: Described }} ErrorMessage
 * @typedef {{ type: "progress", id: number, done: number, total: number, rate: number }} ProgressMessage
 * @typedef {{ type: "frame", run: number, frame: Frame }} FrameMessage
 * @typedef {{ type: "notice", run: number, notice: Described, status: Status, stopped: boolean }} NoticeMessage  `stopped`: it no longer plays
 * @typedef {{ type: "kept", run: number, state: Tensor[] }} KeptMessage  what another run could go on from
 * @typedef {ReadyMessage|FailedMessage|LoadingMessage|ResultMessage|ErrorMessage|ProgressMessage|FrameMessage|NoticeMessage|KeptMessage} FromWorker
 */

/**
 * The exhibits' module, as wasm-bindgen writes it.
 * @typedef {import("../pkg/exhibits/tilde_web.js").WebRun} WebRun
 * @typedef {{ WebRun: { open(id: string, options: RunOptions): Promise<WebRun> } }} Exhibits
 *
 * The module that reads files.
 * @typedef {Pick<typeof import("../pkg/files/tilde_web.js"), "parse_data" | "WebFiles">} FileReader
 *
 * The module that tells what an engine makes of a program.
 * @typedef {{ describe_plan(program: Uint8Array, emulated: boolean): PlanShown | undefined }} Describer
 */

export {};
