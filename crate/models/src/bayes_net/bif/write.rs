//! Writing a network.

use super::super::network::Network;
use super::PLACES;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

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
