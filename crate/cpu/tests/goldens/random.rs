//! The random words, bit for bit: the function itself, and a compiled entry that draws them.

use super::file::{Record, array, number, whole};
use super::trial::{read, read_u};
use super::{Tested, records};
use tilde_cpu::{Cpu, Interpreter};
use tilde_graph::rng::{site_key, threefry2x32, unit};
use tilde_graph::{Device, Plan, Program, Unary, Var, compile};

fn pair(values: &serde_json::Value) -> [u32; 2] {
    whole(values).try_into().expect("two words")
}

fn block(r: &Record) {
    let (key, counter, words) = (pair(&r.given["key"]), pair(&r.given["counter"]), pair(&r.out["words"]));
    assert_eq!(threefry2x32(key, counter), words, "{}", r.id);
    let units = array(&r.out["unit"]).data;
    for (word, expected) in words.into_iter().zip(units) {
        // The file's number is exact in f32; reading it may be a bit off in f64.
        assert_eq!(unit(word), expected as f32, "{}", r.id);
    }
    // A compiled draw numbers its elements from 0: its counters begin small.
    if counter[0] < 64 {
        drawn(r, key, counter, words);
    }
}

/// The same block, drawn by a plan: the key and the invocation counter are written by hand.
fn drawn(r: &Record, key: [u32; 2], counter: [u32; 2], words: [u32; 2]) {
    let (program, bits) = drawing(2 * counter[0] as usize + 2);
    let plan = compile(&program);
    for load in [Cpu::load, Cpu::load_portable] {
        let mut cpu = load(plan.clone()).expect("a small plan");
        let entry = &plan.entries[0];
        cpu.write_u(entry.keys.arena, entry.keys.offset, &key);
        cpu.write_u(entry.counter.arena, entry.counter.offset, &[counter[1]]);
        cpu.run(&[(0, 1)], 1).expect("the CPU does not fail");
        let at = 2 * counter[0] as usize;
        assert_eq!(drawn_words(&mut cpu, &plan, bits)[at..], words, "{}", r.id);
        let uniform = read(&mut cpu, entry.outputs[0].loc, at + 2);
        let expected: Vec<f32> = words.iter().map(|w| unit(*w)).collect();
        assert_eq!(uniform[at..], expected[..], "{}", r.id);
        let after = read_u(&mut cpu, entry.counter.arena, entry.counter.offset, 1);
        assert_eq!(after[0], counter[1].wrapping_add(1), "{}: the invocation is counted", r.id);
    }
}

fn drawn_words(cpu: &mut Cpu, plan: &Plan, bits: Var) -> Vec<u32> {
    let v = &plan.vars[bits.id().0 as usize];
    read_u(cpu, v.loc.arena, v.loc.offset, v.shape.len())
}

/// An entry that keeps the words of one draw and gives them out as uniform numbers.
fn drawing(len: usize) -> (Program, Var) {
    let mut p = Program::new("draw");
    let bits = p.state_u("bits", [len]);
    p.entry("draw", |g| {
        let words = g.random_bits([len]);
        g.assign(bits, words);
        g.output("uniform", words.unary(Unary::UnitFromBits));
    })
    .expect("legal shapes");
    (p, bits)
}

/// The records of `threefry.json`.
pub const TESTED: &[Tested] = &[("threefry2x32.", block)];

#[test]
fn words_agree_with_jax() {
    super::run("threefry", TESTED);
}

#[test]
fn some_records_reach_a_compiled_draw() {
    let all = records("threefry");
    let small = all.iter().filter(|r| number(&r.given["counter"][0]) < 64.0);
    assert!(small.count() >= 9, "the goldens with small counters are gone");
}

#[test]
fn interpreter_and_cpu_draw_the_same_words() {
    let (program, bits) = drawing(1025);
    let plan = compile(&program);
    let mut judge = Interpreter::new(&program, 42);
    let mut cpu = Cpu::load(plan.clone()).expect("a small plan");
    cpu.write_u(plan.entries[0].keys.arena, plan.entries[0].keys.offset, &site_key(42, 0, 0));
    for invocation in 0..3 {
        judge.run(0);
        cpu.run(&[(0, 1)], 1).expect("the CPU does not fail");
        let words = drawn_words(&mut cpu, &plan, bits);
        assert_eq!(judge.read(bits).u(), words, "invocation {invocation}");
        let expected = |i: u32| threefry2x32(site_key(42, 0, 0), [i / 2, invocation])[(i % 2) as usize];
        assert!((0..).zip(&words).all(|(i, w)| *w == expected(i)), "invocation {invocation}");
    }
}
