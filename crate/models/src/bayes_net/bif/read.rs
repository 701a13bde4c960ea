//! Reading a network block by block.

use super::super::network::{
    MAX_CELLS, MAX_NODES, MAX_STATES, Network, Node, bad, checked_name, checked_row,
};
use super::layout::lay_out;
use super::tokens::Reader;
use crate::{Error, decimal};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Most characters of a file.
const MAX_TEXT: usize = 200_000;

/// Reads a network.
///
/// # Errors
/// [`Error::BadData`] that names the line and what was expected.
pub fn read(text: &str) -> Result<Network, Error> {
    if text.len() > MAX_TEXT {
        return bad(format!("This text has {} bytes, and a network at most {MAX_TEXT} here.", text.len()));
    }
    let mut reader = Reader::new(text);
    let mut network = Network::default();
    let mut places = Vec::new();
    let mut known = [false; MAX_NODES];
    loop {
        match reader.next() {
            "" => break,
            "network" => {
                while !["{", ""].contains(&reader.next()) {}
                while reader.next_part("property")? {
                    reader.property()?;
                }
            }
            "variable" => places.push(variable(&mut reader, &mut network)?),
            "probability" => probability(&mut reader, &mut network, &mut known)?,
            word => {
                return reader.fail("'network', 'variable' or 'probability' (is this a BIF file?)", word);
            }
        }
    }
    if network.nodes.is_empty() {
        return bad("This text has no variables, so it is no network. Expected a file in BIF.".to_string());
    }
    if let Some(node) = (0..network.nodes.len()).find(|&i| !known[i]) {
        return bad(format!(
            "'{}' has no probabilities: the file needs a block 'probability ( {0} … )'.",
            network.nodes[node].name
        ));
    }
    if network.order().len() < network.nodes.len() {
        return bad("The arrows of this network close a cycle, so it has no distribution.".to_string());
    }
    lay_out(&mut network, &places);
    Ok(network)
}

fn variable(reader: &mut Reader, network: &mut Network) -> Result<Option<[f32; 2]>, Error> {
    let name = reader.name()?;
    if network.nodes.len() >= MAX_NODES {
        return reader.fail(&format!("at most {MAX_NODES} variables"), &name);
    }
    if network.find(&name).is_ok() {
        return reader.fail("each variable once", &name);
    }
    reader.expect("{")?;
    let mut states: Vec<String> = Vec::new();
    let mut place = None;
    loop {
        match reader.next() {
            "}" => break,
            "property" => place = reader.property()?.or(place),
            "type" => {
                reader.expect("discrete")?;
                reader.expect("[")?;
                let count = reader.next();
                reader.expect("]")?;
                reader.expect("{")?;
                for word in reader.list("}", MAX_STATES)? {
                    let state = checked_name(&word.replace(char::is_whitespace, "_"))?;
                    if states.contains(&state) {
                        return reader.fail("each state once", word);
                    }
                    states.push(state);
                }
                reader.expect(";")?;
                if decimal::parse(count) != Some(states.len() as f64) || states.len() < 2 {
                    return reader.fail("two states or more, as many as it says", count);
                }
            }
            word => return reader.fail("'type', 'property' or '}'", word),
        }
    }
    if states.is_empty() {
        return reader.fail("the type of the variable before", "}");
    }
    network.nodes.push(Node { name, states, parents: Vec::new(), table: Vec::new(), at: [0.0; 2] });
    Ok(place)
}

fn probability(reader: &mut Reader, network: &mut Network, known: &mut [bool]) -> Result<(), Error> {
    reader.expect("(")?;
    let words = reader.name()?;
    let node = network.find(&words)?;
    if known[node] {
        return reader.fail("one block of probabilities for each variable", &words);
    }
    known[node] = true;
    let mut parents = Vec::new();
    match reader.next() {
        ")" => {}
        "|" | "," => {
            for word in reader.list(")", MAX_NODES)? {
                let parent = network.find(&word.replace(char::is_whitespace, "_"))?;
                if parent == node || parents.contains(&parent) {
                    return reader.fail("other variables, each once, as parents", word);
                }
                parents.push(parent);
            }
        }
        word => return reader.fail("'|' or ')'", word),
    }
    let k = network.nodes[node].states.len();
    let cards = network.cards();
    let rows = parents.iter().fold(1, |rows, &p| rows * cards[p].min(MAX_CELLS));
    if rows * k > MAX_CELLS {
        return reader.fail(&format!("a table of at most {MAX_CELLS} numbers"), &words);
    }
    let mut table = vec![f64::NAN; rows * k];
    let mut default = None;
    reader.expect("{")?;
    loop {
        match reader.next() {
            "}" => break,
            "property" => {
                reader.property()?;
            }
            "default" => default = Some(row(reader, k)?),
            "table" => {
                let numbers = reader.numbers()?;
                if numbers.len() != rows * k {
                    return reader.fail(&format!("a table of {} numbers", rows * k), "another count");
                }
                for r in 0..rows {
                    let own: Vec<f64> = (0..k).map(|s| numbers[s * rows + r]).collect();
                    table[r * k..(r + 1) * k].copy_from_slice(&checked_row(&own)?);
                }
            }
            "(" => {
                let states = reader.list(")", MAX_NODES)?;
                if states.len() != parents.len() {
                    return reader.fail("a state for each parent", "another count");
                }
                let mut at = 0;
                for (&p, state) in parents.iter().zip(states) {
                    let state = network.find_state(p, &state.replace(char::is_whitespace, "_"))?;
                    at = at * cards[p] + state;
                }
                table[at * k..(at + 1) * k].copy_from_slice(&row(reader, k)?);
            }
            word => return reader.fail("'table', 'default', a row '(…)' or '}'", word),
        }
    }
    for row in table.chunks_exact_mut(k).filter(|row| row[0].is_nan()) {
        match &default {
            Some(default) => row.copy_from_slice(default),
            None => return reader.fail("probabilities for every combination of the parents' states", "}"),
        }
    }
    network.nodes[node].parents = parents;
    network.nodes[node].table = table;
    Ok(())
}

fn row(reader: &mut Reader, k: usize) -> Result<Vec<f64>, Error> {
    let numbers = reader.numbers()?;
    if numbers.len() != k {
        return reader.fail(&format!("{k} probabilities"), "another count");
    }
    checked_row(&numbers)
}
