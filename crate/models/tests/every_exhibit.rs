//! What every exhibit must do, whatever it is about: answer each call, be a function of its seed, go
//! on from what it saved, and refuse nonsense with words.

use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_models::card::{ActionKind, Card, SettingKind, Value, ViewKind};
use tilde_models::exhibit::{Layer, Payload, Sources};
use tilde_models::{Run, Saved, SavedValues, Settings, exhibits};

fn sources() -> Sources {
    let data = |name: &str| std::fs::read(format!("../../www/data/{name}")).expect("shipped data");
    Sources {
        user: None,
        digits: Some((data("digits8-images.idx"), data("digits8-labels.idx"))),
        lessons: Some(String::from_utf8(data("lessons.txt")).expect("a text")),
    }
}

fn open(settings: Settings, seed: u64) -> Run {
    let id = settings.card().id;
    let exhibit = exhibits::build(&settings, seed, sources()).unwrap_or_else(|e| panic!("{id}: {e}"));
    let device = Cpu::load(tilde_graph::compile(exhibit.program())).unwrap_or_else(|e| panic!("{id}: {e}"));
    Run::start(exhibit, Box::new(device), settings, seed).unwrap_or_else(|e| panic!("{id}: {e}"))
}

/// For every exhibit.
fn each(check: impl Fn(&'static Card)) {
    exhibits::cards().for_each(check);
}

#[test]
fn the_registry_says_who_takes_tensors() {
    for exhibit in exhibits::EXHIBITS {
        let id = exhibit.card.id;
        let opened = exhibits::build(&Settings::new(exhibit.card), 3, sources());
        let opened = opened.unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(exhibit.tensors, !opened.program().entries().is_empty(), "{id}");
    }
}

fn figures(run: &mut Run) -> Vec<(&'static str, f64)> {
    let id = run.settings().card().id;
    block_on(run.metrics(false)).unwrap_or_else(|e| panic!("{id}: {e}"))
}

fn figure(all: &[(&'static str, f64)], id: &str) -> f64 {
    all.iter().find(|f| f.0 == id).map_or(f64::NAN, |f| f.1)
}

#[test]
fn steps_are_counted_and_figures_are_finite() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        for step in [0.0, 2.0] {
            let all = figures(&mut run);
            assert_eq!(figure(&all, "step"), step, "{}", card.id);
            assert!(figure(&all, "loss").is_finite(), "{} has no loss at step {step}", card.id);
            block_on(run.train(2)).expect("it trains");
        }
        let deep = block_on(run.metrics(true)).unwrap_or_else(|e| panic!("{}: {e}", card.id));
        for metric in card.metrics.iter().filter(|m| !m.sometimes) {
            assert!(deep.iter().any(|f| f.0 == metric.id), "{} reports no '{}'", card.id, metric.id);
        }
    });
}

#[test]
fn a_run_follows_from_its_seed() {
    each(|card| {
        let train = |seed| {
            let mut run = open(Settings::new(card), seed);
            block_on(run.train(3)).expect("it trains");
            let state: Vec<SavedValues> =
                block_on(run.export()).expect("it saves").into_iter().map(|s| s.values).collect();
            (figures(&mut run), state)
        };
        assert_eq!(train(3), train(3), "{}", card.id);
    });
}

#[test]
fn a_saved_run_goes_on_as_it_would_have() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        block_on(run.train(2)).expect("it trains");
        let saved = block_on(run.export()).expect("it saves");
        assert!(!saved.is_empty(), "{} saves nothing", card.id);
        block_on(run.train(2)).expect("it trains");
        let known = (figures(&mut run), block_on(run.export()).expect("it saves"));
        let mut other = open(Settings::new(card), 3);
        other.import(&saved).unwrap_or_else(|e| panic!("{}: {e}", card.id));
        block_on(other.train(2)).expect("it trains");
        let went_on = (figures(&mut other), block_on(other.export()).expect("it saves"));
        assert_eq!(known.0, went_on.0, "{}", card.id);
        assert!(known.1 == went_on.1, "{}: the state differs", card.id);

        // A file with a part missing is refused, and nothing has changed.
        for missing in 0..saved.len() {
            let mut part = saved.clone();
            part.remove(missing);
            let error = other.import(&part).expect_err("a part is missing");
            assert_eq!(error.code(), "bad-file", "{}", card.id);
        }
        assert!(block_on(other.export()).expect("it saves") == went_on.1, "{}: half loaded", card.id);
    });
}

