//! Bayesian networks: a distribution as a directed graph, p(x) = Π p(xᵢ | parents of xᵢ).
//!
//! J. Pearl, "Probabilistic reasoning in intelligent systems", 1988; J. Pearl, "Causality", 2000, for
//! interventions. Posteriors are exact, by variable elimination; three samplers estimate them. One
//! iteration is a batch of samples of each; the phase draws one node of an ancestral sample. Whatever
//! changes the distribution or the question begins the count of iterations again.
//!
//! N nodes, S states of all nodes together.

mod bif;
mod card;
mod command;
pub mod eliminate;
pub mod nets;
pub mod network;
mod picture;
pub mod samplers;
pub mod separation;
#[cfg(test)]
mod tests;

pub use bif::{read, write};
pub use card::CARD;

use crate::card::Card;
use crate::exhibit::{Opening, Payload, Picture, Samples, Sources, UserData};
use crate::plain::{self, Plain};
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use eliminate::{Answer, Given, eliminate};
use network::{Network, bad};
use samplers::{Plan, Tallies};
use tilde_graph::rng::Stream;

/// Sites of random draws.
const WEIGHTING: u32 = 1;
const REJECTION: u32 = 2;
const GIBBS: u32 = 3;
const SAMPLE: u32 = 4;
const WALK: u32 = 100;
/// Numbers of a point of the trace: samples, and the three estimates (−1 where there is none).
const TRACE: usize = 4;
/// Factor between the sample counts of two points of the trace.
const APART: f64 = 1.1;

/// A network and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
struct Problem {
    network: Network,
    given: Vec<Given>,
    /// The node that is looked at, whose table is shown and whose posterior is estimated.
    node: usize,
    /// The state of it whose probability is estimated.
    state: usize,
}

/// The exact answers to a problem.
#[derive(Clone, Debug)]
struct Exact {
    /// P(state | observations, interventions) of all states of all nodes, `[S]`.
    posteriors: Vec<f64>,
    /// The answer for the node that is looked at.
    answer: Answer,
    /// Its probability if everything given had been observed; `None` if that cannot be.
    if_seen: Option<f64>,
    /// And if everything had been set.
    if_set: f64,
}

/// An ancestral sample under way.
#[derive(Clone, Debug, Default, PartialEq)]
struct Walk {
    /// States so far, in the nodes' places.
    values: Vec<usize>,
    /// How many nodes are drawn, in the network's order.
    drawn: usize,
    /// Whether it contradicted an observation.
    rejected: bool,
    /// Which sample it is.
    number: u32,
}

/// Opens the exhibit.
///
/// # Errors
/// Those of [`BayesNet::new`].
pub fn open(settings: &Settings, _seed: u64, sources: Sources) -> Opening {
    plain::open(Box::new(BayesNet::new(settings, sources)?))
}

/// The exhibit.
pub struct BayesNet {
    problem: Problem,
    exact: Exact,
    plan: Plan,
    tallies: Tallies,
    walk: Walk,
    /// Rows of [`TRACE`] numbers.
    trace: Vec<f64>,
    seed: u64,
    step: u32,
    batch: usize,
    click: &'static str,
    sampler: &'static str,
    /// The node whose connections are shown.
    source: Option<usize>,
    /// The node that an arrow is drawn from.
    from: Option<usize>,
    data: &'static str,
}

/// States as a checkpoint holds them, if they are states of these nodes.
fn states_of(words: &[u32], cards: &[usize]) -> Result<Vec<usize>, Error> {
    if words.iter().zip(cards).any(|(&s, &k)| s as usize >= k) {
        return Err(Error::BadFile("A node of the file is in a state that it does not have.".to_string()));
    }
    Ok(words.iter().map(|&s| s as usize).collect())
}

