//! `dcmap`: the parameters of a data channel (RFC 8864 §5.1).

use std::fmt;

use msrp_proto::Link;
use thiserror::Error;

use super::stream_ids;
use crate::{Deviation, Deviations, percent};

/// The length of labels and names of protocols is a number of 16 bits (RFC 8832 §5.1).
const MAX_TEXT: usize = 65_535;
/// RFC 8864 §5.1.8.
const DEFAULT_PRIORITY: u16 = 256;

/// Why a `dcmap` cannot be read, or not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DcmapError {
    /// No stream id of up to five digits, from 0 to 65534: 65535 is reserved (RFC 8832 §6).
    #[error("no stream id from 0 to 65534")]
    Stream,
    /// It is not options with `;` between, or a value is malformed.
    #[error("malformed options")]
    Syntax,
    /// The option stands twice (ruling S25), or the `dcmap` of a stream, with another value (ruling S2).
    #[error("{0} stands twice")]
    Repeated(&'static str),
    /// The value of the option is no number, or too large.
    #[error("illegal number in {0}")]
    Number(&'static str),
    /// A `%` without two hexadecimal digits behind it.
    #[error("illegal percent-encoding in {0}")]
    Percent(&'static str),
    /// More than 65535 octets.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// Both `max-retr` and `max-time` (RFC 8864 §6.2).
    #[error("both max-retr and max-time")]
    Exclusive,
    /// A slip that only the strict parser refuses.
    #[error("{0}")]
    Deviation(Deviation),
}

/// The parameters of a data channel: `2 label="chat";subprotocol="msrp"`.
///
/// What is absent has its default, so those with the same meaning are equal, whatever is written.
///
/// ```
/// use msrp_sdp::Dcmap;
///
/// let dcmap = Dcmap::msrp(2, "chat")?;
/// assert_eq!(dcmap.to_string(), "2 label=\"chat\";subprotocol=\"msrp\"");
/// assert_eq!(dcmap, Dcmap::parse(b"2 subprotocol=\"msrp\";ordered=true;label=\"chat\"")?);
/// # Ok::<(), msrp_sdp::DcmapError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Dcmap {
    stream: u16,
    label: Box<[u8]>,
    subprotocol: Box<[u8]>,
    ordered: bool,
    limit: Option<Limit>,
    priority: u16,
}

/// What makes a channel partially reliable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Retransmissions(u32),
    Milliseconds(u32),
}

impl Dcmap {
    /// Those of a channel for MSRP: reliable and in order (RFC 8873 §3.1).
    ///
    /// # Errors
    ///
    /// [`DcmapError::Stream`] for 65535, [`DcmapError::TooLong`] for a label of more than 65535 octets.
    pub fn msrp(stream: u16, label: &str) -> Result<Self, DcmapError> {
        if stream == stream_ids::RESERVED {
            return Err(DcmapError::Stream);
        }
        if label.len() > MAX_TEXT {
            return Err(DcmapError::TooLong("label"));
        }
        Ok(Self {
            stream,
            label: label.as_bytes().into(),
            subprotocol: Link::SUBPROTOCOL.as_bytes().into(),
            ordered: true,
            limit: None,
            priority: DEFAULT_PRIORITY,
        })
    }

    /// Reads what stands behind `a=dcmap:`.
    ///
    /// # Errors
    ///
    /// A [`DcmapError`] if it has not one reading.
    pub fn parse(value: &[u8]) -> Result<Self, DcmapError> {
        Self::parse_with_deviations(value).map(|(dcmap, _)| dcmap)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), DcmapError> {
        let mut deviations = Deviations::default();
        let value = deviations.trim(value);
        let (stream, options) = stream_ids::split(value).ok_or(DcmapError::Stream)?;
        let mut found = Found::default();
        if let Some(options) = options {
            let mut quoted = false;
            let ends = |octet: &u8| {
                quoted ^= *octet == b'"';
                *octet == b';' && !quoted
            };
            for option in options.split(ends) {
                found.take(deviations.trim(option), &mut deviations)?;
            }
            if quoted {
                return Err(DcmapError::Syntax);
            }
        }
        Ok((found.into_dcmap(stream)?, deviations))
    }