/// A file of anybody's: it is refused with words, or what it holds is gone on from. Never a panic, and
/// never a loop without end.
#[test]
fn files_may_hold_any_numbers() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        block_on(run.train(2)).expect("it trains");
        let saved = block_on(run.export()).expect("it saves");
        for (at, part) in saved.iter().enumerate() {
            let all: Vec<SavedValues> = match &part.values {
                SavedValues::F64(v) => [0.0, -1e18, 1e300].map(|x| SavedValues::F64(vec![x; v.len()])).into(),
                SavedValues::U32(v) => [0, 3_000_000_000].map(|x| SavedValues::U32(vec![x; v.len()])).into(),
                // Weights: what comes of them is numbers.
                SavedValues::F32(_) => continue,
            };
            for values in all {
                let mut changed = saved.clone();
                changed[at].values = values;
                if let Err(error) = run.import(&changed) {
                    assert_eq!(error.code(), "bad-file", "{}, '{}': {error}", card.id, part.name);
                    continue;
                }
                // Numbers that are not finite are reported as such.
                let _ = block_on(run.train(1));
                let _ = block_on(run.metrics(true));
                for view in card.views {
                    let _ = block_on(run.view(view.id));
                }
                run.import(&saved).unwrap_or_else(|e| panic!("{}, '{}': {e}", card.id, part.name));
            }
        }
    });
}

/// What training goes on from: all but the counts of entries, some of which only sample, and the chains
/// that samples are drawn with.
fn state(run: &mut Run) -> Vec<Saved> {
    let mut all = block_on(run.export()).expect("it saves");
    all.retain(|s| !["invocations.", "sample"].iter().any(|scratch| s.name.starts_with(scratch)));
    all
}

#[test]
fn samples_move_nothing() {
    each(|card| {
        let [mut run, mut undisturbed] = [(); 2].map(|()| open(Settings::new(card), 3));
        block_on(run.train(2)).expect("it trains");
        block_on(undisturbed.train(2)).expect("it trains");
        let samples = block_on(run.sample(5, 11)).unwrap_or_else(|e| panic!("{}: {e}", card.id));
        assert_eq!(samples.shape[0], 5, "{}", card.id);
        assert_eq!(samples.data.len(), samples.shape.iter().product::<usize>(), "{}", card.id);
        assert!(samples.data.iter().all(|x| x.is_finite()), "{}", card.id);
        let again = block_on(run.sample(5, 11)).expect("as before");
        assert_eq!(samples, again, "{}", card.id);
        let other = block_on(run.sample(5, 12)).expect("as before");
        assert_ne!(samples.data, other.data, "{}: another seed, the same samples", card.id);
        assert!(state(&mut run) == state(&mut undisturbed), "{}: sampling moved it", card.id);
        block_on(run.train(2)).expect("it trains");
        block_on(undisturbed.train(2)).expect("it trains");
        assert!(state(&mut run) == state(&mut undisturbed), "{}: it went on otherwise", card.id);
    });
}

/// The data's shape must suit the layer's kind.
fn check_layer(card: &Card, view: &str, layer: &Layer) {
    let what = format!("{}, view '{view}', layer '{}'", card.id, layer.id);
    assert_eq!(layer.data.len(), layer.shape.iter().product::<usize>(), "{what}");
    assert!(layer.data.iter().all(|x| x.is_finite()), "{what}: not finite");
    let fits = match layer.kind {
        ViewKind::Points | ViewKind::Curves | ViewKind::LogCurves => matches!(layer.shape[..], [_, 2]),
        ViewKind::Vectors | ViewKind::Lines => matches!(layer.shape[..], [_, 4]),
        ViewKind::Field | ViewKind::Text => layer.shape.len() == 2,
        ViewKind::Images => layer.shape.len() == 3,
        ViewKind::Bars | ViewKind::Stack => layer.shape.len() == 1,
        ViewKind::Network => matches!(layer.shape[..], [_, 2 | 3]),
        ViewKind::Table => layer.shape.len() == 2,
    };
    assert!(fits, "{what}: the shape {:?} does not suit it", layer.shape);
}

#[test]
fn every_view_is_a_picture() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        for _ in 0..2 {
            for view in card.views {
                let picture = block_on(run.view(view.id)).unwrap_or_else(|e| panic!("{}: {e}", card.id));
                assert!(!picture.layers.is_empty(), "{}: '{}' is empty", card.id, view.id);
                picture.layers.iter().for_each(|layer| check_layer(card, view.id, layer));
            }
            block_on(run.train(2)).expect("it trains");
        }
    });
}

