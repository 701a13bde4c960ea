//! Points as text: a table with any separator, with or without a header, quotes, decimal commas and lines
//! that begin with `#`. Numbers of an array are a table, too.

use crate::{MAX_ROWS, bad};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use tilde_models::data::text::{count, decimal, excerpt, thousands};
use tilde_models::{Error, decimal as numbers};

/// Most columns.
const MAX_COLUMNS: usize = 1_000;
/// Most bytes of a text.
const MAX_TEXT: usize = 64 << 20;
/// Rows that the separator is guessed from.
const SAMPLE: usize = 200;
/// Rows of a table that are shown.
const SHOWN: usize = 6;
/// Columns that are shown.
const SHOWN_COLUMNS: usize = 12;

/// Rows of cells.
pub(crate) struct Table {
    /// Names of the columns, if it has a header.
    pub header: Option<Vec<String>>,
    /// How many columns.
    pub width: usize,
    /// How many rows, without the header.
    pub rows: usize,
    /// Whether each line could be two whole numbers or one with a decimal comma.
    pub ambiguous: bool,
    cells: Cells,
}

enum Cells {
    Text {
        /// All cells, one after the other.
        text: String,
        /// Where each ends.
        ends: Vec<u32>,
        /// The line of each row, from 1.
        lines: Vec<u32>,
        /// Whether decimals stand behind a comma.
        comma: bool,
    },
    /// Numbers, and a label for each row if there are some, which are one more column.
    Numbers(Vec<f64>, Vec<u8>),
}

/// The beginning of a table, as it is shown before it is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Names of the columns; numbers where there is no header.
    pub names: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are.
    pub count: usize,
    /// Whether each line could be two whole numbers or one with a decimal comma, which nobody has said.
    pub asks: bool,
    /// The columns that are used: x, y, and the class if there is one.
    pub columns: Vec<usize>,
}

impl Table {
    /// A table of a text. `one_column`: whether commas are decimal ones where that is in doubt.
    ///
    /// # Errors
    /// [`Error::BadFile`] if it has no columns of numbers, or a line that has another count of them.
    pub fn read(name: &str, text: &str, one_column: Option<bool>) -> Result<Option<Table>, Error> {
        if text.len() > MAX_TEXT {
            let [found, most] = [text.len(), MAX_TEXT].map(|n| thousands(n as u64));
            return bad(format!("{name} is a text of {found} bytes; tables of up to {most} can be read."));
        }
        let (said, text) = separator_line(text);
        let Some(separator) = said.or_else(|| guess(text)) else { return Ok(None) };
        let mut raw = split(text, separator, usize::MAX);
        raw.drop_empty_ends();
        if raw.lines.is_empty() {
            return bad(format!("{name} holds no rows. Expected two columns of numbers."));
        }
        let width = raw.width(0);
        let mut ambiguous = separator == b',' && raw.is_ambiguous();
        if ambiguous && one_column == Some(true) {
            // Every line is one number, with a decimal comma.
            let n = raw.lines.len();
            return bad(format!(
                "{name} has {} of one column. Points need two: x and y.",
                count(n as u64, "row")
            ));
        }
        ambiguous &= one_column.is_none();
        for row in 1..raw.lines.len() {
            let found = raw.width(row);
            // A header of one name above two whole numbers: these are one with a decimal comma.
            if found != width {
                let [line, first] = [row, 0].map(|row| thousands(u64::from(raw.lines[row])));
                return bad(format!(
                    "Line {line} of {name} has {}, and line {first} has {width}.",
                    count(found as u64, "field")
                ));
            }
        }
        if width > MAX_COLUMNS {
            let [found, most] = [width, MAX_COLUMNS].map(|n| thousands(n as u64));
            return bad(format!("{name} has {found} columns; up to {most} can be read."));
        }
        if raw.lines.len() as u64 > MAX_ROWS + 1 {
            return bad(format!("{name} has more than {} rows.", thousands(MAX_ROWS)));
        }
        Ok(Some(raw.into_table(width, separator, ambiguous)))
    }

    /// Rows of `width` numbers as a table, and a last column of labels if there are some.
    pub fn of_numbers(numbers: Vec<f64>, width: usize, labels: Option<Vec<u8>>) -> Table {
        let rows = numbers.len() / width;
        let labelled = labels.is_some();
        let names = |labelled: bool| {
            labelled.then(|| (0..width).map(|i| format!("{}", i + 1)).chain(["class".to_string()]).collect())
        };
        let cells = Cells::Numbers(numbers, labels.unwrap_or_default());
        Table { header: names(labelled), width: width + usize::from(labelled), rows, ambiguous: false, cells }
    }

