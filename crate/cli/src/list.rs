//! `tilde list`: the exhibits and their settings.

use crate::args::List;
use crate::failure::Failure;
use crate::settings::value_to_json;
use crate::table;
use serde_json::{Value as Json, json};
use std::io::Write;
use tilde_models::card::{Card, Setting, SettingKind};
use tilde_models::exhibits::cards;

/// Prints every card.
pub fn run(args: &List, out: &mut dyn Write) -> Result<(), Failure> {
    if args.json {
        let cards: Vec<Json> = cards().map(card_json).collect();
        writeln!(out, "{:#}", Json::from(cards))?;
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

fn card_json(card: &Card) -> Json {
    let setting = |s: &Setting| {
        let default = value_to_json(s, s.default());
        let kind = match s.kind {
            SettingKind::Int { min, max, .. } => json!({ "kind": "int", "min": min, "max": max }),
            SettingKind::Float { min, max, log, .. } => {
                json!({ "kind": "float", "min": min, "max": max, "log": log })
            }
            SettingKind::Choice(ids) => json!({ "kind": "choice", "choices": ids }),
            SettingKind::Flag(_) => json!({ "kind": "flag" }),
        };
        let mut entry = json!({ "id": s.id, "default": default, "unit": s.unit, "live": s.live });
        if let (Json::Object(entry), Json::Object(kind)) = (&mut entry, kind) {
            entry.extend(kind);
        }
        entry
    };
    json!({
        "id": card.id,
        "chapter": card.chapter,
        "steps": card.budget,
        "data": card.data,
        "phases": card.phases,
        "settings": card.settings.iter().map(setting).collect::<Vec<_>>(),
        "metrics": card.metrics.iter().map(|m| json!({ "id": m.id, "unit": m.unit, "reference": m.reference })).collect::<Vec<_>>(),
        "views": card.views.iter().map(|v| v.id).collect::<Vec<_>>(),
    })
}
