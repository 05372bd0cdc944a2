//! Errors as the user reads them: what was tried, what went wrong, what to do next.

use std::fmt;

/// See the module's documentation. Displays as one to three lines.
#[derive(Debug)]
pub struct Error {
    tried: String,
    cause: String,
    advice: Option<String>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// `tried` completes "cannot …", `cause` says why not.
    pub fn new(tried: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { tried: tried.into(), cause: cause.to_string(), advice: None }
    }

    /// Adds what the user can do about it.
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.tried, self.cause)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// Turns any error into an [`Error`] that says what was tried.
pub trait ResultExt<T> {
    /// `tried` completes "cannot …"; it is only built on failure.
    fn tried<S: Into<String>>(self, tried: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: fmt::Display> ResultExt<T> for std::result::Result<T, E> {
    fn tried<S: Into<String>>(self, tried: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|cause| Error::new(tried(), cause))
    }
}
