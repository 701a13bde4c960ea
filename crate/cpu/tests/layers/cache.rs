//! A transformer's block, token by token with a cache, against the whole sequence at once.

use super::parity::{now, start};
use tilde_cpu::Cpu;
use tilde_graph::{Device, Graph, Init, Program, Tensor, Var, compile};

const B: usize = 2;
const H: usize = 3;
const T: usize = 19;
const D: usize = 8;

/// Heads of `x [B·S, H·D]`: `[B, H, S, D]`.
fn heads(x: Tensor<'_>, time: usize) -> Tensor<'_> {
    x.reshape([B, time, H, D]).permute(&[0, 2, 1, 3])
}

/// Queries, keys and values of `x [B, S, H·D]`.
fn projected<'g>(g: &'g Graph, weights: Var, x: Tensor<'g>) -> [Tensor<'g>; 3] {
    let time = x.shape().dim(1);
    let all = x.reshape([B * time, H * D]).rms_norm(1e-5).matmul(g.read(weights));
    [0, 1, 2].map(|i| heads(all.slice_axis(1, i * H * D, H * D), time))
}

#[test]
fn attention_with_a_cache_is_attention() {
    let mut p = Program::new("cache");
    let x = p.state("x", [B, T, H * D], Init::Normal(1.0));
    let weights = p.state("weights", [H * D, 3 * H * D], Init::Normal(0.4));
    // The contents of the cache before the first token must not matter.
    let caches = ["keys", "values"].map(|name| p.state(name, [B, H, T, D], Init::Normal(9.0)));
    let position = p.state_u("position", []);
    p.entry("whole", |g| {
        let [q, k, v] = projected(g, weights, g.read(x));
        g.output("whole", q.attention(k, v, Some(g.causal_mask(T))));
    })
    .expect("legal shapes");
    p.entry("token", |g| {
        let at = g.read(position);
        let row = g.iota([1, T, 1], 1).equal(at).select(g.read(x), g.constant(0.0)).sum_keep(&[1]);
        let [q, k, v] = projected(g, weights, row);
        let (y, new) = q.attention_cached([k, v], caches.map(|c| g.read(c)), at);
        g.output("token", y);
        caches.into_iter().zip(new).for_each(|(var, value)| g.assign(var, value));
        g.assign(position, at + g.constant_u(1));
    })
    .expect("legal shapes");
    let plan = compile(&p);
    for load in [Cpu::load, Cpu::load_portable] {
        let mut cpu = load(plan.clone()).expect("small");
        start(&mut cpu, &p, 3);
        let read = |cpu: &mut Cpu, entry: usize| {
            cpu.run(&[(entry, 1)], 1).expect("runs");
            let out = &plan.entries[entry].outputs[0];
            now(cpu.read(out.loc.arena, out.loc.offset, out.shape.len() as u32))
        };
        let whole = read(&mut cpu, 0);
        let mut largest = 0.0f32;
        for t in 0..T {
            let token = read(&mut cpu, 1);
            for (i, y) in token.iter().enumerate() {
                // [B·H, 1, D] beside [B·H, T, D].
                let wanted = whole[(i / D * T + t) * D + i % D];
                largest = largest.max(wanted.abs());
                assert!((y - wanted).abs() <= 1e-5, "token {t}, element {i}: {y} against {wanted}");
            }
        }
        assert!(largest > 0.5, "there is something to compare");
    }
}
