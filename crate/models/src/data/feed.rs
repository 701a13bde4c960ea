//! Data on the device: rows to learn from and held-out ones, drawn at random or in order.

use super::plane::BANK;
use super::{ImageSets, Plane};
use crate::driver::{Answer, Driver};
use alloc::boxed::Box;
use alloc::vec::Vec;
use tilde_graph::{EntryId, Graph, Program, Tensor, Unary, Var};

/// A data set on the device. B rows of a batch, D numbers in a row.
#[derive(Clone, Copy, Debug)]
pub struct Feed {
    rows: Rows,
    /// Number of the first row of those that are taken in order, `[1]`.
    first: Var,
}

#[derive(Clone, Copy, Debug)]
enum Rows {
    /// A bank of points, `[BANK, 2]`.
    Points(Var),
    /// Images, packed into bytes: learned from and held out.
    Images { train: Var, test: Var, count: [usize; 2], area: usize, levels: f32 },
}

impl Feed {
    /// Points of the plane; [`Feed::write_points`] fills it.
    pub fn points(p: &mut Program) -> Feed {
        let bank = p.data("bank", [BANK, 2]);
        Feed { rows: Rows::Points(bank), first: p.input("first", [1]) }
    }

    /// Images; [`Feed::write_images`] fills it.
    pub fn images(p: &mut Program, sets: &ImageSets) -> Feed {
        let [train, test] = [("train", &sets.train), ("test", &sets.test)]
            .map(|(name, images)| p.data_u(name, [images.n, images.row_words()]));
        let count = [sets.train.n, sets.test.n];
        let levels = f32::from(sets.train.levels);
        let rows = Rows::Images { train, test, count, area: sets.train.area(), levels };
        Feed { rows, first: p.input("first", [1]) }
    }

    /// Numbers in a row.
    pub fn dims(&self) -> usize {
        match self.rows {
            Rows::Points(_) => 2,
            Rows::Images { area, .. } => area,
        }
    }

    /// Rows to learn from.
    pub fn count(&self) -> usize {
        match self.rows {
            Rows::Points(_) => BANK,
            Rows::Images { count, .. } => count[0],
        }
    }

    /// A batch, `[B, D]`, drawn with replacement; all rows if it is as large as the data. Pixels are in
    /// 0..=1.
    pub fn batch<'g>(&self, g: &'g Graph, b: usize) -> Tensor<'g> {
        let n = self.count();
        let index = if b == n { g.iota([n], 0) } else { g.indices(b, n) };
        self.gather(g, index, false)
    }

    /// Rows to learn from in order, `[B, D]`, from the one that [`Feed::over`] says; past the end, the
    /// last one again.
    pub fn train_rows<'g>(&self, g: &'g Graph, b: usize) -> Tensor<'g> {
        self.gather(g, self.in_order(g, b), false)
    }

    /// Held-out rows in order, likewise. Points are as good as fresh: theirs are those of the bank.
    pub fn test_rows<'g>(&self, g: &'g Graph, b: usize) -> Tensor<'g> {
        self.gather(g, self.in_order(g, b), true)
    }

    /// Rows to learn from of these numbers, `u32 [B]` → `[B, D]`.
    pub fn train_rows_at<'g>(&self, g: &'g Graph, index: Tensor<'g>) -> Tensor<'g> {
        self.gather(g, index, false)
    }

    /// Held-out rows of these numbers, `u32 [B]` → `[B, D]`.
    pub fn test_rows_at<'g>(&self, g: &'g Graph, index: Tensor<'g>) -> Tensor<'g> {
        self.gather(g, index, true)
    }

    fn in_order<'g>(&self, g: &'g Graph, b: usize) -> Tensor<'g> {
        (g.iota([b], 0).to_f32() + g.read(self.first)).unary(Unary::ToU32)
    }

    fn gather<'g>(&self, g: &'g Graph, index: Tensor<'g>, held_out: bool) -> Tensor<'g> {
        match self.rows {
            Rows::Points(bank) => g.read(bank).gather(index),
            Rows::Images { train, test, area, levels, .. } => {
                let bytes = g.read(if held_out { test } else { train }).gather_bytes(index, area);
                if levels == 1.0 { bytes } else { bytes * (1.0 / levels) }
            }
        }
    }

    /// Runs an entry that takes `chunk` rows in order over the rows 0 to `n`, and joins its output, which
    /// has a row for each.
    pub fn over(
        &self,
        device: &Driver,
        entry: EntryId,
        chunk: usize,
        n: usize,
        output: &str,
    ) -> Answer<Vec<f32>> {
        device.over_range(entry, self.first, chunk, n, output)
    }

    /// Says which row is the first of those in order, for the next run of an entry.
    pub fn begin_at(&self, device: &Driver, row: usize) {
        device.write(self.first, &[row as f32]);
    }

    /// Writes the points of a set.
    pub fn write_points(&self, device: &Driver, plane: &Plane) {
        if let Rows::Points(bank) = self.rows {
            device.write(bank, plane.bank());
        }
    }

    /// Writes the images of the sets that it was declared for.
    pub fn write_images(&self, device: &Driver, sets: &ImageSets) {
        if let Rows::Images { train, test, .. } = self.rows {
            device.write_u(train, &sets.train.packed());
            device.write_u(test, &sets.test.packed());
        }
    }

    /// The first `n` points of the bank, `[n, 2]`.
    pub fn shown(&self, device: &Driver, n: usize) -> Answer<Vec<f32>> {
        match self.rows {
            Rows::Points(bank) => device.read_first(bank, 2 * n),
            Rows::Images { .. } => Box::pin(core::future::ready(Ok(Vec::new()))),
        }
    }
}
