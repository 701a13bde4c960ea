//! Points as text: x and y on each line, apart by a comma, semicolon, tab or spaces. A first line
//! of words is a header; empty lines and lines that start with # are skipped.

use super::reader::{MAX_ROWS, bad};
use super::text::{excerpt, thousands};
use crate::{Error, decimal};
use alloc::format;
use alloc::vec::Vec;

/// Reads points, `[n, 2]`.
///
/// # Errors
/// [`Error::BadFile`] naming the first line that does not hold two finite numbers, or if there is
/// no point or too many.
pub(super) fn parse(text: &str) -> Result<Vec<f32>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut points = Vec::new();
    let mut header_allowed = true;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match point(line) {
            Some([x, y]) if x.is_finite() && y.is_finite() => points.extend([x, y]),
            None if header_allowed && is_header(line) => {}
            _ => {
                return bad(format!(
                    "Line {} is “{}”; expected two numbers, x and y.",
                    thousands(at as u64 + 1),
                    excerpt(line)
                ));
            }
        }
        header_allowed = false;
        if points.len() as u64 > 2 * MAX_ROWS {
            return bad(format!("There are more than {} points.", thousands(MAX_ROWS)));
        }
    }
    if points.is_empty() {
        return bad("There are no points; expected x and y on each line.".into());
    }
    Ok(points)
}

fn fields(line: &str) -> impl Iterator<Item = &str> {
    let separator = [',', ';', '\t'].into_iter().find(|&s| line.chars().any(|c| c == s)).unwrap_or(' ');
    line.split(separator).map(str::trim).filter(move |field| separator != ' ' || !field.is_empty())
}

fn point(line: &str) -> Option<[f32; 2]> {
    let mut fields = fields(line);
    let mut number = || decimal::parse(fields.next()?).map(|x| x as f32).filter(|x| x.is_finite());
    let pair = [number()?, number()?];
    fields.next().is_none().then_some(pair)
}

/// Two names, none of them a number.
fn is_header(line: &str) -> bool {
    let mut count = 0;
    fields(line).all(|field| {
        count += 1;
        decimal::parse(field).is_none()
    }) && count == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_points_however_they_are_separated() {
        let expected = [1.0, 2.5, -3e-1, 4.0];
        for text in [
            "1,2.5\n-.3,4\n",
            "\u{feff}x,y\r\n1, 2.5\r\n-0.3, 4",
            "# mine\n\n1;2.5\n-3e-1;4",
            "a b\n  1   2.5 \n-.3 4",
            "1\t2.5\n-.3\t4",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn refusals_name_the_line() {
        assert_eq!(message(""), "There are no points; expected x and y on each line.");
        assert_eq!(message("x,y\n"), "There are no points; expected x and y on each line.");
        assert_eq!(message("1,2\n1,2,3"), "Line 2 is “1,2,3”; expected two numbers, x and y.");
        assert_eq!(message("1,2\nx,y"), "Line 2 is “x,y”; expected two numbers, x and y.");
        assert_eq!(message("1,inf"), "Line 1 is “1,inf”; expected two numbers, x and y.");
        assert_eq!(message("a,b,c\n1,2"), "Line 1 is “a,b,c”; expected two numbers, x and y.");
    }
}
