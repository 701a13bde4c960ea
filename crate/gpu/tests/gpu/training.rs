//! Parity of training. At steps 1, 10 and 100 the CPU's state is loaded into the GPU, one step is
//! run on both, and what it changed is compared. Whole trajectories are chaotic and are not.

use crate::check::{block_on, context};
use tilde_cpu::Cpu;
use tilde_gpu::Gpu;
use tilde_graph::plan::Arena;
use tilde_graph::{Device, compile};
use tilde_models::exhibit::Sources;
use tilde_models::{Settings, drive, exhibits};

const SEED: u64 = 7;

fn digits() -> Option<(Vec<u8>, Vec<u8>)> {
    let read = |name: &str| std::fs::read(format!("../../www/data/digits8-{name}.idx")).expect("the digits");
    Some((read("images"), read("labels")))
}

fn parity(id: &str, changes: &[(&str, &str)]) {
    let Some(context) = context() else { return };
    let mut settings = Settings::new(exhibits::card(id).expect("an exhibit"));
    for (key, value) in changes {
        settings.set_text(key, value).expect("a setting");
    }
    let mut exhibit = exhibits::build(&settings, SEED, Sources { digits: digits(), ..Sources::default() })
        .expect("it builds");
    let plan = compile(exhibit.program());
    let mut cpu = Cpu::load(plan.clone()).expect("small");
    let mut gpu = block_on(Gpu::load(&context, plan.clone())).expect("small");
    for device in [&mut cpu as &mut dyn Device, &mut gpu] {
        drive::start(device, exhibit.program(), SEED);
        exhibit.start(device, SEED).expect("it starts");
    }
    let words = |arena: Arena| plan.words[arena as usize];
    let (floats, integers) = (words(Arena::State), words(Arena::StateU));
    let mut done = 0;
    for step in [1, 10, 100] {
        exhibit.train(&mut cpu, step - done).expect("it trains");
        done = step + 1;
        let before = block_on(cpu.read(Arena::State, 0, floats)).expect("read");
        let counters = block_on(cpu.read_u(Arena::StateU, 0, integers)).expect("read");
        gpu.write(Arena::State, 0, &before);
        gpu.write_u(Arena::StateU, 0, &counters);
        exhibit.train(&mut cpu, 1).expect("it trains");
        exhibit.train(&mut gpu, 1).expect("it trains");
        assert_eq!(
            block_on(cpu.read_u(Arena::StateU, 0, integers)),
            block_on(gpu.read_u(Arena::StateU, 0, integers)),
            "the counters after step {step}"
        );
        for (decl, var) in exhibit.program().vars().iter().zip(&plan.vars) {
            if var.loc.arena != Arena::State {
                continue;
            }
            let len = var.shape.len() as u32;
            let old = &before[var.loc.offset as usize..][..len as usize];
            let a = block_on(cpu.read(Arena::State, var.loc.offset, len)).expect("read");
            let b = block_on(gpu.read(Arena::State, var.loc.offset, len)).expect("read");
            compare(&format!("{id}, step {step}, {}", decl.name), old, &a, &b);
        }
    }
}

/// Changes must agree to 1 % of the largest one, for all but one element in a thousand: Adam turns
/// a gradient that is nothing but rounding into a whole step, and a draw within rounding of its
/// probability may fall on either side.
fn compare(what: &str, old: &[f32], a: &[f32], b: &[f32]) {
    let largest = old.iter().zip(a).fold(0.0f32, |m, (o, a)| m.max((a - o).abs()));
    let wrong = a.iter().zip(b).filter(|(a, b)| (*a - *b).abs() > 0.01 * largest + 1e-6 * a.abs()).count();
    assert!(wrong <= a.len() / 1000, "{what}: {wrong} of {} changes differ (largest {largest})", a.len());
    assert!(b.iter().all(|x| x.is_finite()), "{what} is finite");
}

