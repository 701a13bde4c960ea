//! Each call of the card is answered, and what the card does not have is an error with words.

use crate::opened::{figure, figures, open, small, sources, train};
use pollster::block_on;
use tilde_models::card::{Card, ViewKind};
use tilde_models::exhibit::{Layer, Payload};
use tilde_models::{Settings, Setup, exhibits};

pub fn steps_are_counted_and_figures_are_finite(card: &'static Card) {
    let mut run = open(Settings::new(card), 3);
    for step in [0.0, 2.0] {
        let all = figures(&mut run, false);
        assert_eq!((figure(&all, "step"), f64::from(run.step())), (step, step));
        train(&mut run, 2);
    }
    // What is not known yet is absent; in the end there is a loss.
    while !figure(&figures(&mut run, false), "loss").is_finite() {
        assert!(run.step() < 100, "there is no loss at step {}", run.step());
        train(&mut run, 2);
    }
    for id in block_on(run.losses(0)).expect("losses").names() {
        assert!(card.metrics.iter().any(|m| m.id == *id), "'{id}' is recorded, and not on the card");
    }
    let deep = figures(&mut run, true);
    for metric in card.metrics.iter().filter(|m| !m.sometimes) {
        assert!(deep.iter().any(|f| f.0 == metric.id), "there is no '{}'", metric.id);
    }
    for (id, _) in &deep {
        assert!(card.metric(id).is_some() || *id == "step", "'{id}' is not on the card");
    }
}

/// The data's shape must suit the layer's kind.
fn check_layer(view: &str, layer: &Layer) {
    let what = format!("view '{view}', layer '{}'", layer.id);
    assert_eq!(layer.data.len(), layer.shape.iter().product::<usize>(), "{what}");
    assert!(layer.data.iter().all(|x| x.is_finite()), "{what}: not finite");
    let fits = match layer.kind {
        ViewKind::Points | ViewKind::Curves | ViewKind::LogCurves => matches!(layer.shape[..], [_, 2]),
        ViewKind::Vectors | ViewKind::Lines => matches!(layer.shape[..], [_, 4]),
        ViewKind::Field | ViewKind::Text | ViewKind::Table => layer.shape.len() == 2,
        ViewKind::Images => layer.shape.len() == 3,
        ViewKind::Bars | ViewKind::Stack => layer.shape.len() == 1,
        ViewKind::Network => matches!(layer.shape[..], [_, 2 | 3]),
    };
    assert!(fits, "{what}: the shape {:?} does not suit it", layer.shape);
}

pub fn every_view_is_a_picture(card: &'static Card) {
    let mut run = open(Settings::new(card), 3);
    for _ in 0..2 {
        for view in card.views {
            let picture = block_on(run.view(view.id)).unwrap_or_else(|e| panic!("'{}': {e}", view.id));
            assert!(!picture.layers.is_empty(), "'{}' is empty", view.id);
            picture.layers.iter().for_each(|layer| check_layer(view.id, layer));
        }
        train(&mut run, 2);
    }
}

pub fn every_phase_steps(card: &'static Card) {
    let mut run = open(small(card), 3);
    for phase in card.phases {
        block_on(run.step_phase(phase)).unwrap_or_else(|e| panic!("'{phase}': {e}"));
    }
    figures(&mut run, false);
}

pub fn unknown_ids_are_errors(card: &'static Card) {
    let mut run = open(small(card), 3);
    let view = block_on(run.view("no such view")).expect_err("there is no such view");
    let phase = block_on(run.step_phase("no such phase")).expect_err("there is no such phase");
    let action = run.act("no such action", &Payload::default()).expect_err("there is no such action");
    let named = [
        (view, card.views.iter().map(|v| v.id).collect::<Vec<_>>()),
        (phase, card.phases.to_vec()),
        (action, card.actions.iter().map(|a| a.id).collect()),
    ];
    for (error, known) in named {
        assert_eq!(error.code(), "bad-data", "{error}");
        let words = error.to_string();
        assert!(words.contains("no such") && known.iter().all(|id| words.contains(id)), "{words}");
    }
    // What the code answers for is what the card names.
    for view in card.views {
        block_on(run.view(view.id)).unwrap_or_else(|e| panic!("'{}': {e}", view.id));
    }
}

pub fn the_registry_says_who_takes_tensors(card: &'static Card) {
    let registered = exhibits::registered().find(|e| e.card.id == card.id).expect("it is registered");
    let settings = small(card);
    let opened = exhibits::build(&Setup { settings: &settings, seed: 3, sources: &sources() });
    let opened = opened.unwrap_or_else(|e| panic!("it does not open: {e}"));
    assert_eq!(registered.tensors, !opened.program().entries().is_empty());
}

/// The experiments' settings are the card's.
pub fn experiments_can_be_run(card: &'static Card) {
    assert!((2..=4).contains(&card.experiments.len()), "two to four experiments");
    for experiment in card.experiments {
        let mut settings = Settings::new(card);
        for (id, value) in experiment.settings {
            settings.set_text(id, value).unwrap_or_else(|e| panic!("'{}': {e}", experiment.id));
        }
        let mut run = open(settings, 3);
        match experiment.phase {
            "" => block_on(run.train(1)),
            phase => block_on(run.step_phase(phase)),
        }
        .unwrap_or_else(|e| panic!("'{}': {e}", experiment.id));
    }
}
