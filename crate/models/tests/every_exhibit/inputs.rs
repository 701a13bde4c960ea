//! Whatever is sent, the answer is a picture or an error with words, never a panic.

use crate::opened::{figures, look, open, small, train};
use pollster::block_on;
use tilde_models::card::{ActionKind, Card, SettingKind};
use tilde_models::exhibit::Payload;
use tilde_models::inputs::Inputs;

pub fn actions_take_anything(card: &'static Card) {
    let mut run = open(small(card), 3);
    for action in card.actions {
        for view in [action.view, action.answer] {
            let known = view.is_empty() || card.views.iter().any(|v| v.id == view);
            assert!(known, "'{}' names a view '{view}'", action.id);
        }
        let mut payloads = vec![
            Payload::default(),
            Payload { picks: vec![usize::MAX, 0], ..Payload::default() },
            Payload { picks: vec![usize::MAX], ..Payload::default() },
            Payload { picks: vec![0], ..Payload::default() },
            Payload { points: vec![1e30, -1e30, 0.5], ..Payload::default() },
            Payload { at: Some([-5.0, 7.0]), ..Payload::default() },
            Payload { text: "\u{1F63A} ~ \0 \"".repeat(50), ..Payload::default() },
        ];
        match action.kind {
            ActionKind::Drag => payloads.push(Payload { at: Some([0.5, 0.5]), ..Payload::default() }),
            ActionKind::Brush => {
                payloads.push(Payload { points: vec![0.5, 0.5, 0.6, 0.4], ..Payload::default() })
            }
            ActionKind::Pick
            | ActionKind::PickOne
            | ActionKind::Button
            | ActionKind::Clear
            | ActionKind::Text
            | ActionKind::Edit => {}
        }
        for payload in payloads {
            if let Err(error) = run.act(action.id, &payload) {
                assert!(error.to_string().len() > 10, "'{error}'");
            }
        }
        train(&mut run, 1);
        figures(&mut run, false);
        for view in card.views {
            block_on(run.view(view.id))
                .unwrap_or_else(|e| panic!("'{}' after '{}': {e}", view.id, action.id));
        }
    }
    // What was put in by hand outlives a reset.
    run.reset(4).unwrap_or_else(|e| panic!("reset: {e}"));
    train(&mut run, 1);
    figures(&mut run, true);
}

/// Painted points are the data while they are chosen, and no others are; they outlive every other choice.
pub fn what_is_painted_waits_for_its_choice(card: &'static Card) {
    let brushes = card.actions.iter().filter(|a| card.paints_data(a.id)).collect::<Vec<_>>();
    let Some(SettingKind::Choice(sets)) = card.settings.iter().find(|s| s.id == "data").map(|s| s.kind)
    else {
        assert!(brushes.is_empty(), "what is painted cannot be chosen");
        return;
    };
    if brushes.is_empty() {
        return;
    }
    let chosen = |set: &str| {
        let mut settings = small(card);
        settings.set_text("data", set).unwrap_or_else(|e| panic!("'{set}': {e}"));
        settings
    };
    let mut painted = open(chosen("drawn"), 3);
    for (i, brush) in brushes.iter().enumerate() {
        let x = i as f32;
        let points = vec![x, 0.5, x + 0.2, 0.6, x - 0.1, 0.7, x, 0.8];
        let payload = Payload { points, ..Payload::default() };
        painted.act(brush.id, &payload).unwrap_or_else(|e| panic!("'{}': {e}", brush.id));
    }
    let again = |set: &str, inputs: &Inputs| {
        let mut run = open(chosen(set), 3);
        run.repeat(&mut inputs.iter()).unwrap_or_else(|e| panic!("'{set}': {e}"));
        run
    };
    let known = look(&mut again("drawn", painted.inputs()));
    for set in sets.iter().filter(|set| **set != "drawn") {
        let mut other = again(set, painted.inputs());
        let how = format!("'{set}' after painting");
        look(&mut other).must_be(&look(&mut open(chosen(set), 3)), &how);
        other.reset(3).unwrap_or_else(|e| panic!("{how}: {e}"));
        look(&mut other).must_be(&look(&mut open(chosen(set), 3)), &format!("{how} and a reset"));
        look(&mut again("drawn", other.inputs())).must_be(&known, &format!("drawn after '{set}'"));
    }
}
