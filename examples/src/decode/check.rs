//! What is wrong with a frame.

use msrp_proto::wire::{
    ByteRange, ContinuationFlag, DecodeError, Head, HeadError, MessageId, Method, StartLine,
};

pub(super) enum Finding {
    /// A receiver would refuse it, or it contradicts itself.
    Problem(String),
    /// It is accepted, and yet not as RFC 4975 has it.
    Warning(String),
}

impl Finding {
    pub(super) fn malformed(error: HeadError) -> Self {
        let meaning = match error {
            HeadError::Duplicate(_) => "the header may stand once",
            HeadError::HeaderLine => "a line has no colon, an illegal name, a control octet, or is folded",
            HeadError::Illegal(_) => "the value does not fit the grammar",
            HeadError::Missing(_) => "without it the frame has no meaning",
            HeadError::StartLine => "neither a method nor a status code",
            HeadError::TooLong => "a line or the head exceeds the limit",
            HeadError::TooManyHeaders => "more header lines than the limit",
            HeadError::TooManyUris => "more URIs in a path than the limit",
            _ => "see RFC 4975 §9",
        };
        Self::Problem(format!("malformed head: {error} ({meaning})"))
    }

    /// `begins`: the octets at `start`, as far as they are to be shown.
    pub(super) fn lost(error: DecodeError, start: u64, begins: &str) -> Self {
        let what = match error {
            DecodeError::BodyTooLong => {
                format!("the frame at octet {start} has a body that is too long for one that is no SEND")
            }
            DecodeError::StartLine => {
                format!("no start line with a transaction id at octet {start} ({begins})")
            }
            DecodeError::StartLineTooLong => format!("the line at octet {start} is too long ({begins})"),
            _ => format!("no frame at octet {start} ({begins})"),
        };
        Self::Problem(format!("stream lost ({error}): {what}; the rest cannot be read"))
    }

    pub(super) fn cut(start: u64, end: u64, place: &str) -> Self {
        Self::Problem(format!(
            "the stream ends at octet {end}, inside the frame that begins at octet {start}, {place}"
        ))
    }
}

/// What is wrong with a frame whose head is legal.
pub(super) fn check(head: &Head, body_len: u64, flag: ContinuationFlag) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut warn = |text: &str| findings.push(Finding::Warning(text.into()));
    let is_send = head.method() == Some(&Method::Send);
    if !is_send && flag != ContinuationFlag::Complete {
        warn("only a SEND ends with another flag than $ (RFC 4975 §7.1)");
    }
    if matches!(head.start_line(), StartLine::Response(_)) && head.has_body() {
        warn("a response has no body (RFC 4975 §7.2)");
    }
    if let Some(id) = head.message_id()
        && MessageId::new(id.as_str()).is_err()
    {
        warn("a Message-ID has 4 to 32 characters, the first a letter or digit (RFC 4975 §9)");
    }
    match (head.method(), head.byte_range()) {
        (Some(Method::Send), None) if head.has_body() => {
            warn("no Byte-Range: taken as the whole message (RFC 4975 §7.3.1)");
        }
        (Some(Method::Report), None) => {
            warn("no Byte-Range: taken to be about the whole message (RFC 4975 §7.1.2)");
        }
        (Some(Method::Send), Some(range)) => {
            findings.extend(contradiction(range, body_len, flag).map(Finding::Problem));
        }
        _ => {}
    }
    findings
}

/// In what the Byte-Range of a SEND contradicts its body, or itself. The numbers may be any of 64 bits.
fn contradiction(range: ByteRange, len: u64, flag: ContinuationFlag) -> Option<String> {
    let (start, len) = (i128::from(range.start), i128::from(len));
    let last = start - 1 + len;
    if let Some(end) = range.end.map(i128::from) {
        let announced = end + 1 - start;
        let fits = match flag {
            // Abandoned on the way, or without any of it.
            ContinuationFlag::Aborted => len <= announced,
            _ => len == announced,
        };
        if !fits {
            return Some(format!(
                "Byte-Range {range} announces {} octets, the body has {len}",
                announced.max(0)
            ));
        }
    }
    let total = range.total.map(i128::from)?;
    if range.end.map_or(last, i128::from) > total {
        return Some(format!("Byte-Range {range}: the chunk ends behind the message"));
    }
    (flag == ContinuationFlag::Complete && last < total)
        .then(|| format!("Byte-Range {range}: the last chunk ($) ends at {last}"))
}
