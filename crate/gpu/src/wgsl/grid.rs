//! How many workgroups a dispatch has, and how they are numbered.

/// The most workgroups along one dimension that every adapter allows.
const MAX_GROUPS: u64 = 65_535;

/// A two-dimensional grid of workgroups, numbered row by row.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// Workgroups along x and y.
    pub(super) groups: [u32; 2],
}

impl Grid {
    /// At least `groups` workgroups, folded into rows where they are too many for one. The last
    /// row may be longer than needed: shaders check their number.
    ///
    /// # Panics
    /// If there are more than 65,535² workgroups.
    pub(super) fn of(groups: u64) -> Grid {
        let rows = groups.div_ceil(MAX_GROUPS).max(1);
        assert!(rows <= MAX_GROUPS, "{groups} workgroups are more than a dispatch can have");
        Grid { groups: [groups.div_ceil(rows) as u32, rows as u32] }
    }

    /// Workgroups in a row.
    pub(super) fn row(&self) -> u32 {
        self.groups[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_groups_are_folded_into_rows() {
        assert_eq!(Grid::of(1).groups, [1, 1]);
        assert_eq!(Grid::of(65_535).groups, [65_535, 1]);
        let [x, y] = Grid::of(65_537).groups;
        assert!(x <= 65_535 && y == 2 && u64::from(x) * u64::from(y) >= 65_537);
    }
}