/// Whatever is sent, the answer is a picture or an error with words, never a panic.
#[test]
fn actions_take_anything() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        for action in card.actions {
            let mut payloads = vec![
                Payload::default(),
                Payload { picks: vec![usize::MAX, 0], ..Payload::default() },
                Payload { points: vec![1e30, -1e30, 0.5], ..Payload::default() },
                Payload { at: Some([-5.0, 7.0]), ..Payload::default() },
                Payload { text: "\u{1F63A} ~ \0 \"".repeat(50), ..Payload::default() },
            ];
            if action.kind == ActionKind::Drag {
                payloads.push(Payload { at: Some([0.5, 0.5]), ..Payload::default() });
            }
            for payload in payloads {
                if let Err(error) = block_on(run.act(action.id, payload)) {
                    assert!(error.to_string().len() > 10, "{}: '{error}'", card.id);
                }
            }
            block_on(run.train(1)).unwrap_or_else(|e| panic!("{} after '{}': {e}", card.id, action.id));
            figures(&mut run);
            for view in card.views {
                block_on(run.view(view.id))
                    .unwrap_or_else(|e| panic!("{} after '{}': {e}", card.id, action.id));
            }
        }
    });
}

#[test]
fn every_phase_steps() {
    each(|card| {
        let mut run = open(Settings::new(card), 3);
        for phase in card.phases {
            block_on(run.step(phase)).unwrap_or_else(|e| panic!("{} '{phase}': {e}", card.id));
        }
        figures(&mut run);
        assert_eq!(block_on(run.step("no such phase")).expect_err("no such phase").code(), "bad-data");
    });
}

/// Each setting at its ends and each choice: it opens or says why not, and what opens trains.
#[test]
fn every_setting_at_its_ends() {
    each(|card| {
        for setting in card.settings {
            let values: Vec<Value> = match setting.kind {
                // The largest sizes are slow here, and are refused by their own limits.
                SettingKind::Int { min, .. } => vec![Value::Number(min as f64)],
                SettingKind::Float { min, max, .. } => vec![Value::Number(min), Value::Number(max)],
                SettingKind::Choice(ids) => (0..ids.len()).map(Value::Choice).collect(),
                SettingKind::Flag(on) => vec![Value::Flag(!on)],
            };
            for value in values {
                let mut settings = Settings::new(card);
                settings.set(setting.id, value).expect("it is in range");
                let what = format!("{} with {} = {value:?}", card.id, setting.id);
                let exhibit = match exhibits::build(&settings, 3, sources()) {
                    Ok(exhibit) => exhibit,
                    Err(error) => {
                        assert!(["bad-setting", "bad-data"].contains(&error.code()), "{what}: {error}");
                        continue;
                    }
                };
                let device = Cpu::load(tilde_graph::compile(exhibit.program())).expect("it loads");
                let mut run = Run::start(exhibit, Box::new(device), settings, 3)
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                block_on(run.train(1)).unwrap_or_else(|e| panic!("{what}: {e}"));
                for view in card.views.iter().filter(|v| v.main) {
                    block_on(run.view(view.id)).unwrap_or_else(|e| panic!("{what}: {e}"));
                }
                if setting.live {
                    let mut run = open(Settings::new(card), 3);
                    run.set(setting.id, value).unwrap_or_else(|e| panic!("{what}, live: {e}"));
                    block_on(run.train(1)).unwrap_or_else(|e| panic!("{what}, live: {e}"));
                }
            }
        }
    });
}

/// The experiments' settings are the card's.
#[test]
fn experiments_can_be_run() {
    each(|card| {
        assert!((2..=4).contains(&card.experiments.len()), "{}: two to four experiments", card.id);
        for experiment in card.experiments {
            let mut settings = Settings::new(card);
            for (id, value) in experiment.settings {
                settings.set_text(id, value).unwrap_or_else(|e| panic!("{}: {e}", card.id));
            }
            let mut run = open(settings, 3);
            match experiment.phase {
                "" => block_on(run.train(1)),
                phase => block_on(run.step(phase)),
            }
            .unwrap_or_else(|e| panic!("{}, '{}': {e}", card.id, experiment.id));
        }
    });
}
