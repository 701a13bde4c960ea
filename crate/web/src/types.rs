//! TypeScript types of the plain objects that cross.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Role = "data" | "model" | "truth" | "other";
export type ViewKind = "points" | "field" | "vectors" | "images" | "bars" | "text" | "lines" | "curves" | "log-curves" | "stack" | "network" | "table";
export type BackendName = "cpu" | "webgpu";
/** A number, the id of a choice, or a flag. */
export type SettingValue = number | string | boolean;

export interface Setting {
  id: string;
  kind: "int" | "float" | "choice" | "flag";
  min?: number;
  max?: number;
  default: SettingValue;
  /** Whether a slider should be logarithmic. */
  log?: boolean;
  choices?: string[];
  unit: string;
  /** Applies at once; otherwise changing it rebuilds the model. */
  live: boolean;
  /** Folded under "More". */
  more: boolean;
  /** Id of the view that it is put under, or "". */
  view: string;
}

export interface Metric {
  id: string;
  unit: string;
  /** The exact, best possible or equilibrium value, where one does not depend on the settings. */
  reference: number | null;
  curve: string;
  role: Role;
  /** Only some settings have it. */
  sometimes: boolean;
}

export interface View { id: string; kind: ViewKind; main: boolean }
export interface Action { id: string; kind: "brush" | "drag" | "pick" | "button" | "clear" | "text" | "edit"; view: string }
export interface Experiment { id: string; settings: [string, string][]; steps: number; phase: string }

export interface Card {
  id: string;
  chapter: number;
  slides: string;
  minutes: number;
  settings: Setting[];
  metrics: Metric[];
  views: View[];
  actions: Action[];
  phases: string[];
  experiments: Experiment[];
  data: string[];
  budget: number;
}

export interface Layer {
  id: string;
  role: Role;
  kind: ViewKind;
  data: Float32Array;
  shape: number[];
  labels: Uint32Array;
}

export interface Picture {
  layers: Layer[];
  /** x₀, x₁, y₀, y₁ of the data coordinates shown; zeros where they have no meaning. */
  extent: number[];
  /** For fields: low end, middle and high end of the colour map. */
  range: number[];
  /** For images: how many in a row, 0 if the page may choose. */
  columns: number;
}

/** Losses of the steps after one: `values` is `[steps, names]`; NaN where a step has none. */
export interface Losses {
  names: string[];
  /** Steps from one point to the next, a power of two: a long curve is thinned evenly. */
  stride: number;
  steps: Uint32Array;
  values: Float32Array;
}

export interface Frame { metrics: Record<string, number>; pictures: Picture[]; losses: Losses }

/** Texts are `[N, T]` code points. */
export interface Samples { kind: "points" | "images" | "text"; data: Float32Array; shape: number[] }
export interface Payload { points?: Float32Array; at?: [number, number]; picks?: number[]; text?: string }

/** What an input has left: the settings, and whether data that were brought are still learned from. */
export interface Acted { settings: Record<string, SettingValue>; own: boolean }

/** Images are `[N, H, W]` in 0..=1, points `[N, 2]`; both need their shape. */
export interface UserData {
  images?: Float32Array;
  points?: Float32Array;
  text?: string;
  shape?: number[];
  labels?: Uint32Array;
}

export interface Parsed {
  kind: "images" | "labels" | "points";
  data: Float32Array | Uint32Array;
  shape: number[];
  labels?: Uint32Array;
}

export interface SavedTensor {
  name: string;
  dtype: "F32" | "F64" | "U32";
  shape: number[];
  data: Float32Array | Float64Array | Uint32Array;
}

export interface OpenOptions {
  /** A whole number below 2⁵³; picked at random if missing. */
  seed?: number;
  /** What differs from the defaults. */
  settings?: Record<string, SettingValue>;
  data?: UserData;
  /** What was put in by hand, as `inputs` of an earlier run gave it. */
  inputs?: [string, Payload][];
  backend: BackendName;
  /** What the page calls the device, if it knows better: a browser tells a module next to nothing. */
  device?: string;
  /** The digits file, for exhibits that are set to learn from it. */
  digits?: Uint8Array;
  digit_labels?: Uint8Array;
  /** The text of the lessons, likewise. */
  lessons?: string;
}
"#;
