//! Messages to send, and what refuses received ones.

use bytes::Bytes;
use msrp_multipart::{Disposition, MediaType};

use crate::wire::{FailureReport, Header, MessageId, StatusCode};

/// A message to send.
///
/// ```
/// use msrp_proto::{Body, MediaType, Message};
///
/// let text = Message::new(MediaType::new("text", "plain").unwrap(), "Hello");
/// let file = Message::new(
///     MediaType::new("application", "octet-stream").unwrap(),
///     Body::streamed(Some(64 << 20)),
/// )
/// .success_report(true);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Message {
    pub(crate) content_type: MediaType,
    pub(crate) body: Body,
    pub(crate) success_report: bool,
    pub(crate) failure_report: FailureReport,
    pub(crate) message_id: Option<MessageId>,
    /// Octets of the body that are not sent again.
    pub(crate) offset: u64,
    pub(crate) headers: Vec<Header>,
    pub(crate) bulk: Option<bool>,
    pub(crate) control: bool,
    /// Types inside the body.
    pub(crate) wrapped: Vec<MediaType>,
    pub(crate) exceeds: bool,
}

impl Message {
    /// A message of that type: no success report, every failure told, a generated Message-ID.
    pub fn new(content_type: MediaType, body: impl Into<Body>) -> Self {
        Self {
            content_type,
            body: body.into(),
            success_report: false,
            failure_report: FailureReport::Yes,
            message_id: None,
            offset: 0,
            headers: Vec::new(),
            bulk: None,
            control: false,
            wrapped: Vec::new(),
            exceeds: false,
        }
    }

    /// Whether the receiver shall report that it has received all of it (RFC 4975 §7.1.1).
    pub fn success_report(self, wanted: bool) -> Self {
        Self {
            success_report: wanted,
            ..self
        }
    }

    /// Which failures shall be told (RFC 4975 §7.1.1).
    pub fn failure_report(self, wanted: FailureReport) -> Self {
        Self {
            failure_report: wanted,
            ..self
        }
    }

    /// A Message-ID of one's own, which must be unique over all endpoints and all time. A message is sent again,
    /// whole, under the one it had.
    pub fn message_id(self, id: MessageId) -> Self {
        Self {
            message_id: Some(id),
            offset: 0,
            ..self
        }
    }

    /// Goes on with a message that was sent in part on a session that failed, from the octet `offset` on, counted
    /// from 0 (RFC 4975 §5.4); see [`Carry::unconfirmed`](crate::Carry::unconfirmed). The body is that of the
    /// whole message: of one at hand the first `offset` octets are left out, a streamed one is asked for from
    /// there on. They count as acknowledged and reported. If they are all octets there are, the last one is
    /// sent again, since it takes a chunk to say that the message has ended.
    ///
    /// [`Session::send`](crate::Session::send) refuses an `offset` behind the end of the body.
    pub fn resume(self, id: MessageId, offset: u64) -> Self {
        Self {
            message_id: Some(id),
            offset,
            ..self
        }
    }

    /// What the receiver is to do with the message (RFC 4975 §7.1.1). By default nothing is said, which means
    /// `render`. It is written on every chunk, since any of them may arrive first.
    ///
    /// ```
    /// # use msrp_proto::{Body, Disposition, MediaType, Message};
    /// # fn offer(name: &str, len: u64) -> Result<Message, Box<dyn std::error::Error>> {
    /// let file = Message::new(MediaType::new("image", "jpeg")?, Body::streamed(Some(len)))
    ///     .disposition(&Disposition::attachment().with_file_name(name).with_size(len));
    /// # Ok(file)
    /// # }
    /// ```
    pub fn disposition(mut self, disposition: &Disposition) -> Self {
        let name = "Content-Disposition";
        let header = Header::new(name, &disposition.to_string());
        self.headers
            .retain(|header| !header.name().eq_ignore_ascii_case(name));
        self.header(header.expect("a disposition is written without control characters"))
    }

