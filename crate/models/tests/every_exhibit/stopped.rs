//! A frame that is given up leaves nothing behind.

use crate::opened::{must_be, small, sources, state, train};
use pollster::block_on;
use std::cell::Cell;
use std::rc::Rc;
use tilde_cpu::Cpu;
use tilde_graph::plan::Arena;
use tilde_graph::{Device, DeviceError, Plan, Program, Task};
use tilde_models::Run;
use tilde_models::card::Card;

/// The CPU, which stops after so many runs: as `www/engine/queue.js` does, it ignores those that come then,
/// refuses answers, and writes what it is given.
struct Stopping {
    cpu: Cpu,
    left: Rc<Cell<u32>>,
}

impl Stopping {
    fn unless_stopped<T: 'static>(&self, answer: Task<'static, T>) -> Task<'static, T> {
        match self.left.get() {
            0 => Box::pin(std::future::ready(Err(DeviceError::Stopped))),
            _ => answer,
        }
    }
}

impl Device for Stopping {
    fn plan(&self) -> &Plan {
        self.cpu.plan()
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        for _ in 0..times {
            for &(entry, count) in schedule {
                for _ in 0..count {
                    self.left.set(self.left.get().saturating_sub(1));
                    if self.left.get() > 0 {
                        self.cpu.run(&[(entry, 1)], 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        self.cpu.write(arena, offset, values);
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        self.cpu.write_u(arena, offset, values);
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        let answer = self.cpu.read(arena, offset, len);
        self.unless_stopped(answer)
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        let answer = self.cpu.read_u(arena, offset, len);
        self.unless_stopped(answer)
    }

    fn finite(&mut self) -> Task<'static, bool> {
        let answer = self.cpu.finite();
        self.unless_stopped(answer)
    }

    fn kind(&self) -> &'static str {
        "cpu"
    }

    fn describe(&self) -> String {
        "stopping".into()
    }
}

/// Places where a frame is stopped.
const PLACES: u32 = 7;

pub fn a_frame_that_is_given_up_leaves_nothing(card: &'static Card) {
    let left = Rc::new(Cell::new(u32::MAX));
    let load = async |program: &Program| {
        let cpu = Cpu::load(tilde_graph::compile(program))?;
        Ok(Box::new(Stopping { cpu, left: left.clone() }) as Box<dyn Device>)
    };
    let views: Vec<&str> = card.views.iter().map(|v| v.id).collect();
    let begin = || {
        let mut run = block_on(Run::open(small(card), 3, sources(), load)).unwrap_or_else(|e| panic!("{e}"));
        train(&mut run, 2);
        run
    };
    let frame = |run: &mut Run| block_on(run.frame(&views, true, 0));
    let mut run = begin();
    let known_state = state(&mut run);
    let before = left.get();
    let known = frame(&mut run).unwrap_or_else(|e| panic!("{e}"));
    let runs = before - left.get();
    for place in 0..PLACES {
        left.set(u32::MAX);
        let mut run = begin();
        let at = 1 + runs * place / PLACES;
        left.set(at);
        match frame(&mut run) {
            Err(error) => assert_eq!(error.code(), "aborted", "stopped after {at} of {runs}: {error}"),
            Ok(_) => assert!(runs < at, "stopped after {at} of {runs}, and there is a frame"),
        }
        left.set(u32::MAX);
        must_be(&state(&mut run), &known_state, &format!("stopped after {at} of {runs}"));
        let again = frame(&mut run).unwrap_or_else(|e| panic!("{e}"));
        assert!(again.figures == known.figures, "stopped after {at} of {runs}: other figures");
        assert!(again.pictures == known.pictures, "stopped after {at} of {runs}: other pictures");
        assert!(again.losses == known.losses, "stopped after {at} of {runs}: other losses");
    }
}
