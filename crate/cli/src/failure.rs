//! Why a command stopped.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use tilde_models::Error;

/// A sentence for the user, and whose turn it is.
#[derive(Debug)]
pub enum Failure {
    /// The command line asks for something that there is not: exit code 2.
    Usage(String),
    /// It could not be done: exit code 1.
    Failed(String),
    /// Whoever read the output has gone, as `head` does: nothing is wrong.
    Unread,
}

impl Failure {
    /// A file that could not be read or written.
    pub fn file(path: &Path, verb: &str, why: &dyn std::fmt::Display) -> Failure {
        Failure::Failed(format!(
            "{} could not be {verb}: {why}. Check its name and your rights to it.",
            path.display()
        ))
    }

    /// What to say.
    pub fn message(&self) -> Option<&str> {
        match self {
            Failure::Usage(message) | Failure::Failed(message) => Some(message),
            Failure::Unread => None,
        }
    }

    /// What the shell is told.
    pub fn code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            Failure::Failed(_) => ExitCode::FAILURE,
            Failure::Unread => ExitCode::SUCCESS,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::UnknownExhibit(message) | Error::BadSetting(message) => Failure::Usage(message),
            _ => Failure::Failed(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    /// For writing to standard output; files go through [`Failure::file`].
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Unread,
            _ => Failure::Failed(format!("The output could not be written: {error}.")),
        }
    }
}
