//! Bayesian networks: a distribution as a directed graph, p(x) = Π p(xᵢ | parents of xᵢ).
//!
//! J. Pearl, "Probabilistic reasoning in intelligent systems", 1988; J. Pearl, "Causality", 2000, for
//! interventions. Posteriors are exact, by variable elimination; three samplers estimate them. One
//! iteration is a batch of samples of each; the phase draws one node of an ancestral sample. Whatever
//! changes the distribution or the question begins the count of iterations again.
//!
//! N nodes, S states of all nodes together.

mod card;
mod command;
mod edits;
mod files;
mod measure;
pub mod nets;
mod picture;
mod problem;
pub mod samplers;
mod sampling;
pub mod separation;
#[cfg(test)]
mod tests;

pub use crate::data::network::plain::{read, write};
pub use crate::data::network::{self, eliminate};
pub use card::CARD;

use crate::model::Model;
use crate::prelude::*;
use card::{Data, Input, Phase, Question, Show};
use eliminate::Given;
use network::bad;
use problem::{Exact, Problem};
use samplers::{Plan, Tallies};
use sampling::Walk;

/// Site of the random draws of samples.
const SAMPLE: u32 = 4;

/// The exhibit.
pub struct BayesNet {
    problem: Problem,
    exact: Exact,
    plan: Plan,
    tallies: Tallies,
    walk: Walk,
    /// Rows of [`TRACE`](sampling::TRACE) numbers.
    trace: Vec<f64>,
    /// Iterations since the problem is this one.
    steps: u32,
    /// The node whose connections are shown.
    source: Option<usize>,
    /// The node that an arrow is drawn from.
    from: Option<usize>,
}

impl BayesNet {
    /// Takes over a changed problem and begins to count anew; nothing changes if it has no answer.
    fn pose(&mut self, problem: Problem) -> Result<(), Error> {
        let (exact, plan, tallies) = problem.solve()?;
        let n = problem.given.len();
        self.walk = Walk { values: vec![0; n], number: self.walk.number, ..Walk::default() };
        (self.exact, self.plan, self.tallies, self.problem) = (exact, plan, tallies, problem);
        self.trace.clear();
        self.steps = 0;
        self.source = self.source.filter(|&i| i < n && self.problem.given[i] == Given::Free);
        self.from = self.from.filter(|&i| i < n);
        Ok(())
    }

    /// Asks a question of the network as it came, so that it means what it says; edits of its tables are
    /// kept. Of a network with other nodes nothing is given.
    fn ask(&mut self, data: Data, question: Question) -> Result<(), Error> {
        let asked = Problem::prepared(data, question);
        let names = |p: &Problem| {
            p.network.nodes.iter().map(|n| (n.name.clone(), n.states.len())).collect::<Vec<_>>()
        };
        if names(&asked) == names(&self.problem) {
            let network = self.problem.network.clone();
            return self.pose(Problem { network, ..asked });
        }
        let given = vec![Given::Free; self.problem.given.len()];
        self.pose(Problem { given, ..self.problem.clone() })
    }
}

impl Model for BayesNet {
    const CARD: &'static Card = &CARD;
    type View = Show;
    type Phase = Phase;
    type Action = Input;

    fn new(setup: &Setup) -> Result<BayesNet, Error> {
        let problem = match &setup.sources.user {
            None => Problem::prepared(setup.settings.get("data"), setup.settings.get("given")),
            Some(UserData::Text(text)) => Problem::unasked(read(text)?),
            Some(UserData::Points(_) | UserData::Classed { .. } | UserData::Images(_)) => {
                return bad("Expected a network: a text in BIF.".to_string());
            }
        };
        let (exact, plan, tallies) = problem.solve()?;
        let walk = Walk { values: vec![0; problem.given.len()], ..Walk::default() };
        let (trace, steps) = (Vec::new(), 0);
        Ok(BayesNet { problem, exact, plan, tallies, walk, trace, steps, source: None, from: None })
    }

    fn steps(&self) -> Option<u32> {
        Some(self.steps)
    }

    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        self.from = None;
        if id == "given" {
            self.ask(live.settings.get("data"), live.settings.get("given"))?;
        }
        Ok(())
    }

    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        let batch = live.settings.count("batch");
        (0..n).for_each(|_| self.iterate(live, batch));
        Ok(())
    }

    /// A sample that is drawn node by node completes no iteration.
    fn phase(&mut self, live: &Live, phase: Phase) -> Result<u32, Error> {
        match phase {
            Phase::Node => self.walk(live),
        }
        Ok(0)
    }

    fn losses(&self, _live: &Live) -> Figures {
        vec![("loss", self.loss().unwrap_or(f64::NAN))]
    }

    async fn figures(&self, _live: &Live<'_>, scope: Scope) -> Result<Figures, Error> {
        let mut all = self.measure();
        if scope.is_all() {
            all.extend(self.distances());
        }
        Ok(all)
    }

    async fn sample(&self, _live: &Live<'_>, n: usize, seed: u64) -> Result<Samples, Error> {
        let Problem { network, given, .. } = &self.problem;
        let mut stream = Stream::new(seed, SAMPLE);
        let mut values = vec![0; given.len()];
        let mut lines = Vec::new();
        for _ in 0..n {
            for &node in &self.plan.order {
                values[node] = match given[node] {
                    Given::Done(s) => s,
                    Given::Free | Given::Seen(_) => samplers::draw_node(network, node, &values, &mut stream),
                };
            }
            let words = network.nodes.iter().zip(&values).map(|(n, &s)| [&*n.name, &n.states[s]].join("="));
            lines.push(words.collect::<Vec<String>>().join(" "));
        }
        let (data, width) = picture::codes(lines.iter().map(|line| &**line));
        Ok(Samples { kind: "text", data, shape: vec![n, width] })
    }

    async fn view(&self, live: &Live<'_>, view: Show) -> Result<Picture, Error> {
        Ok(self.picture(live, view))
    }

    fn act(&mut self, live: &Live, action: Input, payload: &Payload) -> Result<(), Error> {
        match action {
            Input::Edit | Input::Cell => self.command(live.settings.get("click"), &payload.text)?,
            Input::Forget => {
                let given = vec![Given::Free; self.problem.given.len()];
                self.pose(Problem { given, ..self.problem.clone() })?;
            }
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        self.tensors()
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.take(saved)
    }

    fn inputs(&self) -> Option<Vec<(Input, Payload)>> {
        let edit = |text| (Input::Edit, Payload { text, ..Payload::default() });
        Some(self.problem.commands().into_iter().map(edit).collect())
    }
}
