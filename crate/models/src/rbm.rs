//! The restricted Boltzmann machine on binary images.
//!
//! E(v, h) = −bᵀv − cᵀh − vᵀWh, so that p(h|v) and p(v|h) factorise. The gradient of the
//! log-likelihood is ⟨vhᵀ⟩ under the data minus ⟨vhᵀ⟩ under the model; the second is estimated by a
//! short Gibbs chain from the data (contrastive divergence: G. Hinton, Neural Computation 14, 2002)
//! or by chains that go on from step to step (persistent CD: T. Tieleman, ICML 2008). With at most
//! 20 hidden units the partition function is enumerated, and the log-likelihood is exact.
//!
//! One iteration is "positive" once, "gibbs" k times, "update" once: k is live.
//!
//! B batch, V visible, H hidden.

use crate::Error;
use crate::card::*;
use crate::data::ImageSets;
use crate::drive;
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::rbm as exact;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::optim::Sgd;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, EntryId, Graph, Init, Knob, Param, Program, Tensor, Var};

/// Fantasy particles: chains that show what the machine dreams.
const FANTASIES: usize = 36;
/// Held-out images of one run of the measuring entry.
const CHUNK: usize = 128;
/// Chains of one run of the sampling entries.
const CHAINS: usize = 64;
/// Gibbs steps from noise to a sample, where it is not drawn exactly.
const BURN_IN: u32 = 300;
/// Steps of the enumeration, V·2^H, up to which samples are drawn exactly: a fraction of a second.
const EXACT: usize = 1 << 23;
/// Filters that are drawn.
const FILTERS: usize = 64;

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "rbm",
    chapter: 6,
    slides: "12",
    minutes: 12,
    settings: &[
        Setting::choice("data", &["digits8-binary", "strokes"]),
        Setting::int("hidden", 1, 512, 16),
        Setting::choice("algorithm", &["cd", "pcd"]).live(),
        Setting::int("k", 1, 50, 1).live().unit("Gibbs steps"),
        Setting::log("learning_rate", 1e-4, 2.0, 0.1),
        Setting::float("momentum", 0.0, 0.99, 0.5).more(),
        Setting::float("weight_decay", 0.0, 0.1, 0.0).more(),
        Setting::flag("schedule", true).live().more(),
        Setting::int("horizon", 100, 100_000, 4500).live().more().unit("steps"),
        Setting::int("batch", 8, 1024, 100).more(),
    ],
    metrics: &[
        Metric::new("loss", "nats", "", Role::Model),
        Metric::new("reconstruction_error", "", "error", Role::Other),
        Metric::new("test_log_likelihood", "nats", "likelihood", Role::Truth),
        Metric::new("pseudo_likelihood", "nats", "likelihood", Role::Model),
        Metric::new("log_partition", "nats", "", Role::Truth),
        Metric::new("free_energy_data", "nats", "energy", Role::Data),
        Metric::new("free_energy_model", "nats", "energy", Role::Model),
    ],
    views: &[
        View::main("fantasies", ViewKind::Images),
        View::main("filters", ViewKind::Images),
        View::side("data", ViewKind::Images),
        View::side("hidden", ViewKind::Bars),
    ],
    actions: &[Action { id: "restart", kind: ActionKind::Button, view: "fantasies" }],
    phases: &["hidden", "visible"],
    experiments: &[
        Experiment { id: "persistent", settings: &[("algorithm", "pcd")], steps: 4500, phase: "" },
        Experiment {
            id: "too-fast",
            settings: &[("algorithm", "pcd"), ("learning_rate", "1"), ("schedule", "false")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "few", settings: &[("hidden", "4")], steps: 2000, phase: "" },
        Experiment { id: "dream", settings: &[], steps: 200, phase: "hidden" },
    ],
    data: &["images"],
    budget: 4500,
};

