//! A small grammar of sentences, one to a line.

use super::source::{Known, Source, Step};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Animals with their probabilities, and a verb of each one's own.
const ANIMALS: [(&str, f64, &str); 4] =
    [("cat", 0.35, "purr"), ("dog", 0.3, "bark"), ("bird", 0.2, "sing"), ("horse", 0.15, "trot")];
/// Verbs that all animals share, with their probabilities. The rest is that of the animal's own verb.
const VERBS: [(&str, f64); 3] = [("sleep", 0.3), ("run", 0.25), ("eat", 0.15)];
const ADJECTIVES: [(&str, f64); 4] = [("small", 0.4), ("big", 0.25), ("young", 0.2), ("grey", 0.15)];
const PREPOSITIONS: [(&str, f64); 2] = [("near the ", 0.6), ("behind the ", 0.4)];
const PLACES: [(&str, f64); 4] = [("house ", 0.4), ("tree ", 0.3), ("river ", 0.2), ("garden ", 0.1)];
const ENDS: [(&str, f64); 4] =
    [(".\n", 0.55), (" all day.\n", 0.2), (" at night.\n", 0.15), (" quietly.\n", 0.1)];
/// Probabilities of an adjective and of a place.
const ADJECTIVE: f64 = 0.4;
const PLACE: f64 = 0.4;

/// An alternative at one point of a sentence: its text, its probability, and the point that follows.
type Node = Vec<(String, f64, usize)>;

// Points of a sentence. After an article: whether a number is fixed, and whether an adjective has
// been. Then, for each animal and number: after the noun, and after its place.
const START: usize = 0;
const NOUN: usize = 1;
const END: usize = NOUN + 6;
const AFTER: usize = END + 1;

/// Sentences such as "the small dogs near the river sleep." Verbs agree with their subject in number and in
/// kind, across any words between them.
pub fn grammar() -> (Vec<char>, Source) {
    let mut nodes = vec![Node::new(); AFTER + 4 * ANIMALS.len()];
    let articles = [("the ", 0.5), ("a ", 0.25), ("two ", 0.25)];
    for (i, (article, p)) in articles.into_iter().enumerate() {
        nodes[START].push((article.into(), p, NOUN + 2 * i));
        let numbers: &[(&str, f64, usize)] =
            [&[("", 0.6, 0), ("s", 0.4, 1)][..], &[("", 1.0, 0)], &[("s", 1.0, 1)]][i];
        for adjective in [false, true] {
            let node = &mut nodes[NOUN + 2 * i + usize::from(adjective)];
            let rest = if adjective { 1.0 } else { 1.0 - ADJECTIVE };
            if !adjective {
                node.extend(ADJECTIVES.map(|(w, p)| (format!("{w} "), ADJECTIVE * p, NOUN + 2 * i + 1)));
            }
            for (animal, (noun, share, _)) in ANIMALS.iter().enumerate() {
                for (ending, p, number) in numbers {
                    let next = AFTER + 4 * animal + 2 * number;
                    node.push((format!("{noun}{ending} "), rest * share * p, next));
                }
            }
        }
    }
    for (animal, (_, _, own)) in ANIMALS.iter().enumerate() {
        for (number, ending) in ["s", ""].into_iter().enumerate() {
            let at = AFTER + 4 * animal + 2 * number;
            let rest = 1.0 - VERBS.iter().map(|v| v.1).sum::<f64>();
            let verbs = VERBS.into_iter().chain([(*own, rest)]);
            let verbs: Node = verbs.map(|(verb, p)| (format!("{verb}{ending}"), p, END)).collect();
            nodes[at].extend(verbs.iter().map(|(verb, p, next)| (verb.clone(), (1.0 - PLACE) * p, *next)));
            for (preposition, p) in PREPOSITIONS {
                nodes[at].extend(
                    PLACES.map(|(place, q)| (format!("{preposition}{place}"), PLACE * p * q, at + 1)),
                );
            }
            nodes[at + 1] = verbs;
        }
    }
    nodes[END] = ENDS.map(|(text, p)| (text.into(), p, START)).to_vec();
    spelled(&nodes)
}

