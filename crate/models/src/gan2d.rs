//! Generative adversarial networks on points of the plane.
//!
//! I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014. A discriminator D learns to
//! tell data x from forgeries G(z); the generator follows the arrows that D draws:
//!
//! > min_G max_D  E log σ(D(x)) + E log(1 − σ(D(G(z))))
//!
//! By default with the non-saturating loss of the same paper, an approximate R1 penalty
//! (L. Mescheder et al., ICML 2018, by a finite difference: no double backward), averaged
//! generator weights, and a cosine learning-rate schedule. Left out: conditioning, spectral norms.
//!
//! B batch, Z noise, H hidden.

use crate::Error;
use crate::card::*;
use crate::data::{Drawn, Toy};
use crate::drive;
use crate::exhibit::{Exhibit, Layer, Opening, Payload, Picture, Samples, Sources, Task, UserData};
use crate::metrics::modes::coverage;
use crate::nn::{Mlp, figures};
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::optim::{Adam, AdamOptions, average};
use tilde_graph::rng::Stream;
use tilde_graph::{Device, EntryId, Graph, Knob, Program, Tensor, Var};

/// Points that the data set is drawn from: enough that a step's batch is as good as fresh.
const BANK: usize = 1 << 16;
/// Points of one run of the sampling entry.
const CHUNK: usize = 512;
/// Side of the discriminator's field.
const FIELD: usize = 48;
/// Arrows that are drawn.
const ARROWS: usize = 192;
/// Standard deviation of the noise of the approximate R1 penalty.
const R1_SIGMA: f32 = 0.02;
/// Half the side of the box that is shown.
const REACH: f32 = 3.0;
/// Samples that the figures are computed from.
const MEASURED: usize = 2500;
/// Seeds of the pictures' noise, fixed so that points move rather than flicker.
const VIEW_SEED: u64 = 1;

/// Data sets, in the order of the setting.
const DATA: &[&str] =
    &["eight-gaussians", "grid-25", "two-moons", "spiral", "checkerboard", "swiss-roll", "drawn"];