impl Problem {
    /// Everything that follows from it.
    fn solve(&self) -> Result<(Exact, Plan, Tallies), Error> {
        let Problem { network, given, node, state } = self;
        let answer = eliminate(network, given, *node)?;
        if answer.evidence() <= 0.0 {
            return bad(
                "What is observed would have probability 0, so that nothing follows from it. Forget an observation first, or change a table."
                    .to_string(),
            );
        }
        let mut posteriors = Vec::new();
        for i in 0..given.len() {
            posteriors.extend(eliminate(network, given, i)?.posterior());
        }
        let all = |fix: fn(usize) -> Given| -> Result<Option<f64>, Error> {
            let given: Vec<Given> = given.iter().map(|g| g.state().map_or(Given::Free, fix)).collect();
            let answer = eliminate(network, &given, *node)?;
            Ok((answer.evidence() > 0.0).then(|| answer.posterior()[*state]))
        };
        let (if_seen, if_set) = (all(Given::Seen)?, all(Given::Done)?.unwrap_or(0.0));
        let plan = Plan::new(network, given);
        let tallies = Tallies::new(network, given, &plan)?;
        Ok((Exact { posteriors, answer, if_seen, if_set }, plan, tallies))
    }
}

impl BayesNet {
    /// Opens the network of the settings, or one's own.
    ///
    /// # Errors
    /// [`Error::BadData`] if the user's data is no network in BIF, or one that is too large.
    pub fn new(settings: &Settings, sources: Sources) -> Result<BayesNet, Error> {
        let data = settings.choice("data");
        let problem = match sources.user {
            None => question(data, settings.choice("given")),
            Some(UserData::Text(text)) => unasked(read(&text)?),
            Some(_) => return bad("Expected a network: a text in BIF.".to_string()),
        };
        let (exact, plan, tallies) = problem.solve()?;
        let walk = Walk { values: vec![0; problem.given.len()], ..Walk::default() };
        let mut net = BayesNet {
            problem,
            exact,
            plan,
            tallies,
            walk,
            trace: Vec::new(),
            seed: 0,
            step: 0,
            batch: 1,
            click: "",
            sampler: "",
            source: None,
            from: None,
            data,
        };
        net.set(settings, "")?;
        Ok(net)
    }

    /// Takes over a changed problem and begins to count anew; nothing changes if it has no answer.
    fn pose(&mut self, problem: Problem) -> Result<(), Error> {
        let (exact, plan, tallies) = problem.solve()?;
        let n = problem.given.len();
        self.walk = Walk { values: vec![0; n], number: self.walk.number, ..Walk::default() };
        (self.exact, self.plan, self.tallies, self.problem) = (exact, plan, tallies, problem);
        self.trace.clear();
        self.step = 0;
        self.source = self.source.filter(|&i| i < n && self.problem.given[i] == Given::Free);
        self.from = self.from.filter(|&i| i < n);
        Ok(())
    }

    /// The stream of a site in a step.
    fn stream(&self, site: u32, step: u32) -> Stream {
        Stream::new(self.seed.wrapping_add(u64::from(step) << 32), site)
    }

    /// Where the states of the node that is looked at begin, and how many they are.
    fn range(&self) -> (usize, usize) {
        let node = self.problem.node;
        (self.plan.starts[node], self.problem.network.nodes[node].states.len())
    }

    /// The sums that a sampler's estimates are shares of.
    fn sums(&self, sampler: &str) -> &[f64] {
        match sampler {
            "rejection" => &self.tallies.kept,
            "gibbs" => &self.tallies.swept,
            _ => &self.tallies.weights,
        }
    }

    /// A sampler's estimate of the probability that is asked for.
    fn estimate(&self, sampler: &str) -> Option<f64> {
        let (start, states) = self.range();
        Some(self.tallies.share(self.sums(sampler), start, states)?[self.problem.state])
    }

    /// The exact value of it.
    fn truth(&self) -> f64 {
        self.exact.posteriors[self.range().0 + self.problem.state]
    }

