use thiserror::Error;

/// Why a switch does not pass on a message (RFC 7701 §6): with which status it refuses it.
///
/// Not passing it on is what a refusal is; whether there is a response is up to Failure-Report (ruling S18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum ChatRefusal {
    /// 415: it is no message/cpim (RFC 7701 §6.3). The sender should send nothing more of its type (RFC 4975 §10.6).
    #[error("not a message/cpim")]
    NotCpim,
    /// 400: it is said to be a message/cpim, and cannot be read as one (ruling S30).
    #[error("damaged message/cpim")]
    Damaged,
    /// 403: From is none of the URIs of the session that it came on, or there is not exactly one (RFC 7701 §6.1,
    /// §6.3).
    #[error("From is not the sender")]
    NotSender,
    /// 403: there is more than one To, or none (RFC 7701 §6.1, §6.2; ruling S15).
    #[error("not exactly one To")]
    NotOneRecipient,
    /// 404: To is neither the room nor a participant (RFC 7701 §6.2).
    #[error("the recipient is not in the room")]
    NoSuchRecipient,
    /// 428: the recipient takes no private messages (RFC 7701 §6.2).
    #[error("the recipient takes no private messages")]
    PrivateMessagesNotSupported,
}

impl ChatRefusal {
    /// The status, of a response or in a REPORT.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotCpim => 415,
            Self::Damaged => 400,
            Self::NotSender | Self::NotOneRecipient => 403,
            Self::NoSuchRecipient => 404,
            Self::PrivateMessagesNotSupported => 428,
        }
    }

    /// What the status means, for people, as the RFCs name it.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::NotCpim => "Unsupported Media Type",
            Self::Damaged => "Bad Request",
            Self::NotSender | Self::NotOneRecipient => "Forbidden",
            Self::NoSuchRecipient => "Failure to resolve recipient's URI",
            Self::PrivateMessagesNotSupported => "Private messages not supported",
        }
    }
}
