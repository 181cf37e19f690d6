//! The lines behind the start line (RFC 4975 §9; rulings ).

use msrp_proto::wire::{ByteRange, ContinuationFlag, FailureReport, Field, HeadError};

use crate::rewrite::rewrite;
use crate::support::{Frame, PATHS, bodiless, decode};

/// A SEND without a body, with further header lines.
fn with(lines: &str) -> Frame {
    decode(&bodiless("SEND", lines)).only().clone()
}

/// A SEND with the body `x`.
fn with_body(lines: &str) -> Frame {
    let stream = format!("MSRP abcd SEND\r\n{PATHS}{lines}\r\nx\r\n-------abcd$\r\n");
    decode(stream.as_bytes()).only().clone()
}

/// Shows: MSRP-9-13.
#[test]
fn the_paths_are_enough() {
    assert_eq!(decode(&bodiless("200 OK", "")).only().fault, None);
    assert_eq!(decode(&bodiless("AUTH", "")).only().fault, None);
    assert_eq!(with("").fault, None);
}

/// Shows: MSRP-9-14 (the reading half).
#[test]
fn names_have_no_case() {
    let lines = "to-path: msrp://b:1/b;tcp\r\nFROM-PATH: msrp://a:1/a;tcp\r\nMESSAGE-ID: abc\r\n\
                 byte-range: 1-1/1\r\nsUCCESS-rEPORT: yes\r\nfailure-report: no\r\nContent-type: a/b\r\n";
    let stream = format!("MSRP abcd SEND\r\n{lines}\r\nx\r\n-------abcd$\r\n");
    let frame = decode(stream.as_bytes()).only().clone();
    let head = &frame.head;
    assert_eq!(frame.fault, None);
    assert_eq!(head.to_path().unwrap().as_str(), "msrp://b:1/b;tcp");
    assert_eq!(head.from_path().unwrap().as_str(), "msrp://a:1/a;tcp");
    assert_eq!(head.message_id().unwrap().as_str(), "abc");
    assert_eq!(head.byte_range(), Some(ByteRange::new(1, Some(1), Some(1))));
    assert_eq!(head.success_report(), Some(true));
    assert_eq!(head.failure_report(), Some(FailureReport::No));
    assert!(head.content_type().unwrap().is("a/b"));
    assert_eq!(head.header("Message-Id"), Some(&b"abc"[..]));
}

/// Shows: MSRP-9-15 (the reading half).
#[test]
fn blanks_around_a_value_do_not_count() {
    for line in ["X:y", "X: y", "X:   y", "X:\ty", "X: y \t", "X: \t y"] {
        assert_eq!(
            with(&format!("{line}\r\n")).head.header("x"),
            Some(&b"y"[..]),
            "{line}"
        );
    }
    let frame = with("Message-ID:\t 1234 \t\r\nByte-Range:1-0/0\r\n");
    assert_eq!(frame.head.message_id().unwrap().as_str(), "1234");
    assert_eq!(frame.head.byte_range(), Some(ByteRange::EMPTY));
    for line in ["X : y", "X\t: y", "Message-ID : 1"] {
        assert_eq!(
            with(&format!("{line}\r\n")).fault,
            Some(HeadError::HeaderLine),
            "{line}"
        );
    }
}

/// Shows: MSRP-9-17.
#[test]
fn a_message_id_is_up_to_128_ident_characters() {
    let message_id = |value: &str| {
        let frame = with(&format!("Message-ID: {value}\r\n"));
        match frame.fault {
            None => Ok(frame.head.message_id().unwrap().to_string()),
            Some(fault) => Err(fault),
        }
    };
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for value in ["abcd", "a", "-=+%.", uuid, &"x".repeat(32), &"x".repeat(128)] {
        assert_eq!(message_id(value).as_deref(), Ok(value));
    }
    let illegal = Err(HeadError::Illegal(Field::MessageId));
    for value in ["", "a b", "a@b", "<a>", "a_b", "\u{e4}", &"x".repeat(129)] {
        assert_eq!(message_id(value), illegal, "{value}");
    }
}