    /// A batch of each sampler.
    fn iterate(&mut self) {
        let mut values = vec![0; self.problem.given.len()];
        let [mut weighting, mut rejection, mut gibbs] =
            [WEIGHTING, REJECTION, GIBBS].map(|site| self.stream(site, self.step));
        let Problem { network, given, node, state } = &self.problem;
        for _ in 0..self.batch {
            self.tallies.weigh(network, given, &self.plan, &mut values, &mut weighting);
            self.tallies.reject(network, given, &self.plan, &mut values, &mut rejection);
            self.tallies.sweep(network, given, &self.plan, &mut gibbs);
            self.tallies.batch(self.tallies.chain[*node] == *state);
        }
        self.step += 1;
        let n = self.tallies.counts[0];
        let last = self.trace.len().checked_sub(TRACE).map_or(0.0, |at| self.trace[at]);
        if n >= last * APART {
            let estimates = ["weighting", "rejection", "gibbs"].map(|s| self.estimate(s).unwrap_or(-1.0));
            self.trace.push(n);
            self.trace.extend(estimates);
        }
    }

    /// Draws the next node of an ancestral sample; after the last one, or one that contradicts an
    /// observation, the next call begins another.
    fn walk(&mut self) {
        let Problem { network, given, .. } = &self.problem;
        let n = given.len();
        if self.walk.rejected || self.walk.drawn == n {
            self.walk.number = self.walk.number.wrapping_add(1);
            (self.walk.drawn, self.walk.rejected) = (0, false);
        }
        let mut stream = self.stream(WALK + self.walk.drawn as u32, self.walk.number);
        let node = self.plan.order[self.walk.drawn];
        self.walk.values[node] = match given[node] {
            Given::Done(s) => s,
            _ => samplers::draw_node(network, node, &self.walk.values, &mut stream),
        };
        self.walk.drawn += 1;
        self.walk.rejected = matches!(given[node], Given::Seen(s) if s != self.walk.values[node]);
        if self.walk.rejected || self.walk.drawn == n {
            self.tallies.count(&self.plan, &self.walk.values, !self.walk.rejected);
        }
    }

    /// The samplers' distances from the exact value in standard errors. Gibbs's is never taken to be
    /// smaller than that of as many independent draws: a chain that does not move has none of its own.
    fn distances(&self) -> [(&'static str, f64); 3] {
        let p = self.truth();
        let (start, states) = self.range();
        let independent = |n: f64| libm::sqrt(p * (1.0 - p) / n);
        let sweeps: f64 = self.tallies.swept[start..start + states].iter().sum();
        let errors = [
            ("weighting", self.tallies.weighting_error(start, states, self.problem.state, p)),
            ("rejection", independent(self.tallies.counts[2])),
            ("gibbs", self.tallies.gibbs_error().max(independent(sweeps))),
        ];
        let distance = |sampler, error: f64| match self.estimate(sampler) {
            Some(estimate) if estimate == p => 0.0,
            Some(estimate) => (estimate - p).abs() / error.max(1e-12),
            // Nothing was kept, which says nothing.
            None => f64::MAX,
        };
        let [a, b, c] = errors.map(|(sampler, error)| distance(sampler, error));
        [("weighting_distance", a), ("rejection_distance", b), ("gibbs_distance", c)]
    }

    /// Posteriors of all states of all nodes, `[S]`, node after node.
    pub fn posteriors(&self) -> &[f64] {
        &self.exact.posteriors
    }
}

/// The question of a prepared network.
fn question(data: &str, choice: &str) -> Problem {
    let prepared = nets::prepared(data);
    let (given, node) = prepared.question(choice);
    Problem { network: prepared.network(), given, node, state: 1 }
}

/// A network of which nothing is given.
fn unasked(network: Network) -> Problem {
    let given = vec![Given::Free; network.nodes.len()];
    let state = network.nodes[0].states.len() - 1;
    Problem { network, given, node: 0, state }
}

impl Plain for BayesNet {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn start(&mut self, seed: u64) -> Result<(), Error> {
        self.seed = seed;
        self.walk.number = 0;
        // The network stays as it was edited: it is the question, not the answer.
        self.pose(self.problem.clone())
    }

    fn train(&mut self, n: u32) -> Result<(), Error> {
        (0..n).for_each(|_| self.iterate());
        Ok(())
    }

    fn step(&mut self, phase: &str) -> Result<(), Error> {
        if phase != "node" {
            return bad("A Bayesian network is stepped by the phase 'node'.".to_string());
        }
        self.walk();
        Ok(())
    }

