// What the page and the worker say to each other, in one place. Only types: it runs no code.

/**
 * @typedef {"data"|"model"|"truth"|"other"} Role
 * @typedef {"points"|"field"|"vectors"|"images"|"bars"|"text"|"lines"|"curves"|"log-curves"|"stack"|"network"|"table"} ViewKind
 * @typedef {number|string|boolean} Value
 * @typedef {Record<string, Value>} Values
 * @typedef {Record<string, number>} Metrics
 *
 * @typedef {object} Setting
 * @property {string} id
 * @property {"int"|"float"|"choice"|"flag"} kind
 * @property {number} [min]
 * @property {number} [max]
 * @property {Value} default
 * @property {boolean} [log]
 * @property {string[]} [choices]
 * @property {string} unit
 * @property {boolean} live  applies at once; otherwise changing it rebuilds the model
 * @property {boolean} more  folded under "More"
 * @property {string} view  id of the view that it is put under, or ""
 *
 * @typedef {{ id: string, unit: string, reference: number|null|undefined, curve: string, role: Role, sometimes: boolean }} Metric
 * @typedef {{ id: string, kind: ViewKind, main: boolean }} View
 * @typedef {{ id: string, kind: "brush"|"drag"|"pick"|"button"|"clear"|"text"|"edit", view: string }} Action
 * @typedef {{ id: string, settings: [string, string][], steps: number, phase: string }} Experiment
 *
 * @typedef {object} Card  a line of pkg/cards.json
 * @property {string} id
 * @property {string} module   the folder of pkg/chapter that has it
 * @property {boolean} tensors whether it needs an engine
 * @property {number} chapter
 * @property {string} slides
 * @property {number} minutes
 * @property {Setting[]} settings
 * @property {Metric[]} metrics
 * @property {View[]} views
 * @property {Action[]} actions
 * @property {string[]} phases
 * @property {Experiment[]} experiments
 * @property {string[]} data
 * @property {number} budget
 *
 * @typedef {object} Layer
 * @property {string} id
 * @property {Role} role
 * @property {ViewKind} kind
 * @property {Float32Array} data
 * @property {number[]} shape
 * @property {Uint32Array|number[]} labels  classes; of bars, characters; of text, 1 where it is marked
 *
 * @typedef {object} Picture
 * @property {Layer[]} layers
 * @property {number[]} extent  x₀, x₁, y₀, y₁; zeros where it has no meaning
 * @property {number[]} range   for fields: low end, middle and high end of the colour map
 * @property {number} columns   for images: how many in a row, 0 if the page may choose; for shaded text: heads of a layer
 *
 * @typedef {{ kind: string, data: Float32Array, shape: number[] }} Samples
 * @typedef {{ points?: Float32Array, at?: [number, number], picks?: number[], text?: string }} Payload
 * @typedef {{ images?: Float32Array, points?: Float32Array, text?: string, shape?: number[], labels?: Uint32Array }} UserData
 * @typedef {{ name: string, dtype: "F32"|"F64"|"U32", shape: number[], data: Float32Array|Float64Array|Uint32Array }} Tensor
 * @typedef {{ kind: "images"|"labels"|"points", data: Float32Array|Uint32Array, shape: number[], labels?: Uint32Array }} Parsed
 * @typedef {{ available: boolean, software: boolean, description: string }} Gpu
 * @typedef {"webgpu"|"cpu"} BackendName
 * @typedef {"auto"|BackendName} Backend
 *
 * @typedef {object} OpenOptions
 * @property {string} exhibit
 * @property {number} seed
 * @property {Values} settings  all of them, checked
 * @property {UserData} [data]
 * @property {Backend} backend
 *
 * @typedef {object} Status  what a run is now
 * @property {BackendName} backend
 * @property {string} description  the device in words
 * @property {string} why          key of the words that say why this backend, or ""
 * @property {number} seed
 * @property {Values} settings
 *
 * @typedef {object} PlayOptions
 * @property {string[]} views  ids to send with the frames, the large one first
 * @property {"full"|"steady"|"phases"} pace  as fast as it goes, ten a second, or one phase at a time
 * @property {string} phase    if not "", what is stepped in place of whole iterations
 * @property {number} until    iterations after which it pauses by itself (phases from now, if `phase`)
 * @property {number} every    at least so many milliseconds between frames
 *
 * @typedef {object} Losses  of every step after one, or evenly thinned
 * @property {string[]} names
 * @property {number} stride  steps from one point to the next
 * @property {Uint32Array} steps
 * @property {Float32Array} values  `[steps, names]`; NaN where a step has none
 *
 * @typedef {object} Frame
 * @property {Metrics} metrics
 * @property {Losses} losses  of the steps since the frame before
 * @property {Record<string, Picture>} views
 * @property {number} rate      iterations a second
 * @property {number} busy      seconds of computing since the run was opened
 * @property {boolean} deep      whether the costly figures are among them: it has all there are
 * @property {boolean} playing
 * @property {string} phase     the phase that was stepped last, or ""
 * @property {string} stopped   why it stopped: "", "until", or an error's code
 *
 * @typedef {{ code: string, message: string }} Described
 */

