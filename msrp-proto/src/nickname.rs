//! Nicknames in chat rooms, and the NICKNAME request (RFC 7701 §7).

use core::fmt;

use thiserror::Error;

use crate::error::RequestErrorReason;
use crate::message::Refusal;
use crate::request::{InboundRequest, Request, Response};
use crate::wire::{Head, Header, Method, StatusCode};

/// By what a participant of a chat room wants to be known there: 1 to 1023 octets of UTF-8 without control
/// octets but HTAB (RFC 7701 §7.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nickname(Box<str>);

impl Nickname {
    /// The most octets of a nickname, those that escape others not counted (ruling S14).
    pub const MAX_LEN: usize = 1023;

    /// A nickname.
    ///
    /// # Errors
    ///
    /// [`NicknameError`] if it is empty, too long, or has a control octet in it.
    pub fn new(nickname: &str) -> Result<Self, NicknameError> {
        if nickname.is_empty() {
            return Err(NicknameError::Empty);
        }
        if nickname.len() > Self::MAX_LEN {
            return Err(NicknameError::TooLong);
        }
        if nickname.contains(|c: char| c.is_ascii_control() && c != '\t') {
            return Err(NicknameError::Illegal);
        }
        Ok(Self(nickname.into()))
    }

    /// The nickname, nothing in it escaped.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a nickname is not one.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NicknameError {
    /// It has no octets: that gives a nickname up ([`UseNickname::Remove`]).
    #[error("empty nickname")]
    Empty,
    /// It has a control octet in it, or is not UTF-8.
    #[error("illegal nickname")]
    Illegal,
    /// Its value is no quoted string, or has another escape in it than `\\` and `\"`.
    #[error("not a quoted string")]
    Quoting,
    /// It has more than 1023 octets.
    #[error("nickname too long")]
    TooLong,
}

/// What a NICKNAME request asks for: the value of its header Use-Nickname (RFC 7701 §7.1, §7.3).
///
/// ```
/// use msrp_proto::{Nickname, UseNickname};
///
/// let wanted = UseNickname::Take(Nickname::new("Alice \"the great\"").unwrap());
/// assert_eq!(wanted.to_string(), r#""Alice \"the great\"""#);
/// assert_eq!(UseNickname::parse(wanted.to_string().as_bytes()), Ok(wanted));
/// ```
///
/// `Display` writes the header's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UseNickname {
    /// The nickname that is had is given up: `""`.
    Remove,
    /// A nickname, which takes the place of the one that is had.
    Take(Nickname),
}

/// What is wrong with a NICKNAME request though it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NicknameDeviation {
    /// It has a body.
    Body,
    /// It has Success-Report or Failure-Report (RFC 7701 §7.1). They are not heeded.
    ReportHeader,
}

impl UseNickname {
    /// Reads the value of Use-Nickname: a quoted string, with `\\` and `\"` as its only escapes.
    ///
    /// # Errors
    ///
    /// [`NicknameError`] for anything else, and what is no nickname.
    pub fn parse(value: &[u8]) -> Result<Self, NicknameError> {
        let quoted = value
            .strip_prefix(b"\"")
            .and_then(|rest| rest.strip_suffix(b"\""));
        let quoted = quoted.ok_or(NicknameError::Quoting)?;
        let mut octets = Vec::with_capacity(quoted.len());
        let mut rest = quoted.iter();
        while let Some(&octet) = rest.next() {
            octets.push(match octet {
                b'\\' => match rest.next() {
                    Some(&escaped @ (b'\\' | b'"')) => escaped,
                    _ => return Err(NicknameError::Quoting),
                },
                b'"' => return Err(NicknameError::Quoting),
                octet => octet,
            });
        }
        if octets.is_empty() {
            return Ok(Self::Remove);
        }
        let nickname = core::str::from_utf8(&octets).map_err(|_| NicknameError::Illegal)?;
        Nickname::new(nickname).map(Self::Take)
    }

    /// What a NICKNAME request asks for.
    ///
    /// # Errors
    ///
    /// What the request is to be answered with: [`NicknameRefusal::BadRequest`] if Use-Nickname is missing or stands
    /// twice (ruling S15), [`NicknameRefusal::Malformed`] if its value cannot be read.
    pub fn of(request: &InboundRequest) -> Result<Self, NicknameRefusal> {
        Self::of_with_deviations(request).map(|(wanted, _)| wanted)
    }

    /// As [`of`](Self::of), and what is wrong with the request nevertheless.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn of_with_deviations(
        request: &InboundRequest,
    ) -> Result<(Self, Vec<NicknameDeviation>), NicknameRefusal> {
        let head = request.head();
        let mut values = head
            .headers()
            .filter(|(name, _)| name.eq_ignore_ascii_case(HEADER.as_bytes()))
            .map(|(_, value)| value);
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(NicknameRefusal::BadRequest);
        };
        let wanted = Self::parse(value).map_err(|_| NicknameRefusal::Malformed)?;
        let found = [
            (head.has_body(), NicknameDeviation::Body),
            (
                head.success_report().is_some() || head.failure_report().is_some(),
                NicknameDeviation::ReportHeader,
            ),
        ];
        let deviations = found
            .into_iter()
            .filter(|(found, _)| *found)
            .map(|(_, what)| what);
        Ok((wanted, deviations.collect()))
    }

    /// The request that asks for it.
    ///
    /// ```
    /// # use msrp_proto::{Nickname, RequestError, RequestId, Session, UseNickname};
    /// # fn ask(mut session: Session<'_>, name: Nickname) -> Result<RequestId, RequestError> {
    /// session.request(UseNickname::Take(name).to_request())
    /// # }
    /// ```
    pub fn to_request(&self) -> Request {
        let header = Header::new(HEADER, &self.to_string());
        Request::new(Method::Nickname).header(header.expect("a quoted string without control characters"))
    }
}

