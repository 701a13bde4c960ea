//! Words that do not lie one after the other, collected into a vector.

use super::BLOCK;
use crate::strided::Strided;
use core::slice;
use tilde_graph::plan::Guard;

/// Writes points `start .. start + n` to `out`: the words of `from`, and 0 where a guard is not met.
///
/// # Safety
/// `base` must be the first word of `from`, which must stay inside its arena at every point whose
/// guards are met. `n` must not be over [`BLOCK`]; `out` must have room for it and overlap nothing that
/// is read.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) unsafe fn fill(
    base: *mut u32,
    from: &Strided,
    guards: &[(Strided, Guard)],
    start: usize,
    n: usize,
    out: *mut u32,
) {
    // SAFETY: runs cover the points once, and the caller keeps them inside the arena.
    unsafe {
        if guards.is_empty() {
            from.walk(start, n, |at, offset, stride, len| match stride {
                0 => slice::from_raw_parts_mut(out.add(at), len).fill(*base.offset(offset)),
                1 => copy_run(base.offset(offset), out.add(at), len),
                _ => {
                    for i in 0..len {
                        *out.add(at + i) = *base.offset(offset + i as isize * stride);
                    }
                }
            });
            return;
        }
        // One bit of validity per point, then only the valid ones are read.
        let mut inside = [true; BLOCK];
        for (along, guard) in guards {
            along.walk_rarely(start, n, &mut |at, offset, stride, len| {
                for i in 0..len {
                    let c = (offset + i as isize * stride) as u32;
                    inside[at + i] &= guard.lo <= c && c < guard.hi;
                }
            });
        }
        from.walk_rarely(start, n, &mut |at, offset, stride, len| {
            for i in 0..len {
                let word = base.wrapping_offset(offset + i as isize * stride);
                *out.add(at + i) = if inside[at + i] { *word } else { 0 };
            }
        });
    }
}

/// A copy that is often short: a call to memcpy costs more than copying two words.
///
/// # Safety
/// Both must have `len` words and not overlap.
#[inline(always)]
unsafe fn copy_run(from: *const u32, to: *mut u32, len: usize) {
    // SAFETY: as the caller promises.
    unsafe {
        if len < 8 {
            for i in 0..len {
                *to.add(i) = *from.add(i);
            }
        } else {
            core::ptr::copy_nonoverlapping(from, to, len);
        }
    }
}
