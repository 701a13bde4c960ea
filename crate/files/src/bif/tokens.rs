//! The words and marks of a file, and the small parts that are made of them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tilde_models::data::network::{MAX_CELLS, MAX_NAME};
use tilde_models::data::text::excerpt;
use tilde_models::{Error, decimal};

/// A word or a mark, and the line that it begins in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// What it says, without quotes.
    pub text: &'a str,
    /// From 1.
    pub line: usize,
    /// Whether it is a word in quotes, which is never a mark.
    pub quoted: bool,
}

impl Token<'_> {
    /// Whether it is this mark or keyword.
    pub fn is(&self, mark: &str) -> bool {
        !self.quoted && self.text == mark
    }

    fn is_mark(&self) -> bool {
        !self.quoted && (self.text.is_empty() || self.text.len() == 1 && "{}()[],;|\"".contains(self.text))
    }

    /// Refuses the file here.
    pub fn fail<T>(&self, expected: &str) -> Result<T, Error> {
        let found =
            if self.text.is_empty() { "its end".to_string() } else { format!("'{}'", excerpt(self.text)) };
        refuse(self.line, &format!("expected {expected}, found {found}"))
    }
}

/// Refuses a file for what is in this line.
pub(super) fn refuse<T>(line: usize, what: &str) -> Result<T, Error> {
    Err(Error::BadFile(format!("Line {line} of the network: {what}.")))
}

/// The words and the marks `{ } ( ) [ ] , ; |` of a file, without comments.
pub(super) struct Reader<'a> {
    text: &'a str,
    line: usize,
    /// Whether a name had characters that were replaced.
    pub renamed: bool,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { text, line: 1, renamed: false }
    }

    fn pass(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.text.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.text = rest;
        passed
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            self.pass(self.text.len() - self.text.trim_start().len());
            let end = if self.text.starts_with("//") {
                self.text.find('\n').unwrap_or(self.text.len())
            } else if self.text.starts_with("/*") {
                self.text.find("*/").map_or(self.text.len(), |at| at + 2)
            } else {
                return;
            };
            self.pass(end);
        }
    }

    /// The next word or mark; an empty one at the end.
    pub fn next(&mut self) -> Token<'a> {
        self.skip();
        let line = self.line;
        let marks = |c: char| "{}()[],;|\"".contains(c);
        let inside = self.text.strip_prefix('"').and_then(|rest| rest.find('"'));
        if let Some(length) = inside {
            let text = self.pass(length + 2);
            return Token { text: &text[1..=length], line, quoted: true };
        }
        let end = match self.text.chars().next() {
            None => 0,
            Some(c) if marks(c) => 1,
            _ => self.text.find(|c: char| marks(c) || c.is_whitespace()).unwrap_or(self.text.len()),
        };
        Token { text: self.pass(end), line, quoted: false }
    }

    /// The next mark, which must be this one.
    pub fn expect(&mut self, mark: &str) -> Result<(), Error> {
        let found = self.next();
        if found.is(mark) { Ok(()) } else { found.fail(&format!("'{mark}'")) }
    }

    /// A name as networks have it here: what could not stand in one becomes an underline.
    pub fn plain(&mut self, token: Token) -> Result<String, Error> {
        if token.is_mark() || token.text.trim().is_empty() {
            return token.fail("a name");
        }
        let text = token.text.trim();
        if text.chars().count() > MAX_NAME {
            return token.fail(&format!("a name of at most {MAX_NAME} characters"));
        }
        let fits = |c: char| c.is_alphanumeric() || "_-.+<>=/".contains(c);
        let name: String = text.chars().map(|c| if fits(c) { c } else { '_' }).collect();
        self.renamed |= name != text;
        Ok(name)
    }

    /// Words separated by commas or nothing, up to a mark.
    pub fn list(&mut self, end: &str, most: usize) -> Result<Vec<Token<'a>>, Error> {
        let mut words = Vec::new();
        loop {
            let token = self.next();
            if token.is(end) {
                return Ok(words);
            }
            if token.is(",") {
                continue;
            }
            if token.is_mark() {
                return token.fail(&format!("'{end}'"));
            }
            if words.len() == most {
                return token.fail(&format!("at most {most} in this list"));
            }
            words.push(token);
        }
    }

    /// Numbers up to a semicolon, and how many decimals the longest has.
    pub fn numbers(&mut self) -> Result<(Vec<f64>, u32), Error> {
        let words = self.list(";", MAX_CELLS)?;
        let read = |word: &Token| match decimal::parse(word.text) {
            Some(number) => Ok(number),
            None => word.fail("a number"),
        };
        let numbers = words.iter().map(read).collect::<Result<Vec<f64>, Error>>()?;
        let decimals = words.iter().map(|word| decimals(word.text)).max().unwrap_or(0);
        Ok((numbers, decimals))
    }

    /// The two numbers of `position = (x, y)`, if the property is that. Anything may stand up to the
    /// semicolon.
    pub fn property(&mut self) -> Result<Option<[f32; 2]>, Error> {
        self.skip();
        let line = self.line;
        let mut quoted = false;
        let end = self.text.find(|c: char| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        // A quote that is never closed is a character like others.
        let Some(end) = end.or_else(|| self.text.find(';')) else {
            return refuse(line, "expected ';' after a property, found its end");
        };
        let text = self.pass(end + 1);
        if !text.trim_start_matches(['"', ' ']).starts_with("position") {
            return Ok(None);
        }
        let inner = |c: char| !c.is_ascii_digit() && c != '.' && c != '-';
        let numbers: Vec<f64> = text.split(inner).filter_map(decimal::parse).collect();
        Ok(match numbers[..] {
            [x, y] => Some([x as f32, y as f32]),
            _ => None,
        })
    }
}

/// Decimals of a number as it is written: 3 in "0.333", 5 in "1e-5".
fn decimals(word: &str) -> u32 {
    let (number, exponent) = word.split_once(['e', 'E']).unwrap_or((word, "0"));
    let places = number.split_once('.').map_or(0, |(_, after)| after.len() as i64);
    let exponent = exponent.parse::<i64>().unwrap_or(0);
    (places - exponent).max(0).min(30) as u32
}
