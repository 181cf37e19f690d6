//! The first line of a frame (RFC 4975 §9; rulings ).

use msrp_proto::wire::{
    ContinuationFlag, DecodeError, HeadError, Method, OtherMethod, StartLine, StatusCode,
};

use crate::rewrite::rewrite;
use crate::support::{PATHS, bodiless, decode};

/// What a start line says that continues with `rest` behind the identifier.
fn start_line(rest: &str) -> Result<StartLine, HeadError> {
    let decoded = decode(&bodiless(rest, "Message-ID: 1\r\nStatus: 000 200\r\n"));
    let frame = decoded.only();
    match frame.fault {
        Some(fault) => Err(fault),
        None => Ok(frame.head.start_line().clone()),
    }
}

/// Whether the stream is lost at this start line.
fn lost(line: &str) -> bool {
    decode(format!("{line}\r\n{PATHS}-------abcd$\r\n").as_bytes()).lost_at_once(DecodeError::StartLine)
}

/// Shows: MSRP-9-01.
#[test]
fn it_begins_with_msrp_in_capitals() {
    for line in [
        "msrp abcd SEND",
        "Msrp abcd SEND",
        "MSRp abcd SEND",
        "MSRQ abcd SEND",
        "MSRPS abcd SEND",
        "SIP abcd SEND",
        " MSRP abcd SEND",
        "abcd SEND",
    ] {
        assert!(lost(line), "{line}");
    }
    assert!(!lost("MSRP abcd SEND"));
}

/// Shows: MSRP-9-02.
#[test]
fn one_sp_separates_its_parts_and_a_crlf_ends_it() {
    for line in [
        "MSRP  abcd SEND",
        "MSRP\tabcd SEND",
        "MSRP\tabcd\tSEND",
        "MSRP abcd\tSEND",
        "MSRPabcd SEND",
        "MSRP abcd",
        "MSRP SEND",
        "MSRP ",
        "MSRP",
        "MSRP abcd SEND\nX: y",
        "MSRP abcd\nSEND",
    ] {
        assert!(lost(line), "{line:?}");
    }
    // These can be delimited, so they cost their own frame only.
    for rest in [" SEND", "SEND ", "\tSEND", "SEND\t", "SEND X", "", " ", "SE\rND"] {
        assert_eq!(start_line(rest), Err(HeadError::StartLine), "{rest:?}");
    }
}

/// Shows: MSRP-9-29.
#[test]
fn lines_end_with_crlf_only() {
    let stream = "MSRP abcd SEND\nTo-Path: msrp://b:1/b;tcp\nFrom-Path: msrp://a:1/a;tcp\n-------abcd$\n";
    assert!(decode(stream.as_bytes()).lost_at_once(DecodeError::StartLine));
    // The first bare LF decides: not even a start line without its end is waited for.
    assert!(decode(b"MSRP abcd SEND\n").lost_at_once(DecodeError::StartLine));
}

/// Shows: MSRP-9-03, MSRP-7.2-07.
#[test]
fn a_response_has_three_digits_and_an_optional_comment() {
    for (rest, comment) in [
        ("200", None),
        ("200 ", Some("")),
        ("200 OK", Some("OK")),
        ("200  OK ", Some(" OK ")),
        ("200 200", Some("200")),
    ] {
        let decoded = decode(&bodiless(rest, ""));
        let frame = decoded.only();
        assert_eq!(frame.fault, None, "{rest:?}");
        assert_eq!(frame.head.start_line(), &StartLine::Response(StatusCode::OK));
        assert_eq!(frame.head.comment(), comment.map(str::as_bytes), "{rest:?}");
        assert_eq!(frame.head.method(), None);
    }
    for rest in [
        "20",
        "2",
        "2000",
        "2x0",
        "20x",
        "2 0",
        "200OK",
        "200\tOK",
        "-200",
        "+200",
        "\u{662}00",
    ] {
        assert_eq!(start_line(rest), Err(HeadError::StartLine), "{rest:?}");
    }
}