/// Shows: MSRP-9-18.
#[test]
fn a_byte_range_is_digits_and_stars() {
    let range = |value: &str| {
        let frame = with(&format!("Byte-Range: {value}\r\n"));
        frame.head.byte_range().ok_or_else(|| frame.fault.unwrap())
    };
    let max = u64::MAX;
    for (value, start, end, total) in [
        ("1-25/25", 1, Some(25), Some(25)),
        ("1-*/8", 1, None, Some(8)),
        ("1-*/*", 1, None, None),
        ("1-0/0", 1, Some(0), Some(0)),
        ("1-5/*", 1, Some(5), None),
        ("007-08/9", 7, Some(8), Some(9)),
        ("5-2/1", 5, Some(2), Some(1)),
        (&format!("{max}-{max}/{max}"), max, Some(max), Some(max)),
    ] {
        assert_eq!(range(value), Ok(ByteRange::new(start, end, total)), "{value}");
    }
    let illegal = Err(HeadError::Illegal(Field::ByteRange));
    for value in [
        "",
        "*-1/1",
        "1-/2",
        "-1-2/3",
        "1 - 2/3",
        "1-2",
        "1/2",
        "1-2/",
        "-2/3",
        "1-2/3x",
        "1-2/3/4",
        "1-**/2",
        "0-1/1",
        "+1-2/3",
        "1-+2/3",
        "0x1-2/3",
        "1-2/ 3",
        "1-5/18446744073709551616",
        "18446744073709551616-*/*",
        "1-1000000000000000000000000/*",
    ] {
        assert_eq!(range(value), illegal, "{value}");
    }
}

/// Shows: MSRP-9-19 (the reading half).
#[test]
fn reports_are_asked_for_in_words_without_case() {
    let success = |value: &str| {
        with(&format!("Success-Report: {value}\r\n"))
            .head
            .success_report()
    };
    let failure = |value: &str| {
        with(&format!("Failure-Report: {value}\r\n"))
            .head
            .failure_report()
    };
    for (value, wanted) in [("yes", true), ("no", false), ("YES", true), ("nO", false)] {
        assert_eq!(success(value), Some(wanted));
    }
    for (value, wanted) in [
        ("yes", FailureReport::Yes),
        ("no", FailureReport::No),
        ("partial", FailureReport::Partial),
        ("YES", FailureReport::Yes),
        ("Partial", FailureReport::Partial),
    ] {
        assert_eq!(failure(value), Some(wanted));
    }
    for (line, field) in [
        ("Success-Report: partial", Field::SuccessReport),
        ("Success-Report:", Field::SuccessReport),
        ("Success-Report: yes no", Field::SuccessReport),
        ("Failure-Report: maybe", Field::FailureReport),
        ("Failure-Report: true", Field::FailureReport),
        ("Failure-Report:", Field::FailureReport),
    ] {
        let frame = with(&format!("{line}\r\n"));
        assert_eq!(frame.fault, Some(HeadError::Illegal(field)), "{line}");
    }
    assert_eq!(FailureReport::default(), FailureReport::Yes);
}

/// An illegal Failure-Report counts as none, and a second one does not change that (rulings ).
#[test]
fn what_is_illegal_or_repeated_is_not_read() {
    let frame = with("Failure-Report: maybe\r\nFailure-Report: no\r\n");
    assert_eq!(frame.fault, Some(HeadError::Illegal(Field::FailureReport)));
    assert_eq!(frame.head.failure_report(), None);
    let frame = with("Failure-Report: yes\r\nFailure-Report: no\r\n");
    assert_eq!(frame.fault, Some(HeadError::Duplicate(Field::FailureReport)));
    assert_eq!(frame.head.failure_report(), Some(FailureReport::Yes));
}

#[test]
fn each_known_header_may_stand_once() {
    for (field, value) in [
        (Field::ToPath, "msrp://b:1/b;tcp"),
        (Field::FromPath, "msrp://b:1/b;tcp"),
        (Field::MessageId, "1"),
        (Field::ByteRange, "1-0/0"),
        (Field::SuccessReport, "no"),
        (Field::FailureReport, "no"),
        (Field::Status, "000 200"),
        (Field::ContentType, "a/b"),
    ] {
        for second in [value, ""] {
            let frame = with(&format!("{field}: {value}\r\n{field}: {second}\r\n"));
            assert_eq!(frame.fault, Some(HeadError::Duplicate(field)), "{field}");
        }
    }
    assert_eq!(with("X: 1\r\nX: 2\r\nx: 3\r\n").fault, None);
}

/// An empty path is illegal also when none was read before, which others are compared with.
#[test]
fn a_path_has_one_uri_at_least() {
    for field in [Field::ToPath, Field::FromPath] {
        for value in ["", " ", "\t"] {
            let other = if field == Field::ToPath { "From" } else { "To" };
            let stream = format!(
                "MSRP abcd SEND\r\n{field}: {value}\r\n{other}-Path: msrp://b:1/b;tcp\r\n-------abcd$\r\n"
            );
            let decoded = decode(stream.as_bytes());
            assert_eq!(decoded.only().fault, Some(HeadError::Illegal(field)));
        }
    }
}

