//! Texts that are learned from, character by character.

use crate::{bad, decode};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tilde_models::Error;
use tilde_models::data::corpus::{LENGTHS, ladder::MOST_SYMBOLS};
use tilde_models::data::text::{count, thousands};

/// What stands for the characters that are too many: the Unicode replacement character.
const OTHER: char = '\u{fffd}';

/// A text as it is learned from: lines end in `\n`, and of more characters than can be learned the rarest
/// become one.
///
/// # Errors
/// [`Error::BadFile`] if it is too short or too long, or of one character.
pub fn read(text: &str, notes: &mut Vec<String>) -> Result<String, Error> {
    let text = decode::lines(text.strip_prefix('\u{feff}').unwrap_or(text).to_string());
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    let mut length = 0;
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
        length += 1;
    }
    if length < LENGTHS.0 || length > LENGTHS.1 {
        let [least, most] = [LENGTHS.0, LENGTHS.1].map(|n| thousands(n as u64));
        return bad(format!(
            "The text has {}; from {least} to {most} can be learned from.",
            count(length as u64, "character")
        ));
    }
    if counts.len() < 2 {
        return bad("The text is one character again and again, so there is nothing to learn.".into());
    }
    if counts.len() <= MOST_SYMBOLS {
        return Ok(text);
    }
    // The most frequent are kept, among equals the first of the alphabet. One place is for all others.
    counts.remove(&OTHER);
    let mut order: Vec<(usize, char)> = counts.iter().map(|(&c, &n)| (usize::MAX - n, c)).collect();
    order.sort_unstable();
    let rare = order.split_off(MOST_SYMBOLS - 1);
    let occurrences: usize = rare.iter().map(|(rank, _)| usize::MAX - rank).sum();
    let different = counts.len();
    for (_, c) in &rare {
        counts.remove(c);
    }
    notes.push(format!(
        "{} different characters are more than {MOST_SYMBOLS}: the {} rarest became one, {OTHER} ({} in the text).",
        thousands(different as u64),
        thousands(rare.len() as u64),
        count(occurrences as u64, "place")
    ));
    Ok(text.chars().map(|c| if counts.contains_key(&c) { c } else { OTHER }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_it(text: &str) -> (Result<String, Error>, Vec<String>) {
        let mut notes = Vec::new();
        (read(text, &mut notes), notes)
    }

    #[test]
    fn lines_are_lines_however_they_end() {
        let (text, notes) = read_it(&"\u{feff}one\r\ntwo\rthree\n".repeat(100));
        assert!(text.unwrap().starts_with("one\ntwo\nthree\n"));
        assert!(notes.is_empty());
    }

    #[test]
    fn the_rarest_of_too_many_become_one() {
        // 300 different characters, the first 255 of them twice as often.
        let all: String = (0..300).map(|i| char::from_u32(0x4e00 + i).unwrap()).collect();
        let often: String = all.chars().take(255).collect();
        let (text, notes) = read_it(&format!("{all}{often}").repeat(4));
        let text = text.unwrap();
        let different: alloc::collections::BTreeSet<char> = text.chars().collect();
        assert_eq!(different.len(), MOST_SYMBOLS);
        assert_eq!(text.chars().filter(|&c| c == OTHER).count(), 45 * 4);
        assert_eq!(
            notes,
            [
                "300 different characters are more than 256: the 45 rarest became one, \u{fffd} (180 places in the text)."
            ]
        );
    }

    #[test]
    fn characters_are_counted_and_not_their_halves() {
        let message = |text: &str| read_it(text).0.unwrap_err().to_string();
        assert_eq!(
            message(&"😀".repeat(600)),
            "The text has 600 characters; from 1,000 to 1,200,000 can be learned from."
        );
        assert!(message(&"a".repeat(1_200_001)).contains("1,200,001"));
        assert!(message(&"a".repeat(2_000)).contains("one character"));
    }
}
