//! Whether `c=` and `m=` are those of the path (RFC 6714 §4.4, rulings ).

use std::collections::BTreeSet;
use std::net::IpAddr;

use msrp_proto::wire::HostName;
use msrp_sdp::{Answer, Media, Names, Outcome, Policy, Refusal, Side, negotiate};

use crate::{connects, open, peer, plain, read_below, relay_path, session_level, text};

fn name(text: &str) -> HostName {
    text.parse().expect("a host name")
}

fn addresses(list: &[&str]) -> Vec<IpAddr> {
    list.iter()
        .map(|text| text.parse().expect("an address"))
        .collect()
}

fn known(entries: &[(&str, &[&str])]) -> Names {
    let mut names = Names::default();
    for (host, list) in entries {
        names.insert(name(host), addresses(list));
    }
    names
}

/// An offer without CEMA: an answerer with it refuses what does not match.
fn offer(connection: &str, port: u16, path: &str) -> Media {
    let (connection, path) = (format!("c=IN {connection}"), format!("path:{path}"));
    peer(
        &format!("message {port} TCP/MSRP *"),
        &[&connection, &path, "accept-types:*"],
    )
}

fn judged(offer: &Media, names: &Names) -> Result<bool, Vec<String>> {
    let session = open(plain("192.0.2.99", 8493).cema(true));
    match session.answer(offer, &Policy::default(), names) {
        Ok(Answer::Media(_)) => Ok(true),
        Err(Refusal::Middlebox) => Ok(false),
        Ok(Answer::Lookup(names)) => Err(names.iter().map(ToString::to_string).collect()),
        Err(other) => panic!("{other:?}"),
    }
}

fn matches(offer: &Media) -> bool {
    judged(offer, &Names::default()).expect("nothing to look up")
}

/// Shows: CEMA-4.4-01.
#[test]
fn the_address_of_the_section_counts() {
    let bare = text(
        "message 7654 TCP/MSRP *",
        &["path:msrp://192.0.2.5:7654/s;tcp", "accept-types:*"],
    );
    let below = |session: &str, section: &str| read_below(&session_level(Some(session), &[]), section).0;
    let good = format!("{bare}c=IN IP4 192.0.2.5\r\n");
    let bad = format!("{bare}c=IN IP4 192.0.2.6\r\n");
    assert!(matches(&below("IN IP4 192.0.2.5", &bare)));
    assert!(!matches(&below("IN IP4 192.0.2.6", &bare)));
    assert!(matches(&below("IN IP4 192.0.2.6", &good)));
    assert!(!matches(&below("IN IP4 192.0.2.5", &bad)));
    // The port is that of the media line.
    assert!(!matches(&below(
        "IN IP4 192.0.2.5",
        &bare.replace("message 7654", "message 7655")
    )));
}

/// Shows: CEMA-4.4-02.
#[test]
fn address_and_port() {
    let path = "msrp://192.0.2.5:7654/s;tcp";
    assert!(matches(&offer("IP4 192.0.2.5", 7654, path)));
    assert!(!matches(&offer("IP4 192.0.2.5", 7655, path)));
    assert!(!matches(&offer("IP4 192.0.2.6", 7654, path)));
    assert!(matches(&offer(
        "IP4 192.0.2.5",
        7654,
        "msrp://user@192.0.2.5:07654/s;tcp"
    )));
}

/// Shows: CEMA-4.4-03.
#[test]
fn names_are_looked_up_first() {
    let of_line = offer("IP4 a.example.com", 7654, "msrp://192.0.2.5:7654/s;tcp");
    assert_eq!(
        judged(&of_line, &Names::default()),
        Err(vec!["a.example.com".into()])
    );
    assert_eq!(
        judged(&of_line, &known(&[("a.example.com", &["192.0.2.5"])])),
        Ok(true)
    );
    assert_eq!(
        judged(&of_line, &known(&[("A.example.com", &["192.0.2.6"])])),
        Ok(false)
    );
    assert_eq!(
        judged(&of_line, &known(&[("a.example.com", &[])])),
        Ok(false),
        "the look-up failed"
    );
    let of_uri = offer("IP4 192.0.2.5", 7654, "msrp://a.example.com:7654/s;tcp");
    assert_eq!(
        judged(&of_uri, &Names::default()),
        Err(vec!["a.example.com".into()])
    );
    assert_eq!(
        judged(&of_uri, &known(&[("a.example.com", &["192.0.2.5"])])),
        Ok(true)
    );
    let both = offer("IP4 a.example.com", 7654, "msrp://b.example.com:7654/s;tcp");
    let wanted = vec!["a.example.com".to_owned(), "b.example.com".into()];
    assert_eq!(judged(&both, &Names::default()), Err(wanted));
    assert_eq!(
        judged(&both, &known(&[("a.example.com", &["192.0.2.5"])])),
        Err(vec!["b.example.com".into()])
    );
    // Nothing is looked up where it makes no difference.
    assert!(matches(&offer(
        "IP4 A.example.com",
        7654,
        "msrp://a.example.COM:7654/s;tcp"
    )));
    assert!(!matches(&offer(
        "IP4 a.example.com",
        7655,
        "msrp://b.example.com:7654/s;tcp"
    )));
}

