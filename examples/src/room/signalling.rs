//! How one joins, in place of SIP: an offer in, an answer out, over a TCP connection of its own.
//!
//! The participant sends who it is and its offer, and closes its side:
//!
//! ```text
//! From: "Alice" <sip:alice@example.com>
//!
//! v=0
//! ...
//! ```
//!
//! The room sends a status of SIP, with 200 its address and the answer, and closes the connection:
//!
//! ```text
//! 200 OK
//! Room: <sip:room@192.0.2.7>
//!
//! v=0
//! ...
//! ```
//!
//! Lines end with CR LF. The session lives without this connection: it ends with the one that carries it, as there is no
//! BYE. Nothing here is protected: whoever can change it on its way can be between.

use std::fmt;
use std::io;

use msrp_cpim::{Address, AddressError};
use msrp_sdp::{Description, DescriptionError};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The most octets of what stands before a description.
const MAX_HEAD: usize = 4096;

/// What a participant sends.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Who it is.
    pub from: Address,
    /// What it offers.
    pub offer: Description,
}

/// What the room sends.
#[derive(Clone, Debug)]
pub enum Reply {
    /// 200: the participant may connect.
    Accepted {
        /// The address of the room.
        room: Address,
        /// What the room answers.
        answer: Description,
    },
    /// The participant is not let in.
    Refused(Status),
}

/// Why a participant is not let in: a status of SIP (RFC 3261 §21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// 400: what it sent cannot be read.
    BadRequest,
    /// 403: somebody else has that address, such as the room.
    Forbidden,
    /// 486: the room is full, or the user has too many sessions in it.
    Busy,
    /// 488: the offer does not fit a chat room, or not this one.
    NotAcceptable,
    /// 500: the room has failed.
    Internal,
    /// Any other.
    Other(u16),
}

/// Why the other side was not understood.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SignallingError {
    /// The address cannot be read.
    #[error("the address cannot be read")]
    Address(#[source] AddressError),
    /// The description cannot be read.
    #[error("the session description cannot be read")]
    Description(#[source] DescriptionError),
    /// What stands before the description cannot be read.
    #[error("not the signalling of a chat room")]
    Head,
    /// The connection has failed.
    #[error("the connection has failed")]
    Io(#[from] io::Error),
    /// More was sent than is taken.
    #[error("too much was sent")]
    TooLong,
}

impl Invitation {
    /// Sends it, and reads the reply.
    ///
    /// # Errors
    ///
    /// [`SignallingError`].
    pub async fn send(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
    ) -> Result<Reply, SignallingError> {
        let mut octets = format!("From: {}\r\n\r\n", self.from).into_bytes();
        self.offer.write(&mut octets);
        stream.write_all(&octets).await?;
        stream.shutdown().await?;
        Reply::parse(&read(stream).await?)
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`SignallingError`].
    pub async fn receive(stream: impl AsyncRead + Unpin) -> Result<Self, SignallingError> {
        let octets = read(stream).await?;
        let (lines, description) = split(&octets)?;
        let [line] = lines.as_slice() else {
            return Err(SignallingError::Head);
        };
        Ok(Self {
            from: address(line, "From: ")?,
            offer: Description::parse(description).map_err(SignallingError::Description)?,
        })
    }
}

impl Reply {
    /// Sends it, and closes this side of the connection.
    ///
    /// # Errors
    ///
    /// What the stream says.
    pub async fn send(&self, mut stream: impl AsyncWrite + Unpin) -> io::Result<()> {
        let octets = match self {
            Self::Accepted { room, answer } => {
                let mut octets = format!("200 OK\r\nRoom: {room}\r\n\r\n").into_bytes();
                answer.write(&mut octets);
                octets
            }
            Self::Refused(status) => format!("{status}\r\n\r\n").into_bytes(),
        };
        stream.write_all(&octets).await?;
        stream.shutdown().await
    }

    fn parse(octets: &[u8]) -> Result<Self, SignallingError> {
        let (lines, description) = split(octets)?;
        let status = lines.first().and_then(|line| line.get(..3)?.parse().ok());
        match (status.ok_or(SignallingError::Head)?, lines.as_slice()) {
            (200, [_, line]) => Ok(Self::Accepted {
                room: address(line, "Room: ")?,
                answer: Description::parse(description).map_err(SignallingError::Description)?,
            }),
            (200, _) => Err(SignallingError::Head),
            (code, _) => Ok(Self::Refused(Status::of(code))),
        }
    }
}

impl Status {
    fn of(code: u16) -> Self {
        match code {
            400 => Self::BadRequest,
            403 => Self::Forbidden,
            486 => Self::Busy,
            488 => Self::NotAcceptable,
            500 => Self::Internal,
            other => Self::Other(other),
        }
    }
}

/// As it is sent: `486 Busy Here`.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadRequest => f.write_str("400 Bad Request"),
            Self::Forbidden => f.write_str("403 Forbidden"),
            Self::Busy => f.write_str("486 Busy Here"),
            Self::NotAcceptable => f.write_str("488 Not Acceptable Here"),
            Self::Internal => f.write_str("500 Server Internal Error"),
            Self::Other(code) => write!(f, "{code:03} Refused"),
        }
    }
}

/// All that the other side sends.
async fn read(stream: impl AsyncRead + Unpin) -> Result<Vec<u8>, SignallingError> {
    let most = MAX_HEAD + Description::MAX_LEN;
    let mut octets = Vec::new();
    stream.take(most as u64 + 1).read_to_end(&mut octets).await?;
    if octets.len() > most {
        return Err(SignallingError::TooLong);
    }
    Ok(octets)
}

/// The lines up to the empty one, and what is behind it.
fn split(octets: &[u8]) -> Result<(Vec<&str>, &[u8]), SignallingError> {
    let most = octets.get(..MAX_HEAD).unwrap_or(octets);
    let end = most.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, rest) = octets.split_at(end.ok_or(SignallingError::Head)?);
    let head = std::str::from_utf8(head).map_err(|_| SignallingError::Head)?;
    Ok((head.split("\r\n").collect(), rest.get(4..).unwrap_or_default()))
}

fn address(line: &str, name: &str) -> Result<Address, SignallingError> {
    let value = line.strip_prefix(name).ok_or(SignallingError::Head)?;
    Address::parse(value).map_err(SignallingError::Address)
}
