//! Deep machines and annealed weights against sums over every state (`boltzmann.json`).

mod common;
#[path = "../../../tests/shipped.rs"]
mod shipped;

use common::{near, numbers, records};
use pollster::block_on;
use serde_json::Value;
use tilde_cpu::Cpu;
use tilde_graph::{Device, Program, compile};
use tilde_models::driver::Driver;
use tilde_models::exhibit::{Layer, Sources};
use tilde_models::metrics::{dbm, dbn};
use tilde_models::model::Setup;
use tilde_models::{Model, Run, Settings, ais, dbn as net, rbm};

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
        let device = Driver::new(Box::new(Cpu::load(compile(program)).expect("it loads")));
        let [[mean, error], [log, log_error]] =
            block_on(tiny.moments(&device, 10, base, 50)).expect("it anneals");
        assert!((mean - 1.0).abs() < 4.0 * error, "mean weight {mean} ± {error}");
        let known = mean_log - (log_z - log_base);
        assert!((log - known).abs() < 4.0 * log_error, "mean log-weight {log} ± {log_error}, not {known}");
        // It is a bias, and not noise: the mean of the logarithms is not the logarithm of the mean.
        assert!(log < -10.0 * log_error, "mean log-weight {log} ± {log_error}");
    }
}

/// A run of a card with these settings, on the CPU.
fn opened(card: &'static tilde_models::card::Card, given: &[(&str, &str)]) -> Run {
    let mut settings = Settings::new(card);
    for (id, value) in given {
        settings.set_text(id, value).expect("a setting");
    }
    let load = async |program: &Program| {
        let device: Box<dyn Device> = Box::new(Cpu::load(compile(program)).expect("a device"));
        Ok(device)
    };
    block_on(Run::open(settings, 3, shipped::sources(), load)).expect("a run")
}

/// Its figures, costly ones too, by id.
fn figures(run: &mut Run) -> impl Fn(&str) -> f64 + use<> {
    let all = block_on(run.metrics(true)).expect("figures");
    move |id| all.iter().find(|(found, _)| *found == id).unwrap_or_else(|| panic!("no {id}")).1
}

fn layers(run: &mut Run, view: &str) -> Vec<Layer> {
    block_on(run.view(view)).expect("a picture").layers
}

/// The arrows of learning begin at the means that the figures say, data's down and fantasies' up.
#[test]
fn learning_pulls_data_down_and_pushes_fantasies_up() {
    let mut run = opened(&rbm::CARD, &[("hidden", "64")]);
    block_on(run.train(400)).expect("it trains");
    let figure = figures(&mut run);
    let energies = layers(&mut run, "energies");
    for (column, id, arrow, sign) in
        [("data", "free_energy_data", "pulled", -1.0), ("now", "free_energy_model", "pushed", 1.0)]
    {
        let at = energies.iter().position(|layer| layer.id == column).expect("a column");
        let marks: Vec<f64> = energies[at].data.iter().skip(1).step_by(2).map(|y| f64::from(*y)).collect();
        near(id, &[marks.iter().sum::<f64>() / marks.len() as f64], &[figure(id)], 1e-3);
        near("the mean's line", &[f64::from(energies[at + 1].data[1])], &[figure(id)], 1e-3);
        let arrow = &energies.iter().find(|layer| layer.id == arrow).expect("an arrow").data;
        assert!(sign * arrow[3] > 0.0, "{id}: {arrow:?}");
    }
    // As many hidden units as pixels are still another layer than the pixels.
    let machine = layers(&mut run, "machine");
    assert_ne!(machine[0].shape[1..], machine[1].shape[1..]);
    assert!(machine[0].data.iter().all(|p| (0.0..=1.0).contains(p)));
}

/// A chain's images are those of its way: of the first run as far as it has come, then of the last whole one.
#[test]
fn the_strip_of_annealing_grows_with_the_run() {
    let mut run = opened(&ais::CARD, &[("machine", "trap"), ("temperatures", "200"), ("chains", "10")]);
    let strip = |run: &mut Run| -> Vec<Layer> {
        let images = |layer: &Layer| layer.kind == tilde_models::card::ViewKind::Images;
        layers(run, "running").into_iter().filter(images).collect()
    };
    let labels = |strip: &[Layer]| strip[0].labels.clone();
    assert_eq!(labels(&strip(&mut run)), [0, 1, 1, 1, 1, 1, 1, 1, 1]);
    block_on(run.train(25)).expect("it trains");
    assert_eq!(labels(&strip(&mut run)), [0, 0, 0, 0, 0, 1, 1, 1, 1]);
    // The black line is the figure.
    let exact = layers(&mut run, "running").into_iter().find(|layer| layer.id == "exact").expect("a line");
    assert_eq!(exact.data[1], figures(&mut run)("log_partition") as f32);
    block_on(run.train(25)).expect("it trains");
    let whole = strip(&mut run);
    assert_eq!(labels(&whole), [0; 9]);
    // It ends with the particles that there are.
    let particles = layers(&mut run, "particles");
    for (strip, particles) in whole.iter().zip(&particles) {
        assert_eq!(strip.data[8 * 240..], particles.data[..240]);
    }
    assert_ne!(whole[1].data[..240], whole[1].data[8 * 240..], "from fair pixels it has moved");
    block_on(run.train(25)).expect("it trains");
    // What is shown stays that of the last whole run, which the figures are of, until another is whole.
    let next = strip(&mut run);
    assert_eq!(labels(&next), [0; 9]);
    assert_eq!([&next[0].data, &next[1].data], [&whole[0].data, &whole[1].data]);
    block_on(run.train(25)).expect("it trains");
    assert_ne!(strip(&mut run)[1].data, whole[1].data);
}

/// What is gained is what the likelihoods say, and the exact gain is no smaller than the bound's.
#[test]
fn what_the_second_machine_gains() {
    let mut run = opened(&net::CARD, &[("hidden", "6"), ("first_steps", "60")]);
    block_on(run.train(160)).expect("it trains");
    let figure = figures(&mut run);
    let first = figure("first_log_likelihood");
    near("exact", &[figure("exact_gain")], &[figure("test_log_likelihood") - first], 1e-9);
    near("bound", &[figure("identity")], &[figure("bound") - first], 1e-9);
    assert!(figure("exact_gain") >= figure("identity") - 1e-3);
}