    fn metrics(&mut self, _deep: bool) -> Result<Vec<(&'static str, f64)>, Error> {
        let exact = self.truth();
        let (start, states) = self.range();
        let known = self.estimate("weighting").unwrap_or(1.0 / states as f64);
        let mut all = vec![("step", f64::from(self.step)), ("loss", (known - exact).abs())];
        let references = [
            ("weighting", "weighting_reference"),
            ("rejection", "rejection_reference"),
            ("gibbs", "gibbs_reference"),
        ];
        for (sampler, reference) in references {
            if let Some(estimate) = self.estimate(sampler) {
                all.extend([(sampler, estimate), (reference, exact)]);
            }
        }
        let [_, drawn, kept, ..] = self.tallies.counts;
        if drawn > 0.0 {
            all.extend([("kept", kept / drawn), ("kept_reference", self.exact.answer.evidence())]);
        }
        let sum = |all: &[f64]| all[start..start + states].iter().sum::<f64>();
        let (weights, squares) = (sum(&self.tallies.weights), sum(&self.tallies.squares));
        if squares > 0.0 {
            all.push(("effective", weights * weights / squares / self.tallies.counts[0]));
        }
        if let Some(p) = self.exact.if_seen {
            all.push(("if_seen", p));
        }
        let nodes = &self.problem.network.nodes;
        let free = |n: &network::Node| n.table.len() - n.table.len() / n.states.len();
        let whole: f64 = nodes.iter().map(|n| n.states.len() as f64).product();
        let largest = self.exact.answer.steps.iter().map(|s| s.size).max().unwrap_or(1);
        all.extend([
            ("if_set", self.exact.if_set),
            ("parameters", nodes.iter().map(free).sum::<usize>() as f64),
            ("parameters_reference", whole - 1.0),
            ("largest_table", largest as f64),
            ("largest_table_reference", whole),
        ]);
        Ok(all)
    }

    fn evaluate(&mut self) -> Result<Vec<(&'static str, f64)>, Error> {
        let mut all = self.metrics(true)?;
        all.extend(self.distances());
        Ok(all)
    }

    fn sample(&mut self, n: usize, seed: u64) -> Result<Samples, Error> {
        let Problem { network, given, .. } = &self.problem;
        let mut stream = Stream::new(seed, SAMPLE);
        let mut values = vec![0; given.len()];
        let mut lines = Vec::new();
        for _ in 0..n {
            for &node in &self.plan.order {
                values[node] = match given[node] {
                    Given::Done(s) => s,
                    _ => samplers::draw_node(network, node, &values, &mut stream),
                };
            }
            let words = network.nodes.iter().zip(&values).map(|(n, &s)| [&*n.name, &n.states[s]].join("="));
            lines.push(words.collect::<Vec<String>>().join(" "));
        }
        let (data, width) = picture::codes(lines.iter().map(|line| &**line));
        Ok(Samples { kind: "text", data, shape: vec![n, width] })
    }

    fn view(&mut self, id: &str) -> Result<Picture, Error> {
        self.picture(id)
    }

    fn act(&mut self, id: &str, payload: Payload) -> Result<(), Error> {
        if id == "forget" {
            let given = vec![Given::Free; self.problem.given.len()];
            return self.pose(Problem { given, ..self.problem.clone() });
        }
        self.command(&payload.text)
    }

    fn set(&mut self, settings: &Settings, id: &str) -> Result<(), Error> {
        self.batch = settings.count("batch").max(1);
        self.click = settings.choice("click");
        self.sampler = settings.choice("sampler");
        self.from = None;
        if id == "given" {
            // Asked of the network as it came, so that it means what it says; edits are kept elsewhere.
            let asked = question(self.data, settings.choice("given"));
            let known = asked.network.nodes.len() == self.problem.network.nodes.len();
            let names = |p: &Problem| {
                p.network.nodes.iter().map(|n| (n.name.clone(), n.states.len())).collect::<Vec<_>>()
            };
            if known && names(&asked) == names(&self.problem) {
                let network = self.problem.network.clone();
                return self.pose(Problem { network, ..asked });
            }
            let given = vec![Given::Free; self.problem.given.len()];
            return self.pose(Problem { given, ..self.problem.clone() });
        }
        Ok(())
    }