/// Shows: CEMA-4.4-04.
#[test]
fn one_equal_address_will_do() {
    let offer_ = offer("IP4 192.0.2.5", 7654, "msrp://a.example.com:7654/s;tcp");
    let two = known(&[("a.example.com", &["192.0.2.4", "192.0.2.5"])]);
    assert_eq!(judged(&offer_, &two), Ok(true));
    assert_eq!(
        judged(&offer_, &known(&[("a.example.com", &["192.0.2.4", "192.0.2.6"])])),
        Ok(false)
    );
    let names = offer("IP4 b.example.com", 7654, "msrp://a.example.com:7654/s;tcp");
    let meeting = known(&[
        ("a.example.com", &["192.0.2.4", "192.0.2.5"]),
        ("b.example.com", &["192.0.2.5", "192.0.2.6"]),
    ]);
    assert_eq!(judged(&names, &meeting), Ok(true));
}

/// Shows: CEMA-4.4-05.
#[test]
fn ipv6_is_compared_by_value() {
    assert!(matches(&offer(
        "IP6 2001:db8::5",
        7654,
        "msrp://[2001:DB8:0::5]:7654/s;tcp"
    )));
    assert!(matches(&offer(
        "IP6 2001:0DB8:0:0:0:0:0:5",
        7654,
        "msrp://[2001:db8::5]:7654/s;tcp"
    )));
    assert!(!matches(&offer(
        "IP6 2001:db8::5",
        7654,
        "msrp://[2001:db8::6]:7654/s;tcp"
    )));
}

/// Shows: CEMA-4.4-06.
#[test]
fn percent_encoded_names() {
    assert!(matches(&offer(
        "IP4 example.com",
        7654,
        "msrp://ex%61mple.com:7654/s;tcp"
    )));
    assert!(matches(&offer(
        "IP4 example.com",
        7654,
        "msrp://EX%61MPLE.com:7654/s;tcp"
    )));
    assert!(matches(&offer(
        "IP4 192.0.2.1",
        7654,
        "msrp://192.0.2.%31:7654/s;tcp"
    )));
}

/// Shows: CEMA-4.4-07.
#[test]
fn any_uri_of_the_path_will_do() {
    let path = "msrp://198.51.100.7:9000/r;tcp msrp://198.51.100.8:9001/q;tcp msrp://192.0.2.5:7654/s;tcp";
    assert!(matches(&offer("IP4 192.0.2.5", 7654, path)));
    assert!(matches(&offer("IP4 198.51.100.7", 9000, path)));
    assert!(matches(&offer("IP4 198.51.100.8", 9001, path)));
    assert!(
        !matches(&offer("IP4 198.51.100.7", 7654, path)),
        "address and port of different URIs"
    );
    assert!(!matches(&offer("IP4 203.0.113.9", 5000, path)));
}

/// Without the line nobody has changed it.
#[test]
fn no_address_is_no_middlebox() {
    let bare = text(
        "message 1 TCP/MSRP *",
        &["path:msrp://192.0.2.5:7654/s;tcp", "accept-types:*"],
    );
    assert!(matches(&crate::read(&bare)));
}

/// The offerer asks for names, too, and only where they decide.
#[test]
fn an_offerer_asks_for_names() {
    let path = "path:msrp://r.example.com:9000/r;tcp msrp://192.0.2.9:8493/s;tcp";
    let lines = ["c=IN IP4 203.0.113.9", path, "accept-types:*"];
    let theirs = peer("message 9000 TCP/MSRP *", &lines);
    let offer = open(plain("192.0.2.1", 7394).cema(true)).offer();
    let with = |names: &Names| negotiate(&offer, &theirs, Side::Offerer, &Policy::default(), names);
    assert_eq!(
        with(&Names::default()),
        Ok(Outcome::Lookup(BTreeSet::from([name("r.example.com")])))
    );
    assert_eq!(
        with(&known(&[("r.example.com", &["198.51.100.7"])])),
        Ok(Outcome::Reoffer)
    );
    let Ok(Outcome::Session(agreed)) = with(&known(&[("r.example.com", &["203.0.113.9"])])) else {
        panic!("a match")
    };
    assert_eq!(connects(&agreed), ("r.example.com".into(), 9000));
    // Its own relay is no reason to ask, nor is an answer that goes another way anyhow.
    let relayed = plain("192.0.2.1", 7394).relays(relay_path("msrps://r.example.com:9000/x;tcp"));
    for local in [plain("192.0.2.1", 7394), relayed] {
        let offer = open(local).offer();
        let plain = negotiate(
            &offer,
            &theirs,
            Side::Offerer,
            &Policy::default(),
            &Names::default(),
        );
        assert!(matches!(plain, Ok(Outcome::Session(_))), "{plain:?}");
    }
}
