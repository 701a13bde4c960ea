//! `tilde plan`: the compiled kernels of an exhibit.

use crate::args::Plan as Args;
use crate::failure::Failure;
use crate::table::{self, quantity};
use crate::{open, settings};
use std::io::Write;
use tilde_gpu::{Target, wgsl};
use tilde_graph::plan::{Access, Arena, Body, Core, EntryPlan, Factor, Instr, Kernel};
use tilde_graph::{Plan, Shape};
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
    let bytes = entry.kernels.iter().map(traffic).sum();
    let [flops, bytes] = [quantity(flops, "FLOP"), quantity(bytes, "B")];
    writeln!(out, "\n{}: {} kernels, {flops}, {bytes} moved", entry.name, entry.kernels.len())?;
    let row = |(i, kernel): (usize, &Kernel)| {
        let core = match &kernel.core {
            Core::Map => String::new(),
            Core::Reduce { inner, passes, .. } => {
                let ops: Vec<String> = passes.iter().map(|p| format!("{:?}", p.op).to_lowercase()).collect();
                format!("{} over {inner}", ops.join(", "))
            }
            Core::Matmul { batch: 1, m, n, k, .. } => format!("[{m}, {k}]·[{k}, {n}]"),
            Core::Matmul { batch, m, n, k, .. } => format!("{batch} × [{m}, {k}]·[{k}, {n}]"),
        };
        let flops = quantity(kernel.flops(), "FLOP");
        [
            i.to_string(),
            kernel.domain.to_string(),
            core,
            flops,
            quantity(traffic(kernel), "B"),
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

/// Bytes that a kernel reads and writes, every word counted once per access: what it would move if
/// caches were perfect within an access and of no use between two.
fn traffic(kernel: &Kernel) -> u64 {
    let body = |body: &Body, domain: &[usize]| {
        let loads = body.instrs.iter().filter_map(|instr| match instr {
            Instr::Load(access, _) => Some(access),
            // A gathered row for every index; the index is an instruction of its own.
            Instr::Gather { access, .. } => Some(access),
            _ => None,
        });
        loads.chain(body.stores.iter().map(|store| &store.access)).map(|a| words(a, domain)).sum::<u64>()
    };
    let outer: Vec<usize> = kernel.domain.dims().collect();
    let core = match &kernel.core {
        Core::Map => 0,
        Core::Reduce { inner, passes, last } => {
            let domain = joined(&kernel.domain, inner);
            passes.iter().map(|p| &p.pre).chain([last]).map(|b| body(b, &domain)).sum()
        }
        Core::Matmul { a, b, .. } => factor_words(a) + factor_words(b),
    };
    4 * (core + body(&kernel.body, &outer))
}

/// Distinct words of a factor: its points, or where windows overlap no more than lie between the
/// first and the last.
fn factor_words(factor: &Factor) -> u64 {
    let axes = || [&factor.batch, &factor.kept, &factor.summed].into_iter().flat_map(|a| &a.0);
    let points: u64 = axes().map(|a| u64::from(a.0)).product();
    let span: u64 = axes().map(|a| u64::from(a.0 - 1) * u64::from(a.1.unsigned_abs())).sum();
    points.min(span + 1)
}

fn joined(outer: &Shape, inner: &Shape) -> Vec<usize> {
    outer.dims().chain(inner.dims()).collect()
}

/// Distinct words that an access reaches over a domain.
fn words(access: &Access, domain: &[usize]) -> u64 {
    let axes = domain.iter().zip(access.strides);
    axes.map(|(&size, stride)| if stride == 0 { 1 } else { size as u64 }).product()
}
