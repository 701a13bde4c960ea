//! Roots and whole parts by the instructions for them. Without the standard library Rust has no stable way to these, and
//! `libm` computes them bit by bit on WebAssembly, whose vectors have them.

/// √x, rounded to the nearest double; NaN below 0.
#[inline(always)]
pub fn sqrt(x: f64) -> f64 {
    #[cfg(target_arch = "wasm32")]
    {
        use core::arch::wasm32::{f64x2_extract_lane, f64x2_splat, f64x2_sqrt};
        f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(x)))
    }
    #[cfg(not(target_arch = "wasm32"))]
    libm::sqrt(x)
}

/// √x, rounded to the nearest float; NaN below 0.
#[inline(always)]
pub fn sqrtf(x: f32) -> f32 {
    #[cfg(target_arch = "wasm32")]
    {
        // The scalar of a vector instruction, which the compiler widens again in loops.
        use core::arch::wasm32::{f32x4_extract_lane, f32x4_splat, f32x4_sqrt};
        f32x4_extract_lane::<0>(f32x4_sqrt(f32x4_splat(x)))
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE is part of every x86-64.
    unsafe {
        use core::arch::x86_64::{_mm_cvtss_f32, _mm_set_ss, _mm_sqrt_ss};
        _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)))
    }
    #[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
    libm::sqrtf(x)
}

/// A function of one float: a vector instruction of WebAssembly, and `libm`'s elsewhere.
macro_rules! whole {
    ($(#[$doc:meta])* $name:ident, $vector:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(x: f32) -> f32 {
            #[cfg(target_arch = "wasm32")]
            {
                use core::arch::wasm32::{$vector, f32x4_extract_lane, f32x4_splat};
                f32x4_extract_lane::<0>($vector(f32x4_splat(x)))
            }
            #[cfg(not(target_arch = "wasm32"))]
            libm::$name(x)
        }
    };
}

whole!(
    /// The largest whole number ≤ x.
    floorf,
    f32x4_floor
);
whole!(
    /// The smallest whole number ≥ x.
    ceilf,
    f32x4_ceil
);
whole!(
    /// The whole number next to x towards 0.
    truncf,
    f32x4_trunc
);

#[cfg(test)]
mod tests {
    use super::{ceilf, floorf, sqrt, sqrtf, truncf};

    #[test]
    fn roots_are_the_nearest_numbers() {
        for x in [0.0, 5e-324, 1e-300, 0.5, 2.0, 3.0, 1e17, f64::MAX, f64::INFINITY] {
            assert_eq!(sqrt(x), x.sqrt());
            assert_eq!(sqrtf(x as f32), (x as f32).sqrt());
        }
        assert!(sqrt(-1.0).is_nan() && sqrtf(-1.0).is_nan());
    }

    #[test]
    fn whole_parts_are_those_of_the_standard_library() {
        for x in [0.0, -0.0, 0.3, -0.3, 2.5, -2.5, 7.0, 8_388_609.0, -1e30, f32::INFINITY] {
            assert_eq!([floorf(x), ceilf(x), truncf(x)], [x.floor(), x.ceil(), x.trunc()]);
        }
    }
}
