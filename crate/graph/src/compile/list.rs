//! A `Vec` whose index panics without a file and line.
//!
//! Every expression that indexes a slice carries its own file and line for the panic. The compiler
//! indexes at some two hundred places, which would be kilobytes of a visitor's download.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut, Index, IndexMut};

/// A growing list.
#[derive(Clone, Debug)]
pub struct List<T>(Vec<T>);

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> List<T> {
        List(items)
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

// Not by indexing the `Vec`, which would bring its own file and line.
impl<T> Index<usize> for List<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        self.0.get(at).unwrap_or_else(|| missing())
    }
}

impl<T> IndexMut<usize> for List<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        self.0.get_mut(at).unwrap_or_else(|| missing())
    }
}

#[cold]
fn missing() -> ! {
    panic!("an index beyond a list of the compiler's")
}
