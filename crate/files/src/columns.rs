//! Which columns of a table are x, y and the class.

use crate::table::Table;
use alloc::string::String;
use alloc::vec::Vec;

/// Most classes that a column may hold to be taken for one of classes.
const FEW: usize = 10;
/// Rows that columns are judged by.
const JUDGED: usize = 10_000;

/// Names of two columns that go together.
const PAIRS: [(&str, &str); 7] = [
    ("x", "y"),
    ("x1", "x2"),
    ("x0", "x1"),
    ("x_1", "x_2"),
    ("x_0", "x_1"),
    ("lon", "lat"),
    ("longitude", "latitude"),
];
/// Names of columns of classes.
const CLASSES: [&str; 10] =
    ["label", "labels", "class", "classes", "target", "category", "cluster", "species", "group", "kind"];
/// Names of columns that count the rows.
const INDICES: [&str; 6] = ["", "index", "id", "unnamed: 0", "row", "#"];

/// What a column holds.
#[derive(Clone, Debug)]
struct Column {
    /// Of the header, in small letters; "" without one.
    name: String,
    /// Whether all its cells are numbers or empty, and some are numbers.
    numeric: bool,
    /// Whether it counts the rows from 0 or 1.
    counts: bool,
    /// Whether it holds few different whole numbers or words.
    few: bool,
}

/// Columns that can be used: x, y, and the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub x: usize,
    pub y: usize,
    pub class: Option<usize>,
}

/// The columns that the header names, or those that look like it. `None` without two columns of numbers.
pub(crate) fn choose(table: &Table, classes: bool) -> Option<Chosen> {
    let columns: Vec<Column> = (0..table.width).map(|column| judge(table, column)).collect();
    let named = |name: &str| columns.iter().position(|c| c.name == name && c.numeric);
    let pair = PAIRS.iter().find_map(|&(x, y)| Some((named(x)?, named(y)?)));
    let is_index = |at: usize| {
        let column = &columns[at];
        column.counts
            && (table.header.is_none() || INDICES.contains(&&*column.name))
            && columns.iter().enumerate().filter(|(i, c)| *i != at && c.numeric).count() >= 2
    };
    let by_name = columns.iter().position(|c| c.few && CLASSES.contains(&&*c.name));
    // Without names, the last of three columns or more.
    let by_looks = || {
        let last = columns.len() - 1;
        let others = (0..last).filter(|&at| columns[at].numeric && !is_index(at)).count();
        (columns[last].few && others >= 2).then_some(last)
    };
    let class = match (by_name, pair) {
        (Some(class), _) => Some(class),
        // What is named x and y is no class; of the rest, the last may be one.
        (None, Some((x, y))) if classes => {
            (0..columns.len()).rev().find(|&at| at != x && at != y && columns[at].few && !is_index(at))
        }
        (None, None) => by_looks(),
        (None, Some(_)) => None,
    };
    let (x, y) = pair.or_else(|| {
        let mut free =
            (0..columns.len()).filter(|&at| columns[at].numeric && !is_index(at) && Some(at) != class);
        Some((free.next()?, free.next()?))
    })?;
    Some(Chosen { x, y, class: class.filter(|&at| at != x && at != y) })
}

fn judge(table: &Table, column: usize) -> Column {
    let name =
        table.header.as_ref().map(|header| header[column].trim().to_ascii_lowercase()).unwrap_or_default();
    let rows = table.rows.min(JUDGED);
    let (mut numeric, mut counts, mut some, mut whole) = (true, true, false, true);
    let mut different: Vec<String> = Vec::new();
    let first = if rows > 0 { table.number(0, column).unwrap_or(f64::NAN) } else { f64::NAN };
    counts &= first == 0.0 || first == 1.0;
    for row in 0..rows {
        match table.number(row, column) {
            Some(value) if value.is_nan() => counts = false,
            Some(value) => {
                some = true;
                whole &= libm::floor(value) == value;
                counts &= value == first + row as f64;
            }
            None => (numeric, counts) = (false, false),
        }
        if different.len() <= FEW {
            let cell = table.cell(row, column);
            if !different.contains(&cell) {
                different.push(cell);
            }
        }
    }
    let few = different.len() <= FEW && (!numeric || whole) && (some || !numeric);
    Column { name, numeric: numeric && some, counts: counts && rows > 1, few }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str, classes: bool) -> Option<(usize, usize, Option<usize>)> {
        let table = Table::read("f", text, Some(false)).unwrap().unwrap();
        choose(&table, classes).map(|c| (c.x, c.y, c.class))
    }

    #[test]
    fn columns_are_found_by_name_and_by_what_they_hold() {
        for (text, expected) in [
            (",x,y\n0,1.5,2.5\n1,2.5,3.5\n2,0.5,1.0\n", Some((1, 2, None))),
            ("x,y,label\n1,2,0\n2,3,1\n", Some((0, 1, Some(2)))),
            ("label,y,x\na,2,1\nb,3,2\n", Some((2, 1, Some(0)))),
            ("0,1.5,2.5\n1,2.5,3.5\n2,0.5,1.0\n", Some((1, 2, None))), // pandas without a header
            ("1.5,2.5,0\n2.5,3.5,1\n", Some((0, 1, Some(2)))),
            ("1.5,2.5,setosa\n2.5,3.5,virginica\n", Some((0, 1, Some(2)))),
            ("x1,x2,y\n0.5,1.5,1\n0.2,1.1,0\n", Some((0, 1, Some(2)))),
            ("a,b\n1,2\n2,3\n", Some((0, 1, None))),
            ("a,b,c\n1.5,2.5,3.5\n2.5,3.5,1.5\n", Some((0, 1, None))),
            ("name,age\nbob,4\nann,5\n", None),
        ] {
            assert_eq!(chosen(text, true), expected, "{text}");
        }
        // Without classes, a third column beside x and y is only left out.
        assert_eq!(chosen("x1,x2,y\n0.5,1.5,1\n0.2,1.1,0\n", false), Some((0, 1, None)));
    }
}
