//! Figures: the bound, and the likelihoods beside it, by enumeration.

use super::model::{CHUNK, MEASURED};
use super::{Dbn, stage};
use crate::metrics::dbn::Exact;
use crate::prelude::*;

/// Draws of h for each held-out image that `evaluate` averages the bound over; the page takes one.
const DRAWS: usize = 4;

/// Means over images.
struct Means {
    /// The bound but for log Z.
    bound: f64,
    /// −log p(v | h).
    reconstruction: f64,
    /// The share of right classes.
    accuracy: f64,
}

impl Dbn {
    /// Means over the first `images`, of what [`Model::measured`](super::model::Model::measured) says.
    fn means(&self, measured: &[f32], images: usize, draws: usize) -> Means {
        let mut means = Means { bound: 0.0, reconstruction: 0.0, accuracy: 0.0 };
        for (run, rows) in measured.chunks(CHUNK * MEASURED).enumerate() {
            let first = run / draws * CHUNK;
            for (image, row) in (first..images).zip(rows.chunks(MEASURED)) {
                let right = row[2] == Dbn::class(&self.sets.test.labels, image) as f32;
                means.bound += f64::from(row[0]);
                means.reconstruction += f64::from(row[1]);
                means.accuracy += f64::from(u8::from(right));
            }
        }
        let n = (images * draws) as f64;
        Means {
            bound: means.bound / n,
            reconstruction: means.reconstruction / n,
            accuracy: means.accuracy / n,
        }
    }

    /// What needs no enumeration; the bound and the likelihoods too; and the same with several draws of h, of
    /// all held-out images.
    pub(super) async fn measure(&self, live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let (m, test) = (&self.model, &self.sets.test);
        let few = CHUNK.min(test.n);
        // What comes with every frame is of the same images each time, or it would jump whenever the costly
        // figures come.
        let (images, quick, draws) = match scope {
            Scope::Quick => (few, few, 1),
            Scope::Page => (test.n, few, 1),
            Scope::All(_) => (test.n, test.n, DRAWS),
        };
        let error = m.recorder.latest(live);
        let measured = m.measured(live.device, images, draws);
        let parameters = scope.is_deep().then(|| (self.net(live.device), m.learner.values(live.device)));

        let measured = measured.await?;
        let of_few = self.means(&measured, quick, draws);
        let stage = stage(live.settings, live.step).0 as u32 + 1;
        let mut out = vec![("loss", of_few.reconstruction), ("stage", f64::from(stage))];
        // The first step computes it.
        if let Some(error) = error {
            out.push(("reconstruction_error", error.await?[0]));
        }
        // Without labels there is nothing that a class could be right about.
        if !test.labels.is_empty() {
            out.push(("accuracy", of_few.accuracy));
        }
        if let Some((net, first)) = parameters {
            let (net, first) = (net.await?, first.await?);
            let (exact, first) = (Exact::new(&net), first.exact());
            let log_z = first.log_partition();
            let (mut all, mut below) = (0.0, 0.0);
            for i in 0..images {
                let image = test.image(i);
                all += exact.log_likelihood(&net, image) / images as f64;
                let v: Vec<f32> = image.iter().map(|&x| f32::from(x)).collect();
                below -= (first.free_energy(&v) + log_z) / images as f64;
            }
            let bound = self.means(&measured, images, draws).bound - exact.log_z;
            out.extend([
                ("test_log_likelihood", all),
                ("bound", bound),
                ("first_log_likelihood", below),
                ("identity", bound - below),
                ("log_partition_first", log_z),
                ("log_partition_top", exact.log_z),
            ]);
        }
        Ok(out)
    }
}
