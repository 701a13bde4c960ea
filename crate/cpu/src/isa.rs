//! The instruction sets, in one place: which one runs, and the few vector operations the matrix
//! product's micro-kernel needs by name. Everything elementwise is plain loops that the compiler
//! vectorises for the instruction set of the function they are inlined into.

/// A vector of `f32` lanes.
///
/// Its functions must only be called where the instruction set is present ([`Isa::detect`]).
pub trait Simd: Copy {
    /// Numbers in a vector.
    const LANES: usize;
    /// Rows of the micro-kernel's tile.
    const ROWS: usize;
    /// Whether the micro-kernel looks up where each summed step is, which is free where an
    /// instruction adds up its address. Else it walks runs of equal steps.
    const TABLE: bool;
    /// Unaligned load.
    ///
    /// # Safety
    /// The instruction set must be present, and `from` must have as many numbers as there are lanes.
    unsafe fn load(from: *const f32) -> Self;
    /// Unaligned store.
    ///
    /// # Safety
    /// The instruction set must be present, and `to` must have room for as many numbers as there are
    /// lanes.
    unsafe fn store(self, to: *mut f32);
    /// One number in every lane.
    ///
    /// # Safety
    /// The instruction set must be present.
    unsafe fn splat(x: f32) -> Self;
    /// self + a·b, fused where the instruction set does.
    ///
    /// # Safety
    /// The instruction set must be present.
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// self + a.
    ///
    /// # Safety
    /// The instruction set must be present.
    unsafe fn add(self, a: Self) -> Self;
    /// The larger of each pair, as [`crate::math::max`].
    ///
    /// # Safety
    /// The instruction set must be present.
    unsafe fn max(self, a: Self) -> Self;
    /// Reads four numbers from each of four places and writes first numbers, second numbers and so
    /// on, `width` numbers apart.
    ///
    /// # Safety
    /// The instruction set must be present. Each of `from` must have four numbers; `to` must have room
    /// for four, and for four more after each of three steps of `width`.
    #[inline(always)]
    unsafe fn transpose(from: [*const f32; 4], to: *mut f32, width: usize) {
        for i in 0..4 {
            for j in 0..4 {
                // SAFETY: the caller gives four numbers at each of `from`, and room for them.
                unsafe { *to.add(i * width + j) = *from[j].add(i) };
            }
        }
    }
}

/// Four lanes in plain Rust.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy)]
pub struct Portable([f32; 4]);

#[cfg(not(target_arch = "wasm32"))]
impl Simd for Portable {
    const LANES: usize = 4;
    const ROWS: usize = 4;
    const TABLE: bool = false;
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller gives four numbers.
        Portable(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller gives room for four numbers.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Portable([x; 4])
    }
    #[inline(always)]
    unsafe fn mul_add(mut self, a: Self, b: Self) -> Self {
        for i in 0..4 {
            self.0[i] += a.0[i] * b.0[i];
        }
        self
    }
    #[inline(always)]
    unsafe fn add(mut self, a: Self) -> Self {
        for i in 0..4 {
            self.0[i] += a.0[i];
        }
        self
    }
    #[inline(always)]
    unsafe fn max(mut self, a: Self) -> Self {
        for i in 0..4 {
            self.0[i] = crate::math::max(self.0[i], a.0[i]);
        }
        self
    }
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use core::arch::wasm32::*;

    /// SIMD 128, with relaxed multiply-add where the module is built for it.
    #[derive(Clone, Copy)]
    pub struct Wasm(v128);

