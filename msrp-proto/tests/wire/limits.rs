//! What a peer may send before a frame is refused or the stream is lost (ruling ).

use msrp_proto::wire::{DecodeError, HeadError, Limits};

use crate::support::{Decoded, PATHS, bodiless, decode, decode_within, send};

/// Limits that no head in these tests comes near.
const WIDE: Limits = Limits {
    head: usize::MAX,
    headers: usize::MAX,
    line: usize::MAX,
    uris: usize::MAX,
    other_body: usize::MAX,
};

/// What comes of a frame with these lines behind its paths, followed by a good one.
fn before_a_good_one(limits: Limits, lines: &str) -> Decoded {
    let mut stream = bodiless("SEND", lines);
    stream.extend(send("good", "x", '$'));
    let decoded = decode_within(limits, &stream);
    let (last, _) = decoded.frames.split_last().unwrap();
    assert_eq!(last.tid(), "good");
    assert_eq!(decoded.error, None);
    decoded
}

/// Shows: MSRP-9-32 (the limits).
#[test]
fn the_defaults() {
    let limits = Limits::default();
    assert_eq!(limits.head, 16_384);
    assert_eq!(limits.headers, 64);
    assert_eq!(limits.line, 8192);
    assert_eq!(limits.uris, 32);
    assert_eq!(limits.other_body, 10_240);
}

#[test]
fn a_line_may_have_so_many_octets() {
    let limits = Limits { line: 80, ..WIDE };
    for len in [78, 79, 80, 81, 82, 200] {
        let line = format!("X:{}\r\n", "y".repeat(len - 4));
        assert_eq!(line.len(), len);
        let decoded = before_a_good_one(limits, &line);
        let fault = (len > 80).then_some(HeadError::TooLong);
        assert_eq!(decoded.frames[0].fault, fault, "{len}");
    }
}

#[test]
fn a_head_may_have_so_many_octets() {
    let base = bodiless("SEND", "").len() - "-------abcd$\r\n".len();
    for len in 5..60 {
        let lines = format!("X:{}\r\n", "y".repeat(len - 4));
        let limits = Limits {
            head: base + 20,
            ..WIDE
        };
        let decoded = before_a_good_one(limits, &lines);
        let fault = (len > 20).then_some(HeadError::TooLong);
        assert_eq!(decoded.frames[0].fault, fault, "{len}");
    }
}

#[test]
fn a_head_may_have_so_many_lines() {
    for (count, fault) in [(3, None), (4, Some(HeadError::TooManyHeaders))] {
        let limits = Limits { headers: 5, ..WIDE };
        let decoded = before_a_good_one(limits, &"X: y\r\n".repeat(count));
        assert_eq!(decoded.frames[0].fault, fault);
        // An empty line, or an end-line, is no header.
        let mut stream = format!(
            "MSRP abcd SEND\r\n{PATHS}Message-ID: 1\r\n{}Content-Type: a/b\r\n\r\nhello\r\n-------abcd+\r\n",
            "X: y\r\n".repeat(count - 2)
        )
        .into_bytes();
        stream.extend(send("good", "x", '$'));
        let decoded = decode_within(limits, &stream);
        assert_eq!(decoded.frames[0].fault, fault);
        assert_eq!(decoded.frames[0].body.is_none(), fault.is_some());
        assert_eq!(decoded.frames.len(), 2);
    }
}

#[test]
fn a_path_may_have_so_many_uris() {
    let with = |count: usize| {
        let path = vec!["msrp://h:1/s;tcp"; count].join(" ");
        let stream = format!(
            "MSRP abcd SEND\r\nTo-Path: {path}\r\nFrom-Path: msrp://h:1/s;tcp\r\n\
             Message-ID: 1\r\nContent-Type: a/b\r\n\r\nx\r\n-------abcd$\r\n"
        );
        decode_within(Limits { uris: 3, ..WIDE }, stream.as_bytes())
            .only()
            .clone()
    };
    assert_eq!(with(3).fault, None);
    assert_eq!(with(4).fault, Some(HeadError::TooManyUris));
    assert_eq!(with(4).body.as_deref(), Some(&b"x"[..]));
}

