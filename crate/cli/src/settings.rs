//! Settings as text and as JSON.

use serde_json::{Map, Value as Json};
use tilde_models::card::{Card, Setting, SettingKind, Value};
use tilde_models::{Error, Settings};

/// Applies `KEY=VALUE` changes.
///
/// # Errors
/// [`Error::BadSetting`].
pub fn change(settings: &mut Settings, changes: &[(String, String)]) -> Result<(), Error> {
    for (id, text) in changes {
        settings.set_text(id, text)?;
    }
    Ok(())
}

/// The defaults of a card with changes.
///
/// # Errors
/// [`Error::BadSetting`].
pub fn changed(card: &'static Card, changes: &[(String, String)]) -> Result<Settings, Error> {
    let mut settings = Settings::new(card);
    change(&mut settings, changes)?;
    Ok(settings)
}

/// All settings by id: numbers, ids of choices, true or false.
pub fn to_json(settings: &Settings) -> Map<String, Json> {
    settings.iter().map(|(setting, value)| (setting.id.into(), value_to_json(setting, value))).collect()
}

/// One value: a number, the id of a choice, true or false.
pub fn value_to_json(setting: &Setting, value: Value) -> Json {
    match (setting.kind, value) {
        (SettingKind::Choice(ids), Value::Choice(i)) => ids[i].into(),
        (SettingKind::Int { .. }, Value::Number(x)) => (x as i64).into(),
        (_, Value::Number(x)) => x.into(),
        (_, Value::Choice(i)) => i.into(),
        (_, Value::Flag(on)) => on.into(),
    }
}

/// Settings from what [`to_json`] gave; what is missing has its default.
///
/// # Errors
/// [`Error::BadSetting`].
pub fn from_json(card: &'static Card, values: &Map<String, Json>) -> Result<Settings, Error> {
    let mut settings = Settings::new(card);
    for (id, value) in values {
        match value {
            Json::String(text) => settings.set_text(id, text)?,
            other => settings.set_text(id, &other.to_string())?,
        };
    }
    Ok(settings)
}