    /// The text of a cell.
    pub fn cell(&self, row: usize, column: usize) -> String {
        match &self.cells {
            Cells::Numbers(..) => decimal(self.number(row, column).unwrap_or(f64::NAN)),
            Cells::Text { .. } => self.text(row, column).to_string(),
        }
    }

    fn text(&self, row: usize, column: usize) -> &str {
        let Cells::Text { text, ends, .. } = &self.cells else { return "" };
        let at = row * self.width + column;
        let start = if at == 0 { 0 } else { ends[at - 1] };
        text[start as usize..ends[at] as usize].trim()
    }

    /// The number in a cell: `None` for another text, NaN for none.
    pub fn number(&self, row: usize, column: usize) -> Option<f64> {
        match &self.cells {
            Cells::Numbers(numbers, labels) => {
                let width = self.width - usize::from(!labels.is_empty());
                Some(if column < width { numbers[row * width + column] } else { f64::from(labels[row]) })
            }
            Cells::Text { comma, .. } => number(self.text(row, column), *comma),
        }
    }

    /// The words for a row in messages: "Line 3", "Row 2".
    pub fn place(&self, row: usize) -> String {
        match &self.cells {
            Cells::Numbers(..) => format!("Row {}", thousands(row as u64)),
            Cells::Text { lines, .. } => format!("Line {}", thousands(u64::from(lines[row]))),
        }
    }

    /// The name of a column: the header's, or its number from 1.
    pub fn name(&self, column: usize) -> String {
        match &self.header {
            Some(header) if !header[column].is_empty() => excerpt(&header[column]),
            _ => format!("{}", column + 1),
        }
    }

    /// The beginning of it.
    pub fn shown(&self, columns: Vec<usize>) -> Shown {
        let some = 0..self.width.min(SHOWN_COLUMNS);
        let row = |row| some.clone().map(|column| excerpt(&self.cell(row, column))).collect();
        Shown {
            names: some.clone().map(|column| self.name(column)).collect(),
            rows: (0..self.rows.min(SHOWN)).map(row).collect(),
            count: self.rows,
            asks: self.ambiguous,
            columns,
        }
    }
}

/// A number as tables write it; NaN where one is missing.
fn number(text: &str, comma: bool) -> Option<f64> {
    let missing = ["", "na", "nan", "n/a", "null", "none", "-", "?"];
    if missing.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Some(f64::NAN);
    }
    let point = match (comma, text.contains(',')) {
        (true, true) if text.contains('.') => return None,
        (true, true) => text.replace(',', "."),
        _ => text.to_string(),
    };
    numbers::parse(&point.replace('\u{2212}', "-"))
}

/// The separator that the first line names, as some spreadsheets write it, and the rest.
fn separator_line(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match *first.trim_end().as_bytes() {
        [b's', b'e', b'p', b'=', separator] if separator.is_ascii_punctuation() => (Some(separator), rest),
        _ => (None, text),
    }
}

/// The separator under which the beginning of a text is the most of a table: columns of equal count, as
/// many of the cells numbers as can be. `None` if hardly any is.
fn guess(text: &str) -> Option<u8> {
    let mut best = (0.2, None);
    for separator in [b'\t', b';', b',', b'|', b' '] {
        let mut raw = split(text, separator, SAMPLE);
        raw.drop_empty_ends();
        let rows = raw.lines.len();
        if rows == 0 {
            continue;
        }
        // The count of columns that most rows have.
        let alike = |width: usize| (0..rows).filter(|&row| raw.width(row) == width).count();
        let width = (0..rows).map(|row| raw.width(row)).max_by_key(|&width| alike(width)).unwrap_or(0);
        if width < 2 {
            continue;
        }
        let even = alike(width) as f64 / rows as f64;
        let comma = separator != b',' && raw.has_commas();
        // The first row may be a header.
        let from = usize::from(rows > 1);
        let cells = (from..rows).flat_map(|row| (0..raw.width(row)).map(move |column| (row, column)));
        let (mut all, mut good) = (0, 0);
        for (row, column) in cells {
            all += 1;
            good += usize::from(number(raw.cell(row, column), comma).is_some());
        }
        let share = even * good as f64 / all.max(1) as f64;
        if share > best.0 {
            best = (share, Some(separator));
        }
    }
    // One column, or words: nothing separates.
    best.1.or_else(|| {
        let raw = split(text, b';', SAMPLE);
        let all = (0..raw.lines.len()).flat_map(|row| number(raw.cell(row, 0), true));
        (2 * all.count() > raw.lines.len()).then_some(b';')
    })
}

/// Cells of rows of any width.
struct Raw {
    text: String,
    ends: Vec<u32>,
    /// Where the cells of each row begin in `ends`, and behind the last one.
    starts: Vec<usize>,
    lines: Vec<u32>,
}