    /// As [`parse`](Self::parse), and refuses what the grammar does not allow.
    ///
    /// # Errors
    ///
    /// As there, and [`DcmapError::Deviation`].
    pub fn parse_strict(value: &[u8]) -> Result<Self, DcmapError> {
        let (dcmap, deviations) = Self::parse_with_deviations(value)?;
        match deviations.first() {
            None => Ok(dcmap),
            Some(deviation) => Err(DcmapError::Deviation(deviation)),
        }
    }

    /// The id of the SCTP stream, both ways.
    pub const fn stream(&self) -> u16 {
        self.stream
    }

    /// The label, decoded: UTF-8 as it should be (RFC 8864 §5.1.3), but peers may write what they like. Empty if there is
    /// none.
    pub fn label(&self) -> &[u8] {
        &self.label
    }

    /// The name of the protocol spoken on the channel, decoded. Empty if there is none.
    pub fn subprotocol(&self) -> &[u8] {
        &self.subprotocol
    }

    /// Whether MSRP is spoken on the channel.
    pub fn is_msrp(&self) -> bool {
        *self.subprotocol == *Link::SUBPROTOCOL.as_bytes()
    }

    /// Whether messages keep their order.
    pub const fn ordered(&self) -> bool {
        self.ordered
    }

    /// How often a message is sent again at most; `None`: as often as it takes, unless there is a
    /// [`max_time`](Self::max_time).
    pub const fn max_retr(&self) -> Option<u32> {
        match self.limit {
            Some(Limit::Retransmissions(count)) => Some(count),
            _ => None,
        }
    }

    /// For how long, in milliseconds, a message is sent again at most; `None`: for as long as it takes, unless there is a
    /// [`max_retr`](Self::max_retr).
    pub const fn max_time(&self) -> Option<u32> {
        match self.limit {
            Some(Limit::Milliseconds(time)) => Some(time),
            _ => None,
        }
    }

    /// Whether nothing is lost and nothing overtakes, as MSRP needs it (RFC 8873 §3.1).
    pub const fn is_reliable(&self) -> bool {
        self.ordered && self.limit.is_none()
    }

    /// The priority among the channels of the association, 256 if it is not said.
    pub const fn priority(&self) -> u16 {
        self.priority
    }
}

