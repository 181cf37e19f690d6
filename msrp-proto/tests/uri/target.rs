//! Where a URI leads (RFC 4975 §5.4, §6.2, §14.2; RFC 4976 §8; RFC 6714 §6.3, §7.1).

use core::net::{IpAddr, Ipv4Addr};

use msrp_proto::wire::{HostName, Path, Scheme};
use msrp_proto::{Host, Lookup, ReuseKey, Target, TargetError, Transport};

use crate::uri;

fn target(text: &str) -> Target {
    uri(text)
        .target()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn relay(text: &str) -> Target {
    uri(text)
        .relay_target()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn name(text: &str) -> HostName {
    text.parse().expect("a host name")
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Shows: MSRP-6.2-01.
#[test]
fn an_address_is_used_as_written() {
    let target = target("msrp://192.0.2.7:9000/s;tcp");
    assert_eq!(
        target.lookup(),
        Lookup::NotNeeded(Ipv4Addr::new(192, 0, 2, 7).into())
    );
    assert_eq!(target.port(), 9000);
}

/// Shows: MSRP-6.2-02.
#[test]
fn a_name_with_port_is_looked_up_as_an_address() {
    let target = target("msrp://h.example.com:9000/s;tcp");
    assert_eq!(target.lookup(), Lookup::Address(&name("h.example.com")));
    assert_eq!(target.port(), 9000);
    assert_eq!(
        (target.scheme(), target.transport()),
        (Scheme::Msrp, Transport::Tcp)
    );
}

/// Shows: MSRP-6.2-04.
#[test]
fn only_a_relay_may_lack_the_port() {
    let path: Path = "msrps://h.example.com/s;tcp msrps://h:1/t;tcp"
        .parse()
        .expect("a path");
    assert_eq!(path.target(), Err(TargetError::NoPort));
    let relay = path.leftmost().relay_target().expect("a target");
    assert!(matches!(relay.lookup(), Lookup::Service { .. }));
}

/// Shows: RELAY-8-03.
#[test]
fn a_relay_without_port_is_a_service() {
    let relay = relay("msrps://extra.example.com;tcp");
    let (service, fallback) = ("_msrps._tcp.extra.example.com", &name("extra.example.com"));
    assert_eq!(relay.lookup(), Lookup::Service { service, fallback });
    assert_eq!((relay.port(), relay.tls()), (2855, true));
}

/// Shows: RELAY-8-04.
#[test]
fn a_relay_with_port_is_an_address() {
    let by_name = relay("msrps://extra.example.com:9000;tcp");
    assert_eq!(by_name.lookup(), Lookup::Address(&name("extra.example.com")));
    assert_eq!((by_name.port(), by_name.tls()), (9000, true));
    let by_address = relay("msrps://192.0.2.1:9000;tcp");
    assert_eq!(by_address.lookup(), Lookup::NotNeeded(address("192.0.2.1")));
}

/// Shows: RELAY-8-06.
#[test]
fn the_name_of_a_relay_is_verified_whatever_its_service_says() {
    let relay = relay("msrps://alice@Extra.example.com;tcp");
    assert_eq!(relay.verify(), Some(&Host::Name(name("extra.example.com"))));
    assert_eq!(relay.server_name(), Some("extra.example.com"));
}

#[test]
fn a_relay_is_secure() {
    assert_eq!(
        uri("msrp://extra.example.com;tcp").relay_target(),
        Err(TargetError::Insecure)
    );
    assert_eq!(
        uri("msrps://extra.example.com;ws").relay_target(),
        Err(TargetError::UnsupportedTransport)
    );
}

/// Shows: MSRP-14.2-01.
#[test]
fn tls_names_the_server() {
    assert_eq!(
        target("msrps://B.example.com:1/s;tcp").server_name(),
        Some("b.example.com")
    );
    assert_eq!(
        target("msrps://b.example.com.:1/s;tcp").server_name(),
        Some("b.example.com")
    );
    assert_eq!(target("msrps://192.0.2.1:1/s;tcp").server_name(), None);
    assert_eq!(target("msrps://[2001:db8::1]:1/s;tcp").server_name(), None);
}

/// What opening a session on the wrong connection does is shown with the connection.
///
/// Shows: MSRP-5.4-08 (what the driver is told), MSRP-5.4-09 (whom it verifies).
#[test]
fn the_scheme_decides_about_tls() {
    let secure = target("msrps://b.example.com:1/s;tcp");
    assert!(secure.tls());
    assert_eq!(secure.verify(), Some(&Host::Name(name("b.example.com"))));
    let literal = target("msrps://192.0.2.1:1/s;tcp");
    assert_eq!(literal.verify(), Some(&Host::Address(address("192.0.2.1"))));
    let plain = target("msrp://b.example.com:1/s;tcp");
    assert!(!plain.tls());
    assert_eq!((plain.verify(), plain.server_name()), (None, None));
}

#[test]
fn hosts_that_are_not_to_be_looked_up() {
    for (host, error) in [
        ("df7jal23ls0d.invalid", TargetError::Invalid),
        ("x.INVALID.", TargetError::Invalid),
        ("invalid", TargetError::Invalid),
        ("a%2Fb", TargetError::NotAHostName),
        ("a!b", TargetError::NotAHostName),
        ("a..b", TargetError::NotAHostName),
        (".", TargetError::NotAHostName),
        ("192.0.2.01", TargetError::NotAHostName),
        ("127.1", TargetError::NotAHostName),
        ("0x7f.0x1", TargetError::NotAHostName),
        ("2130706433", TargetError::NotAHostName),
        ("1.2.3.4.", TargetError::NotAHostName),
    ] {
        assert_eq!(
            uri(&format!("msrp://{host}:1/s;tcp")).target(),
            Err(error),
            "{host}"
        );
        assert_eq!(
            uri(&format!("msrps://{host}:1/s;tcp")).relay_target(),
            Err(error),
            "{host}"
        );
    }
    let label = "a".repeat(63);
    assert!(HostName::new(&label).is_ok());
    assert!(HostName::new(&format!("{label}a")).is_err());
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert!(HostName::new(&longest).is_ok() && HostName::new(&format!("{longest}.")).is_ok());
    assert!(HostName::new(&format!("{longest}a")).is_err());
    assert_eq!(
        HostName::new("EX%61MPLE.com").map(|name| name.to_string()),
        Ok("example.com".to_owned())
    );
    assert!(HostName::new("ü.example.com").is_err());
    assert!(HostName::new("").is_err());
}

#[test]
fn only_tcp_is_connected_to() {
    for transport in ["ws", "dc", "zz9"] {
        let error = uri(&format!("msrps://h:1/s;{transport}")).target();
        assert_eq!(error, Err(TargetError::UnsupportedTransport));
    }
    let first_hop: Path = "msrps://r:1/a;tcp msrps://x:2/b;zz9".parse().expect("a path");
    assert!(first_hop.target().is_ok());
}

/// Shows: MSRP-5.4-01.
#[test]
fn one_connection_serves_equal_hosts_ports_and_schemes() {
    let key = |text: &str| target(text).reuse_key();
    assert_eq!(
        key("msrp://H.example.com:1/a;tcp"),
        key("msrp://h.example.com:1/b;TCP")
    );
    assert_eq!(
        key("msrps://u@ex%61mple.com:01/a;tcp"),
        key("msrps://example.com:1/b;tcp;x")
    );
    assert_eq!(
        key("msrp://[2001:db8:0::1]:1/a;tcp"),
        key("msrp://[2001:db8::1]:1/b;tcp")
    );
    assert_ne!(
        key("msrp://h.example.com:1/a;tcp"),
        key("msrps://h.example.com:1/b;tcp")
    );
    assert_ne!(
        key("msrp://h.example.com:1/a;tcp"),
        key("msrp://h.example.com:2/b;tcp")
    );
    assert_ne!(
        key("msrp://h.example.com:1/a;tcp"),
        key("msrp://g.example.com:1/b;tcp")
    );
}

#[test]
fn a_service_is_not_the_port_it_falls_back_to() {
    let service = relay("msrps://extra.example.com;tcp").reuse_key();
    assert_eq!(service, relay("msrps://alice@EXTRA.example.com;tcp").reuse_key());
    assert_ne!(service, relay("msrps://extra.example.com:2855;tcp").reuse_key());
}

/// Shows: CEMA-6-02.
#[test]
fn the_key_follows_the_address_connected_to() {
    let via = |text: &str, host: &str, port| -> ReuseKey {
        target(text)
            .connect_to(address(host), port)
            .expect("a target")
            .reuse_key()
    };
    let (ours, theirs) = (
        "msrp://a.example.com:7654/x;tcp",
        "msrp://a.example.com:7654/y;tcp",
    );
    assert_ne!(via(ours, "203.0.113.9", 5000), via(theirs, "203.0.113.10", 5000));
    assert_ne!(via(ours, "203.0.113.9", 5000), via(theirs, "203.0.113.9", 5001));
    assert_eq!(via(ours, "203.0.113.9", 5000), via(theirs, "203.0.113.9", 5000));
    assert_ne!(via(ours, "203.0.113.9", 5000), target(theirs).reuse_key());
}

/// Over TLS a connection was verified for one name only.
#[test]
fn two_identities_behind_one_middlebox_do_not_share_tls() {
    let via = |text: &str| {
        target(text)
            .connect_to(address("203.0.113.9"), 5000)
            .expect("a target")
            .reuse_key()
    };
    assert_ne!(
        via("msrps://a.example.com:1/x;tcp"),
        via("msrps://b.example.com:1/x;tcp")
    );
    assert_eq!(
        via("msrp://a.example.com:1/x;tcp"),
        via("msrp://b.example.com:1/x;tcp")
    );
}

/// Shows: CEMA-7-01.
#[test]
fn the_middlebox_is_connected_to_and_the_peer_is_verified() {
    let path: Path = "msrps://192.0.2.5:7654/x;tcp msrps://b.example.com:1/y;tcp"
        .parse()
        .expect("a path");
    let literal = path
        .target()
        .and_then(|target| target.connect_to(address("203.0.113.9"), 5000));
    let literal = literal.expect("a target");
    assert_eq!(
        (literal.lookup(), literal.port()),
        (Lookup::NotNeeded(address("203.0.113.9")), 5000)
    );
    assert_eq!(literal.verify(), Some(&Host::Address(address("192.0.2.5"))));
    assert_eq!(literal.server_name(), None);

    let named = target("msrps://a.example.com:7654/x;tcp").connect_to(name("sbc.example.net"), 5000);
    let named = named.expect("a target");
    assert_eq!(
        (named.lookup(), named.port()),
        (Lookup::Address(&name("sbc.example.net")), 5000)
    );
    assert_eq!(named.verify(), Some(&Host::Name(name("a.example.com"))));
    assert_eq!(named.server_name(), Some("a.example.com"));
}

#[test]
fn a_middlebox_needs_a_port_and_a_name_that_resolves() {
    let target = || target("msrp://h:1/s;tcp");
    assert_eq!(
        target().connect_to(address("192.0.2.1"), 0),
        Err(TargetError::NoPort)
    );
    assert_eq!(
        target().connect_to(name("x.invalid"), 1),
        Err(TargetError::Invalid)
    );
}
