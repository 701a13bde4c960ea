//! Tilde's exhibits from a terminal: train and sample models, look at compiled plans, and check
//! that every exhibit reaches the gates of its card.
//!
//! One file per command, and what they share: [`open`] starts a run, [`data`] reads the user's
//! files, [`weights`] saves and loads, [`picture`] draws samples
//! and [`drawing`] the pictures of a card.

mod args;
mod backend;
mod bench;
mod data;
mod drawing;
mod evaluate;
mod failure;
mod gates_page;
mod list;
mod new;
mod open;
mod picture;
mod plan;
mod progress;
mod sample;
mod settings;
mod table;
mod train;
mod view;
mod weights;

use args::{Args, Command};
use clap::Parser;
use failure::Failure;
use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                eprintln!("tilde: {message}");
            }
            failure.code()
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    match &args.command {
        Command::List(args) => list::run(args, &mut out),
        Command::New(args) => new::run(args, &mut out),
        Command::Train(args) => train::run(args, &mut out),
        Command::Sample(args) => sample::run(args, &mut out),
        Command::View(args) => view::run(args, &mut out),
        Command::Plan(args) => plan::run(args, &mut out),
        Command::Evaluate(args) => evaluate::run(args, &mut out),
        Command::Bench(args) => bench::run(args, &mut out),
    }?;
    Ok(out.flush()?)
}
