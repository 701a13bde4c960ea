//! A decoder-only transformer.
//!
//! A. Vaswani et al., "Attention is all you need", NeurIPS 2017, as small models are built today:
//! RMS normalisation before each branch (B. Zhang, R. Sennrich, NeurIPS 2019), rotary positions
//! (J. Su et al., 2021), queries and keys normalised too (A. Henry et al., Findings of EMNLP 2020),
//! squared ReLU (D. So et al., "Primer", NeurIPS 2021), no biases, the embedding also the head
//! (O. Press, L. Wolf, EACL 2017), the last matrix of each branch zero at the start, so that the
//! untrained network is its embedding alone.
//!
//! B batch, T characters, C width, H heads, D = C/H, V symbols.

#[cfg(test)]
mod golden;

use alloc::format;
use alloc::vec::Vec;
use tilde_graph::{Graph, Group, Init, Param, Program, Tensor, angle};

/// Standard deviation of the initial weights.
const SPREAD: f32 = 0.02;
/// θ: at position t, pair j of the D/2 pairs of coordinates turns by the angle t·θ^(−2j/D).
const ROTARY_BASE: f32 = 1000.0;
/// Is added to mean squares before their root is taken.
const EPSILON: f32 = 1e-6;
/// How much wider than the residual stream the perceptrons are.
const WIDEN: usize = 4;

/// The sizes of a [`Transformer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Blocks.
    pub layers: usize,
    /// C, a multiple of twice the heads.
    pub width: usize,
    /// H.
    pub heads: usize,
    /// T: the most characters of one text.
    pub context: usize,
    /// V.
    pub symbols: usize,
}

struct Block {
    /// Gain of the normalisation before attention, `[C]`.
    before_attention: Param,
    /// Queries, keys and values side by side, `[C, 3C]`.
    qkv: Param,
    /// `[C, C]`.
    project: Param,
    /// Gain of the normalisation before the perceptron, `[C]`.
    before_mlp: Param,
    /// `[C, 4C]`.
    widen: Param,
    /// `[4C, C]`.
    narrow: Param,
}

/// The parameters.
pub struct Transformer {
    /// The sizes.
    pub sizes: Sizes,
    embedding: Param,
    blocks: Vec<Block>,
    gain: Param,
    /// Cosines and sines of the angles, `[T, D/2]`, made here: a GPU promises no accuracy for
    /// arguments beyond ±π.
    rotation: [Vec<f32>; 2],
}

/// What a forward pass gives.
pub struct Forward<'g> {
    /// Scores of the next character, `[B·T, V]`.
    pub logits: Tensor<'g>,
    /// Queries, keys and values of each block, `[B, H, T, D]`.
    pub heads: Vec<[Tensor<'g>; 3]>,
}

impl<'g> Forward<'g> {
    /// The attention weights of a block, `[B, H, T, T]`: row t weighs the columns up to t.
    pub fn attention(&self, block: usize) -> Tensor<'g> {
        let [q, k, _] = self.heads[block];
        let (g, zero) = (q.graph(), q.graph().constant(0.0));
        let past = g.causal_mask(q.shape().dim(2));
        let scores = q.matmul_nt(k) / tilde_graph::real::sqrtf(q.shape().dim(3) as f32);
        past.select(past.select(scores, g.constant(-1e30)).softmax(3), zero)
    }
}

impl Transformer {
    /// Declares the parameters: matrices, which decay, and gains, which do not.
    pub fn new(program: &mut Program, matrices: &mut Group, gains: &mut Group, sizes: Sizes) -> Transformer {
        let Sizes { width: c, heads, .. } = sizes;
        let embedding = matrices.param(program, "embedding", [sizes.symbols, c], Init::Normal(SPREAD));
        let mut blocks = Vec::new();
        for i in 1..=sizes.layers {
            let mut matrix = |name: &str, inputs: usize, outputs: usize, init: Init| {
                matrices.param(program, &format!("block{i}.{name}"), [inputs, outputs], init)
            };
            let qkv = matrix("qkv", c, 3 * c, Init::Normal(SPREAD));
            let project = matrix("project", c, c, Init::Constant(0.0));
            let widen = matrix("widen", c, WIDEN * c, Init::Normal(SPREAD));
            let narrow = matrix("narrow", WIDEN * c, c, Init::Constant(0.0));
            let mut gain =
                |name: &str| gains.param(program, &format!("block{i}.{name}"), [c], Init::Constant(1.0));
            let (before_attention, before_mlp) = (gain("attention"), gain("mlp"));
            blocks.push(Block { before_attention, qkv, project, before_mlp, widen, narrow });
        }
        let gain = gains.param(program, "head", [c], Init::Constant(1.0));
        let half = c / heads / 2;
        let turn = |i: usize| {
            let (t, j) = ((i / half) as f32, (i % half) as f32);
            t * libm::expf(-j / half as f32 * libm::logf(ROTARY_BASE))
        };
        let angles = 0..sizes.context * half;
        let rotation = [
            angles.clone().map(|i| angle::cos(turn(i))).collect(),
            angles.map(|i| angle::sin(turn(i))).collect(),
        ];
        Transformer { sizes, embedding, blocks, gain, rotation }
    }

