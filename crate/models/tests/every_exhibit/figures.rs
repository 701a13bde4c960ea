//! Figures mean what they say: a sample stands for the whole set, an estimate has its error, and what is not
//! known is not reported.

use crate::opened::{figure, figures, open, open_with, small, sources, train};
use pollster::block_on;
use tilde_models::card::Card;
use tilde_models::data::Images;
use tilde_models::exhibit::{Sources, UserData};

/// Images of two kinds, the easy ones first: nearly blank, then noise.
pub fn two_kinds(n: usize) -> UserData {
    let mut state = 1u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as f32 / 255.0
    };
    let pixel = |i: usize| {
        let x = noise();
        if i < n * 32 { if x > 0.98 { 1.0 } else { 0.0 } } else { x }
    };
    let pixels: Vec<f32> = (0..n * 64).map(pixel).collect();
    let labels = (0..n).map(|i| u8::from(i >= n / 2)).collect();
    UserData::Images(Images::from_floats(&pixels, &[n, 8, 8], labels).expect("images"))
}

/// A text whose last tenth begins with what is easy to foretell.
pub fn two_styles() -> UserData {
    let mut state = 1u32;
    let mut letter = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    let easy = "abcdefgh".repeat(12_500);
    let hard: String = (0..100_000).map(|_| letter()).collect();
    let held_out = ["abcdefgh".repeat(1400), hard[..11_000].into()].concat();
    UserData::Text([&easy[..], &hard, &held_out].concat())
}

/// Measured on a sample, as the page does, and on the whole set: the same within the errors that are said,
/// whatever the set begins with.
pub fn a_sample_stands_for_the_whole(card: &'static Card) {
    let user = match card.data {
        ["text"] => two_styles(),
        kinds if kinds.contains(&"images") => two_kinds(3000),
        _ => return,
    };
    let mut settings = small(card);
    if card.settings.iter().any(|s| s.id == "characters") {
        settings.set_text("characters", "200000").expect("a setting of the card");
    }
    let mut run = open_with(settings, 3, Sources { user: Some(user), ..sources() });
    train(&mut run, 40);
    let page = figures(&mut run, true);
    let whole = block_on(run.whole()).unwrap_or_else(|e| panic!("the whole: {e}"));
    for metric in card.metrics {
        let error = |all: &[(&'static str, f64)]| figure(all, &format!("{}_se", metric.id));
        let [on_page, of_all] = [&page, &whole].map(|all| (figure(all, metric.id), error(all)));
        let said = on_page.1.hypot(of_all.1);
        if said.is_finite() {
            let off = (on_page.0 - of_all.0).abs() / said.max(1e-9);
            assert!(off < 5.0, "'{}' is {on_page:?} on the page and {of_all:?} of all", metric.id);
        }
    }
}

/// What is measured on held-out rows says how well it is known, unless it is an integral.
pub fn estimates_have_errors(card: &'static Card) {
    let mut run = open(small(card), 3);
    train(&mut run, 60);
    let all = figures(&mut run, true);
    let has = |id: String| figure(&all, &id).is_finite();
    for (id, _) in &all {
        let own = card.metric(id).is_some_and(|metric| metric.id == *id);
        if own && id.contains("test") {
            assert!(has(format!("{id}_se")) || has(format!("{id}_reference")), "'{id}' has no error");
        }
        if let Some(of) = id.strip_suffix("_se") {
            let error = figure(&all, id);
            assert!(
                has(of.into()) && error.is_finite() && error >= 0.0,
                "'{id}' is {error}, an error of nothing"
            );
        }
    }
}

/// Before the first step, no figure is the best that there is: that would be what it begins with, not what
/// was measured. The same of what a model is not, once its weights are loaded.
pub fn nothing_is_perfect_by_default(card: &'static Card) {
    let mut run = open(small(card), 3);
    let begun = figures(&mut run, true);
    let saved = block_on(run.export()).expect("a checkpoint");
    let mut other = open(small(card), 3);
    train(&mut other, 3);
    other.import(&saved).unwrap_or_else(|e| panic!("loading: {e}"));
    for all in [begun, figures(&mut other, true)] {
        for metric in card.metrics {
            let best = match figure(&all, &format!("{}_reference", metric.id)) {
                exact if exact.is_finite() => Some(exact),
                _ => metric.reference,
            };
            let here = figure(&all, metric.id);
            assert!(best != Some(here), "'{}' is {here} before anything was done", metric.id);
            // A loss, an error, a likelihood of nought.
            assert!(metric.id != "loss" || here != 0.0, "the loss is 0 before anything was done");
        }
    }
}
