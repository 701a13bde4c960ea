//! Random programs of one layer each, for the parity tests of every backend: the layer, the gradients
//! of a loss, and the gradients of those gradients' squares.

use super::RandomProgram;
use tilde_graph::rng::Stream;
use tilde_graph::{Binary, Graph, Init, Program, Tensor, Unary, Var, optim};

/// What a layer yields from its operands; the first result decides the loss.
type Build = Box<dyn for<'g> Fn(&'g Graph, &[Tensor<'g>]) -> Vec<Tensor<'g>>>;

/// The operands' shapes, and the layer.
struct Drawn {
    shapes: Vec<Vec<usize>>,
    build: Build,
}

fn drawn<const N: usize>(
    shapes: [&[usize]; N],
    build: impl for<'g> Fn(&'g Graph, &[Tensor<'g>]) -> Vec<Tensor<'g>> + 'static,
) -> Drawn {
    Drawn { shapes: shapes.map(<[usize]>::to_vec).into(), build: Box::new(build) }
}

/// Sizes to draw.
struct Sizes {
    stream: Stream,
    /// Whether the test runs the slow interpreter many times, so that shapes must be small.
    small: bool,
}

impl Sizes {
    fn of(&mut self, choice: &[usize]) -> usize {
        choice[self.stream.below(choice.len() as u32) as usize]
    }

    /// 1, odd, not a multiple of four, longer than a block.
    fn any(&mut self) -> usize {
        if self.small { self.of(&[1, 2, 3, 4, 5]) } else { self.of(&[1, 2, 3, 4, 5, 7, 16, 33]) }
    }

    /// Of an axis that is reduced: up to more than 256.
    fn row(&mut self) -> usize {
        if self.small { self.of(&[1, 2, 3, 5, 8]) } else { self.of(&[1, 2, 5, 8, 33, 64, 70, 257, 300]) }
    }

    /// Of a batch or of heads.
    fn few(&mut self) -> usize {
        self.of(&[1, 2, 3])
    }

    /// Of an image's side.
    fn side(&mut self) -> usize {
        if self.small { self.of(&[3, 4, 5]) } else { self.of(&[3, 4, 5, 6, 9, 16]) }
    }

    /// Of an image's channels.
    fn channels(&mut self) -> usize {
        if self.small { self.of(&[1, 2, 3]) } else { self.of(&[1, 2, 3, 4, 7, 16]) }
    }

    fn yes(&mut self) -> bool {
        self.stream.below(2) == 1
    }
}

/// A layer's name, whether it has a gradient that is continuous, and how it is drawn.
struct Layer(&'static str, bool, fn(&mut Sizes) -> Drawn);

const LAYERS: &[Layer] = &[
    Layer("conv", true, conv),
    Layer("conv_transpose", true, conv_transpose),
    Layer("average_pool", true, average_pool),
    Layer("upsample", true, upsample),
    Layer("flip", true, flip),
    Layer("matmul", true, matmul),
    Layer("concat, slice, pad", true, parts),
    Layer("softmax", true, softmax),
    Layer("log_softmax", true, log_softmax),
    Layer("cross_entropy", true, cross_entropy),
    Layer("layer_norm", true, layer_norm),
    Layer("rms_norm", true, rms_norm),
    Layer("group_norm", true, group_norm),
    Layer("batch_norm", true, batch_norm),
    Layer("activations", true, activations),
    Layer("embedding", true, embedding),
    Layer("attention", true, attention),
    Layer("attention_cached", true, attention_cached),
    Layer("cumsum", true, cumsum),
    Layer("top_k", true, top_k),
    Layer("stop, straight_through", false, stopped),
    Layer("order of equals", false, equals),
    Layer("gumbel_softmax", true, gumbel_softmax),
    Layer("clip_global_norm", false, clip),
];

/// How many layers there are.
pub fn count(smooth: bool) -> usize {
    LAYERS.iter().filter(|l| l.1 || !smooth).count()
}

/// A program with one entry "run" of layer `index`: its outputs `out…`, the gradients `grad…` of a
/// loss, and `second…`, those of the sum of the gradients' squares. `smooth` keeps to layers with
/// continuous gradients and to small ones, and gives the `loss` and the `penalty` out, too.
pub fn program(index: usize, seed: u64, smooth: bool) -> (&'static str, RandomProgram) {
    let Layer(name, _, draw) = LAYERS.iter().filter(|l| l.1 || !smooth).nth(index).expect("a layer");
    let mut sizes = Sizes { stream: Stream::new(seed, 78), small: smooth };
    let Drawn { shapes, build } = draw(&mut sizes);
    let mut p = Program::new(name);
    let state: Vec<Var> = shapes
        .iter()
        .enumerate()
        .map(|(i, shape)| p.state(&format!("x{i}"), &shape[..], Init::Uniform(1.0)))
        .collect();
    let mut outputs = vec![];
    p.entry("run", |g| {
        let x: Vec<Tensor> = state.iter().map(|v| g.read(*v)).collect();
        let mut give = |name: String, t: Tensor| {
            g.output(&name, t);
            outputs.push(name);
        };
        let y = build(g, &x);
        let loss = (y[0] * uneven(g, y[0]) + 0.3 * y[0].square()).sum();
        let grads = g.grad(loss, &x);
        let penalty = grads.iter().fold(g.constant(0.0), |sum, grad| sum + grad.square().sum());
        let seconds = g.grad(penalty, &x);
        y.into_iter().enumerate().for_each(|(i, t)| give(format!("out{i}"), t));
        grads.into_iter().enumerate().for_each(|(i, t)| give(format!("grad{i}"), t));
        seconds.into_iter().enumerate().for_each(|(i, t)| give(format!("second{i}"), t));
        if smooth {
            give("loss".into(), loss);
            give("penalty".into(), penalty);
        }
        // Exact in either precision, so that the order of elements stays the same.
        state.iter().zip(x).for_each(|(v, x)| g.assign(*v, x * -0.5));
    })
    .unwrap_or_else(|e| panic!("{name}: {e}"));
    (name, RandomProgram { program: p, state, outputs })
}

/// Exact weights in ±1 that differ from element to element.
fn uneven<'g>(g: &'g Graph, like: Tensor<'g>) -> Tensor<'g> {
    let shape = like.shape();
    (0..shape.rank()).fold(g.constant(0.25), |sum, a| {
        let step = g.iota(shape, a).binary(Binary::Mul, g.constant_u(5 + 2 * a as u32));
        sum + step.binary(Binary::Rem, g.constant_u(17)).to_f32() * 0.0625 - 0.5
    })
}

/// Classes `0..classes`, `u32`, in no order.
fn classes<'g>(g: &'g Graph, shape: &[usize], classes: usize) -> Tensor<'g> {
    let count = shape.iter().product::<usize>();
    let mixed = g.iota([count], 0).binary(Binary::Mul, g.constant_u(2_654_435_761));
    let mixed = mixed.binary(Binary::Shr, g.constant_u(16));
    mixed.binary(Binary::Rem, g.constant_u(classes as u32)).reshape(shape)
}

fn conv(s: &mut Sizes) -> Drawn {
    let (stride, padding) = (1 + s.few() / 2, s.few() / 2);
    let (b, h, w, c, n) = (s.few(), s.side(), s.side(), s.channels(), s.channels());
    let (kh, kw) = (s.of(&[1, 2, 3, 4]).min(h), s.of(&[1, 3, 4]).min(w));
    drawn([&[b, h, w, c], &[kh, kw, c, n]], move |_, x| vec![x[0].conv(x[1], stride, padding)])
}

fn conv_transpose(s: &mut Sizes) -> Drawn {
    let (stride, padding) = (1 + s.few() / 2, s.few() / 2);
    let (b, h, w, c, n) = (s.few(), s.side(), s.side(), s.channels(), s.channels());
    let (kh, kw) = (s.of(&[1, 2, 3, 4]), s.of(&[1, 3, 4]));
    drawn([&[b, h, w, n], &[kh, kw, c, n]], move |_, x| vec![x[0].conv_transpose(x[1], stride, padding)])
}

fn average_pool(s: &mut Sizes) -> Drawn {
    let (size, b, h, w, c) = (s.few(), s.few(), s.few(), s.side(), s.channels());
    drawn([&[b, h * size, w * size, c]], move |_, x| vec![x[0].average_pool(size)])
}

fn upsample(s: &mut Sizes) -> Drawn {
    let (size, b, h, w, c) = (s.few(), s.few(), s.few(), s.side(), s.channels());
    drawn([&[b, h, w, c]], move |_, x| vec![x[0].tanh().upsample(size)])
}

fn flip(s: &mut Sizes) -> Drawn {
    let axis = s.few() - 1;
    drawn([&[s.few(), s.any(), s.any()]], move |_, x| vec![x[0].flip(&[axis]) * x[0], x[0].flip(&[0, 1, 2])])
}

fn matmul(s: &mut Sizes) -> Drawn {
    let (b, h, m, k, n) = (s.few(), s.few(), s.any(), s.row(), s.any());
    match s.few() {
        1 => drawn([&[b, h, m, k], &[b, h, k, n]], |_, x| vec![x[0].matmul(x[1])]),
        2 => drawn([&[b, h, m, k], &[b, h, n, k]], |_, x| vec![x[0].matmul_nt(x[1])]),
        // A head is a part of a row, as in attention.
        _ => drawn([&[b, m, h * k], &[b, m, h * n]], move |_, x| {
            let p = x[0].reshape([b, m, h, k]).permute(&[0, 2, 1, 3]);
            let q = x[1].reshape([b, m, h, n]).permute(&[0, 2, 1, 3]);
            vec![p.matmul_tn(q)]
        }),
    }
}

fn parts(s: &mut Sizes) -> Drawn {
    let (b, m, k, n) = (s.few(), s.any(), s.any(), s.any());
    drawn([&[b, m, n], &[b, k, n]], move |g, x| {
        let both = g.concat(&[x[0].tanh(), x[1], x[0]], 1);
        let padded = both.slice_axis(1, 1, m + k).pad(1, 2, 1).pad(2, 0, 3).pad(0, 1, 0);
        vec![padded.square() + 0.1, both]
    })
}

fn softmax(s: &mut Sizes) -> Drawn {
    let (axis, sizes) = (s.few() - 1, [s.few(), s.any(), s.row()]);
    drawn([&sizes], move |_, x| vec![(x[0] * 3.0).softmax(axis)])
}

fn log_softmax(s: &mut Sizes) -> Drawn {
    let (axis, sizes) = (s.few() - 1, [s.few(), s.any(), s.row()]);
    drawn([&sizes], move |_, x| vec![(x[0] * 3.0).log_softmax(axis)])
}

fn cross_entropy(s: &mut Sizes) -> Drawn {
    let (n, v) = (s.any(), s.row());
    drawn([&[n, v]], move |g, x| vec![(x[0] * 3.0).cross_entropy(classes(g, &[n], v))])
}

fn layer_norm(s: &mut Sizes) -> Drawn {
    let (b, n, c) = (s.few(), s.any(), s.row());
    drawn([&[b, n, c], &[c], &[c]], |_, x| vec![x[0].layer_norm(0.1) * x[1] + x[2]])
}

fn rms_norm(s: &mut Sizes) -> Drawn {
    let (b, n, c) = (s.few(), s.any(), s.row());
    drawn([&[b, n, c], &[c]], |_, x| vec![x[0].rms_norm(0.1) * x[1]])
}

fn group_norm(s: &mut Sizes) -> Drawn {
    let (b, h, w, groups, c) = (s.few(), s.side(), s.side(), s.few(), s.channels());
    let c = c * groups;
    drawn([&[b, h, w, c], &[c]], move |_, x| vec![x[0].group_norm(groups, 0.1) * x[1]])
}

fn batch_norm(s: &mut Sizes) -> Drawn {
    let (b, n, c) = (s.few(), s.row(), s.any());
    drawn([&[b, n, c]], |_, x| {
        let (mean, variance) = x[0].moments();
        vec![x[0].batch_norm(0.1), mean, variance]
    })
}

fn activations(s: &mut Sizes) -> Drawn {
    let sizes = [s.any(), s.row()];
    drawn([&sizes], |_, x| {
        let wide = x[0] * 4.0;
        vec![wide.gelu() + wide.silu() * 0.5 + wide.relu_squared() * 0.1]
    })
}

fn embedding(s: &mut Sizes) -> Drawn {
    let (b, t, v, d) = (s.few(), s.any(), s.row(), s.any());
    drawn([&[v, d]], move |g, x| {
        let rows = classes(g, &[b, t], v);
        vec![x[0].embedding(rows), rows.one_hot(v)]
    })
}

fn attention(s: &mut Sizes) -> Drawn {
    let (b, h, t, d, e) = (s.few(), s.few(), s.any(), s.of(&[1, 4, 16]), s.any());
    let keys = if s.yes() { t } else { s.row().min(70) };
    let masked = s.few();
    drawn([&[b, h, t, d], &[b, h, keys, d], &[b, h, keys, e]], move |g, x| {
        let mask = match masked {
            1 => None,
            2 if t == keys => Some(g.causal_mask(t)),
            // Every query sees the first key.
            _ => Some(g.iota([t, keys], 1).binary(Binary::Rem, g.constant_u(3)).equal(g.constant_u(0))),
        };
        vec![(x[0] * 2.0).attention(x[1], x[2], mask)]
    })
}

fn attention_cached(s: &mut Sizes) -> Drawn {
    let (b, h, t, d) = (s.few(), s.few(), s.row().min(70), s.of(&[1, 4, 16]));
    let position = s.stream.below(t as u32);
    let (one, all) = ([b, h, 1, d], [b, h, t, d]);
    drawn([&one, &one, &one, &all, &all], move |g, x| {
        let (y, [k, v]) = x[0].attention_cached([x[1], x[2]], [x[3], x[4]], g.constant_u(position));
        vec![y, k, v]
    })
}

fn cumsum(s: &mut Sizes) -> Drawn {
    let (axis, sizes) = (s.few() - 1, [s.few(), s.any(), s.row()]);
    drawn([&sizes], move |_, x| vec![x[0].cumsum(axis) * 0.2])
}

fn top_k(s: &mut Sizes) -> Drawn {
    let (n, v) = (s.any(), s.row().min(70));
    let k = 1 + s.stream.below(v as u32) as usize;
    drawn([&[n, v]], move |g, x| {
        let (best, places) = x[0].top_k(k);
        let kept = x[0] * x[0].top_k_mask(g.constant(k as f32));
        vec![best.tanh(), places.to_f32(), kept, x[0].ranks()]
    })
}

fn stopped(s: &mut Sizes) -> Drawn {
    let sizes = [s.any(), s.row()];
    drawn([&sizes], |g, x| {
        let hard = x[0].arg_max(1).one_hot(x[0].shape().dim(1));
        vec![hard.straight_through(x[0].softmax(1)) + x[0] * x[0].stop() * 0.5, g.iota([3], 0).to_f32()]
    })
}

/// Numbers of which many are equal.
fn equals(s: &mut Sizes) -> Drawn {
    let (axis, sizes, k) = (s.few() - 1, [s.few(), s.any(), s.row().min(70)], s.stream.below(9));
    drawn([&sizes], move |g, x| {
        let coarse = (x[0] * 4.0).unary(Unary::Floor);
        let k = (k as usize).min(sizes[2]);
        let (best, places) = coarse.top_k(k.max(1));
        vec![
            best,
            places.to_f32(),
            coarse.ranks(),
            coarse.top_k_mask(g.constant(k as f32)),
            coarse.arg_max(axis).to_f32(),
        ]
    })
}

fn gumbel_softmax(s: &mut Sizes) -> Drawn {
    let sizes = [s.any(), s.row()];
    if s.small {
        return drawn([&sizes, &[]], |g, x| vec![g.gumbel_softmax(x[0] * 2.0, x[1].square() + 0.5)]);
    }
    // The temperature's gradient is one sum over everything, in which most cancels.
    drawn([&sizes], |g, x| vec![g.gumbel_softmax(x[0] * 2.0, g.constant(0.7))])
}

fn clip(s: &mut Sizes) -> Drawn {
    let n = s.row();
    drawn([&[n]], |g, x| {
        let short = optim::clip_global_norm(x[0], g.constant(1e3));
        vec![optim::clip_global_norm(x[0].tanh(), g.constant(0.5)), short]
    })
}