/// The source that writes the nodes' texts character by character: within a node, a state for each
/// beginning that several texts may share. No text of a node begins another one.
fn spelled(nodes: &[Node]) -> (Vec<char>, Source) {
    let mut alphabet: Vec<char> = Vec::new();
    for c in nodes.iter().flatten().flat_map(|(text, _, _)| text.chars()) {
        if let Err(at) = alphabet.binary_search(&c) {
            alphabet.insert(at, c);
        }
    }
    // The first state of each node is known before the others.
    let mut states: Vec<Vec<Step>> = vec![Vec::new(); nodes.len()];
    for (root, node) in nodes.iter().enumerate() {
        for (text, p, after) in node {
            let mut state = root;
            let mut rest = text.chars().peekable();
            while let Some(c) = rest.next() {
                let fresh = states.len() as u32;
                let symbol = alphabet.binary_search(&c).unwrap_or(0) as u32;
                let steps = &mut states[state];
                let at = steps.iter().position(|s| s.symbol == symbol).unwrap_or_else(|| {
                    let next = if rest.peek().is_none() { *after as u32 } else { fresh };
                    steps.push(Step { symbol, p: 0.0, next });
                    steps.len() - 1
                });
                steps[at].p += p;
                state = steps[at].next as usize;
                if state == states.len() {
                    states.push(Vec::new());
                }
            }
        }
    }
    // The probabilities of a state's characters do not add up to 1 yet: they are joint with reaching the state.
    for steps in &mut states {
        let sum: f64 = steps.iter().map(|s| s.p).sum();
        steps.iter_mut().for_each(|s| s.p /= sum);
    }
    let line_break = alphabet.binary_search(&'\n').unwrap_or(0) as u32;
    (alphabet, Source::new(states, Known::Since(line_break)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tilde_graph::rng::Stream;

    /// Every sentence with its probability: all ways through the source.
    fn sentences(source: &Source) -> Vec<(Vec<u32>, f64)> {
        let (mut open, mut done) = (vec![(Vec::new(), 1.0, 0)], Vec::new());
        while let Some((text, p, state)) = open.pop() {
            for step in source.steps(state) {
                let mut text = text.clone();
                text.push(step.symbol);
                match step.next {
                    0 => done.push((text, p * step.p)),
                    next => open.push((text, p * step.p, next as usize)),
                }
            }
        }
        done
    }

    #[test]
    fn the_entropy_is_that_of_all_sentences() {
        let (_, source) = grammar();
        let all = sentences(&source);
        let total: f64 = all.iter().map(|s| s.1).sum();
        let entropy: f64 = -all.iter().map(|s| s.1 * libm::log(s.1)).sum::<f64>();
        let length: f64 = all.iter().map(|(text, p)| p * text.len() as f64).sum();
        let longest = all.iter().map(|s| s.0.len()).max().unwrap();
        assert!((total - 1.0).abs() < 1e-12);
        assert_eq!(source.longest(), Some(longest));
        assert!(longest < 64, "{longest}");
        // No two ways give the same sentence.
        let mut texts: Vec<_> = all.iter().map(|s| &s.0).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), all.len());
        let rate = source.entropy_rate();
        assert!((rate - entropy / length).abs() < 1e-12, "{rate}");
    }

    #[test]
    fn its_sentences_read_as_they_should() {
        let (alphabet, source) = grammar();
        let text = source.sample(2000, &mut Stream::new(1, 0));
        let text: String = text.iter().map(|&s| alphabet[s as usize]).collect();
        for line in text.lines().skip(1).take(30) {
            let words: Vec<&str> = line.trim_end_matches('.').split(' ').collect();
            let noun = words.iter().find(|w| ANIMALS.iter().any(|a| w.trim_end_matches('s') == a.0)).unwrap();
            let verbs = VERBS.iter().map(|v| v.0).chain(ANIMALS.iter().map(|a| a.2));
            let verb = words.iter().find(|w| verbs.clone().any(|v| w.trim_end_matches('s') == v)).unwrap();
            assert_ne!(noun.ends_with('s'), verb.ends_with('s'), "{line}");
            assert!(words[0] != "a" || !noun.ends_with('s'), "{line}");
        }
    }
}
