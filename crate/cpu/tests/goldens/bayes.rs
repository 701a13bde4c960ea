//! Bayesian networks of `seed1.json`, enumerated: every assignment of the variables is a row.

use super::Tested;
use super::file::{Record, array, list, whole};
use super::trial::{EXACT, Trial};
use tilde_graph::{Binary, Graph, Tensor, Unary, Var};

/// All binary vectors of length n, the first bit highest: `[2ⁿ, n]`.
fn states(g: &Graph, n: usize) -> Tensor<'_> {
    let shape = [1 << n, n];
    let place = g.constant_u(n as u32 - 1).binary(Binary::Sub, g.iota(shape, 1));
    g.iota(shape, 0).binary(Binary::Shr, place).binary(Binary::And, g.constant_u(1)).to_f32()
}

/// P(all variables), a number for each row of `bits`: the product of P(variable | its parents), which
/// tables hold for the parents' values, the first parent highest.
fn joint<'g>(g: &'g Graph, bits: Tensor<'g>, parents: &[Vec<u32>], tables: &[Var]) -> Tensor<'g> {
    let bit = |i: usize| bits.slice_axis(1, i, 1).reshape([bits.shape().dim(0)]);
    let none = bit(0) * 0.0;
    let factor = |i: usize| {
        let row = parents[i].iter().fold(none, |row, &p| row * 2.0 + bit(p as usize));
        let one = g.read(tables[i]).gather(row.unary(Unary::ToU32));
        bit(i).select(one, 1.0 - one)
    };
    (1..parents.len()).fold(factor(0), |product, i| product * factor(i))
}

fn enumeration(r: &Record) {
    let parents: Vec<Vec<u32>> = list(&r.given["parents"]).iter().map(whole).collect();
    let n = parents.len();
    let mut t = Trial::new(&r.id);
    let tables: Vec<Var> =
        list(&r.given["cpt_p1_msb_first_parent"]).iter().map(|table| t.input(&array(table))).collect();
    let evidence = r.given["evidence"].as_object().expect("variables and their values");
    let evidence: Vec<(usize, f32)> = evidence
        .iter()
        .map(|(i, x)| (i.parse().expect("a variable"), x.as_f64().expect("0 or 1") as f32))
        .collect();
    t.entry(|g| {
        let bits = states(g, n);
        let seen = evidence.iter().fold(joint(g, bits, &parents, &tables), |p, &(i, x)| {
            p * bits.slice_axis(1, i, 1).reshape([1 << n]).equal(g.constant(x))
        });
        g.output("p_evidence", seen.sum());
        g.output("marginals", (bits * seen.reshape([1 << n, 1])).sum_axes(&[0]) / seen.sum());
        let likeliest = seen.arg_max(0).reshape([1]);
        g.output("mpe", bits.gather(likeliest).reshape([n]));
    });
    for name in ["p_evidence", "marginals", "mpe"] {
        t.output(name, &array(&r.out[name]));
    }
    t.check(EXACT);
}

/// The records of `seed1.json` about Bayesian networks.
pub const TESTED: &[Tested] = &[("bn.enum", enumeration)];

#[test]
fn networks_agree_with_seed1() {
    super::run("seed1", TESTED);
}
