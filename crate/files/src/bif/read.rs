//! Reading a network block by block.

use super::tokens::{Reader, Token, refuse};
use crate::{bad, decode};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::network::eliminate::{Given, eliminate};
use tilde_models::data::network::layout::lay_out;
use tilde_models::data::network::plain::MAX_TEXT;
use tilde_models::data::network::{MAX_CELLS, MAX_NODES, MAX_STATES, Network, Node};
use tilde_models::data::text::{decimal, thousands};

/// What a file held.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The network.
    pub network: Network,
    /// What was done to it, in sentences.
    pub notes: Vec<String>,
}

/// How far a row may be from 1, however coarsely it is rounded.
const COARSE: f64 = 0.010_01;
/// How far it may be, however fine: what single precision loses.
const FINE: f64 = 1e-5;
/// What is too little to speak of.
const UNSEEN: f64 = 1e-9;

/// Reads a network.
///
/// # Errors
/// [`Error::BadFile`] that names the line and what was expected, or what is too large to be shown.
pub fn read(text: &str) -> Result<Read, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = &decode::lines(text.to_string());
    if text.len() > MAX_TEXT {
        let [found, most] = [text.len(), MAX_TEXT].map(|n| thousands(n as u64));
        return bad(format!("This text has {found} bytes, and a network at most {most} here."));
    }
    let count = text.lines().filter(|line| line.trim_start().starts_with("variable")).count();
    if count > MAX_NODES {
        return bad(format!(
            "This network has {count} variables, and at most {MAX_NODES} can be shown here."
        ));
    }
    let mut file = File { reader: Reader::new(text), network: Network::default(), scaled: Vec::new() };
    let mut places = Vec::new();
    let mut known = [false; MAX_NODES];
    loop {
        let token = file.reader.next();
        match token.text {
            _ if token.quoted => return file.none(token),
            "" => break,
            "network" => {
                while !["{", ""].contains(&file.reader.next().text) {}
                file.properties()?;
            }
            "variable" => places.push(file.variable()?),
            "probability" => file.probability(&mut known)?,
            _ => return file.none(token),
        }
    }
    let File { reader, mut network, scaled } = file;
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
    let free = vec![Given::Free; network.nodes.len()];
    for node in 0..free.len() {
        eliminate(&network, &free, node).map_err(|e| Error::BadFile(e.to_string()))?;
    }
    lay_out(&mut network, &places);
    let mut notes = Vec::new();
    if let Some((name, sum)) = scaled.first() {
        let others = match scaled.len() - 1 {
            0 => String::new(),
            1 => " (and in 1 more row)".to_string(),
            n => format!(" (and in {} more rows)", thousands(n as u64)),
        };
        notes.push(format!(
            "The probabilities of {name} sum to {}, which is 1 but for rounding{others}: they were scaled to sum to 1.",
            millionths(*sum)
        ));
    }
    if reader.renamed {
        notes.push("Blanks, commas and other marks in names were replaced by _.".to_string());
    }
    Ok(Read { network, notes })
}

