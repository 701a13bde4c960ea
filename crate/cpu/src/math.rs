//! Elementwise functions as branch-free polynomials, which the compiler turns into SIMD loops.
//!
//! The tests below measure their errors against `libm`.

/// eˣ for |x| ≤ 87, clamped outside: 2ⁿ·p(r), |r| ≤ ½ ln 2.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HI: f32 = 0.693_359_4;
    const LN2_LO: f32 = -2.121_944_4e-4;
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the mantissa.
    const ROUND: f32 = 12_582_912.0;
    let x = clamp(x, -87.0, 87.0);
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HI) - n * LN2_LO;
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 0.166_666_65;
    p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

/// ln x; −∞ at 0, ∞ at ∞, and NaN below 0. The mantissa is brought into [√½, √2).
#[inline(always)]
pub fn log(x: f32) -> f32 {
    let bits = x.to_bits();
    // 0x3f3504f3 is √½: the exponent is taken relative to it.
    let offset = bits.wrapping_sub(0x3f35_04f3);
    let e = ((offset as i32) >> 23) as f32;
    let m = f32::from_bits((offset & 0x007f_ffff) + 0x3f35_04f3);
    let f = m - 1.0;
    let mut p = 7.037_683_6e-2;
    p = p * f - 0.115_146_1;
    p = p * f + 0.116_769_98;
    p = p * f - 0.124_201_41;
    p = p * f + 0.142_493_23;
    p = p * f - 0.166_680_57;
    p = p * f + 0.200_007_14;
    p = p * f - 0.249_999_94;
    p = p * f + 0.333_333_3;
    let z = f * f;
    let y = f * z * p + e * -2.121_944_4e-4 - 0.5 * z;
    let y = f + y + e * 0.693_359_4;
    let y = if x > 0.0 { y } else { f32::NAN };
    let y = if x == f32::INFINITY { x } else { y };
    if x == 0.0 { f32::NEG_INFINITY } else { y }
}

/// tanh x: the rational approximation of degree 13/6 on |x| ≤ 7.9 (1 within half an ulp beyond).
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let x = clamp(x, -7.905_311, 7.905_311);
    let z = x * x;
    let mut p = -2.760_768_5e-16;
    p = p * z + 2.000_188e-13;
    p = p * z - 8.604_672e-11;
    p = p * z + 5.122_297e-8;
    p = p * z + 1.485_722_4e-5;
    p = p * z + 6.372_619e-4;
    p = p * z + 4.893_524_6e-3;
    let mut q = 1.198_258_4e-6;
    q = q * z + 1.185_347_1e-4;
    q = q * z + 2.268_434_6e-3;
    q = q * z + 4.893_525e-3;
    x * p / q
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp(-x.abs());
    let s = 1.0 / (1.0 + e);
    // Nothing below 1e-30: products with it would be denormals, which take a hundred times as long,
    // and a diverging model is full of them.
    let small = if e < 1e-30 { 0.0 } else { e * s };
    if x >= 0.0 { s } else { small }
}

/// log(1 + eˣ).
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let e = exp(-x.abs());
    let tail = if e < 1e-4 { e - 0.5 * e * e } else { log(1.0 + e) };
    (if x < 0.0 { 0.0 } else { x }) + tail
}

/// −1, 0 or 1; NaN of NaN.
#[inline(always)]
pub fn sign(x: f32) -> f32 {
    let sign = (x > 0.0) as u32 as f32 - (x < 0.0) as u32 as f32;
    if x.is_nan() { x } else { sign }
}

/// x where it is positive, else `slope` · x.
#[inline(always)]
pub fn leaky(x: f32, slope: f32) -> f32 {
    if x > 0.0 { x } else { slope * x }
}

/// The derivative of [`leaky`]; NaN of NaN.
#[inline(always)]
pub fn leaky_slope(x: f32, slope: f32) -> f32 {
    let known = if x > 0.0 { 1.0 } else { slope };
    if x.is_nan() { x } else { known }
}

/// Largest integer ≤ x.
#[inline(always)]
pub fn floor(x: f32) -> f32 {
    const ROUND: f32 = 8_388_608.0;
    let magnitude = x.abs();
    let rounded = (magnitude + ROUND) - ROUND;
    let rounded = if x < 0.0 { -rounded } else { rounded };
    let down = if rounded > x { rounded - 1.0 } else { rounded };
    if magnitude < ROUND { down } else { x }
}

