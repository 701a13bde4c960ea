//! An adapter and its device, and what has gone wrong with it.

use crate::Target;
use std::sync::{Arc, Mutex, PoisonError};
use tilde_graph::DeviceError;

/// An adapter with an open device, shared by the programs that are loaded on it. Cloning it is
/// cheap and gives the same device.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) info: Arc<wgpu::AdapterInfo>,
    pub(crate) clock: Option<Clock>,
    pub(crate) target: Target,
    fault: Fault,
}

/// Milliseconds since some fixed moment.
pub type Clock = fn() -> f64;

impl Context {
    /// Opens the adapter that the system prefers, with all the limits it has.
    ///
    /// # Errors
    /// [`DeviceError::Unavailable`] where there is no adapter, or it gives no device.
    pub async fn new() -> Result<Context, DeviceError> {
        let unavailable = |e: &dyn std::fmt::Display| DeviceError::Unavailable(e.to_string());
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let adapter = instance
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            })
            .await
            .map_err(|e| unavailable(&e))?;
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("tilde"),
                // To measure by its own clock, where it lets us.
                required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
                required_limits: adapter.limits(),
                ..Default::default()
            })
            .await
            .map_err(|e| unavailable(&e))?;
        let fault = Fault::default();
        fault.watch(&device);
        let info = Arc::new(adapter.get_info());
        let target = match info.device_type {
            wgpu::DeviceType::Cpu => Target::Software,
            _ => Target::Hardware,
        };
        Ok(Context { device, queue, info, clock: default_clock(), target, fault })
    }

    /// Uses `clock` to measure how long submits take, so that each can be kept short. Needed in a
    /// browser, where this crate has no clock of its own; programs loaded later use it.
    pub fn with_clock(mut self, clock: Clock) -> Context {
        self.clock = Some(clock);
        self
    }

    /// Writes shaders for `target`, whatever the adapter is. Every adapter runs both kinds, so that tests
    /// and benchmarks can compare them.
    pub fn with_target(mut self, target: Target) -> Context {
        self.target = target;
        self
    }

    /// Whether the adapter is emulated by a CPU, which is many times slower than `tilde-cpu`.
    pub fn software(&self) -> bool {
        self.info.device_type == wgpu::DeviceType::Cpu
    }

    /// The adapter's name and driver, for people. Browsers report little of either.
    pub fn describe(&self) -> String {
        let name = match self.info.name.as_str() {
            "" => "WebGPU adapter",
            name => name,
        };
        format!("{name}{}", if self.software() { " (software)" } else { "" })
    }

    /// What failed as it does on a lost device. Whoever notices first says so: the browser's own report may
    /// come much later, and until then the device would be taken for a sound one.
    pub(crate) fn lost(&self, why: String) -> DeviceError {
        self.fault.set(why);
        DeviceError::Lost(self.fault.get().unwrap_or_default())
    }

    /// An error once the device is lost or has refused something.
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        match self.fault.get() {
            Some(why) => Err(DeviceError::Lost(why)),
            None => Ok(()),
        }
    }
}

/// The first thing that went wrong on a device. Nothing that runs afterwards can be trusted.
#[derive(Clone, Debug, Default)]
struct Fault(Arc<Mutex<Option<String>>>);

impl Fault {
    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, why: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    fn watch(&self, device: &wgpu::Device) {
        let fault = self.clone();
        device.set_device_lost_callback(move |reason, message| {
            fault.set(if message.is_empty() { format!("{reason:?}") } else { message });
        });
        let fault = self.clone();
        device.on_uncaptured_error(Arc::new(move |error| fault.set(error.to_string())));
    }
}

#[cfg(not(target_family = "wasm"))]
fn default_clock() -> Option<Clock> {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Some(|| START.elapsed().as_secs_f64() * 1e3)
}

/// There is no clock in the standard library there.
#[cfg(target_family = "wasm")]
fn default_clock() -> Option<Clock> {
    None
}
