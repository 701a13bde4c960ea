//! The Bayesian interchange format (BIF, version 0.15: F. Cozman, 1998), as bnlearn, pgmpy, GeNIe
//! and others read and write it.
//!
//! Read are discrete variables with `table`, `default` and one row for each combination of the
//! parents' states. In a `table` the variable's own state changes slowest, as the format has it.
//! Other properties than the position are left out.

use super::network::{MAX_CELLS, MAX_NAME, MAX_NODES, MAX_STATES, Network, Node, bad, checked_row};
use crate::data::text::excerpt;
use crate::{Error, decimal};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Most characters of a file.
const MAX_TEXT: usize = 200_000;
/// Thousandths of the picture, in which places are written.
const PLACES: f32 = 1000.0;

/// The words and the marks `{ } ( ) [ ] , ; |` of a file, without comments.
struct Reader<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.text.trim_start();
            self.line += self.text[..self.text.len() - rest.len()].matches('\n').count();
            self.text = rest;
            let end = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |at| at + 2)
            } else {
                return;
            };
            self.line += rest[..end].matches('\n').count();
            self.text = &rest[end..];
        }
    }

    /// The next word or mark, "" at the end.
    fn next(&mut self) -> &'a str {
        self.skip();
        let marks = |c: char| "{}()[],;|\"".contains(c);
        let end = match self.text.chars().next() {
            None => 0,
            Some('"') => match self.text[1..].find('"') {
                Some(at) => {
                    let word = &self.text[1..=at];
                    self.text = &self.text[at + 2..];
                    return word;
                }
                None => 1,
            },
            Some(c) if marks(c) => 1,
            _ => self.text.find(|c: char| marks(c) || c.is_whitespace()).unwrap_or(self.text.len()),
        };
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    fn fail<T>(&self, expected: &str, found: &str) -> Result<T, Error> {
        let found = if found.is_empty() {
            "the end of the file".to_string()
        } else {
            format!("'{}'", excerpt(found))
        };
        bad(format!("Line {} of the network: expected {expected}, found {found}.", self.line))
    }

    fn expect(&mut self, mark: &str) -> Result<(), Error> {
        match self.next() {
            found if found == mark => Ok(()),
            found => self.fail(&format!("'{mark}'"), found),
        }
    }

    /// A name; blanks in a quoted one become underlines.
    fn name(&mut self) -> Result<String, Error> {
        let word = self.next();
        if word.is_empty() || word.len() == 1 && "{}()[],;|\"".contains(word) {
            return self.fail("a name", word);
        }
        if word.chars().count() > MAX_NAME {
            return self.fail(&format!("a name of at most {MAX_NAME} characters"), word);
        }
        super::network::checked_name(&word.replace(char::is_whitespace, "_"))
    }

    /// Words separated by commas or nothing, up to a mark.
    fn list(&mut self, end: &str, most: usize) -> Result<Vec<&'a str>, Error> {
        let mut words = Vec::new();
        loop {
            match self.next() {
                word if word == end => return Ok(words),
                "," => {}
                word if word.is_empty() || "{}()[];|".contains(word) => {
                    return self.fail(&format!("'{end}'"), word);
                }
                word if words.len() < most => words.push(word),
                word => return self.fail(&format!("at most {most} of a list"), word),
            }
        }
    }

    fn numbers(&mut self) -> Result<Vec<f64>, Error> {
        let words = self.list(";", MAX_CELLS)?;
        words
            .iter()
            .map(|word| decimal::parse(word).map_or_else(|| self.fail("a number", word), Ok))
            .collect()
    }

    /// The two numbers of `position = (x, y)`, if the property is that.
    fn property(&mut self) -> Result<Option<[f32; 2]>, Error> {
        let mut numbers = Vec::new();
        let mut place = false;
        loop {
            match self.next() {
                ";" => break,
                "" | "}" => return self.fail("';'", ""),
                word => {
                    place |= word.starts_with("position");
                    numbers.extend(decimal::parse(word));
                    // Written as one word in quotes by some programs.
                    let inner = |c: char| !c.is_ascii_digit() && c != '.' && c != '-';
                    if word.contains('(') && word.len() > 1 {
                        numbers.extend(word.split(inner).filter_map(decimal::parse));
                    }
                }
            }
        }
        Ok(match numbers[..] {
            [x, y] if place => Some([x as f32, y as f32]),
            _ => None,
        })
    }
}

/// Reads a network.
///
/// # Errors
/// [`Error::BadData`] that names the line and what was expected.
pub fn read(text: &str) -> Result<Network, Error> {
    if text.len() > MAX_TEXT {
        return bad(format!("This text has {} bytes, and a network at most {MAX_TEXT} here.", text.len()));
    }
    let mut reader = Reader { text, line: 1 };
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

impl Reader<'_> {
    /// Whether a part of a block follows, and not its end.
    fn next_part(&mut self, part: &str) -> Result<bool, Error> {
        match self.next() {
            "}" => Ok(false),
            word if word == part => Ok(true),
            word => self.fail(&format!("'{part}' or '}}'"), word),
        }
    }
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
                    let state = super::network::checked_name(&word.replace(char::is_whitespace, "_"))?;
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

/// Where nodes are drawn: where the file says, if it says so of all; else in rows from the top, at
/// most three in each, parents above children.
fn lay_out(network: &mut Network, places: &[Option<[f32; 2]>]) {
    let n = network.nodes.len();
    let known: Vec<[f32; 2]> = places.iter().flatten().copied().collect();
    let different = |a: &[f32; 2]| known.iter().filter(|b| a == *b).count() == 1;
    if known.len() == n && known.iter().all(different) {
        for axis in 0..2 {
            let all = known.iter().map(|p| p[axis]);
            let (low, high) = (all.clone().fold(f32::MAX, f32::min), all.fold(f32::MIN, f32::max));
            // Thousandths of our own are kept; the pixels of others are stretched over the picture.
            let own = low >= 0.0 && high <= PLACES;
            for (node, p) in network.nodes.iter_mut().zip(&known) {
                let at = if own { p[axis] / PLACES } else { (p[axis] - low) / (high - low).max(1e-6) };
                node.at[axis] = at.clamp(0.0, 1.0);
            }
        }
        return;
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut depth = vec![0; n];
    for i in network.order() {
        let above = network.nodes[i].parents.iter().map(|&p| depth[p] + 1).max().unwrap_or(0);
        let at = (above..).find(|&r| rows.get(r).is_none_or(|row| row.len() < 3)).unwrap_or(above);
        rows.resize(rows.len().max(at + 1), Vec::new());
        rows[at].push(i);
        depth[i] = at;
    }
    let last = (rows.len() - 1).max(1) as f32;
    for (y, row) in rows.iter().enumerate() {
        for (x, &i) in row.iter().enumerate() {
            network.nodes[i].at = [(x as f32 + 0.5) * 1.5 / row.len() as f32 - 0.25, y as f32 / last];
        }
    }
}

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
