//! What an exhibit says about itself. Ids, ranges, units and defaults only: every word a person
//! reads is in `www/words/en/ID.json`.

use crate::figures::Figures;
use serde::Serialize;

/// A value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number (whole for [`SettingKind::Int`]).
    Number(f64),
    /// The index of a choice.
    Choice(usize),
    /// On or off.
    Flag(bool),
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(into = "KindFields")]
pub enum SettingKind {
    /// A whole number in `min..=max`.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Default.
        default: i64,
    },
    /// A number in `min..=max`.
    Float {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Default.
        default: f64,
        /// Whether a slider should be logarithmic.
        log: bool,
    },
    /// One of several ids; the default is the first.
    Choice(&'static [&'static str]),
    /// On or off, with its default.
    Flag(bool),
}

/// A [`SettingKind`] as the page has it: one object for all kinds.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
struct KindFields {
    #[cfg_attr(feature = "typescript", tsify(type = "\"int\" | \"float\" | \"choice\" | \"flag\""))]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[cfg_attr(feature = "typescript", tsify(type = "SettingValue"))]
    default: Default,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<&'static [&'static str]>,
}

/// A default value: a number, a choice's id, or a flag.
#[derive(Serialize)]
#[serde(untagged)]
enum Default {
    Number(f64),
    Choice(&'static str),
    Flag(bool),
}

impl From<SettingKind> for KindFields {
    fn from(kind: SettingKind) -> KindFields {
        let plain =
            |kind, default| KindFields { kind, min: None, max: None, default, log: None, choices: None };
        let range = |kind, min, max, default| KindFields {
            min: Some(min),
            max: Some(max),
            ..plain(kind, Default::Number(default))
        };
        match kind {
            SettingKind::Int { min, max, default } => range("int", min as f64, max as f64, default as f64),
            SettingKind::Float { min, max, default, log } => {
                KindFields { log: Some(log), ..range("float", min, max, default) }
            }
            SettingKind::Choice(ids) => {
                KindFields { choices: Some(ids), ..plain("choice", Default::Choice(ids[0])) }
            }
            SettingKind::Flag(on) => plain("flag", Default::Flag(on)),
        }
    }
}

/// One setting of an exhibit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Setting {
    /// The field's name for it.
    pub id: &'static str,
    /// Type, range and default.
    #[serde(flatten)]
    #[cfg_attr(feature = "typescript", tsify(type = "KindFields"))]
    pub kind: SettingKind,
    /// Unit, or "".
    pub unit: &'static str,
    /// Whether it applies at once; otherwise changing it rebuilds the model.
    pub live: bool,
    /// Whether the page folds it under "More".
    pub more: bool,
    /// Id of the view that the page puts it under, or "".
    pub view: &'static str,
    /// What other settings have to be for this one to do anything; all of them at once.
    #[cfg_attr(feature = "typescript", tsify(type = "[string, string[]][]"))]
    pub when: &'static [When],
    /// Its choice that one's own data are learned with, where no other can learn them; or "".
    pub own: &'static str,
}

/// Sets of points, for conditions: those that ship, those painted, and those brought.
pub const POINTS: &[&str] =
    &["eight-gaussians", "two-moons", "checkerboard", "grid-25", "spiral", "swiss-roll", "drawn", "points"];

/// Sets of images, for conditions: those that ship and those brought.
pub const IMAGES: &[&str] = &["digits8", "strokes", "digits8-binary", "images"];

/// What another setting has to be: its id, and values as text ([`Setting::when`]).
pub type When = (&'static str, &'static [&'static str]);

/// One figure an exhibit reports.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Metric {
    /// Its name in `metrics()`.
    pub id: &'static str,
    /// Unit: "nats", "share", "of 8", or "".
    pub unit: &'static str,
    /// The exact, best possible or equilibrium value, where there is one that does not depend on
    /// the settings. (One that does is reported as the metric `ID_reference`.)
    #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
    pub reference: Option<f64>,
    /// Id of the curve it is drawn in, or "" if it is only shown as a figure. Metrics of one curve
    /// share its axes.
    pub curve: &'static str,
    /// Whether it belongs to the data, to the model, or to neither: decides its colour.
    pub role: Role,
    /// Whether only some settings have it: nothing stands in its place where it is not reported.
    pub sometimes: bool,
    /// If it counts the steps of a film, up to its reference: the phase that is a step of it. A run that has used its
    /// steps, and an experiment, end with its last picture. Otherwise "".
    pub film: &'static str,
}

/// What a picture element stands for; decides its colour everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The data distribution: blue.
    Data,
    /// The model: orange.
    Model,
    /// The exact truth: ink.
    Truth,
    /// Anything else.
    Other,
}

