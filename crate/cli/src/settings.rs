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

/// Settings from what [`to_json`] gave; what is missing has its default. Each value is of its setting's own kind.
///
/// # Errors
/// [`Error::BadSetting`].
pub fn from_json(card: &'static Card, values: &Map<String, Json>) -> Result<Settings, Error> {
    let mut settings = Settings::new(card);
    for (id, value) in values {
        let choice = card.settings.iter().any(|s| s.id == id && matches!(s.kind, SettingKind::Choice(_)));
        match value {
            Json::String(text) if choice => settings.set_text(id, text)?,
            Json::Number(number) => settings.set(id, Value::Number(number.as_f64().unwrap_or(f64::NAN)))?,
            Json::Bool(on) => settings.set(id, Value::Flag(*on))?,
            other => {
                return Err(Error::BadSetting(format!(
                    "'{id}' = {other} does not fit: its card says what does."
                )));
            }
        };
    }
    Ok(settings)
}