/// What stands behind `a=dcmap:`. The label of a channel for MSRP is always written (ruling S25).
impl fmt::Display for Dcmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = Vec::new();
        if self.is_msrp() || !self.label.is_empty() {
            options.push(format!("label=\"{}\"", encode(&self.label)));
        }
        if !self.subprotocol.is_empty() {
            options.push(format!("subprotocol=\"{}\"", encode(&self.subprotocol)));
        }
        if !self.ordered {
            options.push("ordered=false".into());
        }
        match self.limit {
            Some(Limit::Retransmissions(count)) => options.push(format!("max-retr={count}")),
            Some(Limit::Milliseconds(time)) => options.push(format!("max-time={time}")),
            None => {}
        }
        if self.priority != DEFAULT_PRIORITY {
            options.push(format!("priority={}", self.priority));
        }
        write!(f, "{}", self.stream)?;
        if !options.is_empty() {
            write!(f, " {}", options.join(";"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Dcmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dcmap({self})")
    }
}

/// `quoted-string`: whatever is not visible US-ASCII or SP is encoded.
fn encode(octets: &[u8]) -> String {
    percent::encode(octets, |character| !character.is_ascii())
}

/// The options, before their defaults apply.
#[derive(Default)]
struct Found {
    label: Option<Box<[u8]>>,
    subprotocol: Option<Box<[u8]>>,
    ordered: Option<bool>,
    max_retr: Option<u32>,
    max_time: Option<u32>,
    priority: Option<u16>,
}

impl Found {
    fn take(&mut self, option: &[u8], deviations: &mut Deviations) -> Result<(), DcmapError> {
        let mut parts = option.splitn(2, |octet| *octet == b'=');
        let name = parts.next().unwrap_or_default();
        let value = parts.next().ok_or(DcmapError::Syntax)?;
        // Literals of ABNF have no case (RFC 5234 §2.3).
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("label") {
            let label = text(value, "label", deviations)?;
            if str::from_utf8(&label).is_err() {
                deviations.insert(Deviation::NotUtf8);
            }
            once(&mut self.label, label, "label")
        } else if is("subprotocol") {
            let subprotocol = text(value, "subprotocol", deviations)?;
            once(&mut self.subprotocol, subprotocol, "subprotocol")
        } else if is("ordered") {
            once(&mut self.ordered, ordered(value, deviations), "ordered")
        } else if is("max-retr") {
            once(&mut self.max_retr, number(value, "max-retr")?, "max-retr")
        } else if is("max-time") {
            once(&mut self.max_time, number(value, "max-time")?, "max-time")
        } else if is("priority") {
            let priority = number(value, "priority")?;
            let priority = u16::try_from(priority).map_err(|_| DcmapError::Number("priority"))?;
            once(&mut self.priority, priority, "priority")
        } else {
            deviations.insert(Deviation::UnknownOption);
            Ok(())
        }
    }

    fn into_dcmap(self, stream: u16) -> Result<Dcmap, DcmapError> {
        let limit = match (self.max_retr, self.max_time) {
            (None, None) => None,
            (Some(count), None) => Some(Limit::Retransmissions(count)),
            (None, Some(time)) => Some(Limit::Milliseconds(time)),
            (Some(_), Some(_)) => return Err(DcmapError::Exclusive),
        };
        Ok(Dcmap {
            stream,
            label: self.label.unwrap_or_default(),
            subprotocol: self.subprotocol.unwrap_or_default(),
            ordered: self.ordered.unwrap_or(true),
            limit,
            priority: self.priority.unwrap_or(DEFAULT_PRIORITY),
        })
    }
}

fn once<T>(slot: &mut Option<T>, value: T, name: &'static str) -> Result<(), DcmapError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(DcmapError::Repeated(name)),
    }
}

fn text(value: &[u8], name: &'static str, deviations: &mut Deviations) -> Result<Box<[u8]>, DcmapError> {
    let inner = match value {
        [b'"', inner @ .., b'"'] => inner,
        [] => return Err(DcmapError::Syntax),
        bare => {
            deviations.insert(Deviation::Unquoted);
            bare
        }
    };
    if inner
        .iter()
        .any(|octet| *octet == b'"' || octet.is_ascii_control())
    {
        return Err(DcmapError::Syntax);
    }
    if !inner.is_ascii() {
        deviations.insert(Deviation::Unescaped);
    }
    let octets = percent::decode(inner).ok_or(DcmapError::Percent(name))?;
    if octets.len() > MAX_TEXT {
        return Err(DcmapError::TooLong(name));
    }
    Ok(octets.into())
}

/// Any other value is ignored (RFC 8864 §5.1.7).
fn ordered(value: &[u8], deviations: &mut Deviations) -> bool {
    if value.eq_ignore_ascii_case(b"false") {
        return false;
    }
    if !value.eq_ignore_ascii_case(b"true") {
        deviations.insert(Deviation::Ordered);
    }
    true
}

/// `"0" / integer`: no leading zeros (RFC 8866 §9).
fn number(value: &[u8], name: &'static str) -> Result<u32, DcmapError> {
    let digits = match value {
        b"0" => value,
        [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => value,
        _ => return Err(DcmapError::Number(name)),
    };
    str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or(DcmapError::Number(name))
}
