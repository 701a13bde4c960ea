//! The promises of [`Device`] besides its kernels: order, reads, errors.

use crate::build::{Builder, at, map, plan};
use crate::check::{block_on, context};
use std::time::Instant;
use tilde_cpu::Cpu;
use tilde_gpu::Gpu;
use tilde_graph::plan::{Arena, Instr, Kernel, Loc};
use tilde_graph::{Binary, DType, Device, DeviceError, Init, Plan, Program, compile};

/// Adds one to the counter.
fn count() -> Kernel {
    let mut body = Builder::default();
    let at = at(Arena::StateU, 0, &[]);
    let x = body.load(at);
    let one = body.push(Instr::ConstU(1), DType::U32);
    let y = body.binary(Binary::Add, x, one);
    body.store(at, y);
    map(&[], body)
}

/// Two entries: one counts; the other adds 1 to every float of the state.
fn counting() -> Plan {
    let mut plan = plan(vec![count()], [64, 4, 4, 4, 8, 4, 4]);
    let mut body = Builder::default();
    let all = at(Arena::State, 0, &[1]);
    let x = body.load(all);
    let one = body.load(at(Arena::Data, 4, &[]));
    let y = body.binary(Binary::Add, x, one);
    body.store(all, y);
    let mut second = plan.entries[0].clone();
    second.kernels = vec![map(&[64], body)];
    plan.entries.push(second);
    plan.tables = vec![(Loc { arena: Arena::Data, offset: 4 }, vec![1.0])];
    plan
}

fn loaded() -> Option<Gpu> {
    let context = context()?;
    Some(block_on(Gpu::load(&context, counting())).expect("a loaded plan"))
}

#[test]
fn schedules_repeat_their_entries() {
    let Some(mut gpu) = loaded() else { return };
    gpu.run(&[(0, 3), (1, 2)], 5).unwrap();
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 4)).unwrap(), [15, 0, 0, 0]);
    assert_eq!(block_on(gpu.read(Arena::State, 0, 64)).unwrap(), [10.0; 64]);
    gpu.run(&[(0, 1)], 0).unwrap();
    gpu.run(&[(0, 0), (1, 1)], 1).unwrap();
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 1)).unwrap(), [15]);
    assert_eq!(block_on(gpu.read(Arena::State, 63, 1)).unwrap(), [11.0]);
}

#[test]
fn writes_take_effect_in_order() {
    let Some(mut gpu) = loaded() else { return };
    gpu.write_u(Arena::StateU, 0, &[5, 6]);
    gpu.run(&[(0, 1)], 1).unwrap();
    gpu.write_u(Arena::StateU, 1, &[9]);
    gpu.run(&[(0, 1)], 1).unwrap();
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 2)).unwrap(), [7, 9]);
    gpu.write(Arena::State, 8, &[0.5, -0.25]);
    assert_eq!(block_on(gpu.read(Arena::State, 7, 4)).unwrap(), [0.0, 0.5, -0.25, 0.0]);
    assert_eq!(block_on(gpu.read(Arena::State, 64, 0)).unwrap(), [0.0; 0]);
}

#[test]
fn an_entry_is_timed_by_the_clock_of_the_device() {
    let Some(mut gpu) = loaded() else { return };
    let begun = Instant::now();
    let ms = block_on(gpu.time(0, 200)).unwrap();
    let most = begun.elapsed().as_secs_f64() * 1e3;
    // It has run as often as it was asked to, or, without such a clock, not at all.
    let runs = if ms.is_some() { 200 } else { 0 };
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 1)).unwrap(), [runs]);
    // The whole way there and back takes longer.
    assert!(ms.is_none_or(|ms| ms > 0.0 && ms < most), "{ms:?} of {most} ms");
}

#[test]
fn nothing_is_made_in_a_step() {
    let Some(mut gpu) = loaded() else { return };
    block_on(gpu.read(Arena::State, 0, 64)).unwrap();
    let before = gpu.created();
    assert_eq!((before.pipelines, before.bind_groups), (2, 1));
    let resident = resident_kib();
    for _ in 0..1000 {
        gpu.run(&[(0, 5), (1, 5)], 1).unwrap();
        gpu.write(Arena::State, 0, &[0.0]);
        block_on(gpu.read(Arena::State, 0, 64)).unwrap();
    }
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 1)).unwrap(), [5000]);
    assert_eq!(gpu.created(), before);
    if let (Some(before), Some(after)) = (resident, resident_kib()) {
        // Other tests run in this process, too; a leaked buffer per step would be 4 MiB and more.
        assert!(after < before + 256 * 1024, "memory grew from {before} to {after} KiB");
    }
}

/// Resident memory of this process, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn much_work_is_several_submits() {
    let Some(mut gpu) = loaded() else { return };
    gpu.run(&[(0, 1)], 100_000).unwrap();
    assert!((2..=10_000).contains(&gpu.submits()), "{} submits", gpu.submits());
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 1)).unwrap(), [100_000]);
}

