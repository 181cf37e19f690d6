//! URIs of our own making (RFC 4975 §6, §14.1).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;

use msrp_proto::wire::{BuildError, HostName, HostRef, MsrpUri, Scheme, SessionToken, UriBuilder, UriError};

use crate::uri;

fn session(text: &str) -> SessionToken {
    text.parse().expect("a legal session-id")
}

fn written(builder: UriBuilder<'_>) -> String {
    builder.finish().expect("a legal URI").to_string()
}

fn refused(builder: UriBuilder<'_>) -> BuildError {
    builder.finish().expect_err("an illegal URI")
}

/// Fills with a script of octets, over and over.
fn script(octets: &[u8]) -> impl FnMut(&mut [u8]) {
    let mut octets = octets.iter().copied().cycle();
    move |buffer| {
        buffer
            .iter_mut()
            .zip(&mut octets)
            .for_each(|(to, octet)| *to = octet)
    }
}

/// Shows: MSRP-6-01.
#[test]
fn the_transport_is_always_there() {
    assert_eq!("msrp://h:1/s".parse::<MsrpUri>(), Err(UriError::Transport));
    assert_eq!("msrp://h:1".parse::<MsrpUri>(), Err(UriError::Transport));
    assert_eq!(
        written(MsrpUri::build(Scheme::Msrp, "h").session_id(session("s"))),
        "msrp://h:2855/s;tcp"
    );
    assert_eq!(written(MsrpUri::build(Scheme::Msrp, "h")), "msrp://h:2855;tcp");
}

/// Shows: MSRP-6-04, MSRP-15.4-01.
#[test]
fn the_registered_port_is_written() {
    assert_eq!(MsrpUri::REGISTERED_PORT, 2855);
    let built = MsrpUri::build(Scheme::Msrps, "h.example.com")
        .finish()
        .expect("a legal URI");
    assert_eq!(built.port(), Some(2855));
    assert_eq!(built.to_string(), "msrps://h.example.com:2855;tcp");
}

/// Shows: MSRP-6-07.
#[test]
fn no_password_is_written() {
    let builder = || MsrpUri::build(Scheme::Msrp, "h");
    assert_eq!(refused(builder().user("alice:secret")), BuildError::User);
    assert_eq!(refused(builder().user("alice:")), BuildError::User);
    assert_eq!(written(builder().user("alice")), "msrp://alice@h:2855;tcp");
    assert_eq!(written(builder().user("a;b%40c")), "msrp://a;b%40c@h:2855;tcp");
}

#[test]
fn what_is_not_legal_is_refused() {
    let builder = || MsrpUri::build(Scheme::Msrps, "h");
    for user in ["", "a b", "a@b", "a/b", "a%4", "ä"] {
        assert_eq!(refused(builder().user(user)), BuildError::User, "{user}");
    }
    for host in [
        "",
        "a b",
        "a/b",
        "a;b",
        "a:1",
        "a@b",
        "a%4",
        "ä",
        "[::1",
        "[::1%eth0]",
        "a#b",
        "h;tcp",
    ] {
        assert_eq!(
            refused(MsrpUri::build(Scheme::Msrp, host)),
            BuildError::Host,
            "{host}"
        );
    }
    for transport in ["", "t-cp", "tcp;x", "tcp ", "ü"] {
        assert_eq!(
            refused(builder().transport(transport)),
            BuildError::Transport,
            "{transport}"
        );
    }
    for text in ["", "a b", "a;tcp", "%41", "a:b", "ä", "a\r\nb"] {
        assert_eq!(text.parse::<SessionToken>(), Err(UriError::SessionId), "{text}");
    }
    assert_eq!(refused(builder().port(0)), BuildError::Port);
    assert_eq!(
        refused(builder().session_id(session(&"s".repeat(MsrpUri::MAX_LEN)))),
        BuildError::TooLong
    );
}

/// RFC 7977 §5.1 and RFC 8873 §4.2.
#[test]
fn websockets_and_data_channels_are_secure() {
    for transport in ["ws", "dc", "WS"] {
        let secure = MsrpUri::build(Scheme::Msrps, "h").transport(transport);
        assert_eq!(written(secure), format!("msrps://h:2855;{transport}"));
        assert_eq!(
            refused(MsrpUri::build(Scheme::Msrp, "h").transport(transport)),
            BuildError::Insecure
        );
    }
}

