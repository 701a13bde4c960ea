//! Everything that crosses between a module and JavaScript, in one place.
//!
//! A type is declared once. Its TypeScript is derived from the declaration (`www/protocol.js` takes it from the
//! modules), and so is the code that makes or reads the object, so that both compilers check their side. Bulk
//! numbers cross as typed arrays of their own memory.

use crate::js::{self, Cross};
use tilde_models::card;
use tsify::Tsify;
use wasm_bindgen::JsValue;

/// Objects that Rust makes.
macro_rules! made {
    ($($(#[$doc:meta])* struct $name:ident { $($(#[$note:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Tsify)]
        pub struct $name { $($(#[$note])* pub $field: $type,)* }

        impl Cross for $name {
            fn cross(self) -> JsValue {
                js::object([$((stringify!($field), self.$field.cross())),*])
            }
        }
    )*};
}

/// Objects that Rust reads. What is missing is read as `undefined`.
macro_rules! taken {
    ($($(#[$doc:meta])* struct $name:ident { $($(#[$note:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Tsify)]
        pub struct $name { $($(#[$note])* pub $field: $type,)* }

        impl js::Read for $name {
            fn read(object: &JsValue) -> Option<$name> {
                Some($name { $($field: js::field(object, stringify!($field))?,)* })
            }
        }
    )*};
}

/// Ids that Rust knows: of an enum of the models, named one by one, so that a new one is missed by the compiler.
macro_rules! named {
    ($($(#[$doc:meta])* enum $name:ident of $of:path { $($id:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Tsify)]
        #[allow(missing_docs)]
        pub enum $name { $(#[serde(rename = $word)] $id,)* }

        impl From<$of> for $name {
            fn from(it: $of) -> $name {
                use $of as Of;
                match it { $(Of::$id => $name::$id,)* }
            }
        }

        impl Cross for $name {
            fn cross(self) -> JsValue {
                match self { $($name::$id => $word.into(),)* }
            }
        }
    )*};
}

named! {
    /// What a picture element stands for; decides its colour.
    enum Role of card::Role { Data = "data", Model = "model", Truth = "truth", Other = "other", }

    /// How a picture is drawn.
    enum ViewKind of card::ViewKind {
        Points = "points",
        Field = "field",
        Vectors = "vectors",
        Images = "images",
        Bars = "bars",
        Text = "text",
        Lines = "lines",
        Curves = "curves",
        LogCurves = "log-curves",
        Stack = "stack",
        Network = "network",
        Table = "table",
    }
}

made! {
    /// One part of a picture.
    struct Layer {
        /// Its word is in the exhibit's JSON.
        id: &'static str,
        /// What it stands for.
        role: Role,
        /// How it is drawn.
        kind: ViewKind,
        /// Row-major values.
        #[tsify(type = "Float32Array")]
        data: JsValue,
        /// Shape.
        shape: Vec<usize>,
        /// Classes; of bars, characters; of text, 1 where it is marked.
        #[tsify(type = "Uint32Array")]
        labels: JsValue,
    }

    /// A picture's numbers.
    struct Picture {
        /// Drawn in order.
        layers: Vec<Layer>,
        /// x₀, x₁, y₀, y₁ of the data coordinates shown; zeros where they have no meaning.
        #[tsify(type = "number[]")]
        extent: [f32; 4],
        /// For fields: low end, middle and high end of the colour map.
        #[tsify(type = "number[]")]
        range: [f32; 3],
        /// For images: how many in a row, 0 if the page may choose; for shaded text: heads of a layer.
        columns: usize,
    }

    /// Samples of the model. Texts are `[N, T]` code points.
    struct Samples {
        /// What they are.
        #[tsify(type = "\"points\" | \"images\" | \"text\"")]
        kind: &'static str,
        /// Row-major values.
        #[tsify(type = "Float32Array")]
        data: JsValue,
        /// Shape, samples first.
        shape: Vec<usize>,
    }

    /// Losses of the steps after one: `values` is `[steps, names]`, NaN where a step has none.
    struct Losses {
        /// The figures.
        names: Vec<&'static str>,
        /// Steps from one point to the next, a power of two: a long curve is thinned evenly.
        stride: u32,
        /// The steps.
        #[tsify(type = "Uint32Array")]
        steps: JsValue,
        /// Row-major.
        #[tsify(type = "Float32Array")]
        values: JsValue,
    }

    /// What a file held.
    struct Parsed {
        /// What the numbers are.
        #[tsify(type = "\"images\" | \"labels\" | \"points\"")]
        kind: &'static str,
        /// The numbers.
        #[tsify(type = "Float32Array | Uint32Array")]
        data: JsValue,
        /// Shape.
        shape: Vec<usize>,
        /// Classes of images, where the file has some.
        #[tsify(type = "Uint32Array", optional)]
        labels: JsValue,
    }

    /// What files hold, by a choice.
    struct FileRead {
        /// The data, if they can be used.
        #[tsify(type = "UserData | undefined")]
        data: JsValue,
        /// Why they cannot, or "".
        refusal: String,
        /// What was done to them, in sentences.
        notes: Vec<String>,
        /// Arrays that could be chosen.
        arrays: Vec<ListedArray>,
        /// The one that is.
        array: usize,
        /// The beginning of the table, if it is one.
        #[tsify(type = "TableShown | undefined")]
        table: JsValue,
    }

    /// An array of a file: its name, and its type and shape.
    struct ListedArray {
        /// Its name.
        name: String,
        /// Type and shape.
        what: String,
    }

    /// The beginning of a table.
    struct TableShown {
        /// Names of columns.
        names: Vec<String>,
        /// The first rows.
        #[tsify(type = "string[][]")]
        rows: JsValue,
        /// How many rows there are.
        count: usize,
        /// Whether lines could be two whole numbers or one with a decimal comma.
        asks: bool,
        /// The columns that are used: x, y, and the class if there is one.
        columns: Vec<usize>,
    }

    /// What is on show at one time.
    struct RunFrame {
        /// Figures by id.
        #[tsify(type = "Record<string, number>")]
        metrics: JsValue,
        /// Those that were asked for, in that order.
        pictures: Vec<Picture>,
        /// Of the steps after the one that was named.
        losses: Losses,
    }

    /// What an input has left.
    struct Acted {
        /// All settings.
        #[tsify(type = "Record<string, SettingValue>")]
        settings: JsValue,
        /// Whether data that were brought are still learned from.
        own: bool,
    }

    /// A part of a checkpoint that is given out.
    struct SavedTensor {
        /// Name of the variable or parameter.
        name: String,
        /// Its type, as safetensors calls it.
        #[tsify(type = "\"F32\" | \"F64\" | \"U32\"")]
        dtype: &'static str,
        /// Its shape.
        shape: Vec<usize>,
        /// Its contents.
        #[tsify(type = "Float32Array | Float64Array | Uint32Array")]
        data: JsValue,
    }

    /// A compiled program, for people.
    struct PlanShown {
        /// Where everything is, as an engine says it: the same plan has the same.
        #[tsify(type = "Uint32Array")]
        layout: JsValue,
        /// Its entries, in the order in which an engine counts them.
        entries: Vec<EntryShown>,
    }

    /// An entry of a plan.
    struct EntryShown {
        /// Its name.
        name: String,
        /// In the order in which they run.
        kernels: Vec<KernelShown>,
    }

    /// A kernel of a plan.
    struct KernelShown {
        /// The names of the graph's operations in it.
        label: String,
        /// The shape that it computes.
        shape: String,
        /// Its product or its reductions, if it has some.
        heavy: String,
        /// Floating-point operations.
        flops: f64,
        /// Bytes read and written.
        bytes: f64,
        /// Whether it changes state, so that it may do something else when it runs again.
        updates: bool,
        /// What a GPU runs, one after the other.
        shaders: Vec<ShaderShown>,
    }

    /// A compute shader.
    struct ShaderShown {
        /// WGSL.
        text: String,
        /// Workgroups along x and y.
        #[tsify(type = "[number, number]")]
        groups: [u32; 2],
    }
}

taken! {
    /// A part of a checkpoint that is taken back.
    struct GivenTensor {
        /// Name of the variable or parameter.
        name: String,
        /// Its type, as safetensors calls it.
        #[tsify(type = "\"F32\" | \"F64\" | \"U32\"")]
        dtype: String,
        /// Its shape.
        #[tsify(type = "number[]")]
        shape: Vec<u32>,
        /// Its contents.
        #[tsify(type = "Float32Array | Float64Array | Uint32Array")]
        data: JsValue,
    }

    /// What an action carries.
    struct Payload {
        /// `[N, 2]` in data coordinates.
        #[tsify(type = "Float32Array", optional)]
        points: Option<Vec<f32>>,
        /// A place in the view, 0..=1 each, origin bottom left.
        #[tsify(type = "[number, number]", optional)]
        at: Option<Vec<f32>>,
        /// Indices of picked images.
        #[tsify(type = "number[]", optional)]
        picks: Option<Vec<u32>>,
        /// A line of text.
        #[tsify(optional)]
        text: Option<String>,
    }

    /// An input that was given before.
    struct GivenInput {
        /// Id of the action.
        id: String,
        /// What it carried.
        #[tsify(type = "Payload")]
        payload: JsValue,
    }

    /// Data of the user's own: a text, images `[N, H, W]` in 0..=1, or points `[N, 2]`; both need their shape.
    struct UserData {
        /// Images.
        #[tsify(type = "Float32Array", optional)]
        images: Option<Vec<f32>>,
        /// Points.
        #[tsify(type = "Float32Array", optional)]
        points: Option<Vec<f32>>,
        /// A text.
        #[tsify(optional)]
        text: Option<String>,
        /// Shape of images or points.
        #[tsify(type = "number[]", optional)]
        shape: Option<Vec<u32>>,
        /// Classes of the images.
        #[tsify(type = "Uint32Array", optional)]
        labels: Option<Vec<u32>>,
    }

    /// How files are read where there is a choice.
    #[derive(Default)]
    struct FileChoice {
        /// The array.
        #[tsify(optional)]
        array: Option<u32>,
        /// Columns: x, y, and the class.
        #[tsify(type = "Uint32Array | number[]", optional)]
        columns: Option<Vec<u32>>,
        /// Whether lines such as `32,56` are one number with a decimal comma.
        #[tsify(optional)]
        one_column: Option<bool>,
        /// What is cut out of images.
        #[tsify(type = "\"whole\" | \"middle\" | \"ink\"", optional)]
        crop: Option<String>,
        /// Whether rows of images are columns.
        #[tsify(optional)]
        transpose: Option<bool>,
        /// Whether bright and dark are exchanged.
        #[tsify(optional)]
        invert: Option<bool>,
    }

    /// Where a run is to be.
    struct Place {
        /// The backend.
        #[tsify(type = "\"cpu\" | \"webgpu\"")]
        backend: String,
        /// Its module; what has no tensors needs none.
        #[tsify(type = "Engine", optional)]
        engine: Option<JsValue>,
        /// What it runs on, in words.
        device: String,
    }

    /// How a run is opened.
    struct RunOptions {
        /// A whole number below 2⁵³; drawn if missing.
        #[tsify(type = "number", optional)]
        seed: Option<JsValue>,
        /// What differs from the defaults.
        #[tsify(type = "Record<string, SettingValue>", optional)]
        settings: Option<JsValue>,
        /// Data of the user's own.
        #[tsify(optional)]
        data: Option<UserData>,
        /// What was put in by hand into the run in whose place it is opened.
        #[tsify(type = "GivenInput[]", optional)]
        inputs: Option<Vec<GivenInput>>,
        /// Where it is to be.
        place: Place,
        /// The digits' files, for exhibits that are set to learn from them.
        #[tsify(type = "Uint8Array", optional)]
        digits: Option<Vec<u8>>,
        /// Their labels.
        #[tsify(type = "Uint8Array", optional)]
        digit_labels: Option<Vec<u8>>,
        /// The text of the lessons, likewise.
        #[tsify(optional)]
        lessons: Option<String>,
        /// The characters that weights which are about to be loaded know.
        #[tsify(optional)]
        alphabet: Option<String>,
    }
}

impl js::Read for Vec<GivenInput> {
    fn read(value: &JsValue) -> Option<Vec<GivenInput>> {
        js::list(value)
    }
}

/// What only JavaScript has: calls between modules, and JSON of the registry.
#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type BackendName = Place["backend"];
/** A number, the id of a choice, or a flag. */
export type SettingValue = number | string | boolean;

/**
 * An engine's module. Words are those of an arena's memory, whatever their type; those that are read at
 * once are valid until the next call.
 */
export interface Engine {
  /** Its handle, and where everything is. */
  load(program: Uint8Array): Uint32Array | Promise<Uint32Array>;
  run(handle: number, schedule: Uint32Array, times: number): void;
  write(handle: number, arena: number, offset: number, words: Uint32Array): void;
  read(handle: number, arena: number, offset: number, length: number): Uint32Array | Promise<Uint32Array>;
  /** Whether all that is learned is finite. */
  finite(handle: number): boolean | number | Promise<boolean>;
  free(handle: number): void;
  /** Runs one kernel of an entry, `times` over, on whatever is in memory: of the CPU, for measuring. */
  kernel?(handle: number, entry: number, index: number, times: number): void;
  /** Milliseconds of running an entry, `times` over, by the GPU's own clock; none where it has none to read. */
  time?(handle: number, entry: number, times: number): Promise<number | undefined>;
}
"#;