/// Shows: MSRP-9-21.
#[test]
fn mime_headers_stand_before_the_content_type() {
    let lines = "Message-ID: 1234\r\nByte-Range: 1-1/1\r\nX-Foo: bar\r\nContent-ID: <a@b>\r\n\
                 Content-Description: some text\r\n\
                 Content-Disposition: attachment; filename=\"a b\"\r\nContent-Language: en\r\n\
                 Content-Type: text/plain;charset=utf-8\r\n";
    let frame = with_body(lines);
    assert_eq!(frame.fault, None);
    assert_eq!(frame.head.header("content-language"), Some(&b"en"[..]));
    let again = rewrite(&frame.head, frame.body.as_deref(), ContinuationFlag::Complete);
    let expected = format!("MSRP abcd SEND\r\n{PATHS}{lines}\r\nx\r\n-------abcd$\r\n");
    assert_eq!(again, Some(expected.into_bytes()));
}

/// Shows: MSRP-9-22.
#[test]
fn a_content_type_is_a_media_type() {
    for value in [
        "text/plain",
        "text/plain;charset=UTF-8",
        "a/b;x",
        "a/b;x=\"q;\\\"q\"",
        "text/plain; charset=UTF-8",
    ] {
        let frame = with_body(&format!("Message-ID: 1\r\nContent-Type: {value}\r\n"));
        assert_eq!(frame.fault, None, "{value}");
        assert!(frame.head.content_type().is_some());
        assert_eq!(frame.head.content_type_octets(), Some(value.as_bytes()));
    }
    for value in ["", "text", "text/", "/plain", "a/b;=x", "a b/c"] {
        let frame = with_body(&format!("Message-ID: 1\r\nContent-Type: {value}\r\n"));
        assert_eq!(
            frame.fault,
            Some(HeadError::Illegal(Field::ContentType)),
            "{value}"
        );
    }
}

/// Shows: MSRP-9-23 (header names).
#[test]
fn a_name_is_a_letter_and_token_characters() {
    let token = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&octet);
    for octet in 0..=255_u8 {
        let mut stream = bodiless("SEND", "XyZ: v\r\n");
        let at = stream.windows(3).position(|octets| octets == b"XyZ").unwrap() + 1;
        stream[at] = octet;
        let decoded = decode(&stream);
        // A colon ends the name early, and the value begins with the rest of it.
        let legal = token(octet) || octet == b':';
        assert_eq!(decoded.only().fault.is_none(), legal, "{octet}");

        stream[at] = b'y';
        stream[at - 1] = octet;
        let decoded = decode(&stream);
        assert_eq!(
            decoded.only().fault.is_none(),
            octet.is_ascii_alphabetic(),
            "{octet}"
        );
    }
}

/// Shows: MSRP-9-27.
#[test]
fn other_headers_are_kept() {
    let frame = with("X-Foo: bar\r\nx-foo: \r\nX*~!: a:b \t c\r\nY:\r\n");
    assert_eq!(frame.fault, None);
    let kept: Vec<_> = frame.head.headers().skip(2).collect();
    let expected: [(&[u8], &[u8]); 4] = [
        (b"X-Foo", b"bar"),
        (b"x-foo", b""),
        (b"X*~!", b"a:b \t c"),
        (b"Y", b""),
    ];
    assert_eq!(kept, expected);
    for line in [
        "1Foo: x",
        "-Foo: x",
        ": x",
        "Foo",
        "Foo x",
        "F oo: x",
        "F\u{f6}: x",
    ] {
        let frame = with(&format!("{line}\r\n"));
        assert_eq!(frame.fault, Some(HeadError::HeaderLine), "{line}");
        assert_eq!(frame.head.headers().count(), 2, "no header: {line}");
    }
}

#[test]
fn a_value_has_no_control_octet_but_htab() {
    for octet in 0..=255_u8 {
        let mut stream = bodiless("SEND", "X: a?b\r\n");
        let at = stream.iter().position(|octet| *octet == b'?').unwrap();
        stream[at] = octet;
        let decoded = decode(&stream);
        let legal = octet == b'\t' || (octet >= b' ' && octet != 0x7f);
        let frame = decoded.only();
        assert_eq!(frame.fault.is_none(), legal, "{octet}");
        assert_eq!(frame.head.header("X").is_some(), legal, "{octet}");
    }
}

