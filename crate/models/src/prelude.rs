//! What the files of every exhibit name: `use crate::prelude::*`. What a file imports besides is what is
//! particular to it.

pub(crate) use crate::card::*;
pub(crate) use crate::choices::{Choices, Nothing};
pub(crate) use crate::data::{Feed, ImageSets, Images, Plane};
pub(crate) use crate::domain::Domain;
pub(crate) use crate::driver::{Answer, Driver};
pub(crate) use crate::exhibit::{Layer, Part, Payload, Picture, Samples, Sources, UserData};
pub(crate) use crate::memo::Memo;
pub(crate) use crate::metrics::Estimate;
pub(crate) use crate::model::{Figures, Live, Scope, Setup};
pub(crate) use crate::nn::{Fall, Linear, Mlp, Recorded, Recorder, Trail, Trainer, VIEW_SEED, figures, knob};
pub(crate) use crate::numeric::estimate::{Tally, floats, mean_square, square_distance};
pub(crate) use crate::settings::Settings;
pub(crate) use crate::{Error, Saved, SavedValues, choices, join, shapes};
pub(crate) use alloc::boxed::Box;
pub(crate) use alloc::rc::Rc;
pub(crate) use alloc::string::{String, ToString};
pub(crate) use alloc::vec::Vec;
pub(crate) use alloc::{format, vec};
pub(crate) use tilde_graph::optim::{Adam, AdamOptions, Sgd, average};
pub(crate) use tilde_graph::rng::Stream;
pub(crate) use tilde_graph::{EntryId, Graph, Group, Init, Knob, Param, Program, Tensor, Unary, Var};