/// The kinds of picture the page can draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ViewKind {
    /// Layers of `[N, 2]` points. A layer of bars, `[N · K]`, says how much of each labelled point belongs to
    /// each of K classes, whose colours it mixes.
    Points,
    /// A `[H, W]` grid of numbers, row 0 at the bottom (lowest y). The role gives the colours: an amount of the
    /// data or the model, an energy ([`Role::Truth`]), or a quantity with a middle ([`Role::Other`]). With two
    /// labels it goes from the colour of the one class to that of the other.
    Field,
    /// `[N, 4]`: x, y, dx, dy.
    Vectors,
    /// `[N, H, W]` grey images in 0..=1, drawn in a grid. Rows of several layers take turns; one with fewer
    /// images has fewer rows, whole ones if it can. Labels of the first layer are numbers of the grid's rows, one for each, or
    /// else of its columns. Layers of different sizes are layers of units, from the top one down, with
    /// arrows between them: up from [`Role::Data`], down to [`Role::Model`], both ways to [`Role::Other`]. As many
    /// labels as units mark those with the label 1.
    Images,
    /// `[N]` numbers as bars or a histogram. With labels, they are the characters below the bars; bars of
    /// "0", "1" and so on have the colours of these classes.
    Bars,
    /// `[N, T]` characters (code points): N lines. A field of the same shape as a second layer shades
    /// them; a character with the label 1 is marked.
    Text,
    /// `[N, 4]`: x₀, y₀, x₁, y₁ of straight pieces, for contours, ellipses, boundaries and trails in
    /// the plane. With a single label they are an area, in level rows, each as high as the next.
    Lines,
    /// Layers of `[N, 2]`, each a line through its points, x increasing, over axes with numbers. A
    /// layer of [`ViewKind::Points`] is dots, one of [`ViewKind::Lines`] pieces. A line with the label 1 is
    /// one of before, drawn faintly. Arrows have their true lengths. With columns, the x axis is so many of them, of width 1,
    /// and has no numbers; each layer of points is a column, with its name above it.
    /// Layers of images are strips below the axis, evenly from x₀ to x₁; an image with the label 1 is missing.
    Curves,
    /// The same over a logarithmic x axis (all x > 0).
    LogCurves,
    /// Horizontal bars made of parts: layers of `[N]`, one number for each of N bars. The first
    /// layer's part ends at its value, each further one is as long as its value; a layer of
    /// [`Role::Truth`] is a mark at its value. The picture's extent gives the axis, x₀ to x₁. Among curves such
    /// layers are one upright bar beside them, and the picture's range gives its axis.
    Stack,
    /// A directed graph of variables with states, S in all. Layers by id, first of this kind: `nodes`
    /// `[N, 3]` (x and y in 0..=1, to the right and downwards, and how many states) with flags as
    /// labels: 1 looked at, 2 observed, 4 set from outside, 8 asked about, 16 connected with it, 32
    /// separated from it, 64 an arrow begins here, 128 drawn last, 256 and rejected; `arrows` `[M, 2]`
    /// (indices of parent and child) with flags: 1 active, 2 cut. Then texts, `names` `[N, T]` and
    /// `states` `[S, T]`; and one or two layers of [`ViewKind::Bars`] `[S]`, shares of the states; flags
    /// of the first: 1 given, 2 asked for, 4 drawn. The picture's columns are how many rows of nodes
    /// there are.
    Network,
    /// `[R, C]` numbers in a table. Texts by id name them: `rows` `[R, T]`, `columns` `[C, T]`, `title`
    /// and `corner` `[1, T]`; the last three may come from the words of the page instead. With an
    /// action of [`ActionKind::Edit`] the numbers can be changed: "cell ROW COLUMN NUMBER".
    Table,
}

/// One picture of an exhibit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct View {
    /// Its name in `view()`.
    pub id: &'static str,
    /// How it is drawn.
    pub kind: ViewKind,
    /// Whether it is the large one. Each card has one or two.
    pub main: bool,
    /// Whether it is as large as the first one, which it stands beside where there is room.
    pub twin: Twin,
    /// Whether it stands at the side of the large one where there is room. Where no view does, the second large
    /// one stands there, or else a curve and a small one.
    pub beside: bool,
}

/// On which side of the first picture another one of equal size stands, if that is read together with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Twin {
    /// It is no such picture.
    None,
    /// It comes before the first one.
    Left,
    /// It comes after it.
    Right,
}

