//! Reading back: a copy into a staging buffer, mapped when the device is done.

use crate::Context;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use tilde_graph::DeviceError;

/// Smallest staging buffer, in bytes.
const LEAST: u64 = 4096;

/// Staging buffers that no read is using. A read takes the smallest that is large enough, so that
/// repeated reads make no new ones.
#[derive(Debug, Default)]
pub(crate) struct Staging {
    free: RefCell<Vec<wgpu::Buffer>>,
    made: Cell<u32>,
}

impl Staging {
    /// Number of buffers made so far.
    pub(crate) fn count(&self) -> u32 {
        self.made.get()
    }

    fn take(&self, context: &Context, bytes: u64) -> wgpu::Buffer {
        let mut free = self.free.borrow_mut();
        let fits = free.iter().enumerate().filter(|(_, buffer)| buffer.size() >= bytes);
        if let Some((smallest, _)) = fits.min_by_key(|(_, buffer)| buffer.size()) {
            return free.swap_remove(smallest);
        }
        self.made.set(self.made.get() + 1);
        context.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("staging"),
            size: bytes.next_power_of_two().max(LEAST),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.free.borrow().iter().for_each(wgpu::Buffer::destroy);
    }
}

/// A read under way: resolves to the bytes. Several may be; dropping one early cancels it.
pub(crate) struct Read {
    context: Context,
    staging: Rc<Staging>,
    buffer: wgpu::Buffer,
    bytes: u64,
    submission: wgpu::SubmissionIndex,
    reply: Arc<Mutex<Reply>>,
}

#[derive(Default)]
struct Reply {
    result: Option<Result<(), wgpu::BufferAsyncError>>,
    waker: Option<Waker>,
}

impl Read {
    /// Copies `bytes` of `source` from `offset` once all that was submitted before is done.
    pub(crate) fn new(
        context: &Context,
        staging: &Rc<Staging>,
        source: &wgpu::Buffer,
        offset: u64,
        bytes: u64,
    ) -> Read {
        let buffer = staging.take(context, bytes);
        let mut encoder = context.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(source, offset, &buffer, 0, bytes);
        let submission = context.queue.submit([encoder.finish()]);
        let reply = Arc::new(Mutex::new(Reply::default()));
        let answer = reply.clone();
        buffer.slice(..bytes).map_async(wgpu::MapMode::Read, move |result| {
            let mut reply = answer.lock().unwrap_or_else(PoisonError::into_inner);
            reply.result = Some(result);
            if let Some(waker) = reply.waker.take() {
                waker.wake();
            }
        });
        Read { context: context.clone(), staging: staging.clone(), buffer, bytes, submission, reply }
    }

    fn mapped(&self) -> Result<Vec<u8>, DeviceError> {
        let view = self
            .buffer
            .slice(..self.bytes)
            .get_mapped_range()
            .map_err(|e| self.context.lost(e.to_string()))?;
        Ok(view.to_vec())
    }
}

impl Future for Read {
    type Output = Result<Vec<u8>, DeviceError>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        // Natively nothing calls back unless the device is polled, so wait here. In a browser this
        // does nothing, and the event loop calls back.
        let waited = self
            .context
            .device
            .poll(wgpu::PollType::Wait { submission_index: Some(self.submission.clone()), timeout: None });
        let mut reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner);
        match reply.result.take() {
            Some(Ok(())) => Poll::Ready(self.context.check().and_then(|()| self.mapped())),
            Some(Err(error)) => Poll::Ready(Err(self.context.lost(error.to_string()))),
            None => {
                self.context.check()?;
                if let Err(error) = waited {
                    return Poll::Ready(Err(self.context.lost(error.to_string())));
                }
                reply.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        // Also ends a mapping that is still pending.
        self.buffer.unmap();
        self.staging.free.borrow_mut().push(self.buffer.clone());
    }
}
