//! Files as others write them, and files that are none.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use proptest::prelude::*;
use tilde_models::data::network::plain;

/// As bnlearn writes it, with comments, quotes, `table` for a child, and `default`.
const FOREIGN: &str = r#"network "two" { property author "somebody" ; }
// A comment.
variable Rain { type discrete [ 2 ] { "heavy rain", none }; }
variable Wet { /* another */ type discrete[2]{yes,no}; property "position = (73, 165)" ; }
variable Mud { type discrete [ 3 ] { a, b, c }; }
probability ( Rain ) { table 0.3333333, 0.6666667; }
probability ( Wet | Rain ) { table 0.9, 0.2, 0.1, 0.8; }
probability ( Mud | Rain, Wet ) { default 0.2, 0.3, 0.5; ("heavy rain", no) 1, 0, 0; }
"#;

#[test]
fn files_of_others_are_read() {
    let network = read(FOREIGN).unwrap().network;
    assert_eq!(network.nodes[0].states, ["heavy_rain", "none"]);
    assert!((network.nodes[0].table.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    // P(Wet = yes | heavy) = .9, P(yes | none) = .2: the state changes slowest in a table.
    assert_eq!(network.nodes[1].table, [0.9, 0.1, 0.2, 0.8]);
    assert_eq!(network.nodes[2].table, [0.2, 0.3, 0.5, 1.0, 0.0, 0.0, 0.2, 0.3, 0.5, 0.2, 0.3, 0.5]);
    assert!(network.nodes[0].at[1] < network.nodes[1].at[1], "parents stand above");
}

#[test]
fn files_that_are_none_say_why() {
    let replaced = |from: &str, to: &str| FOREIGN.replace(from, to);
    let cases = [
        (String::new(), "no variables"),
        ("Dear Sir or Madam".into(), "is this a BIF file"),
        (replaced("0.3333333, 0.6666667", "0.5, 0.6"), "Line 6 of the network: the row of Rain sums to 1.1"),
        (replaced("0.3333333, 0.6666667", "0.5"), "a table of 2 numbers"),
        (
            replaced("( Mud | Rain, Wet )", "( Mud | Rain, Sun )"),
            "Line 8 of the network: there is no variable 'Sun'",
        ),
        (replaced("probability ( Rain )", "probability ( Rain | Mud )"), "table of 6"),
        (replaced("default 0.2, 0.3, 0.5;", ""), "no probabilities for the row (heavy_rain, yes) of Mud"),
        (replaced("discrete [ 3 ]", "discrete [ 4 ]"), "as many as it says"),
        (replaced("variable Mud", "variable Wet"), "each variable once"),
        (replaced("1, 0, 0; }", "1, 0, 0;"), "its end"),
        (replaced("0.9, 0.2", "nan, 0.2"), "a number"),
        (replaced("network \"two\" {", "network \"two {"), "expected"),
    ];
    for (text, part) in cases {
        let message = read(&text).expect_err(part).to_string();
        assert!(message.contains(part), "{part}: {message}");
    }
    let cycle = "variable A { type discrete [ 2 ] { a, b }; } variable B { type discrete [ 2 ] { a, b }; }
        probability ( A | B ) { default 0.5, 0.5; } probability ( B | A ) { default 0.5, 0.5; }";
    assert!(read(cycle).expect_err("a cycle").to_string().contains("cycle"));
    let many: String =
        (0..13).map(|i| format!("variable V{i} {{ type discrete [ 2 ] {{ a, b }}; }}\n")).collect();
    assert!(read(&many).expect_err("thirteen").to_string().contains("has 13 variables, and at most 12"));
    assert!(read(&"x".repeat(300_000)).expect_err("long").to_string().contains("bytes"));
}

#[test]
fn what_is_one_but_for_rounding_is_scaled_and_said() {
    for (row, scaled) in [
        ("0.3333333, 0.6666667", false),
        ("0.333, 0.666", true),
        ("0.33, 0.66", true),
        ("0.30000001, 0.7", true),
    ] {
        let read = read(&FOREIGN.replace("0.3333333, 0.6666667", row)).unwrap();
        assert!((read.network.nodes[0].table.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let says = read.notes.iter().any(|note| note.contains("of Rain sum to"));
        assert_eq!(says, scaled, "{row}: {:?}", read.notes);
    }
    for row in ["0.5, 0.4", "0.34, 0.68", "0.333, 0.665", "0.3333, 0.6664"] {
        assert!(read(&FOREIGN.replace("0.3333333, 0.6666667", row)).is_err(), "{row}");
    }
}

#[test]
fn marks_in_quoted_names_become_underlines() {
    let text = FOREIGN.replace("\"heavy rain\"", "\"18, or { more }\"");
    let read = read(&text).unwrap();
    assert_eq!(read.network.nodes[0].states, ["18__or___more__", "none"]);
    assert_eq!(read.notes, ["Blanks, commas and other marks in names were replaced by _."]);
    assert_eq!(
        plain::read(&plain::write(&read.network)).unwrap().nodes[0].states,
        ["18__or___more__", "none"]
    );
}

#[test]
fn properties_hold_anything() {
    let text = FOREIGN.replace("author \"somebody\"", "author {a; } \"x;y\"");
    assert!(read(&FOREIGN.replace("author \"somebody\"", "note \"x; } y\"")).is_ok());
    assert!(read(&text).is_err(), "outside quotes the semicolon ends it");
}

proptest! {
    /// Any text is a network or words.
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = read(&text);
        let _ = plain::read(&text);
    }

    /// A file with a part cut out, doubled or replaced.
    #[test]
    fn broken_files_are_read_or_refused(at in 0usize..600, length in 0usize..80, with in "[{}()|,;\" 0-9a-z.]{0,6}") {
        let text = FOREIGN;
        let (from, to) = (at.min(text.len()), (at + length).min(text.len()));
        let broken = [&text[..from], &with, &text[to..]].concat();
        if let Ok(Read { network, .. }) = read(&broken) {
            let again = plain::read(&plain::write(&network)).unwrap();
            prop_assert_eq!(network.nodes.len(), again.nodes.len());
        }
    }
}
