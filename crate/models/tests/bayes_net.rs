//! Bayesian networks beside pgmpy and sums over whole joint tables.

mod common;

use common::{near, numbers, records};
use serde_json::Value;
use tilde_models::bayes_net::eliminate::{Given, eliminate};
use tilde_models::bayes_net::network::{Network, Node};
use tilde_models::bayes_net::separation::reach;
use tilde_models::bayes_net::{read, write};

fn network(record: &Value) -> Network {
    let indices = |value: &Value| numbers(value).iter().map(|&x| x as usize).collect::<Vec<_>>();
    let node = |(i, node): (usize, &Value)| Node {
        name: format!("N{i}"),
        states: (0..indices(&node["table"]["shape"])[1]).map(|s| format!("s{s}")).collect(),
        parents: indices(&node["parents"]),
        table: numbers(&node["table"]),
        at: [0.0; 2],
    };
    Network { nodes: record["in"]["nodes"].as_array().expect("nodes").iter().enumerate().map(node).collect() }
}

/// What is observed; the node of `done` is set.
fn given(record: &Value) -> Vec<Given> {
    let done = record["in"]["done"].as_u64();
    let states = numbers(&record["in"]["given"]);
    let one = |(i, s): (usize, f64)| match s {
        s if s < 0.0 => Given::Free,
        s if done == Some(i as u64) => Given::Done(s as usize),
        s => Given::Seen(s as usize),
    };
    states.into_iter().enumerate().map(one).collect()
}

fn check(record: &Value, network: &Network) {
    let given = given(record);
    let mut posteriors = Vec::new();
    for i in 0..network.nodes.len() {
        let answer = eliminate(network, &given, i).expect("it is small");
        near("evidence", &[answer.evidence()], &numbers(&record["out"]["evidence"]), 1e-12);
        posteriors.extend(answer.posterior());
    }
    let id = record["id"].as_str().expect("an id");
    near(id, &posteriors, &numbers(&record["out"]["posteriors"]), 1e-12);
}

#[test]
fn posteriors_are_those_of_pgmpy() {
    records("bayes", "query.").iter().for_each(|record| check(record, &network(record)));
}

#[test]
fn interventions_are_sums_over_the_cut_network() {
    records("bayes", "do.").iter().for_each(|record| check(record, &network(record)));
}

#[test]
fn a_file_says_the_same() {
    for record in records("bayes", "query.random") {
        check(&record, &read(&write(&network(&record))).expect("our own file"));
    }
}

#[test]
fn active_trails_lead_where_pgmpy_says() {
    for record in records("bayes", "separation.") {
        let (network, given) = (network(&record), given(&record));
        let source = record["in"]["source"].as_u64().expect("a node") as usize;
        let reach = reach(&network, &given, source);
        let found: Vec<f64> = (0..given.len()).filter(|&i| reach.connected[i]).map(|i| i as f64).collect();
        assert_eq!(found, numbers(&record["out"]["connected"]), "{}", record["id"]);
    }
}
