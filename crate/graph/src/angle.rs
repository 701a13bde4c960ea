//! Sine and cosine on the host, for angles of some thousand turns at most.
//!
//! The polynomials are those of `libm` (from FreeBSD's `k_sinf.c` and `k_cosf.c`), so the results are the
//! same. The reduction of huge angles, which is most of the code of `libm`, is left out.

use core::f64::consts::FRAC_2_PI;

/// [sin x, cos x].
pub fn sin_cos(x: f32) -> [f32; 2] {
    // π/2 in two parts, so that its multiples are exact enough to subtract.
    const HIGH: f64 = 1.570_796_310_901_641_8;
    const LOW: f64 = 1.589_325_477_352_819_7e-8;
    let x = f64::from(x);
    let quarters = (x * FRAC_2_PI + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let r = x - f64::from(quarters) * HIGH - f64::from(quarters) * LOW;
    let z = r * r;
    let (w, s) = (z * z, z * r);
    let sin = (r + s * (-0.166_666_666_416_265_24 + z * 0.008_333_329_385_889_463))
        + s * w * (-0.000_198_393_348_360_966_32 + z * 0.000_002_718_311_493_989_822);
    let cos = ((1.0 + z * -0.499_999_997_251_031) + w * 0.041_666_623_323_739_06)
        + (w * z) * (-0.001_388_676_377_460_993 + z * 0.000_024_390_448_796_277_41);
    let (sin, cos) = (sin as f32, cos as f32);
    match quarters & 3 {
        0 => [sin, cos],
        1 => [cos, -sin],
        2 => [-sin, -cos],
        _ => [-cos, sin],
    }
}

/// sin x.
pub fn sin(x: f32) -> f32 {
    sin_cos(x)[0]
}

/// cos x.
pub fn cos(x: f32) -> f32 {
    sin_cos(x)[1]
}

/// cos x for 0 ≤ x ≤ π/2, in `f64`: within 1e-16. The polynomials are those of FreeBSD's `k_sin.c`
/// and `k_cos.c`.
pub fn cos_quarter(x: f64) -> f64 {
    // π/2 beyond the digits of the nearest number.
    const REST: f64 = 6.123_233_995_736_766e-17;
    let horner = |z: f64, c: [f64; 6]| c.iter().rev().fold(0.0, |sum, c| sum * z + c);
    if x > core::f64::consts::FRAC_PI_4 {
        let y = core::f64::consts::FRAC_PI_2 - x + REST;
        let z = y * y;
        let series = [
            -1.666_666_666_666_663_2e-1,
            8.333_333_333_322_49e-3,
            -1.984_126_982_985_795e-4,
            2.755_731_370_707_006_8e-6,
            -2.505_076_025_340_686_3e-8,
            1.589_690_995_211_55e-10,
        ];
        return y + y * z * horner(z, series);
    }
    let z = x * x;
    let series = [
        4.166_666_666_666_66e-2,
        -1.388_888_888_887_411e-3,
        2.480_158_728_947_673e-5,
        -2.755_731_435_139_066_3e-7,
        2.087_572_321_298_175e-9,
        -1.135_964_755_778_819_5e-11,
    ];
    1.0 - 0.5 * z + z * z * horner(z, series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_libm() {
        for i in -300_000..300_000 {
            let x = i as f32 * 3.1e-4;
            assert_eq!(sin_cos(x), [libm::sinf(x), libm::cosf(x)], "{x}");
        }
    }

    #[test]
    fn a_quarter_as_libm() {
        for i in 0..=100_000 {
            let x = f64::from(i) / 100_000.0 * core::f64::consts::FRAC_PI_2;
            assert!((cos_quarter(x) - libm::cos(x)).abs() < 2e-16, "{x}");
        }
    }
}
