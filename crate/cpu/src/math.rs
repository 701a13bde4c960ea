//! Elementwise functions as branch-free polynomials, which the compiler turns into SIMD loops.
//!
//! Those with more than a constant or two are made before the loop, as closures: see [`constants`]. The tests
//! below measure their errors against `libm`.

pub use tilde_graph::real::sqrtf as sqrt;

/// Numbers that a loop is to keep in registers. In wasm the compiler would write them out at each use, and
/// browsers take some four instructions to make a vector of each, every time: more than there is to
/// compute.
#[inline(always)]
fn constants<const N: usize>(numbers: &'static [f32; N]) -> [f32; N] {
    if cfg!(target_arch = "wasm32") { *core::hint::black_box(numbers) } else { *numbers }
}

/// The polynomial of these coefficients, of which the first is that of the highest power.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: [f32; N], x: f32) -> f32 {
    coefficients.into_iter().reduce(|p, c| p * x + c).unwrap_or(0.0)
}

/// eˣ for |x| ≤ 87, clamped outside: 2ⁿ·p(r), |r| ≤ ½ ln 2.
#[inline(always)]
pub fn exp() -> impl Fn(f32) -> f32 + Copy {
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the mantissa.
    let [least, most, log2_e, round] = constants(&[-87.0, 87.0, core::f32::consts::LOG2_E, 12_582_912.0]);
    let [ln2_hi, ln2_lo, one] = constants(&[0.693_359_4, -2.121_944_4e-4, 1.0]);
    let p = constants(&[1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5]);
    move |x| {
        let x = clamp(x, least, most);
        let shifted = x * log2_e + round;
        let n = shifted - round;
        let r = (x - n * ln2_hi) - n * ln2_lo;
        let p = polynomial(p, r) * r * r + r + one;
        p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(one.to_bits()))
    }
}

