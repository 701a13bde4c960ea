//! What a checkpoint holds: the classifier, and in the plane the points.

use super::{Boundary, MOST_POINTS};
use crate::prelude::*;

impl Boundary {
    /// For [`Model::save`](crate::Model::save).
    pub(super) fn tensors(&self) -> Vec<Saved> {
        let state = self.model.state();
        let mut saved = vec![Saved::doubles("model", &[state.len()], &state)];
        if !self.digits() {
            let n = self.table.n();
            let classes: Vec<u32> = self.table.y.iter().map(|&y| y as u32).collect();
            saved.push(Saved::doubles("points", &[n, 2], &self.table.x));
            saved.push(Saved::words("classes", &[n], &classes));
        }
        saved
    }

    /// For [`Model::load`](crate::Model::load).
    pub(super) fn take(&mut self, saved: &[Saved]) -> Result<(), Error> {
        let state = Saved::find_doubles(saved, "model", &[Saved::rows(saved, "model")])?;
        let bad = |what: &str| Err(Error::BadFile(what.into()));
        let mut table = self.table.clone();
        if !self.digits() {
            let n = Saved::rows(saved, "classes");
            let points = Saved::find_doubles(saved, "points", &[n, 2])?;
            let classes = Saved::find_words(saved, "classes", &[n])?;
            if n > MOST_POINTS || points.iter().any(|x| !x.is_finite()) || classes.iter().any(|&y| y > 1) {
                return bad("The file's points are not at most 400 of two classes. Choose another file.");
            }
            table.x = points.to_vec();
            table.y = classes.iter().map(|&y| y as usize).collect();
        }
        let mut model = self.model.fresh(&table);
        if !model.restore(&table, state) {
            return bad("The file's model does not fit these settings. Was it saved with others?");
        }
        if self.is_painted() {
            self.painted = [0, 1].map(|class| table.of_class(class));
        }
        self.mean = table.mean();
        (self.table, self.model) = (table, model);
        self.changed();
        Ok(())
    }
}
