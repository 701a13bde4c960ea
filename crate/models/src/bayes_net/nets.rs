//! The networks that come with the exhibit, and a question for each.

use super::card::{Data, Question};
use super::eliminate::Given;
use super::network::{Network, Node};
use crate::prelude::*;

/// A node of two states: name, parents, P(yes) for each row, place.
type Line = (&'static str, &'static [usize], &'static [f64], [f32; 2]);

/// A network with what is asked of it.
pub struct Prepared {
    nodes: &'static [Line],
    /// The node whose posterior is looked at, if observations are given.
    query: usize,
    /// The observations, in their order: one, two, or all.
    observed: &'static [usize],
    /// The node that is set from outside, and the one that is then looked at.
    done: [usize; 2],
}

/// The wet grass of S. Russell and P. Norvig (Artificial Intelligence, 1995), after J. Pearl.
const SPRINKLER: Prepared = Prepared {
    nodes: &[
        ("Cloudy", &[], &[0.5], [0.5, 0.0]),
        ("Sprinkler", &[0], &[0.5, 0.1], [0.0, 0.5]),
        ("Rain", &[0], &[0.2, 0.8], [1.0, 0.5]),
        ("WetGrass", &[1, 2], &[0.0, 0.9, 0.9, 0.99], [0.5, 1.0]),
    ],
    query: 1,
    observed: &[3, 2, 0],
    done: [1, 0],
};

/// The lecture's P(A) P(B) P(C, D | A, B): the last factor as P(C | A, B) P(D | A, B, C). The lecture
/// gives no numbers; these are made up.
const LECTURE: Prepared = Prepared {
    nodes: &[
        ("A", &[], &[0.3], [0.0, 0.0]),
        ("B", &[], &[0.6], [1.0, 0.0]),
        ("C", &[0, 1], &[0.1, 0.5, 0.6, 0.9], [0.0, 1.0]),
        ("D", &[0, 1, 2], &[0.2, 0.7, 0.3, 0.8, 0.4, 0.9, 0.1, 0.6], [1.0, 1.0]),
    ],
    query: 0,
    observed: &[2, 3, 1],
    done: [2, 0],
};

/// J. Pearl's burglar alarm, with the numbers of Russell and Norvig.
const BURGLARY: Prepared = Prepared {
    nodes: &[
        ("Burglary", &[], &[0.001], [0.0, 0.0]),
        ("Earthquake", &[], &[0.002], [1.0, 0.0]),
        ("Alarm", &[0, 1], &[0.001, 0.29, 0.94, 0.95], [0.5, 0.5]),
        ("JohnCalls", &[2], &[0.05, 0.9], [0.0, 1.0]),
        ("MaryCalls", &[2], &[0.01, 0.7], [1.0, 1.0]),
    ],
    query: 0,
    observed: &[3, 4, 1],
    done: [2, 0],
};

/// S. Lauritzen and D. Spiegelhalter, J. Royal Statistical Society B 50, 1988.
const ASIA: Prepared = Prepared {
    nodes: &[
        ("Asia", &[], &[0.01], [0.0, 0.0]),
        ("Smoking", &[], &[0.5], [0.75, 0.0]),
        ("Tuberculosis", &[0], &[0.01, 0.05], [0.0, 0.333]),
        ("LungCancer", &[1], &[0.01, 0.1], [0.5, 0.333]),
        ("Bronchitis", &[1], &[0.3, 0.6], [1.0, 0.333]),
        ("Either", &[2, 3], &[0.0, 1.0, 1.0, 1.0], [0.25, 0.667]),
        ("XRay", &[5], &[0.05, 0.98], [0.0, 1.0]),
        ("Dyspnoea", &[4, 5], &[0.1, 0.7, 0.8, 0.9], [0.75, 1.0]),
    ],
    query: 2,
    observed: &[7, 6, 1],
    done: [4, 3],
};

/// Where one's own begins.
const OWN: Prepared =
    Prepared { nodes: &[("A", &[], &[0.5], [0.0, 0.0])], query: 0, observed: &[], done: [0, 0] };

impl Data {
    /// The network.
    pub fn prepared(self) -> &'static Prepared {
        match self {
            Data::Sprinkler => &SPRINKLER,
            Data::Lecture => &LECTURE,
            Data::Burglary => &BURGLARY,
            Data::Asia => &ASIA,
            Data::Own => &OWN,
        }
    }
}

/// A prepared network by the id of the setting.
///
/// # Panics
/// If there is none of that id.
pub fn prepared(id: &str) -> &'static Prepared {
    match Data::from_id("network", id) {
        Ok(data) => data.prepared(),
        Err(error) => panic!("{error}"),
    }
}

impl Prepared {
    /// The network.
    pub fn network(&self) -> Network {
        let node = |&(name, parents, yes, at): &Line| Node {
            name: name.to_string(),
            states: ["no", "yes"].map(|s| s.to_string()).to_vec(),
            parents: parents.to_vec(),
            table: yes.iter().flat_map(|p| [1.0 - p, *p]).collect(),
            at,
        };
        Network { nodes: self.nodes.iter().map(node).collect() }
    }

    /// What is given for a question, and the node that is looked at.
    pub fn question(&self, question: Question) -> (Vec<Given>, usize) {
        let mut given = alloc::vec![Given::Free; self.nodes.len()];
        let mut observe =
            |count| self.observed.iter().take(count).for_each(|&i: &usize| given[i] = Given::Seen(1));
        match question {
            Question::Nothing => {}
            Question::One => observe(1),
            Question::Two => observe(2),
            Question::Three => observe(3),
            Question::Set if self.nodes.len() > 1 => {
                given[self.done[0]] = Given::Done(1);
                return (given, self.done[1]);
            }
            // A single node has nothing that could follow from it.
            Question::Set => {}
        }
        (given, self.query)
    }
}
