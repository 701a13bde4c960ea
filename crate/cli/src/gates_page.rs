//! `docs/gates.md`: every gate with its run, its target and where that comes from, and what was measured.
//!
//! The page has a section for each table of gates. A run replaces the sections of what it evaluated and
//! leaves the others as they are, so that one exhibit can be measured again by itself.

use crate::args;
use crate::failure::Failure;
use crate::table::figure;
use std::fmt::Write;
use std::path::Path;
use tilde_evaluate::gate::{Gate, Op, Table, Trial};
use tilde_evaluate::{Evaluation, Measured, Tried, tables};

/// What the page begins with.
const HEAD: &str = "\
# Gates

`cargo run --release -p tilde -- evaluate ID --seeds 40 --markdown docs/gates.md` makes the section of an exhibit; where
a seed takes more than twenty seconds, of ten seeds. `./build.sh slow` tries all gates with five. `ddpm-images` is not in
`all`, and takes a quarter of an hour a seed on one core.

A gate is a bound on a figure of a run. Every seed must reach it, but for one in forty. A control is a run, or samples,
that are really wrong: the gate must reject it. Controls run from seed 1. A figure that is missing or not a number fails
gate and control alike. What is missed or not rejected says so.

A reference run outside this project was made before it, on the same data; where no script is named, only its figure is
known.
";

/// Writes an evaluation into the page, which may not exist yet.
///
/// # Errors
/// If the file cannot be read or written.
pub fn update(path: &Path, evaluation: Option<&Evaluation>, backend: args::Backend) -> Result<(), Failure> {
    let Some(evaluation) = evaluation else { return Ok(()) };
    let present = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file(path, "read", &error)),
    };
    let device = match backend {
        args::Backend::Cpu => "CPU",
        args::Backend::Gpu => "GPU",
    };
    let page = merged(&present, evaluation.table.id, &section(evaluation, device));
    std::fs::write(path, page).map_err(|error| Failure::file(path, "written", &error))
}

/// The page with one section in place of its former one, in the order of the tables. A table that was
/// never measured has its gates without figures; sections of tables that are no more are left out.
fn merged(present: &str, id: &str, section: &str) -> String {
    let mut page = HEAD.to_string();
    for table in tables::all() {
        page += "\n";
        let former = former(present, table.id).filter(|section| !section.contains(UNMEASURED));
        match former {
            _ if table.id == id => page += section,
            Some(former) => {
                page += former.trim_end();
                page += "\n";
            }
            None => page += &unmeasured(table),
        }
    }
    page
}

/// The section of a table in a page, heading first.
fn former<'a>(page: &'a str, id: &str) -> Option<&'a str> {
    let heading = format!("\n## {id}\n");
    let section = &page[page.find(&heading)? + 1..];
    let end = section[1..].find("\n## ").map_or(section.len(), |at| at + 1);
    Some(&section[..end])
}

/// The section of one evaluation, heading first.
fn section(evaluation: &Evaluation, device: &str) -> String {
    let mut out = format!("## {}\n\n", evaluation.table.id);
    let seeds: Vec<String> = evaluation.seeds.iter().map(u64::to_string).collect();
    let seeds = match &seeds[..] {
        [one] => format!("Seed {one}"),
        [first, .., last] => format!("Seeds {first} to {last}"),
        [] => "No seed".into(),
    };
    let _ = writeln!(out, "{seeds}, on the {device}.\n\n{COLUMNS}");
    for measured in &evaluation.gates {
        let gate = measured.gate;
        let controls: Vec<String> =
            evaluation.controls.iter().filter(|c| c.gate.name == gate.name).map(control).collect();
        let reached = format!("{} of {}", measured.reached(), measured.seeds.len());
        out += &row(gate, [&result(measured), &reached], &controls);
    }
    out
}

/// The section of a table that no run has been made of.
fn unmeasured(table: &Table) -> String {
    let mut out = format!("## {}\n\n{UNMEASURED}\n\n{COLUMNS}\n", table.id);
    for gate in table.gates {
        let controls: Vec<String> = gate.controls.iter().map(|control| control.name.to_string()).collect();
        out += &row(gate, [""; 2], &controls);
    }
    out
}

const UNMEASURED: &str = "Not measured yet.";

const COLUMNS: &str = "\
| gate | run | figure | must be | median | reached by | target from | controls |
|---|---|---|---|---|---|---|---|";