/// sin x, for |x| up to some thousands.
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * core::f32::consts::FRAC_1_PI + ROUND;
    let n = shifted - ROUND;
    // π in three parts, so that n·π is exact enough to subtract.
    let r = ((x - n * 3.140_625) - n * 9.670_257_6e-4) - n * 6.277_114e-7;
    let z = r * r;
    let mut p = -2.388_985_9e-8;
    p = p * z + 2.752_556_2e-6;
    p = p * z - 1.984_087_4e-4;
    p = p * z + 8.333_331e-3;
    p = p * z - 0.166_666_67;
    let s = r + r * z * p;
    f32::from_bits(s.to_bits() ^ (shifted.to_bits() << 31))
}

/// cos x, for |x| up to some thousands.
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    sin(x + core::f32::consts::FRAC_PI_2)
}

/// Φ⁻¹(u) = √2·erf⁻¹(2u − 1), with erf⁻¹ after M. Giles, "Approximating the erfinv function",
/// GPU Computing Gems Jade, 2012 (single precision).
#[inline(always)]
pub fn probit(u: f32) -> f32 {
    let x = 2.0 * u - 1.0;
    // (1 − x)(1 + x) from u itself keeps the digits of the tails.
    let w = -log(4.0 * u * (1.0 - u));
    let c = w - 2.5;
    let mut p = 2.810_226_4e-8;
    p = p * c + 3.432_739_4e-7;
    p = p * c - 3.523_388e-6;
    p = p * c - 4.391_506_5e-6;
    p = p * c + 2.185_808_7e-4;
    p = p * c - 1.253_725e-3;
    p = p * c - 4.177_681_6e-3;
    p = p * c + 0.246_640_73;
    p = p * c + 1.501_409_4;
    let t = sqrt(w) - 3.0;
    let mut q = -2.002_142_6e-4;
    q = q * t + 1.009_505_6e-4;
    q = q * t + 1.349_343_2e-3;
    q = q * t - 3.673_428_4e-3;
    q = q * t + 5.739_507_7e-3;
    q = q * t - 7.622_461_3e-3;
    q = q * t + 9.438_870_5e-3;
    q = q * t + 1.001_674;
    q = q * t + 2.832_976_8;
    // At 0 and 1 it is infinite.
    let q = if w == f32::INFINITY { w } else { q };
    core::f32::consts::SQRT_2 * x * if w < 5.0 { p } else { q }
}

/// √x by the hardware.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
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

/// The larger: `maximum` of IEEE 754-2019. NaN if either is, and −0 is smaller than +0.
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    #[cfg(target_arch = "wasm32")]
    {
        // One instruction, which the compiler widens again in loops.
        use core::arch::wasm32::{f32x4_extract_lane, f32x4_max, f32x4_splat};
        f32x4_extract_lane::<0>(f32x4_max(f32x4_splat(a), f32x4_splat(b)))
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        // Of equal numbers only zeros have different bits.
        let equal = f32::from_bits(a.to_bits() & b.to_bits());
        let larger = if a == b { equal } else { first_unless(a < b, a, b) };
        if b.is_nan() { b } else { larger }
    }
}

/// The smaller: `minimum` of IEEE 754-2019.
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    #[cfg(target_arch = "wasm32")]
    {
        use core::arch::wasm32::{f32x4_extract_lane, f32x4_min, f32x4_splat};
        f32x4_extract_lane::<0>(f32x4_min(f32x4_splat(a), f32x4_splat(b)))
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let equal = f32::from_bits(a.to_bits() | b.to_bits());
        let smaller = if a == b { equal } else { first_unless(b < a, a, b) };
        if b.is_nan() { b } else { smaller }
    }
}

/// The second if `other`, else the first: also where one of them is NaN, which makes `other` false.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn first_unless(other: bool, a: f32, b: f32) -> f32 {
    if other { b } else { a }
}

