//! Columns of text.

use std::io::{self, Write};

/// Prints rows with their columns aligned, indented by two spaces. Cells of the last column are
/// not padded.
pub fn print<const N: usize>(out: &mut dyn Write, rows: &[[String; N]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("  {cell:width$}"));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A figure with about four significant digits: 0.8912, 17.25, 3000.
pub fn figure(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e9 {
        return format!("{x}");
    }
    match x.abs() {
        a if !(1e-3..1e6).contains(&a) => format!("{x:.3e}"),
        a if a < 10.0 => format!("{x:.4}"),
        a if a < 1000.0 => format!("{x:.2}"),
        _ => format!("{x:.0}"),
    }
}

/// The standard error of a figure: two significant digits.
pub fn margin(x: f64) -> String {
    match x.abs() {
        0.0 => "0".into(),
        a if !(1e-3..1e6).contains(&a) => format!("{x:.1e}"),
        a => format!("{x:.*}", (1.0 - a.log10().floor()).max(0.0) as usize),
    }
}

/// A count with a unit of thousands: 512, 12.3 k, 4.5 M. The unit is appended to the prefix.
pub fn quantity(x: u64, unit: &str) -> String {
    let scaled = |divisor: f64, prefix: &str| format!("{:.1} {prefix}{unit}", x as f64 / divisor);
    match x {
        0..1_000 => format!("{x} {unit}").trim_end().into(),
        1_000..1_000_000 => scaled(1e3, "k"),
        1_000_000..1_000_000_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "G"),
    }
}
