//! Theorems about Bayesian networks: exact inference, and what d-separation says of independence.

use tilde_graph::rng::Stream;
use tilde_models::Error;
use tilde_models::bayes_net::eliminate::{Given, eliminate};
use tilde_models::bayes_net::nets::prepared;
use tilde_models::bayes_net::network::{Network, Node};
use tilde_models::bayes_net::separation::reach;

/// Published and enumerated posteriors: a network, what is observed to be "yes", a node, P(yes).
type Known = (&'static str, &'static [usize], usize, f64);

const KNOWN: &[Known] = &[
    ("sprinkler", &[], 3, 0.6471),
    ("sprinkler", &[3], 0, 0.575_799_721_8),
    ("sprinkler", &[3], 1, 0.429_763_560_5),
    ("sprinkler", &[3], 2, 0.707_927_677_3),
    ("sprinkler", &[3, 2], 1, 0.194_499_017_7),
    ("sprinkler", &[3, 1], 2, 0.320_388_349_5),
    ("sprinkler", &[1], 0, 1.0 / 6.0),
    ("asia", &[], 5, 0.064_828),
    ("asia", &[], 6, 0.110_290_04),
    ("asia", &[], 7, 0.435_970_6),
    ("asia", &[7], 2, 0.018_845_307_5),
    ("asia", &[7], 3, 0.102_759_222_8),
    ("asia", &[7], 4, 0.833_967_336_3),
    ("asia", &[0, 7], 2, 0.087_750_965),
    ("asia", &[0, 7, 6], 2, 0.391_711_72),
    ("asia", &[0, 7, 6], 3, 0.444_270_507_8),
    ("asia", &[0, 7, 6], 4, 0.628_821_776),
    ("asia", &[7, 6], 2, 0.113_933_325_4),
    ("asia", &[7, 6], 3, 0.621_252_796_7),
    ("burglary", &[3, 4], 0, 0.284_171_835_4),
    ("burglary", &[3, 4], 1, 0.176_066_838_4),
    ("burglary", &[3, 4], 2, 0.760_692_038_9),
    ("burglary", &[3], 0, 0.016_283_729_9),
];

/// The largest distance from the known posteriors, of networks that `change` was done to.
fn exact_error(change: impl Fn(&mut Network)) -> Result<f64, Error> {
    let mut worst = 0f64;
    for &(id, seen, node, known) in KNOWN {
        let mut network = prepared(id).network();
        change(&mut network);
        let mut given = vec![Given::Free; network.nodes.len()];
        seen.iter().for_each(|&i| given[i] = Given::Seen(1));
        worst = worst.max((eliminate(&network, &given, node)?.posterior()[1] - known).abs());
    }
    Ok(worst)
}

/// A random network of `n` nodes of two states, its numbers far from each other and from 0 and 1, so
/// that what is connected is dependent by more than rounding.
fn random_network(stream: &mut Stream, n: usize) -> Network {
    let mut network = Network::default();
    for i in 0..n {
        let parents: Vec<usize> = (0..i).filter(|_| stream.below(3) == 0).collect();
        let rows = 1 << parents.len();
        let table = (0..rows).flat_map(|_| {
            let p = 0.1 + 0.8 * f64::from(stream.uniform());
            [1.0 - p, p]
        });
        let table = table.collect();
        let states = ["no", "yes"].map(|s| s.to_string()).to_vec();
        network.nodes.push(Node { name: format!("N{i}"), states, parents, table, at: [0.0; 2] });
    }
    network
}

/// On random networks with random observations: for how many pairs of nodes `connected` says another
/// thing than their exact distributions, P(b | a, observations) for both states of a.
fn separation_mismatches(
    seed: u64,
    connected: impl Fn(&Network, &[Given], usize) -> Vec<bool>,
) -> Result<u32, Error> {
    let mut stream = Stream::new(seed, 7);
    let mut mismatches = 0;
    for _ in 0..100 {
        let network = random_network(&mut stream, 6);
        let mut given = [Given::Free; 6];
        for g in &mut given {
            if stream.below(3) == 0 {
                *g = Given::Seen(stream.below(2) as usize);
            }
        }
        for a in (0..6).filter(|&a| given[a] == Given::Free) {
            let said = connected(&network, &given, a);
            for b in (0..6).filter(|&b| b != a && given[b] == Given::Free) {
                let after = |state| {
                    let mut fixed = given;
                    fixed[a] = Given::Seen(state);
                    eliminate(&network, &fixed, b).map(|answer| answer.posterior()[1])
                };
                let depends = (after(0)? - after(1)?).abs() > 1e-9;
                mismatches += u32::from(depends != said[b]);
            }
        }
    }
    Ok(mismatches)
}

/// Elimination gives the published and the enumerated posteriors; with two numbers of a table exchanged
/// it does not.
#[test]
fn posteriors_are_the_known_ones() {
    let error = exact_error(|_| {}).unwrap();
    assert!(error <= 1e-10, "{error}");
    let wrong = exact_error(|network| {
        let last = network.nodes.len() - 1;
        let table = &mut network.nodes[last].table;
        let cells = table.len();
        table.swap(cells - 1, cells - 2);
    });
    assert!(wrong.unwrap() > 0.01);
}

/// Two nodes are dependent, given observations, where a trail between them is open; a path alone, whatever
/// is observed and wherever arrows meet, does not make them so.
#[test]
fn nodes_are_independent_where_no_trail_is_open() {
    let trails = |network: &Network, given: &[Given], a| reach(network, given, a).connected;
    for seed in 1..=5 {
        assert_eq!(separation_mismatches(seed, trails).unwrap(), 0, "seed {seed}");
    }
    let joined = |network: &Network, _: &[Given], a: usize| {
        let mut found = vec![false; network.nodes.len()];
        found[a] = true;
        for _ in 0..network.nodes.len() {
            for (child, node) in network.nodes.iter().enumerate() {
                for &parent in &node.parents {
                    let either = found[parent] | found[child];
                    (found[parent], found[child]) = (either, either);
                }
            }
        }
        found
    };
    assert!(separation_mismatches(1, joined).unwrap() > 0);
}
