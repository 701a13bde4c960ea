//! Draws, from a counter: word i of a draw is known without the words before it.

use core::slice;
use tilde_graph::rng::threefry2x32;

/// Words `start .. start + n` of a draw.
///
/// # Safety
/// `out` must have room for `n` words that nothing else refers to.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) unsafe fn random(key: [u32; 2], invocation: u32, start: usize, n: usize, out: *mut u32) {
    // SAFETY: out has room for n words.
    let out = unsafe { slice::from_raw_parts_mut(out, n) };
    let mut i = 0;
    if start % 2 == 1 && n > 0 {
        out[0] = threefry2x32(key, [(start / 2) as u32, invocation])[1];
        i = 1;
    }
    // Several blocks side by side, so that the rounds are SIMD.
    const WIDE: usize = 16;
    while i + 2 * WIDE <= n {
        let first = ((start + i) / 2) as u32;
        let mut words = [[0u32; 2]; WIDE];
        for (j, w) in words.iter_mut().enumerate() {
            *w = threefry2x32(key, [first + j as u32, invocation]);
        }
        out[i..i + 2 * WIDE].copy_from_slice(words.as_flattened());
        i += 2 * WIDE;
    }
    while i < n {
        let words = threefry2x32(key, [((start + i) / 2) as u32, invocation]);
        out[i] = words[0];
        if i + 1 < n {
            out[i + 1] = words[1];
        }
        i += 2;
    }
}
