//! Opening exhibits, and looking at everything about a run.

pub use crate::shipped::{small, sources};
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::{Device, Program};
use tilde_models::exhibit::{Picture, Samples, Sources};
use tilde_models::{Error, Run, Saved, Settings};

/// A program on the CPU.
pub fn load(program: &Program) -> Result<Box<dyn Device>, Error> {
    Ok(Box::new(Cpu::load(tilde_graph::compile(program))?))
}

/// Opens an exhibit, if its settings go together.
pub fn try_open(settings: Settings, seed: u64) -> Result<Run, Error> {
    try_open_with(settings, seed, sources())
}

/// Opens an exhibit with data of one's own, if it takes them.
pub fn try_open_with(settings: Settings, seed: u64, sources: Sources) -> Result<Run, Error> {
    block_on(Run::open(settings, seed, sources, async |program: &Program| load(program)))
}

/// Opens an exhibit with data of one's own.
pub fn open_with(settings: Settings, seed: u64, sources: Sources) -> Run {
    try_open_with(settings, seed, sources).unwrap_or_else(|e| panic!("it does not open: {e}"))
}

/// Opens an exhibit.
pub fn open(settings: Settings, seed: u64) -> Run {
    try_open(settings, seed).unwrap_or_else(|e| panic!("it does not open: {e}"))
}

/// All figures, the costly ones too if `deep`.
pub fn figures(run: &mut Run, deep: bool) -> Vec<(&'static str, f64)> {
    block_on(run.metrics(deep)).unwrap_or_else(|e| panic!("figures: {e}"))
}

/// One of them; NaN if it is missing.
pub fn figure(all: &[(&'static str, f64)], id: &str) -> f64 {
    all.iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
}

/// Trains.
pub fn train(run: &mut Run, n: u32) {
    block_on(run.train(n)).unwrap_or_else(|e| panic!("training: {e}"));
}

/// What a checkpoint holds.
pub fn state(run: &mut Run) -> Vec<Saved> {
    block_on(run.export()).unwrap_or_else(|e| panic!("saving: {e}"))
}

/// Everything that can be seen of a run.
#[derive(Debug, PartialEq)]
pub struct Seen {
    /// Figures with their bits.
    figures: Vec<(&'static str, u64)>,
    samples: Samples,
    pictures: Vec<(&'static str, Picture)>,
    state: Vec<Saved>,
}

/// Looks at everything.
pub fn look(run: &mut Run) -> Seen {
    let card = run.settings().card();
    let state = state(run);
    let pictures = card.views.iter().map(|view| {
        let picture = block_on(run.view(view.id)).unwrap_or_else(|e| panic!("'{}': {e}", view.id));
        (view.id, picture)
    });
    let pictures = pictures.collect();
    let figures = figures(run, true).into_iter().map(|(id, x)| (id, x.to_bits())).collect();
    let samples = block_on(run.sample(5, 11)).unwrap_or_else(|e| panic!("samples: {e}"));
    Seen { figures, samples, pictures, state }
}

impl Seen {
    /// Fails with the name of the first thing that differs.
    pub fn must_be(&self, known: &Seen, how: &str) {
        assert_eq!(self.figures.len(), known.figures.len(), "{how}: other figures");
        for (a, b) in self.figures.iter().zip(&known.figures) {
            let [x, y] = [a.1, b.1].map(f64::from_bits);
            assert_eq!(a, b, "{how}: '{}' is {x:e}, and was {y:e}", a.0);
        }
        for (a, b) in self.pictures.iter().zip(&known.pictures) {
            assert_eq!(a.1.layers.len(), b.1.layers.len(), "{how}: '{}' has other layers", a.0);
            for (x, y) in a.1.layers.iter().zip(&b.1.layers) {
                assert!(x == y, "{how}: the layer '{}' of '{}' differs", x.id, a.0);
            }
            assert!(a.1 == b.1, "{how}: the picture '{}' differs", a.0);
        }
        assert!(self.samples == known.samples, "{how}: the samples differ");
        must_be(&self.state, &known.state, how);
    }
}

/// Fails with the name of the first tensor that differs.
pub fn must_be(state: &[Saved], known: &[Saved], how: &str) {
    let names = |all: &[Saved]| all.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(state), names(known), "{how}: other tensors");
    for (a, b) in state.iter().zip(known) {
        assert!(a == b, "{how}: the tensor '{}' differs", a.name);
    }
}
