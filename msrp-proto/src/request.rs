//! Requests other than SEND and REPORT, both ways, and what answers them.

use core::fmt;

use bytes::Bytes;
use msrp_multipart::MediaType;

use crate::event::Octets;
use crate::message::Refusal;
use crate::slots::Key;
use crate::wire::{Head, Header, Method, StatusCode};

/// A request to send that is neither SEND nor REPORT, for [`Session::request`](crate::Session::request). It
/// has neither Message-ID nor Success-Report nor Failure-Report, and goes as one piece.
///
/// ```
/// use msrp_proto::Request;
/// use msrp_proto::wire::{Header, Method, OtherMethod};
///
/// let method = Method::Other(OtherMethod::new("VOTE").unwrap());
/// let vote = Request::new(method).header(Header::new("Subject", "lunch").unwrap());
/// ```
///
/// `Debug` does not show the octets of the body.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<(MediaType, Bytes)>,
}

impl Request {
    /// A request of that method, without a body.
    pub const fn new(method: Method) -> Self {
        Self {
            method,
            headers: Vec::new(),
            body: None,
        }
    }

    /// A further header.
    pub fn header(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// A body, of at most 10240 octets (RFC 4975 §7.1).
    pub fn body(self, content_type: MediaType, body: impl Into<Bytes>) -> Self {
        Self {
            body: Some((content_type, body.into())),
            ..self
        }
    }

    /// The method.
    pub const fn method(&self) -> &Method {
        &self.method
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("body", &self.body.as_ref().map(|(_, body)| Octets(body.len())))
            .finish()
    }
}

/// A request of the peer, of a method that the application has declared by
/// [`Config::methods`](crate::Config::methods). It is the ticket to answer it with
/// [`Connection::respond`](crate::Connection::respond), once.
///
/// Left alone it lapses after [`Config::respond_timeout`](crate::Config::respond_timeout). When its session ends
/// before, it is answered with 481. One that is over before its event is taken is not told. `Debug` shows neither
/// values of headers nor the body.
pub struct InboundRequest {
    pub(crate) key: Key,
    pub(crate) head: Box<Head>,
    pub(crate) body: Option<Bytes>,
}

impl InboundRequest {
    /// The method.
    pub fn method(&self) -> Option<&Method> {
        self.head.method()
    }

    /// The value of the first header of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.head.header(name)
    }

    /// The head as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The media type of the body.
    pub fn content_type(&self) -> Option<MediaType> {
        self.head.content_type()
    }

    /// The body, of at most 10240 octets; `None` where there is none, which an empty one is not.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

impl fmt::Debug for InboundRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundRequest")
            .field("key", &self.key)
            .field("head", &self.head)
            .field("body", &self.body.as_ref().map(|body| Octets(body.len())))
            .finish()
    }
}

/// What the application answers a request with. A response has no body (RFC 4975 §7.2). `Debug` does not show
/// the comment.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) more: Option<Box<More>>,
}

/// What few responses have.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct More {
    pub(crate) comment: Option<Box<str>>,
    pub(crate) headers: Vec<Header>,
}

impl More {
    /// Octets of the lines of all headers.
    pub(crate) fn headers_len(&self) -> usize {
        self.headers.iter().map(Header::len).sum()
    }
}

impl Response {
    /// 200, with the usual comment.
    pub const OK: Self = Self {
        status: StatusCode::OK,
        more: None,
    };

    /// A response with that status and the usual comment. `None` for 408, which no endpoint sends (RFC 4975
    /// §10.4).
    pub const fn new(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            408 => None,
            _ => Some(Self { status, more: None }),
        }
    }

    /// Another comment than the usual one, for people; an empty one writes none. One with a control character
    /// in it is not written: the usual one is.
    pub fn comment(mut self, comment: &str) -> Self {
        let legal = !comment.contains(|c: char| c.is_ascii_control() && c != '\t');
        self.more.get_or_insert_default().comment = legal.then(|| comment.into());
        self
    }

    /// A further header. MIME headers, whose names begin with `Content-`, are left out: there is no body.
    pub fn header(mut self, header: Header) -> Self {
        if !header.is_mime() {
            self.more.get_or_insert_default().headers.push(header);
        }
        self
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status(),
            more: None,
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = self.more.as_ref().map_or(&[][..], |more| &more.headers);
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// What the peer has answered a request with: any status, also one that refuses. A 408 says that the request
/// has probably not arrived (RFC 4975 §10.4). `Debug` shows neither the comment nor values of headers.
#[derive(Clone)]
pub struct Reply {
    pub(crate) head: Box<Head>,
    pub(crate) status: StatusCode,
}

impl Reply {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the peer adds for people, if it is text (ruling R-17).
    pub fn comment(&self) -> Option<&str> {
        core::str::from_utf8(self.head.comment()?).ok()
    }

    /// The value of the first header of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.head.header(name)
    }

    /// The head as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.status).finish()
    }
}
