//! Figures: the bound, and the likelihoods beside it, by enumeration.

use super::model::{CHUNK, MEASURED};
use super::{CLASSES, Dbn, Stage, stage};
use crate::metrics::dbn::Exact;
use crate::prelude::*;

/// Draws of h for each held-out image that `evaluate` averages the bound over; the page takes one.
const DRAWS: usize = 4;

/// Steps of the enumeration of both machines up to which the page does it in every frame.
const QUICK: usize = 1 << 22;

/// Means over the draws of each image.
struct Means {
    /// The bound but for log Z, `[images]`.
    bound: Vec<f64>,
    /// −log p(v | h), `[images]`.
    reconstruction: Vec<f64>,
    /// The share of right classes, `[images]`.
    accuracy: Vec<f64>,
}

impl Dbn {
    /// Of the first `images`, of what [`Model::measured`](super::model::Model::measured) says.
    fn means(&self, measured: &[f32], images: usize, draws: usize) -> Means {
        let nothing = || vec![0.0; images];
        let mut means = Means { bound: nothing(), reconstruction: nothing(), accuracy: nothing() };
        for (run, rows) in measured.chunks(CHUNK * MEASURED).enumerate() {
            let first = run / draws * CHUNK;
            for (image, row) in (first..images).zip(rows.chunks(MEASURED)) {
                let right = row[2] == Dbn::class(&self.sets.test.labels, image) as f32;
                means.bound[image] += f64::from(row[0]) / draws as f64;
                means.reconstruction[image] += f64::from(row[1]) / draws as f64;
                means.accuracy[image] += f64::from(u8::from(right)) / draws as f64;
            }
        }
        means
    }

    /// What needs no enumeration; the bound and the likelihoods too; and the same with several draws of h, of
    /// all held-out images.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (m, test) = (&self.model, &self.sets.test);
        let often = (test.area() * (CLASSES + 1)) << live.settings.count("hidden") <= QUICK;
        let few = if often { test.n } else { CHUNK.min(test.n) };
        // What comes with every frame is of the same images each time, or it would jump whenever the costly
        // figures come.
        let (images, quick, draws) = match scope {
            Scope::Quick => (few, few, 1),
            Scope::Page => (test.n, few, 1),
            Scope::Whole => (test.n, test.n, 1),
            Scope::All(_) => (test.n, test.n, DRAWS),
        };
        let error = m.recorder.latest(live);
        let measured = m.measured(live.device, images, draws);
        let parameters =
            (scope.is_deep() || often).then(|| (self.net(live.device), m.learner.values(live.device)));

        let measured = measured.await?;
        let of_few = self.means(&measured, quick, draws);
        let (stage, _) = stage(live.settings, live.step);
        let estimate = |values: &[f64]| Estimate::of(values.iter().copied());
        let mut out = vec![("stage", f64::from(stage as u32 + 1))];
        let [first, top] = ["first_steps", "top_steps"].map(|id| live.settings.number(id));
        let step = f64::from(live.step);
        let began = match stage {
            Stage::First => 0.0,
            Stage::Top => first,
            Stage::All => first + top,
        };
        out.push(("stage_began", began));
        match stage {
            Stage::First => out.extend([("first_step", step), ("first_step_reference", first)]),
            // Beyond its steps its rate is 0.
            Stage::Top => out.extend([("top_step", (step - began).min(top)), ("top_step_reference", top)]),
            Stage::All => out.push(("fine_step", step - began)),
        }
        // Until the second machine has been put on top, it is the first one, and the labels are all alike.
        let begun = stage != Stage::First;
        estimate(&of_few.reconstruction).report(&mut out, ["loss", "loss_se"]);
        // The first step computes it.
        if let Some(error) = error {
            out.push(("reconstruction_error", error.await?[0]));
        }
        // Without labels there is nothing that a class could be right about.
        if begun && !test.labels.is_empty() {
            let right = estimate(&of_few.accuracy).mean;
            Estimate::share(right, of_few.accuracy.len()).report(&mut out, ["accuracy", "accuracy_se"]);
        }
        if let Some((net, first)) = parameters {
            let (net, first) = (net.await?, first.await?);
            let (exact, first) = (Exact::new(&net), first.exact());
            let log_z = first.log_partition();
            let (mut all, mut below) = (Vec::new(), Vec::new());
            for i in 0..images {
                let image = test.image(i);
                all.push(exact.log_likelihood(&net, image));
                let v: Vec<f32> = image.iter().map(|&x| f32::from(x)).collect();
                below.push(-first.free_energy(&v) - log_z);
            }
            let bound: Vec<f64> =
                self.means(&measured, images, draws).bound.iter().map(|x| x - exact.log_z).collect();
            let apart: Vec<f64> = bound.iter().zip(&below).map(|(a, b)| a - b).collect();
            estimate(&all).report(&mut out, ["test_log_likelihood", "test_log_likelihood_se"]);
            estimate(&bound).report(&mut out, ["bound", "bound_se"]);
            estimate(&below).report(&mut out, ["first_log_likelihood", "first_log_likelihood_se"]);
            if begun {
                estimate(&apart).report(&mut out, ["identity", "identity_se"]);
                let gained: Vec<f64> = all.iter().zip(&below).map(|(a, b)| a - b).collect();
                estimate(&gained).report(&mut out, ["exact_gain", "exact_gain_se"]);
            }
            out.extend([("log_partition_first", log_z), ("log_partition_top", exact.log_z)]);
        }
        Ok(out)
    }
}