/// Shows: MSRP-9-28.
#[test]
fn lines_are_not_folded() {
    for line in [
        "X: a\r\n b\r\n",
        "X: a\r\n\tb\r\n",
        " X: a\r\n",
        "\tX: a\r\n",
        "X: a\r\n \r\n",
    ] {
        assert_eq!(with(line).fault, Some(HeadError::HeaderLine), "{line:?}");
    }
}

/// Shows: MSRP-9-30 (of the decoder).
#[test]
fn an_end_line_ends_a_head_if_it_is_its_own() {
    let own = decode(&bodiless("SEND", ""));
    assert_eq!(own.only().fault, None);
    for line in [
        "-------efgh$",
        "-------abcd!",
        "-------abcd",
        "-------abcd$ ",
        "-------abcd$x",
        " -------abcd$",
        "------abcd$",
        "--------abcd$",
        "-------ABCD$",
        "-------abcde$",
        "-------abc$",
    ] {
        let frame = with(&format!("{line}\r\n"));
        assert_eq!(frame.fault, Some(HeadError::HeaderLine), "{line}");
    }
}

#[test]
fn a_bare_lf_ends_no_line() {
    for lines in [
        "X: a\nY: b\r\n",
        "X: a\n\r\n",
        "\n\r\n",
        "X: a\n\n",
        "X: a\n-------abcd$\n",
    ] {
        let stream = bodiless("SEND", &format!("{lines}Z: c\r\n"));
        let decoded = decode(&stream);
        assert_eq!(decoded.only().fault, Some(HeadError::HeaderLine), "{lines:?}");
        assert_eq!(decoded.only().body, None);
    }
    let frame = with("X: a\rb\r\n");
    assert_eq!(frame.fault, Some(HeadError::HeaderLine));
}

#[test]
fn some_frames_need_some_headers() {
    let missing = |field| Some(HeadError::Missing(field));
    let paths = |to: &str, from: &str| {
        let stream = format!("MSRP abcd 200 OK\r\n{to}{from}-------abcd$\r\n");
        decode(stream.as_bytes()).only().fault
    };
    let (to, from) = PATHS.split_at(PATHS.find("From").unwrap());
    assert_eq!(paths(to, from), None);
    assert_eq!(paths(from, to), None);
    assert_eq!(paths("", from), missing(Field::ToPath));
    assert_eq!(paths(to, ""), missing(Field::FromPath));

    let content = "Content-Type: a/b\r\n";
    assert_eq!(with_body(content).fault, missing(Field::MessageId));
    assert_eq!(with_body("Message-ID: 1\r\n").fault, missing(Field::ContentType));
    assert_eq!(with("Byte-Range: 1-0/0\r\n").fault, None);
    // A Content-Type without a body is tolerated (ruling R-15).
    let frame = with(&format!("Message-ID: 1\r\n{content}"));
    assert_eq!((frame.fault, frame.body), (None, None));
    assert!(frame.head.content_type().unwrap().is("a/b"));

    let report = |lines| decode(&bodiless("REPORT", lines)).only().fault;
    assert_eq!(report("Status: 000 200\r\n"), missing(Field::MessageId));
    assert_eq!(report("Message-ID: 1\r\n"), missing(Field::Status));
    assert_eq!(report("Message-ID: 1\r\nStatus: 000 200\r\n"), None);
}

/// A response with a body or another flag is delimited like any frame (ruling R-23).
#[test]
fn a_response_may_have_a_body_and_any_flag() {
    let stream = format!("MSRP abcd 200 OK\r\n{PATHS}Content-Type: a/b\r\n\r\nhello\r\n-------abcd+\r\n");
    let decoded = decode(stream.as_bytes());
    let frame = decoded.only();
    assert_eq!(frame.fault, None);
    assert_eq!(frame.body.as_deref(), Some(&b"hello"[..]));
    assert_eq!(frame.flag, Some(ContinuationFlag::Continued));
}

#[test]
fn a_compact_head_says_the_same() {
    let frame = with("Message-ID: 1234\r\nX-Foo: bar\r\n");
    let compact = frame.head.compact();
    assert_ne!(compact.as_bytes().as_ptr(), frame.head.as_bytes().as_ptr());
    let compact = Frame {
        head: compact,
        ..frame.clone()
    };
    assert_eq!(compact, frame);
    assert!(compact.head.headers().eq(frame.head.headers()));
}
