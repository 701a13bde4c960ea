//! A thermometer for log Z: annealed importance sampling of a restricted Boltzmann machine.
//!
//! Chains walk from independent pixels to the machine through many temperatures; their weights
//! estimate Z without bias, so log Ẑ is too low on average (Jensen), and much too low without any sign
//! of it where the base misses the machine's mass. See [`Anneal`] for the method. Two bases run side by
//! side, every pixel fair and every pixel with its mean, beside the exact value by enumeration.
//!
//! One iteration is one *rung*, a fiftieth of a run from β = 0 to 1. The machine of the digits learns
//! meanwhile, by CD-1; each run measures the machine as it was when the run began.

mod card;
mod picture;
mod target;

pub use card::CARD;

use crate::boltzmann::{Anneal, Learner, Machine, Values, log_base, log_odds, misfit};
use crate::card::Card;
use crate::data::{ImageSets, Images};
use crate::exhibit::{Exhibit, Opening, Payload, Picture, Samples, Sources, Task};
use crate::metrics::ais::{self, Weights};
use crate::settings::Settings;
use crate::{Error, Saved, drive};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use tilde_graph::rng::Stream;
use tilde_graph::{Device, EntryId, Init, Program, Var};

/// Rungs of a run, if it has as many temperatures.
const RUNGS: usize = 50;
/// Images of a batch of the learning machine.
const BATCH: usize = 100;
/// Every pixel with its mean; every pixel fair.
const BASES: usize = 2;

/// Opens the exhibit.
///
/// # Errors
/// Those of [`Ais::new`].
pub fn open(settings: &Settings, seed: u64, sources: Sources) -> Opening {
    Ok(Box::new(Ais::new(settings, seed, sources)?))
}

/// The opened exhibit.
pub struct Ais {
    program: Program,
    learner: Option<Learner>,
    sets: Option<ImageSets>,
    /// An image of the machine's size.
    blank: Images,
    machine: Machine,
    hidden: usize,
    anneal: Anneal,
    /// The biases of the bases, `[K, V]`.
    biases: Vec<f32>,
    /// The machine of the run that was finished last, and its weights; then that of the present run.
    finished_machine: Var,
    finished_sums: Var,
    anneal_machine: Var,
    freeze: EntryId,
    finish: EntryId,
    settings: Settings,
    step: u32,
    rung: u32,
    runs: u32,
    /// The machines that log Z was computed of last.
    known: Vec<(Vec<f32>, f64)>,
}

/// What one run has found, so far or at its end.
struct Reading {
    /// Log-weights of each base.
    weights: Vec<Weights>,
    /// log Z of the machine, exactly.
    log_z: f64,
}

impl Ais {
    /// Builds the programs.
    ///
    /// # Errors
    /// [`Error::BadData`] for data that is not images, or data for a machine that does not learn.
    pub fn new(settings: &Settings, seed: u64, sources: Sources) -> Result<Ais, Error> {
        let mut p = Program::new("ais");
        let (mut learner, mut sets) = (None, None);
        let (group, machine, blank, pixels);
        if settings.choice("machine") == "digits" {
            let images = ImageSets::new("ais", "digits8-binary", seed, sources)?.binarised();
            let new = Learner::new(&mut p, "rbm", &images, settings.count("hidden"), BATCH)?;
            let train = &images.train;
            pixels = log_odds(&train.mean(), train.n);
            blank = Images::new(vec![0; train.area()], 1, [1, train.height, train.width], vec![])?;
            (group, machine) = (new.group.clone(), new.machine);
            (learner, sets) = (Some(new), Some(images));
        } else {
            if sources.user.is_some() {
                return Err(Error::BadData(
                    "Only the machine of the digits learns from data; choose it first.".into(),
                ));
            }
            let given = if settings.choice("machine") == "trap" { target::trap()? } else { target::tiny()? };
            let Values { w, b, c } = given.values;
            let mut new = p.group("rbm");
            machine = Machine {
                w: new.param(&mut p, "weight", [b.len(), c.len()], Init::Values(w)),
                b: new.param(&mut p, "visible_bias", [b.len()], Init::Values(b)),
                c: new.param(&mut p, "hidden_bias", [c.len()], Init::Values(c)),
            };
            (group, blank, pixels) = (new, given.blank, given.pixels);
        }
        let biases = [pixels, vec![0.0; blank.area()]].concat();
        // The machine of the present run, which the learner has moved on from.
        let frozen = p.state_like(&group, "frozen", true);
        let finished_machine = p.state_like(&group, "finished", true);
        let [w, b, c] = [machine.w, machine.b, machine.c].map(|param| group.of(param, frozen));
        let chains = settings.count("chains");
        let anneal = Anneal::new(&mut p, Machine { w, b, c }, [BASES, chains, RUNGS], true)?;
        let finished_sums = p.state("finished.weights", [RUNGS, BASES * chains], Init::Constant(0.0));
        let freeze = p.entry("freeze", |g| g.assign(frozen, g.read(group.var())));
        let finish = p.entry("finish", |g| {
            g.assign(finished_machine, g.read(frozen));
            g.assign(finished_sums, g.read(anneal.sums));
        });
        let hidden = machine.c.shape().len();
        Ok(Ais {
            program: p,
            learner,
            sets,
            blank,
            machine,
            hidden,
            anneal,
            biases,
            finished_machine,
            finished_sums,
            anneal_machine: frozen,
            freeze: freeze.map_err(misfit)?,
            finish: finish.map_err(misfit)?,
            settings: settings.clone(),
            step: 0,
            rung: 0,
            runs: 0,
            known: Vec::new(),
        })
    }

