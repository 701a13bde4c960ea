//! Kernels in the wasm build, in a worker, on both backends: one small network's training step,
//! judged by the f64 interpreter. Breadth is tested natively; here few shaders are compiled,
//! because a software adapter takes long to.
#![cfg(target_arch = "wasm32")]

mod engine;
#[path = "../../crate/cpu/tests/common/special.rs"]
mod special;

use tilde_cpu::{Interpreter, Values};
use tilde_graph::optim::{Adam, AdamOptions};
use tilde_graph::{Init, Program, Var};
use tilde_models::Driver;
use tilde_web::device::{Engine, Place, load};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const SEED: u64 = 11;

/// Outputs of the step, and how far each may be off.
const OUTPUTS: [(&str, f64); 3] = [("words", 0.0), ("normals", 1e-5), ("loss", 1e-5)];

/// A two-layer regression with dropout-like noise: products, fused bias and activation, a
/// reduction, draws, gather, and an optimiser step over a flat group.
fn program() -> (Program, Var, Var) {
    let mut p = Program::new("browser");
    let rows = p.data("rows", [9, 5]);
    let mut group = p.group("net");
    let w1 = group.param(&mut p, "w1", [5, 7], Init::Normal(0.5));
    let b1 = group.param(&mut p, "b1", [7], Init::Constant(0.1));
    let w2 = group.param(&mut p, "w2", [7, 1], Init::Normal(0.5));
    let adam = Adam::new(&mut p, &group, "adam", AdamOptions::default());
    p.entry("train", |g| {
        let x = g.read(rows).gather(g.indices(6, 9));
        let noise = g.normal([6, 7]);
        let h = (x.matmul(g.param(w1)) + g.param(b1)).tanh() + noise * 0.1;
        let loss = (h.matmul(g.param(w2)) - 1.0).square().mean();
        adam.update(g, g.grad_group(loss, &group), g.constant(0.01));
        g.output("words", g.uniform([10]));
        g.output("normals", noise);
        g.output("loss", loss);
    })
    .expect("the shapes fit");
    (p, rows, group.var())
}

fn close(got: &[f32], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (&a, &b) in got.iter().zip(expected) {
        let off = (f64::from(a) - b).abs();
        assert!(off <= tolerance * b.abs().max(1.0), "{what} is off by {off:e}");
    }
}

async fn agrees_with_the_judge(backend: &'static str) {
    let (program, rows, weights) = program();
    let values: Vec<f32> = (0..45).map(|i| (i % 7) as f32 / 3.0 - 1.0).collect();
    let mut judge = Interpreter::new(&program, SEED);
    judge.write(rows, Values::F(values.iter().map(|&v| f64::from(v)).collect()));
    let engine = Some(engine::engine(backend).unchecked_into::<Engine>());
    let place = Place { kind: backend, engine, description: String::new() };
    let device = Driver::new(load(&program, place).await.expect("the engine loads"));
    device.start(&program, SEED);
    device.write(rows, &values);
    for _ in 0..3 {
        judge.run(0);
        device.run(0).expect("it runs");
        for (name, tolerance) in OUTPUTS {
            let got = device.output(0, name).await.expect("it is an output");
            close(&got, judge.output(name).expect("it is an output").f(), tolerance, name);
        }
    }
    let got = device.read(weights).await.expect("they are a variable");
    close(&got, judge.read(weights).f(), 1e-4, "the weights after three steps");
}

#[wasm_bindgen_test]
async fn what_is_not_finite_goes_through() {
    let special = special::special();
    let engine = Some(engine::engine("cpu").unchecked_into::<Engine>());
    let place = Place { kind: "cpu", engine, description: String::new() };
    let device = Driver::new(load(&special.program, place).await.expect("the engine loads"));
    for (var, values) in &special.inputs {
        device.write(*var, values);
    }
    device.run(0).expect("it runs");
    for (name, expected) in special.judged() {
        let got = device.output(0, &name).await.expect("it is an output");
        special::same(&name, &got, &expected);
    }
}

async fn weights_that_are_not_finite_are_found(backend: &'static str) {
    let (program, _, weights) = program();
    let engine = Some(engine::engine(backend).unchecked_into::<Engine>());
    let place = Place { kind: backend, engine, description: String::new() };
    let device = Driver::new(load(&program, place).await.expect("the engine loads"));
    device.start(&program, SEED);
    assert!(device.finite().await.expect("it answers"));
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        device.write(weights, &[number]);
        assert!(!device.finite().await.expect("it answers"), "{number} on {backend}");
    }
    device.write(weights, &[f32::MAX]);
    assert!(device.finite().await.expect("it answers"));
}

#[wasm_bindgen_test]
async fn weights_that_are_not_finite_are_found_on_the_cpu() {
    weights_that_are_not_finite_are_found("cpu").await;
}

#[wasm_bindgen_test]
async fn weights_that_are_not_finite_are_found_on_the_gpu() {
    weights_that_are_not_finite_are_found("webgpu").await;
}

#[wasm_bindgen_test]
async fn the_cpu_agrees_with_the_judge() {
    agrees_with_the_judge("cpu").await;
}

#[wasm_bindgen_test]
async fn the_gpu_agrees_with_the_judge() {
    agrees_with_the_judge("webgpu").await;
}
