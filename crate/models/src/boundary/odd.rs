//! The images that can be pointed at on the digits: held-out ones, and some that are not digits.

use super::table::Table;
use crate::prelude::*;

/// Side of the digits.
pub const SIDE: usize = 8;
/// Images in a row of the gallery; each row has the answers below it.
pub const COLUMNS: usize = 10;
/// Images that are digits.
pub const DIGITS: usize = 20;
/// Images that are not.
pub const OTHERS: usize = 10;

/// The image under a place, given in shares of the picture from the bottom left.
pub fn under([x, y]: [f32; 2]) -> usize {
    let rows = (DIGITS + OTHERS) / COLUMNS;
    let cell = |share: f32, count: usize| ((share * count as f32) as usize).min(count - 1);
    cell(1.0 - y, rows) * COLUMNS + cell(x, COLUMNS)
}

/// Twenty digits of the test set, and ten images that no pen has written: negatives, digits turned,
/// patterns, noise.
pub fn gallery(test: &Table) -> Table {
    let mut gallery = Table { d: test.d, classes: test.classes, ..Table::default() };
    // Strides through the set, so that all classes and writers are met.
    for i in 0..DIGITS {
        let row = 41 * i % test.n();
        gallery.x.extend(test.row(row));
        gallery.y.push(test.y[row]);
    }
    let of = |class: usize| test.row(test.y.iter().position(|&y| y == class).unwrap_or(0));
    let mut stream = Stream::new(1, 0x0DD);
    let mut order: Vec<usize> = (0..test.d).collect();
    (1..test.d).rev().for_each(|i| order.swap(i, stream.below(i as u32 + 1) as usize));
    for which in 0..OTHERS {
        for at in 0..test.d {
            let (y, x) = (at / SIDE, at % SIDE);
            gallery.x.push(match which {
                0 => 1.0 - of(0)[at],
                1 => 1.0 - of(3)[at],
                2 => of(7)[x * SIDE + SIDE - 1 - y],
                3 => of(4)[test.d - 1 - at],
                4 => of(2)[y * SIDE + SIDE - 1 - x],
                5 => ((x + y) % 2) as f64,
                6 => (x / 2 % 2) as f64,
                7 => f64::from(stream.uniform()),
                8 => of(5)[order[at]],
                _ => 0.0,
            });
        }
        gallery.y.push(0);
    }
    gallery
}
