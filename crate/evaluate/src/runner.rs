//! The one runner: finds out which runs a table needs, trains each once, and holds the figures against
//! the bounds.

use crate::figure::Figures;
use crate::gate::{Control, Gate, Judge, Table, Trial, Wrong};
use crate::host::Host;
use crate::imitation::{Imitation, points_figures};
use crate::judge::Jury;
use crate::report::{Evaluation, Measured, Tried};
use crate::tables;
use tilde_graph::compile;
use tilde_models::card::Card;
use tilde_models::{Error, Run, Settings, exhibits};

/// Steps between two reports of progress.
const SLICE: u32 = 100;

/// Trains an exhibit to its gates, once for each seed, and tries its controls. `id` is that of a table:
/// an exhibit's, or "ddpm-images".
///
/// # Errors
/// [`Error::UnknownExhibit`], and those of the host. A run that diverges is no error: its figures are
/// missing, which neither passes a gate nor is rejected by one.
pub async fn evaluate(host: &dyn Host, id: &str, seeds: &[u64]) -> Result<Evaluation, Error> {
    evaluate_table(host, tables::find(id)?, seeds).await
}

/// The same for a table. Controls run from the first seed.
///
/// # Errors
/// As [`evaluate`].
pub async fn evaluate_table(
    host: &dyn Host,
    table: &'static Table,
    seeds: &[u64],
) -> Result<Evaluation, Error> {
    let mut bench = Bench::new(host, table).await?;
    bench.run_all(needed(table, seeds)).await?;
    let gates: Vec<Measured> = table
        .gates
        .iter()
        .map(|gate| Measured { gate, seeds: seeds.iter().map(|&seed| bench.gate(gate, seed)).collect() })
        .collect();
    let mut controls = Vec::new();
    if let Some(&seed) = seeds.first() {
        for gate in table.gates {
            for control in gate.controls {
                controls.push(Tried { gate, control, value: bench.control(gate, control, seed).await? });
            }
        }
    }
    Ok(Evaluation { table, seeds: seeds.to_vec(), gates, controls })
}

/// Every run that a table needs, once.
fn needed(table: &Table, seeds: &[u64]) -> Vec<(Trial, u64)> {
    let mut all = Vec::new();
    let mut need = |trial: Trial, seed: u64| {
        if !all.contains(&(trial, seed)) {
            all.push((trial, seed));
        }
    };
    for gate in table.gates {
        for trial in [Some(gate.trial), gate.beside].into_iter().flatten() {
            seeds.iter().for_each(|&seed| need(trial, seed));
        }
        for control in gate.controls {
            if let (Wrong::Run(trial), Some(&seed)) = (control.wrong, seeds.first()) {
                need(trial, seed);
            }
        }
    }
    all
}

/// Opens an exhibit on a device of the host.
async fn open(host: &dyn Host, settings: Settings, seed: u64) -> Result<Run, Error> {
    Run::open(settings, seed, host.sources(), async |program| host.load(compile(program)).await).await
}

/// Opens an exhibit and trains it.
async fn trained(host: &dyn Host, card: &'static Card, trial: &Trial, seed: u64) -> Result<Run, Error> {
    let mut run = open(host, settings_of(card, trial)?, seed).await?;
    let mut step = 0;
    while step < trial.steps {
        host.progress(card.id, seed, step, trial.steps);
        let n = SLICE.min(trial.steps - step);
        run.train(n).await?;
        step += n;
    }
    Ok(run)
}

/// The figures of one run.
///
/// # Errors
/// Those of the exhibit and of the host; [`Error::NotFinite`] if training diverged.
pub async fn figures_of(host: &dyn Host, exhibit: &str, trial: Trial, seed: u64) -> Result<Figures, Error> {
    let mut run = trained(host, exhibits::card(exhibit)?, &trial, seed).await?;
    let mut asked = run.settings().clone();
    put(&mut asked, trial.then)?;
    change(&mut run, &asked)?;
    run.evaluate().await.map(Figures::new)
}

/// Sets settings from text.
fn put(settings: &mut Settings, changes: &[(&str, &str)]) -> Result<(), Error> {
    changes.iter().try_for_each(|(id, value)| settings.set_text(id, value).map(|_| ()))
}

