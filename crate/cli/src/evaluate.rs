//! `tilde evaluate`: trains exhibits to the gates of their cards.

use crate::args::Evaluate;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::{gates_page, open, progress, table};
use indicatif::ProgressBar;
use pollster::block_on;
use serde_json::{Value as Json, json};
use std::future::ready;
use std::io::Write;
use tilde_evaluate::{Evaluation, Host, Measured, Tried, evaluate, tables};
use tilde_graph::{Device, Plan, Task};
use tilde_models::Error;
use tilde_models::exhibit::Sources;

/// Evaluates one exhibit or all; fails if a gate is missed or a control passes.
pub fn run(args: &Evaluate, out: &mut dyn Write) -> Result<(), Failure> {
    let ids = match &args.id[..] {
        "all" => tables::tables().iter().map(|table| table.id).collect(),
        id => vec![id],
    };
    let seeds: Vec<u64> = (1..=u64::from(args.seeds)).collect();
    let desk = Desk { backend: Backend::open(args.backend).map_err(Error::from)?, bar: progress::bar(0) };
    let mut evaluations = Vec::new();
    for id in ids {
        evaluations.push(block_on(evaluate(&desk, id, &seeds))?);
        if let Some(page) = &args.markdown {
            gates_page::update(page, evaluations.last(), args.backend)?;
        }
    }
    desk.bar.finish_and_clear();
    if !args.json {
        evaluations.iter().try_for_each(|evaluation| print(evaluation, out))?;
    } else if let ([evaluation], true) = (&evaluations[..], args.id != "all") {
        writeln!(out, "{:#}", to_json(evaluation))?;
    } else {
        writeln!(out, "{:#}", evaluations.iter().map(to_json).collect::<Json>())?;
    }
    out.flush()?;
    verdict(&evaluations)
}

fn verdict(evaluations: &[Evaluation]) -> Result<(), Failure> {
    let failed: Vec<&str> = evaluations.iter().filter(|e| !e.pass()).map(|e| e.table.id).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Failed(format!(
            "A gate was missed or a control passed in: {}. The report says which.",
            failed.join(", ")
        ))),
    }
}

/// Has a backend and the shipped data, and shows a bar.
struct Desk {
    backend: Backend,
    bar: ProgressBar,
}

impl Host for Desk {
    fn load(&self, plan: Plan) -> Task<'_, Box<dyn Device>, Error> {
        Box::pin(ready(self.backend.load(plan).map_err(Error::from)))
    }

    fn sources(&self) -> Sources {
        Sources { user: None, digits: Some(open::digits()), lessons: Some(open::lessons()), alphabet: None }
    }

    fn progress(&self, exhibit: &str, seed: u64, step: u32, steps: u32) {
        if step == 0 {
            self.bar.reset();
        }
        self.bar.set_message(format!("{exhibit}, seed {seed}"));
        self.bar.set_length(u64::from(steps));
        self.bar.set_position(u64::from(step));
    }
}

fn print(evaluation: &Evaluation, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}", evaluation.table.id)?;
    let gates = evaluation.gates.iter().map(|m| {
        let seeds: Vec<String> = m.seeds.iter().map(|&x| table::figure(x)).collect();
        let bound = format!("{} {}", m.gate.bound.op.symbol(), m.gate.bound.target);
        let verdict = if m.pass() { "pass" } else { "MISSED" };
        let reached = format!("{} of {}, worst {}", m.reached(), m.seeds.len(), table::figure(m.worst()));
        let seeds = format!("{reached}, seeds {}", seeds.join(" "));
        [m.gate.name.into(), table::figure(m.median()), bound, verdict.into(), seeds]
    });
    let controls = evaluation.controls.iter().map(|c| {
        let bound = format!("{} {}", c.gate.bound.op.symbol(), c.gate.bound.target);
        let verdict = if c.rejected() { "rejected" } else { "NOT REJECTED" };
        [c.gate.name.into(), table::figure(c.value), bound, verdict.into(), c.control.name.into()]
    });
    Ok(table::print(out, &gates.chain(controls).collect::<Vec<[String; 5]>>())?)
}

fn to_json(evaluation: &Evaluation) -> Json {
    let gate = |m: &Measured| {
        json!({
            "name": m.gate.name,
            "value": m.median(),
            "op": m.gate.bound.op.symbol(),
            "target": m.gate.bound.target,
            "pass": m.pass(),
            "reached": m.reached(),
            "worst": m.worst(),
            "seeds": m.seeds,
        })
    };
    let control = |c: &Tried| {
        json!({
            "name": c.control.name,
            "gate": c.gate.name,
            "value": c.value,
            "op": c.gate.bound.op.symbol(),
            "target": c.gate.bound.target,
            "rejected": c.rejected(),
        })
    };
    json!({
        "id": evaluation.table.id,
        "gates": evaluation.gates.iter().map(gate).collect::<Vec<_>>(),
        "controls": evaluation.controls.iter().map(control).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An evaluation of one gate, "at most 1e-9", and one of its controls.
    fn evaluation(gate: f64, control: f64) -> Evaluation {
        let table = tables::find("elbo").expect("a table");
        let first = &table.gates[0];
        Evaluation {
            table,
            seeds: vec![1],
            gates: vec![Measured { gate: first, seeds: vec![gate] }],
            controls: vec![Tried { gate: first, control: &first.controls[0], value: control }],
        }
    }

    #[test]
    fn a_miss_a_weak_control_and_a_missing_figure_are_failures() {
        assert!(verdict(&[evaluation(0.0, 1.0)]).is_ok());
        for (gate, control) in [(1.0, 1.0), (0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN)] {
            let failed = verdict(&[evaluation(0.0, 1.0), evaluation(gate, control)]);
            let Err(Failure::Failed(message)) = failed else { panic!("{gate} {control} passed") };
            assert!(message.contains("elbo"), "{message}");
        }
    }

    /// JSON has no NaN.
    #[test]
    fn a_missing_figure_is_null() {
        let json = to_json(&evaluation(f64::NAN, f64::NAN));
        assert!(json["gates"][0]["value"].is_null() && json["gates"][0]["pass"] == false);
        assert!(json["controls"][0]["value"].is_null() && json["controls"][0]["rejected"] == false);
    }
}
