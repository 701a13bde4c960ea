//! A network as text of one form: how checkpoints, links and edits hold it. It is BIF, so that other
//! programs read it, too. What is read here is what [`write()`] wrote.

use super::{MAX_CELLS, MAX_NODES, MAX_STATES, Network, Node, bad, checked_name, checked_row};
use crate::{Error, decimal};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Thousandths of the picture, in which places are written.
pub(super) const PLACES: f32 = 1000.0;

/// Most bytes of a text.
pub const MAX_TEXT: usize = 200_000;

/// A probability to fifteen decimals.
fn write_number(p: f64, out: &mut String) {
    let mut digits = (p * 1e15 + 0.5) as u64;
    if digits >= 1_000_000_000_000_000 {
        out.push('1');
        return;
    }
    out.push_str("0.");
    let mut unit = 100_000_000_000_000;
    loop {
        out.push(char::from(b'0' + (digits / unit) as u8));
        digits %= unit;
        if digits == 0 {
            return;
        }
        unit /= 10;
    }
}

/// Writes a network.
pub fn write(network: &Network) -> String {
    let mut out = String::from("network tilde {\n}\n");
    let put = |out: &mut String, parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
    for node in &network.nodes {
        let count = node.states.len().to_string();
        let [x, y] = node.at.map(|at| ((at * PLACES + 0.5) as u32).to_string());
        put(
            &mut out,
            &["variable ", &node.name, " {\n  type discrete [ ", &count, " ] { ", &node.states.join(", ")],
        );
        put(&mut out, &[" };\n  property position = (", &x, ", ", &y, ") ;\n}\n"]);
    }
    for node in &network.nodes {
        let parents: Vec<&str> = node.parents.iter().map(|&p| &*network.nodes[p].name).collect();
        let bar = if parents.is_empty() { "" } else { " | " };
        put(&mut out, &["probability ( ", &node.name, bar, &parents.join(", "), " ) {\n"]);
        let k = node.states.len();
        for (r, row) in node.table.chunks_exact(k).enumerate() {
            let mut at = r;
            let mut states: Vec<&str> = Vec::new();
            for &p in node.parents.iter().rev() {
                let all = &network.nodes[p].states;
                states.insert(0, &all[at % all.len()]);
                at /= all.len();
            }
            if states.is_empty() {
                out.push_str("  table");
            } else {
                put(&mut out, &["  (", &states.join(", "), ")"]);
            }
            for (s, &p) in row.iter().enumerate() {
                out.push_str(if s == 0 { " " } else { ", " });
                write_number(p, &mut out);
            }
            out.push_str(";\n");
        }
        out.push_str("}\n");
    }
    out
}

/// Reads a network that [`write()`] wrote.
///
/// # Errors
/// [`Error::BadData`] for any other text, and for a network that is none.
pub fn read(text: &str) -> Result<Network, Error> {
    match parse(text) {
        Some(network) => Ok(network),
        None => bad("This is no network as Tilde writes it.".to_string()),
    }
}

fn parse(text: &str) -> Option<Network> {
    let mut network = Network::default();
    // The variable whose table is being read.
    let mut known = None;
    if text.len() > MAX_TEXT {
        return None;
    }
    for line in text.lines() {
        let marks = |c: char| c.is_whitespace() || "{}()[],;|=".contains(c);
        let words: Vec<&str> = line.split(marks).filter(|word| !word.is_empty()).collect();
        match (known, &words[..]) {
            (_, [] | ["network", _]) => {}
            (None, ["variable", name]) => {
                if network.nodes.len() >= MAX_NODES || network.find(name).is_ok() {
                    return None;
                }
                let name = checked_name(name).ok()?;
                let (states, parents, table) = Default::default();
                network.nodes.push(Node { name, states, parents, table, at: [0.0; 2] });
            }
            (None, ["type", "discrete", _, states @ ..]) => {
                if !(2..=MAX_STATES).contains(&states.len()) {
                    return None;
                }
                let states: Option<Vec<String>> = states.iter().map(|s| checked_name(s).ok()).collect();
                network.nodes.last_mut()?.states = states?;
            }
            (None, ["property", "position", x, y]) => {
                let place = |word: &str| Some((decimal::parse(word)? as f32 / PLACES).max(0.0).min(1.0));
                network.nodes.last_mut()?.at = [place(x)?, place(y)?];
            }
            (_, ["probability", name, parents @ ..]) => {
                let node = network.find(name).ok()?;
                let parents: Option<Vec<usize>> = parents.iter().map(|p| network.find(p).ok()).collect();
                network.nodes[node].parents = parents?;
                known = Some(node);
            }
            // States of the parents, which come in order, and a row.
            (Some(node), row) => {
                let node = &mut network.nodes[node];
                let numbers = row.get(row.len().checked_sub(node.states.len())?..)?;
                let numbers: Option<Vec<f64>> = numbers.iter().map(|word| decimal::parse(word)).collect();
                node.table.extend(checked_row(&numbers?).ok()?);
            }
            _ => return None,
        }
    }
    let cards = network.cards();
    let is_whole = |node: &Node| {
        let twice = |all: &[usize]| (1..all.len()).any(|i| all[..i].contains(&all[i]));
        let names: Vec<&String> = node.states.iter().collect();
        let cells = node.parents.iter().fold(node.states.len(), |cells, &p| cells.saturating_mul(cards[p]));
        let same = (1..names.len()).any(|i| names[..i].contains(&names[i]));
        node.states.len() >= 2
            && !same
            && !twice(&node.parents)
            && cells <= MAX_CELLS
            && node.table.len() == cells
    };
    let whole = !network.nodes.is_empty() && network.nodes.iter().all(is_whole);
    (whole && network.order().len() == network.nodes.len()).then_some(network)
}
