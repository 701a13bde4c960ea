//! Errors while a program is loaded.

use crate::Context;
use tilde_graph::DeviceError;
use wgpu::{ErrorFilter, ErrorScopeGuard};

/// Catches what the device refuses between [`Scope::open`] and [`Scope::close`].
pub(crate) struct Scope {
    // Closed in this order: scopes are a stack.
    internal: ErrorScopeGuard,
    validation: ErrorScopeGuard,
    memory: ErrorScopeGuard,
}

impl Scope {
    pub(crate) fn open(context: &Context) -> Scope {
        let memory = context.device.push_error_scope(ErrorFilter::OutOfMemory);
        let validation = context.device.push_error_scope(ErrorFilter::Validation);
        let internal = context.device.push_error_scope(ErrorFilter::Internal);
        Scope { internal, validation, memory }
    }

    /// Waits until the device has judged everything since the opening.
    pub(crate) async fn close(self) -> Result<(), DeviceError> {
        let Scope { internal, validation, memory } = self;
        // All are closed before the first is awaited: other programs may open theirs meanwhile.
        let (internal, validation, memory) = (internal.pop(), validation.pop(), memory.pop());
        if memory.await.is_some() {
            return Err(DeviceError::Unavailable("the device has no room for the plan".into()));
        }
        match validation.await.or(internal.await) {
            Some(error) => {
                let why = format!("a shader was refused: {error}");
                Err(DeviceError::Unavailable(why))
            }
            None => Ok(()),
        }
    }
}
