//! Attention (A. Vaswani and others, "Attention is all you need", NeurIPS 2017).

use crate::op::{Binary, DType};
use crate::{Graph, Shape, Tensor};
use alloc::format;

impl Graph {
    /// 1 where the key (column) is not later than the query (row), else 0: `[time, time]`.
    pub fn causal_mask(&self, time: usize) -> Tensor<'_> {
        let square = [time, time];
        self.iota(square, 1).binary(Binary::Le, self.iota(square, 0))
    }
}

impl<'g> Tensor<'g> {
    /// softmax(q·kᵀ/√D)·v of queries `q [.., T, D]` (`self`), keys `k [.., S, D]` and values
    /// `v [.., S, E]`: `[.., T, E]`; the leading axes, batch and heads, are equal. Where the mask,
    /// which is broadcast to `[.., T, S]`, is 0, no attention is paid; each query needs one key at
    /// least.
    pub fn attention(self, k: Tensor<'g>, v: Tensor<'g>, mask: Option<Tensor<'g>>) -> Tensor<'g> {
        let g = self.graph;
        let shapes = (self.shape(), k.shape(), v.shape());
        let scores = scores_shape(&shapes.0, &shapes.1, &shapes.2);
        let masked = |s: &Shape| mask.is_none_or(|m| m.shape().broadcast(s) == Some(*s));
        let Some(scores) = scores.filter(masked) else {
            let (q, k, v) = shapes;
            let message = match mask {
                Some(m) => format!("q {q}, k {k}, v {v} and mask {} do not fit", m.shape()),
                None => format!("q {q}, k {k} and v {v} do not fit"),
            };
            return g.fail("attention", message);
        };
        let (rank, width) = (scores.rank(), shapes.0.dim(scores.rank() - 1));
        let scores = self.matmul_nt(k) * (1.0 / crate::real::sqrtf(width as f32));
        let Some(mask) = mask else { return scores.softmax(rank - 1).matmul(v) };
        let scores = mask.select(scores, g.constant(-1e30));
        let e = (scores - scores.max_keep(&[rank - 1]).stop()).exp();
        // Exactly 0: a tiny weight, divided, would be a denormal.
        let e = mask.select(e, g.constant(0.0));
        (e * (1.0 / e.sum_keep(&[rank - 1]))).matmul(v)
    }

    /// Attention of one new token to itself and those before it: queries `[.., 1, D]` (`self`) with
    /// keys and values so far, each `[.., T, D]`, and those of the token, each `[.., 1, D]`, which
    /// take the row `position` (a `u32` scalar below T). Gives the result `[.., 1, D]` and the keys
    /// and values with that row, which the caller assigns.
    pub fn attention_cached(
        self,
        token: [Tensor<'g>; 2],
        cache: [Tensor<'g>; 2],
        position: Tensor<'g>,
    ) -> (Tensor<'g>, [Tensor<'g>; 2]) {
        let g = self.graph;
        let (q, all) = (self.shape(), cache[0].shape());
        let rank = q.rank();
        let fits = rank >= 2
            && all.rank() == rank
            && q == all.with(rank - 2, 1)
            && cache[1].shape() == all
            && token.iter().all(|t| t.shape() == q)
            && position.shape() == Shape::SCALAR
            && position.dtype() == DType::U32;
        if !fits {
            let message = format!(
                "q {q}, k {}, v {}, caches {all} and {}, and position {:?} {} do not fit",
                token[0].shape(),
                token[1].shape(),
                cache[1].shape(),
                position.dtype(),
                position.shape()
            );
            return (g.fail("attention_cached", message), cache);
        }
        let here = g.iota(all, rank - 2).equal(position);
        let [k, v] = [0, 1].map(|i| here.select(token[i], cache[i]));
        let past = g.iota(q.with(rank - 1, all.dim(rank - 2)), rank - 1).binary(Binary::Le, position);
        (self.attention(k, v, Some(past)), [k, v])
    }
}

/// The shape `[.., T, S]` of the scores.
fn scores_shape(q: &Shape, k: &Shape, v: &Shape) -> Option<Shape> {
    let rank = q.rank();
    let fits = rank >= 2
        && k.rank() == rank
        && v.rank() == rank
        && *q == k.with(rank - 2, q.dim(rank - 2))
        && *k == v.with(rank - 1, k.dim(rank - 1));
    fits.then(|| q.with(rank - 1, k.dim(rank - 2)))
}
