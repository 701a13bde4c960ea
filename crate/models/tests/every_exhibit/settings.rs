//! Each setting at its ends and each choice: it opens or says why not, and what opens trains.

use crate::opened::{figures, open, small, state, train, try_open};
use pollster::block_on;
use tilde_models::card::{Card, Setting, SettingKind, Value};
use tilde_models::exhibit::Payload;
use tilde_models::{Run, Saved, Settings};

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

/// Steps that are enough for every part of training to have begun, with the small settings.
const STEPS: u32 = 8;

/// Settings of which it cannot be told in so few steps: what an input will do, which only who gives one sees; which of
/// several estimates is shown, that may agree; where an estimate is cut off, that may not get so far.
const UNTOLD: &[(&str, &str)] = &[("bayes-net", "click"), ("bayes-net", "sampler"), ("ddpm", "clip")];

/// The values that a setting of few values has; of a number none.
fn few(setting: &Setting) -> Vec<Value> {
    match setting.kind {
        SettingKind::Choice(ids) => (0..ids.len()).map(Value::Choice).collect(),
        SettingKind::Flag(_) => [false, true].map(Value::Flag).into(),
        _ => Vec::new(),
    }
}

/// Other values than this one, the more telling first. (The largest sizes would take too long.)
fn others(setting: &Setting, than: Value) -> Vec<Value> {
    let values = match setting.kind {
        SettingKind::Int { min, max, .. } => {
            [min, (3 * min + 2).min(max)].map(|n| Value::Number(n as f64)).into()
        }
        SettingKind::Float { min, max, .. } => [max, min].map(Value::Number).into(),
        _ => few(setting),
    };
    values.into_iter().filter(|value| *value != than).collect()
}

fn value_of(settings: &Settings, id: &str) -> Value {
    settings.iter().find(|(s, _)| s.id == id).expect("it is a setting").1
}

/// Whether what a setting needs is so.
fn is_on(setting: &Setting, settings: &Settings) -> bool {
    setting.when.iter().all(|(id, values)| {
        let (of, value) = settings.iter().find(|(s, _)| s.id == *id).expect("a condition names a setting");
        values.iter().any(|text| of.parse(text).ok() == Some(value))
    })
}

/// What can be seen of a run beside its state, computed once it is needed.
struct Sight {
    run: Run,
    state: Vec<Saved>,
    seen: Option<Vec<String>>,
}

impl Sight {
    fn of(mut run: Run) -> Sight {
        let state = state(&mut run);
        Sight { run, state, seen: None }
    }

    /// All figures, pictures and samples.
    fn seen(&mut self) -> &[String] {
        let run = &mut self.run;
        self.seen.get_or_insert_with(|| {
            let mut all =
                vec![format!("{:?}", figures(run, true)), format!("{:?}", block_on(run.sample(20, 11)).ok())];
            let card = run.settings().card();
            all.extend(card.views.iter().map(|v| format!("{:?}", block_on(run.view(v.id)).ok())));
            all
        })
    }

    /// Whether two runs differ in anything that can be seen of them.
    fn differs(&mut self, other: &mut Sight) -> bool {
        self.state != other.state || self.seen() != other.seen()
    }
}

/// Trains a few steps, on painted points where they are chosen.
fn trained(settings: &Settings) -> Option<Sight> {
    let mut run = try_open(settings.clone(), 3).ok()?;
    let card = settings.card();
    for (i, brush) in
        card.actions.iter().filter(|a| settings.is_drawn() && card.paints_data(a.id)).enumerate()
    {
        let x = i as f32;
        let points = vec![x, 0.5, x + 0.2, 0.6, x - 0.1, 0.7, x, 0.8, x + 0.3, 0.1, x - 0.2, 0.4];
        let payload = Payload { points, ..Payload::default() };
        run.act(brush.id, &payload).unwrap_or_else(|e| panic!("'{}': {e}", brush.id));
    }
    train(&mut run, STEPS);
    Some(Sight::of(run))
}

/// A setting that does nothing while others are as they are is said to do nothing ([`Setting::when`]), and one
/// that is said to do nothing does nothing: with the small settings, with each value of each choice and switch, and
/// with what each setting says that it needs.
pub fn what_does_nothing_says_so(card: &'static Card) {
    let mut bases = vec![small(card)];
    for setting in card.settings {
        for value in few(setting) {
            let mut base = small(card);
            base.set(setting.id, value).expect("it is in range");
            bases.push(base);
        }
        let mut base = small(card);
        for (id, values) in setting.when {
            base.set_text(id, values[0]).expect("a condition names values of a setting");
        }
        bases.push(base);
    }
    let mut known: Vec<Settings> = Vec::new();
    bases.retain(|base| {
        let new = !known.contains(base);
        known.push(base.clone());
        new
    });
    let mut wrong = Vec::new();
    for base in &bases {
        let Some(mut run) = trained(base) else { continue };
        for setting in card.settings.iter().filter(|s| !UNTOLD.contains(&(card.id, s.id))) {
            let does = others(setting, value_of(base, setting.id)).into_iter().any(|value| {
                let mut settings = base.clone();
                settings.set(setting.id, value).expect("it is in range");
                trained(&settings).is_some_and(|mut other| run.differs(&mut other))
            });
            if does != is_on(setting, base) {
                let how: Vec<String> = base
                    .iter()
                    .zip(small(card).iter())
                    .filter(|(a, b)| a != b)
                    .map(|((s, value), _)| match value {
                        Value::Choice(_) => format!("{} = {}", s.id, base.choice(s.id)),
                        other => format!("{} = {other:?}", s.id),
                    })
                    .collect();
                wrong.push(format!(
                    "'{}' {} with {how:?}",
                    setting.id,
                    if does { "does something" } else { "does nothing" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