impl Raw {
    fn width(&self, row: usize) -> usize {
        self.starts[row + 1] - self.starts[row]
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        let at = self.starts[row] + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text[start as usize..self.ends[at] as usize].trim()
    }

    /// Takes off a last column that is empty in every row: lines that end in a separator.
    fn drop_empty_ends(&mut self) {
        let rows = self.lines.len();
        while rows > 0
            && (0..rows).all(|row| self.width(row) > 1 && self.cell(row, self.width(row) - 1).is_empty())
        {
            let (mut ends, mut starts) = (Vec::new(), vec![0]);
            for row in 0..rows {
                ends.extend_from_slice(&self.ends[self.starts[row]..self.starts[row + 1] - 1]);
                starts.push(ends.len());
            }
            // What was empty has no text, so that the ends still meet.
            let blank = |row: usize| {
                let at = self.starts[row + 1] - 1;
                let start = if at == 0 { 0 } else { self.ends[at - 1] };
                self.ends[at] == start
            };
            if !(0..rows).all(blank) {
                return;
            }
            (self.ends, self.starts) = (ends, starts);
        }
    }

    /// Whether decimals stand behind commas: some cell is a number so, and none with a point.
    fn has_commas(&self) -> bool {
        let (mut commas, mut points) = (false, false);
        for row in 0..self.lines.len() {
            for column in 0..self.width(row) {
                let cell = self.cell(row, column);
                commas |= cell.contains(',') && number(cell, true).is_some();
                points |= cell.contains('.') && number(cell, false).is_some();
            }
        }
        commas && !points
    }

    /// Whether every row is two runs of digits with a comma between, which may be one number.
    fn is_ambiguous(&self) -> bool {
        let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
        let may_be = |row: usize| {
            let start = self.starts[row];
            // Blanks around the comma are in no number.
            let begin = if start == 0 { 0 } else { self.ends[start - 1] as usize };
            self.width(row) == 2
                && self.text[begin..self.ends[start + 1] as usize].bytes().all(|b| !b.is_ascii_whitespace())
                && digits(self.cell(row, 0).trim_start_matches('-'))
                && digits(self.cell(row, 1))
        };
        (0..self.lines.len()).all(may_be)
    }

    fn into_table(self, width: usize, separator: u8, ambiguous: bool) -> Table {
        let comma = separator != b',' && self.has_commas();
        let rows = self.lines.len();
        let is_number = |row: usize, column: usize| {
            let cell = self.cell(row, column);
            !cell.is_empty() && number(cell, comma).is_some()
        };
        // A header names columns of numbers, or at least holds none itself.
        let named = (0..width).any(|column| !self.cell(0, column).is_empty() && !is_number(0, column));
        let first = (0..width).filter(|&column| is_number(0, column)).count();
        let second = if rows > 1 { (0..width).filter(|&column| is_number(1, column)).count() } else { 0 };
        let has_header = named && (first == 0 || first < second);
        let header =
            has_header.then(|| (0..width).map(|column| self.cell(0, column).to_string()).collect::<Vec<_>>());
        let Raw { mut text, mut ends, mut lines, .. } = self;
        if has_header {
            let behind = ends[width - 1];
            text.drain(..behind as usize);
            ends.drain(..width);
            ends.iter_mut().for_each(|end| *end -= behind);
            lines.remove(0);
        }
        let rows = rows - usize::from(has_header);
        Table { header, width, rows, ambiguous, cells: Cells::Text { text, ends, lines, comma } }
    }
}

