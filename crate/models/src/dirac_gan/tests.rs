use super::card::{Method, Objective};
use super::model::{Game, Matrix, central_differences, eigenvalues, spectral_radius};
use crate::golden::{near, numbers, record, records};
use crate::numeric::scalar::largest;
use std::vec::Vec;

const METHODS: [(&str, Method); 4] = [
    ("simultaneous", Method::Simultaneous),
    ("alternating", Method::Alternating),
    ("extragradient", Method::Extragradient),
    ("consensus", Method::Consensus),
];

fn objective(id: &str) -> Objective {
    match id {
        "minimax" => Objective::Minimax,
        "non-saturating" => Objective::NonSaturating,
        "wasserstein" => Objective::Wasserstein,
        _ => panic!("{id}"),
    }
}

fn place(value: &serde_json::Value) -> [f64; 2] {
    numbers(value).try_into().unwrap()
}

/// Fields, Jacobians, trajectories and eigenvalues of a game that JAX differentiates from its losses.
#[test]
fn the_game_is_that_of_its_losses() {
    let all = records("dirac", "dirac.");
    assert_eq!(all.len(), 9);
    for r in all {
        let id = r["id"].as_str().unwrap();
        let (given, out) = (&r["in"], &r["out"]);
        let name = id.strip_prefix("dirac.").unwrap().split("-r1").next().unwrap();
        let number = |key: &str| given[key].as_f64().unwrap();
        let game = |method| Game {
            objective: objective(name),
            method,
            r1: number("r1"),
            consensus: number("consensus"),
            rate: number("rate"),
        };
        let plain = game(Method::Simultaneous);
        let at = place(&given["place"]);
        near(id, &plain.field(at), &numbers(&out["field"]), 1e-12);
        near(id, plain.jacobian(at).as_flattened(), &numbers(&out["jacobian"]), 1e-12);
        let flow = eigenvalues(plain.linear_flow());
        near(id, flow.as_flattened(), &numbers(&out["flow_eigenvalues"]), 1e-12);
        for (key, method) in METHODS {
            let (game, mut at) = (game(method), place(&given["start"]));
            let mut way = Vec::new();
            for _ in 0..12 {
                at = game.step(at);
                way.extend(at);
            }
            near(key, &way, &numbers(&out[key]["way"]), 1e-12);
            let exact = eigenvalues(game.linear_step());
            near(key, exact.as_flattened(), &numbers(&out[key]["eigenvalues"]), 1e-12);
        }
    }
}

#[test]
fn r1_has_the_eigenvalues_of_the_list() {
    let r = record("seed1", "gan.dirac_r1_eigs");
    let game = Game {
        objective: Objective::Minimax,
        method: Method::Simultaneous,
        r1: r["in"]["gamma"].as_f64().unwrap(),
        consensus: 0.0,
        rate: 0.1,
    };
    let mut found = eigenvalues(game.linear_flow());
    found.sort_by(|a, b| a[0].total_cmp(&b[0]));
    near("R1", found.as_flattened(), &numbers(&r["out"]["re_im"]), 1e-9);
}

/// For every objective, way of stepping, penalty and size of step.
fn every_game(mut look: impl FnMut(Game)) {
    for objective in [Objective::Minimax, Objective::NonSaturating, Objective::Wasserstein] {
        for (_, method) in METHODS {
            for r1 in [0.0, 0.3, 1.0, 2.0] {
                for rate in [0.01, 0.25, 1.0] {
                    look(Game { objective, method, r1, consensus: 0.7, rate });
                }
            }
        }
    }
}

#[test]
fn theory_is_what_finite_differences_find() {
    let off = |a: Matrix, b: Matrix| largest(a.concat().iter().zip(b.concat()).map(|(a, b)| (a - b).abs()));
    every_game(|game| {
        assert!(off(game.linear_step(), central_differences(|at| game.step(at))) < 1e-9, "{game:?}");
        assert!(off(game.linear_flow(), central_differences(|at| game.flow(at))) < 1e-9, "{game:?}");
        let at = [0.7, -0.4];
        let moved = central_differences(|d| game.field([at[0] + d[0], at[1] + d[1]]));
        assert!(off(game.jacobian(at), moved) < 1e-8, "{game:?}");
    });
}

/// The figures that the literature gives.
#[test]
fn the_eigenvalues_are_those_of_the_paper() {
    let game =
        |method, r1, consensus, rate| Game { objective: Objective::Minimax, method, r1, consensus, rate };
    for (rate, known) in [(0.1, 1.001_249_2), (0.2, 1.004_987_6)] {
        let step = spectral_radius(eigenvalues(game(Method::Simultaneous, 0.0, 0.0, rate).linear_step()));
        assert!((step - known).abs() < 1e-7);
        let turns = spectral_radius(eigenvalues(game(Method::Alternating, 0.0, 0.0, rate).linear_step()));
        assert!((turns - 1.0).abs() < 1e-12);
    }
    let flow = eigenvalues(game(Method::Consensus, 0.0, 0.8, 0.1).linear_flow());
    near("consensus", flow.as_flattened(), &[-0.2, 0.5, -0.2, -0.5], 1e-12);
    let double = eigenvalues(game(Method::Simultaneous, 1.0, 0.0, 0.1).linear_flow());
    near("R1 of 1", double.as_flattened(), &[-0.5, 0.0, -0.5, 0.0], 1e-12);
}

/// Without a penalty the minimax flow keeps its distance, and the non-saturating one nears the equilibrium.
#[test]
fn minimax_turns_and_non_saturating_creeps() {
    let game =
        |objective| Game { objective, method: Method::Simultaneous, r1: 0.0, consensus: 0.0, rate: 0.1 };
    for at in [[0.8, 0.3], [-1.5, 2.0], [0.1, -0.7]] {
        let outward = |objective| {
            let v = game(objective).field(at);
            v[0] * at[0] + v[1] * at[1]
        };
        assert!(outward(Objective::Minimax).abs() < 1e-15);
        assert!(outward(Objective::NonSaturating) < 0.0);
    }
}
