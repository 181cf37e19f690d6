//! The ids of SCTP streams: whose they are, and which are free (RFC 8864 §6.1).

use std::collections::BTreeSet;

use thiserror::Error;

/// Never a channel (RFC 8832 §6).
pub(super) const RESERVED: u16 = 65_535;

/// Why a stream cannot become a channel of the peer. Its channel is refused, or closed (RFC 8864 §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StreamIdError {
    /// It is one of ours: even for the DTLS client, odd for the server. 65535 is nobody's.
    #[error("not a stream id of the peer")]
    NotTheirs,
    /// It is in use.
    #[error("the stream is in use")]
    InUse,
}

/// The stream ids of one association that are in use, by whatever protocol and negotiated in whatever way, and those
/// that this side may use next: even ones for the DTLS client, odd ones for the server (RFC 8864 §6.1).
///
/// A side that offers `setup:actpass` before there is an association does not know yet which of them it will be; the
/// samples of RFC 8864 and RFC 8873 have it use even ids.
///
/// ```
/// use msrp_sdp::StreamIds;
///
/// let mut ids = StreamIds::of_client();
/// assert_eq!((ids.draw(), ids.draw()), (Some(0), Some(2)));
/// ids.release(0); // its channel is closed
/// assert_eq!(ids.draw(), Some(0));
/// ids.occupy(1)?; // a channel that the peer has offered
/// # Ok::<(), msrp_sdp::StreamIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamIds {
    first: u16,
    used: BTreeSet<u16>,
}

impl StreamIds {
    /// Those of the DTLS client.
    pub const fn of_client() -> Self {
        Self::starting(0)
    }

    /// Those of the DTLS server.
    pub const fn of_server() -> Self {
        Self::starting(1)
    }

    const fn starting(first: u16) -> Self {
        Self {
            first,
            used: BTreeSet::new(),
        }
    }

    /// The lowest id of this side that is free, which is in use from now on. `None` if all are in use.
    pub fn draw(&mut self) -> Option<u16> {
        let free = (self.first..RESERVED)
            .step_by(2)
            .find(|stream| !self.used.contains(stream))?;
        self.used.insert(free);
        Some(free)
    }

    /// Marks an id of this side that is used for something else, such as a channel opened with DCEP (RFC 8832). Tells
    /// whether it was free.
    pub fn reserve(&mut self, stream: u16) -> bool {
        self.used.insert(stream)
    }

    /// Marks the id of a channel that the peer opens.
    ///
    /// # Errors
    ///
    /// A [`StreamIdError`] if the peer must not use it.
    pub fn occupy(&mut self, stream: u16) -> Result<(), StreamIdError> {
        if stream == RESERVED || stream % 2 == self.first {
            Err(StreamIdError::NotTheirs)
        } else if self.used.insert(stream) {
            Ok(())
        } else {
            Err(StreamIdError::InUse)
        }
    }

    /// Marks an id as free: the exchange that closed its channel is complete (RFC 8864 §6.6.1).
    pub fn release(&mut self, stream: u16) {
        self.used.remove(&stream);
    }
}

/// The stream id that a value begins with, and what stands behind SP.
pub(super) fn split(value: &[u8]) -> Option<(u16, Option<&[u8]>)> {
    let mut parts = value.splitn(2, |octet| *octet == b' ');
    let digits = parts.next()?;
    let is_id = (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let stream = str::from_utf8(digits)
        .ok()
        .filter(|_| is_id)?
        .parse()
        .ok()
        .filter(|stream| *stream != RESERVED)?;
    Some((stream, parts.next()))
}
