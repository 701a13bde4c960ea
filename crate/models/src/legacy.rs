//! Exhibits that still answer the first house's traits.
use crate::card::Card;
use crate::exhibit::{self, Payload, Picture, Samples};
use crate::model::{Exhibit, Figures, Live, Opening, Setup, Task, Touched};
use crate::nn::Recorded;
use crate::settings::Settings;
use crate::{Error, Saved};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::RefCell;
use tilde_graph::Program;

pub struct Legacy {
    inner: RefCell<Box<dyn exhibit::Exhibit>>,
    program: Program,
}

pub fn open(build: fn(&Settings, u64, exhibit::Sources) -> exhibit::Opening, setup: &Setup) -> Opening {
    let inner = build(setup.settings, setup.seed, setup.sources.clone())?;
    let program = inner.program().clone();
    Ok(Box::new(Legacy { inner: RefCell::new(inner), program }))
}

impl Exhibit for Legacy {
    fn card(&self) -> &'static Card {
        self.inner.borrow().card()
    }
    fn program(&self) -> &Program {
        &self.program
    }
    fn start(&mut self, live: &Live) -> Result<(), Error> {
        self.inner.get_mut().start(&mut **live.device.borrowed(), live.seed)
    }
    fn set(&mut self, live: &Live, id: &str) -> Result<(), Error> {
        self.inner.get_mut().set(&mut **live.device.borrowed(), live.settings, id)
    }
    fn train(&mut self, live: &Live, n: u32) -> Result<(), Error> {
        self.inner.get_mut().train(&mut **live.device.borrowed(), n)
    }
    fn phase(&mut self, live: &Live, phase: &str) -> Result<u32, Error> {
        self.inner.get_mut().step(&mut **live.device.borrowed(), phase)?;
        Ok(0)
    }
    fn recorded(&self, _live: &Live) -> Option<Recorded<'_>> {
        None
    }
    fn steps(&self) -> Option<u32> {
        None
    }
    fn figures<'a>(&'a self, live: &'a Live<'a>, deep: bool) -> Task<'a, Figures> {
        Box::pin(async move { self.inner.borrow_mut().metrics(&mut **live.device.borrowed(), deep).await })
    }
    fn evaluate<'a>(&'a self, live: &'a Live<'a>) -> Task<'a, Figures> {
        Box::pin(async move { self.inner.borrow_mut().evaluate(&mut **live.device.borrowed()).await })
    }
    fn sample<'a>(&'a self, live: &'a Live<'a>, n: usize, seed: u64) -> Task<'a, Samples> {
        Box::pin(async move { self.inner.borrow_mut().sample(&mut **live.device.borrowed(), n, seed).await })
    }
    fn view<'a>(&'a self, live: &'a Live<'a>, id: &str) -> Task<'a, Picture> {
        let id = id.to_string();
        Box::pin(async move { self.inner.borrow_mut().view(&mut **live.device.borrowed(), &id).await })
    }
    fn act(&mut self, live: &Live, id: &str, payload: &Payload) -> Result<Touched, Error> {
        let mut device = live.device.borrowed();
        let mut task = self.inner.get_mut().act(&mut **device, id, payload.clone());
        let waker = core::task::Waker::noop();
        match task.as_mut().poll(&mut core::task::Context::from_waker(waker)) {
            core::task::Poll::Ready(done) => done.map(|()| match id {
                "brush" | "zeros" | "ones" | "clear" => Touched::Data,
                _ => Touched::Rest,
            }),
            core::task::Poll::Pending => Err(Error::BadData("an input waited".into())),
        }
    }
    fn save(&self) -> Vec<Saved> {
        self.inner.borrow().save()
    }
    fn load(&mut self, saved: &[Saved]) -> Result<(), Error> {
        self.inner.get_mut().load(saved)
    }
}
