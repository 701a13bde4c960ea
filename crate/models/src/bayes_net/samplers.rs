//! Estimates by sampling: ancestral samples of which those that contradict the observations are
//! rejected; likelihood weighting (R. Fung and K.-C. Chang, UAI 1989), which sets the observed nodes
//! and weighs by how likely that was; and Gibbs sampling (S. and D. Geman, 1984), which draws each
//! node given all others.

use super::eliminate::{Given, eliminate};
use super::network::Network;
use crate::prelude::*;

/// Sweeps whose mean is one number of the Gibbs sampler's standard error.
const SWEEPS: f64 = 1000.0;

/// Uniform in (0, 1), finer than a float.
pub(super) fn uniform(stream: &mut Stream) -> f64 {
    (f64::from(stream.next_u32()) + 0.5) / 4_294_967_296.0
}

/// A state drawn with these weights, which sum to `total`; one of weight 0 never is.
fn draw(weights: &[f64], total: f64, stream: &mut Stream) -> usize {
    let mut left = uniform(stream) * total;
    let mut last = 0;
    for (s, &w) in weights.iter().enumerate() {
        if w > 0.0 {
            last = s;
            left -= w;
            if left < 0.0 {
                break;
            }
        }
    }
    last
}

/// Draws a node given its parents.
pub(super) fn draw_node(network: &Network, node: usize, values: &[usize], stream: &mut Stream) -> usize {
    draw(network.row(node, values), 1.0, stream)
}

/// What never changes while sampling.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Parents before children.
    pub order: Vec<usize>,
    /// Where each node's states begin in a list of all states.
    pub starts: Vec<usize>,
    /// How many states there are in all.
    pub states: usize,
    /// Children whose tables still count: not those that were set from outside.
    children: Vec<Vec<usize>>,
}

impl Plan {
    /// The plan for a network and what is given.
    pub fn new(network: &Network, given: &[Given]) -> Plan {
        let mut starts = Vec::new();
        let mut states = 0;
        for n in &network.nodes {
            starts.push(states);
            states += n.states.len();
        }
        let mut children = network.children();
        children.iter_mut().for_each(|c| c.retain(|&i| !matches!(given[i], Given::Done(_))));
        Plan { order: network.order(), starts, states, children }
    }
}

/// All that has been counted so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tallies {
    /// Likelihood weighting: Σ w for each state of each node.
    pub weights: Vec<f64>,
    /// Σ w² likewise.
    pub squares: Vec<f64>,
    /// Rejection: samples kept, for each state.
    pub kept: Vec<f64>,
    /// Gibbs: sweeps, for each state.
    pub swept: Vec<f64>,
    /// Weighted samples; ancestral samples drawn, and kept; and of Gibbs: sweeps of the batch under
    /// way and hits among them, batches, and the sums of their means and of the squares of these.
    pub counts: [f64; 8],
    /// The Gibbs chain's states.
    pub chain: Vec<usize>,
}

impl Tallies {
    /// Nothing counted. The chain begins at the first states, in the network's order, that are
    /// possible together: where all first states are, at these.
    ///
    /// # Errors
    /// Those of [`eliminate`].
    pub fn new(network: &Network, given: &[Given], plan: &Plan) -> Result<Tallies, Error> {
        let mut fixed = given.to_vec();
        let mut chain = vec![0; given.len()];
        for &node in &plan.order {
            chain[node] = match given[node].state() {
                Some(s) => s,
                None => {
                    let joint = eliminate(network, &fixed, node)?.joint;
                    joint.iter().position(|&p| p > 0.0).unwrap_or(0)
                }
            };
            if given[node] == Given::Free {
                fixed[node] = Given::Seen(chain[node]);
            }
        }
        let zeros = vec![0.0; plan.states];
        Ok(Tallies {
            weights: zeros.clone(),
            squares: zeros.clone(),
            kept: zeros.clone(),
            swept: zeros,
            counts: [0.0; 8],
            chain,
        })
    }

    /// One weighted sample, in `values`.
    pub fn weigh(
        &mut self,
        network: &Network,
        given: &[Given],
        plan: &Plan,
        values: &mut [usize],
        stream: &mut Stream,
    ) {
        let mut weight = 1.0;
        for &node in &plan.order {
            values[node] = match given[node] {
                Given::Free => draw_node(network, node, values, stream),
                Given::Done(s) => s,
                Given::Seen(s) => {
                    weight *= network.row(node, values)[s];
                    s
                }
            };
        }
        for (start, value) in plan.starts.iter().zip(values.iter()) {
            self.weights[start + value] += weight;
            self.squares[start + value] += weight * weight;
        }
        self.counts[0] += 1.0;
    }

    /// One ancestral sample, in `values`: dropped at the first contradiction of an observation.
    pub fn reject(
        &mut self,
        network: &Network,
        given: &[Given],
        plan: &Plan,
        values: &mut [usize],
        stream: &mut Stream,
    ) {
        let mut fits = true;
        for &node in &plan.order {
            values[node] = match given[node] {
                Given::Done(s) => s,
                Given::Free | Given::Seen(_) => draw_node(network, node, values, stream),
            };
            fits = !matches!(given[node], Given::Seen(s) if s != values[node]);
            if !fits {
                break;
            }
        }
        self.count(plan, values, fits);
    }

