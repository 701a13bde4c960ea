//! Exhibits opened with what ships.

use crate::adapter::block_on;
use tilde_cpu::Cpu;
use tilde_gpu::{Context, Gpu};
use tilde_graph::{Device, Program, compile};
use tilde_models::card::Card;
use tilde_models::exhibit::Sources;
use tilde_models::{Error, Run, Settings};

/// The seed of every run.
pub const SEED: u64 = 7;

/// What the exhibits learn from.
pub fn sources() -> Sources {
    let data = |name: &str| std::fs::read(format!("../../www/data/{name}")).expect("shipped data");
    Sources {
        user: None,
        digits: Some((data("digits8-images.idx"), data("digits8-labels.idx"))),
        lessons: Some(String::from_utf8(data("lessons.txt")).expect("a text")),
    }
}

/// The settings that the card gives for tests.
pub fn small(card: &'static Card) -> Settings {
    let mut settings = Settings::new(card);
    for (id, value) in card.small {
        settings.set_text(id, value).unwrap_or_else(|e| panic!("the small settings: {e}"));
    }
    settings
}

/// A run on the GPU, or without a context on the CPU.
pub fn open(settings: &Settings, context: Option<&Context>) -> Result<Run, Error> {
    let load = async |program: &Program| -> Result<Box<dyn Device>, Error> {
        let plan = compile(program);
        let device: Box<dyn Device> = match context {
            Some(context) => Box::new(Gpu::load(context, plan).await?),
            None => Box::new(Cpu::load(plan)?),
        };
        Ok(device)
    };
    block_on(Run::open(settings.clone(), SEED, sources(), load))
}