/// A line of the table.
fn row(gate: &Gate, [measured, reached]: [&str; 2], controls: &[String]) -> String {
    let cells = [
        gate.name.to_string(),
        run(&gate.trial),
        what(gate),
        bound(gate),
        measured.to_string(),
        reached.to_string(),
        gate.source.words(),
        controls.join("<br>"),
    ];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// "pca, latent=8, 4000 steps; then sampler=ddim"
fn run(trial: &Trial) -> String {
    let pairs = |settings: &[(&str, &str)]| -> Vec<String> {
        settings.iter().map(|(id, value)| format!("{id}={value}")).collect()
    };
    let mut parts = pairs(trial.settings);
    if !trial.experiment.is_empty() {
        parts.insert(0, format!("experiment {}", trial.experiment));
    }
    parts.push(format!("{} step{}", trial.steps, if trial.steps == 1 { "" } else { "s" }));
    let then = pairs(trial.then).join(", ");
    if then.is_empty() { parts.join(", ") } else { format!("{}; then {then}", parts.join(", ")) }
}

/// The figure, and the run whose figure is taken off.
fn what(gate: &Gate) -> String {
    let figure = format!("`{}`", gate.figure);
    match &gate.beside {
        None => figure,
        Some(trial) => format!("{figure}, less that of {}", run(trial)),
    }
}

fn bound(gate: &Gate) -> String {
    let side = match gate.bound.op {
        Op::AtLeast => "≥",
        Op::AtMost => "≤",
    };
    format!("{side} {}", number(gate.bound.target))
}

/// The middle figure, and the worst.
fn result(measured: &Measured) -> String {
    let verdict = if measured.pass() { "" } else { " **missed**" };
    match &measured.seeds[..] {
        [one] => format!("{}{verdict}", number(*one)),
        _ => format!("{}, worst {}{verdict}", number(measured.median()), number(measured.worst())),
    }
}

fn control(tried: &Tried) -> String {
    let verdict = if tried.rejected() { "" } else { " **not rejected**" };
    format!("{}: {}{verdict}", tried.control.name, number(tried.value))
}

/// A number, its minus sign as a reader expects it; "none" where there is none.
fn number(x: f64) -> String {
    if x.is_nan() { "none".into() } else { figure(x).replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The section of a table in a page.
    fn of<'a>(page: &'a str, id: &str) -> &'a str {
        former(page, id).expect("the section")
    }

    #[test]
    fn a_section_replaces_its_former_one_and_leaves_the_others() {
        let page = merged("", "vae", "## vae\n\nfirst\n");
        let page = merged(&page, "gpt", "## gpt\n\nlast\n");
        let again = merged(&page, "vae", "## vae\n\nsecond\n");
        assert_eq!(
            (of(&again, "vae").trim(), of(&again, "gpt").trim()),
            ("## vae\n\nsecond", "## gpt\n\nlast")
        );
        assert_eq!(merged(&again, "vae", "## vae\n\nfirst\n"), page);
        let ids: Vec<&str> = again.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(ids, tables::all().map(|table| table.id).collect::<Vec<_>>());
    }

    #[test]
    fn a_section_whose_id_begins_another_is_told_from_it() {
        let page = merged("", "ddpm-images", "## ddpm-images\n\nstrokes\n");
        let page = merged(&page, "ddpm", "## ddpm\n\nring\n");
        assert_eq!(of(&page, "ddpm").trim(), "## ddpm\n\nring");
        assert_eq!(of(&page, "ddpm-images").trim(), "## ddpm-images\n\nstrokes");
    }

    #[test]
    fn gates_that_nobody_measured_are_listed_too() {
        let page = merged("", "vae", "## vae\n\nfirst\n");
        let section = of(&page, "dbm");
        assert!(section.contains("Not measured yet."), "{section}");
        assert!(
            section.contains(
                "| held-out log-likelihood | 7200 steps | `test_log_likelihood` | ≥ −20.26 |  |  |"
            ),
            "{section}"
        );
        assert!(section.contains("untrained<br>pretrained, not joined |\n"), "{section}");
        assert!(of(&page, "ais").contains("`\\|error_pixels\\|`"), "a bar within a cell is escaped");
    }

    #[test]
    fn a_run_is_told_in_words() {
        let trial = Trial::experiment("pca", &[("latent", "8")], 4000).then(&[("sampler", "ddim")]);
        assert_eq!(run(&trial), "experiment pca, latent=8, 4000 steps; then sampler=ddim");
    }
}
