//! Where the chains that are shown have been.

use tilde_graph::{Graph, Init, Program, Tensor, Var};

/// The latest places of some chains, `[times, chains, D]`, the latest last.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// The places.
    pub places: Var,
}

impl Trail {
    /// Declares it.
    pub fn new(p: &mut Program, [times, chains, d]: [usize; 3]) -> Trail {
        Trail { places: p.state("trail", [times, chains, d], Init::Constant(0.0)) }
    }

    /// Begins at the first rows of x `[N, D]`.
    pub fn begin<'g>(&self, g: &'g Graph, x: Tensor<'g>) {
        let shape = g.read(self.places).shape();
        let [times, chains, d] = [0, 1, 2].map(|axis| shape.dim(axis));
        let first = x.slice(0, chains).reshape([1, chains, d]);
        g.assign(self.places, first.broadcast([times, chains, d]));
    }

    /// Goes on to the first rows of x `[N, D]`, and forgets the oldest places.
    pub fn go<'g>(&self, g: &'g Graph, x: Tensor<'g>) {
        let past = g.read(self.places);
        let [times, chains, d] = [0, 1, 2].map(|axis| past.shape().dim(axis));
        let latest = x.slice(0, chains).reshape([1, chains, d]);
        g.assign(self.places, g.concat(&[past.slice(1, times - 1), latest], 0));
    }

    /// Chains that have `jumped` `[N]` are at the first rows of x `[N, D]` as if they had always been: no line
    /// leads there from where they were.
    pub fn jump<'g>(&self, g: &'g Graph, jumped: Tensor<'g>, x: Tensor<'g>) {
        let past = g.read(self.places);
        let [chains, d] = [1, 2].map(|axis| past.shape().dim(axis));
        let now = x.slice(0, chains).reshape([1, chains, d]);
        let jumped = jumped.slice(0, chains).reshape([1, chains, 1]);
        g.assign(self.places, jumped.select(now, past));
    }
}
