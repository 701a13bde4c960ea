//! Losses of models that know them on the host.

use super::*;
use pollster::block_on;

fn opened(id: &str) -> Run {
    open_with(Settings::new(exhibits::card(id).expect("an exhibit")))
}

fn open_with(settings: Settings) -> Run {
    let none = async |_: &Program| panic!("there is no program to load");
    block_on(Run::open(settings, 3, Sources::default(), none)).expect("it opens")
}

fn train(run: &mut Run, n: u32) {
    block_on(run.train(n)).expect("it trains");
}

fn losses(run: &mut Run, since: u32) -> History {
    block_on(run.losses(since)).expect("losses")
}

/// What the curve says of the last step, by the names of the figures.
fn last(history: &History) -> Vec<(&'static str, f32)> {
    let names = history.names();
    let row = &history.values()[history.values().len() - names.len()..];
    names.iter().copied().zip(row.iter().copied()).collect()
}

#[test]
fn a_curve_has_a_point_for_every_step_and_ends_at_the_figures() {
    for id in ["elbo", "mixture", "crossover", "boundary", "bayes-net"] {
        let mut run = opened(id);
        assert!(losses(&mut run, 0).steps().is_empty());
        train(&mut run, 7);
        train(&mut run, 5);
        let history = losses(&mut run, 0);
        assert_eq!(history.steps(), (1..=12).collect::<Vec<u32>>(), "{id}");
        let figures = block_on(run.metrics(true)).expect("figures");
        for (name, value) in last(&history) {
            let known = figures.iter().find(|f| f.0 == name).map_or(f64::NAN, |f| f.1) as f32;
            assert_eq!(value.to_bits(), known.to_bits(), "{id} {name}: {value}, not {known}");
        }
        assert!(losses(&mut run, 9).steps() == [10, 11, 12]);
    }
}

#[test]
fn a_new_count_is_a_new_curve() {
    let mut run = opened("bayes-net");
    train(&mut run, 5);
    let payload = Payload { text: "observe Rain no".into(), ..Payload::default() };
    run.act("edit", &payload).expect("an edit");
    assert_eq!((run.step(), losses(&mut run, 0).steps().len()), (0, 0));
    train(&mut run, 3);
    assert_eq!(losses(&mut run, 0).steps(), [1, 2, 3]);
    // A loaded run has the curve of what it does from there.
    let saved = block_on(run.export()).expect("a checkpoint");
    run.import(&saved).expect("it loads");
    train(&mut run, 2);
    assert_eq!(losses(&mut run, 0).steps(), [4, 5]);
}

#[test]
fn a_phase_that_ends_an_iteration_is_a_step() {
    let mut run = opened("mixture");
    for (phase, steps) in [("e", 0), ("m", 1), ("e", 1), ("m", 2)] {
        block_on(run.step_phase(phase)).expect("a phase");
        assert_eq!((run.step(), losses(&mut run, 0).steps().len()), (steps, steps as usize));
    }
}

/// What a checkpoint brought is the data, after a reset too.
#[test]
fn loaded_data_outlive_a_reset() {
    let points = |points: &[f32]| Payload { points: points.to_vec(), ..Payload::default() };
    let text = |text: &str| Payload { text: text.into(), ..Payload::default() };
    let strokes = [("zeros", points(&[1.0, 0.5])), ("ones", points(&[-1.0, 0.5, -2.0, 0.25]))];
    let edits = ["row Rain 0 0.25 0.75", "do Sprinkler no", "select Rain"].map(|line| ("edit", text(line)));
    let cases = [
        ("mixture", "method", "em", "plane", &[("brush", points(&[0.5, 1.0, -0.5, 0.0, 0.25, 0.75]))][..]),
        // A model that cannot be sampled shows the data instead.
        ("boundary", "model", "logistic", "samples", &strokes),
        ("bayes-net", "batch", "5", "table", &edits),
        ("bayes-net", "batch", "5", "network", &edits),
    ];
    for (id, setting, value, view, inputs) in cases {
        let mut settings = Settings::new(exhibits::card(id).expect("an exhibit"));
        settings.set_text(setting, value).expect("a setting");
        let mut one = open_with(settings);
        inputs.iter().for_each(|(action, payload)| one.act(action, payload).expect("an input"));
        train(&mut one, 2);
        let saved = block_on(one.export()).expect("a checkpoint");
        let mut other = open_with(one.settings().clone());
        other.import(&saved).expect("it loads");
        let [known, got] = [&mut one, &mut other].map(|run| {
            run.reset(4).expect("a reset");
            block_on(run.view(view)).expect("a picture")
        });
        assert!(got == known, "{id}: '{view}' differs");
    }
}
