//! The values of a card's settings: parsed, checked, looked up.

use crate::card::{Card, Setting, SettingKind, Value};
use crate::choices::Choices;
use crate::{Error, decimal};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Values of all the card's settings, in the card's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    card: &'static Card,
    values: Vec<Value>,
}

impl Settings {
    /// The defaults.
    pub fn new(card: &'static Card) -> Settings {
        Settings { card, values: card.settings.iter().map(Setting::default).collect() }
    }

    /// The card they belong to.
    pub fn card(&self) -> &'static Card {
        self.card
    }

    /// Checks and sets one.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if there is none of that id or the value does not fit it.
    pub fn set(&mut self, id: &str, value: Value) -> Result<&'static Setting, Error> {
        let Some(i) = self.card.settings.iter().position(|s| s.id == id) else {
            let known: Vec<&str> = self.card.settings.iter().map(|s| s.id).collect();
            let known = known.join(", ");
            return Err(Error::BadSetting(format!(
                "'{}' has no setting '{id}'. It has: {known}.",
                self.card.id
            )));
        };
        let setting = &self.card.settings[i];
        setting.check(value)?;
        self.values[i] = value;
        Ok(setting)
    }

    /// Parses text (a number, a choice's id, `true` or `false`) and sets one.
    ///
    /// # Errors
    /// [`Error::BadSetting`].
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<&'static Setting, Error> {
        match self.card.settings.iter().find(|s| s.id == id) {
            Some(setting) => self.set(id, setting.parse(text)?),
            None => self.set(id, Value::Flag(false)),
        }
    }

    /// Takes over others, of which `id` was changed last. What the user painted or brought stays the
    /// data meanwhile, unless it is `id` that chooses them.
    pub fn follow(&mut self, others: &Settings, id: &str) {
        let own =
            |s: &Setting| s.id == "data" && id != "data" && s.parse("drawn").ok() == Some(self.value("data"));
        let kept = self.card.settings.iter().position(own).map(|i| (i, self.values[i]));
        self.values.clone_from(&others.values);
        if let Some((i, value)) = kept {
            self.values[i] = value;
        }
    }

    /// Switches to what was painted or brought, where the card has such a choice.
    pub fn use_drawn(&mut self) {
        for (setting, value) in self.card.settings.iter().zip(&mut self.values) {
            if let ("data", Ok(drawn)) = (setting.id, setting.parse("drawn")) {
                *value = drawn;
            }
        }
    }

    /// Switches to the choices that alone can learn from one's own data ([`Setting::own`]).
    pub fn bring_own(&mut self) {
        for (setting, value) in self.card.settings.iter().zip(&mut self.values) {
            if let Ok(own) = setting.parse(setting.own) {
                *value = own;
            }
        }
    }

    /// Whether what was painted or brought is chosen.
    pub fn is_drawn(&self) -> bool {
        self.card.settings.iter().any(|s| s.id == "data") && self.choice("data") == "drawn"
    }

    fn value(&self, id: &str) -> Value {
        match self.card.settings.iter().position(|s| s.id == id) {
            Some(i) => self.values[i],
            None => panic!("the exhibit '{}' asks for a setting '{id}' that its card lacks", self.card.id),
        }
    }

    /// A number.
    ///
    /// # Panics
    /// If the card has no such setting: a mistake in the exhibit.
    pub fn number(&self, id: &str) -> f64 {
        match self.value(id) {
            Value::Number(x) => x,
            Value::Choice(i) => i as f64,
            Value::Flag(on) => on as u8 as f64,
        }
    }

    /// A whole number.
    pub fn count(&self, id: &str) -> usize {
        self.number(id) as usize
    }

    /// The id of a choice.
    pub fn choice(&self, id: &str) -> &'static str {
        let setting = self.card.settings.iter().find(|s| s.id == id);
        match (setting.map(|s| s.kind), self.value(id)) {
            (Some(SettingKind::Choice(ids)), Value::Choice(i)) => ids[i],
            _ => "",
        }
    }

    /// A choice as a value.
    ///
    /// # Panics
    /// If the setting's choices are not those of `C`: a mistake in the exhibit.
    pub fn get<C: Choices>(&self, id: &str) -> C {
        C::ALL[self.chosen(id, C::IDS)]
    }

    /// The place of a choice among ids.
    fn chosen(&self, id: &str, ids: &[&str]) -> usize {
        let chosen = self.choice(id);
        match ids.iter().position(|known| *known == chosen) {
            Some(i) => i,
            None => panic!("the choice '{chosen}' of '{id}' has no value"),
        }
    }

    /// Whether it is on.
    pub fn flag(&self, id: &str) -> bool {
        self.number(id) != 0.0
    }

    /// All values, as ids and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, Value)> + '_ {
        self.card.settings.iter().zip(self.values.iter().copied())
    }
}

impl Setting {
    fn check(&self, value: Value) -> Result<(), Error> {
        let refuse = |what: String| Err(Error::BadSetting(format!("'{}' {what}", self.id)));
        match (self.kind, value) {
            (SettingKind::Int { min, max, .. }, Value::Number(x)) => {
                if libm::trunc(x) != x || x < min as f64 || x > max as f64 {
                    return refuse(format!("is a whole number from {min} to {max}."));
                }
            }
            (SettingKind::Float { min, max, .. }, Value::Number(x)) => {
                // Also refuses NaN.
                if !(x >= min && x <= max) {
                    return refuse(String::from(
                        "is out of its range, or not a number; its card gives the range.",
                    ));
                }
            }
            (SettingKind::Choice(ids), Value::Choice(i)) if i < ids.len() => {}
            (SettingKind::Choice(ids), _) => return refuse(format!("is one of: {}.", ids.join(", "))),
            (SettingKind::Flag(_), Value::Flag(_)) => {}
            (SettingKind::Flag(_), _) => return refuse(String::from("is true or false.")),
            (_, _) => return refuse(String::from("is a number.")),
        }
        Ok(())
    }

    /// A value from text.
    ///
    /// # Errors
    /// [`Error::BadSetting`] if the text is not what the setting takes.
    pub fn parse(&self, text: &str) -> Result<Value, Error> {
        match self.kind {
            SettingKind::Choice(ids) => {
                let i = ids.iter().position(|c| *c == text).unwrap_or(usize::MAX);
                let value = Value::Choice(i);
                self.check(value).map(|()| value)
            }
            SettingKind::Flag(_) => match text {
                "true" => Ok(Value::Flag(true)),
                "false" => Ok(Value::Flag(false)),
                _ => Err(Error::BadSetting(format!("'{}' is true or false, not '{text}'.", self.id))),
            },
            _ => {
                let Some(value) = decimal::parse(text).map(Value::Number) else {
                    return Err(Error::BadSetting(format!("'{}' is a number, not '{text}'.", self.id)));
                };
                self.check(value).map(|()| value)
            }
        }
    }
}
