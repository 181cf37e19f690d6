//! Attributes.

use msrp_sdp::{Deviation, Section};

use crate::{OFFER, assert_clean, assert_deviates, offer_with, text};

/// Shows: SDP-5-05.
#[test]
fn unknown_attributes() {
    let plain = assert_clean(text(&OFFER));
    for line in ["a=zorg:1", "a=zorg", "a=zorg: ä \t:;\"", "a=Zorg:1"] {
        let session = assert_clean(offer_with(5, line));
        assert_eq!(session.sections(), plain.sections());
        assert_eq!(session.attributes().count(), 1);

        for at in 6..=8 {
            let media = assert_clean(offer_with(at, line));
            let section = &media.sections()[0];
            assert_eq!(section.attributes().count(), 3);
            for name in ["accept-types", "path"] {
                assert_eq!(section.attribute(name), plain.sections()[0].attribute(name));
            }
        }
    }
}

/// Shows: SDP-5.13-01.
#[test]
fn names_and_values() {
    let section = |line: &str| assert_clean(offer_with(8, line)).sections()[0].clone();

    let path = section("a=x-path:msrp://h.example:1/s;tcp");
    assert_eq!(
        path.attribute("x-path"),
        Some(Some(&b"msrp://h.example:1/s;tcp"[..]))
    );
    let flag = section("a=sendonly");
    assert_eq!(flag.attribute("sendonly"), Some(None));
    assert_eq!(flag.attributes().last(), Some(("sendonly", None)));
    assert_eq!(flag.attribute("recvonly"), None);

    // Another name, and therefore unknown.
    let upper = section("a=Path:msrp://h.example:1/s;tcp");
    assert_eq!(upper.attribute("path"), flag.attribute("path"));
    assert_eq!(upper.attribute("PATH"), None);
    assert_eq!(
        upper.attribute("Path"),
        Some(Some(&b"msrp://h.example:1/s;tcp"[..]))
    );

    let blank = section("a=x: y");
    assert_eq!(blank.attribute("x"), Some(Some(&b" y"[..])));

    for at in [5, 8] {
        let empty = assert_deviates(offer_with(at, "a=path2:"), Deviation::EmptyValue);
        let of_session = empty.attributes().map(|(_, value)| value);
        let of_media = empty.sections()[0].attributes().map(|(_, value)| value);
        assert_eq!(
            of_session
                .chain(of_media)
                .filter(|value| *value == Some(b""))
                .count(),
            1
        );
    }
}

#[test]
fn the_first_of_a_name() {
    let section =
        assert_clean(text(&[&OFFER[..], &["a=x:1", "a=x", "a=x:2"]].concat())).sections()[0].clone();
    assert_eq!(section.attribute("x"), Some(Some(&b"1"[..])));
    let all: Vec<_> = section.attributes().filter(|(name, _)| *name == "x").collect();
    assert_eq!(all, [("x", Some(&b"1"[..])), ("x", None), ("x", Some(&b"2"[..]))]);
}

/// A name that is no token is nobody's: the attribute is passed on, and not told.
#[test]
fn names_that_are_no_tokens() {
    for line in ["a=path :x", "a= sendonly", "a=a/b:1", "a=é:1", "a=:x", "a="] {
        for at in [5, 8] {
            let description = assert_deviates(offer_with(at, line), Deviation::AttributeName);
            assert_eq!(description.to_bytes(), offer_with(at, line).as_bytes());
            assert_eq!(description.attributes().count(), 0);
            assert_eq!(description.sections()[0].attributes().count(), 2);
        }
    }
}

/// A path tells the session-id, which is a secret, and keys may stand in attributes too.
#[test]
fn debug_shows_names_alone() {
    let description = assert_clean(offer_with(5, "a=crypto:secret"));
    let shown = format!("{description:?}");
    for name in ["crypto", "path", "accept-types", "message", "7394"] {
        assert!(shown.contains(name), "{shown}");
    }
    let section: &Section = &description.sections()[0];
    let all = shown + &format!("{section:?}");
    for value in ["secret", "2s93i93idj", "text/plain", "2890844526"] {
        let octets = format!("{:?}", value.as_bytes());
        assert!(
            !all.contains(value) && !all.contains(octets.trim_matches(['[', ']'])),
            "{all}"
        );
    }
}
