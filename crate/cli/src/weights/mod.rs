//! Checkpoints as safetensors, in the form of the browser library (`www/tilde.js`): a tensor for
//! each parameter and each piece of state, by name, and small data of one's own; exhibit, settings, seed,
//! step, and what the data are, in the metadata, as text.

mod file;

use crate::failure::Failure;
use crate::settings;
use file::File;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use tilde_models::card::Card;
use tilde_models::kept::ALPHABET;

use tilde_models::{AVERAGE, Run, Saved, SavedValues, Settings};

/// The version of the files that are written now.
const VERSION: u64 = 1;
/// The largest count of steps from which a run can go on.
const LAST_STEP: u64 = (1 << 31) - 1;
/// The largest seed: the page has no larger whole numbers.
const LAST_SEED: u64 = (1 << 53) - 1;

/// What a file of weights holds.
#[derive(Debug)]
pub struct Weights {
    /// The settings that it was trained with.
    pub settings: Settings,
    /// The seed that it was trained from.
    pub seed: u64,
    /// Parameters, optimiser and counters, and data of one's own that are small.
    pub tensors: Vec<Saved>,
    /// The metadata, by key.
    metadata: BTreeMap<String, String>,
}

impl Weights {
    /// Reads weights of this exhibit.
    ///
    /// # Errors
    /// A failure that says what was expected and what was found.
    pub fn read(path: &Path, card: &'static Card) -> Result<Weights, Failure> {
        let bytes = fs::read(path).map_err(|e| Failure::file(path, "read", &e))?;
        Weights::of(&bytes, card).map_err(|what| {
            Failure::Failed(format!(
                "{}: {what}. Take a file that `tilde train --save` or the page made.",
                path.display()
            ))
        })
    }

    /// The weights in the bytes of a file, by the rules of `www/weights.js`.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn of(bytes: &[u8], card: &'static Card) -> Result<Weights, String> {
        let File { metadata, tensors } = File::read(bytes)?;
        match metadata.get("exhibit") {
            Some(id) if id == card.id => {}
            Some(id) => return Err(format!("expected weights of '{}', found those of '{id}'", card.id)),
            None => {
                return Err(format!("expected weights of '{}', found those of another program", card.id));
            }
        }
        let version = whole(&metadata, "version", LAST_SEED)?;
        if version > VERSION {
            return Err(format!(
                "it was saved by a newer Tilde, whose files have version {version}; this one reads {VERSION}"
            ));
        }
        whole(&metadata, "step", LAST_STEP)?;
        let seed = whole(&metadata, "seed", LAST_SEED)?;
        let given = metadata.get("settings").and_then(|text| serde_json::from_str(text).ok());
        let Some(given) = given else {
            return Err("expected its settings as JSON, found something else".into());
        };
        let settings = match given {
            Json::Object(values) => settings::from_json(card, &values),
            _ => return Err("its settings cannot be used. They are no values by name".into()),
        };
        let settings = settings
            .map_err(|e| format!("its settings cannot be used. {}", e.to_string().trim_end_matches('.')))?;
        Ok(Weights { settings, seed, tensors, metadata })
    }

    /// The characters that the weights of a model of text know.
    pub fn alphabet(&self) -> Option<String> {
        self.metadata.get(ALPHABET).cloned()
    }

    /// Has a run continue from here. Gives a remark if it learns from other data than these weights did.
    ///
    /// # Errors
    /// If the data of the weights are missing, or the run is of other sizes.
    pub fn load(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let remark = run.about().compare(&|key| self.metadata.get(key).cloned())?;
        run.import(&self.tensors)?;
        Ok(remark)
    }
}

/// A whole number of the metadata, written in digits alone.
fn whole(metadata: &BTreeMap<String, String>, key: &str, most: u64) -> Result<u64, String> {
    let text = metadata.get(key);
    let digits = text.filter(|t| (1..=16).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|t| t.parse().ok()) {
        Some(n) if n <= most => Ok(n),
        _ => {
            let found = text.map_or("none", String::as_str);
            Err(format!("expected a {key} from 0 to {most}, found {found}"))
        }
    }
}

/// Saves a run at this step.
///
/// # Errors
/// If the device is lost or the file cannot be written.
pub fn write(path: &Path, run: &mut Run, step: f64) -> Result<(), Failure> {
    let mut tensors = pollster::block_on(run.export())?;
    tensors.extend(run.kept());
    write_tensors(path, run, step, &tensors, false)
}

/// Saves the averaged weights of a run at this step, its step count and its last losses: enough to sample from, and to go
/// on from with an optimiser that begins anew.
///
/// # Errors
/// If it averages none, the device is lost or the file cannot be written.
pub fn write_average(path: &Path, run: &mut Run, step: f64) -> Result<(), Failure> {
    let mut tensors = pollster::block_on(run.export())?;
    tensors.retain(|t| t.name == AVERAGE || t.name == "steps" || t.name.starts_with("last."));
    if !tensors.iter().any(|t| t.name == AVERAGE) {
        let id = run.settings().card().id;
        return Err(Failure::Failed(format!("{id} has no averaged weights. Save all of it with `--save`.")));
    }
    tensors.extend(run.kept());
    write_tensors(path, run, step, &tensors, true)
}

/// Tensors of a run and what they are; averaged weights may be halved.
fn write_tensors(path: &Path, run: &Run, step: f64, tensors: &[Saved], halved: bool) -> Result<(), Failure> {
    let halves = |t: &Saved| halved && t.name == AVERAGE;
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .map(|t| match &t.values {
            SavedValues::F32(values) if halves(t) => values.iter().flat_map(|&x| upper_half(x)).collect(),
            values => to_bytes(values),
        })
        .collect();
    let views = tensors.iter().zip(&bytes).map(|(tensor, bytes)| {
        let dtype = match tensor.values {
            SavedValues::F32(_) if halves(tensor) => Dtype::BF16,
            SavedValues::F32(_) => Dtype::F32,
            SavedValues::F64(_) => Dtype::F64,
            SavedValues::U32(_) => Dtype::U32,
        };
        let view = TensorView::new(dtype, tensor.shape.clone(), bytes);
        (&tensor.name, view.expect("there are as many values as the shape says"))
    });
    let metadata = [
        ("format", "tilde".into()),
        ("version", VERSION.to_string()),
        ("exhibit", run.settings().card().id.into()),
        ("seed", run.seed().to_string()),
        ("step", step.to_string()),
        ("backend", run.backend().0.into()),
        ("settings", Json::from(settings::to_json(run.settings())).to_string()),
    ];
    let metadata: HashMap<String, String> =
        metadata.into_iter().chain(run.about().metadata()).map(|(key, value)| (key.into(), value)).collect();
    let file =
        safetensors::serialize(views, Some(metadata)).map_err(|e| Failure::file(path, "written", &e))?;
    fs::write(path, file).map_err(|e| Failure::file(path, "written", &e))
}

/// A finite number as `BF16`: the upper half of the single, rounded to the nearest, ties to even.
fn upper_half(x: f32) -> [u8; 2] {
    let bits = x.to_bits();
    let rounded = bits + 0x7FFF + ((bits >> 16) & 1);
    ((rounded >> 16) as u16).to_le_bytes()
}

/// Values as little-endian bytes.
fn to_bytes(values: &SavedValues) -> Vec<u8> {
    match values {
        SavedValues::F32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        SavedValues::F64(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        SavedValues::U32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
    }
}

#[cfg(test)]
mod tests;
