//! Multiparts are taken to pieces.

use std::fs;

use crate::support::{Listener, converse, frame, names};

/// `⏎` is CRLF.
fn body(text: &str) -> Vec<u8> {
    text.replace('⏎', "\r\n").into_bytes()
}

fn multipart(listener: &Listener, content_type: &str, body: &[u8]) -> String {
    let len = body.len();
    let headers = format!("Message-ID: parts1\r\nByte-Range: 1-{len}/{len}\r\nContent-Type: {content_type}");
    converse(
        listener.connect(),
        &frame(&listener.uri, "abcd1234", &headers, body, '$'),
    )
}

#[test]
fn texts_are_shown_and_files_are_stored() {
    let mut listener = Listener::start(&["--once"]);
    let mut octets = body("preamble⏎--b⏎⏎Where I am:⏎second line⏎--b⏎Content-Type: image/png⏎⏎");
    let picture = [b"\x89PNG\r\n\x1a\n\0\r\n--x\r\n--\xff".as_slice(), &[7; 100_000]].concat();
    octets.extend_from_slice(&picture);
    octets.extend(body(
        "⏎--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎\
         Content-Disposition: attachment; filename=\"../../etc/passwd\"⏎⏎root⏎--i⏎\
         Content-Disposition: attachment; filename=passwd⏎Content-Transfer-Encoding: base64⏎⏎cm9vdA==⏎--i--⏎--b--",
    ));
    let answers = multipart(&listener, "multipart/mixed;boundary=b", &octets);
    assert!(answers.contains(" 200 OK\r\n"), "{answers}");
    let (code, lines, folder) = listener.wait();
    assert_eq!(code, Some(0), "{lines:#?}");
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("says") || line.contains("stored"))
        .collect();
    assert_eq!(told[..2], ["#1 says: Where I am:", "#1 says: second line"]);
    assert_eq!(
        told[2],
        &format!("#1 part stored as \"picture.png\", {} octets", picture.len())
    );
    assert_eq!(told[3], "#1 part stored as \"passwd\", 4 octets");
    assert_eq!(
        told[4],
        "#1 part stored as \"passwd (1)\", 8 octets, still encoded as base64"
    );
    assert_eq!(names(folder.path()), ["passwd", "passwd (1)", "picture.png"]);
    assert_eq!(fs::read(folder.path().join("picture.png")).unwrap(), picture);
    assert_eq!(fs::read(folder.path().join("passwd")).unwrap(), b"root");
}

#[test]
fn what_cannot_be_taken_to_pieces_is_stored_as_a_whole() {
    for (content_type, text, cause) in [
        ("multipart/mixed;boundary=b", "no parts here", "no part"),
        ("multipart/mixed", "--b⏎⏎x⏎--b--", "no boundary parameter"),
        (
            "multipart/mixed;boundary=b",
            "--b⏎Content-Disposition: attachment; filename=kept⏎⏎x⏎--b⏎Content-Type: a/b⏎Content-Type: c/d⏎⏎",
            "second field of the same name",
        ),
    ] {
        let mut listener = Listener::start(&["--once"]);
        let answers = multipart(&listener, content_type, &body(text));
        assert!(answers.contains(" 200 OK\r\n"), "{answers}");
        let (code, lines, folder) = listener.wait();
        assert_eq!(code, Some(0), "{lines:#?}");
        let told = lines
            .iter()
            .find(|line| line.contains("cannot be told apart"))
            .unwrap();
        assert!(told.contains(cause), "{told}");
        assert_eq!(names(folder.path()), ["message.multipart"]);
        assert_eq!(
            fs::read(folder.path().join("message.multipart")).unwrap(),
            body(text)
        );
    }
}

/// Its parts come in the wrong order, one octet of it twice.
#[test]
fn chunks_of_a_multipart_in_any_order() {
    let mut listener = Listener::start(&["--once"]);
    let octets = body("--b⏎⏎in any order⏎--b--");
    let (len, middle) = (octets.len(), octets.len() / 2);
    let chunk = |id: &str, range: std::ops::Range<usize>| {
        let headers = format!(
            "Message-ID: parts2\r\nByte-Range: {}-{}/{len}\r\nContent-Type: multipart/mixed;boundary=b",
            range.start + 1,
            range.end
        );
        let flag = if range.end == len { '$' } else { '+' };
        frame(&listener.uri, id, &headers, &octets[range], flag)
    };
    let both = [chunk("abcd0002", middle..len), chunk("abcd0001", 0..middle + 1)].concat();
    converse(listener.connect(), &both);
    let (_, lines, _) = listener.wait();
    assert!(
        lines.iter().any(|line| line == "#1 says: in any order"),
        "{lines:#?}"
    );
}
