//! The session descriptions printed in RFCs (`vectors/sdp`): what keeps to the grammar is written as it was read.
#![expect(clippy::disallowed_methods, reason = "the vectors are files")]

#[expect(unreachable_pub, dead_code, reason = "shared by tests of several crates")]
#[path = "../../fuzz/inputs.rs"]
mod inputs;

use std::collections::BTreeMap;
use std::fs;

use msrp_sdp::{ConnectionDataError, Description, DescriptionError, Deviation, Section};

/// Each with its name: folder, slash, and the name of the file without its end.
fn vectors() -> BTreeMap<String, String> {
    let mut vectors = BTreeMap::new();
    for path in inputs::files("vectors/sdp") {
        if path.extension().is_some_and(|extension| extension == "sdp") {
            let folder = path.parent().and_then(|folder| folder.file_name()).unwrap();
            let name = path.file_stem().unwrap();
            let text = String::from_utf8(fs::read(&path).unwrap()).unwrap();
            assert!(text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
            vectors.insert(format!("{}/{}", folder.display(), name.display()), text);
        }
    }
    vectors
}

/// The vectors, made a description or a section as `vectors/sdp/README.md` says.
fn completed(text: &str) -> String {
    match text.as_bytes() {
        [b'c', ..] => {
            let (connection, section) = text.split_once("\r\n").unwrap();
            let head = "v=0\r\no=- 1 1 IN IP4 host.example.com\r\ns=-\r\n";
            format!("{head}{connection}\r\nt=0 0\r\n{section}")
        }
        [b'a', ..] => format!("m=message 7394 TCP/MSRP *\r\n{text}"),
        _ => text.to_owned(),
    }
}

/// What deviates as a whole, and how it is written. The rest keeps to the grammar.
fn deviation(name: &str, text: &str) -> Option<(Deviation, String)> {
    if name == "rfc5547/figure-24" {
        None
    } else if name.starts_with("rfc5547/") {
        let mended = text.replacen("\r\ns=\r\n", "\r\ns=-\r\n", 1);
        Some((Deviation::EmptySessionName, mended))
    } else if name.starts_with("rfc7701/9.1-") {
        let mended = text.replacen("\r\nm=", "\r\nt=0 0\r\nm=", 1);
        Some((Deviation::NoTime, mended))
    } else {
        None
    }
}

/// Shows: SDP-9-01 (the descriptions of RFC 4975 §8.7, which are figures 9 and 10; not the integers).
#[test]
fn printed_descriptions() {
    let mut counts = BTreeMap::new();
    for (name, text) in vectors() {
        println!("{name}");
        let folder = name.split('/').next().unwrap().to_owned();
        *counts.entry(folder).or_insert(0) += 1;

        let text = completed(&text);
        if text.starts_with("m=") {
            check_section(&name, &text);
            continue;
        }
        let (description, deviations) = Description::parse_with_deviations(text.as_bytes()).unwrap();
        assert_eq!(description.sections().len(), 1);
        let written = String::from_utf8(description.to_bytes()).unwrap();
        match deviation(&name, &text) {
            None => {
                assert!(deviations.is_empty(), "{deviations:?}");
                assert_eq!(written, text);
                assert_eq!(Description::parse_strict(text.as_bytes()), Ok(description));
            }
            Some((deviation, mended)) => {
                assert_eq!(deviations.iter().collect::<Vec<_>>(), [deviation]);
                assert_ne!(written, text);
                assert_eq!(written, mended);
                assert_eq!(Description::parse_strict(written.as_bytes()), Ok(description));
            }
        }
    }
    let expected = [
        ("rfc4975", 8),
        ("rfc4976", 2),
        ("rfc5547", 8),
        ("rfc7701", 5),
        ("rfc7977", 6),
        ("rfc8122", 1),
        ("rfc8864", 9),
        ("rfc8873", 3),
    ];
    assert!(
        counts
            .iter()
            .map(|(name, count)| (&name[..], *count))
            .eq(expected)
    );
}

fn check_section(name: &str, text: &str) {
    let result = Section::parse_with_deviations(text.as_bytes());
    if name == "rfc8873/4.8-answer" {
        let refused = DescriptionError::Connection {
            line: 2,
            reason: ConnectionDataError::Syntax,
        };
        assert_eq!(result, Err(refused));
        let mended = text.replacen("IP6 IP6", "IP6", 1);
        let section = Section::parse_strict(mended.as_bytes()).unwrap();
        return assert_eq!(section.to_bytes(), mended.as_bytes());
    }
    let (section, deviations) = result.unwrap();
    assert!(deviations.is_empty(), "{deviations:?}");
    assert_eq!(section.to_bytes(), text.as_bytes());
    assert_eq!(Section::parse_strict(text.as_bytes()), Ok(section));
}