#[test]
fn gan2d() {
    parity("gan2d", &[("hidden", "32"), ("batch", "64")]);
}

#[test]
fn vae() {
    parity("vae", &[("data", "digits8"), ("hidden", "48")]);
}

#[test]
fn ddpm() {
    parity("ddpm", &[("hidden", "32"), ("batch", "64")]);
    parity("ddpm", &[("data", "digits8"), ("hidden", "32"), ("batch", "32")]);
}

#[test]
fn rbm() {
    parity("rbm", &[("k", "3")]);
    parity("rbm", &[("algorithm", "pcd"), ("hidden", "33")]);
}

#[test]
fn denoising() {
    parity("denoising", &[("hidden", "32"), ("batch", "64")]);
    parity("denoising", &[("data", "digits8"), ("hidden", "32"), ("batch", "32")]);
}

#[test]
fn autoencoder() {
    parity("autoencoder", &[("hidden", "32"), ("batch", "32")]);
}

#[test]
fn energy() {
    parity("energy", &[("hidden", "32"), ("batch", "64")]);
}

#[test]
fn dbn() {
    parity("dbn", &[("first_steps", "50")]);
}

#[test]
fn dbm() {
    parity("dbm", &[("layer_steps", "30")]);
}

#[test]
fn ais() {
    parity("ais", &[]);
}

const SMALL_GPT: &[(&str, &str)] =
    &[("width", "32"), ("context", "16"), ("batch", "8"), ("characters", "20000")];

#[test]
fn gpt() {
    parity("gpt", SMALL_GPT);
}

/// The same weights write the same text, by the likeliest character each time.
#[test]
fn gpt_writes_the_same() {
    let Some(context) = context() else { return };
    let mut settings = Settings::new(exhibits::card("gpt").expect("an exhibit"));
    for (key, value) in [SMALL_GPT, &[("temperature", "0")]].concat() {
        settings.set_text(key, value).expect("a setting");
    }
    let open = |gpu: bool| {
        let exhibit = exhibits::build(&settings, SEED, Sources::default()).expect("it builds");
        let plan = compile(exhibit.program());
        let device: Box<dyn Device> = match gpu {
            true => Box::new(block_on(Gpu::load(&context, plan)).expect("small")),
            false => Box::new(Cpu::load(plan).expect("small")),
        };
        tilde_models::Run::start(exhibit, device, settings.clone(), SEED).expect("it starts")
    };
    let (mut cpu, mut gpu) = (open(false), open(true));
    block_on(cpu.train(100)).expect("it trains");
    gpu.import(&block_on(cpu.export()).expect("saved")).expect("it fits");
    let texts = [&mut cpu, &mut gpu].map(|run| block_on(run.sample(8, 1)).expect("texts"));
    assert!(texts[0].data.iter().all(|c| char::from_u32(*c as u32).is_some()));
    assert_eq!(texts[0], texts[1]);
}

/// Final statistics on the GPU: the exact likelihood rises as it does on the CPU.
#[test]
fn rbm_learns() {
    let Some(context) = context() else { return };
    let settings = Settings::new(exhibits::card("rbm").expect("an exhibit"));
    let exhibit = exhibits::build(&settings, SEED, Sources { digits: digits(), ..Sources::default() })
        .expect("it builds");
    let gpu = block_on(Gpu::load(&context, compile(exhibit.program()))).expect("small");
    let mut run = tilde_models::Run::start(exhibit, Box::new(gpu), settings, SEED).expect("it starts");
    block_on(run.train(400)).expect("it trains");
    let metrics = block_on(run.metrics(true)).expect("finite");
    let value = |id: &str| metrics.iter().find(|m| m.0 == id).map(|m| m.1).expect("a figure");
    assert_eq!(value("step"), 400.0);
    // Independent pixels reach −25.15, this machine −22 after so many steps on the CPU.
    assert!(value("test_log_likelihood") > -23.0, "{}", value("test_log_likelihood"));
}
