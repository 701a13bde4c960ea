//! What must hold of the tables themselves, without a long run.

mod common;

use common::Here;
use pollster::block_on;
use tilde_evaluate::figure::Figure;
use tilde_evaluate::gate::{Control, Gate, Judge, Source, Table, Trial, Wrong, at_least, at_most};
use tilde_evaluate::{evaluate, evaluate_table, settings_of, tables};
use tilde_models::card::SettingKind;
use tilde_models::exhibits;

/// Every trial of a table.
fn trials(table: &Table) -> Vec<Trial> {
    let mut all = Vec::new();
    for gate in table.gates {
        all.extend([Some(gate.trial), gate.beside].into_iter().flatten());
        all.extend(gate.controls.iter().filter_map(|control| match control.wrong {
            Wrong::Run(trial) => Some(trial),
            Wrong::Samples(_) => None,
        }));
    }
    all
}

#[test]
fn every_exhibit_has_gates() {
    for card in exhibits::cards() {
        let table = tables::find(card.id).unwrap_or_else(|_| panic!("'{}' has no gates", card.id));
        assert_eq!(table.exhibit, card.id);
        assert!(!table.gates.is_empty(), "'{}' has no gates", card.id);
    }
    let ids: Vec<&str> = exhibits::cards().map(|card| card.id).collect();
    let mut in_order: Vec<&str> = tables::tables().iter().map(|table| table.exhibit).collect();
    in_order.dedup();
    assert_eq!(in_order, ids, "in the order of the lecture, and none besides");
}

/// What an exhibit offers to learn from, it learns: a gate trains on each of its sets, but on what a user brings.
#[test]
fn every_shipped_set_has_a_gate() {
    for card in exhibits::cards() {
        let Some(data) = card.settings.iter().find(|setting| setting.id == "data") else { continue };
        let SettingKind::Choice(ids) = data.kind else { panic!("{}: 'data' is no choice", card.id) };
        let gated: Vec<String> = tables::all()
            .filter(|table| table.exhibit == card.id)
            .flat_map(|table| table.gates.iter())
            .map(|gate| settings_of(card, &gate.trial).expect(gate.name).choice("data").to_string())
            .collect();
        for id in ids.iter().filter(|id| !matches!(**id, "drawn" | "own")) {
            assert!(gated.iter().any(|gated| gated == id), "no gate of '{}' trains on '{id}'", card.id);
        }
    }
}

#[test]
fn every_gate_has_a_control_that_is_another_run() {
    for table in tables::all() {
        for gate in table.gates {
            assert!(!gate.controls.is_empty(), "{}: '{}' has no control", table.id, gate.name);
            for control in gate.controls {
                // The judge itself is on trial in one gate, and has no other run.
                let of_the_judge = table.judge == Judge::Classifier && control.figure.is_some();
                let another = control.wrong != Wrong::Run(gate.trial) || of_the_judge;
                assert!(another, "{}: '{}' is its own control", table.id, gate.name);
                assert_ne!(Some(gate.trial), gate.beside, "{}: '{}'", table.id, gate.name);
            }
        }
    }
}

#[test]
fn names_are_unique_and_sources_are_given() {
    for table in tables::all() {
        let mut names: Vec<&str> = table.gates.iter().map(|gate| gate.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), table.gates.len(), "{}: two gates share a name", table.id);
        for gate in table.gates {
            let (Source::Exact(why)
            | Source::Paper(why)
            | Source::Library(why)
            | Source::Ahead(why)
            | Source::Ours(why)) = gate.source;
            assert!(
                !why.is_empty(),
                "{}: '{}' does not say where its target comes from",
                table.id,
                gate.name
            );
        }
    }
}

#[test]
fn every_run_has_settings_of_its_card() {
    for table in tables::all() {
        let card = exhibits::card(table.exhibit).unwrap();
        for trial in trials(table) {
            let settings = settings_of(card, &trial).unwrap_or_else(|e| panic!("{}: {e}", table.id));
            for (id, value) in trial.then {
                let mut settings = settings.clone();
                let setting = settings.set_text(id, value).unwrap_or_else(|e| panic!("{}: {e}", table.id));
                // What is set once a model has trained must not rebuild it.
                assert!(setting.live, "{}: '{id}' is not live", table.id);
            }
        }
    }
}

/// `docs/gates.md` is made by a run; a gate that was added or changed since is missing there.
#[test]
fn the_page_of_gates_has_every_gate() {
    let page = std::fs::read_to_string("../../docs/gates.md").expect("docs/gates.md");
    for table in tables::all() {
        let heading = format!("\n## {}\n", table.id);
        let start =
            page.find(&heading).unwrap_or_else(|| panic!("docs/gates.md has no section '{}'", table.id));
        let section = &page[start + heading.len()..];
        let section = &section[..section.find("\n## ").unwrap_or(section.len())];
        for gate in table.gates {
            let row = section.lines().find(|line| line.starts_with(&format!("| {} |", gate.name)));
            let row = row.unwrap_or_else(|| panic!("docs/gates.md has no '{}' of {}", gate.name, table.id));
            assert!(row.contains(&gate.source.words()), "another source of '{}'", gate.name);
            for control in gate.controls {
                assert!(row.contains(control.name), "'{}' has no control '{}'", gate.name, control.name);
            }
        }
        let rows = section.lines().filter(|line| line.starts_with("| ")).count();
        assert_eq!(rows, table.gates.len() + 1, "docs/gates.md has rows of {} that no gate has", table.id);
    }
}