    /// A further header, written on every chunk.
    pub fn header(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// Whether the message gives way to interactive ones of its session. By default streamed messages and
    /// those over 16 KiB do; the others leave in the order in which they were queued.
    pub fn bulk(self, bulk: bool) -> Self {
        Self {
            bulk: Some(bulk),
            ..self
        }
    }

    /// Marks a control message, such as a disposition notification: the direction agreed upon does not
    /// hold it back (RFC 4975 §8.9).
    pub fn control(self) -> Self {
        Self {
            control: true,
            ..self
        }
    }

    /// Says that the body is a container with content of that type in it, such as text inside `message/cpim`;
    /// once for each type inside, at whatever depth. [`Session::send`](crate::Session::send) takes the message
    /// only if the peer accepts them there (RFC 4975 §8.6). Nothing of it is written.
    pub fn wraps(mut self, media_type: MediaType) -> Self {
        self.wrapped.push(media_type);
        self
    }

    /// Whether the message is sent though it is longer than the peer wants, against the advice of RFC 4975
    /// §8.6: for peers whose `max-size` is known to be wrong. Default: false.
    pub fn exceed_max_size(self, exceed: bool) -> Self {
        Self {
            exceeds: exceed,
            ..self
        }
    }

    pub(crate) fn is_bulk(&self) -> bool {
        self.bulk.unwrap_or(match &self.body.0 {
            BodyKind::Whole(octets) => octets.len() > INTERACTIVE,
            BodyKind::Streamed(_) => true,
        })
    }
}

/// Messages up to this size are interactive by default.
const INTERACTIVE: usize = 16 * 1024;

/// The body of a message to send: octets at hand, or streamed. `Debug` does not show the octets.
#[derive(Clone)]
pub struct Body(pub(crate) BodyKind);

#[derive(Clone)]
pub(crate) enum BodyKind {
    Whole(Bytes),
    Streamed(Option<u64>),
}

impl Body {
    /// A body that the application writes when asked by
    /// [`OutgoingEvent::BodyWanted`](crate::OutgoingEvent::BodyWanted), of so many octets if that is
    /// known beforehand.
    pub const fn streamed(len: Option<u64>) -> Self {
        Self(BodyKind::Streamed(len))
    }
}

impl From<Bytes> for Body {
    fn from(octets: Bytes) -> Self {
        Self(BodyKind::Whole(octets))
    }
}

impl From<Vec<u8>> for Body {
    fn from(octets: Vec<u8>) -> Self {
        Bytes::from(octets).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(octets: &'static [u8]) -> Self {
        Bytes::from_static(octets).into()
    }
}

impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.0 {
            BodyKind::Whole(octets) => write!(f, "Body({} octets)", octets.len()),
            BodyKind::Streamed(len) => write!(f, "Body(streamed, {len:?})"),
        }
    }
}

/// With which status a message is refused: any but success, 408, which no endpoint sends (RFC 4975
/// §10.4), and 501, which is never given for SEND (RFC 4975 §10.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(StatusCode);

impl Refusal {
    /// 506: the session is bound to another connection (RFC 4975 §10.10).
    pub const BOUND_ELSEWHERE: Self = Self(StatusCode::BOUND_ELSEWHERE);
    /// 403: not allowed.
    pub const FORBIDDEN: Self = Self(StatusCode::FORBIDDEN);
    /// 481: there is no such session (RFC 4975 §10.8).
    pub const NO_SESSION: Self = Self(StatusCode::NO_SESSION);
    /// 413: not wanted, or too long.
    pub const STOP_SENDING: Self = Self(StatusCode::STOP_SENDING);
    /// 415: the type is not understood.
    pub const UNSUPPORTED_MEDIA_TYPE: Self = Self(StatusCode::UNSUPPORTED_MEDIA_TYPE);

    /// A refusal with that status; `None` if it cannot refuse.
    pub const fn new(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            200..=299 | 408 | 501 => None,
            _ => Some(Self(status)),
        }
    }

    /// The status.
    pub const fn status(self) -> StatusCode {
        self.0
    }
}
