//! Sections that are meant to cost much, or to be written as what no parser takes.

use msrp_multipart::MediaRanges;
use msrp_proto::wire::PathError;
use msrp_sdp::{
    Description, Deviation, Local, LocalError, Media, Names, NegotiationError, Policy, Side, negotiate,
};

use crate::{host, ids, plain, read, relay_path, written};

/// One long fingerprint that holds for a thousand sections is there once.
#[test]
fn fingerprints_of_the_session_level_are_shared() {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    let long = format!("a=fingerprint:x AA{}\r\n", ":AA".repeat(200_000));
    let section = "m=message 9 TCP/TLS/MSRP *\r\na=path:msrps://h.example:1/s;tcp\r\na=accept-types:*\r\n";
    let own = format!("{section}a=fingerprint:y BB\r\n");
    let text = format!("{head}{long}{}{own}", section.repeat(1000));
    let sections = Description::parse(text.as_bytes()).unwrap().msrp();
    let first_of = |index: usize| {
        let media: &Media = sections[index].1.as_ref().unwrap();
        media.fingerprints().iter().next().unwrap()
    };
    assert_eq!(first_of(0).octets().len(), 200_001);
    assert!((0..1000).all(|index| std::ptr::eq(first_of(index), first_of(0))));
    assert_eq!(first_of(1000).octets(), [0xBB]);
}

/// An empty list is read, means nothing, and is not written: what was read from a peer can be written again.
#[test]
fn empty_list_of_wrapped_types() {
    let section = "m=message 7394 TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\na=path:msrp://192.0.2.1:7394/s;tcp\r\n\
                   a=accept-types:message/cpim\r\n";
    for list in ["a=accept-wrapped-types:\r\n", "a=accept-wrapped-types:  \r\n"] {
        let (media, deviations) =
            Media::parse_with_deviations(format!("{section}{list}").as_bytes()).unwrap();
        assert!(deviations.contains(Deviation::EmptyValue));
        assert_eq!(media.accept_wrapped_types(), None);
        assert_eq!(written(&media), section);
        assert_eq!(media, read(section));
    }
}

/// Where a section is closed its path is not connected to: that it could not be hides no refusal.
#[test]
fn odd_paths_of_closed_sections() {
    let offer = plain("192.0.2.1", 7394).open(&mut ids()).unwrap().offer();
    for (protocol, path) in [
        ("TCP/TLS/MSRP", "msrp://192.0.2.9:1/s;tcp"),
        ("TCP/MSRP", "msrp://h.example.com/s;tcp"),
    ] {
        let section =
            |port: u16| format!("m=message {port} {protocol} *\r\na=path:{path}\r\na=accept-types:*\r\n");
        assert!(Media::parse(section(7).as_bytes()).is_err());
        assert_eq!(
            negotiate(
                &offer,
                &read(&section(0)),
                Side::Offerer,
                &Policy::default(),
                &Names::default()
            ),
            Err(NegotiationError::Refused)
        );
    }
}

/// A path that no parser takes is not written.
#[test]
fn too_many_relays() {
    let behind = |relays: usize| {
        let relays = vec!["msrps://r.example.com:1/x;tcp"; relays].join(" ");
        Local::connecting(host("192.0.2.1"))
            .relays(relay_path(&relays))
            .open(&mut ids())
    };
    let most = behind(Media::MAX_PATH - 1).unwrap().offer();
    assert_eq!(Media::parse_strict(written(&most).as_bytes()), Ok(most));
    assert_eq!(behind(Media::MAX_PATH), Err(LocalError::Path(PathError::TooMany)));
}

/// RFC 4975 §8.6: `accept-types` is there, and has an entry.
#[test]
fn no_accepted_types() {
    let none = MediaRanges::new;
    let refused = |local: Local| local.open(&mut ids()).unwrap_err();
    assert_eq!(
        refused(plain("192.0.2.1", 7394).accept_types(none())),
        LocalError::NoTypes
    );
    assert_eq!(
        refused(Local::data_channel(host("192.0.2.1"), 9).accept_types(none())),
        LocalError::NoTypes
    );
    let session = plain("192.0.2.1", 7394).open(&mut ids()).unwrap();
    assert_eq!(
        session.with_terms(|terms| terms.accept_types(none())),
        Err(LocalError::NoTypes)
    );
    // Where one is added by rule there is one.
    assert!(
        plain("192.0.2.1", 7394)
            .accept_types(none())
            .gateway(true)
            .open(&mut ids())
            .is_ok()
    );
}
