//! Driving a device by the names of its program.
//!
//! A [`Driver`] is a loaded device that several answers may share: whatever is written, run or asked for
//! is enqueued at once, in the order of the calls, and only the answers are waited for. Pictures and
//! figures that are asked for together therefore wait together, for one round trip to the device.

use crate::Error;
use crate::settings::Settings;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::{Future, ready};
use core::pin::Pin;
use tilde_graph::plan::{Arena, Loc};
use tilde_graph::rng::site_key;
use tilde_graph::{DType, Device, DeviceError, EntryId, Knob, Plan, Program, Role, Var, VarId};

/// An answer on its way: it was enqueued by the call that gave it, and may be waited for at any time.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// A device with a loaded program.
pub struct Driver {
    device: RefCell<Box<dyn Device>>,
}

impl Driver {
    /// A device that the program was loaded on.
    pub fn new(device: Box<dyn Device>) -> Driver {
        Driver { device: RefCell::new(device) }
    }

    /// What it runs on: "cpu" or "webgpu", and in words.
    pub fn backend(&self) -> (&'static str, String) {
        let device = self.device.borrow();
        (device.kind(), device.describe())
    }

    /// Asks something of the loaded plan.
    pub fn of_plan<T>(&self, ask: impl FnOnce(&Plan) -> T) -> T {
        ask(self.device.borrow().plan())
    }

    fn loc(&self, var: Var) -> (Loc, u32) {
        self.of_plan(|plan| {
            let v = &plan.vars[var.id().0 as usize];
            (v.loc, v.shape.len() as u32)
        })
    }

    /// Writes the first elements of a float variable, row-major.
    pub fn write(&self, var: Var, values: &[f32]) {
        let (loc, _) = self.loc(var);
        self.write_at(loc, values);
    }

    /// Writes floats at a place of the plan.
    pub fn write_at(&self, loc: Loc, values: &[f32]) {
        self.device.borrow_mut().write(loc.arena, loc.offset, values);
    }

    /// Writes the first elements of an integer variable, row-major.
    pub fn write_u(&self, var: Var, values: &[u32]) {
        let (loc, _) = self.loc(var);
        self.write_u_at(loc, values);
    }

    /// Writes integers at a place of the plan.
    pub fn write_u_at(&self, loc: Loc, values: &[u32]) {
        self.device.borrow_mut().write_u(loc.arena, loc.offset, values);
    }

    /// Reads a float variable as it is once all that was enqueued before is done.
    pub fn read(&self, var: Var) -> Answer<Vec<f32>> {
        let (loc, len) = self.loc(var);
        self.read_at(loc, len)
    }

    /// Reads the first `len` elements of a float variable.
    pub fn read_first(&self, var: Var, len: usize) -> Answer<Vec<f32>> {
        let (loc, _) = self.loc(var);
        self.read_at(loc, len as u32)
    }

    /// Reads floats at a place of the plan.
    pub fn read_at(&self, loc: Loc, len: u32) -> Answer<Vec<f32>> {
        let read = self.device.borrow_mut().read(loc.arena, loc.offset, len);
        Box::pin(async move { Ok(read.await?) })
    }

    /// Reads an integer variable.
    pub fn read_u(&self, var: Var) -> Answer<Vec<u32>> {
        let (loc, len) = self.loc(var);
        self.read_u_at(loc, len)
    }

    /// Reads integers at a place of the plan.
    pub fn read_u_at(&self, loc: Loc, len: u32) -> Answer<Vec<u32>> {
        let read = self.device.borrow_mut().read_u(loc.arena, loc.offset, len);
        Box::pin(async move { Ok(read.await?) })
    }

    /// Reads what an entry gave out when it last ran, even if it runs again before the answer is
    /// waited for.
    pub fn output(&self, entry: EntryId, name: &str) -> Answer<Vec<f32>> {
        match self.place(entry, name) {
            Some((loc, len)) => self.read_at(loc, len),
            None => Box::pin(ready(Err(Error::BadData(format!("There is no output '{name}'."))))),
        }
    }

