//! `tilde list`: the exhibits and their settings.

use crate::args::List;
use crate::failure::Failure;
use crate::table;
use std::io::Write;
use tilde_models::card::{Setting, SettingKind};
use tilde_models::exhibits::{cards, registered};

/// Prints every card.
pub fn run(args: &List, out: &mut dyn Write) -> Result<(), Failure> {
    if args.json {
        // As the page has it.
        serde_json::to_writer_pretty(&mut *out, &registered().collect::<Vec<_>>())
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    for card in cards() {
        writeln!(out, "{}  chapter {}, {} steps", card.id, card.chapter, card.budget)?;
        let rows: Vec<[String; 3]> = card.settings.iter().map(row).collect();
        table::print(out, &rows)?;
    }
    Ok(())
}

fn row(setting: &Setting) -> [String; 3] {
    let [default, range] = words(setting);
    let live = if setting.live { "" } else { " (rebuilds the model)" };
    [setting.id.into(), default, format!("{range} {}{live}", setting.unit).replace("  ", " ")]
}

/// The default and the range.
fn words(setting: &Setting) -> [String; 2] {
    match setting.kind {
        SettingKind::Int { min, max, default } => [default.to_string(), format!("{min} to {max}")],
        SettingKind::Float { min, max, default, .. } => [default.to_string(), format!("{min} to {max}")],
        SettingKind::Choice(ids) => [ids[0].into(), ids.join(", ")],
        SettingKind::Flag(on) => [on.to_string(), "true, false".into()],
    }
}
