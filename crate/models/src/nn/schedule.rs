//! Learning rates of a training run, and the settings that every such run has.

use crate::card::Setting;
use crate::settings::Settings;
use core::f32::consts::PI;
use tilde_graph::{Graph, Knob, Program, Tensor, Var};

/// The settings of training, for cards. Their words are in `common.json`.
impl Setting {
    /// Step size of the optimiser.
    pub const fn learning_rate(max: f64, default: f64) -> Setting {
        Setting::log("learning_rate", 1e-5, max, default)
    }

    /// Whether the learning rate falls over the horizon.
    pub const fn schedule(on: bool) -> Setting {
        Setting::flag("schedule", on).live().more()
    }

    /// Steps after which the learning rate has fallen to its end.
    pub const fn horizon(steps: i64) -> Setting {
        Setting::int("horizon", 100, 100_000, steps)
            .live()
            .more()
            .unit("steps")
            .when(&[("schedule", &["true"])])
    }

    /// Decay of the exponential average of the weights.
    pub const fn average(decay: f64) -> Setting {
        Setting::float("average", 0.0, 0.9999, decay).more()
    }

    /// Examples in a step.
    pub const fn batch(min: i64, max: i64, default: i64) -> Setting {
        Setting::int("batch", min, max, default).more()
    }
}

/// How a learning rate falls over the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fall {
    /// Half a wave of the cosine, to this share of the rate (I. Loshchilov, F. Hutter, ICLR 2017).
    Cosine(f32),
    /// A straight line to 0.
    Linear,
}

/// A learning rate with its schedule: the knobs `learning_rate`, `schedule` and `horizon`.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    fall: Fall,
    learning_rate: Knob,
    schedule: Knob,
    horizon: Knob,
}

/// A knob that is called like a setting and begins with its value.
pub fn knob(p: &mut Program, settings: &Settings, id: &'static str) -> Knob {
    p.knob(id, settings.number(id) as f32)
}

impl Schedule {
    /// Declares the knobs; the card has settings of their names.
    pub fn new(p: &mut Program, settings: &Settings, fall: Fall) -> Schedule {
        let [learning_rate, schedule, horizon] =
            ["learning_rate", "schedule", "horizon"].map(|id| knob(p, settings, id));
        Schedule { fall, learning_rate, schedule, horizon }
    }

    /// A schedule over knobs that were declared: rate, whether it falls, horizon. For cards that call
    /// their settings otherwise, and for training that has several rates.
    pub fn of(fall: Fall, [learning_rate, schedule, horizon]: [Knob; 3]) -> Schedule {
        Schedule { fall, learning_rate, schedule, horizon }
    }

    /// The share of the horizon that so many steps are, a scalar of at most 1; 0 where nothing falls.
    pub fn done<'g>(&self, g: &'g Graph, steps: Var) -> Tensor<'g> {
        (g.read(steps) / g.knob(self.horizon)).minimum(g.constant(1.0)) * g.knob(self.schedule)
    }

    /// The rate of the step that comes after `steps` others, a scalar.
    pub fn rate<'g>(&self, g: &'g Graph, steps: Var) -> Tensor<'g> {
        self.rate_after(g, g.read(steps))
    }

    /// The same after so many steps, a scalar of at least 0.
    pub fn rate_after<'g>(&self, g: &'g Graph, steps: Tensor<'g>) -> Tensor<'g> {
        let progress = (steps / g.knob(self.horizon)).minimum(g.constant(1.0));
        let left = match self.fall {
            Fall::Cosine(end) => (1.0 + end) / 2.0 + (1.0 - end) / 2.0 * (progress * PI).cos(),
            Fall::Linear => 1.0 - progress,
        };
        let on = g.knob(self.schedule);
        g.knob(self.learning_rate) * (on * left + (1.0 - on))
    }
}
