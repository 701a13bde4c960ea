//! Deep machines and annealed weights against sums over every state (`boltzmann.json`).

mod common;

use common::{near, numbers, records};
use pollster::block_on;
use serde_json::Value;
use tilde_cpu::Cpu;
use tilde_models::driver::Driver;
use tilde_models::exhibit::Sources;
use tilde_models::metrics::{dbm, dbn};
use tilde_models::model::Setup;
use tilde_models::{Model, Settings, ais};

fn floats(given: &Value, id: &str) -> Vec<f32> {
    numbers(&given[id]).into_iter().map(|x| x as f32).collect()
}

fn images(given: &Value, d: usize) -> Vec<Vec<u8>> {
    numbers(&given["v"]).chunks(d).map(|row| row.iter().map(|&x| x as u8).collect()).collect()
}

#[test]
fn deep_machines() {
    for r in records("boltzmann", "dbm.exact") {
        let given = &r["in"];
        let machine = dbm::Machine {
            weights: ["W1", "W2", "W3"].map(|id| floats(given, id)),
            biases: ["b0", "b1", "b2", "b3"].map(|id| floats(given, id)),
        };
        let exact = dbm::Exact::new(&machine);
        near("log Z", &[exact.log_z], &numbers(&r["out"]["log_z"]), 1e-9);
        let found: Vec<f64> = images(given, machine.biases[0].len())
            .iter()
            .map(|v| exact.log_likelihood(&machine, v))
            .collect();
        // What an image says to h₁ is summed in single precision.
        near("log p(v)", &found, &numbers(&r["out"]["log_likelihood"]), 1e-6);
    }
}

/// A machine with two hidden layers is one whose third is idle: its one unit doubles Z.
#[test]
fn two_hidden_layers() {
    for r in records("seed1", "dbm.exact") {
        let given = &r["in"];
        let b2 = floats(given, "b2");
        let machine = dbm::Machine {
            weights: [floats(given, "W1"), floats(given, "W2"), vec![0.0; b2.len()]],
            biases: [floats(given, "bv"), floats(given, "b1"), b2, vec![0.0]],
        };
        let log_z = dbm::Exact::new(&machine).log_z - std::f64::consts::LN_2;
        // The record's numbers are decimals, the machine's are single precision.
        near("log Z", &[log_z], &numbers(&r["out"]["logZ"]), 1e-6);
    }
}

#[test]
fn belief_nets() {
    for r in records("boltzmann", "dbn.exact") {
        let given = &r["in"];
        let [down, visible, top, labels, b, a, c] =
            ["down", "visible", "W", "U", "b", "a", "c"].map(|id| floats(given, id));
        let net = dbn::Net { down, visible, top, labels, b, a, c };
        let exact = dbn::Exact::new(&net);
        near("log Z", &[exact.log_z], &numbers(&r["out"]["log_z"]), 1e-6);
        let found: Vec<f64> =
            images(given, net.visible.len()).iter().map(|v| exact.log_likelihood(&net, v)).collect();
        near("log p(v)", &found, &numbers(&r["out"]["log_likelihood"]), 1e-6);
    }
}

/// The mean weight and the mean log-weight of 50,000 chains, within four standard errors.
#[test]
fn annealed_weights() {
    let mut settings = Settings::new(&ais::CARD);
    for (id, value) in [("machine", "tiny"), ("chains", "1000")] {
        settings.set_text(id, value).expect("a setting");
    }
    let sources = Sources::default();
    let tiny = ais::Ais::new(&Setup { settings: &settings, seed: 0, sources: &sources }).expect("it builds");
    for (base, r) in records("boltzmann", "ais.exact").iter().enumerate() {
        let [log_base, log_z, mean_log] =
            ["log_base", "log_z", "mean_log_weight"].map(|id| numbers(&r["out"][id])[0]);
        let program = tiny.program().expect("it has tensors");
        let device = Driver::new(Box::new(Cpu::load(tilde_graph::compile(program)).expect("it loads")));
        let [[mean, error], [log, log_error]] =
            block_on(tiny.moments(&device, 10, base, 50)).expect("it anneals");
        assert!((mean - 1.0).abs() < 4.0 * error, "mean weight {mean} ± {error}");
        let known = mean_log - (log_z - log_base);
        assert!((log - known).abs() < 4.0 * log_error, "mean log-weight {log} ± {log_error}, not {known}");
        // It is a bias, and not noise: the mean of the logarithms is not the logarithm of the mean.
        assert!(log < -10.0 * log_error, "mean log-weight {log} ± {log_error}");
    }
}