    impl super::Simd for Wasm {
        const LANES: usize = 4;
        const ROWS: usize = 4;
        const TABLE: bool = false;
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller gives four numbers; wasm loads need no alignment.
            Wasm(unsafe { v128_load(from.cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller gives room for four numbers.
            unsafe { v128_store(to.cast(), self.0) }
        }
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            Wasm(f32x4_splat(x))
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return Wasm(f32x4_relaxed_madd(a.0, b.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            Wasm(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }
        #[inline(always)]
        unsafe fn add(self, a: Self) -> Self {
            Wasm(f32x4_add(self.0, a.0))
        }
        #[inline(always)]
        unsafe fn max(self, a: Self) -> Self {
            Wasm(f32x4_max(self.0, a.0))
        }
        #[inline(always)]
        unsafe fn transpose(from: [*const f32; 4], to: *mut f32, width: usize) {
            // SAFETY: the caller gives four numbers at each of `from`, and room for them.
            unsafe {
                let [p, q, r, s] = from.map(|row| v128_load(row.cast()));
                let (pq, rs) = (i32x4_shuffle::<0, 4, 1, 5>(p, q), i32x4_shuffle::<0, 4, 1, 5>(r, s));
                v128_store(to.cast(), i64x2_shuffle::<0, 2>(pq, rs));
                v128_store(to.add(width).cast(), i64x2_shuffle::<1, 3>(pq, rs));
                let (pq, rs) = (i32x4_shuffle::<2, 6, 3, 7>(p, q), i32x4_shuffle::<2, 6, 3, 7>(r, s));
                v128_store(to.add(2 * width).cast(), i64x2_shuffle::<0, 2>(pq, rs));
                v128_store(to.add(3 * width).cast(), i64x2_shuffle::<1, 3>(pq, rs));
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use core::arch::x86_64::*;

    /// AVX2 with fused multiply-add.
    #[derive(Clone, Copy)]
    pub struct Avx2(__m256);

    impl super::Simd for Avx2 {
        const LANES: usize = 8;
        const ROWS: usize = 6;
        const TABLE: bool = true;
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller has checked for AVX2 and gives eight numbers.
            Avx2(unsafe { _mm256_loadu_ps(from) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller has checked for AVX2 and gives room for eight numbers.
            unsafe { _mm256_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            // SAFETY: the caller has checked for AVX2.
            Avx2(unsafe { _mm256_set1_ps(x) })
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            // SAFETY: the caller has checked for FMA.
            Avx2(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }
        #[inline(always)]
        unsafe fn add(self, a: Self) -> Self {
            // SAFETY: the caller has checked for AVX2.
            Avx2(unsafe { _mm256_add_ps(self.0, a.0) })
        }
        #[inline(always)]
        unsafe fn max(self, a: Self) -> Self {
            // SAFETY: the caller has checked for AVX2.
            Avx2(unsafe {
                // The instruction gives the second number where it cannot compare, and where both are
                // zeros: two of them in both orders have a NaN, or the sign of −0, in one at least.
                let [ab, ba] = [_mm256_max_ps(self.0, a.0), _mm256_max_ps(a.0, self.0)];
                let unordered = _mm256_cmp_ps::<_CMP_UNORD_Q>(self.0, a.0);
                _mm256_or_ps(_mm256_and_ps(ab, ba), unordered)
            })
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "wasm32")]
pub use wasm::Wasm;

/// The instruction set that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Plain Rust, four lanes.
    #[cfg(not(target_arch = "wasm32"))]
    Portable,
    /// AVX2 with FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// WebAssembly SIMD 128.
    #[cfg(target_arch = "wasm32")]
    Wasm,
}

impl Isa {
    /// The best one here.
    pub fn detect() -> Isa {
        #[cfg(target_arch = "wasm32")]
        return Isa::Wasm;
        #[cfg(target_arch = "x86_64")]
        if has_avx2() {
            return Isa::Avx2;
        }
        #[cfg(not(target_arch = "wasm32"))]
        Isa::Portable
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Isa::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "AVX2",
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Isa::Wasm => "SIMD, relaxed",
            #[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
            Isa::Wasm => "SIMD",
        }
    }
}

/// AVX2 and FMA, and an operating system that saves their registers. (`std`'s macro for this needs
/// `std`.)
#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
    /// The register that says which others the operating system saves.
    ///
    /// # Safety
    /// The processor's OSXSAVE bit must be set.
    #[target_feature(enable = "xsave")]
    unsafe fn saved_registers() -> u64 {
        // SAFETY: called only where OSXSAVE is set.
        unsafe { _xgetbv(0) }
    }
    #[allow(unused_unsafe, reason = "__cpuid became safe after the oldest supported compiler")]
    // SAFETY: cpuid exists on every x86-64; leaf 7 is read only where leaf 0 says it is there.
    unsafe {
        if __cpuid(0).eax < 7 {
            return false;
        }
        let features = __cpuid(1).ecx;
        let (fma, osxsave, avx) = (features & 1 << 12 != 0, features & 1 << 27 != 0, features & 1 << 28 != 0);
        fma && osxsave && avx && saved_registers() & 6 == 6 && __cpuid_count(7, 0).ebx & 1 << 5 != 0
    }
}