    fn temperatures(&self) -> u32 {
        self.settings.count("temperatures") as u32
    }

    /// Temperatures of a rung.
    fn each(&self) -> u32 {
        self.temperatures().div_ceil(RUNGS as u32)
    }

    /// β after so many rungs.
    fn beta(&self, rungs: u32) -> f64 {
        (f64::from(rungs * self.each()) / f64::from(self.temperatures())).min(1.0)
    }

    /// Which base the settings show.
    fn base(&self) -> usize {
        usize::from(self.settings.choice("base") == "uniform")
    }

    /// log Z of a base.
    fn log_base(&self, base: usize) -> f64 {
        let d = self.blank.area();
        log_base(&self.biases[base * d..(base + 1) * d], self.hidden)
    }

    fn learn(&self, device: &mut dyn Device) -> Result<(), Error> {
        // The schedule has brought the rate to 0 by then.
        match &self.learner {
            Some(l) if self.settings.count("updates") > 0 => {
                let count = self.settings.count("updates") as u32;
                Ok(device.run(&[(l.positive, 1), (l.gibbs, 1), (l.update, 1)], count)?)
            }
            _ => Ok(()),
        }
    }

    fn anneal(&mut self, device: &mut dyn Device) -> Result<(), Error> {
        if self.rung == 0 {
            drive::run(device, self.freeze)?;
            self.anneal.begin(device, self.temperatures())?;
        }
        self.anneal.rung(device, self.each())?;
        self.rung += 1;
        if self.rung * self.each() >= self.temperatures() {
            drive::run(device, self.finish)?;
            (self.rung, self.runs) = (0, self.runs + 1);
        }
        Ok(())
    }

    /// log Z of the machine with these parameters, remembered while they stay.
    fn exactly(&mut self, flat: Vec<f32>) -> f64 {
        if let Some((_, log_z)) = self.known.iter().find(|(known, _)| *known == flat) {
            return *log_z;
        }
        let log_z = self.machine.values(&flat).exact().log_partition();
        // That of the present run, and that of the one before it.
        self.known.truncate(1);
        self.known.insert(0, (flat, log_z));
        log_z
    }

    /// The last finished run; the first one as far as it has come.
    async fn reading(&mut self, device: &mut dyn Device) -> Result<Reading, Error> {
        let var = if self.runs > 0 { self.finished_sums } else { self.anneal.sums };
        let (flat, sums) = (drive::read(device, self.finished_machine), drive::read(device, var));
        let (flat, sums) = (flat.await?, sums.await?);
        Ok(Reading { weights: self.anneal.weights_of(&sums), log_z: self.exactly(flat) })
    }

    async fn figures(&mut self, device: &mut dyn Device) -> Result<Vec<(&'static str, f64)>, Error> {
        let Reading { weights, log_z } = self.reading(device).await?;
        let [pixels, uniform] = [0, 1].map(|k| self.log_base(k) + ais::log_mean(weights[k].last()));
        let shown = self.base();
        let mut out = vec![
            ("step", f64::from(self.step)),
            ("loss", ([pixels, uniform][shown] - log_z).abs()),
            ("log_partition", log_z),
        ];
        if self.runs == 0 {
            // Chains that are still on their way say nothing of the machine.
            return Ok(out);
        }
        let logs = weights[shown].last();
        out.extend([
            ("log_z_pixels", pixels),
            ("log_z_uniform", uniform),
            ("error_pixels", pixels - log_z),
            ("error_uniform", uniform - log_z),
            ("ess_pixels", ais::effective(weights[0].last())),
            ("ess_uniform", ais::effective(weights[1].last())),
            ("one_chain", self.log_base(shown) + ais::log_mean_of(logs, 1) - log_z),
        ]);
        Ok(out)
    }