/**
 * To the worker.
 * @typedef {{ type: "start", base: string, build: string, backend: BackendName, exhibit: string, cards: Card[] }} StartMessage  backend and exhibit whose modules are fetched first
 * @typedef {{ type: "call", id: number, run: number, method: string, args: unknown[] }} CallMessage
 * @typedef {{ type: "abort", id: number }} AbortMessage
 * @typedef {{ type: "ack", run: number }} AckMessage
 * @typedef {StartMessage|CallMessage|AbortMessage|AckMessage} ToWorker
 *
 * From the worker.
 * @typedef {{ type: "ready", build: string }} ReadyMessage
 * @typedef {{ type: "failed", error: Described }} FailedMessage
 * @typedef {{ type: "result", id: number, value: unknown }} ResultMessage
 * @typedef {{ type: "error", id: number, error: Described }} ErrorMessage
 * @typedef {{ type: "progress", id: number, done: number, total: number, rate: number }} ProgressMessage
 * @typedef {{ type: "frame", run: number, frame: Frame }} FrameMessage
 * @typedef {{ type: "notice", run: number, notice: Described, status: Status, stopped: boolean }} NoticeMessage  `stopped`: it no longer plays
 * @typedef {ReadyMessage|FailedMessage|ResultMessage|ErrorMessage|ProgressMessage|FrameMessage|NoticeMessage} FromWorker
 */

/**
 * An engine's module. Words are those of an arena's memory, whatever their type; those that are read at
 * once are valid until the next call.
 * @typedef {object} Engine
 * @property {(program: Uint8Array) => Uint32Array|Promise<Uint32Array>} load  its handle, and where everything is
 * @property {(handle: number, schedule: Uint32Array, times: number) => void} run
 * @property {(handle: number, arena: number, offset: number, words: Uint32Array) => void} write
 * @property {(handle: number, arena: number, offset: number, length: number) => Uint32Array|Promise<Uint32Array>} read
 * @property {(handle: number) => void} free
 *
 * @typedef {{ backend: BackendName, device: string, engine?: Engine }} Place  where a run is: the device is in words
 */

/**
 * A chapter's module, as wasm-pack writes it.
 * @typedef {object} WebRun
 * @property {(n: number) => Promise<void>} train
 * @property {(deep: boolean) => Promise<Metrics>} metrics
 * @property {(n: number, seed: number) => Promise<Samples>} sample
 * @property {(id: string) => Promise<Picture>} view
 * @property {(views: string[], deep: boolean, since: number) => Promise<{ metrics: Metrics, pictures: Picture[], losses: Losses }>} frame
 * @property {(phase: string) => Promise<void>} step
 * @property {(id: string, payload: Payload) => Promise<{ settings: Values, own: boolean }>} act
 * @property {() => Promise<[string, Payload][]>} inputs
 * @property {(id: string, value: Value) => Promise<void>} set
 * @property {(seed: number) => Promise<void>} reset
 * @property {() => Promise<Tensor[]>} export_state
 * @property {(state: Tensor[]) => Promise<void>} import_state
 * @property {BackendName} backend
 * @property {string} description
 * @property {() => void} free
 *
 * @typedef {object} Chapter
 * @property {{ open(id: string, options: object): Promise<WebRun> }} WebRun
 *
 * @typedef {object} FileReader  the module that reads files
 * @property {(name: string, bytes: Uint8Array) => Parsed} parse_data
 */

export {};
