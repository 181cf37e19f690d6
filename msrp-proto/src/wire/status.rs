//! Status codes and the Status header (RFC 4975 §7.2, §9, §10).

use core::fmt;

use thiserror::Error;

use super::chars;

/// A three-digit code of a response or of a REPORT's Status header (RFC 4975 §10).
///
/// Any code from 000 to 999 can be read; what is not known counts by its first digit (ruling R-51).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusCode(u16);

impl StatusCode {
    /// 200: the transaction succeeded.
    pub const OK: Self = Self(200);
    /// 400: the request was unintelligible.
    pub const BAD_REQUEST: Self = Self(400);
    /// 401: credentials are required (RFC 4976 §10.3).
    pub const UNAUTHORIZED: Self = Self(401);
    /// 403: the action is not allowed; not to be tried again.
    pub const FORBIDDEN: Self = Self(403);
    /// 404: the recipient's URI could not be resolved (RFC 7701 §10.3).
    pub const NOT_FOUND: Self = Self(404);
    /// 408: a transaction further on did not complete in time. Never sent by an endpoint.
    pub const TIMEOUT: Self = Self(408);
    /// 413: stop sending this message.
    pub const STOP_SENDING: Self = Self(413);
    /// 415: the media type is not understood.
    pub const UNSUPPORTED_MEDIA_TYPE: Self = Self(415);
    /// 423: a parameter is out of bounds.
    pub const OUT_OF_BOUNDS: Self = Self(423);
    /// 424: the nickname is malformed (RFC 7701 §10.3).
    pub const MALFORMED_NICKNAME: Self = Self(424);
    /// 425: the nickname is reserved or in use (RFC 7701 §10.3).
    pub const NICKNAME_IN_USE: Self = Self(425);
    /// 428: private messages are not supported (RFC 7701 §10.3).
    pub const PRIVATE_MESSAGES_NOT_SUPPORTED: Self = Self(428);
    /// 481: there is no such session.
    pub const NO_SESSION: Self = Self(481);
    /// 501: the method is not understood.
    pub const UNKNOWN_METHOD: Self = Self(501);
    /// 506: the session is bound to another connection.
    pub const BOUND_ELSEWHERE: Self = Self(506);

    /// A code from 0 to 999; `None` for a greater number.
    pub const fn new(code: u16) -> Option<Self> {
        if code <= 999 { Some(Self(code)) } else { None }
    }

    /// The code as a number, 0 to 999.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// Whether the code says success: any 2xx (ruling R-51).
    pub const fn is_success(self) -> bool {
        self.0 / 100 == 2
    }

    /// The comment written behind the code where no other is given; empty for a code not known here.
    pub const fn comment(self) -> &'static str {
        match self.0 {
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Failure to resolve recipient's URI",
            408 => "Request Timeout",
            413 => "Stop Sending",
            415 => "Unsupported Media Type",
            423 => "Parameter Out Of Bounds",
            424 => "Malformed nickname",
            425 => "Nickname reserved or already in use",
            428 => "Private messages not supported",
            481 => "Session Does Not Exist",
            501 => "Unknown Method",
            506 => "Session Already In Use",
            _ => "",
        }
    }

    /// Three digits, as written on the wire.
    pub(super) const fn digits(self) -> [u8; 3] {
        [
            b'0' + (self.0 / 100) as u8,
            b'0' + (self.0 / 10 % 10) as u8,
            b'0' + (self.0 % 10) as u8,
        ]
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl fmt::Debug for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusCode({self})")
    }
}

/// The Status header of a REPORT: `namespace code [comment]`. `Debug` hides the comment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    /// 000 for the codes of RFC 4975 and its extensions; other namespaces have no meaning here.
    pub namespace: u16,
    /// What became of the range that the REPORT is about.
    pub code: StatusCode,
    /// Text for people: octets that should be UTF-8 (ruling R-17).
    pub comment: Option<&'a [u8]>,
}

impl<'a> Status<'a> {
    /// A status of namespace 000 with the usual comment.
    pub const fn new(code: StatusCode) -> Self {
        Self {
            namespace: 0,
            code,
            comment: None,
        }
    }

    /// Reads the value of a Status header.
    ///
    /// # Errors
    ///
    /// [`StatusError`] for anything but the grammar of RFC 4975 §9.
    pub fn parse(input: &'a [u8]) -> Result<Self, StatusError> {
        let (namespace, rest) = digits(input).ok_or(StatusError)?;
        let rest = rest.strip_prefix(b" ").ok_or(StatusError)?;
        let (code, comment) = parse_code(rest)?;
        Ok(Self {
            namespace,
            code,
            comment,
        })
    }
}

impl fmt::Debug for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({:03} {})", self.namespace, self.code)
    }
}

/// The value is no Status, or the start line is no status line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("illegal status")]
pub struct StatusError;

/// Reads `200`, `200 ` or `200 comment`: the end of a response's start line, and of a Status header.
pub(super) fn parse_code(input: &[u8]) -> Result<(StatusCode, Option<&[u8]>), StatusError> {
    let (code, rest) = digits(input).ok_or(StatusError)?;
    let comment = match rest {
        [] => None,
        [b' ', comment @ ..] if chars::is_text(comment) => Some(comment),
        _ => return Err(StatusError),
    };
    Ok((StatusCode(code), comment))
}

/// `3DIGIT`, and what is behind them.
fn digits(input: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = input.split_first_chunk::<3>()?;
    let append = |number, digit: &u8| number * 10 + u16::from(digit - b'0');
    let legal = digits.iter().all(u8::is_ascii_digit);
    legal.then(|| (digits.iter().fold(0, append), rest))
}
