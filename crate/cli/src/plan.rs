//! `tilde plan`: the compiled kernels of an exhibit.

use crate::args::Plan as Args;
use crate::failure::Failure;
use crate::table::{self, quantity};
use crate::{open, settings};
use std::io::Write;
use tilde_gpu::{Target, wgsl};
use tilde_graph::Plan;
use tilde_graph::plan::{Arena, EntryPlan, Kernel};
use tilde_models::exhibits;

/// Prints the plan, or some of it, in the asked-for detail.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<(), Failure> {
    let settings = settings::changed(exhibits::card(&args.id)?, &args.changes)?;
    let plan = open::plan(&settings)?;
    let entries = match &args.entry {
        None => &plan.entries[..],
        Some(name) => std::slice::from_ref(entry(&plan, name)?),
    };
    if args.wgsl {
        return shaders(entries, out);
    }
    memory(&plan, out)?;
    for entry in entries {
        if args.full {
            write!(out, "\n{entry}")?;
        } else {
            kernels(entry, out)?;
        }
    }
    Ok(())
}

fn entry<'a>(plan: &'a Plan, name: &str) -> Result<&'a EntryPlan, Failure> {
    plan.entry(name).map(|(_, entry)| entry).ok_or_else(|| {
        let known: Vec<&str> = plan.entries.iter().map(|e| e.name.as_str()).collect();
        Failure::Usage(format!("'{}' has no entry '{name}'. It has: {}.", plan.name, known.join(", ")))
    })
}

/// What the loaded plan takes; work memory is the peak over all entries.
fn memory(plan: &Plan, out: &mut dyn Write) -> Result<(), Failure> {
    let bytes = |arenas: &[Arena]| arenas.iter().map(|&a| plan.bytes(a)).sum();
    let rows = [
        ("state", "parameters, moments, counters", bytes(&[Arena::State, Arena::StateU])),
        ("work", "peak of activations and gradients", bytes(&[Arena::Work, Arena::WorkU])),
        ("data", "data sets and tables", bytes(&[Arena::Data, Arena::DataU])),
        ("io", "knobs, inputs and outputs", bytes(&[Arena::Io])),
        ("total", "", bytes(&Arena::ALL)),
    ];
    writeln!(out, "{}: {} entries, memory:", plan.name, plan.entries.len())?;
    Ok(table::print(out, &rows.map(|(name, what, bytes)| [name.into(), quantity(bytes, "B"), what.into()]))?)
}

/// One line a kernel.
fn kernels(entry: &EntryPlan, out: &mut dyn Write) -> Result<(), Failure> {
    let flops = entry.kernels.iter().map(Kernel::flops).sum();
    let bytes = entry.kernels.iter().map(Kernel::traffic).sum();
    let [flops, bytes] = [quantity(flops, "FLOP"), quantity(bytes, "B")];
    writeln!(out, "\n{}: {} kernels, {flops}, {bytes} moved", entry.name, entry.kernels.len())?;
    let row = |(i, kernel): (usize, &Kernel)| {
        let flops = quantity(kernel.flops(), "FLOP");
        [
            i.to_string(),
            kernel.domain.to_string(),
            kernel.heavy(),
            flops,
            quantity(kernel.traffic(), "B"),
            kernel.label.clone(),
        ]
    };
    let rows: Vec<[String; 6]> = entry.kernels.iter().enumerate().map(row).collect();
    Ok(table::print(out, &rows)?)
}

/// The compute shaders, each under the kernel that it belongs to.
fn shaders(entries: &[EntryPlan], out: &mut dyn Write) -> Result<(), Failure> {
    for entry in entries {
        for (i, kernel) in entry.kernels.iter().enumerate() {
            for shader in wgsl(kernel, Target::Hardware) {
                let [x, y] = shader.groups;
                writeln!(
                    out,
                    "// {} {i}: {} over {}, {x} x {y} workgroups",
                    entry.name, kernel.label, kernel.domain
                )?;
                writeln!(out, "{}", shader.text)?;
            }
        }
    }
    Ok(())
}
