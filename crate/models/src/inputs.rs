//! What was done by hand, so that it can be done again to a model that is built anew.

use crate::card::{Action, ActionKind, Card};
use crate::exhibit::Payload;
use alloc::vec::Vec;

/// Inputs in the order in which they were given. Only what still counts is kept: painted points until
/// they are cleared, the latest place of a drag and the latest picks and text of an action, and of edits
/// of the same cell the latest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    given: Vec<(&'static str, Payload)>,
}

/// All but the last word.
fn subject(text: &str) -> &str {
    text.rsplit_once(' ').map_or(text, |(subject, _)| subject)
}

impl Inputs {
    /// Remembers an input that a model of the card has taken.
    pub fn took(&mut self, card: &Card, id: &str, payload: &Payload) {
        let Some(action) = card.actions.iter().find(|a| a.id == id) else { return };
        match action.kind {
            ActionKind::Brush => {}
            ActionKind::Clear => {
                let painted = |a: &Action| a.kind == ActionKind::Brush && a.view == action.view;
                self.given.retain(|(other, _)| !card.actions.iter().any(|a| a.id == *other && painted(a)));
                return;
            }
            // A button does something to the run, not to what it is of.
            ActionKind::Button => return,
            ActionKind::Drag | ActionKind::Pick | ActionKind::PickOne | ActionKind::Text => {
                self.given.retain(|(other, _)| *other != id);
            }
            ActionKind::Edit => {
                let same = |old: &Payload| subject(&old.text) == subject(&payload.text);
                if self.given.last().is_some_and(|(other, old)| *other == id && same(old)) {
                    self.given.pop();
                }
            }
        }
        self.given.push((action.id, payload.clone()));
    }

    /// The inputs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Payload)> {
        self.given.iter().map(|(id, payload)| (*id, payload))
    }

    /// Has these instead: a checkpoint brought other data.
    pub fn replace(&mut self, given: Vec<(&'static str, Payload)>) {
        self.given = given;
    }
}
