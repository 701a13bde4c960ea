//! Opens an exhibit on a backend.

use crate::args::Model;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::weights::Weights;
use crate::{data, settings};
use pollster::block_on;
use std::collections::BTreeSet;
use tilde_graph::{Plan, Program, compile};
use tilde_models::exhibit::{Sources, UserData};
use tilde_models::kept::{self, Given};
use tilde_models::{Error, Run, Settings, Setup, exhibits};

/// The digits that ship with Tilde.
const DIGITS: &[u8] = include_bytes!("../../../www/data/digits8-images.idx");
/// Their labels.
const DIGIT_LABELS: &[u8] = include_bytes!("../../../www/data/digits8-labels.idx");

/// The lessons, as one text.
const LESSONS: &str = include_str!("../../../www/data/lessons.txt");

/// The seed where none is given.
const SEED: u64 = 1;

/// What the command line describes: the exhibit with its settings, data and saved weights.
///
/// # Errors
/// A usage failure for what the exhibit does not have; others for files and devices.
pub fn model(model: &Model, seed: Option<u64>) -> Result<Run, Failure> {
    let card = exhibits::card(&model.id)?;
    let weights = model.load.as_deref().map(|path| Weights::read(path, card)).transpose()?;
    let mut settings = weights.as_ref().map_or_else(|| Settings::new(card), |w| w.settings.clone());
    let user = data::read(&model.reading, card)?;
    if user.is_some() {
        settings.bring_own();
    }
    settings::change(&mut settings, &model.changes)?;
    let given = weights.as_ref().map_or_else(|| Ok(Given::default()), |w| kept::given(&w.tensors))?;
    if let Some(UserData::Points(_) | UserData::Classed { .. }) = user {
        settings.use_drawn();
    }
    // Data that are given now are wanted more than those of the file.
    let user = user.or(given.user);
    let seed = seed.or(weights.as_ref().map(|w| w.seed)).unwrap_or(SEED);
    let backend = Backend::open(model.backend).map_err(Error::from)?;
    let alphabet = weights.as_ref().and_then(|w| w.alphabet());
    let lacking = unknown(user.as_ref(), alphabet.as_deref());
    let mut run = open(&backend, &settings, Sources { alphabet, ..sources(user) }, seed)?;
    if let Some(weights) = weights {
        run.repeat(&mut given.inputs.iter().map(|(id, payload)| (&**id, payload)))?;
        let remark = weights.load(&mut run)?;
        block_on(run.metrics(false)).map_err(|error| match error {
            Error::NotFinite(_) => Error::BadFile(
                "With these weights a figure is no finite number: some are too large to compute with.".into(),
            ),
            other => other,
        })?;
        for remark in remark.into_iter().chain(lacking) {
            eprintln!("{remark}");
        }
    }
    Ok(run)
}

/// Most characters that are named.
const NAMED: usize = 20;

/// Says which characters of a text the weights do not know: they are left out of it.
fn unknown(user: Option<&UserData>, alphabet: Option<&str>) -> Option<String> {
    let (Some(UserData::Text(text)), Some(alphabet)) = (user, alphabet) else { return None };
    // Neither is ever learned.
    let read = |c: &char| !matches!(c, '\r' | '\u{feff}');
    let lacking: BTreeSet<char> = text.chars().filter(read).filter(|&c| !alphabet.contains(c)).collect();
    let count = text.chars().filter(|c| lacking.contains(c)).count();
    let more = lacking.len().saturating_sub(NAMED);
    let named: String = lacking.iter().take(NAMED).collect();
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (count > 0).then(|| {
        format!(
            "The weights do not know \"{}\"{and_more}: {count} places of the text are left out.",
            named.escape_debug()
        )
    })
}

/// Builds the exhibit that the settings belong to, loads it and starts it from the seed.
///
/// # Errors
/// Those of the exhibit and of the backend.
fn open(backend: &Backend, settings: &Settings, sources: Sources, seed: u64) -> Result<Run, Error> {
    let load = async |program: &Program| Ok(backend.load(compile(program))?);
    block_on(Run::open(settings.clone(), seed, sources, load))
}

/// The compiled plan of an exhibit with these settings.
///
/// # Errors
/// Those of the exhibit.
pub fn plan(settings: &Settings) -> Result<Plan, Error> {
    let exhibit = exhibits::build(&Setup { settings, seed: SEED, sources: &sources(None) })?;
    Ok(compile(exhibit.program()))
}

/// What the exhibits may learn from.
fn sources(user: Option<UserData>) -> Sources {
    Sources { user, digits: Some(digits()), lessons: Some(lessons()), alphabet: None }
}

/// The files of the digits: images and labels.
pub fn digits() -> (Vec<u8>, Vec<u8>) {
    (DIGITS.to_vec(), DIGIT_LABELS.to_vec())
}

/// The course's lessons.
pub fn lessons() -> String {
    LESSONS.into()
}
