//! Kernels of its plan.

use crate::opened::{open, small, train};
use pollster::block_on;
use tilde_cpu::Cpu;
use tilde_graph::plan::{Arena, Loc, Plan};
use tilde_graph::{DType, Device};
use tilde_models::card::Card;

/// What measures a kernel runs it many times over.
pub fn a_kernel_that_updates_nothing_can_be_repeated(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 2);
    let plan = run.device().of_plan(Plan::clone);
    let mut cpu = Cpu::load(plan.clone()).unwrap_or_else(|e| panic!("{e}"));
    for arena in Arena::ALL {
        let (loc, len) = (Loc { arena, offset: 0 }, plan.words[arena as usize]);
        // What has no tensors has no memory.
        if plan.entries.is_empty() {
            continue;
        }
        match arena.dtype() {
            DType::F32 => {
                cpu.write(arena, 0, &block_on(run.device().read_at(loc, len)).expect("it is there"))
            }
            DType::U32 => {
                cpu.write_u(arena, 0, &block_on(run.device().read_u_at(loc, len)).expect("it is there"))
            }
        }
    }
    let memory = |cpu: &mut Cpu| -> Vec<Vec<u32>> {
        Arena::ALL.iter().map(|&arena| cpu.words_mut(arena, 0, plan.words[arena as usize]).to_vec()).collect()
    };
    for (at, entry) in plan.entries.iter().enumerate() {
        for (i, kernel) in entry.kernels.iter().enumerate() {
            let before = memory(&mut cpu);
            cpu.run_kernel(at, i);
            let once = memory(&mut cpu);
            for state in [Arena::State, Arena::StateU].map(|arena| arena as usize) {
                assert!(kernel.updates() || before[state] == once[state], "{} {i} changes state", entry.name);
            }
            cpu.run_kernel(at, i);
            if kernel.updates() {
                // As it is in a run: it ran once.
                for (&arena, words) in Arena::ALL.iter().zip(&once) {
                    cpu.words_mut(arena, 0, words.len() as u32).copy_from_slice(words);
                }
            } else {
                assert!(once == memory(&mut cpu), "{} {i}: {kernel}", entry.name);
            }
        }
    }
}
