//! The network against what must hold of it.

use super::*;
use crate::Run;
use crate::card::Value;
use crate::settings::Settings;
use alloc::string::String;
use alloc::vec;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::compile;

fn settings(changes: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::new(&CARD);
    for (id, value) in changes {
        settings.set_text(id, value).unwrap();
    }
    settings
}

/// Small, so that tests are quick.
const SMALL: &[(&str, &str)] =
    &[("width", "32"), ("context", "16"), ("characters", "20000"), ("heads", "2"), ("batch", "8")];

/// A trained exhibit on the CPU.
fn trained(changes: &[(&str, &str)], steps: u32) -> (Gpt, Cpu) {
    let settings = settings(&[SMALL, changes].concat());
    let mut gpt = Gpt::new(&settings, 1, Sources::default()).unwrap();
    let mut device = Cpu::load(compile(gpt.program())).unwrap();
    drive::start(&mut device, gpt.program(), 1);
    gpt.start(&mut device, 1).unwrap();
    gpt.train(&mut device, steps).unwrap();
    (gpt, device)
}

/// p(next) after every character of a text, `[T, V]`.
fn next(gpt: &Gpt, device: &mut Cpu, text: &[u32]) -> Vec<f32> {
    let text: Vec<f32> = text.iter().map(|&s| s as f32).collect();
    drive::write(device, gpt.model.sentence, &text);
    drive::run(device, gpt.model.look).unwrap();
    block_on(drive::output(device, gpt.model.look, "next")).unwrap()
}

#[test]
fn no_character_sees_what_comes_after_it() {
    let (gpt, mut device) = trained(&[], 30);
    let v = gpt.corpus.alphabet.len();
    let mut text = gpt.corpus.test[..16].to_vec();
    let before = next(&gpt, &mut device, &text);
    for at in [15, 8, 1] {
        text[at] = (text[at] + 1) % v as u32;
        let after = next(&gpt, &mut device, &text);
        // What comes before the change is the same, bit for bit; what comes after it is not.
        assert_eq!(before[..at * v], after[..at * v], "{at}");
        assert_ne!(before[at * v..], after[at * v..], "{at}");
    }
}

/// Greedy texts, written one character at a time from the cache, against the whole forward pass
/// over the same characters.
#[test]
fn the_cache_gives_what_reading_anew_gives() {
    let (mut gpt, mut device) = trained(&[("temperature", "0")], 60);
    let (v, t) = (gpt.corpus.alphabet.len(), 16);
    for n in [t, t + 5, 3 * t] {
        let texts = block_on(gpt.texts(&mut device, n, 1)).unwrap();
        let mut text = vec![0];
        text.extend(&texts[..n]);
        // The characters of the last one's context: since the cache was last made anew.
        let begin = if n <= t { 0 } else { (n - t).div_ceil(t / 2) * (t / 2) };
        let context = &text[begin..n];
        let mut padded = context.to_vec();
        padded.resize(t, 0);
        let p = next(&gpt, &mut device, &padded);
        let row = &p[(context.len() - 1) * v..][..v];
        let best = (0..v).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
        assert_eq!(best as u32, text[n], "{n}");
    }
    // A hot text is another one; the same seed gives the same.
    let hot = settings(&[SMALL, &[("temperature", "1.5")]].concat());
    gpt.set(&mut device, &hot, "temperature").unwrap();
    let draw = |gpt: &Gpt, device: &mut Cpu, seed| block_on(gpt.texts(device, 40, seed)).unwrap();
    let [a, b, c] = [1, 1, 2].map(|seed| draw(&gpt, &mut device, seed));
    assert_eq!(a, b);
    assert_ne!(a, c);
}

fn run(changes: &[(&str, &str)], sources: Sources, seed: u64) -> Run {
    let settings = settings(changes);
    let gpt = Gpt::new(&settings, seed, sources).unwrap();
    let device = Cpu::load(compile(gpt.program())).unwrap();
    Run::start(Box::new(gpt), Box::new(device), settings, seed).unwrap()
}

