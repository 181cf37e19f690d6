//! The rules of the grammars: what matches, without judging it.
//!
//! They match what the lenient parsers accept; the scanner decides what of it is a deviation.

use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take_while, take_while_m_n, take_while1},
    combinator::{peek, recognize},
    error::Error,
    multi::{many0_count, many1_count},
    sequence::{delimited, pair, terminated},
};

use crate::chars::{is_bare, is_blank, is_comment_text, is_quotable, is_text, is_token};

/// When a rule fails, the input of the error is where it stopped.
pub(crate) type Match<'a, T = &'a [u8]> = IResult<&'a [u8], T>;

/// `token` of RFC 4975 §9 and RFC 2045 §5.1.
pub(crate) fn token(input: &[u8]) -> Match<'_> {
    take_while1(is_token)(input)
}

/// A value without quotes, perhaps an empty one.
pub(crate) fn bare_value(input: &[u8]) -> Match<'_> {
    take_while(is_bare)(input)
}

/// At least one SP or HTAB.
pub(crate) fn blanks(input: &[u8]) -> Match<'_> {
    take_while1(is_blank)(input)
}

/// `linear-white-space` of RFC 822 §3.3: blanks, with a fold before any of them.
pub(crate) fn folding_blanks(input: &[u8]) -> Match<'_> {
    recognize(many1_count(alt((blanks, fold)))).parse_complete(input)
}

/// `quoted-string` of RFC 4975 §9; the match is without the quotes, but has the escapes.
pub(crate) fn quoted_string(input: &[u8]) -> Match<'_> {
    quoted(alt((take_while1(is_quotable), quoted_pair))).parse_complete(input)
}

/// `quoted-string` of RFC 822 §3.3, which may run over several lines; the match keeps the folds too.
pub(crate) fn folding_quoted_string(input: &[u8]) -> Match<'_> {
    quoted(alt((take_while1(is_quotable), quoted_pair, fold))).parse_complete(input)
}

/// `comment` of RFC 822 §3.3.
pub(crate) fn comment(input: &[u8]) -> Match<'_> {
    recognize(nested_comment).parse_complete(input)
}

fn quoted<'a>(
    piece: impl Parser<&'a [u8], Output = &'a [u8], Error = Error<&'a [u8]>>,
) -> impl Parser<&'a [u8], Output = &'a [u8], Error = Error<&'a [u8]>> {
    delimited(tag("\""), recognize(many0_count(piece)), tag("\""))
}

/// Counts the depth instead of recursing, so that the input has no say in the depth of the stack.
fn nested_comment(input: &[u8]) -> Match<'_, ()> {
    let (mut rest, _) = tag("(")(input)?;
    let mut inner = 0_usize;
    loop {
        let (after, piece) = alt((
            take_while1(is_comment_text),
            quoted_pair,
            fold,
            tag("("),
            tag(")"),
        ))
        .parse_complete(rest)?;
        rest = after;
        match piece {
            b"(" => inner = inner.saturating_add(1),
            b")" => match inner.checked_sub(1) {
                Some(outer) => inner = outer,
                None => return Ok((rest, ())),
            },
            _ => {}
        }
    }
}

fn quoted_pair(input: &[u8]) -> Match<'_> {
    recognize(pair(tag("\\"), take_while_m_n(1, 1, is_text))).parse_complete(input)
}

/// A line end with a blank behind it. The blank is not part of the match, because unfolding keeps it.
fn fold(input: &[u8]) -> Match<'_> {
    terminated(tag("\r\n"), peek(take_while_m_n(1, 1, is_blank))).parse_complete(input)
}