/// The exhibit's card.
pub const CARD: Card = Card {
    id: "gan2d",
    chapter: 8,
    slides: "14–18",
    minutes: 10,
    settings: &[
        Setting::choice("data", DATA).live(),
        Setting::choice("objective", &["non-saturating", "minimax", "as-printed"]).live(),
        Setting::log("learning_rate", 1e-5, 0.1, 2e-3),
        Setting::float("r1", 0.0, 1.0, 0.02),
        Setting::int("discriminator_steps", 0, 10, 1).live(),
        Setting::int("noise", 1, 64, 2),
        Setting::float("generator_rate", 0.0, 10.0, 1.0).more(),
        Setting::flag("schedule", true).live().more(),
        Setting::int("horizon", 100, 100_000, 3000).live().more().unit("steps"),
        Setting::float("average", 0.0, 0.9999, 0.99).more(),
        Setting::int("hidden", 4, 256, 128).more(),
        Setting::int("layers", 1, 4, 3).more(),
        Setting::int("batch", 16, 2048, 256).more(),
        Setting::float("beta1", 0.0, 0.95, 0.5).rebuilds().more(),
    ],
    metrics: &[
        Metric::new("loss", "", "", Role::Model),
        Metric::new("loss_d", "", "losses", Role::Data).against(2.0 * core::f64::consts::LN_2),
        Metric::new("loss_g", "", "losses", Role::Model).against(core::f64::consts::LN_2),
        Metric::new("modes", "", "", Role::Model),
        // 1 − e^−4.5: the share of a Gaussian in the plane within three standard deviations.
        Metric::new("high_quality", "share", "", Role::Model).against(0.988_891_003_461_758),
        Metric::new("mode_kl", "nats", "", Role::Model).against(0.0),
    ],
    views: &[View::main("points", ViewKind::Points), View::side("field", ViewKind::Field)],
    actions: &[
        Action { id: "brush", kind: ActionKind::Brush, view: "points" },
        Action { id: "clear", kind: ActionKind::Button, view: "points" },
    ],
    phases: &["discriminator", "generator"],
    experiments: &[
        Experiment {
            id: "collapse",
            settings: &[("r1", "0"), ("generator_rate", "10"), ("beta1", "0.9"), ("schedule", "false")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "freeze", settings: &[("discriminator_steps", "0")], steps: 400, phase: "" },
        Experiment {
            id: "saturate",
            settings: &[("objective", "minimax"), ("r1", "0")],
            steps: 1500,
            phase: "",
        },
        Experiment { id: "printed", settings: &[("objective", "as-printed")], steps: 300, phase: "" },
    ],
    data: &["points"],
    budget: 3000,
};

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Gan2d::new`].
pub fn open(settings: &Settings, _seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Gan2d::new(settings, sources)?))
}

/// The opened exhibit.
pub struct Gan2d {
    program: Program,
    bank: Var,
    grid: Var,
    steps: Var,
    knobs: Knobs,
    entries: Entries,
    settings: Settings,
    /// What the user drew or gave, if anything.
    drawn: Option<Drawn>,
}

struct Knobs {
    learning_rate: Knob,
    generator_rate: Knob,
    r1: Knob,
    average: Knob,
    /// 1 for the cosine schedule, 0 for a constant rate.
    schedule: Knob,
    horizon: Knob,
    /// 1 where G minimises log(1 − D(G(z))), 0 where it maximises log D(G(z)).
    saturating: Knob,
    /// The sign of the game's second term: +1, or −1 as the lecture's slide prints it.
    sign: Knob,
}

struct Entries {
    /// The losses without a step.
    untrained: EntryId,
    discriminator: EntryId,
    generator: EntryId,
    sample: EntryId,
    field: EntryId,
    arrows: EntryId,
}

fn leaky(x: Tensor<'_>) -> Tensor<'_> {
    x.leaky_relu(0.2)
}

/// lr·(cosine from 1 to 5 % over the horizon), or lr.
fn rate<'g>(g: &'g Graph, knobs: &Knobs, t: Tensor<'g>) -> Tensor<'g> {
    let progress = (t / g.knob(knobs.horizon)).minimum(g.constant(1.0));
    let cosine = 0.525 + 0.475 * (progress * core::f32::consts::PI).cos();
    let on = g.knob(knobs.schedule);
    g.knob(knobs.learning_rate) * (on * cosine + (1.0 - on))
}

impl Gan2d {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for user data that is not points.
    pub fn new(settings: &Settings, sources: Sources) -> Result<Gan2d, Error> {
        let drawn = match sources.user {
            None => None,
            Some(UserData::Points(points)) => Some(Drawn::fitted(&points)?),
            Some(_) => {
                return Err(Error::BadData("'gan2d' learns points of the plane, [N, 2], only.".into()));
            }
        };
        let (b, z_dim) = (settings.count("batch"), settings.count("noise"));
        let hidden = vec![settings.count("hidden"); settings.count("layers")];
        let widths = |first: usize, last: usize| [&[first], &hidden[..], &[last]].concat();

        let mut p = Program::new("gan2d");
        let knobs = Knobs {
            learning_rate: p.knob("learning_rate", 2e-3),
            generator_rate: p.knob("generator_rate", 1.0),
            r1: p.knob("r1", 0.02),
            average: p.knob("average", 0.99),
            schedule: p.knob("schedule", 1.0),
            horizon: p.knob("horizon", 3000.0),
            saturating: p.knob("saturating", 0.0),
            sign: p.knob("sign", 1.0),
        };
        let mut g_group = p.group("generator");
        let generator = Mlp::new(&mut p, &mut g_group, &widths(z_dim, 2));
        let mut d_group = p.group("discriminator");
        let discriminator = Mlp::new(&mut p, &mut d_group, &widths(2, 1));
        let averaged = p.state_like(&g_group, "generator_average", true);
        let averaged_generator = generator.with(&g_group, averaged);
        let options =
            AdamOptions { beta1: settings.number("beta1") as f32, beta2: 0.99, ..AdamOptions::default() };
        let adam_d = Adam::new(&mut p, &d_group, "adam_d", options);
        let adam_g = Adam::new(&mut p, &g_group, "adam_g", options);
        let steps = p.state("steps", [], tilde_graph::Init::Constant(0.0));
        let bank = p.data("bank", [BANK, 2]);
        let grid = p.input("grid", [FIELD * FIELD, 2]);

        let build =
            |e: tilde_graph::GraphError| Error::BadSetting(format!("The networks do not fit together: {e}."));
        // Of the discriminator: the game's value and the penalty.
        let discriminator_loss = figures(|g| {
            let fake = generator.apply(g, g.normal([b, z_dim]), leaky).stop();
            let real = g.read(bank).gather(g.indices(b, BANK));
            let moved = real + g.normal([b, 2]) * R1_SIGMA;
            // One pass over data, forgeries and moved data.
            let logits = discriminator.apply(g, g.concat(&[real, fake, moved], 0), leaky);
            let part = |i: usize| logits.slice(i * b, b);
            // −log σ(D(x)) − log(1 − σ(D(G(z)))); the slide's sign turns the second term round.
            let game = (-part(0)).softplus() + g.knob(knobs.sign) * part(1).softplus();
            // γ/2·E|∇D|² by differences along random directions
            let penalty = (part(2) - part(0)).square() * (0.5 / (R1_SIGMA * R1_SIGMA)) * g.knob(knobs.r1);
            let value = game.mean();
            [value, penalty.mean()]
        });
        // Of the generator: −log σ(D(G(z))), or ±log(1 − σ(D(G(z)))).
        let generator_loss = figures(|g| {
            let logits = discriminator.apply(g, generator.apply(g, g.normal([b, z_dim]), leaky), leaky);
            let saturating = g.knob(knobs.saturating);
            let other = -(g.knob(knobs.sign) * logits.softplus());
            [((1.0 - saturating) * (-logits).softplus() + saturating * other).mean()]
        });
        let d_entry = p.entry("discriminator", |g| {
            let [value, penalty] = discriminator_loss(g);
            let loss = value + penalty;
            let grad = g.grad_group(loss, &d_group);
            adam_d.update(g, grad, rate(g, &knobs, g.read(steps)));
            g.output("loss_d", value);
        });
        let g_entry = p.entry("generator", |g| {
            let [loss] = generator_loss(g);
            let grad = g.grad_group(loss, &g_group);
            let rate = rate(g, &knobs, g.read(steps)) * g.knob(knobs.generator_rate);
            let weights = adam_g.update(g, grad, rate);
            average(g, averaged, weights, g.knob(knobs.average));
            g.assign(steps, g.read(steps) + 1.0);
            g.output("loss_g", loss);
        });
        let untrained = p.entry("untrained", |g| {
            g.output("loss_d", discriminator_loss(g)[0]);
            g.output("loss_g", generator_loss(g)[0]);
        });
        let sample = p.entry("sample", |g| {
            g.output("samples", averaged_generator.apply(g, g.normal([CHUNK, z_dim]), leaky));
        });
        let field = p.entry("field", |g| {
            g.output("field", discriminator.apply(g, g.read(grid), leaky).sigmoid());
        });
        let arrows = p.entry("arrows", |g| {
            let x = generator.apply(g, g.normal([ARROWS, z_dim]), leaky);
            // Uphill of log σ(D): where D would have each forgery go.
            let climb = -(-discriminator.apply(g, x, leaky)).softplus().sum();
            let towards = g.grad(climb, &[x]);
            g.output("from", x);
            g.output("towards", towards[0]);
        });
        let entries = Entries {
            untrained: untrained.map_err(build)?,
            discriminator: d_entry.map_err(build)?,
            generator: g_entry.map_err(build)?,
            sample: sample.map_err(build)?,
            field: field.map_err(build)?,
            arrows: arrows.map_err(build)?,
        };
        let mut settings = settings.clone();
        if drawn.is_some() {
            settings.set_text("data", "drawn")?;
        }
        Ok(Gan2d { program: p, bank, grid, steps, knobs, entries, settings, drawn })
    }

    /// The chosen set; `None` for the drawn one.
    fn toy(&self) -> Option<Toy> {
        Toy::from_id(self.settings.choice("data"))
    }

    /// Fills the bank from the chosen data set.
    fn fill(&self, device: &mut dyn Device, seed: u64) {
        let mut stream = Stream::new(seed, 0xDA7A);
        let points = match self.toy() {
            Some(toy) => toy.sample(BANK, &mut stream),
            None => match &self.drawn {
                Some(drawn) => drawn.bank(BANK, &mut stream),
                // Until something is drawn there is the first set to look at.
                None => Toy::EightGaussians.sample(BANK, &mut stream),
            },
        };
        drive::write(device, self.bank, &points);
    }

    async fn samples(&self, device: &mut dyn Device, n: usize, seed: u64) -> Result<Vec<f32>, Error> {
        drive::seed_entry(device, self.entries.sample, seed);
        drive::collect(device, self.entries.sample, "samples", 2 * n).await
    }
}

impl Exhibit for Gan2d {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, seed: u64) -> Result<(), Error> {
        let settings = self.settings.clone();
        self.set(device, &settings, "")?;
        self.fill(device, seed);
        let at = |i: usize| (i as f32 + 0.5) / FIELD as f32 * 2.0 * REACH - REACH;
        let grid: Vec<f32> = (0..FIELD * FIELD).flat_map(|i| [at(i % FIELD), at(i / FIELD)]).collect();
        drive::write(device, self.grid, &grid);
        Ok(())
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        let steps = self.settings.count("discriminator_steps") as u32;
        Ok(device.run(&[(self.entries.discriminator, steps), (self.entries.generator, 1)], n)?)
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        match phase {
            "discriminator" => drive::run(device, self.entries.discriminator),
            _ => drive::run(device, self.entries.generator),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move {
            let steps = drive::read(device, self.steps).await?[0];
            // What no step has computed is computed now: before the first step, and of a discriminator
            // that takes none.
            let (mut of_d, mut of_g) = (self.entries.discriminator, self.entries.generator);
            if steps == 0.0 {
                of_g = self.entries.untrained;
            }
            if steps == 0.0 || self.settings.count("discriminator_steps") == 0 {
                of_d = self.entries.untrained;
                drive::seed_entry(device, of_d, VIEW_SEED);
                drive::run(device, of_d)?;
            }
            let (loss_d, loss_g) =
                (drive::output(device, of_d, "loss_d"), drive::output(device, of_g, "loss_g"));
            let (loss_d, loss_g) = (loss_d.await?[0], loss_g.await?[0]);
            let mut out = vec![
                ("step", f64::from(steps)),
                ("loss", f64::from(loss_g)),
                ("loss_d", f64::from(loss_d)),
                ("loss_g", f64::from(loss_g)),
            ];
            if let (true, Some((modes, sigma))) = (deep, self.toy().and_then(Toy::modes)) {
                let samples = self.samples(device, MEASURED, VIEW_SEED).await?;
                let c = coverage(&samples, &modes, sigma);
                out.push(("modes", c.modes as f64));
                out.push(("modes_reference", modes.len() as f64));
                out.push(("high_quality", c.high_quality));
                out.push(("mode_kl", c.kl));
            }
            Ok(out)
        })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let data = self.samples(device, n, seed).await?;
            Ok(Samples { kind: "points", data, shape: vec![n, 2] })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move {
            let extent = [-REACH, REACH, -REACH, REACH];
            if id == "field" {
                drive::run(device, self.entries.field)?;
                let data = drive::output(device, self.entries.field, "field").await?;
                let field = Layer::new("field", Role::Other, ViewKind::Field, data, &[FIELD, FIELD]);
                return Ok(Picture { layers: vec![field], extent, range: [0.0, 0.5, 1.0], columns: 0 });
            }
            let bank = device.plan().vars[self.bank.id().0 as usize].loc;
            let data = device.read(bank.arena, bank.offset, 2 * CHUNK as u32);
            drive::seed_entry(device, self.entries.arrows, VIEW_SEED);
            drive::run(device, self.entries.arrows)?;
            let from = drive::output(device, self.entries.arrows, "from");
            let towards = drive::output(device, self.entries.arrows, "towards");
            let made = self.samples(device, CHUNK, VIEW_SEED).await?;
            let (data, from, towards) = (data.await?, from.await?, towards.await?);
            let arrows: Vec<f32> = from
                .chunks_exact(2)
                .zip(towards.chunks_exact(2))
                .flat_map(|(x, d)| [x[0], x[1], d[0], d[1]])
                .collect();
            let layers = vec![
                Layer::new("data", Role::Data, ViewKind::Points, data, &[CHUNK, 2]),
                Layer::new("arrows", Role::Other, ViewKind::Vectors, arrows, &[ARROWS, 4]),
                Layer::new("generated", Role::Model, ViewKind::Points, made, &[CHUNK, 2]),
            ];
            Ok(Picture { layers, extent, range: [0.0; 3], columns: 0 })
        })
    }

    fn act<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str, payload: Payload) -> Task<'a, ()> {
        Box::pin(async move {
            if id == "clear" {
                self.drawn = None;
            } else if payload.points.iter().any(|x| x.abs() > 2.0 * REACH) {
                let message = "'brush' takes points of the picture, which reaches from -3 to 3 both ways.";
                return Err(Error::BadData(message.into()));
            } else if let Some(drawn) = &mut self.drawn {
                drawn.add(&payload.points)?;
            } else {
                self.drawn = Some(Drawn::new(&payload.points)?);
            }
            self.settings.set_text("data", "drawn")?;
            self.fill(device, VIEW_SEED);
            Ok(())
        })
    }

    fn set(&mut self, device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings.follow(settings, id);
        let k = &self.knobs;
        drive::set_knobs(device, &self.program, settings);
        let objective = settings.choice("objective");
        drive::set_knob(device, k.saturating, (objective != "non-saturating") as u8 as f32);
        drive::set_knob(device, k.sign, if objective == "as-printed" { -1.0 } else { 1.0 });
        if id == "data" {
            self.fill(device, VIEW_SEED);
        }
        Ok(())
    }
}
