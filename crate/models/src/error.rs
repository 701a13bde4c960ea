//! Why an exhibit could not do what it was asked.

use alloc::format;
use alloc::string::String;
use core::fmt;
use tilde_graph::{DeviceError, GraphError};

/// An error with a stable [`code`](Error::code) and a message that says what to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No exhibit of that id.
    UnknownExhibit(String),
    /// A setting that does not exist, is not a number, or is out of range.
    BadSetting(String),
    /// Data, an action or a request of the wrong shape or size.
    BadData(String),
    /// A file that is not what it should be.
    BadFile(String),
    /// Training left the finite numbers.
    NotFinite(String),
    /// It would not fit.
    OutOfMemory(String),
    /// The device went away.
    DeviceLost(String),
    /// It was stopped: nobody waits for the answer any more.
    Aborted,
}

impl Error {
    /// The stable code of the library: `unknown-exhibit`, `bad-setting`, `bad-data`, `bad-file`,
    /// `not-finite`, `out-of-memory`, `device-lost` or `aborted`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::UnknownExhibit(_) => "unknown-exhibit",
            Error::BadSetting(_) => "bad-setting",
            Error::BadData(_) => "bad-data",
            Error::BadFile(_) => "bad-file",
            Error::NotFinite(_) => "not-finite",
            Error::OutOfMemory(_) => "out-of-memory",
            Error::DeviceLost(_) => "device-lost",
            Error::Aborted => "aborted",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnknownExhibit(m)
            | Error::BadSetting(m)
            | Error::BadData(m)
            | Error::BadFile(m)
            | Error::NotFinite(m)
            | Error::OutOfMemory(m)
            | Error::DeviceLost(m) => f.write_str(m),
            Error::Aborted => f.write_str("It was stopped."),
        }
    }
}

impl core::error::Error for Error {}

impl From<DeviceError> for Error {
    fn from(error: DeviceError) -> Error {
        match error {
            DeviceError::OutOfMemory { needed, limit } => Error::OutOfMemory(format!(
                "The model needs {needed} bytes where the device allows {limit}. Choose a smaller model or less data."
            )),
            DeviceError::Lost(why) => {
                Error::DeviceLost(format!("The device was lost ({why}). Open the exhibit again."))
            }
            DeviceError::Stopped => Error::Aborted,
            DeviceError::Unavailable(why) => {
                Error::DeviceLost(format!("No such device here ({why}). Choose another backend."))
            }
        }
    }
}

impl From<GraphError> for Error {
    /// A program is built from settings: where it does not fit together, they are at fault.
    fn from(error: GraphError) -> Error {
        Error::BadSetting(format!("The networks do not fit together: {error}."))
    }
}
