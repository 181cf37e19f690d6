//! The grammar of an MSRP URI (RFC 4975 §9; authority of RFC 3986 §3.2).
//!
//! Reading yields a [`Layout`]: where the parts are, so that no part is ever searched for again.

use core::net::Ipv6Addr;
use core::num::NonZeroU16;

use memchr::memchr;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{all_consuming, cond, opt, recognize, value};
use nom::multi::{many0_count, many1_count};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Offset, Parser};
use thiserror::Error;

use super::super::chars::{
    is_alphanumeric, is_digit, is_hex, is_reg_name, is_session_id, is_token, is_userinfo,
};
use super::super::host::address_of;
use super::Scheme;

/// Why octets are not an MSRP URI: the first part that is wrong.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum UriError {
    /// The host is a numeric address and there is no port (RFC 4975 §6).
    #[error("a numeric address needs a port")]
    AddressWithoutPort,
    /// The host is missing, has an illegal character, is not an IPv6 address in brackets, or is an IPv6 address
    /// without brackets or with a zone.
    #[error("illegal host")]
    Host,
    /// An octet outside of US-ASCII (RFC 4975 §6).
    #[error("a URI is US-ASCII only")]
    NotAscii,
    /// A parameter after the transport is not `token` or `token=token`.
    #[error("illegal URI parameter")]
    Parameter,
    /// The port is empty, not a number, 0, or above 65535.
    #[error("illegal port")]
    Port,
    /// Neither `msrp://` nor `msrps://`.
    #[error("neither msrp:// nor msrps://")]
    Scheme,
    /// The session-id is empty.
    #[error("empty session-id")]
    SessionId,
    /// Longer than [`MsrpUri::MAX_LEN`](super::MsrpUri::MAX_LEN).
    #[error("URI too long")]
    TooLong,
    /// The transport is missing, is empty, has an illegal character, or is preceded by one: a `?` or `#` part,
    /// say, or a percent-encoded session-id.
    #[error("missing or illegal transport")]
    Transport,
    /// An illegal character before the `@`.
    #[error("illegal userinfo")]
    Userinfo,
}

/// Where the parts of a URI are in its text, and what would cost something to read again.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// The host, with the brackets of an IPv6 address.
    pub(super) host: Span,
    /// Empty when there is none: a session-id has at least one character.
    pub(super) session_id: Span,
    pub(super) transport: Span,
    pub(super) port: Option<NonZeroU16>,
    pub(super) scheme: Scheme,
    /// The host is an address, not a name.
    pub(super) numeric: bool,
}

/// A part of the text; 16 bits, because a layout is kept for each URI of each session.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u16,
    pub(super) end: u16,
}

/// What is left of the input, and what was read.
type Read<'a, T> = Result<(&'a [u8], T), UriError>;

pub(super) fn read(text: &str) -> Result<Layout, UriError> {
    let octets = text.as_bytes();
    if octets.len() > super::MsrpUri::MAX_LEN {
        return Err(UriError::TooLong);
    }
    let (rest, scheme) = scheme(octets)?;
    let rest = userinfo(rest)?;
    let (rest, (host, numeric)) = host(rest)?;
    let (rest, port) = port(rest)?;
    let (rest, session_id) = session_id(rest)?;
    let (rest, transport) = transport(rest)?;
    parameters(rest)?;
    if numeric && port.is_none() {
        return Err(UriError::AddressWithoutPort);
    }
    Ok(Layout {
        host: Span::of(host, octets)?,
        session_id: session_id.map_or(Ok(Span { start: 0, end: 0 }), |id| Span::of(id, octets))?,
        transport: Span::of(transport, octets)?,
        port,
        scheme,
        numeric,
    })
}

/// `1*( unreserved / "+" / "=" / "/" )`
pub(super) fn is_session_id_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_session_id)
}

/// `1*ALPHANUM`
pub(super) fn is_transport_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_alphanumeric)
}

/// A host name as [`host`] reads it.
pub(super) fn is_name_text(text: &str) -> bool {
    all_consuming(name).parse(text.as_bytes()).is_ok()
}

/// A userinfo that names an account and holds no password.
pub(super) fn is_user_text(text: &str) -> bool {
    let user = |octet| is_userinfo(octet) && octet != b':';
    let user = many1_count(alt((take_while1(user), percent_encoded)));
    all_consuming(user).parse(text.as_bytes()).is_ok()
}

fn scheme(input: &[u8]) -> Read<'_, Scheme> {
    let msrp = value(Scheme::Msrp, tag_no_case("msrp://"));
    let msrps = value(Scheme::Msrps, tag_no_case("msrps://"));
    part(alt((msrp, msrps)), input, UriError::Scheme)
}

