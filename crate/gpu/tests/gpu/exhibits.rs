//! Single exhibits on the adapter. The test `exhibits` compares the training of all of them.

use crate::check::{block_on, context};
use crate::shipped::{open, small};
use tilde_models::{Settings, exhibits};

/// The same weights write the same text, by the likeliest character each time.
#[test]
fn gpt_writes_the_same() {
    let Some(context) = context() else { return };
    let mut settings = small(exhibits::card("gpt").expect("an exhibit"));
    settings.set_text("temperature", "0").expect("a setting");
    let [mut cpu, mut gpu] = [None, Some(&context)].map(|on| open(&settings, on).expect("it opens"));
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
    let mut settings = Settings::new(exhibits::card("rbm").expect("an exhibit"));
    // Few enough hidden units for the exact likelihood.
    for (id, value) in [("hidden", "16"), ("algorithm", "cd"), ("k", "1")] {
        settings.set_text(id, value).expect("it is in range");
    }
    let mut run = open(&settings, Some(&context)).expect("it opens");
    block_on(run.train(400)).expect("it trains");
    let metrics = block_on(run.metrics(true)).expect("finite");
    let value = |id: &str| metrics.iter().find(|m| m.0 == id).map(|m| m.1).expect("a figure");
    assert_eq!(value("step"), 400.0);
    // Independent pixels reach −25.15, this machine −22 after so many steps on the CPU.
    assert!(value("test_log_likelihood") > -23.0, "{}", value("test_log_likelihood"));
}
