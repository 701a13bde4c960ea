//! Numbers from text, without the ten kilobytes of tables that correct rounding in the last place
//! takes: a visitor downloads them all.

/// The number that `text` spells ("-1.5e3"), within a few units in the last place of an `f64`;
/// `None` for anything else, "inf" and "nan" among it.
pub fn parse(text: &str) -> Option<f64> {
    // Nothing here cuts a text by indices: the message of a wrong cut is six kilobytes of the download.
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i16>().ok()?),
        None => (text, 0),
    };
    let (mut mantissa, mut scale, mut digits, mut point) = (0u64, i32::from(exponent), 0, false);
    for c in number.bytes() {
        match c {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                digits += 1;
                // Digits beyond the eighteenth significant one only move the point.
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = 10 * mantissa + u64::from(c - b'0');
                    scale -= i32::from(point);
                } else {
                    scale += i32::from(!point);
                }
            }
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    let mut power = 1.0f64;
    for _ in 0..scale.unsigned_abs().min(400) {
        power *= 10.0;
    }
    let value = if scale < 0 { mantissa as f64 / power } else { mantissa as f64 * power };
    // Nothing times a power beyond all numbers is still nothing.
    let value = if mantissa == 0 { 0.0 } else { value };
    value.is_finite().then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn agrees_with_the_standard_library() {
        for text in
            ["0", "-1.5", "+2", "1e-4", "3.25E2", ".5", "7.", "0.002", "123456789.125", "1e300", "0e999"]
        {
            let exact: f64 = text.parse().unwrap();
            let found = parse(text).unwrap();
            assert!((found - exact).abs() <= 4.0 * f64::EPSILON * exact.abs(), "{text}: {found}");
        }
        assert_eq!(parse("0.1"), Some(0.1));
        assert_eq!(parse("12345678901234567890"), Some(12_345_678_901_234_567_000.0));
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "-", ".", "e5", "1e", "1.2.3", "nan", "inf", "1e9999", "0x10", "1 2", "--1", "1,5"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
