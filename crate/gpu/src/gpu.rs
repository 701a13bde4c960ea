//! A plan loaded on a device.

use crate::Context;
use crate::finite::Finite;
use crate::memory::Memory;
use crate::offsets::Offsets;
use crate::pace::Pace;
use crate::pipeline::{Dispatch, Pipelines};
use crate::read::{Read, Staging};
use crate::run::submit;
use crate::scope::Scope;
use crate::time::time;
use crate::wgsl::{Shader, wgsl};
use std::rc::Rc;
use tilde_graph::plan::{Arena, Kernel};
use tilde_graph::{DType, Device, DeviceError, Plan, Task};

/// A loaded [`Plan`]: its memory on the device and the pipelines of its kernels.
#[derive(Debug)]
pub struct Gpu {
    context: Context,
    plan: Plan,
    memory: Memory,
    finite: Option<Finite>,
    /// Per entry.
    dispatches: Vec<Vec<Dispatch>>,
    pipelines: u32,
    staging: Rc<Staging>,
    pace: Pace,
    submits: u64,
}

/// How many objects a [`Gpu`] has made on its device. Steps make none, and reads make a staging
/// buffer only for a size, or a number of reads at once, that was not there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// Arenas, scratch, offsets and staging.
    pub buffers: u32,
    /// Compiled shaders.
    pub pipelines: u32,
    /// Groups of bindings.
    pub bind_groups: u32,
}

impl Gpu {
    /// Allocates memory for `plan`, writes its tables and compiles its kernels.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] where an arena is too large, [`DeviceError::Unavailable`]
    /// where the device has no room or refuses a shader, [`DeviceError::Lost`] where it is gone.
    pub async fn load(context: &Context, plan: Plan) -> Result<Gpu, DeviceError> {
        context.check()?;
        let shaders: Vec<Vec<(&Kernel, Shader)>> = plan
            .entries
            .iter()
            .map(|entry| {
                let kernels = entry.kernels.iter();
                let shaders = kernels.flat_map(|k| wgsl(k, context.target).into_iter().map(move |s| (k, s)));
                shaders.collect()
            })
            .collect();
        let all = || shaders.iter().flatten().map(|(_, shader)| shader);
        let scratch = all().map(|shader| shader.scratch).max().unwrap_or(0);
        let mut offsets = Offsets::new(context, all());
        let records: Vec<u32> = all().map(|shader| offsets.add(shader)).collect();

        let scope = Scope::open(context);
        let memory = Memory::new(context, &plan, scratch, &offsets)?;
        let finite = Finite::new(context, &memory, &plan);
        let mut pipelines = Pipelines::new(context, &memory);
        let mut records = records.into_iter();
        let mut dispatch = |(kernel, shader)| {
            let record = records.next().expect("a record per shader");
            pipelines.dispatch(kernel, shader, record)
        };
        let dispatches =
            shaders.into_iter().map(|entry| entry.into_iter().map(&mut dispatch).collect()).collect();
        let pipelines = pipelines.count();
        scope.close().await?;

        let gpu = Gpu {
            context: context.clone(),
            plan,
            memory,
            finite,
            dispatches,
            pipelines,
            staging: Rc::default(),
            pace: Pace::new(context),
            submits: 0,
        };
        for (loc, values) in &gpu.plan.tables {
            gpu.upload(loc.arena, loc.offset, bytemuck::cast_slice(values));
        }
        gpu.context.check()?;
        Ok(gpu)
    }

    /// What it has made on the device so far.
    pub fn created(&self) -> Created {
        Created {
            buffers: self.memory.count() + self.staging.count(),
            pipelines: self.pipelines,
            bind_groups: 1,
        }
    }

    /// Submits of [`Device::run`] so far.
    pub fn submits(&self) -> u64 {
        self.submits
    }

    /// Runs an entry `times` over, and gives the milliseconds that it took by the device's own clock; none where
    /// there are no timestamp queries, and then it runs nothing. It is one submit, whatever it takes: for measuring.
    pub fn time(&self, entry: usize, times: u32) -> Task<'static, Option<f64>> {
        let entry = &self.dispatches[entry];
        let all = (0..times).flat_map(|_| entry);
        time(&self.context, &self.memory, &self.staging, all)
    }

    fn upload(&self, arena: Arena, offset: u32, bytes: &[u8]) {
        self.check_range(arena, offset, bytes.len() as u64 / 4);
        if !bytes.is_empty() {
            let offset = 4 * u64::from(offset);
            self.context.queue.write_buffer(self.memory.arena(arena), offset, bytes);
        }
    }

    fn download<T: bytemuck::AnyBitPattern + bytemuck::NoUninit>(
        &self,
        arena: Arena,
        offset: u32,
        len: u32,
    ) -> Task<'static, Vec<T>> {
        self.check_range(arena, offset, u64::from(len));
        if len == 0 {
            return Box::pin(async { Ok(Vec::new()) });
        }
        let (offset, bytes) = (4 * u64::from(offset), 4 * u64::from(len));
        let source = self.memory.arena(arena);
        let read = Read::new(&self.context, &self.staging, source, offset, bytes);
        Box::pin(async move { Ok(bytemuck::pod_collect_to_vec(&read.await?)) })
    }

    fn check_range(&self, arena: Arena, offset: u32, len: u64) {
        let words = u64::from(self.plan.words[arena as usize]);
        let end = u64::from(offset) + len;
        assert!(end <= words, "words {offset}..{end} are outside {arena:?}, which has {words}");
    }
}

