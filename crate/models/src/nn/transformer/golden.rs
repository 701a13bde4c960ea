//! The network against PyTorch (`tests/goldens/make_gpt.py`), on the CPU and in the interpreter.

use super::*;
use crate::Driver;
use crate::golden::{self, flat, near, numbers};
use alloc::boxed::Box;
use alloc::vec::Vec;
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::{Unary, Var, compile};

#[test]
fn loss_attention_and_gradients_agree_with_pytorch() {
    let r = golden::record("gpt", "transformer");
    let size = |name: &str| r["in"]["sizes"][name].as_u64().unwrap() as usize;
    let sizes = Sizes {
        layers: size("layers"),
        width: size("width"),
        heads: size("heads"),
        context: size("context"),
        symbols: size("symbols"),
    };
    let mut p = Program::new("golden");
    let (mut matrices, mut gains) = (p.group("matrices"), p.group("gains"));
    let network = Transformer::new(&mut p, &mut matrices, &mut gains, sizes);
    let letters = numbers(&r["in"]["letters"]);
    let b = letters.len() / sizes.context;
    let [inputs, targets] = ["letters", "targets"].map(|name| p.input(name, [b * sizes.context]));
    p.entry("run", |g| {
        let pass = network.forward(g, g.read(inputs).unary(Unary::ToU32), sizes.context, |x| x);
        let attention: Vec<Tensor> = (0..sizes.layers).map(|i| pass.attention(i)).collect();
        let loss = pass.logits.cross_entropy(g.read(targets).unary(Unary::ToU32)).mean();
        g.output("logits", pass.logits);
        g.output("attention", g.concat(&attention, 0));
        g.output("loss", loss);
        g.output("matrices", g.grad_group(loss, &matrices));
        g.output("gains", g.grad_group(loss, &gains));
    })
    .unwrap();

    let given = |group: &Group| flat(&p, group, &r["in"]["weights"]);
    let state: [(Var, Vec<f64>); 4] = [
        (matrices.var(), given(&matrices)),
        (gains.var(), given(&gains)),
        (inputs, letters),
        (targets, numbers(&r["in"]["targets"])),
    ];
    let grads = |group: &Group| flat(&p, group, &r["out"]["grads"]);
    let expected = [
        ("logits", numbers(&r["out"]["logits"])),
        ("attention", numbers(&r["out"]["attention"])),
        ("loss", numbers(&r["out"]["loss"])),
        ("matrices", grads(&matrices)),
        ("gains", grads(&gains)),
    ];
    golden::agree(&p, &state, &expected);
}

#[test]
fn n_gram_models_agree_with_nltk() {
    let r = golden::record("gpt", "witten_bell");
    let text = |name: &str| -> Vec<u32> {
        r["in"][name].as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as u32).collect()
    };
    let symbols = r["in"]["symbols"].as_u64().unwrap() as usize;
    let all = crate::data::corpus::ladder::witten_bell(&text("train"), &text("test"), symbols, 5);
    let got: Vec<f64> = all.into_iter().flatten().map(f64::from).collect();
    near("losses", &got, &numbers(&r["out"]["losses"]), 1e-6);
}

/// One character at a time from the cache, and all of them at once.
#[test]
fn the_cache_gives_what_reading_anew_gives() {
    let sizes = Sizes { layers: 2, width: 24, heads: 3, context: 9, symbols: 13 };
    let mut p = Program::new("cache");
    let (mut matrices, mut gains) = (p.group("matrices"), p.group("gains"));
    let network = Transformer::new(&mut p, &mut matrices, &mut gains, sizes);
    let (b, t) = (2, sizes.context);
    let letters = p.input("letters", [b, t]);
    let at = p.input("at", []);
    let shape = [b, sizes.heads, t, sizes.width / sizes.heads];
    let caches: Vec<[Var; 2]> =
        (0..2).map(|i| [0, 1].map(|j| p.scratch(&format!("cache{i}{j}"), shape))).collect();
    let all = p.entry("all", |g| {
        let letters = g.read(letters).unary(Unary::ToU32).reshape([b * t]);
        g.output("logits", network.forward(g, letters, t, |x| x).logits.reshape([b, t, sizes.symbols]));
    });
    let one = p.entry("one", |g| {
        let at = g.read(at).unary(Unary::ToU32);
        let here = g.iota([1, t], 1).equal(at);
        let letters = (g.read(letters) * here).sum_axes(&[1]).unary(Unary::ToU32);
        let cache: Vec<[Tensor; 2]> = caches.iter().map(|c| c.map(|var| g.read(var))).collect();
        let (logits, cache) = network.forward_one(g, letters, at, &cache);
        caches.iter().flatten().zip(cache.iter().flatten()).for_each(|(var, x)| g.assign(*var, *x));
        g.output("logits", logits);
    });
    let (all, one) = (all.unwrap(), one.unwrap());
    let device = Driver::new(Box::new(Cpu::load(compile(&p)).unwrap()));
    let mut stream = tilde_graph::rng::Stream::new(5, 0);
    for group in [&matrices, &gains] {
        let len = p.vars()[group.var().id().0 as usize].shape.len();
        let values: Vec<f32> = (0..len).map(|_| 0.5 * stream.normal()).collect();
        device.write(group.var(), &values);
    }
    let text: Vec<f32> = (0..b * t).map(|_| stream.below(13) as f32).collect();
    device.write(letters, &text);
    let expected = block_on(device.ask(all, "logits")).unwrap();
    for i in 0..t {
        device.write(at, &[i as f32]);
        let got = block_on(device.ask(one, "logits")).unwrap();
        for row in 0..b {
            let widened = |x: &[f32]| x.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
            let expected = widened(&expected[(row * t + i) * sizes.symbols..][..sizes.symbols]);
            near("logits", &widened(&got[row * sizes.symbols..][..sizes.symbols]), &expected, 1e-5);
        }
    }
}
