//! What became of a message (RFC 5438 §5).

use std::fmt;

/// What is reported about a message: the type of the report and the state.
///
/// A state is one of its type: that a message was displayed cannot be said in a delivery notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// A delivery notification (RFC 5438 §5.1).
    Delivery(DeliveryStatus),
    /// A processing notification, which only an intermediary makes (RFC 5438 §5.2).
    Processing(ProcessingStatus),
    /// A display notification (RFC 5438 §5.3).
    Display(DisplayStatus),
}

/// Whether a message was delivered (RFC 5438 §5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// It was delivered.
    Delivered,
    /// It could not be delivered.
    Failed,
    /// The sender is not to know.
    Forbidden,
    /// What became of it cannot be determined.
    Error,
    /// A state of another specification.
    Unknown(UnknownStatus),
}

/// What an intermediary did with a message (RFC 5438 §5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessingStatus {
    /// The intermediary did what it is there for.
    Processed,
    /// It was stored for later delivery.
    Stored,
    /// The sender is not to know.
    Forbidden,
    /// What became of it cannot be determined.
    Error,
    /// A state of another specification.
    Unknown(UnknownStatus),
}

/// Whether a message was shown to the user, or began to be played (RFC 5438 §5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisplayStatus {
    /// It was shown.
    Displayed,
    /// The sender is not to know.
    Forbidden,
    /// What became of it cannot be determined.
    Error,
    /// A state of another specification.
    Unknown(UnknownStatus),
}

/// A state that RFC 5438 does not have. Only reading a document makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStatus {
    namespace: Box<str>,
    name: Box<str>,
}

impl UnknownStatus {
    pub(super) fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The namespace of its element; empty if that is in none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether its element is one that a document may have (RFC 5438 §11.1.9).
    pub(super) fn can_be_written(&self) -> bool {
        let taken = [
            "",
            "http://www.w3.org/XML/1998/namespace",
            super::document::NAMESPACE,
        ];
        !taken.contains(&&*self.namespace)
    }

    /// The name of its element, without prefix.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The type and the state, as in `display: displayed`.
impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, state) = match self {
            Self::Delivery(status) => ("delivery", status.name()),
            Self::Processing(status) => ("processing", status.name()),
            Self::Display(status) => ("display", status.name()),
        };
        let state = state.unwrap_or_else(UnknownStatus::name);
        write!(f, "{kind}: {state}")
    }
}

/// How the states of a type are called in the document.
pub(super) trait Status: Sized {
    fn from_name(name: &str) -> Option<Self>;
    fn unknown(status: UnknownStatus) -> Self;
    /// The name of the element.
    ///
    /// # Errors
    ///
    /// The status itself if it is unknown.
    fn name(&self) -> Result<&'static str, &UnknownStatus>;
}

macro_rules! status {
    ($type:ident: $($state:ident $name:literal),+) => {
        impl Status for $type {
            fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$state),)+
                    _ => None,
                }
            }

            fn unknown(status: UnknownStatus) -> Self {
                Self::Unknown(status)
            }

            fn name(&self) -> Result<&'static str, &UnknownStatus> {
                match self {
                    $(Self::$state => Ok($name),)+
                    Self::Unknown(status) => Err(status),
                }
            }
        }
    };
}

status!(DeliveryStatus: Delivered "delivered", Failed "failed", Forbidden "forbidden", Error "error");
status!(ProcessingStatus: Processed "processed", Stored "stored", Forbidden "forbidden", Error "error");
status!(DisplayStatus: Displayed "displayed", Forbidden "forbidden", Error "error");

/// Whether RFC 5438 has a state of that name, be it of another type.
pub(super) fn is_state(name: &str) -> bool {
    DeliveryStatus::from_name(name).is_some()
        || ProcessingStatus::from_name(name).is_some()
        || DisplayStatus::from_name(name).is_some()
}