fn check_type(arena: Arena, dtype: DType) {
    assert!(arena.dtype() == dtype, "{arena:?} does not hold {dtype:?}");
}

impl Device for Gpu {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn run(&mut self, schedule: &[(usize, u32)], times: u32) -> Result<(), DeviceError> {
        self.context.check()?;
        let entries = &self.dispatches;
        let once = schedule.iter().flat_map(|&(entry, count)| (0..count).flat_map(move |_| &entries[entry]));
        let all = (0..times).flat_map(|_| once.clone());
        self.submits += submit(&self.context, &self.memory, &self.pace, all);
        self.context.check()
    }

    fn write(&mut self, arena: Arena, offset: u32, values: &[f32]) {
        check_type(arena, DType::F32);
        self.upload(arena, offset, bytemuck::cast_slice(values));
    }

    fn write_u(&mut self, arena: Arena, offset: u32, values: &[u32]) {
        check_type(arena, DType::U32);
        self.upload(arena, offset, bytemuck::cast_slice(values));
    }

    fn read(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<f32>> {
        check_type(arena, DType::F32);
        self.download(arena, offset, len)
    }

    fn read_u(&mut self, arena: Arena, offset: u32, len: u32) -> Task<'static, Vec<u32>> {
        check_type(arena, DType::U32);
        self.download(arena, offset, len)
    }

    fn finite(&mut self) -> Task<'static, bool> {
        match &self.finite {
            Some(finite) => finite.run(&self.context, &self.staging),
            None => Box::pin(std::future::ready(Ok(true))),
        }
    }

    fn kind(&self) -> &'static str {
        "webgpu"
    }

    fn describe(&self) -> String {
        self.context.describe()
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use std::future::Future;
    use std::io::Write;
    use std::task::{Context as TaskContext, Poll, Waker};
    use tilde_graph::plan::Loc;

    /// Waits for a future: natively ours wait inside of `poll`.
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut future = Box::pin(future);
        let mut cx = TaskContext::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
                return value;
            }
        }
    }

    /// A plan without entries whose state is 0, 1, 2, 3; nothing where there is no adapter.
    fn loaded() -> Option<Gpu> {
        let required = std::env::var_os("TILDE_REQUIRE_GPU").is_some();
        let context = match block_on(Context::new()) {
            Err(why) if required => panic!("TILDE_REQUIRE_GPU is set, but {why}"),
            Err(why) => {
                // Not `eprintln`, which the test harness hides where a test passes.
                let warning = format!("\n!!! NO GPU ADAPTER: A TEST CHECKED NOTHING ({why}) !!!\n");
                let _ = std::io::stderr().write_all(warning.as_bytes());
                return None;
            }
            Ok(context) => context,
        };
        let zero = Loc { arena: Arena::State, offset: 0 };
        let plan = Plan {
            name: "empty".into(),
            entries: Vec::new(),
            vars: Vec::new(),
            words: [4; 7],
            knobs: zero,
            knob_count: 0,
            tables: vec![(zero, vec![0.0, 1.0, 2.0, 3.0])],
        };
        Some(block_on(Gpu::load(&context, plan)).expect("a loaded plan"))
    }

    #[test]
    fn reads_overlap() {
        let Some(gpu) = loaded() else { return };
        let reads: Vec<_> = (0..4).map(|i| gpu.download::<f32>(Arena::State, i, 1)).collect();
        for (i, read) in reads.into_iter().enumerate().rev() {
            assert_eq!(block_on(read), Ok(vec![i as f32]));
        }
        let before = gpu.created();
        assert_eq!(block_on(gpu.download::<f32>(Arena::State, 0, 2)), Ok(vec![0.0, 1.0]));
        assert_eq!(gpu.created(), before);
    }

    #[test]
    fn a_lost_device_is_an_error() {
        let Some(mut gpu) = loaded() else { return };
        gpu.context.device.destroy();
        let lost = |result: Result<Vec<f32>, DeviceError>| matches!(result, Err(DeviceError::Lost(_)));
        assert!(lost(block_on(gpu.read(Arena::State, 0, 4))));
        assert!(matches!(gpu.run(&[], 1), Err(DeviceError::Lost(_))));
        let again = block_on(Gpu::load(&gpu.context, gpu.plan.clone()));
        assert!(matches!(again, Err(DeviceError::Lost(_))));
    }
}
