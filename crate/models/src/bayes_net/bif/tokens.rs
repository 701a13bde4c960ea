//! The words and marks of a file, and the small parts that are made of them.

use super::super::network::{MAX_CELLS, MAX_NAME, bad, checked_name};
use crate::data::text::excerpt;
use crate::{Error, decimal};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The words and the marks `{ } ( ) [ ] , ; |` of a file, without comments.
pub struct Reader<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { text, line: 1 }
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.text.trim_start();
            self.line += self.text[..self.text.len() - rest.len()].matches('\n').count();
            self.text = rest;
            let end = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |at| at + 2)
            } else {
                return;
            };
            self.line += rest[..end].matches('\n').count();
            self.text = &rest[end..];
        }
    }

    /// The next word or mark, "" at the end.
    pub fn next(&mut self) -> &'a str {
        self.skip();
        let marks = |c: char| "{}()[],;|\"".contains(c);
        let end = match self.text.chars().next() {
            None => 0,
            Some('"') => match self.text[1..].find('"') {
                Some(at) => {
                    let word = &self.text[1..=at];
                    self.text = &self.text[at + 2..];
                    return word;
                }
                None => 1,
            },
            Some(c) if marks(c) => 1,
            _ => self.text.find(|c: char| marks(c) || c.is_whitespace()).unwrap_or(self.text.len()),
        };
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    pub fn fail<T>(&self, expected: &str, found: &str) -> Result<T, Error> {
        let found = if found.is_empty() {
            "the end of the file".to_string()
        } else {
            format!("'{}'", excerpt(found))
        };
        bad(format!("Line {} of the network: expected {expected}, found {found}.", self.line))
    }

    pub fn expect(&mut self, mark: &str) -> Result<(), Error> {
        match self.next() {
            found if found == mark => Ok(()),
            found => self.fail(&format!("'{mark}'"), found),
        }
    }

    /// A name; blanks in a quoted one become underlines.
    pub fn name(&mut self) -> Result<String, Error> {
        let word = self.next();
        if word.is_empty() || word.len() == 1 && "{}()[],;|\"".contains(word) {
            return self.fail("a name", word);
        }
        if word.chars().count() > MAX_NAME {
            return self.fail(&format!("a name of at most {MAX_NAME} characters"), word);
        }
        checked_name(&word.replace(char::is_whitespace, "_"))
    }

    /// Words separated by commas or nothing, up to a mark.
    pub fn list(&mut self, end: &str, most: usize) -> Result<Vec<&'a str>, Error> {
        let mut words = Vec::new();
        loop {
            match self.next() {
                word if word == end => return Ok(words),
                "," => {}
                word if word.is_empty() || "{}()[];|".contains(word) => {
                    return self.fail(&format!("'{end}'"), word);
                }
                word if words.len() < most => words.push(word),
                word => return self.fail(&format!("at most {most} of a list"), word),
            }
        }
    }

    pub fn numbers(&mut self) -> Result<Vec<f64>, Error> {
        let words = self.list(";", MAX_CELLS)?;
        words
            .iter()
            .map(|word| decimal::parse(word).map_or_else(|| self.fail("a number", word), Ok))
            .collect()
    }

    /// The two numbers of `position = (x, y)`, if the property is that.
    pub fn property(&mut self) -> Result<Option<[f32; 2]>, Error> {
        let mut numbers = Vec::new();
        let mut place = false;
        loop {
            match self.next() {
                ";" => break,
                "" | "}" => return self.fail("';'", ""),
                word => {
                    place |= word.starts_with("position");
                    numbers.extend(decimal::parse(word));
                    // Written as one word in quotes by some programs.
                    let inner = |c: char| !c.is_ascii_digit() && c != '.' && c != '-';
                    if word.contains('(') && word.len() > 1 {
                        numbers.extend(word.split(inner).filter_map(decimal::parse));
                    }
                }
            }
        }
        Ok(match numbers[..] {
            [x, y] if place => Some([x as f32, y as f32]),
            _ => None,
        })
    }

    /// Whether a part of a block follows, and not its end.
    pub fn next_part(&mut self, part: &str) -> Result<bool, Error> {
        match self.next() {
            "}" => Ok(false),
            word if word == part => Ok(true),
            word => self.fail(&format!("'{part}' or '}}'"), word),
        }
    }
}
