//! One call at a time, in the order in which they were made.
//!
//! JavaScript may call an exported async method while an earlier call still waits for the GPU. The
//! calls share one run, so each takes its turn.

use std::cell::{Cell, RefCell, RefMut};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// A value that calls use in turn.
pub struct Turns<T> {
    value: RefCell<T>,
    next: Cell<u64>,
    serving: Cell<u64>,
    waiting: RefCell<Vec<Waker>>,
}

/// The value, for as long as this call has its turn.
pub struct Turn<'a, T> {
    turns: &'a Turns<T>,
    value: RefMut<'a, T>,
}

impl<T> Turns<T> {
    /// Nobody waits yet.
    pub fn new(value: T) -> Turns<T> {
        Turns {
            value: RefCell::new(value),
            next: Cell::new(0),
            serving: Cell::new(0),
            waiting: RefCell::new(Vec::new()),
        }
    }

    /// Waits until all earlier calls are done. The place in the queue is taken by the first poll;
    /// the future must then be polled to its end, as JavaScript's promises are.
    pub async fn take(&self) -> Turn<'_, T> {
        let ticket = self.next.replace(self.next.get() + 1);
        poll_fn(|context| {
            if self.serving.get() == ticket {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
        Turn { turns: self, value: self.value.borrow_mut() }
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.turns.serving.set(self.turns.serving.get() + 1);
        // The one whose turn it is goes on, after this call has let go of the value; the others
        // queue again.
        self.turns.waiting.take().into_iter().for_each(Waker::wake);
    }
}

impl<T> std::ops::Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> std::ops::DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::Context;

    #[test]
    fn calls_take_turns_in_order() {
        let turns = Turns::new(0);
        let mut context = Context::from_waker(Waker::noop());
        let first = turns.take();
        let second = turns.take();
        let third = turns.take();
        let (mut first, mut second, mut third) = (pin!(first), pin!(second), pin!(third));

        let Poll::Ready(mut turn) = first.as_mut().poll(&mut context) else { panic!("it was free") };
        *turn += 1;
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(third.as_mut().poll(&mut context).is_pending());
        drop(turn);

        // The third was woken too, but the second goes first.
        assert!(third.as_mut().poll(&mut context).is_pending());
        let Poll::Ready(turn) = second.as_mut().poll(&mut context) else { panic!("it is its turn") };
        assert_eq!(*turn, 1);
        drop(turn);
        assert!(third.as_mut().poll(&mut context).is_ready());
    }
}