    /// The forward pass over whole texts: `letters` are `u32 [B·T]`. `drop` is applied to each embedding and
    /// each branch before it joins the residual stream.
    pub fn forward<'g>(
        &self,
        g: &'g Graph,
        letters: Tensor<'g>,
        t: usize,
        drop: impl Fn(Tensor<'g>) -> Tensor<'g>,
    ) -> Forward<'g> {
        let b = letters.shape().len() / t;
        let rotation = self.rotation(g).map(|r| r.slice(0, t));
        let past = g.causal_mask(t);
        let mut heads = Vec::new();
        let mut h = drop(g.param(self.embedding).embedding(letters));
        for block in &self.blocks {
            let [q, k, v] = self.heads(g, block, h, b, rotation);
            h = h + drop(self.joined(g, block, q.attention(k, v, Some(past))));
            h = h + drop(self.mlp(g, block, h));
            heads.push([q, k, v]);
        }
        Forward { logits: self.head(g, h), heads }
    }

    /// The forward pass over one more character of each text: `letters` are `u32 [B]`, `at` is their position
    /// (a `u32` scalar), and `cache` holds keys and values of the earlier ones, `[B, H, T, D]` for each
    /// block. Gives the scores of the next one, `[B, V]`, and the cache with this one in it.
    pub fn forward_one<'g>(
        &self,
        g: &'g Graph,
        letters: Tensor<'g>,
        at: Tensor<'g>,
        cache: &[[Tensor<'g>; 2]],
    ) -> (Tensor<'g>, Vec<[Tensor<'g>; 2]>) {
        let b = letters.shape().len();
        let rotation = self.rotation(g).map(|r| r.gather(at.reshape([1])));
        let mut after = Vec::new();
        let mut h = g.param(self.embedding).embedding(letters);
        for (block, cache) in self.blocks.iter().zip(cache) {
            let [q, k, v] = self.heads(g, block, h, b, rotation);
            let (mixed, cache) = q.attention_cached([k, v], *cache, at);
            h = h + self.joined(g, block, mixed);
            h = h + self.mlp(g, block, h);
            after.push(cache);
        }
        (self.head(g, h), after)
    }

    fn rotation<'g>(&self, g: &'g Graph) -> [Tensor<'g>; 2] {
        let half = self.sizes.width / self.sizes.heads / 2;
        [0, 1].map(|i| g.table(&self.rotation[i], [self.sizes.context, half]))
    }

    /// Queries, keys and values of a block, each `[B, H, T, D]`; `rotation` is `[T, D/2]`.
    fn heads<'g>(
        &self,
        g: &'g Graph,
        block: &Block,
        h: Tensor<'g>,
        b: usize,
        rotation: [Tensor<'g>; 2],
    ) -> [Tensor<'g>; 3] {
        let Sizes { width: c, heads, .. } = self.sizes;
        let t = h.shape().dim(0) / b;
        let qkv = (h.rms_norm(EPSILON) * g.param(block.before_attention)).matmul(g.param(block.qkv));
        let part =
            |i: usize| qkv.slice_axis(1, i * c, c).reshape([b, t, heads, c / heads]).permute(&[0, 2, 1, 3]);
        let turned = |i: usize| rotated(part(i), rotation).rms_norm(EPSILON);
        [turned(0), turned(1), part(2)]
    }

    /// The heads' outputs `[B, H, T, D]`, joined and projected: `[B·T, C]`.
    fn joined<'g>(&self, g: &'g Graph, block: &Block, x: Tensor<'g>) -> Tensor<'g> {
        let rows = x.shape().len() / self.sizes.width;
        x.permute(&[0, 2, 1, 3]).reshape([rows, self.sizes.width]).matmul(g.param(block.project))
    }

    /// max(h·W₁, 0)²·W₂.
    fn mlp<'g>(&self, g: &'g Graph, block: &Block, h: Tensor<'g>) -> Tensor<'g> {
        let wide = (h.rms_norm(EPSILON) * g.param(block.before_mlp)).matmul(g.param(block.widen));
        wide.relu_squared().matmul(g.param(block.narrow))
    }

    /// Scores of the next character, `[B·T, V]`.
    fn head<'g>(&self, g: &'g Graph, h: Tensor<'g>) -> Tensor<'g> {
        (h.rms_norm(EPSILON) * g.param(self.gain)).matmul_nt(g.param(self.embedding))
    }
}

/// Each pair of coordinates j and j + D/2 of `[B, H, T, D]` turned by its angle.
fn rotated<'g>(x: Tensor<'g>, [cos, sin]: [Tensor<'g>; 2]) -> Tensor<'g> {
    let half = cos.shape().dim(1);
    let (a, b) = (x.slice_axis(3, 0, half), x.slice_axis(3, half, half));
    x.graph().concat(&[a * cos - b * sin, a * sin + b * cos], 3)
}