/// The ways a person can touch a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Paints points: payload `points` `[N, 2]` in data coordinates.
    Brush,
    /// Drags one point over the view: payload `at` `[2]` in 0..=1 of the view, origin bottom left.
    Drag,
    /// Picks images of a grid, two at a time: payload `picks`, their indices.
    Pick,
    /// Picks one image of a grid: payload `picks`, its index.
    PickOne,
    /// A plain button: no payload.
    Button,
    /// A button that takes back what the brushes of its view have painted.
    Clear,
    /// A line of text: payload `text`.
    Text,
    /// An edit of what the model is, kept by it: payload `text`, one line of the exhibit's language.
    Edit,
}

/// An input an exhibit takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Action {
    /// Its name in `act()`.
    pub id: &'static str,
    /// What it sends.
    pub kind: ActionKind,
    /// The view it belongs to, or "".
    pub view: &'static str,
    /// The view that shows what the model makes of it, or "". The page shows it at the pointer, too.
    pub answer: &'static str,
}

impl ActionKind {
    /// An input of this kind that belongs to a view; [`choices!`](crate::choices!) gives it its id.
    pub const fn on(self, view: &'static str) -> Action {
        Action { id: "", kind: self, view, answer: "" }
    }
}

impl Action {
    /// The same, answered by a view.
    pub const fn answered_by(self, view: &'static str) -> Action {
        Action { answer: view, ..self }
    }
}

/// A prepared experiment ("Try this"). Its words are in `www/words/en/ID.json`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Experiment {
    /// Its id.
    pub id: &'static str,
    /// The settings it changes from the defaults, as text: a number, a choice id, `true`/`false`.
    pub settings: &'static [(&'static str, &'static str)],
    /// Steps to run, after which the page pauses.
    pub steps: u32,
    /// If not "", the phase that is stepped in place of whole iterations.
    pub phase: &'static str,
    /// If not "", weights that the site ships (`www/weights/NAME.safetensors.gz`), trained with these settings and
    /// steps: training from scratch takes minutes.
    pub weights: &'static str,
}

impl Experiment {
    /// Whole iterations with these settings.
    pub const fn new(
        id: &'static str,
        steps: u32,
        settings: &'static [(&'static str, &'static str)],
    ) -> Experiment {
        Experiment { id, settings, steps, phase: "", weights: "" }
    }

    /// The same, beginning from weights that the site ships.
    pub const fn trained(self, weights: &'static str) -> Experiment {
        Experiment { weights, ..self }
    }

    /// The same, stepping a phase in place of whole iterations.
    pub const fn stepping(self, phase: &'static str) -> Experiment {
        Experiment { phase, ..self }
    }
}

/// Everything the page needs to offer an exhibit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct Card {
    /// The exhibit's id.
    pub id: &'static str,
    /// Chapter of the course.
    pub chapter: u32,
    /// The lecture's slides, as printed.
    pub slides: &'static str,
    /// Minutes it takes.
    pub minutes: u32,
    /// Settings, the ones that matter first.
    pub settings: &'static [Setting],
    /// Figures.
    pub metrics: &'static [Metric],
    /// Pictures, the large one first.
    pub views: &'static [View],
    /// Inputs.
    pub actions: &'static [Action],
    /// Parts of one iteration that can be stepped alone, in order.
    pub phases: &'static [&'static str],
    /// Prepared experiments.
    pub experiments: &'static [Experiment],
    /// Kinds of data of one's own that it takes: "points", "classes" (points with two classes), "images",
    /// "text", or "network" (a text, too).
    pub data: &'static [&'static str],
    /// Steps after which training pauses by itself.
    pub budget: u32,
    /// Settings that make the exhibit small enough to be tested in many ways within seconds.
    pub small: &'static [(&'static str, &'static str)],
}

/// Builders, so that a card reads as a list. A setting is shown, and rebuilds the model if it is
/// whole, a choice or a switch, or applies at once if it is a number, unless said otherwise.
impl Setting {
    const fn new(id: &'static str, kind: SettingKind, live: bool) -> Setting {
        Setting { id, kind, unit: "", live, more: false, view: "", when: &[], own: "" }
    }

    /// A whole number; rebuilds.
    pub const fn int(id: &'static str, min: i64, max: i64, default: i64) -> Setting {
        Setting::new(id, SettingKind::Int { min, max, default }, false)
    }

    /// A number on a linear slider; live.
    pub const fn float(id: &'static str, min: f64, max: f64, default: f64) -> Setting {
        Setting::new(id, SettingKind::Float { min, max, default, log: false }, true)
    }

    /// A number on a logarithmic slider; live.
    pub const fn log(id: &'static str, min: f64, max: f64, default: f64) -> Setting {
        Setting::new(id, SettingKind::Float { min, max, default, log: true }, true)
    }

