//! Why no connection could be made.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

/// How long an address has to answer, if there is nothing else said.
pub const ADDRESS_PATIENCE: Duration = Duration::from_secs(10);

/// Why no connection could be made to a target.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// The name has no address, or could not be looked up.
    #[error("the name could not be looked up: {0}")]
    Lookup(#[source] io::Error),
    /// None of the addresses took the connection.
    #[error("no address could be connected to{}", Listed(.0))]
    NoneAnswered(Vec<Attempt>),
    /// The name says that it has no such service (RFC 2782).
    #[error("there is no such service")]
    Service,
}

/// An address, and why there is no connection to it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// What the operating system said, or [`io::ErrorKind::TimedOut`].
    pub error: io::Error,
}

impl Unreachable {
    /// What was said of the last address, or of the name.
    pub fn kind(&self) -> io::ErrorKind {
        match self {
            Self::Lookup(error) => error.kind(),
            Self::NoneAnswered(attempts) => {
                let last = attempts.last();
                last.map_or(io::ErrorKind::NotFound, |attempt| attempt.error.kind())
            }
            Self::Service => io::ErrorKind::NotFound,
        }
    }
}

impl From<Unreachable> for io::Error {
    fn from(error: Unreachable) -> Self {
        Self::new(error.kind(), error)
    }
}

struct Listed<'a>(&'a [Attempt]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = ": ";
        for Attempt { address, error } in self.0 {
            write!(f, "{separator}{address}: {error}")?;
            separator = "; ";
        }
        Ok(())
    }
}
