//! Each setting at its ends and each choice: it opens or says why not, and what opens trains.

use crate::opened::{open, small, train, try_open};
use pollster::block_on;
use tilde_models::card::{Card, SettingKind, Value};

pub fn every_setting_at_its_ends(card: &'static Card) {
    for setting in card.settings {
        let values: Vec<Value> = match setting.kind {
            // The largest sizes are slow here, and are refused by their own limits.
            SettingKind::Int { min, .. } => vec![Value::Number(min as f64)],
            SettingKind::Float { min, max, .. } => vec![Value::Number(min), Value::Number(max)],
            SettingKind::Choice(ids) => (0..ids.len()).map(Value::Choice).collect(),
            SettingKind::Flag(on) => vec![Value::Flag(!on)],
        };
        for value in values {
            let what = format!("{} = {value:?}", setting.id);
            let mut settings = small(card);
            settings.set(setting.id, value).expect("it is in range");
            let mut run = match try_open(settings, 3) {
                Ok(run) => run,
                Err(error) => {
                    assert!(["bad-setting", "bad-data"].contains(&error.code()), "{what}: {error}");
                    continue;
                }
            };
            train(&mut run, 1);
            for view in card.views.iter().filter(|v| v.main) {
                block_on(run.view(view.id)).unwrap_or_else(|e| panic!("{what}: {e}"));
            }
            if setting.live {
                let mut run = open(small(card), 3);
                run.set(setting.id, value).unwrap_or_else(|e| panic!("{what}, live: {e}"));
                train(&mut run, 1);
            }
        }
    }
}
