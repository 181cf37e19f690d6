//! Where frames begin and end (RFC 4975 §5.1, §7.1, §7.3.1).

use bytes::Bytes;
use msrp_proto::wire::{ContinuationFlag, DecodeError, Decoder, Item, Limits};

use crate::support::{PATHS, bodiless, decode, decode_pieces, send};

/// Shows: MSRP-5.1-03.
#[test]
fn the_end_line_is_that_of_the_own_transaction() {
    let body = b"x\r\n-------bbbb2$\r\ny";
    let mut stream = send("aaaa1", body, '$');
    stream.extend(send("bbbb2", "second", '+'));
    let decoded = decode(&stream);
    let bodies: Vec<_> = decoded
        .frames
        .iter()
        .map(|frame| frame.body.as_deref().unwrap())
        .collect();
    assert_eq!(bodies, [&body[..], b"second"]);
    assert!(decoded.error.is_none() && decoded.between_frames);
}

/// Shows: MSRP-5.1-07.
#[test]
fn a_transcript_is_read_the_same_however_it_is_cut_at_two_points() {
    let paths = "To-Path: msrp://b:1/b;tcp\r\nFrom-Path: msrp://a:1/a;tcp\r\n";
    let content = "Content-Type: text/plain\r\n\r\n";
    let transcript = format!(
        "MSRP aaaa SEND\r\n{paths}Message-ID: 1\r\n{content}ab\r\n-------aaa\r\n-------aaaa+\r\n\
         MSRP bbbb SEND\r\n{paths}-------bbbb$\r\n\
         \r\n\
         MSRP aaaa 200 OK\r\n{paths}-------aaaa$\r\n\
         MSRP cccc SEND\r\n{paths}Message-ID: 1\r\n{content}\r\n\r\n-------cccc$\r\n\
         MSRP dddd REPORT\r\n{paths}Message-ID: 1\r\nStatus: 000 200\r\n-------dddd$\r\n"
    );
    let transcript = transcript.as_bytes();
    let whole = decode(transcript);
    assert_eq!(whole.frames.len(), 5);
    assert_eq!(whole.frames[0].body.as_deref(), Some(&b"ab\r\n-------aaa"[..]));
    assert_eq!(whole.frames[3].body.as_deref(), Some(&b"\r\n"[..]));
    for first in 0..transcript.len() {
        for second in first..transcript.len() {
            let pieces = [
                &transcript[..first],
                &transcript[first..second],
                &transcript[second..],
            ];
            let (cut, _) = decode_pieces(Limits::default(), pieces);
            assert!(cut == whole, "cut at {first} and {second}");
        }
    }
}

/// Shows: MSRP-5.1-08 (of the decoder).
#[test]
fn a_segment_may_end_inside_an_end_line() {
    let first: Vec<u8> = [
        send("aaaa", "1", '$'),
        send("bbbb", "2", '$'),
        send("cccc", "3", '$'),
    ]
    .concat();
    for held_back in 0..14 {
        let (segment, rest) = first.split_at(first.len() - held_back);
        let mut decoder = Decoder::new(Limits::default());
        let mut ends = 0;
        for (part, expected) in [(segment, if held_back == 0 { 3 } else { 2 }), (rest, 3)] {
            let mut input = Bytes::copy_from_slice(part);
            while let Some(item) = decoder.decode(&mut input).unwrap() {
                ends += usize::from(matches!(item, Item::End(_)));
            }
            assert_eq!(ends, expected, "{held_back} octets held back");
        }
        assert!(decoder.is_between_frames());
    }
}

/// Shows: MSRP-7.1-16 (the reading half).
#[test]
fn the_crlf_before_the_end_line_is_no_body() {
    let stream = send("abcd", "x\r\n", '$');
    assert!(stream.ends_with(b"\r\n\r\nx\r\n\r\n-------abcd$\r\n"));
    assert_eq!(decode(&stream).only().body.as_deref(), Some(&b"x\r\n"[..]));
}

#[test]
fn hyphens_do_not_confuse_the_framing() {
    let hyphens = (1..=40).map(|count| "-".repeat(count));
    let others = [
        "-------",
        "-------abcd",
        "-------abcd$x",
        "x-------abcd$",
        "\r\n-------abcd",
        "\r\n-------abcd\r\n",
        "\r\n-------abcd!\r\n",
        "\r\n-------abcd$x",
        "\r\n-------abcd$ \r\n",
        "\r\n-------abcd$\n",
        "\r\n-------abcd$\r",
        "\r\n-------abcd$\r\r\n",
        "\r\n-------abcd$\r\r\n-------abcd",
        "\r\n--------abcd$\r\n",
        "\r\n------abcd$\r\n",
        "\n-------abcd$\r\n",
        "\r-------abcd$\r\n",
        "\r\r\n-------abc",
        "\r\n-------ABCD$\r\n",
        "\r\n-------abcde$\r\n",
        "\r\n-------\r\n-------abc\r\n-------",
    ];
    for body in hyphens.chain(others.map(str::to_owned)) {
        let decoded = decode(&send("abcd", &body, '+'));
        assert_eq!(
            decoded.only().body.as_deref(),
            Some(body.as_bytes()),
            "{}",
            body.escape_debug()
        );
    }
}

