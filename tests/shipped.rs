//! What the exhibits ship with, and their settings for tests, for the tests of several crates.

use tilde_models::Settings;
use tilde_models::card::Card;
use tilde_models::exhibit::Sources;

/// What the exhibits learn from, as it ships.
pub fn sources() -> Sources {
    let data = |name: &str| std::fs::read(format!("../../www/data/{name}")).expect("shipped data");
    Sources {
        user: None,
        digits: Some((data("digits8-images.idx"), data("digits8-labels.idx"))),
        lessons: Some(String::from_utf8(data("lessons.txt")).expect("a text")),
        alphabet: None,
    }
}

/// The settings that the card gives for tests.
#[allow(dead_code, reason = "not every test changes settings")]
pub fn small(card: &'static Card) -> Settings {
    let mut settings = Settings::new(card);
    for (id, value) in card.small {
        settings.set_text(id, value).unwrap_or_else(|e| panic!("the small settings: {e}"));
    }
    settings
}
