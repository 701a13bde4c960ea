//! Checkpoints as safetensors, in the form of the browser library (`www/tilde.js`): a tensor for
//! each parameter and each piece of state, by name; exhibit, settings, seed and step in the
//! metadata, as text.

use crate::failure::Failure;
use crate::settings;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use tilde_models::card::Card;
use tilde_models::{Run, Saved, SavedValues, Settings};

/// The version of the metadata.
const VERSION: &str = "1";

/// What a file of weights holds.
pub struct Weights {
    /// The settings that it was trained with.
    pub settings: Settings,
    /// The seed that it was trained from.
    pub seed: u64,
    /// Parameters, optimiser and counters.
    pub tensors: Vec<Saved>,
}

impl Weights {
    /// Reads weights of this exhibit.
    ///
    /// # Errors
    /// A failure that says what was expected and what was found.
    pub fn read(path: &Path, card: &'static Card) -> Result<Weights, Failure> {
        let bytes = fs::read(path).map_err(|e| Failure::file(path, "read", &e))?;
        let bad = |what: &str| {
            Failure::Failed(format!(
                "{}: {what}. Take a file that `tilde train --save` or the page made.",
                path.display()
            ))
        };
        let not_weights = |e| bad(&format!("expected safetensors, found something else ({e})"));
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(not_weights)?;
        let file = SafeTensors::deserialize(&bytes).map_err(not_weights)?;
        let metadata = |key: &str| header.metadata().as_ref().and_then(|m| m.get(key)).map(String::as_str);
        match metadata("exhibit") {
            Some(id) if id == card.id => {}
            Some(id) => {
                return Err(bad(&format!("expected weights of '{}', found those of '{id}'", card.id)));
            }
            None => return Err(bad("expected weights of Tilde, found those of another program")),
        }
        let Some(Ok(Json::Object(values))) = metadata("settings").map(serde_json::from_str) else {
            return Err(bad("expected its settings as JSON in the metadata, found none"));
        };
        let Some(seed) = metadata("seed").and_then(|s| s.parse().ok()) else {
            return Err(bad("expected its seed in the metadata, found none"));
        };
        let settings = settings::from_json(card, &values)?;
        let tensors =
            file.tensors().into_iter().map(|(name, view)| saved(name, &view)).collect::<Option<_>>();
        Ok(Weights {
            settings,
            seed,
            tensors: tensors.ok_or_else(|| bad("expected tensors of F32, F64 and U32, found others"))?,
        })
    }
}

/// Saves a run at this step.
///
/// # Errors
/// If the device is lost or the file cannot be written.
pub fn write(path: &Path, run: &mut Run, step: f64) -> Result<(), Failure> {
    let tensors = pollster::block_on(run.export())?;
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|t| to_bytes(&t.values)).collect();
    let views = tensors.iter().zip(&bytes).map(|(tensor, bytes)| {
        let dtype = match tensor.values {
            SavedValues::F32(_) => Dtype::F32,
            SavedValues::F64(_) => Dtype::F64,
            SavedValues::U32(_) => Dtype::U32,
        };
        let view = TensorView::new(dtype, tensor.shape.clone(), bytes);
        (&tensor.name, view.expect("there are as many values as the shape says"))
    });
    let metadata = [
        ("format", "tilde".into()),
        ("version", VERSION.into()),
        ("exhibit", run.settings().card().id.into()),
        ("seed", run.seed().to_string()),
        ("step", step.to_string()),
        ("backend", run.backend().0.into()),
        ("settings", Json::from(settings::to_json(run.settings())).to_string()),
    ];
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(key, value)| (key.into(), value)).collect();
    let file =
        safetensors::serialize(views, Some(metadata)).map_err(|e| Failure::file(path, "written", &e))?;
    fs::write(path, file).map_err(|e| Failure::file(path, "written", &e))
}

/// Values as little-endian bytes.
fn to_bytes(values: &SavedValues) -> Vec<u8> {
    match values {
        SavedValues::F32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        SavedValues::F64(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        SavedValues::U32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
    }
}

/// A tensor of the file, if it is of a type that Tilde saves.
fn saved(name: String, view: &TensorView) -> Option<Saved> {
    let words = view.data().chunks_exact(4).map(|w| [w[0], w[1], w[2], w[3]]);
    let values = match view.dtype() {
        Dtype::F32 => SavedValues::F32(words.map(f32::from_le_bytes).collect()),
        Dtype::F64 => {
            let doubles = view.data().chunks_exact(8).map(|w| w.try_into().map(f64::from_le_bytes));
            SavedValues::F64(doubles.collect::<Result<_, _>>().ok()?)
        }
        Dtype::U32 => SavedValues::U32(words.map(u32::from_le_bytes).collect()),
        _ => return None,
    };
    Some(Saved { name, shape: view.shape().to_vec(), values })
}
