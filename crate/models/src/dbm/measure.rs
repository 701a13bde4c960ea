//! Figures: the exact likelihood, and the mean-field bound on it.

use super::model::{CHUNK, SETTLED};
use super::{Dbm, LAYERS, Stage};
use crate::boltzmann::log_odds;
use crate::metrics::dbm::{self as exact, Exact};
use crate::numeric::scalar::softplus;
use crate::prelude::*;

/// What enumeration of the present machine gives.
pub(super) struct Known {
    /// Its parameters.
    pub machine: exact::Machine,
    /// log Z.
    pub log_z: f64,
    /// log p(v) of each held-out image.
    log_likelihoods: Vec<f64>,
}

impl Known {
    /// The mean log p(v) of the first `images` held-out ones.
    pub fn log_likelihood(&self, images: usize) -> f64 {
        self.log_likelihoods[..images].iter().sum::<f64>() / images as f64
    }
}

/// The bounds of the first `images` held-out ones, from the traces of
/// [`Model::bounds`](super::model::Model::bounds), once the mean field has settled.
fn settled(traces: &[f32], images: usize, log_z: f64) -> Vec<f64> {
    let chunks = traces.chunks(CHUNK * (SETTLED + 1));
    let last = chunks.flat_map(|trace| &trace[SETTLED * CHUNK..]);
    last.take(images).map(|&x| f64::from(x) - log_z).collect()
}

/// The mean bound of the first `images` held-out ones after each mean-field step, from the same traces.
pub(super) fn mean_bounds(traces: &[f32], images: usize, log_z: f64) -> Vec<f64> {
    let mut bounds = vec![-log_z; SETTLED + 1];
    for (chunk, trace) in traces.chunks(CHUNK * (SETTLED + 1)).enumerate() {
        let count = CHUNK.min(images - chunk * CHUNK);
        for (bound, row) in bounds.iter_mut().zip(trace.chunks(CHUNK)) {
            *bound += row[..count].iter().map(|&x| f64::from(x)).sum::<f64>() / images as f64;
        }
    }
    bounds
}

/// The mean log-likelihood of held-out images if pixels were independent.
pub(super) fn independent(sets: &ImageSets) -> Estimate {
    let logits = log_odds(&sets.train.mean(), sets.train.n);
    // Σ_i a_i v_i − log(1 + e^{a_i})
    let zeros: f64 = logits.iter().map(|&a| softplus(f64::from(a))).sum();
    let ones = |i: usize| logits.iter().zip(sets.test.image(i)).map(|(a, v)| f64::from(*a) * f64::from(*v));
    Estimate::of((0..sets.test.n).map(|i| ones(i).sum::<f64>() - zeros))
}

impl Dbm {
    /// The machine, enumerated once for all who ask.
    pub(super) async fn known(&self, live: &Live<'_>) -> Result<Rc<Known>, Error> {
        let enumerate = async || {
            let machine = self.model.net.values(&live.device.read(self.model.parameters).await?);
            let exact = Exact::new(&machine);
            let test = &self.sets.test;
            let each = (0..test.n).map(|i| exact.log_likelihood(&machine, test.image(i)));
            let log_likelihoods = each.collect();
            Ok(Known { log_z: exact.log_z, log_likelihoods, machine })
        };
        self.known.get(live.generation, enumerate).await
    }

    pub(super) async fn measure(&self, live: &Live<'_>, deep: bool) -> Result<Figures, Error> {
        let (m, images) = (&self.model, self.sets.test.n);
        let error = m.recorder.latest(live);
        let traces = deep.then(|| m.bounds(live.device, images));
        let known = self.known(live).await?;
        let likelihood = Estimate::of(known.log_likelihoods.iter().copied());
        // Root mean square of the weights of a layer.
        let size = |l: usize| tilde_graph::real::sqrt(mean_square(&known.machine.weights[l]));
        let stage = match self.stage(live.step) {
            Stage::Layer(layer) => layer,
            Stage::Joint => LAYERS,
        };
        let mut out = Figures::new();
        match self.stage(live.step) {
            Stage::Layer(layer) => {
                let each = self.pretrained / LAYERS as u32;
                out.push(("stage_began", f64::from(layer as u32 * each)));
                out.push(("layer_step", f64::from(live.step % each)));
                out.push(("layer_step_reference", f64::from(each)));
            }
            Stage::Joint => {
                out.push(("stage_began", f64::from(self.pretrained)));
                out.push(("joint_step", f64::from(live.step - self.pretrained)));
            }
        }
        likelihood.times(-1.0).report(&mut out, ["loss", "loss_se"]);
        likelihood.report(&mut out, ["test_log_likelihood", "test_log_likelihood_se"]);
        self.pixels.report(&mut out, ["pixels", "pixels_se"]);
        out.extend([
            ("log_partition", known.log_z),
            ("weights_first", size(0)),
            ("weights_second", size(1)),
            ("weights_third", size(2)),
            ("stage", (stage + 1) as f64),
        ]);
        if let Some(error) = error {
            out.push(("reconstruction_error", error.await?[0]));
        }
        if let Some(traces) = traces {
            let bounds = settled(&traces.await?, images, known.log_z);
            Estimate::of(bounds.iter().copied()).report(&mut out, ["bound", "bound_se"]);
            let gaps = known.log_likelihoods.iter().zip(&bounds).map(|(exact, bound)| exact - bound);
            Estimate::of(gaps).report(&mut out, ["gap", "gap_se"]);
        }
        Ok(out)
    }
}
