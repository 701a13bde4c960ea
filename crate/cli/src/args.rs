//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use tilde_files::Crop;

/// The largest seed that a browser, too, can hold exactly: 2⁵³ − 1.
const LAST_SEED: u64 = (1 << 53) - 1;

/// Generative models, trained from a terminal.
#[derive(Parser)]
#[command(name = "tilde", version, arg_required_else_help = true)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// The exhibits and their settings
    List(List),
    /// Writes the files of a new exhibit, which trains and draws at once, into this repository
    New(New),
    /// Trains an exhibit and reports its figures
    Train(Train),
    /// Draws samples, from saved weights or an untrained model
    Sample(Sample),
    /// Trains an exhibit and draws one of its pictures, small, as the contents of the page show it
    View(View),
    /// Prints the compiled kernels of an exhibit, their sizes and their memory
    Plan(Plan),
    /// Trains an exhibit to the gates of its card; fails if it misses one
    Evaluate(Evaluate),
    /// Times the training steps that other libraries are compared on
    Bench(Bench),
}

/// Where to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// This machine's processor
    Cpu,
    /// Its GPU, through Vulkan, Metal or Direct3D 12
    Gpu,
}

/// A new exhibit.
#[derive(clap::Args)]
pub struct New {
    /// Its id: lower-case words joined by '-'
    pub id: String,
}

/// An exhibit with settings, on a device.
#[derive(clap::Args)]
pub struct Model {
    /// Id of the exhibit, as `tilde list` gives it
    pub id: String,
    /// Changes a setting; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub changes: Vec<(String, String)>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    pub backend: Backend,
    /// Data of your own.
    #[command(flatten)]
    pub reading: Reading,
    /// Goes on from saved weights, with their settings
    #[arg(long, value_name = "FILE.safetensors")]
    pub load: Option<PathBuf>,
}

/// Files of the user's own, and how they are read.
#[derive(clap::Args)]
pub struct Reading {
    /// Data of your own: IDX, NPY or NPZ (.gz too), a table of points, pictures or a folder of them, a text, a
    /// network; may be repeated, for pictures and for labels
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Columns of a table, by name or number: x, y, and the class
    #[arg(long, value_name = "X,Y", requires = "data")]
    pub columns: Option<String>,
    /// The array of an NPZ file
    #[arg(long, value_name = "NAME", requires = "data")]
    pub array: Option<String>,
    /// What is cut out of images
    #[arg(long, value_enum, requires = "data")]
    pub crop: Option<Cut>,
    /// Exchanges rows and columns of images, as EMNIST needs it
    #[arg(long, requires = "data")]
    pub transpose: bool,
    /// Exchanges bright and dark once more than it is done anyway
    #[arg(long, requires = "data")]
    pub invert: bool,
}

/// What is cut out of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cut {
    /// The square in the middle
    Middle,
    /// The square around the ink
    Ink,
}

impl From<Cut> for Crop {
    fn from(cut: Cut) -> Crop {
        match cut {
            Cut::Middle => Crop::Middle,
            Cut::Ink => Crop::Ink,
        }
    }
}

/// `tilde list`.
#[derive(clap::Args)]
pub struct List {
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

/// `tilde train`.
#[derive(clap::Args)]
pub struct Train {
    /// What to train.
    #[command(flatten)]
    pub model: Model,
    /// Steps to train [default: those of the exhibit's card]
    #[arg(long)]
    pub steps: Option<u32>,
    /// Where all randomness comes from [default: that of the loaded weights, or 1]
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LAST_SEED))]
    pub seed: Option<u64>,
    /// Writes the figures of the card as CSV while it trains
    #[arg(long, value_name = "FILE.csv")]
    pub metrics: Option<PathBuf>,
    /// Steps between two rows with all figures [default: a hundredth of them all]; losses have a row for each step
    #[arg(long, requires = "metrics", value_parser = clap::value_parser!(u32).range(1..))]
    pub every: Option<u32>,
    /// Computes the costly figures for every row too, not only for the last
    #[arg(long, requires = "metrics")]
    pub deep: bool,
    /// Draws samples of the trained model
    #[arg(long, value_name = "FILE.png")]
    pub samples: Option<PathBuf>,
    /// Saves the trained weights, with the state of the optimiser
    #[arg(long, value_name = "FILE.safetensors")]
    pub save: Option<PathBuf>,
    /// Saves the averaged weights alone, in two bytes each: what a page ships to begin from
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_average: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

/// `tilde sample`.
#[derive(clap::Args)]
pub struct Sample {
    /// What to sample from.
    #[command(flatten)]
    pub model: Model,
    /// How many
    #[arg(short, default_value_t = 64)]
    pub n: usize,
    /// Where the samples' randomness comes from
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=LAST_SEED))]
    pub seed: u64,
    /// Draws the samples
    #[arg(long, value_name = "FILE.png", visible_alias = "samples", required_unless_present = "json")]
    pub out: Option<PathBuf>,
    /// Prints the samples as JSON
    #[arg(long)]
    pub json: bool,
}

/// `tilde view`.
#[derive(clap::Args)]
pub struct View {
    /// What to train.
    #[command(flatten)]
    pub model: Model,
    /// The picture [default: the first one of the card]
    #[arg(long)]
    pub view: Option<String>,
    /// Steps to train [default: those of the exhibit's card]
    #[arg(long)]
    pub steps: Option<u32>,
    /// Where all randomness comes from [default: that of the loaded weights, or 1]
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LAST_SEED))]
    pub seed: Option<u64>,
    /// Where the drawing goes
    #[arg(long, value_name = "FILE.svg")]
    pub out: PathBuf,
}

/// `tilde plan`.
#[derive(clap::Args)]
pub struct Plan {
    /// Id of the exhibit, as `tilde list` gives it
    pub id: String,
    /// Changes a setting; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub changes: Vec<(String, String)>,
    /// Prints this entry alone
    #[arg(long)]
    pub entry: Option<String>,
    /// Prints every instruction of the kernels
    #[arg(long, conflicts_with = "wgsl")]
    pub full: bool,
    /// Prints the kernels as compute shaders
    #[arg(long)]
    pub wgsl: bool,
}

/// `tilde evaluate`.
#[derive(clap::Args)]
pub struct Evaluate {
    /// Id of the exhibit, `ID-sets` for the other sets that it ships, or `all`; `ddpm-images` takes a quarter of an hour a seed and is not in `all`
    pub id: String,
    /// How many seeds, from 1, every trial is repeated with: docs/gates.md has 40
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub seeds: u32,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    pub backend: Backend,
    /// Writes what was measured into the page of all gates, in place of the exhibit's former section
    #[arg(long, value_name = "FILE.md")]
    pub markdown: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

/// `tilde bench`.
#[derive(clap::Args)]
pub struct Bench {
    /// Id of the task [default: all of them]
    pub task: Option<String>,
    /// Steps to time [default: about a second's worth]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub steps: Option<u32>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    pub backend: Backend,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.into(), value.into())),
        _ => Err("write it as KEY=VALUE, for example batch=128".into()),
    }
}
