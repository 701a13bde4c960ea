//! What is loaded, by handle.

use alloc::vec::Vec;

/// Loaded things under small numbers, which are used again once they are free.
pub struct Table<T>(Vec<Option<T>>);

impl<T> Table<T> {
    /// Nothing yet.
    pub const fn new() -> Table<T> {
        Table(Vec::new())
    }

    /// Keeps a thing and gives its handle.
    pub fn add(&mut self, thing: T) -> u32 {
        let handle = self.0.iter().position(Option::is_none).unwrap_or(self.0.len());
        match self.0.get_mut(handle) {
            Some(place) => *place = Some(thing),
            None => self.0.push(Some(thing)),
        }
        handle as u32
    }

    /// The thing of a handle.
    ///
    /// # Panics
    /// If there is none.
    pub fn get(&mut self, handle: u32) -> &mut T {
        self.0[handle as usize].as_mut().expect("nothing is loaded under this handle")
    }

    /// Gives up a handle and what is loaded under it.
    pub fn free(&mut self, handle: u32) {
        self.0[handle as usize] = None;
    }
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_used_again_and_never_shared() {
        let mut table = Table::new();
        let [a, b, c] = ["a", "b", "c"].map(|thing| table.add(thing));
        assert_eq!((a, b, c), (0, 1, 2));
        table.free(b);
        assert_eq!(table.add("d"), b);
        assert_eq!((*table.get(a), *table.get(b), *table.get(c)), ("a", "d", "c"));
        assert_eq!(table.add("e"), 3);
    }
}
