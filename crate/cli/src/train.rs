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
use tilde_models::card::{Card, ViewKind};

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
    // What was measured before something went wrong is worth having.
    if let Some(csv) = csv {
        csv.finish(&mut run)?;
    }
    trained?;

    let metrics = block_on(run.metrics(true))?;
    if let Some(path) = &args.save {
        let step = metrics.iter().find(|m| m.0 == "step").map_or(f64::from(steps), |m| m.1);
        weights::write(path, &mut run, step)?;
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
        if let Some(csv) = &mut csv {
            let metrics = block_on(run.metrics(deep || done == steps))?;
            csv.row(run.step(), &metrics);
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
    let rows: Vec<[String; 2]> =
        metrics.iter().map(|&(id, value)| [id.into(), table::figure(value)]).collect();
    Ok(table::print(out, &rows)?)
}

/// Figures in rows by step, with the columns of the card: those that were asked for, and the losses that
/// were recorded at every step.
struct Csv {
    file: BufWriter<File>,
    path: PathBuf,
    columns: Vec<&'static str>,
    rows: BTreeMap<u32, Vec<Option<f64>>>,
}

impl Csv {
    fn create(path: &Path, card: &Card) -> Result<Csv, Failure> {
        let file = File::create(path).map_err(|e| Failure::file(path, "written", &e))?;
        let columns = card.metrics.iter().map(|m| m.id).collect();
        Ok(Csv { file: BufWriter::new(file), path: path.into(), columns, rows: BTreeMap::new() })
    }

    /// Figures of a step.
    fn row(&mut self, step: u32, figures: &[(&'static str, f64)]) {
        let row = self.rows.entry(step).or_insert_with(|| vec![None; self.columns.len()]);
        for (column, cell) in self.columns.iter().zip(row) {
            if let Some((_, value)) = figures.iter().find(|f| f.0 == *column) {
                *cell = Some(*value);
            }
        }
    }

    /// Writes the table, with the run's losses. A figure that was not computed is an empty cell.
    fn finish(mut self, run: &mut Run) -> Result<(), Failure> {
        let losses = block_on(run.losses(0))?;
        let names = losses.names();
        for (&step, values) in losses.steps().iter().zip(losses.values().chunks(names.len().max(1))) {
            let known = names.iter().zip(values).filter(|(_, value)| !value.is_nan());
            self.row(step, &known.map(|(&name, &value)| (name, f64::from(value))).collect::<Vec<_>>());
        }
        let header = core::iter::once("step").chain(self.columns.iter().copied()).collect::<Vec<_>>();
        let mut lines = vec![header.join(",")];
        for (step, row) in &self.rows {
            let cell = |value: &Option<f64>| value.map_or_else(String::new, |x| x.to_string());
            let cells: Vec<String> = core::iter::once(step.to_string()).chain(row.iter().map(cell)).collect();
            lines.push(cells.join(","));
        }
        let failed = |e| Failure::file(&self.path, "written", &e);
        for line in lines {
            writeln!(self.file, "{line}").map_err(failed)?;
        }
        self.file.flush().map_err(failed)
    }
}