/// The images of the machine of [`Rbm::tiny`], `[3, 4]`.
pub const TINY_DATA: [f32; 12] = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0];
/// Its weights `[4, 3]` and biases: those of the golden record `rbm.exact.4x3`.
const TINY_W: [f32; 12] = [0.5, -1.0, 0.25, -0.75, 0.5, 1.0, 1.5, 0.25, -0.5, 0.0, -0.5, 0.75];
const TINY_B: [f32; 4] = [0.1, -0.2, 0.3, -0.4];
const TINY_C: [f32; 3] = [-0.1, 0.2, 0.05];

/// The parameters, and the conditionals over them.
#[derive(Clone, Copy, Debug)]
struct Machine {
    w: Param,
    b: Param,
    c: Param,
}

impl Machine {
    /// p(h = 1 | v) = σ(c + vW), `[B, V] → [B, H]`.
    fn hidden<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        (v.matmul(g.param(self.w)) + g.param(self.c)).sigmoid()
    }

    /// p(v = 1 | h) = σ(b + hWᵀ), `[B, H] → [B, V]`.
    fn visible<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        (h.matmul_nt(g.param(self.w)) + g.param(self.b)).sigmoid()
    }

    /// F(v) = −bᵀv − Σ_j softplus(c_j + (vW)_j), `[B, V] → [B]`.
    fn free_energy<'g>(&self, g: &'g Graph, v: Tensor<'g>) -> Tensor<'g> {
        let inputs = v.matmul(g.param(self.w)) + g.param(self.c);
        -(v * g.param(self.b)).sum_axes(&[1]) - inputs.softplus().sum_axes(&[1])
    }
}

struct Entries {
    positive: EntryId,
    gibbs: EntryId,
    update: EntryId,
    fantasy_hidden: EntryId,
    fantasy_visible: EntryId,
    measure: EntryId,
    sample_start: EntryId,
    sample_gibbs: EntryId,
    sample_end: EntryId,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Rbm::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Rbm::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Rbm {
    program: Program,
    sets: ImageSets,
    machine: Machine,
    parameters: Var,
    hidden: usize,
    train_bytes: Var,
    test_bytes: Var,
    first: Var,
    steps: Var,
    fantasy_h: Var,
    fantasy_p: Var,
    learning_rate: Knob,
    persistent: Knob,
    entries: Entries,
    settings: Settings,
}

impl Rbm {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Rbm, Error> {
        let sets = ImageSets::new("rbm", settings.choice("data"), seed, sources)?.binarised();
        let (d, n, h) = (sets.train.area(), sets.train.n, settings.count("hidden"));
        let b = settings.count("batch").min(n);

