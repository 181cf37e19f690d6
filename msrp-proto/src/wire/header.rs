//! Names and small values of the headers that the codec knows (RFC 4975 §9).

use core::fmt;

/// The headers that the codec reads. At most one of each may stand in a head (ruling R-14); all others
/// are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// Byte-Range: where a chunk stands in its message.
    ByteRange,
    /// Content-Type: the media type of the body.
    ContentType,
    /// Failure-Report: which failures the sender wants to hear of.
    FailureReport,
    /// From-Path: the way back.
    FromPath,
    /// Message-ID: which message a chunk or a REPORT belongs to.
    MessageId,
    /// Status: what a REPORT reports.
    Status,
    /// Success-Report: whether the sender wants to hear of success.
    SuccessReport,
    /// To-Path: the way to go.
    ToPath,
}

impl Field {
    /// The name in the spelling of RFC 4975.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ByteRange => "Byte-Range",
            Self::ContentType => "Content-Type",
            Self::FailureReport => "Failure-Report",
            Self::FromPath => "From-Path",
            Self::MessageId => "Message-ID",
            Self::Status => "Status",
            Self::SuccessReport => "Success-Report",
            Self::ToPath => "To-Path",
        }
    }

    /// The header that a line is, if its name is spelled as RFC 4975 spells it, and what is behind the colon.
    pub(super) fn strip_name(line: &[u8]) -> Option<(Self, &[u8])> {
        let (field, rest) = match line.first()? {
            b'B' => (Self::ByteRange, line.strip_prefix(b"Byte-Range:")),
            b'C' => (Self::ContentType, line.strip_prefix(b"Content-Type:")),
            b'F' if line.get(1) == Some(&b'r') => (Self::FromPath, line.strip_prefix(b"From-Path:")),
            b'F' => (Self::FailureReport, line.strip_prefix(b"Failure-Report:")),
            b'M' => (Self::MessageId, line.strip_prefix(b"Message-ID:")),
            b'S' if line.get(1) == Some(&b't') => (Self::Status, line.strip_prefix(b"Status:")),
            b'S' => (Self::SuccessReport, line.strip_prefix(b"Success-Report:")),
            b'T' => (Self::ToPath, line.strip_prefix(b"To-Path:")),
            _ => return None,
        };
        Some((field, rest?))
    }

    /// The header of that name, compared without case (ruling R-08).
    pub fn from_name(name: &[u8]) -> Option<Self> {
        // The length alone leaves at most two candidates.
        let candidates: &[Self] = match name.len() {
            6 => &[Self::Status],
            7 => &[Self::ToPath],
            9 => &[Self::FromPath],
            10 => &[Self::MessageId, Self::ByteRange],
            12 => &[Self::ContentType],
            14 => &[Self::FailureReport, Self::SuccessReport],
            _ => &[],
        };
        candidates
            .iter()
            .copied()
            .find(|field| field.name().as_bytes().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The Failure-Report header (RFC 4975 §7.1.1): which outcomes a transaction tells the sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FailureReport {
    /// `no`: no response at all, no failure REPORT, no timer.
    No,
    /// `partial`: errors only; no 200, no timer.
    Partial,
    /// `yes`, also when the header is absent: every request is answered, and 30 s without an answer is a
    /// failure.
    #[default]
    Yes,
}

impl FailureReport {
    /// The value as written: lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Partial => "partial",
            Self::Yes => "yes",
        }
    }

    /// Reads the value, without case; `None` if it is none of the three.
    pub fn parse(input: &[u8]) -> Option<Self> {
        [Self::No, Self::Partial, Self::Yes]
            .into_iter()
            .find(|value| value.as_str().as_bytes().eq_ignore_ascii_case(input))
    }
}

/// Reads the value of Success-Report, without case.
pub(super) fn parse_success_report(input: &[u8]) -> Option<bool> {
    match input {
        _ if input.eq_ignore_ascii_case(b"yes") => Some(true),
        _ if input.eq_ignore_ascii_case(b"no") => Some(false),
        _ => None,
    }
}

/// Which chunk of its message a SEND is: the flag at the end of its end-line (RFC 4975 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContinuationFlag {
    /// `#`: the message is abandoned.
    Aborted,
    /// `$`: this chunk ends the message. The only flag of requests other than SEND and of responses.
    Complete,
    /// `+`: more is to come.
    Continued,
}

impl ContinuationFlag {
    /// The octet on the wire.
    pub const fn as_u8(self) -> u8 {
        match self {
            Self::Aborted => b'#',
            Self::Complete => b'$',
            Self::Continued => b'+',
        }
    }

    /// The flag that an octet stands for.
    pub const fn from_u8(octet: u8) -> Option<Self> {
        match octet {
            b'#' => Some(Self::Aborted),
            b'$' => Some(Self::Complete),
            b'+' => Some(Self::Continued),
            _ => None,
        }
    }
}
