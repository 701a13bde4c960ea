//! `tilde sample`: draws samples of saved weights.

use crate::args::Sample;
use crate::failure::Failure;
use crate::{open, picture};
use pollster::block_on;
use serde_json::json;
use std::io::Write;

/// Samples, then draws and prints.
pub fn run(args: &Sample, out: &mut dyn Write) -> Result<(), Failure> {
    let mut run = open::model(&args.model, None)?;
    let samples = block_on(run.sample(args.n, args.seed))?;
    if let Some(path) = &args.out {
        picture::write(path, &mut run, &samples)?;
    }
    if args.json {
        let report = json!({ "kind": samples.kind, "shape": samples.shape, "data": samples.data });
        writeln!(out, "{report}")?;
    }
    Ok(())
}
