//! Where the headers end, and the entity behind them.

use bytes::Bytes;
use msrp_cpim::{Deviation, Limits, Message, ParseError};
use msrp_multipart::{HeadersError, MediaType, Profile};

use crate::{FROM_AND_TO, octets, parse};

fn lenient(octets: &str) -> Result<Message, ParseError> {
    Message::parse(&Bytes::from(octets.to_owned()))
}

/// Shows: CPIM-2-01.
#[test]
fn headers_an_empty_line_and_an_entity() {
    let message = lenient(&format!(
        "{FROM_AND_TO}\r\nContent-Type: text/plain\r\n\r\nhi\r\n"
    ))
    .unwrap();
    assert!(message.deviations().is_empty());
    assert_eq!(message.headers().len(), 2);
    assert_eq!(message.content().body, "hi\r\n");

    // Nothing in the content ends it, and nothing there is a header.
    let body = "\r\n\r\nFrom: <im:e@x.example>\r\n\0\r\n-------a$\r\n\r\n";
    let message = lenient(&format!(
        "{FROM_AND_TO}\r\nContent-Type: text/plain\r\n\r\n{body}"
    ))
    .unwrap();
    assert_eq!(message.content().body, body.as_bytes());
    assert_eq!(message.headers().len(), 2);
}

/// Shows: CPIM-2.1-01.
#[test]
fn the_media_type() {
    let is_cpim = |text: &str| Message::is_cpim(&MediaType::parse(text.as_bytes(), Profile::Mime).unwrap());
    assert!(is_cpim("Message/CPIM"));
    assert!(is_cpim("message/cpim; v=1"));
    assert!(!is_cpim("message/cpimx"));
    assert!(!is_cpim("message/cpi"));
    assert!(!is_cpim("text/cpim"));
}

/// Shows: CPIM-2.2-01.
#[test]
fn every_octet_is_kept() {
    let headers = "To:;x=\"\\u0041\" b  c <im:b@x.example>\r\nZorg: \\u0007\\q  two  \r\nFrom:<im:a@x.example>\r\n\
                   To: <im:c@x.example>\r\nzorg: \r\nx.y: \\\r\n";
    let message = parse(headers);
    assert_eq!(message.to_bytes(), octets(headers));
    assert_eq!(message.headers()[1].value(), "\\u0007\\q  two  ");
    let names: Vec<_> = message.headers().iter().map(|header| header.name()).collect();
    assert_eq!(names, ["To", "Zorg", "From", "To", "zorg", "y"]);

    let content = "X-Odd :  y\r\n z\r\ncontent-TYPE:text/plain\r\n\r\n\r\n--\0\r";
    let octets = Bytes::from(format!("\r\n{content}"));
    let message = Message::parse(&octets).unwrap();
    assert_eq!(message.to_bytes(), octets);
    assert_eq!(message.content().to_bytes(), content);
}

/// Shows: CPIM-2.4-01 (parser).
#[test]
fn content_has_a_type() {
    let octets = format!("{FROM_AND_TO}\r\nContent-ID: <1@x.example>\r\n\r\nhi");
    assert_eq!(lenient(&octets), Err(ParseError::MissingContentType));
    let octets = format!("{FROM_AND_TO}\r\n\r\nhi");
    assert_eq!(lenient(&octets), Err(ParseError::MissingContentType));
}

/// Shows: CPIM-2.4-02.
#[test]
fn content_headers_are_those_of_mime() {
    let octets = Bytes::from(format!(
        "{FROM_AND_TO}\r\ncontent-TYPE: text/plain (really);\r\n charset=utf-8\r\n\r\nx"
    ));
    for message in [Message::parse(&octets), Message::parse_strict(&octets)] {
        let message = message.unwrap();
        let media_type = message.content().headers.content_type().unwrap();
        assert!(media_type.is("text/plain"));
        assert_eq!(media_type.charset(), Some("utf-8"));
        assert_eq!(message.content().body, "x");
    }
    // What is wrong there is told apart.
    let twice = format!("{FROM_AND_TO}\r\nContent-Type: a/b\r\nContent-type: a/c\r\n\r\nx");
    let error = ParseError::Content(HeadersError::DuplicateField { offset: 19 });
    assert_eq!(lenient(&twice), Err(error));
}

