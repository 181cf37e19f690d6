//! What goes wrong before or while something is sent, as the sender tells it.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use crate::support::{Listener, answering, assert_fails, names, send};

#[test]
fn uris_that_are_none() {
    for (uri, part) in [
        ("http://a.example.com", "neither msrp:// nor msrps://"),
        ("msrp://127.0.0.1:9/id", "is it in quotes?"),
        ("msrp://127.0.0.1:9;tcp", "it has no session-id"),
        ("msrp://a.example.com/id;tcp", "it has no port"),
        ("msrp://127.0.0.1:9/id;ws", "only the transport tcp"),
        (
            "msrps://127.0.0.1:9/id;tcp",
            "msrps means TLS, which this program does not have yet",
        ),
        ("msrp://127.0.0.1:99999/id;tcp", "illegal port"),
    ] {
        assert_fails(&send(uri, &["--text", "x"]), 2, &["wrong URI", part]);
    }
}

#[test]
fn nobody_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = send(&format!("msrp://{free}/id;tcp"), &["--text", "x"]);
    assert_fails(
        &output,
        2,
        &["cannot connect to 127.0.0.1:", "nobody listens there"],
    );
    let output = send("msrp://no-such-host.example:9/id;tcp", &["--text", "x"]);
    assert_fails(&output, 2, &["unknown host no-such-host.example"]);
}

#[test]
fn files_that_cannot_be_read() {
    let uri = "msrp://127.0.0.1:9/id;tcp";
    assert_fails(&send(uri, &["no-such-file"]), 2, &["no-such-file: "]);
    assert_fails(&send(uri, &["/"]), 2, &["/: not a regular file"]);
    assert_fails(&send(uri, &[]), 2, &["nothing to send"]);
}

#[test]
fn refusals_in_words() {
    for (status, meaning) in [
        ("403 Forbidden", "the peer does not allow it (403)"),
        (
            "413 Stop",
            "does not want it: too large, or nowhere to store it (413)",
        ),
        ("415 Type", "does not take this type (415)"),
        (
            "481 Gone",
            "no such session: the URI is mistyped, or no longer valid (481)",
        ),
        ("506 Elsewhere", "in use on another connection (506)"),
        ("400 Bad", "calls it malformed (400)"),
        ("599 New", "(599)"),
    ] {
        let (uri, served) = answering(Some(status));
        assert_fails(&send(&uri, &["--text", "x"]), 1, &["text 1: refused, ", meaning]);
        served.join().unwrap();
    }
}

#[test]
fn a_file_larger_than_wanted() {
    let mut listener = Listener::start(&["--max-size", "1M"]);
    let ours = tempfile::tempdir().unwrap();
    let path = ours.path().join("large.bin");
    fs::write(&path, vec![7; (1 << 20) + 1]).unwrap();
    let output = send(&listener.uri, &[path.to_str().unwrap(), "--text", "and yet"]);
    assert_fails(&output, 1, &["large.bin: refused, ", "too large", "(413)"]);
    // What is refused holds up nothing else.
    assert_eq!(output.stdout, b"text 1: delivered, 7 octets\n");
    listener.hears("has left");
    let (_, folder) = listener.stop();
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_peer_that_says_nothing() {
    let (uri, served) = answering(None);
    let output = send(&uri, &["--timeout", "1", "--text", "x"]);
    assert_fails(&output, 1, &["text 1: no answer from the peer within 1 s"]);
    served.join().unwrap();
}

#[test]
fn a_peer_that_does_not_confirm() {
    let (uri, served) = answering(Some("200 OK"));
    let output = send(&uri, &["--timeout", "1", "--text", "x"]);
    assert_fails(&output, 1, &["text 1: sent, but the peer has not confirmed"]);
    served.join().unwrap();
}

#[test]
fn what_cannot_be_listened_with() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (arguments, part) in [
        (["--bind", &taken], "another program does; --bind"),
        (["--folder", file.to_str().unwrap()], "cannot store files in"),
        (["--name", "a b"], "--name: neither a host name nor an address"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_msrp"))
            .args(["listen", "--once"])
            .args((arguments[0] != "--bind").then_some("--bind=127.0.0.1:0"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_fails(&output, 2, &[part]);
        assert!(output.stdout.is_empty());
    }
}