    /// Counts an ancestral sample, if it is kept.
    pub fn count(&mut self, plan: &Plan, values: &[usize], kept: bool) {
        self.counts[1] += 1.0;
        self.counts[2] += f64::from(u8::from(kept));
        if kept {
            plan.starts.iter().zip(values).for_each(|(start, value)| self.kept[start + value] += 1.0);
        }
    }

    /// One sweep of the Gibbs chain over all nodes that are free.
    pub fn sweep(&mut self, network: &Network, given: &[Given], plan: &Plan, stream: &mut Stream) {
        let mut weights = [0.0; super::network::MAX_STATES];
        for &node in &plan.order {
            if given[node] != Given::Free {
                continue;
            }
            let k = network.nodes[node].states.len();
            for (s, weight) in weights[..k].iter_mut().enumerate() {
                self.chain[node] = s;
                *weight = network.row(node, &self.chain)[s];
                for &child in &plan.children[node] {
                    *weight *= network.row(child, &self.chain)[self.chain[child]];
                }
            }
            self.chain[node] = draw(&weights[..k], weights[..k].iter().sum(), stream);
        }
        plan.starts.iter().zip(&self.chain).for_each(|(start, value)| self.swept[start + value] += 1.0);
    }

    /// Counts a sweep towards the standard error of P(query = state).
    pub fn batch(&mut self, hit: bool) {
        let [_, _, _, n, hits, batches, sum, squares] = &mut self.counts;
        *n += 1.0;
        *hits += f64::from(u8::from(hit));
        if *n == SWEEPS {
            let mean = *hits / SWEEPS;
            (*batches, *sum, *squares) = (*batches + 1.0, *sum + mean, *squares + mean * mean);
            (*n, *hits) = (0.0, 0.0);
        }
    }

    /// Shares of the states of one node, from sums over all; `None` if there is nothing yet.
    pub fn share(&self, sums: &[f64], start: usize, states: usize) -> Option<Vec<f64>> {
        let own = &sums[start..start + states];
        let total: f64 = own.iter().sum();
        (total > 0.0).then(|| own.iter().map(|w| w / total).collect())
    }

    /// The standard error of likelihood weighting's P(state), from the spread of its weights:
    /// Σ w²(f − p)² over (Σ w)².
    pub fn weighting_error(&self, start: usize, states: usize, state: usize, p: f64) -> f64 {
        let range = start..start + states;
        let total: f64 = self.weights[range.clone()].iter().sum();
        let squares = self.squares[range].iter().enumerate();
        let spread: f64 =
            squares.map(|(s, w)| if s == state { w * (1.0 - p) * (1.0 - p) } else { w * p * p }).sum();
        tilde_graph::real::sqrt(spread) / total
    }

    /// The standard error of the Gibbs estimate, from the means of its batches; 0 before two of them.
    pub fn gibbs_error(&self) -> f64 {
        let [_, _, _, _, _, n, sum, squares] = self.counts;
        if n < 2.0 {
            return 0.0;
        }
        let variance = (squares - sum * sum / n) / (n - 1.0);
        tilde_graph::real::sqrt(variance.max(0.0) / n)
    }

    /// As tensors.
    pub fn save(&self, out: &mut Vec<Saved>) {
        let parts = [
            ("weights", &self.weights),
            ("squares", &self.squares),
            ("kept", &self.kept),
            ("swept", &self.swept),
        ];
        out.extend(parts.map(|(name, values)| Saved::doubles(name, &[values.len()], values)));
        out.push(Saved::doubles("counts", &[8], &self.counts));
        let chain: Vec<u32> = self.chain.iter().map(|&s| s as u32).collect();
        out.push(Saved::words("chain", &[chain.len()], &chain));
    }

    /// From tensors, for a network of these sizes.
    ///
    /// # Errors
    /// [`Error::BadFile`].
    pub fn load(&mut self, saved: &[Saved], plan: &Plan, cards: &[usize]) -> Result<(), Error> {
        let states = &[plan.states];
        self.weights = Saved::find_doubles(saved, "weights", states)?.to_vec();
        self.squares = Saved::find_doubles(saved, "squares", states)?.to_vec();
        self.kept = Saved::find_doubles(saved, "kept", states)?.to_vec();
        self.swept = Saved::find_doubles(saved, "swept", states)?.to_vec();
        self.counts.copy_from_slice(Saved::find_doubles(saved, "counts", &[8])?);
        let chain = Saved::find_words(saved, "chain", &[cards.len()])?;
        self.chain = states_of(chain, cards)?;
        Ok(())
    }
}

/// States as a checkpoint holds them, if they are states of these nodes.
pub fn states_of(words: &[u32], cards: &[usize]) -> Result<Vec<usize>, Error> {
    if words.iter().zip(cards).any(|(&s, &k)| s as usize >= k) {
        return Err(Error::BadFile("A node of the file is in a state that it does not have.".into()));
    }
    Ok(words.iter().map(|&s| s as usize).collect())
}