/// The settings that a trial trains with.
///
/// # Errors
/// [`Error::BadSetting`] if the card has no such experiment, setting or value.
pub fn settings_of(card: &'static Card, trial: &Trial) -> Result<Settings, Error> {
    let mut settings = Settings::new(card);
    if !trial.experiment.is_empty() {
        let experiment = card.experiments.iter().find(|e| e.id == trial.experiment).ok_or_else(|| {
            Error::BadSetting(format!("'{}' has no experiment '{}'.", card.id, trial.experiment))
        })?;
        put(&mut settings, experiment.settings)?;
    }
    put(&mut settings, trial.settings)?;
    Ok(settings)
}

/// The runs of a table, and what they gave.
struct Bench<'h> {
    host: &'h dyn Host,
    card: &'static Card,
    jury: Option<Jury>,
    known: Vec<((Trial, u64), Figures)>,
}

impl<'h> Bench<'h> {
    async fn new(host: &'h dyn Host, table: &Table) -> Result<Bench<'h>, Error> {
        let jury = match table.judge {
            Judge::Exhibit => None,
            Judge::Classifier => Some(Jury::new(host).await?),
        };
        Ok(Bench { host, card: exhibits::card(table.exhibit)?, jury, known: Vec::new() })
    }

    /// Does the runs; what is only asked otherwise is trained once.
    async fn run_all(&mut self, mut left: Vec<(Trial, u64)>) -> Result<(), Error> {
        while let Some(&(first, seed)) = left.first() {
            let alike = |(trial, s): &(Trial, u64)| *s == seed && trial.trains_like(&first);
            let (together, others) = left.into_iter().partition(alike);
            left = others;
            self.run_alike(together).await?;
        }
        Ok(())
    }

    /// Trains once, then asks in each way.
    async fn run_alike(&mut self, trials: Vec<(Trial, u64)>) -> Result<(), Error> {
        let (first, seed) = trials[0];
        let mut run = trained(self.host, self.card, &first, seed).await?;
        let settings = run.settings().clone();
        for (trial, seed) in trials {
            let mut asked = settings.clone();
            put(&mut asked, trial.then)?;
            change(&mut run, &asked)?;
            let figures = match &mut self.jury {
                None => run.evaluate().await.map(Figures::new),
                Some(jury) => jury.look(&mut run, seed).await,
            };
            let figures = match figures {
                // It diverged: there are no figures.
                Err(Error::NotFinite(_)) => Figures::default(),
                other => other?,
            };
            self.known.push(((trial, seed), figures));
        }
        Ok(())
    }

    /// The figures of a run that was done.
    fn figures(&self, trial: Trial, seed: u64) -> &Figures {
        &self.known.iter().find(|k| k.0 == (trial, seed)).expect("every run that is needed was done").1
    }

    /// The gate's figure of one seed.
    fn gate(&self, gate: &Gate, seed: u64) -> f64 {
        gate.figure.of(self.figures(gate.trial, seed)) - self.beside(gate, seed)
    }

    /// What the gate takes off.
    fn beside(&self, gate: &Gate, seed: u64) -> f64 {
        gate.beside.map_or(0.0, |trial| gate.figure.of(self.figures(trial, seed)))
    }

    /// The control's figure.
    async fn control(&mut self, gate: &Gate, control: &Control, seed: u64) -> Result<f64, Error> {
        let figures = match (control.wrong, &mut self.jury) {
            (Wrong::Run(trial), _) => self.figures(trial, seed).clone(),
            (Wrong::Samples(Imitation::Points { what, toy, unit }), _) => points_figures(what, toy, unit),
            (Wrong::Samples(images), Some(jury)) => jury.look_at_imitation(images).await?,
            (Wrong::Samples(_), None) => Figures::default(),
        };
        Ok(control.figure.unwrap_or(gate.figure).of(&figures) - self.beside(gate, seed))
    }
}

/// Gives a run these settings; those that differ must be live.
fn change(run: &mut Run, asked: &Settings) -> Result<(), Error> {
    let present = run.settings().clone();
    for ((setting, value), (_, now)) in asked.iter().zip(present.iter()) {
        if value != now {
            run.set(setting.id, value)?;
        }
    }
    Ok(())
}