/// Shows: CPIM-P13-05.
#[test]
fn the_separator_may_be_missing() {
    let octets = Bytes::from(
        "To: <im:b@x.example>\r\nFrom: <im:a@x.example>\r\nContent-Type: text/plain\r\n\r\nABCD".to_owned(),
    );
    let message = Message::parse(&octets).unwrap();
    assert_eq!(
        message.deviations().iter().collect::<Vec<_>>(),
        [Deviation::MissingSeparator]
    );
    assert_eq!(message.headers().len(), 2);
    assert!(message.content().headers.content_type().unwrap().is("text/plain"));
    assert_eq!(message.content().body, "ABCD");
    assert_eq!(message.to_bytes(), octets);
    let error = ParseError::Deviation {
        deviation: Deviation::MissingSeparator,
        offset: 46,
    };
    assert_eq!(Message::parse_strict(&octets), Err(error));

    // From the first field of the content on, lines may be folded.
    let octets =
        "To: <im:b@x.example>\r\ncontent-disposition: render;\r\n size=4\r\nCONTENT-TYPE : a/b\r\n\r\nABCD";
    let message = lenient(octets).unwrap();
    assert_eq!(message.headers().len(), 1);
    assert_eq!(message.content().headers.disposition().unwrap().size(), Some(4));
    assert_eq!(message.content().body, "ABCD");
}

/// Ruling C1: only Content-Type tells that the separator is missing.
#[test]
fn a_header_may_have_a_name_like_those_of_content() {
    let octets = Bytes::from(
        "Content-Foo: 1\r\nContent-TypeX: 2\r\nX: Content-Type: a/b\r\n\r\nContent-Type: a/b\r\n\r\nContent-Type: c/d\r\n\r\n"
            .to_owned(),
    );
    let message = Message::parse_strict(&octets).unwrap();
    assert_eq!(message.headers().len(), 3);
    assert_eq!(message.content().body, "Content-Type: c/d\r\n\r\n");
    // A line that no header may be is none, even if one of content follows.
    let folded = "Content-Foo: 1\r\n x: y\r\n\r\nContent-Type: a/b\r\n\r\n";
    assert_eq!(lenient(folded), Err(ParseError::LeadingWhitespace { offset: 16 }));
}

#[test]
fn headers_that_do_not_end_are_no_message() {
    let whole = format!("{FROM_AND_TO}\r\nContent-Type: text/plain\r\n\r\nhi");
    let headers = FROM_AND_TO.len();
    for len in 0..headers + 2 {
        assert_eq!(lenient(&whole[..len]), Err(ParseError::MissingContent), "{len}");
    }
    assert_eq!(
        lenient(&whole[..headers + 2]),
        Err(ParseError::MissingContentType)
    );
}

#[test]
fn limits() {
    let small = Limits {
        header_octets: FROM_AND_TO.len(),
        headers: 2,
    };
    let parse = |headers: &str| Message::parse_within(&octets(headers), &small);
    assert!(parse(FROM_AND_TO).is_ok());
    assert_eq!(
        parse("a: \r\nb: \r\nc: \r\n"),
        Err(ParseError::TooManyHeaders { limit: 2 })
    );
    let longer = FROM_AND_TO.replace("im:a", "im:aa");
    assert_eq!(
        parse(&longer),
        Err(ParseError::TooLong {
            limit: small.header_octets
        })
    );
    // The content does not count.
    let large = format!("{FROM_AND_TO}\r\nContent-Type: a/b\r\n\r\n{}", "a".repeat(1000));
    assert!(Message::parse_within(&large.into(), &small).is_ok());
    // Nor does it where no empty line is before it, wherever in it the limit would be.
    let joined = format!("{FROM_AND_TO}Content-Type:\ttext/plain\r\n\r\nhi");
    for header_octets in FROM_AND_TO.len()..joined.len() {
        let limits = Limits {
            header_octets,
            ..small
        };
        let message = Message::parse_within(&joined.clone().into(), &limits).unwrap();
        assert_eq!(message.content().body, "hi");
    }
    let limits = Limits {
        header_octets: FROM_AND_TO.len() - 1,
        ..small
    };
    assert_eq!(
        Message::parse_within(&joined.into(), &limits),
        Err(ParseError::TooLong {
            limit: limits.header_octets
        })
    );
}