/// What is passed over may hold anything but the end-line, which is found wherever it is.
#[test]
fn the_end_line_is_found_behind_a_head_that_is_too_long() {
    let too_many = "X: y\r\n".repeat(70);
    let too_long = format!("X: {}", "y".repeat(100));
    let tails = [
        "",
        "\r\n",
        "\r\n\r\n",
        "\r\n\r\nbody\r\n",
        "\r\n\r\n\r\n-------abcd!\r\n\r\n-------abc\r\n",
        "\r\n-------efgh$\r\n",
        "\n-------abcd$\n\r\n",
        "\r\n\r\nx-------abcd$\r\n",
        "\r\r\r\n\r\n-------\r\n",
    ];
    let limits = Limits {
        line: 90,
        ..Limits::default()
    };
    for start in [&*too_many, &too_long] {
        for tail in tails {
            let crlf = if start == too_many { "" } else { "\r\n" };
            let decoded = before_a_good_one(limits, &format!("{start}{tail}{crlf}"));
            assert_eq!(decoded.frames.len(), 2, "{tail:?}");
            assert!(decoded.frames[0].fault.is_some());
            assert_eq!(decoded.frames[0].body, None);
        }
    }
}

/// With each limit in turn at every value that a frame can meet, all ways of cutting agree.
#[test]
fn all_limits_hold_however_the_stream_is_cut() {
    let mut stream = bodiless("SEND", "Message-ID: 1\r\nX: a\nb\r\n\r\nY\r\n\r\n-------abc\r\n");
    stream.extend(b"MSRP abcd REPORT\r\nTo-Path: msrp://b:1/b;tcp msrp://b:1/b;tcp\r\n");
    stream.extend(b"From-Path: msrp://b:1/b;tcp\r\nMessage-ID: 1\r\nStatus: 000 200\r\n\r\n0123456789\r\n");
    stream.extend(b"-------abcd$\r\n");
    let longest = stream.len() + 2;
    for value in 0..longest {
        decode_within(Limits { head: value, ..WIDE }, &stream);
        decode_within(Limits { line: value, ..WIDE }, &stream);
    }
    for value in 0..14 {
        decode_within(
            Limits {
                headers: value,
                ..WIDE
            },
            &stream,
        );
        decode_within(Limits { uris: value, ..WIDE }, &stream);
        decode_within(
            Limits {
                other_body: value,
                ..WIDE
            },
            &stream,
        );
    }
    let nothing = Limits {
        head: 0,
        headers: 0,
        line: 0,
        uris: 0,
        other_body: 0,
    };
    decode_within(nothing, &stream);
    let decoded = decode_within(WIDE, &stream);
    assert_eq!(decoded.frames.len(), 2);
    assert_eq!(decoded.error, None);
}

#[test]
fn a_start_line_that_is_too_long_loses_the_stream() {
    let stream = bodiless("FOOBAR", "");
    let start_line = "MSRP abcd FOOBAR\r\n".len();
    for (limit, lost) in [(start_line, false), (start_line - 1, true), (0, true)] {
        let decoded = decode_within(Limits { line: limit, ..WIDE }, &stream);
        assert_eq!(decoded.lost_at_once(DecodeError::StartLineTooLong), lost);
        let decoded = decode_within(Limits { head: limit, ..WIDE }, &stream);
        assert_eq!(decoded.lost_at_once(DecodeError::StartLineTooLong), lost);
    }
    let endless = [b"MSRP abcd ", &b"A".repeat(9000)[..]].concat();
    assert!(decode(&endless).lost_at_once(DecodeError::StartLineTooLong));
}

/// As much of the body as is allowed is handed out, however the stream is cut.
#[test]
fn the_body_of_another_request_or_of_a_response_is_bounded() {
    let limits = Limits {
        other_body: 10,
        ..Limits::default()
    };
    for rest in ["REPORT", "FOO", "200 OK", "lower case"] {
        for (body, fits) in [
            ("0123456789", true),
            ("0123456789a", false),
            ("01234567\r\n", true),
            ("01234567\r\n-------abc", false),
            ("0123456789\r\n-------abc", false),
            ("0123456789\r\n-------abcd$ more", false),
        ] {
            let lines = format!("Message-ID: 1\r\nStatus: 000 200\r\n\r\n{body}\r\n");
            let mut stream = bodiless(rest, &lines);
            stream.extend(send("good", "x", '$'));
            let decoded = decode_within(limits, &stream);
            let allowed = &body.as_bytes()[..10];
            assert_eq!(
                decoded.frames[0].body.as_deref(),
                Some(allowed),
                "{rest} {body:?}"
            );
            let frames = if fits { 2 } else { 1 };
            let error = (!fits).then_some(DecodeError::BodyTooLong);
            assert_eq!((decoded.frames.len(), decoded.error), (frames, error));
        }
    }
    let long = send("abcd", "x".repeat(1000), '$');
    assert_eq!(decode_within(limits, &long).only().fault, None);
}