impl fmt::Display for UseNickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nickname = match self {
            Self::Remove => "",
            Self::Take(nickname) => nickname.as_str(),
        };
        f.write_str("\"")?;
        for part in nickname.split_inclusive(['"', '\\']) {
            let (plain, escaped) = match part.strip_suffix(['"', '\\']) {
                Some(plain) => part.split_at(plain.len()),
                None => (part, ""),
            };
            f.write_str(plain)?;
            if !escaped.is_empty() {
                write!(f, "\\{escaped}")?;
            }
        }
        f.write_str("\"")
    }
}

/// Why a NICKNAME request is refused (RFC 7701 §7.1, §10.3).
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NicknameRefusal {
    /// 400: the request has no Use-Nickname, or more than one.
    #[error("unintelligible request")]
    BadRequest,
    /// 403: the policy of the room does not allow it.
    #[error("nicknames are not allowed here")]
    Forbidden,
    /// 425: the nickname is reserved, or another user has it. Another one may do.
    #[error("reserved or already in use")]
    InUse,
    /// 424: what was asked for is no nickname. Another one may do.
    #[error("malformed nickname")]
    Malformed,
    /// 501: the peer knows no nicknames.
    #[error("nicknames are not supported")]
    NotSupported,
    /// 423: a parameter is out of bounds, such as the length of the nickname.
    #[error("out of bounds")]
    OutOfBounds,
    /// Any other status.
    #[error("refused with {0}")]
    Other(StatusCode),
}

impl NicknameRefusal {
    /// What the status of an answer to NICKNAME says; `None` if it is success: from then on the nickname is
    /// valid, and the one before is not. After a refusal that one stays in effect (RFC 7701 §7.2).
    pub const fn of(status: StatusCode) -> Option<Self> {
        if status.is_success() {
            return None;
        }
        Some(match status {
            StatusCode::BAD_REQUEST => Self::BadRequest,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::OUT_OF_BOUNDS => Self::OutOfBounds,
            StatusCode::MALFORMED_NICKNAME => Self::Malformed,
            StatusCode::NICKNAME_IN_USE => Self::InUse,
            StatusCode::UNKNOWN_METHOD => Self::NotSupported,
            other => Self::Other(other),
        })
    }

    /// The status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::OutOfBounds => StatusCode::OUT_OF_BOUNDS,
            Self::Malformed => StatusCode::MALFORMED_NICKNAME,
            Self::InUse => StatusCode::NICKNAME_IN_USE,
            Self::NotSupported => StatusCode::UNKNOWN_METHOD,
            Self::Other(status) => status,
        }
    }

    /// The response that says so. `None` only for a 408 that was received (RFC 4975 §10.4).
    pub const fn to_response(self) -> Option<Response> {
        Response::new(self.status())
    }
}

impl Refusal {
    /// 404: the recipient of a private message is not in the room (RFC 7701 §6.2, §10.3).
    pub const NOT_FOUND: Self = Self::of_chat(StatusCode::NOT_FOUND);
    /// 423: a parameter is out of bounds (RFC 4975 §10.7).
    pub const OUT_OF_BOUNDS: Self = Self::of_chat(StatusCode::OUT_OF_BOUNDS);
    /// 428: the recipient takes no private messages (RFC 7701 §6.2, §10.3).
    pub const PRIVATE_MESSAGES_NOT_SUPPORTED: Self =
        Self::of_chat(StatusCode::PRIVATE_MESSAGES_NOT_SUPPORTED);

    const fn of_chat(status: StatusCode) -> Self {
        match Self::new(status) {
            Some(refusal) => refusal,
            None => Self::FORBIDDEN,
        }
    }
}

/// Whether a NICKNAME request may be sent: one Use-Nickname, with a legal value, and no body.
pub(crate) fn check(request: &Request) -> Result<(), RequestErrorReason> {
    let mut values = request
        .headers
        .iter()
        .filter(|header| header.name().eq_ignore_ascii_case(HEADER));
    let (Some(header), None, None) = (values.next(), values.next(), &request.body) else {
        return Err(RequestErrorReason::Nickname);
    };
    match UseNickname::parse(header.value().as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(RequestErrorReason::Nickname),
    }
}

/// Whether a head is illegal because of a control octet in Use-Nickname: then the nickname is malformed, and not
/// the request (RFC 7701 §7.1).
pub(crate) fn is_value_illegal(head: &Head) -> bool {
    head.lines().any(|line| {
        let Some((name, value)) = line.split_at_checked(HEADER.len() + 1) else {
            return false;
        };
        let is_it = name
            .strip_suffix(b":")
            .is_some_and(|name| name.eq_ignore_ascii_case(HEADER.as_bytes()));
        is_it
            && value
                .iter()
                .any(|octet| octet.is_ascii_control() && *octet != b'\t')
    })
}

const HEADER: &str = "Use-Nickname";
