//! What goes wrong, in words.

use std::time::Duration;

use msrp_proto::wire::{StatusCode, UriError};
use msrp_proto::{ConnectionError, SendErrorReason, SendFailure, TargetError};

use crate::tokio_driver::StreamError;

/// Why something was not delivered.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// What became of it on the wire; more is known when the connection has ended.
    Failed(SendFailure),
    /// Not even begun.
    NotTaken(SendErrorReason),
    /// The file could not be read.
    Read(String),
    Interrupted,
    /// An earlier one got no answer.
    NoAnswer,
    /// An earlier one made an end to the session.
    SessionOver(Option<StatusCode>),
}

impl Why {
    /// Whether more is known when the connection has ended.
    pub(crate) fn is_loss(&self) -> bool {
        matches!(
            self,
            Self::Failed(SendFailure::ConnectionLost)
                | Self::NotTaken(SendErrorReason::Closing)
                | Self::SessionOver(None)
        )
    }

    /// One line. `lost`: how the connection ended, if it has.
    pub(crate) fn in_words(&self, lost: Option<ConnectionError>, timeout: Duration) -> String {
        match self {
            Self::Failed(SendFailure::Refused(status)) => refused(*status),
            Self::Failed(SendFailure::ConnectionLost) => went_away(lost),
            Self::Failed(SendFailure::TimedOut) => {
                format!("no answer from the peer within {} s", timeout.as_secs())
            }
            Self::Failed(SendFailure::Unconfirmed) => {
                "sent, but the peer has not confirmed that it arrived whole".into()
            }
            Self::Failed(why) => why.to_string(),
            Self::NotTaken(SendErrorReason::TypeNotAccepted) => refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::NotTaken(SendErrorReason::Closing) => went_away(lost),
            Self::NotTaken(why) => why.to_string(),
            Self::Read(error) => format!("cannot be read: {error}"),
            Self::Interrupted => "interrupted".into(),
            Self::NoAnswer => "not sent: the peer does not answer".into(),
            Self::SessionOver(Some(status)) => format!("not sent: {}", refused(*status)),
            Self::SessionOver(None) => format!("not sent: {}", went_away(lost)),
        }
    }
}

impl From<StreamError> for Why {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Failed(SendFailure::Aborted) => Self::Read("it has become shorter".into()),
            StreamError::Failed(why) => Self::Failed(why),
            StreamError::Read(error) => Self::Read(error.to_string()),
            StreamError::Send(error) => Self::NotTaken(error.reason),
        }
    }
}

fn went_away(lost: Option<ConnectionError>) -> String {
    match lost {
        Some(ConnectionError::Framing(_)) => "the peer sent what is not MSRP".into(),
        _ => "the peer went away".into(),
    }
}

/// RFC 4975 §10.
fn refused(status: StatusCode) -> String {
    let meaning = match status.as_u16() {
        400 => "the peer calls it malformed",
        403 => "the peer does not allow it",
        413 => "the peer does not want it: too large, or nowhere to store it",
        415 => "the peer does not take this type",
        423 => "the peer wants other parameters",
        481 => "the peer knows no such session: the URI is mistyped, or no longer valid",
        506 => "the session is in use on another connection",
        _ => "the peer gave no reason that is known here",
    };
    format!("refused, {meaning} ({})", status.as_u16())
}

/// What helps with a URI that cannot be read.
pub(super) fn uri(error: UriError) -> &'static str {
    match error {
        UriError::Transport => " (is it in quotes? The shell takes a semicolon for the end of the command)",
        _ => "",
    }
}

/// Why there is nowhere to connect to.
pub(super) fn target(error: TargetError) -> &'static str {
    match error {
        TargetError::NoPort => "it has no port, and there is no default one",
        TargetError::UnsupportedTransport => "only the transport tcp is supported",
        TargetError::NotAHostName => "its host is no name that can be looked up",
        TargetError::Invalid => "a name under .invalid exists nowhere",
        _ => "there is nothing to connect to",
    }
}
