//! The exhibits' cards as plain objects.

use crate::js::{array, object, strings};
use crate::values::{role_name, view_kind_name};
use tilde_models::card::{Action, ActionKind, Card, Experiment, Metric, Setting, SettingKind, View};
use tilde_models::exhibits;
use wasm_bindgen::prelude::*;

/// All exhibits' cards, in the order of the course.
#[wasm_bindgen(unchecked_return_type = "Card[]")]
pub fn cards() -> JsValue {
    array(exhibits::cards(), card)
}

fn card(card: &Card) -> JsValue {
    object([
        ("id", card.id.into()),
        ("chapter", card.chapter.into()),
        ("slides", card.slides.into()),
        ("minutes", card.minutes.into()),
        ("settings", array(card.settings, setting)),
        ("metrics", array(card.metrics, metric)),
        ("views", array(card.views, view)),
        ("actions", array(card.actions, action)),
        ("phases", strings(card.phases)),
        ("experiments", array(card.experiments, experiment)),
        ("data", strings(card.data)),
        ("budget", card.budget.into()),
    ])
}

fn setting(setting: &Setting) -> JsValue {
    let absent = JsValue::UNDEFINED;
    let [kind, min, max, default, log, choices] = match setting.kind {
        SettingKind::Int { min, max, default } => [
            "int".into(),
            (min as f64).into(),
            (max as f64).into(),
            (default as f64).into(),
            absent.clone(),
            absent,
        ],
        SettingKind::Float { min, max, default, log } => {
            ["float".into(), min.into(), max.into(), default.into(), log.into(), absent]
        }
        SettingKind::Choice(ids) => {
            let default = ids[0].into();
            ["choice".into(), absent.clone(), absent.clone(), default, absent, strings(ids)]
        }
        SettingKind::Flag(on) => {
            ["flag".into(), absent.clone(), absent.clone(), on.into(), absent.clone(), absent]
        }
    };
    object([
        ("id", setting.id.into()),
        ("kind", kind),
        ("min", min),
        ("max", max),
        ("default", default),
        ("log", log),
        ("choices", choices),
        ("unit", setting.unit.into()),
        ("live", setting.live.into()),
        ("more", setting.more.into()),
        ("view", setting.view.into()),
    ])
}

fn metric(metric: &Metric) -> JsValue {
    object([
        ("id", metric.id.into()),
        ("unit", metric.unit.into()),
        ("reference", metric.reference.map_or(JsValue::NULL, JsValue::from)),
        ("curve", metric.curve.into()),
        ("role", role_name(metric.role).into()),
        ("sometimes", metric.sometimes.into()),
    ])
}

fn view(view: &View) -> JsValue {
    object([("id", view.id.into()), ("kind", view_kind_name(view.kind).into()), ("main", view.main.into())])
}

fn action(action: &Action) -> JsValue {
    let kind = match action.kind {
        ActionKind::Brush => "brush",
        ActionKind::Drag => "drag",
        ActionKind::Pick => "pick",
        ActionKind::Button => "button",
        ActionKind::Clear => "clear",
        ActionKind::Text => "text",
        ActionKind::Edit => "edit",
    };
    object([("id", action.id.into()), ("kind", kind.into()), ("view", action.view.into())])
}

fn experiment(experiment: &Experiment) -> JsValue {
    object([
        ("id", experiment.id.into()),
        ("settings", array(experiment.settings, |&(id, text)| strings(&[id, text]))),
        ("steps", experiment.steps.into()),
        ("phase", experiment.phase.into()),
    ])
}