#[test]
fn a_dropped_read_leaves_the_next_one_unharmed() {
    let Some(mut gpu) = loaded() else { return };
    drop(gpu.read(Arena::State, 0, 4));
    let made = gpu.created();
    assert_eq!(block_on(gpu.read(Arena::State, 0, 4)).unwrap(), [0.0; 4]);
    assert_eq!(gpu.created(), made);
}

#[test]
fn equal_shaders_share_a_pipeline() {
    let Some(context) = context() else { return };
    let plan = plan(vec![count(), count(), count()], [4; 7]);
    let mut gpu = block_on(Gpu::load(&context, plan)).unwrap();
    assert_eq!(gpu.created().pipelines, 1);
    gpu.run(&[(0, 1)], 1).unwrap();
    assert_eq!(block_on(gpu.read_u(Arena::StateU, 0, 1)).unwrap(), [3]);
}

#[test]
fn too_large_a_plan_is_refused() {
    let Some(context) = context() else { return };
    let mut plan = counting();
    plan.words[Arena::Work as usize] = u32::MAX - 3;
    match block_on(Gpu::load(&context, plan)) {
        Err(DeviceError::OutOfMemory { needed, limit }) => assert!(needed > limit),
        other => panic!("not refused: {other:?}"),
    }
    // The device still works.
    assert!(block_on(Gpu::load(&context, counting())).is_ok());
}

#[test]
fn programs_come_and_go_on_one_device() {
    let Some(context) = context() else { return };
    let mut stays = block_on(Gpu::load(&context, counting())).unwrap();
    for i in 1..=20 {
        let mut goes = block_on(Gpu::load(&context, counting())).unwrap();
        goes.run(&[(0, 1)], 1).unwrap();
        // Freed with a write still waiting for the next submit.
        goes.write_u(Arena::StateU, 0, &[7]);
        drop(goes);
        stays.run(&[(0, 1)], 1).unwrap();
        assert_eq!(block_on(stays.read_u(Arena::StateU, 0, 1)).unwrap(), [i]);
    }
}

#[test]
#[should_panic(expected = "are outside State")]
fn words_outside_an_arena_are_a_mistake() {
    match loaded() {
        Some(mut gpu) => gpu.write(Arena::State, 60, &[0.0; 8]),
        None => panic!("words 60..68 are outside State"),
    }
}

/// Two groups, the moments of one, a chain, and an entry that reads them.
fn learning() -> Program {
    let mut p = Program::new("learning");
    let [mut first, mut second] = ["first", "second"].map(|name| p.group(name));
    let a = first.param(&mut p, "a", [130, 5], Init::Normal(1.0));
    let chain = p.state("chain", [64], Init::Constant(0.0));
    let b = second.param(&mut p, "b", [3], Init::Normal(1.0));
    p.state_like(&second, "moments", false);
    p.entry("run", |g| {
        g.output("sum", g.param(a).sum() + g.param(b).sum() + g.read(chain).sum());
    })
    .expect("the shapes fit");
    p
}

/// Everything that is learned is looked at, on both backends, and nothing else.
fn finds_what_is_not_finite(device: &mut dyn Device) {
    let vars = device.plan().vars.clone();
    assert_eq!(vars.iter().filter(|v| v.learned).count(), 3);
    for v in &vars {
        let last = v.loc.offset + v.shape.len() as u32 - 1;
        for at in [v.loc.offset, last] {
            for bits in [0x7fc0_0000, 0xffc0_0000, 0x7f80_0000, 0xff80_0000, 0x7f80_0001, 0x7fff_ffff] {
                device.write(v.loc.arena, at, &[f32::from_bits(bits)]);
                assert_eq!(block_on(device.finite()), Ok(!v.learned), "{bits:x} at {at}");
                device.write(v.loc.arena, at, &[f32::MAX]);
                assert_eq!(block_on(device.finite()), Ok(true), "{at}");
            }
            device.write(v.loc.arena, at, &[-f32::MIN_POSITIVE / 2.0]);
            assert_eq!(block_on(device.finite()), Ok(true), "{at}");
        }
    }
}

#[test]
fn what_is_learned_is_looked_at_on_the_gpu() {
    let Some(context) = context() else { return };
    let mut gpu = block_on(Gpu::load(&context, compile(&learning()))).unwrap();
    let made = gpu.created();
    finds_what_is_not_finite(&mut gpu);
    // But for a staging buffer.
    assert_eq!(gpu.created().buffers, made.buffers + 1);
}

#[test]
fn what_is_learned_is_looked_at_on_the_cpu() {
    finds_what_is_not_finite(&mut Cpu::load(compile(&learning())).unwrap());
}
