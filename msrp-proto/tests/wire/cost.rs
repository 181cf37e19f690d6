//! Work grows in step with the input, whatever the input is and however it is cut.

use bytes::Bytes;
use msrp_proto::wire::{DecodeError, Decoder, Limits};

use crate::support::{PATHS, decode_pieces, send};

/// How often an octet may be looked at: as part of a line, as part of a head, as part of what looks like an
/// end-line; and once more where reads meet.
const LOOKS: u64 = 4;

/// Decodes the stream in pieces of several sizes; the work must be in proportion, the result the same.
fn check(limits: Limits, stream: &[u8]) {
    let (whole, _) = decode_pieces(limits, [stream]);
    for size in [1, 2, 3, 7, 8, 9, 10, 43, 44, 45, 1000, 65_536, usize::MAX] {
        let (cut, examined) = decode_pieces(limits, stream.chunks(size));
        assert!(cut == whole, "pieces of {size}");
        let allowed = LOOKS * stream.len() as u64 + 64;
        assert!(
            examined <= allowed,
            "{examined} looks at {} octets in pieces of {size}",
            stream.len()
        );
    }
}

const MANY: usize = 50_000;

fn body_of(piece: &str) -> Vec<u8> {
    send("abcd", piece.repeat(MANY / piece.len()), '$')
}

/// Shows: MSRP-9-32 (no loop).
#[test]
fn bodies_made_to_cost_work() {
    for piece in [
        "-",
        "\r",
        "\n",
        "\r\n",
        "\r\n-------",
        "\r\n--------",
        "\r\n------",
        "\r\n-------abc",
        "\r\n-------abcd",
        "\r\n-------abcd$",
        "\r\n-------abcd$\r",
        "\r\n-------abcd$\r\r\n",
        "-------abcd$\r",
        "\r\r\n",
        "\r\n\r",
        "MSRP abcd SEND\r\n",
    ] {
        check(Limits::default(), &body_of(piece));
    }
    // The longest identifier makes the longest candidate.
    let tid = "a".repeat(32);
    let body = format!("\r\n-------{tid}$\r").repeat(MANY / 44);
    check(Limits::default(), &send(&tid, body, '$'));
    let body = format!("\r\n-------{}", &tid[1..]).repeat(MANY / 40);
    check(Limits::default(), &send(&tid, body, '$'));
}

#[test]
fn heads_made_to_cost_work() {
    let wide = Limits {
        head: MANY * 2,
        headers: MANY,
        line: MANY * 2,
        ..Limits::default()
    };
    for piece in [
        "X: y\r\n",
        "\n",
        "\r",
        "\r\r\n",
        "X\n",
        ":",
        " ",
        "\t",
        "-",
        "-------abcd",
        "-------abcd!\r\n",
        "X:\r\n",
        "a",
    ] {
        let mut stream = format!("MSRP abcd SEND\r\n{PATHS}").into_bytes();
        stream.extend(piece.repeat(MANY / piece.len()).as_bytes());
        for limits in [Limits::default(), wide] {
            check(limits, &stream);
        }
        stream.extend(b"\r\n-------abcd$\r\n");
        for limits in [Limits::default(), wide] {
            check(limits, &stream);
        }
    }
}

#[test]
fn streams_made_to_cost_work() {
    let endless_start = ["MSRP abcd ", &"A".repeat(MANY)].concat();
    let crlfs = "\r\n".repeat(MANY);
    let smallest = format!("MSRP abcd A\r\n{PATHS}-------abcd$\r\n").repeat(100);
    let illegal = "MSRP abcd a\r\n-------abcd$\r\n".repeat(5000);
    let malformed = "MSRP abcd A\r\n:\r\n\r\n\r\n-------abcd$\r\n".repeat(5000);
    for stream in [endless_start, crlfs, smallest, illegal, malformed] {
        check(Limits::default(), stream.as_bytes());
    }
}

/// A body in one read is looked at once, whatever it looks like.
#[test]
fn a_megabyte_of_body() {
    let tid = "a".repeat(32);
    let nearly = format!("\r\n-------{tid}$\r\r");
    for piece in ["-", "\r\n-------", &nearly[..20], &nearly] {
        let stream = send(&tid, piece.repeat((1 << 20) / piece.len()), '$');
        let (_, examined) = decode_pieces(Limits::default(), [&stream[..]]);
        let len = stream.len() as u64;
        assert!(examined < len + len / 8 + 1000, "{examined} looks at {piece:?}");
    }
}

/// Only so much of a read is looked at as a head may have, be there a line end in it or not.
#[test]
fn a_long_read_behind_an_unfinished_head_is_not_searched() {
    let mut decoder = Decoder::new(Limits::default());
    let mut input = Bytes::from_static(b"MSRP abcd SEND\r\nX: ");
    assert!(matches!(decoder.decode(&mut input), Ok(None)));
    let mut input = Bytes::from(vec![b'y'; 1 << 20]);
    assert!(matches!(decoder.decode(&mut input), Ok(Some(_))));
    assert!(decoder.examined() < 3 * 17_000, "{}", decoder.examined());
    assert!(input.len() > (1 << 20) - 17_000);
}

/// Junk is known by its first octet that does not fit.
#[test]
fn junk_is_not_waited_for() {
    let mut decoder = Decoder::new(Limits::default());
    let mut input = Bytes::from_static(b"MSRP");
    assert!(matches!(decoder.decode(&mut input), Ok(None)));
    let mut input = Bytes::from_static(b"\t");
    assert!(matches!(decoder.decode(&mut input), Err(DecodeError::StartLine)));
}