#[test]
fn addresses_are_written_as_uris_have_them() {
    let v6: Ipv6Addr = "2001:DB8:0:0::1".parse().expect("an address");
    let v4 = Ipv4Addr::new(192, 0, 2, 7);
    let name: HostName = "H.Example.com".parse().expect("a name");
    for (host, expected) in [
        (HostRef::from(v6), "[2001:db8::1]"),
        (HostRef::from(IpAddr::V6(v6)), "[2001:db8::1]"),
        (HostRef::from("2001:db8::1"), "[2001:db8::1]"),
        (HostRef::from("[2001:db8::1]"), "[2001:db8::1]"),
        (HostRef::from(v4), "192.0.2.7"),
        (HostRef::from("192.0.2.7"), "192.0.2.7"),
        (HostRef::from(&name), "h.example.com"),
        (HostRef::from("H%2Fx"), "H%2Fx"),
    ] {
        assert_eq!(
            written(MsrpUri::build(Scheme::Msrp, host).port(9)),
            format!("msrp://{expected}:9;tcp")
        );
    }
}

/// Shows: MSRP-14.1-01.
#[test]
fn a_session_id_keeps_80_random_bits() {
    let mut asked = 0;
    let token = SessionToken::random(|octets| {
        asked = octets.len();
        octets.fill(0);
    });
    assert!(asked >= 10);
    assert_eq!(token.as_str(), "a".repeat(16));

    let mut seen = BTreeSet::from([token]);
    for bit in 0..asked * 8 {
        let token = SessionToken::random(|octets| octets[bit / 8] = 1 << (bit % 8));
        assert!(token.as_str().bytes().all(|octet| octet.is_ascii_alphanumeric()));
        assert!(seen.insert(token), "bit {bit} is lost");
    }
}

#[test]
fn generated_session_ids_differ() {
    let mut counter = 0u64;
    let mut fill = |octets: &mut [u8]| {
        counter += 1;
        octets
            .iter_mut()
            .zip(counter.to_be_bytes())
            .for_each(|(to, octet)| *to = octet);
    };
    let device = uri("msrps://h:1;tcp");
    let uris: BTreeSet<_> = (0..1000)
        .map(|_| device.with_random_session(&mut fill).expect("not too long"))
        .collect();
    assert_eq!(uris.len(), 1000);
}

#[test]
fn a_new_session_at_the_same_device() {
    let fill = || script(&[0xFF; 10]);
    let id = "7".repeat(16);
    for (device, expected) in [
        ("msrps://h:1;tcp", format!("msrps://h:1/{id};tcp")),
        (
            "msrps://u@H:01/old/s;TCP;x=1",
            format!("msrps://u@H:01/{id};TCP;x=1"),
        ),
        ("msrps://h;tcp", format!("msrps://h/{id};tcp")),
    ] {
        let new = uri(device).with_random_session(fill()).expect("not too long");
        assert_eq!(new.to_string(), expected);
        assert_eq!(new.session_id(), Some(&*id));
    }
    let longest = format!(
        "msrp://h:1;{}",
        "t".repeat(MsrpUri::MAX_LEN - "msrp://h:1;".len())
    );
    assert_eq!(uri(&longest).with_random_session(fill()), Err(UriError::TooLong));
}

/// Shows: WS-A-01.
#[test]
fn a_client_without_address_is_under_invalid() {
    let endpoint = |octets: &[u8]| {
        let mut fill = script(octets);
        let name = HostName::random_invalid(&mut fill);
        let session_id = SessionToken::random(&mut fill);
        written(
            MsrpUri::build(Scheme::Msrps, &name)
                .session_id(session_id)
                .transport("ws"),
        )
    };
    let ours = endpoint(&[0]);
    assert_eq!(ours, "msrps://aaaaaaaaaaaaaaaa.invalid:2855/aaaaaaaaaaaaaaaa;ws");
    assert_eq!(uri(&ours).to_string(), ours);
    assert_ne!(uri(&endpoint(&[1])).host(), uri(&ours).host());
}