        let mut p = Program::new("rbm");
        let learning_rate = p.knob("learning_rate", 0.1);
        let momentum = p.knob("momentum", 0.5);
        let weight_decay = p.knob("weight_decay", 0.0);
        let schedule = p.knob("schedule", 1.0);
        let horizon = p.knob("horizon", 4500.0);
        let persistent = p.knob("persistent", 0.0);
        let mut group = p.group("rbm");
        // logit(mean + ½/n): each pixel starts with its own frequency.
        let bias = |m: &f32| {
            let p = (m + 0.5 / n as f32) / (1.0 + 1.0 / n as f32);
            libm::logf(p / (1.0 - p))
        };
        let machine = Machine {
            w: group.param(&mut p, "weight", [d, h], Init::Normal(0.01)),
            b: group.param(
                &mut p,
                "visible_bias",
                [d],
                Init::Values(sets.train.mean().iter().map(bias).collect()),
            ),
            c: group.param(&mut p, "hidden_bias", [h], Init::Constant(0.0)),
        };
        let sgd = Sgd::new(&mut p, &group, "sgd");
        let steps = p.state("steps", [], Init::Constant(0.0));
        let batch = p.state("batch", [b, d], Init::Constant(0.0));
        let chain = p.state("chain", [b, d], Init::Constant(0.0));
        let fantasy_v = p.state("fantasy_visible", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_p = p.state("fantasy_probability", [FANTASIES, d], Init::Constant(0.0));
        let fantasy_h = p.state("fantasy_hidden", [FANTASIES, h], Init::Constant(0.0));
        let sample_v = p.state("sample_visible", [CHAINS, d], Init::Constant(0.0));
        let train_bytes = p.data_u("train", [n, sets.train.row_words()]);
        let test_bytes = p.data_u("test", [sets.test.n, sets.test.row_words()]);
        let first = p.input("first", [1]);

        let build = |e: tilde_graph::GraphError| {
            Error::BadSetting(alloc::format!("The machine does not fit together: {e}."))
        };
        let positive = p.entry("positive", |g| {
            let v = g.read(train_bytes).gather_bytes(g.indices(b, n), d);
            g.assign(batch, v);
            // The negative chain goes on where it was, or starts at the data.
            g.assign(chain, g.knob(persistent).select(g.read(chain), v));
        });
        let gibbs = p.entry("gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(chain)));
            g.assign(chain, g.bernoulli(machine.visible(g, h)));
        });
        let update = p.entry("update", |g| {
            let (v, v_k) = (g.read(batch), g.read(chain));
            let (p_h, p_k) = (machine.hidden(g, v), machine.hidden(g, v_k));
            let each = 1.0 / b as f32;
            // −∂ log p: ⟨v_k p_kᵀ⟩ − ⟨v pᵀ⟩, and the same of the biases.
            let w = (v_k.matmul_tn(p_k) - v.matmul_tn(p_h)) * each;
            let bias = (v_k - v).mean_axes(&[0]);
            let c = (p_k - p_h).mean_axes(&[0]);
            let grad = g.flatten_group(&group, &[w, bias, c]);
            // Linear to 0 over the horizon, or constant.
            let t = g.read(steps);
            let left = (1.0 - t / g.knob(horizon)).maximum(g.constant(0.0));
            let on = g.knob(schedule);
            let rate = g.knob(learning_rate) * (on * left + (1.0 - on));
            sgd.update(g, grad, rate, g.knob(momentum), g.knob(weight_decay));
            g.assign(steps, t + 1.0);
            g.output("reconstruction_error", (v - machine.visible(g, p_h)).square().sum_axes(&[1]).mean());
            g.output("gradient", grad);
        });
        let fantasy_hidden = p.entry("hidden", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(fantasy_v)));
            g.assign(fantasy_h, h);
        });
        let fantasy_visible = p.entry("visible", |g| {
            let probability = machine.visible(g, g.read(fantasy_h));
            g.assign(fantasy_p, probability);
            g.assign(fantasy_v, g.bernoulli(probability));
        });
        let measure = p.entry("measure", |g| {
            let index = (g.iota([CHUNK], 0).to_f32() + g.read(first)).unary(tilde_graph::Unary::ToU32);
            let v = g.read(test_bytes).gather_bytes(index, d);
            let energy = machine.free_energy(g, v);
            // One pixel of each image turned round.
            let pixel = g.indices(CHUNK, d).reshape([CHUNK, 1]);
            let at = pixel.equal(g.iota([1, d], 1));
            let turned = machine.free_energy(g, v + at * (1.0 - 2.0 * v));
            g.output("free_energy", energy);
            // D·log σ(F(turned) − F(v)) estimates Σ_i log p(v_i | v_−i).
            g.output("pseudo", -((energy - turned).softplus()) * d as f32);
            g.output("fantasy_energy", machine.free_energy(g, g.read(fantasy_v)));
        });
        let sample_start = p.entry("sample_start", |g| {
            let half = g.full(0.5, [CHAINS, d]);
            g.assign(sample_v, g.bernoulli(half));
        });
        let sample_gibbs = p.entry("sample_gibbs", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.assign(sample_v, g.bernoulli(machine.visible(g, h)));
        });
        let sample_end = p.entry("sample_end", |g| {
            let h = g.bernoulli(machine.hidden(g, g.read(sample_v)));
            g.output("images", g.bernoulli(machine.visible(g, h)));
        });
        let entries = Entries {
            positive: positive.map_err(build)?,
            gibbs: gibbs.map_err(build)?,
            update: update.map_err(build)?,
            fantasy_hidden: fantasy_hidden.map_err(build)?,
            fantasy_visible: fantasy_visible.map_err(build)?,
            measure: measure.map_err(build)?,
            sample_start: sample_start.map_err(build)?,
            sample_gibbs: sample_gibbs.map_err(build)?,
            sample_end: sample_end.map_err(build)?,
        };
        Ok(Rbm {
            program: p,
            sets,
            machine,
            parameters: group.var(),
            hidden: h,
            train_bytes,
            test_bytes,
            first,
            steps,
            fantasy_h,
            fantasy_p,
            learning_rate,
            persistent,
            entries,
            settings: settings.clone(),
        })
    }

    /// A machine of 4 visible and 3 hidden units on three images, small enough that the expected
    /// gradient of CD-k can be enumerated: for [`Rbm::gradient_error`].
    ///
    /// # Errors
    /// None in practice: its settings and data are fixed.
    pub fn tiny() -> Result<Rbm, Error> {
        let mut settings = Settings::new(&CARD);
        settings.set_text("hidden", "3")?;
        // Even rows are learned from.
        let rows: Vec<f32> = TINY_DATA.chunks(4).flat_map(|row| [row, row].concat()).collect();
        let images = crate::data::Images::from_floats(&rows, &[6, 2, 2], Vec::new())?;
        let user = Some(crate::exhibit::UserData::Images(images));
        Rbm::new(&settings, 0, Sources { user, ..Sources::default() })
    }

    /// How far the mean gradient of CD-k over `rounds` batches is from its enumerated expectation:
    /// the largest deviation over all weights, in standard errors. The device must have been
    /// loaded with the program of [`Rbm::tiny`]; `data` are the images the expectation is taken
    /// over (pass others than the machine's own to see the check fail).
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn gradient_error(
        &mut self,
        device: &mut dyn Device,
        k: u32,
        rounds: usize,
        data: &[f32],
    ) -> Result<f64, Error> {
        drive::start(device, &self.program, 5);
        self.start(device, 5)?;
        drive::set_knob(device, self.learning_rate, 0.0);
        let mut flat = drive::read(device, self.parameters).await?;
        for (param, values) in
            [(self.machine.w, &TINY_W[..]), (self.machine.b, &TINY_B[..]), (self.machine.c, &TINY_C[..])]
        {
            flat[param.range()].copy_from_slice(values);
        }
        drive::write(device, self.parameters, &flat);
        let machine = exact::Machine { w: &TINY_W, b: &TINY_B, c: &TINY_C };
        let expected = exact::expected_cd(&machine, data, k);
        let (mut sum, mut squares) = (vec![0.0; expected.len()], vec![0.0; expected.len()]);
        for _ in 0..rounds {
            device
                .run(&[(self.entries.positive, 1), (self.entries.gibbs, k), (self.entries.update, 1)], 1)?;
            let gradient = drive::output(device, self.entries.update, "gradient").await?;
            for (i, g) in gradient[self.machine.w.range()].iter().enumerate() {
                sum[i] -= f64::from(*g);
                squares[i] += f64::from(*g) * f64::from(*g);
            }
        }
        let n = rounds as f64;
        let deviations = expected.iter().enumerate().map(|(i, e)| {
            let mean = sum[i] / n;
            let error = libm::sqrt((squares[i] / n - mean * mean) / (n - 1.0));
            ((mean - e) / error).abs()
        });
        Ok(deviations.fold(0.0, f64::max))
    }

    /// The parameters on the host: W, b, c.
    async fn parameters(&self, device: &mut dyn Device) -> Result<[Vec<f32>; 3], Error> {
        let flat = drive::read(device, self.parameters).await?;
        Ok([self.machine.w, self.machine.b, self.machine.c].map(|p| flat[p.range()].to_vec()))
    }

    async fn figures(
        &self,
        device: &mut dyn Device,
        images: Option<usize>,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let (steps, error) = (
            drive::read(device, self.steps),
            drive::output(device, self.entries.update, "reconstruction_error"),
        );
        let (steps, error) = (steps.await?[0], error.await?[0]);
        let mut out = vec![("step", f64::from(steps))];
        // The first step computes it.
        if steps > 0.0 {
            out.push(("reconstruction_error", f64::from(error)));
        }
        let images = images.unwrap_or(CHUNK).min(self.sets.test.n);
        drive::seed_entry(device, self.entries.measure, 1);
        let (mut energy, mut pseudo, mut dreams) = (0.0, 0.0, 0.0);
        let mut runs = Vec::new();
        for first in (0..images).step_by(CHUNK) {
            drive::write(device, self.first, &[first as f32]);
            drive::run(device, self.entries.measure)?;
            let read = |id| drive::output(device, self.entries.measure, id);
            runs.push((CHUNK.min(images - first), ["free_energy", "pseudo", "fantasy_energy"].map(read)));
        }
        let sum = |values: &[f32]| values.iter().map(|&x| f64::from(x)).sum::<f64>();
        for (count, [of_data, of_pixels, of_dreams]) in runs {
            energy += sum(&of_data.await?[..count]);
            pseudo += sum(&of_pixels.await?[..count]);
            dreams = sum(&of_dreams.await?) / FANTASIES as f64;
        }
        let (energy, pseudo) = (energy / images as f64, pseudo / images as f64);
        // What it lowers is the negative log-likelihood; its pseudo-likelihood can always be had.
        out.push(("loss", -pseudo));
        out.push(("free_energy_data", energy));
        out.push(("free_energy_model", dreams));
        out.push(("pseudo_likelihood", pseudo));
        Ok(out)
    }

    /// log Z and the mean log-likelihood of held-out images, exactly.
    async fn exact(&self, device: &mut dyn Device, energy: f64) -> Result<Vec<(&'static str, f64)>, Error> {
        let [w, b, c] = self.parameters(device).await?;
        let log_z = exact::Machine { w: &w, b: &b, c: &c }.log_partition();
        Ok(vec![("log_partition", log_z), ("test_log_likelihood", -energy - log_z)])
    }

    async fn all_figures(
        &self,
        device: &mut dyn Device,
        images: usize,
        most_hidden: usize,
    ) -> Result<Vec<(&'static str, f64)>, Error> {
        let mut out = self.figures(device, Some(images)).await?;
        if self.hidden <= most_hidden {
            let energy = out.iter().find(|m| m.0 == "free_energy_data").map_or(f64::NAN, |m| m.1);
            out.extend(self.exact(device, energy).await?);
        }
        Ok(out)
    }

    async fn picture(&self, device: &mut dyn Device, id: &str) -> Result<Picture, Error> {
        let area = self.sets.train.area();
        match id {
            "fantasies" => {
                let data = drive::read(device, self.fantasy_p).await?;
                Ok(Picture::images("fantasies", Role::Model, data, &self.sets.train, 6))
            }
            "filters" => {
                let [w, ..] = self.parameters(device).await?;
                let count = self.hidden.min(FILTERS);
                let filter = |j: usize| (0..area).map(move |i| i * self.hidden + j);
                let data: Vec<f32> = (0..count).flat_map(filter).map(|i| w[i]).collect();
                let top = data.iter().fold(0.01f32, |m, x| m.max(x.abs()));
                let mut picture = Picture::images("filters", Role::Other, data, &self.sets.train, 0);
                picture.range = [-top, 0.0, top];
                Ok(picture)
            }
            "data" => {
                let count = FANTASIES.min(self.sets.test.n);
                let data = self.sets.test.to_floats()[..count * area].to_vec();
                Ok(Picture::images("data", Role::Data, data, &self.sets.train, 6))
            }
            _ => {
                let states = drive::read(device, self.fantasy_h).await?;
                let mut data = vec![0.0; self.hidden];
                for row in states.chunks(self.hidden) {
                    data.iter_mut().zip(row).for_each(|(m, x)| *m += x / FANTASIES as f32);
                }
                Ok(Picture::bars("hidden", data))
            }
        }
    }

    /// Exact samples of a small machine; of a large one the ends of long Gibbs chains from noise.
    async fn draws(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        if self.hidden <= exact::MOST && self.sets.train.area() << self.hidden <= EXACT {
            let [w, b, c] = self.parameters(device).await?;
            let machine = exact::Machine { w: &w, b: &b, c: &c };
            return Ok(machine.sample(n, &mut Stream::new(seed, 0x5A4D), false));
        }
        let e = &self.entries;
        for entry in [e.sample_start, e.sample_gibbs, e.sample_end] {
            drive::seed_entry(device, entry, seed);
        }
        let len = n * self.sets.train.area();
        let mut data = Vec::with_capacity(len);
        while data.len() < len {
            device.run(&[(e.sample_start, 1), (e.sample_gibbs, BURN_IN), (e.sample_end, 1)], 1)?;
            data.extend(drive::output(device, e.sample_end, "images").await?);
        }
        data.truncate(len);
        Ok(data)
    }
}