    /// Weights of `rounds` runs from a base (0 mean pixels, 1 fair ones): the means of w·Z_base/Z, which
    /// is 1 in expectation, and of its logarithm, which is less, each with its standard error. For
    /// machines small enough that weights vary little. The device must be loaded with this exhibit's
    /// program.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn moments(
        &mut self,
        device: &mut dyn Device,
        base: usize,
        rounds: u32,
    ) -> Result<[[f64; 2]; 2], Error> {
        drive::start(device, &self.program, 5);
        self.start(device, 5)?;
        let flat = drive::read(device, self.finished_machine).await?;
        let exact = self.exactly(flat) - self.log_base(base);
        let (mut sums, mut n) = ([[0.0; 2]; 2], 0.0);
        for _ in 0..rounds {
            let before = self.runs;
            self.rung = 0;
            while self.runs == before {
                self.anneal(device)?;
            }
            for log in self.anneal.weights(device).await?[base].last() {
                for (sum, x) in sums.iter_mut().zip([libm::exp(log - exact), log - exact]) {
                    *sum = [sum[0] + x, sum[1] + x * x];
                }
                n += 1.0;
            }
        }
        Ok(sums.map(|[sum, squares]| {
            let mean = sum / n;
            [mean, libm::sqrt((squares / n - mean * mean) / n)]
        }))
    }
}

impl Exhibit for Ais {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn program(&self) -> &Program {
        &self.program
    }

    fn start(&mut self, device: &mut dyn Device, _seed: u64) -> Result<(), Error> {
        (self.step, self.rung, self.runs) = (0, 0, 0);
        if let (Some(learner), Some(sets)) = (&self.learner, &self.sets) {
            drive::write_u(device, learner.train, &sets.train.packed());
        }
        self.anneal.set_bases(device, &self.biases);
        self.anneal.begin(device, self.temperatures())
    }

    fn train(&mut self, device: &mut dyn Device, n: u32) -> Result<(), Error> {
        for _ in 0..n {
            self.learn(device)?;
            self.anneal(device)?;
            self.step += 1;
        }
        Ok(())
    }

    fn step(&mut self, device: &mut dyn Device, phase: &str) -> Result<(), Error> {
        match phase {
            "learn" => self.learn(device),
            _ => self.anneal(device),
        }
    }

    fn metrics<'a>(
        &'a mut self,
        device: &'a mut dyn Device,
        _deep: bool,
    ) -> Task<'a, Vec<(&'static str, f64)>> {
        Box::pin(async move { self.figures(device).await })
    }

    fn sample<'a>(&'a mut self, device: &'a mut dyn Device, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move {
            let flat = drive::read(device, self.finished_machine).await?;
            let values = self.machine.values(&flat);
            Ok(Samples {
                kind: "images",
                data: values.exact().sample(n, &mut Stream::new(seed, 0x5A4D), false),
                shape: vec![n, self.blank.height, self.blank.width],
            })
        })
    }

    fn view<'a>(&'a mut self, device: &'a mut dyn Device, id: &'a str) -> Task<'a, Picture> {
        Box::pin(async move { self.picture(device, id).await })
    }

    fn act<'a>(&'a mut self, _device: &'a mut dyn Device, _id: &'a str, _payload: Payload) -> Task<'a, ()> {
        // The next rung begins a run.
        self.rung = 0;
        Box::pin(core::future::ready(Ok(())))
    }

    fn set(&mut self, _device: &mut dyn Device, settings: &Settings, id: &str) -> Result<(), Error> {
        self.settings = settings.clone();
        if id == "temperatures" {
            // A run keeps the temperatures that it began with.
            self.rung = 0;
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        vec![Saved::words("progress", &[3], &[self.step, self.rung, self.runs])]
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let progress = Saved::find_words(saved, "progress", &[3])?;
        if progress[1] >= self.temperatures().div_ceil(self.each()) {
            let message = "The file's run has more rungs than these temperatures. Choose another file.";
            return Err(Error::BadFile(message.into()));
        }
        (self.step, self.rung, self.runs) = (progress[0], progress[1], progress[2]);
        Ok(())
    }
}
