//! Numbers and excerpts as they stand in messages.

use alloc::format;
use alloc::string::{String, ToString};

/// `n` with its thousands set apart: "47,040,016".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `n` and the noun, in the singular where `n` is 1: "1 byte", "2 bytes".
pub fn count(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", thousands(n))
}

/// A number to three decimals, for messages: "NaN", "-inf", "1.5", "-2". (The standard library's
/// exact printer is eight kilobytes of the download.)
pub fn decimal(x: f64) -> String {
    if x.is_nan() {
        return "NaN".to_string();
    }
    let sign = if x < 0.0 { "-" } else { "" };
    let x = x.abs();
    // Beyond this the thousandths no longer fit.
    if x >= 1e15 {
        let size = if x.is_infinite() { "inf" } else { "more than 1,000,000,000,000,000" };
        return format!("{sign}{size}");
    }
    let thousandths = (x * 1000.0 + 0.5) as u64;
    let text = format!("{sign}{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// The start of a text that may be long or hold control characters, for quoting it.
pub fn excerpt(text: &str) -> String {
    const MOST: usize = 40;
    let mut out: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (47_040_016, "47,040,016")];
        for (n, text) in cases {
            assert_eq!(thousands(n), text);
        }
        assert_eq!(count(1, "byte"), "1 byte");
        assert_eq!(count(1_024, "byte"), "1,024 bytes");
    }

    #[test]
    fn decimals_are_short() {
        let cases =
            [(1.5, "1.5"), (-2.0, "-2"), (0.0625, "0.063"), (100.0, "100"), (f64::NEG_INFINITY, "-inf")];
        for (x, text) in cases {
            assert_eq!(decimal(x), text);
        }
        assert_eq!(decimal(f64::NAN), "NaN");
        assert_eq!(decimal(-1e300), "-more than 1,000,000,000,000,000");
    }

    #[test]
    fn excerpts_are_short_and_printable() {
        assert_eq!(excerpt("a\tb"), "a b");
        assert_eq!(excerpt(&"é".repeat(41)).chars().count(), 41);
    }
}
