//! The adapter that tests run on.

use std::future::Future;
use std::io::Write;
use std::task::{Context as TaskContext, Poll, Waker};
use tilde_gpu::Context;

/// Waits for a future: natively ours wait inside of `poll`.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// The adapter, or `None` after a loud warning.
pub fn context() -> Option<Context> {
    match block_on(Context::new()) {
        Ok(context) => Some(context),
        Err(why) if std::env::var_os("TILDE_REQUIRE_GPU").is_none() => {
            // Not `eprintln`, which the test harness hides where a test passes.
            let warning = format!("\n!!! NO GPU ADAPTER: A TEST CHECKED NOTHING ({why}) !!!\n");
            let _ = std::io::stderr().write_all(warning.as_bytes());
            None
        }
        Err(why) => panic!("TILDE_REQUIRE_GPU is set, but {why}"),
    }
}
