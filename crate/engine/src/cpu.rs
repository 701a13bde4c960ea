//! The CPU's engine as a plain module: exports over its own memory.
//!
//! The caller asks for room ([`mail`]), writes a program or a schedule there, and calls. Answers are read
//! from this memory too. Nothing here waits and nothing is shared between threads.

use crate::Table;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::panic::PanicInfo;
use tilde_cpu::Cpu;
use tilde_graph::plan::Arena;
use tilde_graph::wire::{read_program, write_layout};
use tilde_graph::{Device, DeviceError, compile};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Says where a panic is: a file's name (offset and length) and a line. A panic is a mistake of ours
    /// and ends in a trap that names nothing, so the place is told first.
    fn panicked(file: *const u8, length: usize, line: u32);
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if let Some(place) = info.location() {
        // SAFETY: the import only reads the name.
        unsafe { panicked(place.file().as_ptr(), place.file().len(), place.line()) };
    }
    core::arch::wasm32::unreachable()
}

/// Everything that the module keeps.
struct State {
    loaded: Table<Cpu>,
    /// What the caller writes: words, so that schedules are aligned.
    mail: Vec<u32>,
    answer: Vec<u32>,
    schedule: Vec<(usize, u32)>,
}

/// The state of the module's one thread.
struct Single(UnsafeCell<State>);

// SAFETY: the module is built without threads.
unsafe impl Sync for Single {}

static STATE: Single = Single(UnsafeCell::new(State {
    loaded: Table::new(),
    mail: Vec::new(),
    answer: Vec::new(),
    schedule: Vec::new(),
}));

/// # Safety
/// No other reference of it may be alive: an export takes it once and calls no export.
unsafe fn state() -> &'static mut State {
    // SAFETY: there is one thread, and the caller holds no other reference.
    unsafe { &mut *STATE.0.get() }
}

/// Room for `bytes` bytes, at the offset that is given back; the next call takes it again.
#[unsafe(no_mangle)]
extern "C" fn mail(bytes: usize) -> *mut u32 {
    // SAFETY: the only reference in this export.
    let state = unsafe { state() };
    state.mail.resize(bytes.div_ceil(4), 0);
    state.mail.as_mut_ptr()
}

/// Compiles the program of `bytes` bytes in the mail and loads it. What is given back is the offset of the
/// answer, valid until the next call: how many words follow, then a handle and the plan's layout; or one
/// word, how many bytes the memory has no room for (0 if the bytes are no program).
#[unsafe(no_mangle)]
extern "C" fn load(bytes: usize) -> *const u32 {
    // SAFETY: the only reference in this export.
    let state = unsafe { state() };
    let program: Vec<u8> = state.mail.iter().flat_map(|word| word.to_le_bytes()).take(bytes).collect();
    state.mail = Vec::new();
    state.answer.clear();
    match read_program(&program).map(|program| Cpu::load(compile(&program))) {
        Some(Ok(cpu)) => {
            let layout = write_layout(cpu.plan());
            let handle = state.loaded.add(cpu);
            state.answer.extend([1 + layout.len() as u32, handle]);
            state.answer.extend(layout);
        }
        Some(Err(DeviceError::OutOfMemory { needed, .. })) => {
            state.answer.extend([1, u32::try_from(needed).unwrap_or(u32::MAX)]);
        }
        _ => state.answer.extend([1, 0]),
    }
    state.answer.as_ptr()
}

/// Runs the schedule of `pairs` pairs of entry and count in the mail, `times` over.
#[unsafe(no_mangle)]
extern "C" fn run(handle: u32, pairs: usize, times: u32) {
    // SAFETY: the only reference in this export.
    let State { loaded, mail, schedule, .. } = unsafe { state() };
    schedule.clear();
    schedule.extend(mail[..2 * pairs].chunks_exact(2).map(|pair| (pair[0] as usize, pair[1])));
    let done: Result<(), DeviceError> = loaded.get(handle).run(schedule, times);
    // The CPU is never lost.
    debug_assert!(done.is_ok());
}

/// Runs one kernel of an entry, `times` over, on whatever is in memory: for measuring.
#[unsafe(no_mangle)]
extern "C" fn kernel(handle: u32, entry: usize, index: usize, times: u32) {
    // SAFETY: the only reference in this export.
    let cpu = unsafe { state() }.loaded.get(handle);
    (0..times).for_each(|_| cpu.run_kernel(entry, index));
}

/// Where words `offset..offset + length` of an arena are, to be read or written before the next call.
#[unsafe(no_mangle)]
extern "C" fn at(handle: u32, arena: usize, offset: u32, length: u32) -> *mut u32 {
    // SAFETY: the only reference in this export.
    let state = unsafe { state() };
    state.loaded.get(handle).words_mut(Arena::ALL[arena], offset, length).as_mut_ptr()
}

/// 1 if all that is learned is finite, else 0.
#[unsafe(no_mangle)]
extern "C" fn finite(handle: u32) -> u32 {
    // SAFETY: the only reference in this export.
    u32::from(unsafe { state() }.loaded.get(handle).all_finite())
}

/// Gives up what is loaded under a handle.
#[unsafe(no_mangle)]
extern "C" fn free(handle: u32) {
    // SAFETY: the only reference in this export.
    unsafe { state() }.loaded.free(handle);
}