    fn place(&self, entry: EntryId, name: &str) -> Option<(Loc, u32)> {
        self.of_plan(|plan| {
            let output = plan.entries[entry].outputs.iter().find(|o| o.name == name)?;
            Some((output.loc, output.shape.len() as u32))
        })
    }

    /// Runs one entry once.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn run(&self, entry: EntryId) -> Result<(), Error> {
        self.schedule(&[(entry, 1)], 1)
    }

    /// Runs a schedule `times` over: each entry as often as it says, in turn.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub fn schedule(&self, schedule: &[(EntryId, u32)], times: u32) -> Result<(), Error> {
        Ok(self.device.borrow_mut().run(schedule, times)?)
    }

    /// Seeds the draws of one entry and starts its count of invocations anew.
    pub fn seed(&self, entry: EntryId, seed: u64) {
        let (keys, counter, sites) = self.of_plan(|plan| {
            let e = &plan.entries[entry];
            (e.keys, e.counter, e.sites)
        });
        let words: Vec<u32> = (0..sites).flat_map(|s| site_key(seed, entry as u32, s)).collect();
        self.write_u_at(keys, &words);
        self.write_u_at(counter, &[0]);
    }

    /// Seeds an entry, runs it once, and reads one of its outputs.
    pub fn drawn(&self, entry: EntryId, seed: u64, output: &str) -> Answer<Vec<f32>> {
        self.seed(entry, seed);
        self.ask(entry, output)
    }

    /// Runs an entry once and reads one of its outputs.
    pub fn ask(&self, entry: EntryId, output: &str) -> Answer<Vec<f32>> {
        match self.run(entry) {
            Ok(()) => self.output(entry, output),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    /// Sets a live scalar.
    pub fn knob(&self, knob: Knob, value: f32) {
        let knobs = self.of_plan(|plan| plan.knobs);
        self.write_at(Loc { offset: knobs.offset + knob.0, ..knobs }, &[value]);
    }

    /// Sets every live scalar that is called like a setting to that setting's value.
    pub fn knobs(&self, program: &Program, settings: &Settings) {
        for (i, (name, _)) in program.knobs().iter().enumerate() {
            if settings.card().settings.iter().any(|s| s.id == name) {
                self.knob(Knob(i as u32), settings.number(name) as f32);
            }
        }
    }

    /// Enqueues `chunks` pieces of work and joins their answers, at most `len` numbers. All pieces
    /// are enqueued before the first answer is waited for.
    pub fn sweep(
        &self,
        chunks: usize,
        len: usize,
        mut piece: impl FnMut(&Driver, usize) -> Result<Answer<Vec<f32>>, Error>,
    ) -> Answer<Vec<f32>> {
        let answers: Result<Vec<_>, Error> = (0..chunks).map(|i| piece(self, i)).collect();
        Box::pin(async move {
            let mut out = Vec::new();
            for answer in answers? {
                out.extend(answer.await?);
            }
            out.truncate(len);
            Ok(out)
        })
    }

    /// Runs an entry until its output has given `len` numbers, and joins them.
    pub fn collect(&self, entry: EntryId, output: &str, len: usize) -> Answer<Vec<f32>> {
        let each = self.place(entry, output).map_or(1, |(_, len)| len as usize).max(1);
        self.sweep(len.div_ceil(each), len, |d, _| {
            d.run(entry)?;
            Ok(d.output(entry, output))
        })
    }

    /// An entry's output over rows that are written to its argument: `rows` is `[n, W]`, the argument
    /// `[chunk, W]`, the output `[chunk, ..]`; the answer has one row of the output for each row.
    pub fn over_rows(&self, entry: EntryId, argument: Var, rows: &[f32], output: &str) -> Answer<Vec<f32>> {
        let (_, width) = self.loc(argument);
        let given = self.place(entry, output).map_or(0, |(_, len)| len as usize);
        let len = rows.len() * given / (width as usize).max(1);
        let chunks: Vec<&[f32]> = rows.chunks((width as usize).max(1)).collect();
        self.sweep(chunks.len(), len, |d, i| {
            d.write(argument, chunks[i]);
            d.run(entry)?;
            Ok(d.output(entry, output))
        })
    }

    /// An entry's output over the rows 0 to `n` of a data set that it gathers itself, `chunk` rows from
    /// the number in its argument `first` on.
    pub fn over_range(
        &self,
        entry: EntryId,
        first: Var,
        chunk: usize,
        n: usize,
        output: &str,
    ) -> Answer<Vec<f32>> {
        let each = self.place(entry, output).map_or(0, |(_, len)| len as usize) / chunk;
        self.sweep(n.div_ceil(chunk), n * each, |d, i| {
            d.write(first, &[(i * chunk) as f32]);
            d.run(entry)?;
            Ok(d.output(entry, output))
        })
    }

    /// Seeds the entries of a schedule, and runs it until the variable that it leaves its draws in has given
    /// `len` numbers.
    pub fn draws(&self, schedule: &[(EntryId, u32)], seed: u64, result: Var, len: usize) -> Answer<Vec<f32>> {
        schedule.iter().for_each(|&(entry, _)| self.seed(entry, seed));
        let (_, each) = self.loc(result);
        self.sweep(len.div_ceil(each as usize), len, |d, _| {
            d.schedule(schedule, 1)?;
            Ok(d.read(result))
        })
    }

    /// Waits for all that was enqueued: a read of one word comes after it.
    pub fn finished(&self) -> Answer<()> {
        let knobs = self.of_plan(|plan| plan.knobs);
        let read = self.read_at(knobs, 1);
        Box::pin(async move { read.await.map(|_| ()) })
    }

    /// Whether all that is learned is finite once all that was enqueued is done.
    pub fn finite(&self) -> Answer<bool> {
        let finite = self.device.borrow_mut().finite();
        Box::pin(async move { Ok(finite.await?) })
    }

    /// Writes the initial values of all state, the knobs' defaults and the keys of all draws.
    pub fn start(&self, program: &Program, seed: u64) {
        for (i, decl) in program.vars().iter().enumerate() {
            let loc = self.of_plan(|plan| plan.vars[i].loc);
            match (decl.role, decl.dtype) {
                (Role::State, DType::F32) => {
                    self.write_at(loc, &program.initial_values(VarId(i as u32), seed));
                }
                (Role::State, DType::U32) => self.write_u_at(loc, &alloc::vec![0; decl.shape.len()]),
                (Role::Scratch | Role::Data | Role::Input, _) => {}
            }
        }
        for (i, (_, value)) in program.knobs().iter().enumerate() {
            self.knob(Knob(i as u32), *value);
        }
        for entry in 0..program.entries().len() {
            self.seed(entry, seed);
        }
    }
}

/// The device of what needs none: it holds an empty plan.
pub struct NoDevice {
    plan: Plan,
}

impl NoDevice {
    /// A device that can do nothing.
    #[expect(clippy::new_without_default, reason = "there is nothing that a default would be the default of")]
    pub fn new() -> NoDevice {
        NoDevice { plan: Plan::empty() }
    }
}

impl Device for NoDevice {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn run(&mut self, _schedule: &[(usize, u32)], _times: u32) -> Result<(), DeviceError> {
        Ok(())
    }

    fn write(&mut self, _arena: Arena, _offset: u32, _values: &[f32]) {}

    fn write_u(&mut self, _arena: Arena, _offset: u32, _values: &[u32]) {}

    fn read(&mut self, _arena: Arena, _offset: u32, len: u32) -> tilde_graph::Task<'static, Vec<f32>> {
        Box::pin(ready(Ok(alloc::vec![0.0; len as usize])))
    }

    fn read_u(&mut self, _arena: Arena, _offset: u32, len: u32) -> tilde_graph::Task<'static, Vec<u32>> {
        Box::pin(ready(Ok(alloc::vec![0; len as usize])))
    }

    fn finite(&mut self) -> tilde_graph::Task<'static, bool> {
        Box::pin(ready(Ok(true)))
    }

    fn kind(&self) -> &'static str {
        "cpu"
    }

    fn describe(&self) -> String {
        "CPU".into()
    }
}