    /// One of several; rebuilds.
    pub const fn choice(id: &'static str, ids: &'static [&'static str]) -> Setting {
        Setting::new(id, SettingKind::Choice(ids), false)
    }

    /// On or off; rebuilds.
    pub const fn flag(id: &'static str, on: bool) -> Setting {
        Setting::new(id, SettingKind::Flag(on), false)
    }

    /// The same, applied at once.
    pub const fn live(self) -> Setting {
        Setting { live: true, ..self }
    }

    /// The same, rebuilding the model.
    pub const fn rebuilds(self) -> Setting {
        Setting { live: false, ..self }
    }

    /// The same, folded under "More".
    pub const fn more(self) -> Setting {
        Setting { more: true, ..self }
    }

    /// The same, put under a view.
    pub const fn under(self, view: &'static str) -> Setting {
        Setting { view, ..self }
    }

    /// The same where it does nothing unless other settings have one of these values: ids of choices, `true` or
    /// `false`; of `data`, the kinds of data of one's own, too. The page disables it meanwhile and says why, and a
    /// test holds every card against what its exhibit does.
    pub const fn when(self, when: &'static [When]) -> Setting {
        Setting { when, ..self }
    }

    /// The same where only this choice learns from one's own data: they bring it with them ([`crate::Settings::bring_own`]).
    pub const fn own(self, own: &'static str) -> Setting {
        Setting { own, ..self }
    }

    /// The same in a unit.
    pub const fn unit(self, unit: &'static str) -> Setting {
        Setting { unit, ..self }
    }

    /// The default value.
    pub fn default(&self) -> Value {
        match self.kind {
            SettingKind::Int { default, .. } => Value::Number(default as f64),
            SettingKind::Float { default, .. } => Value::Number(default),
            SettingKind::Choice(_) => Value::Choice(0),
            SettingKind::Flag(on) => Value::Flag(on),
        }
    }
}

impl Metric {
    /// A figure in a unit, drawn in a curve unless that is "".
    pub const fn new(id: &'static str, unit: &'static str, curve: &'static str, role: Role) -> Metric {
        Metric { id, unit, reference: None, curve, role, sometimes: false, film: "" }
    }

    /// The same with the value it is measured by.
    pub const fn against(self, reference: f64) -> Metric {
        Metric { reference: Some(reference), ..self }
    }

    /// The same, counting the steps of a film that a phase takes.
    pub const fn film(self, phase: &'static str) -> Metric {
        Metric { film: phase, ..self }
    }

    /// The same where only some settings have it.
    pub const fn sometimes(self) -> Metric {
        Metric { sometimes: true, ..self }
    }
}

impl Card {
    /// Those of the figures that it has, with their references and standard errors.
    pub fn own(&self, figures: Figures) -> impl Iterator<Item = (&'static str, f64)> {
        figures.into_iter().filter(|(id, _)| self.metric(id).is_some())
    }

    /// The figure that an id belongs to: itself, or the one whose reference or standard error it is.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        let of = |suffix| id.strip_suffix(suffix).unwrap_or(id);
        let ids = [id, of("_reference"), of("_se")];
        self.metrics.iter().find(|m| ids.contains(&m.id))
    }

    /// Whether an action takes back what was painted as data.
    pub fn clears_data(&self, id: &str) -> bool {
        id == "clear" && self.actions.iter().any(|a| a.id == id)
    }

    /// Whether an action paints the data: a brush in the picture of the action "clear". (A brush of another
    /// picture draws what the model is asked about.)
    pub fn paints_data(&self, id: &str) -> bool {
        let clear = self.actions.iter().find(|a| a.id == "clear");
        let brush = self.actions.iter().find(|a| a.id == id && a.kind == ActionKind::Brush);
        clear.zip(brush).is_some_and(|(clear, brush)| clear.view == brush.view)
    }
}

impl View {
    /// A large picture; [`choices!`](crate::choices!) gives it its id.
    pub const fn main(kind: ViewKind) -> View {
        View { id: "", kind, main: true, twin: Twin::None, beside: false }
    }

    /// A large one that makes a pair with the first.
    pub const fn twin(kind: ViewKind, twin: Twin) -> View {
        View { twin, ..View::main(kind) }
    }

    /// A small one, likewise.
    pub const fn side(kind: ViewKind) -> View {
        View { main: false, ..View::main(kind) }
    }

    /// A small one at the side of the large one.
    pub const fn beside(kind: ViewKind) -> View {
        View { beside: true, ..View::side(kind) }
    }
}