/// Hidden units up to which the page enumerates each time it looks; up to [`exact::MOST`] it takes
/// a second, and is left to `evaluate` and to sampling.
const QUICK: usize = 16;

impl Exhibit for Rbm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        drive::write_u(device, self.train_bytes, &self.sets.train.packed());
        drive::write_u(device, self.test_bytes, &self.sets.test.packed());
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        // The dreams begin with what the untrained machine makes of empty images.
        Ok(device.run(&[(self.entries.fantasy_hidden, 1), (self.entries.fantasy_visible, 1)], 1)?)
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let e = &self.entries;
        let k = self.settings.count("k") as u32;
        let schedule =
            [(e.positive, 1), (e.gibbs, k), (e.update, 1), (e.fantasy_hidden, 1), (e.fantasy_visible, 1)];
        Ok(device.run(&schedule, n)?)
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        match phase {
            "hidden" => drive::run(device, self.entries.fantasy_hidden),
            _ => drive::run(device, self.entries.fantasy_visible),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            match deep {
                true => self.all_figures(device, usize::MAX, QUICK).await,
                false => self.figures(device, None).await,
            }
        })
    }

    fn evaluate<'a>(&'a mut self, device: &'a mut dyn Device) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.all_figures(device, usize::MAX, exact::MOST).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.draws(device, n, seed).await?;
            Ok(Samples {
                kind: "images",
                data,
                shape: vec![n, self.sets.train.height, self.sets.train.width],
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, _id: &'a str, _payload: Payload) -> Task<'a, ()> {
        Box::pin(async move {
            drive::write(device, self.fantasy_h, &vec![0.0; FANTASIES * self.hidden]);
            drive::run(device, self.entries.fantasy_visible)
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, _id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        drive::set_knobs(device, &self.program, settings);
        let persistent = settings.choice("algorithm") == "pcd";
        drive::set_knob(device, self.persistent, f32::from(u8::from(persistent)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tilde_cpu::Cpu;

    fn now<T>(task: impl Future<Output = T>) -> T {
        let mut task = core::pin::pin!(task);
        match task.as_mut().poll(&mut core::task::Context::from_waker(core::task::Waker::noop())) {
            core::task::Poll::Ready(value) => value,
            core::task::Poll::Pending => panic!("the CPU never waits"),
        }
    }

    #[test]
    fn sampled_gradients_have_their_enumerated_expectation() {
        for k in [1, 3] {
            let mut rbm = Rbm::tiny().unwrap();
            let mut cpu = Cpu::load(tilde_graph::compile(rbm.program())).unwrap();
            let error = now(rbm.gradient_error(&mut cpu, k, 20_000, &TINY_DATA)).unwrap();
            assert!(error < 4.0, "CD-{k} is off by {error} standard errors");
            // The check itself can fail: other data have another expectation.
            let other = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
            assert!(now(rbm.gradient_error(&mut cpu, k, 20_000, &other)).unwrap() > 4.0);
        }
    }
}
