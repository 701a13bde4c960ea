//! The network against what must hold of it.

use super::*;
use crate::card::Value;
use crate::{Driver, Model as _, Run};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::{Device, compile};

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

fn load(program: &Program) -> Result<Box<dyn Device>, Error> {
    Ok(Box::new(Cpu::load(compile(program))?))
}

/// A trained exhibit on the CPU.
fn trained(changes: &[(&str, &str)], steps: u32) -> (Gpt, Driver) {
    let settings = settings(&[SMALL, changes].concat());
    let mut gpt = Gpt::new(&Setup { settings: &settings, seed: 1, sources: &Sources::default() }).unwrap();
    let device = Driver::new(load(&gpt.model.program).unwrap());
    device.start(&gpt.model.program, 1);
    device.knobs(&gpt.model.program, &settings);
    let live = Live { device: &device, settings: &settings, seed: 1, step: 0, generation: 1 };
    gpt.start(&live).unwrap();
    gpt.train(&live, steps).unwrap();
    (gpt, device)
}

/// p(next) after every character of a text, `[T, V]`.
fn next(gpt: &Gpt, device: &Driver, text: &[u32]) -> Vec<f32> {
    block_on(gpt.model.predict(device, text, "next")).unwrap()
}

#[test]
fn no_character_sees_what_comes_after_it() {
    let (gpt, device) = trained(&[], 30);
    let v = gpt.corpus.alphabet.len();
    let mut text = gpt.corpus.test[..16].to_vec();
    let before = next(&gpt, &device, &text);
    for at in [15, 8, 1] {
        text[at] = (text[at] + 1) % v as u32;
        let after = next(&gpt, &device, &text);
        // What comes before the change is the same, bit for bit; what comes after it is not.
        assert_eq!(before[..at * v], after[..at * v], "{at}");
        assert_ne!(before[at * v..], after[at * v..], "{at}");
    }
}

/// Greedy texts, written one character at a time from the cache, against the whole forward pass
/// over the same characters.
#[test]
fn the_cache_gives_what_reading_anew_gives() {
    let (gpt, device) = trained(&[("temperature", "0")], 60);
    let (v, t) = (gpt.corpus.alphabet.len(), 16);
    for n in [t, t + 5, 3 * t] {
        let texts = block_on(gpt.texts(&device, n, 1).unwrap()).unwrap();
        let mut text = vec![0];
        text.extend(&texts[..n]);
        // The characters of the last one's context: since the cache was last made anew.
        let begin = if n <= t { 0 } else { (n - t).div_ceil(t / 2) * (t / 2) };
        let context = &text[begin..n];
        let mut padded = context.to_vec();
        padded.resize(t, 0);
        let p = next(&gpt, &device, &padded);
        let row = &p[(context.len() - 1) * v..][..v];
        let best = (0..v).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
        assert_eq!(best as u32, text[n], "{n}");
    }
    // A hot text is another one; the same seed gives the same.
    device.knobs(&gpt.model.program, &settings(&[SMALL, &[("temperature", "1.5")]].concat()));
    let [a, b, c] = [1, 1, 2].map(|seed| block_on(gpt.texts(&device, 40, seed).unwrap()).unwrap());
    assert_eq!(a, b);
    assert_ne!(a, c);
}

fn run(changes: &[(&str, &str)], sources: Sources, seed: u64) -> Run {
    block_on(Run::open(settings(changes), seed, sources, async |program: &Program| load(program))).unwrap()
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
        run.act("sentence", &payload).map(|()| block_on(run.view("heads")).unwrap().layers[0].shape[1])
    };
    // A line break is put before it.
    assert_eq!(say("the cat"), Ok(8));
    assert_eq!(say(&"the cat sleeps. ".repeat(20)), Ok(16));
    assert!(say("").unwrap_err().to_string().starts_with("'sentence' takes"));
    let message = say("the Cat").unwrap_err().to_string();
    assert!(message.starts_with("The model has never seen 'C'. It knows:  .abc"), "{message}");
}

#[test]
fn the_shortest_text_is_learned_with_every_context() {
    let own = include_str!("../../../../tests/cases/thousand.txt");
    let sources = Sources { user: Some(UserData::Text(own.into())), ..Sources::default() };
    for context in ["2", "64", "99", "100", "127", "128"] {
        let changes = [SMALL, &[("context", context)]].concat();
        let mut run = run(&changes, sources.clone(), 1);
        for figures in
            [block_on(run.metrics(true)), block_on(run.train(2)).and_then(|_| block_on(run.evaluate()))]
        {
            let figures = figures.expect("finite figures");
            assert!(figures.iter().any(|f| f.0 == "context_1"), "{figures:?}");
            assert!(figures.iter().all(|f| f.1.is_finite()), "{context}: {figures:?}");
        }
    }
}

/// Weights mean what they meant, whatever characters the text before them has.
#[test]
fn weights_keep_their_alphabet() {
    let learned = "ab ba bab. ".repeat(200);
    let other = "xabx ba? ".repeat(300);
    let with = |text: &str, alphabet: Option<&str>| Sources {
        user: Some(UserData::Text(text.into())),
        alphabet: alphabet.map(String::from),
        ..Sources::default()
    };
    let mut first = run(SMALL, with(&learned, None), 1);
    block_on(first.train(5)).unwrap();
    let state = block_on(first.export()).unwrap();
    let alphabet = first.alphabet().unwrap();

    let mut second = run(SMALL, with(&other, Some(&alphabet)), 1);
    second.import(&state).unwrap();
    assert_eq!(second.alphabet(), Some(alphabet.clone()));
    // What is left of it is the same text as one without the others.
    let mut third = run(SMALL, with(&other.replace(['x', '?'], ""), Some(&alphabet)), 1);
    third.import(&state).unwrap();
    assert_eq!(block_on(second.metrics(true)).unwrap(), block_on(third.metrics(true)).unwrap());
    let say = Payload { text: "x".into(), ..Payload::default() };
    assert!(
        second.act("sentence", &say).unwrap_err().to_string().starts_with("The model has never seen 'x'.")
    );

    let few = Gpt::new(&Setup { settings: &settings(SMALL), seed: 1, sources: &with(&other, Some("xy")) });
    let message = few.err().map(|e| e.to_string()).unwrap_or_default();
    assert_eq!(
        message,
        "The text has 600 characters that these weights know; from 1,000 to 1,200,000 can be learned from."
    );
}

#[test]
fn texts_that_cannot_be_learned_are_refused() {
    let refusal = |changes: &[(&str, &str)], sources: Sources| {
        let settings = settings(&[SMALL, changes].concat());
        let built = Gpt::new(&Setup { settings: &settings, seed: 1, sources: &sources });
        built.err().map(|e| e.to_string()).unwrap_or_default()
    };
    let given = |user: UserData| Sources { user: Some(user), ..Sources::default() };
    let build = |text: String| refusal(&[], given(UserData::Text(text)));
    assert_eq!(
        build("short".into()),
        "The text has 5 characters; from 1,000 to 1,200,000 can be learned from."
    );
    let many: String = ('\u{4e00}'..'\u{5200}').collect();
    assert!(build(many).starts_with("The text has 1,024 different characters; up to 256 can be learned."));
    assert_eq!(refusal(&[], given(UserData::Points(vec![0.0; 2]))), "'gpt' learns text only.");
    let lessons = refusal(&[("data", "lessons")], Sources::default());
    assert_eq!(lessons, "'gpt' with data 'lessons' needs the lessons' text.");
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
