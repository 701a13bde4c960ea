//! The gates of mixtures of Gaussians.

use super::{Control, Evaluation, Figures, Gate, Host, Measured, Trial, figure};
use crate::Error;
use crate::mixture::em::{self, Floor};
use crate::mixture::gaussian::{Component, mean_log_density, ready};
use crate::mixture::{CARD, sixty};
use crate::numeric::scalar::largest;
use alloc::vec;
use alloc::vec::Vec;

/// The mean log-likelihood of scikit-learn's EM on the sixty points, before each of five iterations
/// and after the last, with 1e-6 on the diagonal.
const TRACE: [f64; 6] =
    [-3.2738110429, -2.6453939609, -2.2193638069, -1.8805549783, -1.8427868758, -1.8427868746];

/// EM follows the golden trace; no half step of any method lowers its objective; surplus components
/// empty; and a floor keeps a component from collapsing onto a point.
pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    const FOLLOWED: Gate = Gate::at_most("em_trace_error", 1e-9);
    // Rounding of sums over hundreds of points.
    const FALL: Gate = Gate::at_most("largest_fall", 1e-12).for_every_seed();
    const USED: Gate = Gate::at_most("components_used", 3.0);
    const FIT: Gate = Gate::at_most("below_the_truth", 0.0);
    const DEVIATION: Gate = Gate::at_least("smallest_deviation", 0.099).for_every_seed();
    const STEPS: u32 = 60;
    let card = &CARD;

    let mut falls = Vec::new();
    for &seed in seeds {
        let mut all = Vec::new();
        for method in ["em", "k-means", "variational"] {
            for data in ["blobs", "stripes", "eight-gaussians", "two-moons", "checkerboard"] {
                let settings = &[("method", method), ("data", data), ("components", "6")];
                let run = Trial { card, settings, steps: STEPS }.run(host, seed).await?;
                all.push(figure(&run, "largest_fall"));
            }
        }
        falls.push(largest(all));
    }
    let surplus = [("method", "variational"), ("components", "10")];
    let surplus = Trial { card, settings: &surplus, steps: 200 };
    let emptied = surplus.run_all(host, seeds).await?;
    let fitted = Trial { card, settings: &[], steps: 200 }.run_all(host, seeds).await?;
    let below = |run: &Figures| figure(run, "log_likelihood_reference") - figure(run, "log_likelihood");
    let on_a_point = [("start", "on-a-point"), ("points", "60"), ("components", "4"), ("floor", "0.01")];
    let cured = Trial { card, settings: &on_a_point, steps: STEPS }.run_all(host, seeds).await?;
    let gates = vec![
        Measured { gate: FOLLOWED, seeds: vec![trace_error(1e-6)] },
        Measured { gate: FALL, seeds: falls },
        Measured::new(USED, &emptied),
        Measured::of(FIT, &fitted, below),
        Measured::new(DEVIATION, &cured),
    ];

    let added = [("cure", "add"), ("floor", "0.5"), ("data", "eight-gaussians"), ("components", "6")];
    let added = Trial { card, settings: &added, steps: STEPS }.run(host, 1).await?;
    let kept = [("method", "em"), ("components", "10")];
    let kept = Trial { card, settings: &kept, steps: 200 }.run(host, 1).await?;
    let same = Trial { card, settings: &[("start", "same")], steps: 200 }.run(host, 1).await?;
    let bare = [("start", "on-a-point"), ("points", "60"), ("components", "4"), ("floor", "1e-9")];
    let bare = Trial { card, settings: &bare, steps: STEPS }.run(host, 1).await?;
    let controls = vec![
        Control {
            name: "a hundredth added in place of a millionth",
            gate: FOLLOWED,
            value: trace_error(1e-2),
        },
        Control::new("a half added to every diagonal", FALL, &added),
        Control::new("EM with the surplus", USED, &kept),
        Control { name: "components that start alike", gate: FIT, value: below(&same) },
        Control::new("no cure", DEVIATION, &bare),
    ];
    Ok(Evaluation { id: card.id, gates, controls })
}

/// The largest deviation from the trace, with `floor` added to the diagonals.
fn trace_error(floor: f64) -> f64 {
    let points = sixty();
    let start = |mean| Component { weight: 1.0 / 3.0, mean, covariance: [1.0, 0.0, 1.0] };
    let mut components = [[0.0, 1.0], [2.0, 0.0], [1.0, 2.0]].map(start);
    let mut off = Vec::new();
    for known in TRACE {
        off.push((mean_log_density(&ready(&components), &points) - known).abs());
        let responsibilities = em::expect(&components, &points);
        em::maximise(&mut components, &points, &responsibilities, Floor::Add(floor));
    }
    largest(off)
}