/// Splits the first `most` rows of a text. Blank lines, and those that begin with `#`, are left out.
fn split(text: &str, separator: u8, most: usize) -> Raw {
    let mut raw = Raw { text: String::new(), ends: Vec::new(), starts: vec![0], lines: Vec::new() };
    if separator == b' ' {
        for (line, row) in text.lines().enumerate() {
            if raw.lines.len() == most || row.trim().is_empty() || row.starts_with('#') {
                if raw.lines.len() == most {
                    break;
                }
                continue;
            }
            for cell in row.split_whitespace() {
                raw.text.push_str(cell.trim_matches('"'));
                raw.ends.push(raw.text.len() as u32);
            }
            raw.starts.push(raw.ends.len());
            raw.lines.push(line as u32 + 1);
        }
        return raw;
    }
    let mut reader: Reader = ReaderBuilder::new().delimiter(separator).comment(Some(b'#')).build();
    let mut input = text.as_bytes();
    // Room for a whole row: the longest cell is the rest of the text.
    let mut bytes = vec![0; 1024];
    let mut ends = vec![0; 64];
    let (mut filled, mut cells) = (0, 0);
    // The last byte of the row, which is the end of a line unless the text ends there.
    let mut last = b' ';
    while raw.lines.len() < most {
        let (result, used, wrote, ended) =
            reader.read_record(input, &mut bytes[filled..], &mut ends[cells..]);
        last = input[..used].last().copied().unwrap_or(last);
        input = &input[used..];
        filled += wrote;
        cells += ended;
        match result {
            // At the end of the input the reader is told so by an empty one.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull => bytes.resize(2 * bytes.len(), 0),
            ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
            ReadRecordResult::Record => {
                // Cut at separators and ends of lines, all ASCII, a text stays one.
                let row = core::str::from_utf8(&bytes[..filled]).unwrap_or_default();
                let blank = row.trim().is_empty();
                if !blank {
                    let inside = row.matches('\n').count() + usize::from(last == b'\n');
                    let line = (reader.line() as u32).saturating_sub(inside as u32);
                    let base = raw.text.len();
                    raw.text.push_str(row);
                    raw.ends.extend(ends[..cells].iter().map(|&end| (base + end) as u32));
                    raw.starts.push(raw.ends.len());
                    raw.lines.push(line);
                }
                (filled, cells, last) = (0, 0, b' ');
            }
            ReadRecordResult::End => break,
        }
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::read("f", text, None).unwrap().unwrap()
    }

    fn numbers(table: &Table) -> Vec<f64> {
        let all = (0..table.rows).flat_map(|row| (0..table.width).map(move |column| (row, column)));
        all.map(|(row, column)| table.number(row, column).unwrap()).collect()
    }

    fn message(text: &str) -> String {
        Table::read("f", text, None).err().unwrap().to_string()
    }

    #[test]
    fn tables_however_they_are_separated() {
        let expected = [1.0, 2.5, -0.3, 4.0];
        for text in [
            "1,2.5\n-.3,4\n",
            "x,y\n1, 2.5\n-0.3, 4",
            "# mine\n\n1;2.5\n-3e-1;4",
            "a b\n  1   2.5 \n-.3 4",
            "1\t2.5\n-.3\t4",
            "x;y\n1;2,5\n-0,3;4",
            "1 2,5\n-0,3 4",
            "1|2.5\n\u{2212}.3|4",
            "\"x\",\"y\"\n\"1\",\"2.5\"\n\"-.3\",\"4\"",
            "sep=;\n1;2.5\n-.3;4\n",
            "1,2.5,\n-.3,4,\n",
        ] {
            let table = table(text);
            assert_eq!((table.rows, table.width), (2, 2), "{text:?}");
            assert_eq!(numbers(&table), expected, "{text:?}");
            assert!(!table.ambiguous);
        }
    }

    #[test]
    fn headers_name_columns() {
        assert_eq!(table(",x,y\n0,1.5,2.5\n1,2.5,3.5\n").header.unwrap(), ["", "x", "y"]);
        assert_eq!(table("\"a, b\",\"say \"\"y\"\"\"\n1,2\n").header.unwrap(), ["a, b", "say \"y\""]);
        assert_eq!(table("x,y,kind\n1,2,red\n").header.unwrap(), ["x", "y", "kind"]);
        assert_eq!(table("1.5,2,red\n3,4,blue\n").header, None);
        let years = table("2019,2020\n1.5,2.5\n"); // numbers are no names
        assert_eq!((years.header, years.rows), (None, 2));
    }

    #[test]
    fn two_runs_of_digits_may_be_one_number() {
        assert!(table("32,56\n41,12\n50,99\n").ambiguous);
        for text in
            ["x,y\n32,56\n", "32, 56\n41, 12\n", "32,56\n41,-12\n", "32,56\n41,1.2\n", "32,56,1\n1,2,3\n"]
        {
            assert!(!table(text).ambiguous, "{text}");
        }
        let message = Table::read("f", "32,56\n41,12\n", Some(true)).err().unwrap().to_string();
        assert_eq!(message, "f has 2 rows of one column. Points need two: x and y.");
        assert!(!Table::read("f", "32,56\n41,12\n", Some(false)).unwrap().unwrap().ambiguous);
    }

    #[test]
    fn refusals_name_the_line() {
        assert_eq!(message("# a\n1,2\n1,2,3"), "Line 3 of f has 3 fields, and line 2 has 2.");
        assert!(Table::read("f", "Dear Sir or Madam,\nwe write, again.\n", None).unwrap().is_none());
        assert!(Table::read("f", "", None).unwrap().is_none());
    }

    #[test]
    fn missing_numbers_are_none() {
        let table = table("x,y\n1,\n2,NaN\n3,4\n");
        assert!(table.number(0, 1).unwrap().is_nan() && table.number(1, 1).unwrap().is_nan());
        assert_eq!(table.number(2, 1), Some(4.0));
    }
}