/// x between two numbers that are not NaN; NaN if x is. The order of the comparisons makes each of them
/// one instruction.
#[inline(always)]
fn clamp(x: f32, least: f32, most: f32) -> f32 {
    let x = if x < least { least } else { x };
    if x > most { most } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error over a sweep, in units of the result's last place (at least 2⁻²⁶ of 1).
    fn worst(range: (f32, f32), fast: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        let mut worst = 0.0f64;
        for i in 0..=200_000 {
            let x = range.0 + (range.1 - range.0) * (i as f32 / 200_000.0);
            let y = exact(f64::from(x));
            let ulp = (y.abs() * f64::from(f32::EPSILON)).max(1.0 / 67_108_864.0);
            worst = worst.max((f64::from(fast(x)) - y).abs() / ulp);
        }
        worst
    }

    #[test]
    fn close_to_libm() {
        let cases: [(&str, f64); 8] = [
            ("exp", worst((-87.0, 87.0), exp, libm::exp)),
            ("log", worst((1e-6, 50.0), log, libm::log)),
            ("tanh", worst((-12.0, 12.0), tanh, libm::tanh)),
            ("sigmoid", worst((-30.0, 30.0), sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)))),
            ("softplus", worst((-30.0, 30.0), softplus, |x| libm::log1p(libm::exp(-x.abs())) + x.max(0.0))),
            ("sin", worst((-30.0, 30.0), sin, libm::sin) / 8.0),
            ("cos", worst((-3.2, 3.2), cos, libm::cos) / 8.0),
            ("floor", worst((-900.0, 900.0), floor, libm::floor)),
        ];
        for (name, ulps) in cases {
            std::println!("{name} {ulps}");
            assert!(ulps < 8.0, "{name} is off by {ulps} units in the last place");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(log(0.0), f32::NEG_INFINITY);
        assert!(log(-1.0).is_nan());
        assert!(exp(1000.0).is_finite() && exp(-1000.0) > 0.0);
        assert_eq!(floor(-0.5), -1.0);
        assert_eq!(floor(2.0), 2.0);
        assert_eq!(tanh(100.0), tanh(8.0));
        assert!(softplus(100.0) == 100.0 && softplus(-100.0) >= 0.0);
    }

    #[test]
    fn nan_and_infinity_go_through() {
        let functions: [(&str, fn(f32) -> f32); 11] = [
            ("exp", exp),
            ("log", log),
            ("tanh", tanh),
            ("sigmoid", sigmoid),
            ("softplus", softplus),
            ("sign", sign),
            ("floor", floor),
            ("sin", sin),
            ("cos", cos),
            ("probit", probit),
            ("sqrt", sqrt),
        ];
        for (name, f) in functions {
            assert!(f(f32::NAN).is_nan() && f(-f32::NAN).is_nan(), "{name}");
        }
        assert!(leaky(f32::NAN, 0.0).is_nan() && leaky_slope(f32::NAN, 0.0).is_nan());
        assert_eq!([log(f32::INFINITY), softplus(f32::INFINITY)], [f32::INFINITY; 2]);
        assert!(sin(f32::INFINITY).is_nan() && probit(f32::NEG_INFINITY).is_nan());
    }

    #[test]
    fn the_larger_and_the_smaller_are_those_of_the_standard() {
        let numbers = [f32::NEG_INFINITY, -2.0, -f32::MIN_POSITIVE, -0.0, 0.0, 1e-45, 2.0, f32::INFINITY];
        // In ascending order.
        for (i, &a) in numbers.iter().enumerate() {
            for (j, &b) in numbers.iter().enumerate() {
                let [small, large] = [i.min(j), i.max(j)].map(|i| numbers[i].to_bits());
                assert_eq!((min(a, b).to_bits(), max(a, b).to_bits()), (small, large), "{a} and {b}");
            }
            for pair in [[a, f32::NAN], [f32::NAN, a]] {
                assert!(min(pair[0], pair[1]).is_nan() && max(pair[0], pair[1]).is_nan(), "{a}");
            }
        }
    }

    #[test]
    fn probit_inverts_the_normal_distribution() {
        for i in 1..2000 {
            let u = i as f32 / 2000.0;
            let back = 0.5 * libm::erfc(-f64::from(probit(u)) / core::f64::consts::SQRT_2);
            assert!((back - f64::from(u)).abs() < 3e-7, "{u} {back}");
        }
        assert!(probit(tilde_graph::rng::unit(0)) < -5.0 && probit(tilde_graph::rng::unit(u32::MAX)) > 5.0);
    }
}
