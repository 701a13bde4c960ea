//! The gates of `gpt`: the card's recipe, 1,000 steps of 16 × 64 characters, on texts whose entropy
//! rate is known, and on the lessons beside n-gram models.

use super::*;
use crate::data::Corpus;
use crate::gpt::CARD;

/// Nats above the entropy rate.
const GAPS: [Gate; 2] = [Gate::at_most("chain_gap", 0.05), Gate::at_most("grammar_gap", 0.05)];
/// Standard errors below it: an honest model is above, but for chance.
const BELOW: [Gate; 2] = [
    Gate::at_most("chain_errors_below", 3.0).for_every_seed(),
    Gate::at_most("grammar_errors_below", 3.0).for_every_seed(),
];
/// Nats above the Witten-Bell model with contexts of four characters.
const LADDER: Gate = Gate::at_most("lessons_above_context_4", 0.0);
const STEPS: u32 = 1000;

/// Standard errors that a loss is below the entropy rate.
fn errors_below(loss: f64, figures: &Figures) -> f64 {
    (figure(figures, "test_loss_reference") - loss) / (figure(figures, "error") / 3.0)
}

fn above_ladder(figures: &Figures) -> f64 {
    figure(figures, "test_loss") - figure(figures, "context_4")
}

pub(super) async fn gates(host: &dyn Host, seeds: &[u64]) -> Result<Evaluation, Error> {
    let card = &CARD;
    let (mut gates, mut controls) = (Vec::new(), Vec::new());
    for (i, data) in ["chain", "grammar"].into_iter().enumerate() {
        let settings = [("data", data)];
        let recipe = Trial { card, settings: &settings, steps: STEPS };
        let figures = recipe.run_all(host, seeds).await?;
        let all = |of: &dyn Fn(&Figures) -> f64| figures.iter().map(of).collect::<Vec<f64>>();
        gates.push(Measured { gate: GAPS[i], seeds: all(&|f| figure(f, "gap")) });
        gates.push(Measured { gate: BELOW[i], seeds: all(&|f| errors_below(figure(f, "test_loss"), f)) });

        let corpus = Corpus::generated(data, 1, 1);
        let symbols = corpus.alphabet.len();
        let gap = |entropy: f64| entropy - corpus.source.as_ref().map_or(f64::NAN, |s| s.entropy_rate());
        let frequencies = corpus.source.as_ref().map_or(Vec::new(), |s| s.frequencies(symbols));
        let unigram = -frequencies.iter().map(|p| p * libm::log(*p)).sum::<f64>();
        let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
        let of = |name, gate, value| Control { name, gate, value };
        controls.push(of("uniform model", GAPS[i], gap(libm::log(symbols as f64))));
        controls.push(of("unigram model", GAPS[i], gap(unigram)));
        controls.push(of("untrained", GAPS[i], figure(&untrained, "gap")));
        // What it has learned by heart it predicts better than anyone can who has not seen it.
        let short = [settings[0], ("characters", "3000")];
        let learned = Trial { settings: &short, ..recipe }.run(host, 1).await?;
        let below = errors_below(figure(&learned, "loss"), &learned);
        controls.push(of("loss on a text learned by heart", BELOW[i], below));
    }
    let ladder = card.experiments.iter().find(|e| e.id == "ladder").map_or(&[][..], |e| e.settings);
    let recipe = Trial { card, settings: ladder, steps: STEPS };
    let figures = recipe.run_all(host, seeds).await?;
    gates.push(Measured::of(LADDER, &figures, above_ladder));
    let untrained = Trial { steps: 0, ..recipe }.run(host, 1).await?;
    let two = [ladder, &[("context", "2")]].concat();
    let two = Trial { settings: &two, ..recipe }.run(host, 1).await?;
    controls.push(Control { name: "untrained", gate: LADDER, value: above_ladder(&untrained) });
    controls.push(Control { name: "context of two characters", gate: LADDER, value: above_ladder(&two) });
    Ok(Evaluation { id: card.id, gates, controls })
}