/// Every octet that could follow what looks like an end-line, at every place in it.
#[test]
fn an_end_line_with_one_octet_changed_is_body() {
    let end_line = b"\r\n-------abcd$\r\n";
    for at in 0..end_line.len() {
        for octet in 0..=255 {
            let mut body = end_line.to_vec();
            body[at] = octet;
            let flag = at == 13 && b"+$#".contains(&octet);
            if body == end_line || flag {
                continue;
            }
            body.extend_from_slice(b"more");
            let stream = send("abcd", &body, '$');
            let (octets, _) = decode_pieces(Limits::default(), stream.chunks(1));
            let (whole, _) = decode_pieces(Limits::default(), [&stream[..]]);
            assert_eq!(whole.only().body.as_deref(), Some(&body[..]), "{at} {octet}");
            assert_eq!(octets, whole, "{at} {octet}");
        }
    }
}

#[test]
fn an_empty_body_may_lack_its_crlf() {
    let mut stream =
        format!("MSRP abcd SEND\r\n{PATHS}Message-ID: 1\r\nContent-Type: a/b\r\n\r\n-------abcd$\r\n")
            .into_bytes();
    assert_eq!(decode(&stream).only().body.as_deref(), Some(&b""[..]));
    stream.extend(send("next", "x", '$'));
    assert_eq!(decode(&stream).frames[1].body.as_deref(), Some(&b"x"[..]));
}

#[test]
fn no_body_and_an_empty_body_are_different() {
    let none = decode(&bodiless("SEND", "Message-ID: 1\r\nByte-Range: 1-0/0\r\n"));
    assert_eq!(none.only().body, None);
    assert!(!none.only().head.has_body());
    let empty = decode(&send("abcd", "", '$'));
    assert_eq!(empty.only().body.as_deref(), Some(&b""[..]));
    assert!(empty.only().head.has_body());
}

/// Shows: MSRP-9-25.
#[test]
fn a_body_is_any_octets() {
    let all: Vec<u8> = (0..=255).collect();
    for body in [&all[..], b"\0\r\n\r\n\r\n\n\n\r\r\xff\xfe", b"\r", b"\n", b"\0"] {
        assert_eq!(
            decode(&send("abcd", body, '$')).only().body.as_deref(),
            Some(body)
        );
    }
}

/// Shows: MSRP-9-26.
#[test]
fn an_end_line_has_one_of_three_flags() {
    for flag in 0..=255_u8 {
        let end_line = [b"-------abcd", &[flag][..], b"\r\n"].concat();
        let head = [b"MSRP abcd SEND\r\n", PATHS.as_bytes()].concat();
        let legal = b"+$#".contains(&flag);

        // In the head, another octet makes a line that is no header.
        let stream = [&head[..], &end_line, b"-------abcd$\r\n"].concat();
        let decoded = decode(&stream);
        let first = &decoded.frames[0];
        assert_eq!(first.fault.is_none(), legal, "{flag}");
        let found = first.flag.unwrap().as_u8();
        assert_eq!(found, if legal { flag } else { b'$' });

        // In the body, it makes body.
        let body = [b"x\r\n", &end_line[..], b"y"].concat();
        let decoded = decode(&send("abcd", &body, '$'));
        let found = decoded.frames[0].body.as_deref();
        assert_eq!(found, Some(if legal { b"x" } else { &body[..] }), "{flag}");
    }
    let in_head = |line: &str| [b"MSRP abcd SEND\r\n", PATHS.as_bytes(), line.as_bytes()].concat();
    for missing in [
        "-------abcd$",
        "-------abcd$\n",
        "-------abcd$\r",
        "-------abcd$ \n",
        "-------abcd",
    ] {
        let decoded = decode(&in_head(missing));
        assert!(!decoded.between_frames, "{missing}");
        assert!(decoded.frames.is_empty(), "{missing}");
        // In the body, it makes body.
        let body = format!("x\r\n{missing}y");
        let found = decode(&send("abcd", body.as_bytes(), '$'));
        assert_eq!(found.only().body.as_deref(), Some(body.as_bytes()), "{missing}");
    }
    // Six hyphens, eight of them, another identifier.
    for other in ["------abcd$\r\n", "--------abcd$\r\n", "-------ABCD$\r\n"] {
        let stream = in_head(&format!("{other}-------abcd+\r\n"));
        let decoded = decode(&stream);
        let frame = decoded.only();
        assert!(frame.fault.is_some(), "{other}");
        assert_eq!(frame.flag, Some(ContinuationFlag::Continued), "{other}");
        let body = format!("x\r\n{other}y");
        let found = decode(&send("abcd", body.as_bytes(), '$'));
        assert_eq!(found.only().body.as_deref(), Some(body.as_bytes()), "{other}");
    }
}

