//! What a run leaves in a checkpoint, and how it takes it back.

use super::Run;
use crate::driver::Answer;
use crate::kept::{self, About};
use crate::{Error, Saved, SavedValues};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tilde_graph::plan::Loc;
use tilde_graph::{DType, Holds, Role, Shape, VarId};

impl Run {
    /// Names, places and shapes of everything a checkpoint holds: parameters one by one, other
    /// state by variable, and the invocation counters of the entries that change state. (The draws of the
    /// others are seeded whenever they run.)
    fn saved_parts(&self) -> Vec<(String, Loc, Shape, Holds)> {
        let program = self.exhibit.program();
        self.place.device.of_plan(|plan| {
            let mut parts = Vec::new();
            for (decl, v) in program.vars().iter().zip(&plan.vars) {
                if decl.role != Role::State {
                    continue;
                }
                if decl.params.is_empty() {
                    parts.push((decl.name.clone(), v.loc, v.shape, decl.holds));
                }
                for p in &decl.params {
                    let loc = Loc { offset: v.loc.offset + p.offset, ..v.loc };
                    parts.push((p.name.clone(), loc, p.shape, Holds::Any));
                }
            }
            for (entry, e) in program.entries().iter().zip(&plan.entries) {
                let moves = |(var, _): &(VarId, u32)| program.vars()[var.0 as usize].role == Role::State;
                if e.sites > 0 && entry.assigns().iter().any(moves) {
                    let name = format!("invocations.{}", e.name);
                    parts.push((name, e.counter, Shape::new(&[1]), Holds::Any));
                }
            }
            parts
        })
    }

    /// Everything a checkpoint holds.
    ///
    /// # Errors
    /// [`Error::DeviceLost`].
    pub async fn export(&mut self) -> Result<Vec<Saved>, Error> {
        let mut out = self.exhibit.save();
        let device = &self.place.device;
        let mut reads = Vec::new();
        for (name, loc, shape, _) in self.saved_parts() {
            let len = shape.len() as u32;
            let values: Answer<SavedValues> = match loc.arena.dtype() {
                DType::F32 => {
                    let read = device.read_at(loc, len);
                    Box::pin(async move { Ok(SavedValues::F32(read.await?)) })
                }
                DType::U32 => {
                    let read = device.read_u_at(loc, len);
                    Box::pin(async move { Ok(SavedValues::U32(read.await?)) })
                }
            };
            reads.push((name, shape, values));
        }
        for (name, shape, values) in reads {
            out.push(Saved { name, shape: shape.dims().collect(), values: values.await? });
        }
        if !out.iter().any(|saved| saved.name == STEPS) {
            out.push(Saved::words(STEPS, &[], &[self.place.step]));
        }
        Ok(out)
    }

    /// What a checkpoint holds besides [`Run::export`], so that it can be continued anywhere: data of one's own
    /// of up to [`kept::MOST`] bytes, and what was painted.
    pub fn kept(&self) -> Vec<Saved> {
        kept::tensors(self.exhibit.card(), self.sources.user.as_ref(), &self.inputs)
    }

    /// What it learns from, to be written beside a checkpoint and to be held against that of a file.
    pub fn about(&self) -> About {
        let painted = self.place.settings.is_drawn().then_some(&self.inputs);
        About::new(self.exhibit.card(), self.sources.user.as_ref(), painted, self.alphabet())
    }

    /// The characters that a model of text knows.
    pub fn alphabet(&self) -> Option<String> {
        self.exhibit.alphabet()
    }

    /// The parameters that a file of averaged weights alone is of: it has their average and none of them. The
    /// average is laid out as they are.
    fn averaged(&self, saved: &[Saved]) -> Option<Loc> {
        let has = |name: &str| Saved::get(saved, name).is_some();
        let vars = self.exhibit.program().vars();
        let length = vars.iter().find(|v| v.name == AVERAGE && has(AVERAGE))?.shape.len();
        let group = vars.iter().position(|v| {
            v.shape.len() == length && !v.params.is_empty() && !v.params.iter().any(|p| has(&p.name))
        })?;
        Some(self.place.device.of_plan(|plan| plan.vars[group].loc))
    }

