//! `tilde train`: trains an exhibit and reports its figures.

use crate::args::Train;
use crate::failure::Failure;
use crate::{open, picture, progress, settings, table, weights};
use indicatif::ProgressBar;
use pollster::block_on;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tilde_models::Run;
use tilde_models::card::{Card, Metric, ViewKind};

/// Samples that are drawn to a picture: enough to see a distribution of points, or 8 × 8 images; or
/// as many texts.
const POINTS: usize = 2500;
const IMAGES: usize = 64;

/// Time between two looks at the progress.
const PATIENCE: Duration = Duration::from_millis(200);

/// Trains, then prints the figures and writes what was asked for.
pub fn run(args: &Train, out: &mut dyn Write) -> Result<(), Failure> {
    let mut run = open::model(&args.model, args.seed)?;
    let card = run.settings().card();
    let steps = args.steps.unwrap_or(card.budget);
    let every = args.every.unwrap_or(steps.div_ceil(100).max(1));
    let mut csv = args.metrics.as_deref().map(|path| Csv::create(path, card)).transpose()?;

    let bar = progress::bar(u64::from(steps)).with_message(card.id);
    let began = Instant::now();
    let trained = train_all(&mut run, steps, every, args.deep, &bar, csv.as_mut());
    let seconds = began.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let metrics = trained.and_then(|()| Ok(block_on(run.whole())?));
    // What was measured before something went wrong is worth having.
    if let Some(mut csv) = csv {
        if let Ok(metrics) = &metrics {
            csv.row(run.step(), metrics);
        }
        csv.finish(&mut run)?;
    }
    let metrics = metrics?;
    let step = metrics.iter().find(|m| m.0 == "step").map_or(f64::from(steps), |m| m.1);
    if let Some(path) = &args.save {
        weights::write(path, &mut run, step)?;
    }
    if let Some(path) = &args.save_average {
        weights::write_average(path, &mut run, step)?;
    }
    if let Some(path) = &args.samples {
        let many = card.views.iter().all(|v| !matches!(v.kind, ViewKind::Images | ViewKind::Text));
        let n = if many { POINTS } else { IMAGES };
        let samples = block_on(run.sample(n, run.seed()))?;
        picture::write(path, &mut run, &samples)?;
    }
    report(args.json, out, &run, &metrics, steps, seconds)
}

/// Trains `steps` steps; with a table, up to each of its rows of figures.
fn train_all(
    run: &mut Run,
    steps: u32,
    every: u32,
    deep: bool,
    bar: &ProgressBar,
    mut csv: Option<&mut Csv>,
) -> Result<(), Failure> {
    let mut done = 0;
    while done < steps {
        let next = if csv.is_some() { (done / every + 1).saturating_mul(every).min(steps) } else { steps };
        train(run, next - done, bar)?;
        done = next;
        // The last row is of all held-out data.
        if let Some(csv) = csv.as_mut().filter(|_| done < steps) {
            csv.row(run.step(), &block_on(run.metrics(deep))?);
        }
    }
    Ok(())
}

/// Trains `steps` steps, in parts that keep the bar moving. The parts do not change the result.
fn train(run: &mut Run, steps: u32, bar: &ProgressBar) -> Result<(), Failure> {
    let (mut done, mut part) = (0, 1);
    while done < steps {
        let n = part.min(steps - done);
        let began = Instant::now();
        block_on(run.train(n))?;
        if began.elapsed() < PATIENCE {
            part = part.saturating_mul(2);
        }
        done += n;
        bar.inc(u64::from(n));
    }
    Ok(())
}

fn report(
    as_json: bool,
    out: &mut dyn Write,
    run: &Run,
    metrics: &[(&'static str, f64)],
    steps: u32,
    seconds: f64,
) -> Result<(), Failure> {
    let id = run.settings().card().id;
    let (backend, device) = run.backend();
    let rate = f64::from(steps) / seconds.max(1e-9);
    if as_json {
        let metrics: Map<String, Json> =
            metrics.iter().map(|&(id, value)| (id.into(), value.into())).collect();
        let report = json!({
            "exhibit": id,
            "backend": backend,
            "device": device,
            "seed": run.seed(),
            "settings": settings::to_json(run.settings()),
            "steps": steps,
            "seconds": seconds,
            "metrics": metrics,
        });
        writeln!(out, "{report:#}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{id}: {steps} steps in {seconds:.1} s ({rate:.0} steps/s) on {device}, seed {}",
        run.seed()
    )?;
    // An error stands beside its figure.
    let error = |id: &str| metrics.iter().find(|m| m.0.strip_suffix("_se") == Some(id));
    let row = |&(id, value): &(&str, f64)| {
        let error = error(id).map_or_else(String::new, |(_, error)| format!(" ± {}", table::margin(*error)));
        [id.into(), table::figure(value) + &error]
    };
    let rows: Vec<[String; 2]> = metrics.iter().filter(|m| !m.0.ends_with("_se")).map(row).collect();
    Ok(table::print(out, &rows)?)
}

/// Figures in rows by step, with the columns of the card: those that were asked for, and the losses that
/// were recorded at every step.
struct Csv {
    file: BufWriter<File>,
    path: PathBuf,
    card: &'static Card,
    rows: BTreeMap<u32, BTreeMap<&'static str, f64>>,
}

impl Csv {
    fn create(path: &Path, card: &'static Card) -> Result<Csv, Failure> {
        let file = File::create(path).map_err(|e| Failure::file(path, "written", &e))?;
        Ok(Csv { file: BufWriter::new(file), path: path.into(), card, rows: BTreeMap::new() })
    }

    /// Figures of a step.
    fn row(&mut self, step: u32, figures: &[(&'static str, f64)]) {
        self.rows.entry(step).or_default().extend(figures.iter().copied());
    }

    /// The ids of the columns: the card's figures, each with its standard error where it has one.
    fn columns(&self) -> Vec<&'static str> {
        let any =
            |id: &str| self.rows.values().flat_map(|row| row.keys()).find(|known| **known == id).copied();
        let with_error = |m: &'static Metric| core::iter::once(m.id).chain(any(&format!("{}_se", m.id)));
        self.card.metrics.iter().flat_map(with_error).collect()
    }

    /// Writes the table, with the run's losses. A figure that was not computed is an empty cell.
    fn finish(mut self, run: &mut Run) -> Result<(), Failure> {
        let losses = block_on(run.losses(0))?;
        let names = losses.names();
        for (&step, values) in losses.steps().iter().zip(losses.values().chunks(names.len().max(1))) {
            let known = names.iter().zip(values).filter(|(_, value)| !value.is_nan());
            self.row(step, &known.map(|(&name, &value)| (name, f64::from(value))).collect::<Vec<_>>());
        }
        let columns = self.columns();
        let header = core::iter::once("step").chain(columns.iter().copied()).collect::<Vec<_>>();
        let mut lines = vec![header.join(",")];
        for (step, row) in &self.rows {
            let cell = |id: &&'static str| row.get(id).map_or_else(String::new, f64::to_string);
            let cells: Vec<String> =
                core::iter::once(step.to_string()).chain(columns.iter().map(cell)).collect();
            lines.push(cells.join(","));
        }
        let failed = |e| Failure::file(&self.path, "written", &e);
        for line in lines {
            writeln!(self.file, "{line}").map_err(failed)?;
        }
        self.file.flush().map_err(failed)
    }
}
