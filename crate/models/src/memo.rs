//! What is computed again only when the model has moved.

use crate::Error;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Poll, Waker};

/// A value that belongs to one generation of the run (see [`Live::generation`](crate::model::Live)).
///
/// Several pictures of one frame may ask at the same time: the first computes, the others wait for it.
pub struct Memo<T> {
    state: RefCell<State<T>>,
}

struct State<T> {
    value: Option<(u64, Rc<T>)>,
    /// Whether somebody computes it now.
    under_way: bool,
    waiting: Vec<Waker>,
}

impl<T> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo { state: RefCell::new(State { value: None, under_way: false, waiting: Vec::new() }) }
    }
}

/// Ends the computation, whether it came to its end or was given up.
struct UnderWay<'a, T>(&'a Memo<T>);

impl<T> Drop for UnderWay<'_, T> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.state.borrow_mut();
            state.under_way = false;
            core::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl<T> Memo<T> {
    /// The value of this generation, computed if it is not known yet.
    ///
    /// # Errors
    /// Those of `compute`; nothing is remembered then.
    pub async fn get(
        &self,
        generation: u64,
        compute: impl AsyncFnOnce() -> Result<T, Error>,
    ) -> Result<Rc<T>, Error> {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.under_way {
                state.waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        if let Some(value) = self.known(generation) {
            return Ok(value);
        }
        self.state.borrow_mut().under_way = true;
        let guard = UnderWay(self);
        let value = Rc::new(compute().await?);
        self.state.borrow_mut().value = Some((generation, value.clone()));
        drop(guard);
        Ok(value)
    }

    /// The value of this generation, if it is known.
    pub fn known(&self, generation: u64) -> Option<Rc<T>> {
        let state = self.state.borrow();
        state.value.as_ref().filter(|(of, _)| *of == generation).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;
    use core::future::Future;
    use core::pin::pin;
    use core::task::Context;
    use pollster::block_on;

    #[test]
    fn it_is_computed_once_a_generation() {
        let (memo, count) = (Memo::default(), Cell::new(0));
        let ask = |generation| {
            let value = memo.get(generation, async || {
                count.set(count.get() + 1);
                Ok(count.get())
            });
            *block_on(value).unwrap()
        };
        assert_eq!([ask(1), ask(1), ask(2), ask(2)], [1, 1, 2, 2]);
        assert!(memo.known(1).is_none());
        assert_eq!(memo.known(2).as_deref(), Some(&2));
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let memo: Memo<u32> = Memo::default();
        let failed = block_on(memo.get(1, async || Err(Error::DeviceLost("gone".into()))));
        assert!(failed.is_err());
        assert_eq!(*block_on(memo.get(1, async || Ok(7))).unwrap(), 7);
    }

    #[test]
    fn who_asks_meanwhile_waits_and_computes_nothing() {
        let memo = Memo::default();
        let open = Cell::new(false);
        let gate = || poll_fn(|_| if open.get() { Poll::Ready(()) } else { Poll::Pending });
        let mut first = pin!(memo.get(1, async || {
            gate().await;
            Ok(1)
        }));
        let mut second = pin!(memo.get(1, async || panic!("it was being computed")));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        open.set(true);
        assert!(first.as_mut().poll(&mut context).is_ready());
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Ready(Ok(value)) if *value == 1));
    }
}