/// Shows: MSRP-9-04.
#[test]
fn a_comment_is_text_and_kept_as_it_is() {
    for text in ["Gr\u{fc}n", "tab\there", "\u{65e5}\u{672c}", "~!\"#: ;"] {
        let stream = bodiless(&format!("200 {text}"), "");
        let decoded = decode(&stream);
        let frame = decoded.only();
        assert_eq!(frame.head.comment(), Some(text.as_bytes()));
        let again = rewrite(&frame.head, None, ContinuationFlag::Complete);
        assert_eq!(again, Some(stream));
    }
    for control in (0..b' ').chain([0x7f]).filter(|octet| *octet != b'\t') {
        let rest = format!("200 a{}b", char::from(control));
        let stream = bodiless(&rest, "");
        if control == b'\n' {
            assert!(decode(&stream).lost_at_once(DecodeError::StartLine));
        } else {
            assert_eq!(start_line(&rest), Err(HeadError::StartLine), "{control}");
        }
    }
}

/// Octets that are not UTF-8 are handed on (ruling R-17).
#[test]
fn a_comment_need_not_be_utf8() {
    let mut stream = bodiless("200 x", "");
    let at = stream.windows(5).position(|octets| octets == b"200 x").unwrap() + 4;
    stream[at] = 0xff;
    assert_eq!(decode(&stream).only().head.comment(), Some(&[0xff][..]));
}

/// Shows: MSRP-9-05.
#[test]
fn an_identifier_has_4_to_32_characters_the_first_alphanumeric() {
    let with = |tid: &str| decode(format!("MSRP {tid} SEND\r\n{PATHS}-------{tid}$\r\n").as_bytes());
    let longest = format!("a{}", ".-+%=zA9".repeat(4));
    for tid in ["abcd", "0.-+", "Z%==", "a...", &longest[..32]] {
        assert_eq!(with(tid).only().tid(), tid);
    }
    for tid in [
        "abc",
        "a",
        "",
        &longest[..33],
        "-abc",
        ".abc",
        "=abc",
        "%abc",
        "+abc",
    ] {
        assert!(with(tid).lost_at_once(DecodeError::StartLine), "{tid}");
    }
    for octet in 0..128_u8 {
        let tid = format!("a{}bc", char::from(octet));
        let legal = octet.is_ascii_alphanumeric() || b".-+%=".contains(&octet);
        assert_eq!(with(&tid).lost_at_once(DecodeError::StartLine), !legal, "{octet}");
        let tid = format!("{}abc", char::from(octet));
        let legal = octet.is_ascii_alphanumeric();
        assert_eq!(with(&tid).lost_at_once(DecodeError::StartLine), !legal, "{octet}");
    }
    assert!(with("a\u{e9}bcd").lost_at_once(DecodeError::StartLine));
}

/// Shows: MSRP-9-06.
#[test]
fn methods_are_capitals_and_three_digits_are_a_response() {
    let other = |name| Method::Other(OtherMethod::new(name).unwrap());
    for (rest, method) in [
        ("SEND", Method::Send),
        ("REPORT", Method::Report),
        ("AUTH", Method::Auth),
        ("NICKNAME", Method::Nickname),
        ("FOOBAR", other("FOOBAR")),
        ("A", other("A")),
        ("SENDX", other("SENDX")),
    ] {
        assert_eq!(method.as_str(), rest);
        assert_eq!(start_line(rest), Ok(StartLine::Request(method)));
    }
    let response = StartLine::Response(StatusCode::new(299).unwrap());
    assert_eq!(start_line("299"), Ok(response));
    for rest in [
        "send", "Send", "SENd", "FOO1", "FOO-BAR", "_FOO", "F\u{d6}", "foo",
    ] {
        assert_eq!(start_line(rest), Err(HeadError::StartLine), "{rest}");
    }
}

/// Some peers write one; it is a method like any other, but none that is written here.
#[test]
fn a_method_may_have_an_underscore() {
    let Ok(StartLine::Request(Method::Other(other))) = start_line("FILE_OFFSET") else {
        panic!()
    };
    assert_eq!(other.as_str(), "FILE_OFFSET");
    assert_eq!(OtherMethod::new("FILE_OFFSET"), None);
}

#[test]
fn only_methods_of_the_grammar_can_be_written() {
    assert_eq!(OtherMethod::new("FOO").unwrap().as_str(), "FOO");
    let too_long = "F".repeat(33);
    for name in [
        "", "foo", "FOO1", "FOO BAR", "FOO\r\n", "SEND", "REPORT", "AUTH", "NICKNAME", &too_long,
    ] {
        assert_eq!(OtherMethod::new(name), None, "{name}");
    }
}