/// What a checkpoint holds, but for how often each entry ran.
fn weights(run: &mut Run) -> Vec<crate::Saved> {
    let all = block_on(run.export()).unwrap();
    all.into_iter().filter(|s| !s.name.starts_with("invocations")).collect()
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let figures = |seed| {
        let mut run = run(SMALL, Sources::default(), seed);
        block_on(run.train(20)).unwrap();
        let samples = block_on(run.sample(3, 5)).unwrap();
        // Sampling and measuring change nothing.
        block_on(run.metrics(true)).unwrap();
        block_on(run.view("samples")).unwrap();
        block_on(run.train(5)).unwrap();
        (block_on(run.metrics(true)).unwrap(), samples, weights(&mut run))
    };
    let (a, b) = (figures(3), figures(3));
    assert!(a == b);
    let mut plain = run(SMALL, Sources::default(), 3);
    block_on(plain.train(25)).unwrap();
    assert!(weights(&mut plain) == a.2);
    assert!(figures(4).0 != a.0);
}

#[test]
fn every_picture_can_be_made_for_every_text() {
    let own: String = "It was the best of times, it was the worst of times.\n".repeat(40);
    let own = Sources { user: Some(UserData::Text(own)), ..Sources::default() };
    for (data, sources) in [("grammar", Sources::default()), ("chain", Sources::default()), ("grammar", own)]
    {
        for context in ["2", "16"] {
            let mut run = run(&[SMALL, &[("data", data), ("context", context)]].concat(), sources.clone(), 1);
            block_on(run.train(3)).unwrap();
            for view in CARD.views {
                let picture = block_on(run.view(view.id)).unwrap();
                for layer in &picture.layers {
                    assert_eq!(layer.data.len(), layer.shape.iter().product::<usize>(), "{}", view.id);
                    assert!(layer.data.iter().all(|x| x.is_finite()), "{}", view.id);
                    assert!(layer.labels.is_empty() || layer.labels.len() == layer.data.len());
                }
            }
            let mut next = block_on(run.view("next")).unwrap();
            next.layers.pop();
            assert!(next.layers.iter().all(|l| (l.data.iter().sum::<f32>() - 1.0).abs() < 1e-4));
            let figures = block_on(run.metrics(true)).unwrap();
            assert!(figures.iter().all(|f| f.1.is_finite()), "{figures:?}");
        }
    }
}

#[test]
fn a_sentence_is_looked_at_as_far_as_it_is_known() {
    let mut run = run(SMALL, Sources::default(), 1);
    let mut say = |text: &str| {
        let payload = Payload { text: text.to_string(), ..Payload::default() };
        block_on(run.act("sentence", payload))
            .map(|()| block_on(run.view("heads")).unwrap().layers[0].shape[1])
    };
    // A line break is put before it.
    assert_eq!(say("the cat"), Ok(8));
    assert_eq!(say(&"the cat sleeps. ".repeat(20)), Ok(16));
    assert!(say("").unwrap_err().to_string().starts_with("'sentence' takes"));
    let message = say("the Cat").unwrap_err().to_string();
    assert!(message.starts_with("The model has never seen 'C'. It knows:  .abc"), "{message}");
}

#[test]
fn texts_that_cannot_be_learned_are_refused() {
    let build = |text: String| {
        let sources = Sources { user: Some(UserData::Text(text)), ..Sources::default() };
        Gpt::new(&settings(SMALL), 1, sources).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert_eq!(
        build("short".into()),
        "The text has 5 characters; from 1,000 to 1,200,000 can be learned from."
    );
    let many: String = ('\u{4e00}'..'\u{5200}').collect();
    assert!(build(many).starts_with("The text has 1,024 different characters; up to 256 can be learned."));
    let points = Sources { user: Some(UserData::Points(vec![0.0; 2])), ..Sources::default() };
    assert!(Gpt::new(&settings(SMALL), 1, points).is_err());
    assert!(Gpt::new(&settings(&[("data", "lessons")]), 1, Sources::default()).is_err());
}

/// A step of every size the card allows that builds.
#[test]
fn every_shape_trains() {
    for changes in [
        &[("heads", "8"), ("width", "17")][..],
        &[("heads", "3"), ("width", "100"), ("layers", "1"), ("context", "33")],
        &[("context", "2"), ("batch", "1"), ("layers", "4"), ("dropout", "0.5")],
    ] {
        let mut run = run(&[SMALL, changes].concat(), Sources::default(), 1);
        block_on(run.train(2)).unwrap();
        assert!(block_on(run.metrics(true)).unwrap().iter().all(|f| f.1.is_finite()));
        assert_eq!(block_on(run.sample(2, 1)).unwrap().shape, [2, 256]);
        run.set("top_k", Value::Number(1.0)).unwrap();
        assert!(block_on(run.view("samples")).is_ok());
    }
}