    /// Takes a checkpoint back. Nothing changes unless all of it fits. With averaged weights alone, what else
    /// there is stays as it was: at the start of a run that was just opened. So does what only pictures show, if the
    /// file is older than the picture.
    ///
    /// # Errors
    /// [`Error::BadFile`] if a tensor is missing or has another shape or type.
    pub fn import(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let averaged = self.averaged(saved);
        let mut found = Vec::new();
        for (name, loc, shape, holds) in &self.saved_parts() {
            if (averaged.is_some() || name.starts_with(SHOWN)) && Saved::get(saved, name).is_none() {
                continue;
            }
            let dtype = match loc.arena.dtype() {
                DType::F32 => "F32",
                DType::U32 => "U32",
            };
            let values = Saved::find(saved, name, dtype, &shape.dims().collect::<Vec<_>>())?;
            sound(name, *holds, values)?;
            found.push((*loc, values));
            if let (Some(parameters), AVERAGE) = (averaged, name.as_str()) {
                found.push((parameters, values));
            }
        }
        let step = steps(saved)?;
        self.exhibit.load(saved)?;
        if let Some(given) = self.exhibit.inputs() {
            self.inputs.replace(given);
        }
        // Between the parameters of a group there are words that no file holds. Training that diverges leaves
        // more than zeros there.
        for (i, decl) in self.exhibit.program().vars().iter().enumerate() {
            if !decl.params.is_empty() {
                let loc = self.place.device.of_plan(|plan| plan.vars[i].loc);
                self.place.device.write_at(loc, &alloc::vec![0.0; decl.shape.len()]);
            }
        }
        for (loc, values) in found {
            match values {
                SavedValues::F32(v) => self.place.device.write_at(loc, v),
                SavedValues::U32(v) => self.place.device.write_u_at(loc, v),
                SavedValues::F64(_) => {}
            }
        }
        self.counted(step);
        self.moved();
        Ok(())
    }
}

/// Whether numbers of a file are what their variable can hold.
fn sound(name: &str, holds: Holds, values: &SavedValues) -> Result<(), Error> {
    let SavedValues::F32(values) = values else { return Ok(()) };
    let fits = |x: f32| match holds {
        Holds::Any => x.is_finite(),
        Holds::Count => (0.0..=MOST_COUNTED).contains(&x) && tilde_graph::real::truncf(x) == x,
        Holds::NotNegative => x >= 0.0 && x.is_finite(),
    };
    if values.iter().all(|&x| fits(x)) {
        return Ok(());
    }
    let what = match holds {
        Holds::Any => "holds numbers that are not finite",
        Holds::Count => "is no count: a whole number from 0 to 16777216",
        Holds::NotNegative => "holds numbers below 0, and cannot",
    };
    Err(Error::BadFile(format!("The file's '{name}' {what}.")))
}

/// Floats count exactly up to 2²⁴.
const MOST_COUNTED: f32 = 16_777_216.0;

/// The name of the step count in a checkpoint.
const STEPS: &str = "steps";

/// How names of state begin that no step reads, but pictures show: files from before a picture may lack it.
const SHOWN: &str = "shown.";

/// The name of the average of all parameters in a checkpoint.
pub const AVERAGE: &str = "average";

/// The largest step count of a checkpoint. Training goes on from there, and must not overflow.
const MOST_STEPS: u32 = u32::MAX / 2;

/// The step count of a checkpoint: a whole number, which programs that count on the device keep as a float.
fn steps(saved: &[Saved]) -> Result<u32, Error> {
    let wrong = || Error::BadFile("The file's 'steps' is no count.".into());
    match &Saved::named(saved, STEPS)?.values {
        SavedValues::U32(v) if v.len() == 1 && v[0] <= MOST_STEPS => Ok(v[0]),
        SavedValues::F32(v)
            if v.len() == 1
                && v[0] >= 0.0
                && v[0] <= MOST_COUNTED
                && tilde_graph::real::truncf(v[0]) == v[0] =>
        {
            Ok(v[0] as u32)
        }
        _ => Err(wrong()),
    }
}
