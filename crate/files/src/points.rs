//! Points of a table or of an array, thinned to as many as are learned from.

use crate::columns::{Chosen, choose};
use crate::table::Table;
use crate::{MAX_POINTS, bad};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::UserData;
use tilde_models::data::text::{count, decimal, excerpt, thousands};

/// Most points with classes, which are all kept and compared.
pub(crate) const MAX_CLASSED: usize = 400;

/// Classes that are counted.
const MANY: usize = 100;

/// The columns that are used: those that were said, or those that look like it.
///
/// # Errors
/// [`Error::BadFile`] if a column does not exist, or no two hold numbers.
pub(crate) fn columns(name: &str, table: &Table, said: &[usize], classes: bool) -> Result<Chosen, Error> {
    if let Some(wrong) = said.iter().find(|&&column| column >= table.width) {
        return bad(format!(
            "{name} has {}, so there is no column {}.",
            count(table.width as u64, "column"),
            wrong + 1
        ));
    }
    let chosen = match *said {
        [x, y] => Some(Chosen { x, y, class: None }),
        [x, y, class] => Some(Chosen { x, y, class: Some(class) }),
        _ => choose(table, classes),
    };
    match chosen {
        Some(chosen) => Ok(chosen),
        None => bad(format!(
            "{name} has {}, and not two of numbers. Points need two: x and y.",
            count(table.width as u64, "column")
        )),
    }
}

/// The points of these columns. Rows that lack a number are left out.
///
/// # Errors
/// [`Error::BadFile`] that names the first line with something else, or if there are not two different points;
/// with `classes`, also unless there are two classes.
pub(crate) fn read(
    name: &str,
    table: &Table,
    chosen: Chosen,
    classes: bool,
    notes: &mut Vec<String>,
) -> Result<UserData, Error> {
    let Chosen { x, y, class } = chosen;
    let used = |at: usize| table.name(at);
    let class = class.filter(|_| classes);
    if table.width > 2 || table.header.is_some() {
        let of = count(table.width as u64, "column");
        let class = class.map(|at| format!(", the class is “{}”", used(at))).unwrap_or_default();
        notes.push(format!("x is the column “{}”, y is “{}”{class}, of {of}.", used(x), used(y)));
    }
    let (mut points, mut labels, mut left) = (Vec::new(), Vec::new(), 0);
    for row in 0..table.rows {
        let mut place = [0.0; 2];
        for (coordinate, column) in place.iter_mut().zip([x, y]) {
            *coordinate = match table.number(row, column) {
                Some(value) if value.is_infinite() => f64::NAN,
                Some(value) => value,
                None => {
                    return bad(format!(
                        "{} of {name} has “{}” in column “{}”, which is no number.",
                        table.place(row),
                        excerpt(&table.cell(row, column)),
                        used(column)
                    ));
                }
            };
        }
        let place = place.map(|v| v as f32);
        if place.iter().any(|v| !v.is_finite()) {
            left += 1;
            continue;
        }
        if let Some(class) = class {
            let label = table.cell(row, class);
            if label.is_empty() {
                left += 1;
                continue;
            }
            labels.push(label);
        }
        points.push(place);
    }
    if left > 0 {
        notes.push(format!("{} without a number were left out.", count(left, "row")));
    }
    if points.is_empty() {
        return bad(format!("{name} holds no point with two finite numbers."));
    }
    if points.iter().all(|point| *point == points[0]) {
        return bad(match points.len() {
            1 => format!("{name} holds 1 point; at least two different ones are needed."),
            n => format!(
                "All {} points of {name} are alike; at least two different ones are needed.",
                thousands(n as u64)
            ),
        });
    }
    if !classes {
        return Ok(UserData::Points(thinned(points, MAX_POINTS, notes).into_iter().flatten().collect()));
    }
    if class.is_none() {
        return bad(format!(
            "{name} has no column of classes. Expected x, y and a class, which is one of two words or numbers."
        ));
    }
    let numbers = numbered(name, &labels, &points, notes)?;
    // Each class is thinned by itself, so that none is lost to a pattern of the rows.
    let stride = points.len().div_ceil(MAX_CLASSED);
    let mut seen = [0, 0];
    let both = points.into_iter().zip(numbers).filter(|&(_, class)| {
        seen[usize::from(class)] += 1;
        (seen[usize::from(class)] - 1) % stride == 0
    });
    let (points, classes): (Vec<[f32; 2]>, Vec<u8>) = both.unzip();
    if stride > 1 {
        notes.push(used_of(labels.len(), points.len()));
    }
    Ok(UserData::Classed { points: points.into_iter().flatten().collect(), classes })
}

/// Classes as numbers, the smaller label first.
fn numbered(
    name: &str,
    labels: &[String],
    points: &[[f32; 2]],
    notes: &mut Vec<String>,
) -> Result<Vec<u8>, Error> {
    let mut words: Vec<(&str, usize)> = Vec::new();
    for label in labels {
        match words.iter().position(|(word, _)| word == label) {
            Some(at) => words[at].1 += 1,
            None if words.len() > MANY => break,
            None => words.push((label, 1)),
        }
    }
    match words[..] {
        [first, second] => {
            // Numbers in their order, words in that of the alphabet.
            let value = |word: &str| tilde_models::decimal::parse(word).unwrap_or(f64::INFINITY);
            let (a, b) = (value(first.0), value(second.0));
            let swapped = b < a || a == b && second.0 < first.0;
            let (zero, one) = if swapped { (second, first) } else { (first, second) };
            notes.push(format!(
                "Class 0 is “{}” ({}), class 1 is “{}” ({}).",
                excerpt(zero.0),
                thousands(zero.1 as u64),
                excerpt(one.0),
                thousands(one.1 as u64)
            ));
            Ok(labels.iter().map(|label| u8::from(label == one.0)).collect())
        }
        [one] => bad(format!(
            "All {} points of {name} have the class “{}”; two classes are needed.",
            thousands(points.len() as u64),
            excerpt(one.0)
        )),
        _ => {
            let first: Vec<String> = words.iter().take(5).map(|(word, _)| excerpt(word)).collect();
            let more = if words.len() > 5 { ", …" } else { "" };
            let many = if words.len() > MANY { "more than " } else { "" };
            bad(format!(
                "{name} has {many}{} classes ({}{more}); this exhibit tells two apart.",
                thousands(words.len().min(MANY) as u64),
                first.join(", ")
            ))
        }
    }
}

/// At most so many, spread evenly.
fn thinned<T>(all: Vec<T>, most: usize, notes: &mut Vec<String>) -> Vec<T> {
    let n = all.len();
    if n <= most {
        return all;
    }
    let stride = n.div_ceil(most);
    let kept: Vec<T> = all.into_iter().step_by(stride).collect();
    notes.push(used_of(n, kept.len()));
    kept
}

fn used_of(n: usize, kept: usize) -> String {
    let [n, kept] = [n, kept].map(|n| thousands(n as u64));
    format!("Of {n} points {kept} are used, spread evenly.")
}

/// What the least and the greatest coordinate are, for a note.
pub(crate) fn extent(points: &[f32]) -> String {
    let axis = |first: usize| {
        let all = points.iter().skip(first).step_by(2).map(|&v| f64::from(v));
        let low = all.clone().fold(f64::INFINITY, f64::min);
        format!("{} to {}", decimal(low), decimal(all.fold(f64::NEG_INFINITY, f64::max)))
    };
    format!("x goes from {}, y from {}.", axis(0), axis(1))
}