/// The mark that the deep Boltzmann machine must pass is among what EM reaches from twenty starts.
#[test]
fn the_mixture_of_bernoulli_products_is_where_the_gate_says() {
    let record = common::golden("bernoulli", "bernoulli.mixture");
    let reached = record["out"]["test"]["data"].as_array().expect("a tensor").iter();
    let reached: Vec<f64> = reached.map(|x| x.as_f64().expect("a number")).collect();
    let gates = tables::find("dbm").unwrap().gates;
    let target = gates.iter().find(|gate| gate.name == "held-out log-likelihood").unwrap().bound.target;
    assert!(
        reached.iter().any(|&x| x <= target) && reached.iter().any(|&x| x >= target),
        "{target}: {reached:?}"
    );
}

#[test]
fn what_is_not_evaluated_is_said() {
    assert_eq!(block_on(evaluate(&Here, "gan3d", &[1])).unwrap_err().code(), "unknown-exhibit");
}

const LINEAR: Trial = Trial::new(&[("model", "linear")], 600);

const fn gate(figure: Figure, controls: &'static [Control]) -> Gate {
    Gate {
        name: "divergence",
        trial: LINEAR,
        figure,
        beside: None,
        bound: at_most(1e-9),
        source: Source::Exact("0"),
        controls,
    }
}

/// The runner on the cheapest exhibit: what passes, what misses, what is let through, what is missing.
#[test]
fn a_miss_a_weak_control_and_a_missing_figure_all_fail() {
    static SOUND: &[Gate] = &[gate(Figure::Of("kl"), &[Control::run("untrained", LINEAR.steps(0))])];
    static MISSED: &[Gate] = &[Gate {
        bound: at_least(1.0),
        ..gate(Figure::Of("kl"), &[Control::run("untrained", LINEAR.steps(0))])
    }];
    static WEAK: &[Gate] = &[gate(Figure::Of("kl"), &[Control::run("trained on", LINEAR.steps(700))])];
    static MISSING: &[Gate] =
        &[gate(Figure::Of("high_quality"), &[Control::run("untrained", LINEAR.steps(0))])];
    static MISSING_IN_CONTROL: &[Gate] = &[gate(
        Figure::Of("kl"),
        &[Control::run("untrained", LINEAR.steps(0)).measured(Figure::Of("high_quality"))],
    )];
    let verdicts = [SOUND, MISSED, WEAK, MISSING, MISSING_IN_CONTROL].map(|gates| {
        let table = Box::leak(Box::new(Table { id: "elbo", exhibit: "elbo", gates, judge: Judge::Exhibit }));
        let found = block_on(evaluate_table(&Here, table, &[1, 2])).unwrap();
        assert_eq!((found.gates.len(), found.gates[0].seeds.len(), found.controls.len()), (1, 2, 1));
        (found.gates[0].pass(), found.controls[0].rejected(), found.pass())
    });
    assert_eq!(verdicts[0], (true, true, true));
    assert!(!verdicts[1].0 && !verdicts[1].2);
    assert_eq!(verdicts[2], (true, false, false));
    assert_eq!(verdicts[3], (false, false, false));
    assert_eq!(verdicts[4], (true, false, false));
}

/// A model that is asked otherwise is put back before it is asked again, and trained once.
#[test]
fn a_gain_and_a_changed_question_are_measured() {
    const ASKED: Trial = Trial::new(&[], 10);
    static GATES: &[Gate] = &[
        Gate {
            name: "gain",
            figure: Figure::Of("elbo"),
            trial: LINEAR,
            beside: Some(LINEAR.steps(0)),
            bound: at_least(5.0),
            source: Source::Exact("the bound rises"),
            controls: &[Control::run("one step", LINEAR.steps(1))],
        },
        Gate {
            name: "as it was trained",
            trial: ASKED,
            figure: Figure::Of("variance_score_reference"),
            ..gate(Figure::Of("kl"), &[])
        },
        Gate {
            name: "with a baseline",
            trial: ASKED.then(&[("baseline", "true")]),
            figure: Figure::Of("variance_score_reference"),
            ..gate(Figure::Of("kl"), &[])
        },
    ];
    let table =
        Box::leak(Box::new(Table { id: "elbo", exhibit: "elbo", gates: GATES, judge: Judge::Exhibit }));
    let found = block_on(evaluate_table(&Here, table, &[1])).unwrap();
    assert!(found.gates[0].pass() && found.controls[0].rejected(), "{found:?}");
    let alone = common::figures("elbo", ASKED, 1).of("variance_score_reference");
    assert_eq!(found.gates[1].seeds, [alone]);
    assert_ne!(found.gates[2].seeds, [alone]);
}