    fn save(&self) -> Vec<Saved> {
        let Problem { network, given, node, state } = &self.problem;
        let text: Vec<u32> = write(network).chars().map(u32::from).collect();
        // The text rounds to fifteen decimals; a run goes on with all of them.
        let tables: Vec<f64> = network.nodes.iter().flat_map(|n| n.table.clone()).collect();
        let code = |g: &Given| match *g {
            Given::Free => 0,
            Given::Seen(s) => 1 + 2 * s as u32,
            Given::Done(s) => 2 + 2 * s as u32,
        };
        let codes: Vec<u32> = given.iter().map(code).collect();
        let values = self.walk.values.iter().map(|&s| s as u32);
        let places = [*node, *state, self.walk.drawn].map(|n| n as u32).into_iter();
        let counters = [u32::from(self.walk.rejected), self.walk.number, self.step];
        let words: Vec<u32> = places.chain(counters).chain(values).collect();
        let mut out = vec![
            Saved::words("network", &[text.len()], &text),
            Saved::doubles("tables", &[tables.len()], &tables),
            Saved::words("given", &[codes.len()], &codes),
            Saved::words("state", &[words.len()], &words),
            Saved::doubles("trace", &[self.trace.len()], &self.trace),
        ];
        self.tallies.save(&mut out);
        out
    }

    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let shape =
            |name: &str| saved.iter().find(|s| s.name == name).map(|s| s.shape.clone()).unwrap_or_default();
        let wrong = |message: &str| Error::BadFile(message.to_string());
        let text = Saved::find_words(saved, "network", &shape("network"))?;
        let text: Option<String> = text.iter().map(|&c| char::from_u32(c)).collect();
        let text = text.ok_or_else(|| wrong("The file's network is no text."))?;
        let mut network = read(&text).map_err(|e| Error::BadFile(e.to_string()))?;
        let cells = network.nodes.iter().map(|n| n.table.len()).sum();
        let mut tables = Saved::find_doubles(saved, "tables", &[cells])?;
        for node in &mut network.nodes {
            let (own, rest) = tables.split_at(node.table.len());
            for (row, known) in own.chunks(node.states.len()).zip(node.table.chunks(node.states.len())) {
                network::checked_row(row).map_err(|e| Error::BadFile(e.to_string()))?;
                if row.iter().zip(known).any(|(a, b)| (a - b).abs() > 1e-9) {
                    return Err(wrong("The tables of the file are not those of its network."));
                }
            }
            node.table = own.to_vec();
            tables = rest;
        }
        let cards = network.cards();
        let n = cards.len();
        let codes = Saved::find_words(saved, "given", &[n])?;
        let fixed: Vec<u32> = codes.iter().map(|c| c.saturating_sub(1) / 2).collect();
        let fixed = states_of(&fixed, &cards)?;
        let given = codes.iter().zip(fixed).map(|(&c, s)| match c {
            0 => Given::Free,
            c if c % 2 == 1 => Given::Seen(s),
            _ => Given::Done(s),
        });
        let words = Saved::find_words(saved, "state", &[6 + n])?;
        let [node, state, drawn] = [0, 1, 2].map(|i| words[i] as usize);
        if node >= n || state >= cards[node] || drawn > n {
            return Err(wrong("The file asks for a node or a state that its network does not have."));
        }
        let problem = Problem { network, given: given.collect(), node, state };
        let (exact, plan, mut tallies) = problem.solve().map_err(|e| Error::BadFile(e.to_string()))?;
        tallies.load(saved, &plan, &cards)?;
        let values = states_of(&words[6..], &cards)?;
        let trace = Saved::find_doubles(saved, "trace", &shape("trace"))?.to_vec();
        if trace.len() % TRACE != 0 || trace.iter().any(|x| !x.is_finite()) {
            return Err(wrong("The trace of the file is broken off."));
        }
        (self.problem, self.exact, self.plan, self.tallies, self.trace) =
            (problem, exact, plan, tallies, trace);
        self.walk = Walk { values, drawn, rejected: words[3] != 0, number: words[4] };
        self.step = words[5];
        (self.source, self.from) = (None, None);
        Ok(())
    }
}