#[test]
fn an_identifier_that_another_one_begins_with_is_not_mixed_up() {
    let body = "\r\n-------abcdef$\r\n\r\n-------abc$\r\n\r\n-------abcd";
    assert_eq!(
        decode(&send("abcd", body, '$')).only().body.as_deref(),
        Some(body.as_bytes())
    );
}

/// Shows: MSRP-9-33 (of the decoder).
#[test]
fn nothing_is_read_behind_a_line_that_is_no_start_line() {
    let good = send("abcd", "hello", '$');
    let stream = [b"garbage\r\n", &good[..]].concat();
    assert!(decode(&stream).lost_at_once(DecodeError::StartLine));
    let stream = [&good[..], b"MSRP ab SEND\r\n", &good].concat();
    let decoded = decode(&stream);
    assert_eq!(
        (decoded.frames.len(), decoded.error),
        (1, Some(DecodeError::StartLine))
    );

    let mut decoder = Decoder::new(Limits::default());
    assert!(decoder.decode(&mut Bytes::from_static(b"x")).is_err());
    for _ in 0..2 {
        let again = decoder.decode(&mut Bytes::from(good.clone()));
        assert_eq!(again.err(), Some(DecodeError::StartLine));
    }
    assert!(!decoder.is_between_frames());
}

#[test]
fn crlfs_may_stand_between_frames() {
    let good = send("abcd", "hello", '$');
    let stream = [b"\r\n\r\n", &good[..], b"\r\n", &good, b"\r\n\r\n\r\n"].concat();
    let decoded = decode(&stream);
    assert_eq!(decoded.frames.len(), 2);
    assert!(decoded.error.is_none() && decoded.between_frames);
    for junk in ["\n", "\r\r\n", "\r ", " ", "\r\nx", "\rMSRP"] {
        let decoded = decode(&[&good[..], junk.as_bytes()].concat());
        assert_eq!(decoded.error, Some(DecodeError::StartLine), "{junk:?}");
        assert_eq!(decoded.frames.len(), 1);
    }
}

#[test]
fn a_stream_that_ends_after_a_cr_does_not_end_between_frames() {
    assert!(decode(b"").between_frames);
    assert!(decode(b"\r\n").between_frames);
    assert!(!decode(b"\r").between_frames);
    assert!(!decode(b"M").between_frames);
    let good = send("abcd", "hello", '$');
    for at in 1..good.len() {
        assert!(!decode(&good[..at]).between_frames, "{at}");
    }
}

/// What is told, and what not, before the frame has ended.
#[test]
fn a_frame_is_told_as_it_comes() {
    let stream = Bytes::from(send("abcd", "hello\r\n-----", '$'));
    let body = stream.windows(5).position(|octets| octets == b"hello").unwrap();
    let mut decoder = Decoder::new(Limits::default());
    let mut head = stream.slice(..body);
    assert!(matches!(decoder.decode(&mut head), Ok(Some(Item::Head(_)))));
    assert!(matches!(decoder.decode(&mut head), Ok(None)));
    let mut part = stream.slice(body..body + 9);
    let told = decoder.decode(&mut part);
    assert!(matches!(told, Ok(Some(Item::Body(octets))) if octets == "hello"));
    assert!(matches!(decoder.decode(&mut part), Ok(None)));
    let mut rest = stream.slice(body + 9..);
    let told = decoder.decode(&mut rest);
    assert!(matches!(told, Ok(Some(Item::Body(octets))) if octets == "\r\n-----"));
}

/// Of a body no copy is made, unless it looks like an end-line.
#[test]
fn a_body_is_a_slice_of_the_input() {
    let stream = Bytes::from(send("abcd", "hello", '$'));
    let mut input = stream.clone();
    let mut decoder = Decoder::new(Limits::default());
    while let Some(item) = decoder.decode(&mut input).unwrap() {
        if let Item::Body(octets) = item {
            assert!(stream.as_ptr_range().contains(&octets.as_ptr()));
            return;
        }
    }
    panic!("no body");
}
