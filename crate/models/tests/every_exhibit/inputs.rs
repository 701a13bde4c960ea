//! Whatever is sent, the answer is a picture or an error with words, never a panic.

use crate::opened::{figures, open, small, train};
use pollster::block_on;
use tilde_models::card::{ActionKind, Card};
use tilde_models::exhibit::Payload;

pub fn actions_take_anything(card: &'static Card) {
    let mut run = open(small(card), 3);
    for action in card.actions {
        let mut payloads = vec![
            Payload::default(),
            Payload { picks: vec![usize::MAX, 0], ..Payload::default() },
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
