//! Input that is meant to do harm.

use bytes::Bytes;
use msrp_cpim::{Header, Limits, Message, ParseError};

use crate::{octets, parse};

#[test]
fn headers_are_limited_in_number_and_length() {
    let limits = Limits::default();
    assert!(Message::parse(&octets(&"a: \r\n".repeat(limits.headers))).is_ok());
    let error = ParseError::TooManyHeaders {
        limit: limits.headers,
    };
    assert_eq!(
        Message::parse(&octets(&"a: \r\n".repeat(limits.headers + 1))),
        Err(error)
    );

    let error = ParseError::TooLong {
        limit: limits.header_octets,
    };
    let endless = Bytes::from(vec![b'a'; 1 << 20]);
    assert_eq!(Message::parse(&endless), Err(error));
    // A character cut in two by the limit is no other fault.
    let endless = Bytes::from("a: ".to_owned() + &"é".repeat(1 << 20));
    assert_eq!(Message::parse(&endless), Err(error));
}

#[test]
fn there_may_be_no_limit() {
    let limits = Limits {
        header_octets: usize::MAX,
        headers: usize::MAX,
    };
    let message = octets("From: <im:a@x.example>\r\n");
    assert_eq!(Message::parse_within(&message, &limits), Message::parse(&message));
}

#[test]
fn parameters_are_limited_in_number() {
    let line = |count: usize| {
        let parameters: String = (0..count).map(|index| format!(";p{index}=1")).collect();
        format!("X:{parameters} v\r\n")
    };
    assert_eq!(
        parse(&line(Header::MAX_PARAMETERS)).headers()[0]
            .parameters()
            .len(),
        32
    );
    let error = Message::parse(&octets(&line(Header::MAX_PARAMETERS + 1)));
    assert!(
        matches!(error, Err(ParseError::TooManyParameters { .. })),
        "{error:?}"
    );
}

/// Each of these would take minutes if the work were not linear.
#[test]
fn work_is_linear() {
    let large = 200_000;
    parse(&format!("Subject: {}\r\n", "\\".repeat(large)));
    parse(&format!("Subject: {}\r\n", "\\ud83d".repeat(large / 6)));
    parse(&format!("From: {}<im:a@x.example>\r\n", "a ".repeat(large / 2)));
    parse(&format!(
        "From: \"{}\"<im:a@x.example>\r\n",
        "\\\"".repeat(large / 2)
    ));
    parse(&format!("Require: {}a\r\n", "a,".repeat(large / 2)));
    parse(&format!("X:;p=\"{}\" v\r\n", "\\\"".repeat(large / 2)));
    let almost = "Content-A: b\r\n".repeat(1000);
    let body = "Content-Type: a/b\r\n".repeat(1 << 20);
    let message = Message::parse(&format!("{almost}\r\nContent-Type: a/b\r\n\r\n{body}").into()).unwrap();
    assert_eq!(message.headers().len(), 1000);
    let nested = "Content-Type: message/cpim\r\n\r\n\r\n".repeat(1 << 16);
    let message = Message::parse(&format!("\r\n{nested}").into()).unwrap();
    assert!(message.from_chain(1 << 20).is_err());
}

#[test]
fn debug_shows_neither_values_nor_content() {
    let message = parse("Subject: secret\r\n");
    let shown = format!("{message:?}");
    assert!(shown.contains("Subject"));
    assert!(!shown.contains("secret"), "{shown}");
    assert!(!shown.contains("hi"), "{shown}");
}
