//! The language in which a network is edited, one line a change: a verb and names or numbers.
//!
//! | line | does |
//! |---|---|
//! | `add NAME` | adds a node of two states |
//! | `remove NAME`, `rename NAME NEW` | |
//! | `states NAME A B …` | gives it other states |
//! | `arrow PARENT CHILD` | draws the arrow, or takes it away |
//! | `row NAME ROW P …` | sets a row of its table |
//! | `cell ROW STATE P` | sets a number of the table that is shown; the rest of its row follows |
//! | `move NAME X Y` | places it, 0 to 1 to the right and downwards |
//! | `select NAME [STATE]` | looks at it |
//! | `observe NAME [STATE]`, `do NAME [STATE]` | observes or sets it; without a state, frees it |
//! | `tap NAME [STATE]` | what a click means for the setting "click" |
//! | `bif TEXT` | takes another network, as [`write`](super::write) writes it |

use super::card::Click;
use super::network::bad;
use super::problem::Problem;
use super::{BayesNet, Given, read};
use crate::data::text::excerpt;
use crate::decimal;
use crate::prelude::*;

/// A whole number of a line.
fn count(word: &str) -> Result<usize, Error> {
    match word.parse() {
        Ok(n) => Ok(n),
        Err(_) => bad(format!("'{}' is no row or column: expected a whole number from 0.", excerpt(word))),
    }
}

fn number(word: &str) -> Result<f64, Error> {
    match decimal::parse(word) {
        Some(x) => Ok(x),
        None => bad(format!("'{}' is no number. Write it as 0.25.", excerpt(word))),
    }
}

impl BayesNet {
    /// Does what a line says; what cannot be done changes nothing.
    pub(super) fn command(&mut self, click: Click, line: &str) -> Result<(), Error> {
        if let Some(text) = line.strip_prefix("bif ") {
            return self.pose(Problem::unasked(read(text)?));
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut problem = self.problem.clone();
        let Problem { network, given, node, state } = &mut problem;
        match words[..] {
            ["add", name] => {
                *node = network.add(name)?;
                *state = 1;
                given.push(Given::Free);
            }
            ["remove", name] => {
                let at = network.find(name)?;
                network.remove(at)?;
                given.remove(at);
                // Indices behind it have moved; what is looked at may be gone.
                if *node == at {
                    (*node, *state) = (0, network.nodes[0].states.len() - 1);
                } else if *node > at {
                    *node -= 1;
                }
                (self.source, self.from) = (None, None);
            }
            ["rename", name, new] => {
                let at = network.find(name)?;
                self.problem.network.rename(at, new)?;
                return Ok(());
            }
            ["states", name, ref states @ ..] => {
                let at = network.find(name)?;
                network.set_states(at, states)?;
                if given[at].state().is_some_and(|s| s >= states.len()) {
                    given[at] = Given::Free;
                }
                if *node == at {
                    *state = states.len() - 1;
                }
            }
            ["arrow", parent, child] => {
                let (parent, child) = (network.find(parent)?, network.find(child)?);
                network.toggle_arrow(parent, child)?;
                (*node, *state) = (child, network.nodes[child].states.len() - 1);
            }
            ["row", name, row, ref numbers @ ..] => {
                let at = network.find(name)?;
                let numbers = numbers.iter().map(|w| number(w)).collect::<Result<Vec<_>, _>>()?;
                network.set_row(at, count(row)?, &numbers)?;
            }
            ["cell", row, column, p] => network.set_cell(*node, count(row)?, count(column)?, number(p)?)?,
            ["move", name, x, y] => {
                let at = network.find(name)?;
                let place = [number(x)?, number(y)?].map(|x| (x as f32).clamp(0.0, 1.0));
                self.problem.network.nodes[at].at = place;
                return Ok(());
            }
            ["select", name] => {
                let at = network.find(name)?;
                let states = network.nodes[at].states.len();
                // Once more on the same node: its next state is looked at.
                *state = if *node == at { (*state + 1) % states } else { states - 1 };
                *node = at;
            }
            ["select", name, wanted] => {
                *node = network.find(name)?;
                *state = network.find_state(*node, wanted)?;
            }
            ["observe" | "do", name] => given[network.find(name)?] = Given::Free,
            [verb @ ("observe" | "do"), name, state] => {
                let at = network.find(name)?;
                let state = network.find_state(at, state)?;
                given[at] = if verb == "do" { Given::Done(state) } else { Given::Seen(state) };
            }
            ["tap", name, ref state @ ..] => return self.tap(click, name, state.first().copied()),
            _ => {
                return bad(format!(
                    "'{}' is no edit. There are: add, remove, rename, states, arrow, row, cell, move, select, observe, do.",
                    excerpt(line)
                ));
            }
        }
        self.pose(problem)
    }

    /// A click on a node or on one of its states.
    fn tap(&mut self, click: Click, name: &str, state: Option<&str>) -> Result<(), Error> {
        let at = self.problem.network.find(name)?;
        let name = name.to_string();
        match (click, state) {
            (Click::Separate, _) => {
                if self.problem.given[at] != Given::Free {
                    return bad(format!(
                        "{name} is given, so nothing more can be learned about it. Choose a free node."
                    ));
                }
                self.source = if self.source == Some(at) { None } else { Some(at) };
                Ok(())
            }
            (Click::Arrow, _) => match self.from.take() {
                None => {
                    self.from = Some(at);
                    Ok(())
                }
                Some(from) if from == at => Ok(()),
                Some(from) => {
                    let parent = self.problem.network.nodes[from].name.clone();
                    self.command(click, &["arrow", &parent, &name].join(" "))
                }
            },
            (Click::Observe | Click::Do, None) => self.command(click, &["select ", &name].concat()),
            (Click::Observe | Click::Do, Some(state)) => {
                let s = self.problem.network.find_state(at, state)?;
                let new = if click == Click::Do { Given::Done(s) } else { Given::Seen(s) };
                // The same once more takes it back.
                let mut problem = self.problem.clone();
                problem.given[at] = if problem.given[at] == new { Given::Free } else { new };
                self.pose(problem)
            }
        }
    }
}
