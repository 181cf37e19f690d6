//! Names and peers that mean harm.

use std::fs;

use crate::support::{Listener, converse, frame, names};

#[test]
fn names_cannot_leave_the_folder() {
    let mut listener = Listener::start(&[]);
    let mut octets = Vec::new();
    let hostile = [
        "filename=\"../../outside\"",
        "filename=\"/etc/passwd\"",
        r#"filename="C:\\windows\\system.ini""#,
        "filename=\"..\"",
        "filename=\".bashrc\"",
        "filename=\"NUL.txt\"",
        "filename*=UTF-8''a%0d%0a%00%1b%5bb",
        "filename*=UTF-8''photo%E2%80%AEgpj.exe",
        "filename*=UTF-8''%2e%2e%2foutside2",
        "filename=\".msrp-x.part\"",
    ];
    for (number, parameter) in hostile.iter().enumerate() {
        let headers = format!(
            "Message-ID: name{number}\r\nContent-Disposition: attachment; {parameter}\r\nContent-Type: a/b"
        );
        octets.extend(frame(&listener.uri, &format!("tid{number}"), &headers, b"x", '$'));
    }
    let answers = converse(listener.connect(), &octets);
    assert_eq!(answers.matches(" 200 OK\r\n").count(), hostile.len(), "{answers}");
    listener.hears("has left");
    let parent = listener.folder.path().parent().unwrap().to_owned();
    let (_, folder) = listener.stop();
    assert_eq!(
        names(folder.path()),
        [
            "_NUL.txt",
            "a____[b",
            "bashrc",
            "file",
            "msrp-x.part",
            "outside",
            "outside2",
            "passwd",
            "photogpj.exe",
            "system.ini",
        ]
    );
    assert!(!parent.join("outside").exists() && !parent.join("outside2").exists());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let mut listener = Listener::start(&[]);
    let other = tempfile::tempdir().unwrap();
    let target = other.path().join("target");
    std::os::unix::fs::symlink(&target, listener.folder.path().join("f")).unwrap();
    let headers = "Message-ID: link\r\nContent-Disposition: attachment; filename=f\r\nContent-Type: a/b";
    converse(
        listener.connect(),
        &frame(&listener.uri, "tid1", headers, b"x", '$'),
    );
    listener.hears("stored as \"f (1)\"");
    let (_, folder) = listener.stop();
    assert!(!target.exists());
    assert_eq!(fs::read(folder.path().join("f (1)")).unwrap(), b"x");
}

/// Who does not know the session is nobody: nothing is shown, and `--once` is not used up.
#[test]
fn strangers() {
    let mut listener = Listener::start(&["--once"]);
    assert_eq!(converse(listener.connect(), b"GET / HTTP/1.1\r\n\r\n"), "");
    let wrong = listener.uri.replace(";tcp", "x;tcp");
    let headers = "Message-ID: text1\r\nContent-Type: text/plain";
    let answer = converse(listener.connect(), &frame(&wrong, "tid1", headers, b"x", '$'));
    assert!(answer.starts_with("MSRP tid1 481 "), "{answer}");
    let right = frame(&listener.uri, "tid1", headers, b"it is me", '$');
    converse(listener.connect(), &right);
    let (code, lines, _folder) = listener.wait();
    assert_eq!(code, Some(0));
    assert_eq!(
        lines,
        ["#3 is here, from 127.0.0.1", "#3 says: it is me", "#3 has left"]
    );
}
