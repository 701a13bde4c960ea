//! `tilde train`: trains an exhibit and reports its figures.

use crate::args::Train;
use crate::failure::Failure;
use crate::{open, picture, progress, settings, table, weights};
use indicatif::ProgressBar;
use pollster::block_on;
use serde_json::{Map, Value as Json, json};
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
    let mut done = 0;
    while done < steps {
        // Up to the next row of figures, or to the end.
        let next = if csv.is_some() { (done / every + 1).saturating_mul(every).min(steps) } else { steps };
        train(&mut run, next - done, &bar)?;
        done = next;
        if let Some(csv) = &mut csv {
            csv.row(&block_on(run.metrics(args.deep || done == steps))?)?;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    bar.finish_and_clear();

    let metrics = block_on(run.metrics(true))?;
    if let Some(csv) = csv {
        csv.finish()?;
    }
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

/// Figures in rows, with the columns of the card.
struct Csv {
    file: BufWriter<File>,
    path: PathBuf,
    columns: Vec<&'static str>,
}

impl Csv {
    fn create(path: &Path, card: &Card) -> Result<Csv, Failure> {
        let file = File::create(path).map_err(|e| Failure::file(path, "written", &e))?;
        let columns = ["step"].into_iter().chain(card.metrics.iter().map(|m| m.id)).collect::<Vec<_>>();
        let mut csv = Csv { file: BufWriter::new(file), path: path.into(), columns };
        let header = csv.columns.join(",");
        csv.line(&header)?;
        Ok(csv)
    }

    /// A row; a figure that was not computed is an empty cell.
    fn row(&mut self, metrics: &[(&'static str, f64)]) -> Result<(), Failure> {
        let cell = |column: &&str| {
            metrics.iter().find(|m| m.0 == *column).map_or_else(String::new, |m| m.1.to_string())
        };
        let row: Vec<String> = self.columns.iter().map(cell).collect();
        self.line(&row.join(","))
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.file, "{line}").map_err(|e| Failure::file(&self.path, "written", &e))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|e| Failure::file(&self.path, "written", &e))
    }
}
