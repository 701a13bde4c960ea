//! `tilde view`: trains an exhibit and draws one picture of its card, small, as the contents show it.

use crate::args::View;
use crate::failure::Failure;
use crate::{drawing, open, progress};
use pollster::block_on;
use std::io::Write;

/// Trains, then draws.
pub fn run(args: &View, _out: &mut dyn Write) -> Result<(), Failure> {
    let mut run = open::model(&args.model, args.seed)?;
    let card = run.settings().card();
    let steps = args.steps.unwrap_or(card.budget);
    let bar = progress::bar(u64::from(steps)).with_message(card.id);
    let part = steps.div_ceil(100).max(1);
    let mut done = 0;
    while done < steps {
        let n = part.min(steps - done);
        block_on(run.train(n))?;
        done += n;
        bar.inc(u64::from(n));
    }
    bar.finish_and_clear();
    let id = args.view.as_deref().unwrap_or(card.views[0].id);
    let picture = block_on(run.view(id))?;
    let kind = card.views.iter().find(|view| view.id == id).map_or(card.views[0].kind, |view| view.kind);
    std::fs::write(&args.out, drawing::svg(kind, &picture))
        .map_err(|e| Failure::file(&args.out, "written", &e))
}