/// Skips `[ userinfo "@" ]`.
///
/// No other part of an MSRP URI may hold an at-sign, so what is before one can only be userinfo, with any
/// semicolon in it.
fn userinfo(input: &[u8]) -> Result<&[u8], UriError> {
    let Some((user, rest)) = memchr(b'@', input).and_then(|at| input.split_at_checked(at)) else {
        return Ok(input);
    };
    let userinfo = many0_count(alt((take_while1(is_userinfo), percent_encoded)));
    part(all_consuming(userinfo), user, UriError::Userinfo)?;
    let (rest, _) = part(char('@'), rest, UriError::Userinfo)?;
    Ok(rest)
}

/// `host = IPv4address / "[" IPv6address "]" / reg-name`, with whether it is an address.
///
/// A `reg-name` may hold a semicolon (RFC 3986 §3.2.2). Here it may not: `msrp://a;b;c` could be read in two
/// ways, and no name in use has one.
fn host(input: &[u8]) -> Read<'_, (&[u8], bool)> {
    if input.starts_with(b"[") {
        let in_brackets = |octet| is_hex(octet) || matches!(octet, b':' | b'.');
        let literal = recognize(delimited(char('['), take_while(in_brackets), char(']')));
        let (rest, literal) = part(literal, input, UriError::Host)?;
        let address: Option<Ipv6Addr> = str::from_utf8(literal)
            .ok()
            .and_then(|text| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
        return address.map_or(Err(UriError::Host), |_| Ok((rest, (literal, true))));
    }
    let (rest, name) = part(name, input, UriError::Host)?;
    Ok((rest, (name, address_of(name).is_some())))
}

fn name(input: &[u8]) -> IResult<&[u8], &[u8], ()> {
    recognize(many1_count(alt((take_while1(is_reg_name), percent_encoded)))).parse(input)
}

/// `"%" HEXDIG HEXDIG`
fn percent_encoded(input: &[u8]) -> IResult<&[u8], &[u8], ()> {
    let hex = || satisfy(|character| character.is_ascii_hexdigit());
    recognize((char('%'), hex(), hex())).parse(input)
}

/// `[ ":" port ]`, compared as a number later on, so leading zeros are legal.
fn port(input: &[u8]) -> Read<'_, Option<NonZeroU16>> {
    let port = cond(
        input.starts_with(b":"),
        preceded(char(':'), take_while1(is_digit)),
    );
    let (rest, digits) = part(port, input, UriError::Port).map_err(|_| wrong_port(input))?;
    if !matches!(rest.first(), None | Some(b'/' | b';' | b'?' | b'#')) {
        return Err(wrong_port(input));
    }
    let Some(digits) = digits else {
        return Ok((rest, None));
    };
    let port = number(digits).and_then(NonZeroU16::new).ok_or(UriError::Port)?;
    Ok((rest, Some(port)))
}

/// None past 65535.
fn number(digits: &[u8]) -> Option<u16> {
    let append = |number: u16, digit: &u8| number.checked_mul(10)?.checked_add(u16::from(digit & 0x0F));
    digits.iter().try_fold(0, append)
}

/// Tells a wrong port from a host that goes on illegally: most often an IPv6 address without brackets.
fn wrong_port(input: &[u8]) -> UriError {
    let authority = input.iter().take_while(|octet| !matches!(octet, b'/' | b';'));
    let colons = authority.filter(|octet| **octet == b':').count();
    if input.starts_with(b":") && colons == 1 {
        UriError::Port
    } else {
        UriError::Host
    }
}

/// `[ "/" session-id ]`
fn session_id(input: &[u8]) -> Read<'_, Option<&[u8]>> {
    let id = cond(
        input.starts_with(b"/"),
        preceded(char('/'), take_while1(is_session_id)),
    );
    part(id, input, UriError::SessionId)
}

/// `";" transport`, up to the end or to the next parameter.
fn transport(input: &[u8]) -> Read<'_, &[u8]> {
    let (rest, transport) = part(
        preceded(char(';'), take_while1(is_alphanumeric)),
        input,
        UriError::Transport,
    )?;
    match rest.first() {
        None | Some(b';') => Ok((rest, transport)),
        Some(_) => Err(UriError::Transport),
    }
}

/// `*( ";" token [ "=" token ] )`, up to the end.
fn parameters(input: &[u8]) -> Read<'_, usize> {
    let token = || take_while1(is_token);
    let parameter = (char(';'), token(), opt((char('='), token())));
    part(all_consuming(many0_count(parameter)), input, UriError::Parameter)
}

/// Runs one rule of the grammar; `error` says which.
fn part<'a, T>(
    mut rule: impl Parser<&'a [u8], Output = T, Error = ()>,
    input: &'a [u8],
    error: UriError,
) -> Read<'a, T> {
    rule.parse(input).map_err(|_| error)
}

impl Span {
    /// Where `part`, a slice of `whole`, is in it.
    fn of(part: &[u8], whole: &[u8]) -> Result<Span, UriError> {
        let start = whole.offset(part);
        let end = start.saturating_add(part.len());
        let short = |offset| u16::try_from(offset).map_err(|_| UriError::TooLong);
        Ok(Span {
            start: short(start)?,
            end: short(end)?,
        })
    }
}
