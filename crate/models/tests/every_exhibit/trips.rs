//! A frame is one round trip to the device.

use crate::opened::{small, sources};
use pollster::block_on;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use tilde_cpu::Cpu;
use tilde_graph::plan::Arena;
use tilde_graph::{Device, DeviceError, Plan, Program, Task};
use tilde_models::Run;
use tilde_models::card::Card;

/// Answers of a device that come together, when everybody waits.
#[derive(Default)]
struct Mail {
    trips: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

/// The CPU, slow to answer: a read is only answered after all that can be asked was asked.
struct Slow {
    cpu: Cpu,
    mail: Rc<Mail>,
}

impl Slow {
    fn late<T: 'static>(&self, answer: Task<'static, T>) -> Task<'static, T> {
        let (mail, asked) = (self.mail.clone(), self.mail.trips.get());
        Box::pin(async move {
            poll_fn(|context| {
                if mail.trips.get() > asked {
                    return Poll::Ready(());
                }
                mail.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            })
            .await;
            answer.await
        })
    }
}

impl Device for Slow {
    fn plan(&self) -> &Plan {
        self.cpu.plan()
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        self.cpu.run(schedule, times)
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        self.cpu.write(arena, offset, values);
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        self.cpu.write_u(arena, offset, values);
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        let answer = self.cpu.read(arena, offset, len);
        self.late(answer)
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        let answer = self.cpu.read_u(arena, offset, len);
        self.late(answer)
    }

    fn finite(&mut self) -> Task<'static, bool> {
        let answer = self.cpu.finite();
        self.late(answer)
    }

    fn kind(&self) -> &'static str {
        "cpu"
    }

    fn describe(&self) -> String {
        "slow".into()
    }
}

/// Does a job, delivering the mail whenever it waits; gives the deliveries that it took.
fn trips<T>(mail: &Mail, job: impl Future<Output = T>) -> (T, u32) {
    let before = mail.trips.get();
    let mut job = std::pin::pin!(job);
    let done = block_on(poll_fn(|context| {
        let polled = job.as_mut().poll(context);
        if polled.is_pending() {
            mail.trips.set(mail.trips.get() + 1);
            mail.waiting.take().into_iter().for_each(Waker::wake);
        }
        polled
    }));
    (done, mail.trips.get() - before)
}

pub fn a_frame_is_one_round_trip(card: &'static Card) {
    let mail = Rc::new(Mail::default());
    let load = async |program: &Program| {
        let cpu = Cpu::load(tilde_graph::compile(program))?;
        Ok(Box::new(Slow { cpu, mail: mail.clone() }) as Box<dyn Device>)
    };
    let (run, _) = trips(&mail, Run::open(small(card), 3, sources(), load));
    let mut run = run.unwrap_or_else(|e| panic!("it does not open: {e}"));
    let views: Vec<&str> = card.views.iter().map(|v| v.id).collect();
    for step in 0..3 {
        for deep in [false, true] {
            let (frame, count) = trips(&mail, run.frame(&views, deep, 0));
            let frame = frame.unwrap_or_else(|e| panic!("at step {step}: {e}"));
            assert_eq!(frame.pictures.len(), views.len());
            assert!(count <= 1, "at step {step}, deep {deep}: {count} round trips");
        }
        trips(&mail, run.train(1)).0.unwrap_or_else(|e| panic!("training: {e}"));
    }
}
