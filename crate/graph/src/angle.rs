//! Sine and cosine on the host, for angles of some thousand turns at most.
//!
//! The polynomials are those of `libm` (from FreeBSD's `k_sinf.c` and `k_cosf.c`), and so are the
//! results. What is left out is the reduction of huge angles, which is most of its code.

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
}