/// ln x; −∞ at 0, ∞ at ∞, and NaN below 0. The mantissa is brought into [√½, √2).
#[inline(always)]
pub fn log() -> impl Fn(f32) -> f32 + Copy {
    // 0x3f3504f3 is √½: the exponent is taken relative to it.
    let [root, mantissa] =
        constants(const { &[f32::from_bits(0x3f35_04f3), f32::from_bits(0x007f_ffff)] }).map(f32::to_bits);
    let [ln2_hi, ln2_lo, half, one] = constants(&[0.693_359_4, -2.121_944_4e-4, 0.5, 1.0]);
    let [nan, infinity, least] = constants(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    let p = constants(&[
        7.037_683_6e-2,
        -0.115_146_1,
        0.116_769_98,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_57,
        0.200_007_14,
        -0.249_999_94,
        0.333_333_3,
    ]);
    move |x| {
        let offset = x.to_bits().wrapping_sub(root);
        let e = ((offset as i32) >> 23) as f32;
        let m = f32::from_bits((offset & mantissa).wrapping_add(root));
        let f = m - one;
        let z = f * f;
        let y = f * z * polynomial(p, f) + e * ln2_lo - half * z;
        let y = f + y + e * ln2_hi;
        let y = if x > 0.0 { y } else { nan };
        let y = if x == infinity { x } else { y };
        if x == 0.0 { least } else { y }
    }
}

/// tanh x: the rational approximation of degree 13/6 on |x| ≤ 7.9 (1 within half an ulp beyond).
#[inline(always)]
pub fn tanh() -> impl Fn(f32) -> f32 + Copy {
    let [least, most] = constants(&[-7.905_311, 7.905_311]);
    let p = constants(&[
        -2.760_768_5e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297e-8,
        1.485_722_4e-5,
        6.372_619e-4,
        4.893_524_6e-3,
    ]);
    let q = constants(&[1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3]);
    move |x| {
        let x = clamp(x, least, most);
        let z = x * x;
        x * polynomial(p, z) / polynomial(q, z)
    }
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub fn sigmoid() -> impl Fn(f32) -> f32 + Copy {
    let exp = exp();
    let [one, tiny] = constants(&[1.0, 1e-30]);
    move |x| {
        let e = exp(-x.abs());
        let s = one / (one + e);
        // Nothing below 1e-30: products with it would be denormals, which take a hundred times as long,
        // and a diverging model is full of them.
        let small = if e < tiny { 0.0 } else { e * s };
        if x >= 0.0 { s } else { small }
    }
}

/// log(1 + eˣ).
#[inline(always)]
pub fn softplus() -> impl Fn(f32) -> f32 + Copy {
    let (exp, log) = (exp(), log());
    let [small, half, one] = constants(&[1e-4, 0.5, 1.0]);
    move |x| {
        let e = exp(-x.abs());
        let tail = if e < small { e - half * e * e } else { log(one + e) };
        (if x < 0.0 { 0.0 } else { x }) + tail
    }
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
pub fn sin() -> impl Fn(f32) -> f32 + Copy {
    let [by_pi, round] = constants(&[core::f32::consts::FRAC_1_PI, 12_582_912.0]);
    // π in three parts, so that n·π is exact enough to subtract.
    let [high, middle, low] = constants(&[3.140_625, 9.670_257_6e-4, 6.277_114e-7]);
    let p = constants(&[-2.388_985_9e-8, 2.752_556_2e-6, -1.984_087_4e-4, 8.333_331e-3, -0.166_666_67]);
    move |x| {
        let shifted = x * by_pi + round;
        let n = shifted - round;
        let r = ((x - n * high) - n * middle) - n * low;
        let z = r * r;
        let s = r + r * z * polynomial(p, z);
        f32::from_bits(s.to_bits() ^ (shifted.to_bits() << 31))
    }
}

/// cos x, for |x| up to some thousands.
#[inline(always)]
pub fn cos() -> impl Fn(f32) -> f32 + Copy {
    let sin = sin();
    move |x| sin(x + core::f32::consts::FRAC_PI_2)
}

/// Φ⁻¹(u) = √2·erf⁻¹(2u − 1), with erf⁻¹ after M. Giles, "Approximating the erfinv function",
/// GPU Computing Gems Jade, 2012 (single precision).
#[inline(always)]
pub fn probit() -> impl Fn(f32) -> f32 + Copy {
    let log = log();
    let p = constants(&[
        2.810_226_4e-8,
        3.432_739_4e-7,
        -3.523_388e-6,
        -4.391_506_5e-6,
        2.185_808_7e-4,
        -1.253_725e-3,
        -4.177_681_6e-3,
        0.246_640_73,
        1.501_409_4,
    ]);
    let q = constants(&[
        -2.002_142_6e-4,
        1.009_505_6e-4,
        1.349_343_2e-3,
        -3.673_428_4e-3,
        5.739_507_7e-3,
        -7.622_461_3e-3,
        9.438_870_5e-3,
        1.001_674,
        2.832_976_8,
    ]);
    move |u| {
        let x = 2.0 * u - 1.0;
        // (1 − x)(1 + x) from u itself keeps the digits of the tails.
        let w = -log(4.0 * u * (1.0 - u));
        let q = polynomial(q, sqrt(w) - 3.0);
        // At 0 and 1 it is infinite.
        let q = if w == f32::INFINITY { w } else { q };
        core::f32::consts::SQRT_2 * x * if w < 5.0 { polynomial(p, w - 2.5) } else { q }
    }
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
    fn worst(range: (f32, f32), fast: impl Fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
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
            ("exp", worst((-87.0, 87.0), exp(), libm::exp)),
            ("log", worst((1e-6, 50.0), log(), libm::log)),
            ("tanh", worst((-12.0, 12.0), tanh(), libm::tanh)),
            ("sigmoid", worst((-30.0, 30.0), sigmoid(), |x| 1.0 / (1.0 + libm::exp(-x)))),
            ("softplus", worst((-30.0, 30.0), softplus(), |x| libm::log1p(libm::exp(-x.abs())) + x.max(0.0))),
            ("sin", worst((-30.0, 30.0), sin(), libm::sin) / 8.0),
            ("cos", worst((-3.2, 3.2), cos(), libm::cos) / 8.0),
            ("floor", worst((-900.0, 900.0), floor, libm::floor)),
        ];
        for (name, ulps) in cases {
            std::println!("{name} {ulps}");
            assert!(ulps < 8.0, "{name} is off by {ulps} units in the last place");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(log()(0.0), f32::NEG_INFINITY);
        assert!(log()(-1.0).is_nan());
        assert!(exp()(1000.0).is_finite() && exp()(-1000.0) > 0.0);
        assert_eq!(floor(-0.5), -1.0);
        assert_eq!(floor(2.0), 2.0);
        assert_eq!(tanh()(100.0), tanh()(8.0));
        assert!(softplus()(100.0) == 100.0 && softplus()(-100.0) >= 0.0);
    }

    #[test]
    fn nan_and_infinity_go_through() {
        let functions: [(&str, &dyn Fn(f32) -> f32); 11] = [
            ("exp", &exp()),
            ("log", &log()),
            ("tanh", &tanh()),
            ("sigmoid", &sigmoid()),
            ("softplus", &softplus()),
            ("sign", &sign),
            ("floor", &floor),
            ("sin", &sin()),
            ("cos", &cos()),
            ("probit", &probit()),
            ("sqrt", &sqrt),
        ];
        for (name, f) in functions {
            assert!(f(f32::NAN).is_nan() && f(-f32::NAN).is_nan(), "{name}");
        }
        assert!(leaky(f32::NAN, 0.0).is_nan() && leaky_slope(f32::NAN, 0.0).is_nan());
        assert_eq!([log()(f32::INFINITY), softplus()(f32::INFINITY)], [f32::INFINITY; 2]);
        assert!(sin()(f32::INFINITY).is_nan() && probit()(f32::NEG_INFINITY).is_nan());
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
            let back = 0.5 * libm::erfc(-f64::from(probit()(u)) / core::f64::consts::SQRT_2);
            assert!((back - f64::from(u)).abs() < 3e-7, "{u} {back}");
        }
        assert!(
            probit()(tilde_graph::rng::unit(0)) < -5.0 && probit()(tilde_graph::rng::unit(u32::MAX)) > 5.0
        );
    }
}