/// A sum to six decimals.
fn millionths(x: f64) -> String {
    let n = (x * 1e6 + 0.5) as u64;
    let text = format!("{}.{:06}", n / 1_000_000, n % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// What is being read, and what was read of it.
struct File<'a> {
    reader: Reader<'a>,
    network: Network,
    /// Variables whose rows were scaled, and what these summed to.
    scaled: Vec<(String, f64)>,
}

impl File<'_> {
    fn none<T>(&self, token: Token) -> Result<T, Error> {
        token.fail("'network', 'variable' or 'probability' (is this a BIF file?)")
    }

    /// Properties up to the end of a block.
    fn properties(&mut self) -> Result<(), Error> {
        loop {
            let token = self.reader.next();
            if token.is("}") {
                return Ok(());
            }
            if !token.is("property") {
                return token.fail("'property' or '}'");
            }
            self.reader.property()?;
        }
    }

    /// The variable that a name stands for.
    fn find(&mut self, token: Token) -> Result<usize, Error> {
        let name = self.reader.plain(token)?;
        match self.network.find(&name) {
            Ok(node) => Ok(node),
            Err(_) => refuse(token.line, &format!("there is no variable '{name}'")),
        }
    }

    fn variable(&mut self) -> Result<Option<[f32; 2]>, Error> {
        let token = self.reader.next();
        let name = self.reader.plain(token)?;
        if self.network.nodes.len() >= MAX_NODES {
            return token.fail(&format!("at most {MAX_NODES} variables"));
        }
        if self.network.find(&name).is_ok() {
            return token.fail("each variable once");
        }
        self.reader.expect("{")?;
        let mut states: Vec<String> = Vec::new();
        let mut place = None;
        loop {
            let token = self.reader.next();
            match token.text {
                "}" if !token.quoted => {
                    if states.is_empty() {
                        return token.fail("the type of the variable before");
                    }
                    break;
                }
                "property" => place = self.reader.property()?.or(place),
                "type" => states = self.states()?,
                _ => return token.fail("'type', 'property' or '}'"),
            }
        }
        self.network.nodes.push(Node { name, states, parents: Vec::new(), table: Vec::new(), at: [0.0; 2] });
        Ok(place)
    }

    fn states(&mut self) -> Result<Vec<String>, Error> {
        self.reader.expect("discrete")?;
        self.reader.expect("[")?;
        let count = self.reader.next();
        self.reader.expect("]")?;
        self.reader.expect("{")?;
        let said: Option<usize> = count.text.parse().ok();
        if let Some(said) = said.filter(|&n| n > MAX_STATES) {
            return refuse(
                count.line,
                &format!("a variable of {said} states; at most {MAX_STATES} can be shown here"),
            );
        }
        let mut states: Vec<String> = Vec::new();
        for token in self.reader.list("}", MAX_STATES)? {
            let state = self.reader.plain(token)?;
            if states.contains(&state) {
                return token.fail("each state once");
            }
            states.push(state);
        }
        self.reader.expect(";")?;
        if said != Some(states.len()) || states.len() < 2 {
            return count.fail("two states or more, as many as it says");
        }
        Ok(states)
    }

    fn probability(&mut self, known: &mut [bool]) -> Result<(), Error> {
        self.reader.expect("(")?;
        let token = self.reader.next();
        let node = self.find(token)?;
        if known[node] {
            return token.fail("one block of probabilities for each variable");
        }
        known[node] = true;
        let parents = self.parents(node)?;
        let k = self.network.nodes[node].states.len();
        let cards = self.network.cards();
        let rows = parents.iter().fold(1, |rows, &p| rows * cards[p].min(MAX_CELLS));
        if rows * k > MAX_CELLS {
            return refuse(
                token.line,
                &format!(
                    "the table of {} has {} numbers, and at most {MAX_CELLS} can be shown here",
                    self.network.nodes[node].name,
                    thousands((rows * k) as u64)
                ),
            );
        }
        self.network.nodes[node].parents = parents;
        self.network.nodes[node].table = self.table(node, rows)?;
        Ok(())
    }

    fn parents(&mut self, node: usize) -> Result<Vec<usize>, Error> {
        let mut parents = Vec::new();
        let token = self.reader.next();
        if token.is(")") {
            return Ok(parents);
        }
        if !token.is("|") && !token.is(",") {
            return token.fail("'|' or ')'");
        }
        for token in self.reader.list(")", MAX_NODES)? {
            let parent = self.find(token)?;
            if parent == node || parents.contains(&parent) {
                return token.fail("other variables, each once, as parents");
            }
            parents.push(parent);
        }
        Ok(parents)
    }

    /// What stands between the braces of a block of probabilities.
    fn table(&mut self, node: usize, rows: usize) -> Result<Vec<f64>, Error> {
        let k = self.network.nodes[node].states.len();
        let mut table = vec![f64::NAN; rows * k];
        let mut default = None;
        self.reader.expect("{")?;
        loop {
            let token = self.reader.next();
            let line = token.line;
            match token.text {
                _ if token.quoted => return token.fail("'table', 'default', a row '(…)' or '}'"),
                "}" => {
                    let missing = table.chunks_exact(k).position(|row| row[0].is_nan());
                    if let (Some(row), None) = (missing, &default) {
                        let of = self.row_name(node, row);
                        return refuse(line, &format!("there are no probabilities for {of}"));
                    }
                    break;
                }
                "property" => {
                    self.reader.property()?;
                }
                "default" => {
                    if default.is_some() {
                        return refuse(
                            line,
                            &format!("the default of {} is given twice", self.network.nodes[node].name),
                        );
                    }
                    let (numbers, decimals) = self.reader.numbers()?;
                    let of = format!("the default of {}", self.network.nodes[node].name);
                    default = Some(self.row(&numbers, decimals, node, line, &of)?);
                }
                "table" => {
                    let (numbers, decimals) = self.reader.numbers()?;
                    if numbers.len() != rows * k {
                        let found = numbers.len();
                        return refuse(
                            line,
                            &format!("expected a table of {} numbers, found {found}", rows * k),
                        );
                    }
                    for r in 0..rows {
                        let own: Vec<f64> = (0..k).map(|s| numbers[s * rows + r]).collect();
                        self.put(&mut table, node, r, &own, decimals, line)?;
                    }
                }
                "(" => {
                    let at = self.row_at(node, line)?;
                    let (numbers, decimals) = self.reader.numbers()?;
                    self.put(&mut table, node, at, &numbers, decimals, line)?;
                }
                _ => return token.fail("'table', 'default', a row '(…)' or '}'"),
            }
        }
        for row in table.chunks_exact_mut(k).filter(|row| row[0].is_nan()) {
            row.copy_from_slice(default.as_deref().unwrap_or_default());
        }
        Ok(table)
    }

    /// The row whose states of the parents stand between parentheses.
    fn row_at(&mut self, node: usize, line: usize) -> Result<usize, Error> {
        let tokens = self.reader.list(")", MAX_NODES)?;
        let parents = self.network.nodes[node].parents.clone();
        if tokens.len() != parents.len() {
            let (needed, found) = (parents.len(), tokens.len());
            return refuse(line, &format!("expected a state for each of {needed} parents, found {found}"));
        }
        let mut at = 0;
        for (&p, token) in parents.iter().zip(tokens) {
            let name = self.reader.plain(token)?;
            let state = match self.network.find_state(p, &name) {
                Ok(state) => state,
                Err(_) => {
                    let of = &self.network.nodes[p].name;
                    return refuse(token.line, &format!("{of} has no state '{name}'"));
                }
            };
            at = at * self.network.nodes[p].states.len() + state;
        }
        Ok(at)
    }

    fn put(
        &mut self,
        table: &mut [f64],
        node: usize,
        at: usize,
        numbers: &[f64],
        decimals: u32,
        line: usize,
    ) -> Result<(), Error> {
        let k = self.network.nodes[node].states.len();
        let of = self.row_name(node, at);
        if !table[at * k].is_nan() {
            return refuse(line, &format!("{of} is given twice"));
        }
        let row = self.row(numbers, decimals, node, line, &of)?;
        table[at * k..(at + 1) * k].copy_from_slice(&row);
        Ok(())
    }

    /// "the row (a, b) of C".
    fn row_name(&self, node: usize, row: usize) -> String {
        let Node { name, parents, .. } = &self.network.nodes[node];
        if parents.is_empty() {
            return format!("the row of {name}");
        }
        let mut at = row;
        let mut states: Vec<&str> = Vec::new();
        for &p in parents.iter().rev() {
            let all = &self.network.nodes[p].states;
            states.insert(0, &all[at % all.len()]);
            at /= all.len();
        }
        format!("the row ({}) of {name}", states.join(", "))
    }

    /// A row that sums to 1. `of`: what it is called.
    fn row(
        &mut self,
        numbers: &[f64],
        decimals: u32,
        node: usize,
        line: usize,
        of: &str,
    ) -> Result<Vec<f64>, Error> {
        let Node { name, states, .. } = &self.network.nodes[node];
        let (needed, found) = (states.len(), numbers.len());
        if needed != found {
            return refuse(line, &format!("expected {needed} probabilities in {of}, found {found}"));
        }
        if let Some(wrong) = numbers.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return refuse(line, &format!("{} in {of} is no probability from 0 to 1", decimal(*wrong)));
        }
        let sum: f64 = numbers.iter().sum();
        // Each of the numbers was rounded by half of its last decimal at most.
        let rounding = (0..decimals).fold(0.5 * needed as f64, |unit, _| unit / 10.0);
        let off = (sum - 1.0).abs();
        if off > (rounding * 1.001).min(COARSE).max(FINE) {
            return refuse(line, &format!("{of} sums to {}, and must sum to 1", millionths(sum)));
        }
        if off > UNSEEN {
            self.scaled.push((name.clone(), sum));
        }
        // What sums to 1 but for the last bits stays as it was written.
        let scale = if off < 1e-12 { 1.0 } else { sum };
        Ok(numbers.iter().map(|p| p / scale).collect())
    }
}
