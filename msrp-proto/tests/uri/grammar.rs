//! What is a URI and what is not (RFC 4975 §6, §9).

use core::net::IpAddr;

use msrp_proto::wire::{HostRef, MsrpUri, Scheme, UriError, UriRef};

use crate::{error, uri};

/// The URIs printed in RFC 4975, 4976, 6135 and 6714.
const PRINTED: &[&str] = &[
    "msrp://alice.example.com:7394/2s93i93idj;tcp",
    "msrp://alice.example.com:7394/2s93i9ek2a;tcp",
    "msrp://alice.example.com:7777/iau39soe2843z;tcp",
    "msrp://alicepc.example.com:7654/iau39soe2843z;tcp",
    "msrp://alicepc.example.com:7777/iau39soe2843z;tcp",
    "msrp://alicepc.example.com:8888/9di4eae923wzd;tcp",
    "msrp://atlanta.example.com:7654/jshA7weztas;tcp",
    "msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp",
    "msrp://bob.example.com:8493/si438dsaodes;tcp",
    "msrp://bob.example.com:8888/9di4eae923wzd;tcp",
    "msrp://bobpc.example.com:8888/9di4eae923wzd;tcp",
    "msrp://example.com:7777/iau39soe2843z;tcp",
    "msrp://host.example.com:8493/asfd34;tcp",
    "msrps://atlanta.example.com:7654/jshA7weso3ks;tcp",
    "msrp://a.example.com:1234/agic456;tcp",
    "msrps://A.example.com/aaa;tcp",
    "msrps://Alice.example.com/alice;tcp",
    "msrps://B.example.com/bbb;tcp",
    "msrps://Bob.example.com/bob;tcp",
    "msrps://R1;tcp",
    "msrps://R2;tcp",
    "msrps://a.example.org:9000/kjfjan;tcp",
    "msrps://alice.example.com:9892/98cjs;tcp",
    "msrps://alice.example.org:7965/bar;tcp",
    "msrps://alice@intra.example.com;tcp",
    "msrps://b.example.net:9000/aeiug;tcp",
    "msrps://bob.example.com:1234/fuige;tcp",
    "msrps://bob.example.net:8145/foo;tcp",
    "msrps://extra.example.com:9000/mywdEe1233;tcp",
    "msrps://extra.example.com;tcp",
    "msrps://intra.example.com:9000/jui787s2f;tcp",
    "msrps://relay.example.com:9000/hjdhfha;tcp",
];

/// Shows: MSRP-9-07.
#[test]
fn every_printed_uri_is_read() {
    for text in PRINTED {
        assert_eq!(uri(text).to_string(), *text);
    }
    assert_eq!(error("msrp:h:1/s;tcp"), UriError::Scheme);
    assert_eq!(error("msrp:/h:1/s;tcp"), UriError::Scheme);
    assert_eq!(error("http://h:1/s;tcp"), UriError::Scheme);
    assert_eq!(error("msrpx://h:1/s;tcp"), UriError::Scheme);
    assert_eq!(error(""), UriError::Scheme);
    assert_eq!(error("msrp:///s;tcp"), UriError::Host);
    assert_eq!(error("msrp://;tcp"), UriError::Host);
    assert_eq!(error("msrp://:1;tcp"), UriError::Host);
    assert_eq!(error("msrp://h:1;"), UriError::Transport);
    assert_eq!(error("msrp://h:1"), UriError::Transport);
    assert_eq!(error("msrp://h:1/s"), UriError::Transport);
    assert_eq!(error("msrp://h:1/s;tcp;"), UriError::Parameter);
    for text in ["msrp://h;ws", "msrp://[2001:db8::1]:1/s;tcp;x;y=1"] {
        assert_eq!(uri(text).to_string(), text);
    }
    for text in [
        "msrp://h:1/s;tcp?a",
        "msrp://h:1/s?a;tcp",
        "msrp://h:1?a;tcp",
        "msrp://h?a;tcp",
    ] {
        assert!(text.parse::<MsrpUri>().is_err(), "{text}");
        assert!(text.replace('?', "#").parse::<MsrpUri>().is_err(), "{text}");
    }
}

#[test]
fn parts_are_found() {
    let uri = uri("msrps://alice@r.example.com:9000/a/b;tcp;x;y=z");
    assert_eq!(uri.scheme(), Scheme::Msrps);
    assert_eq!(uri.userinfo(), Some("alice"));
    assert!(matches!(uri.host(), HostRef::Name("r.example.com")));
    assert_eq!(uri.port(), Some(9000));
    assert_eq!(uri.session_id(), Some("a/b"));
    assert_eq!(uri.transport(), "tcp");
    assert_eq!(
        uri.parameters().collect::<Vec<_>>(),
        [("x", None), ("y", Some("z"))]
    );
}

/// Shows: MSRP-6-02.
#[test]
fn an_address_needs_a_port() {
    for host in ["192.0.2.1", "[2001:db8::1]", "192.0.2.%31"] {
        assert_eq!(
            error(&format!("msrp://{host}/s;tcp")),
            UriError::AddressWithoutPort
        );
        assert_eq!(error(&format!("msrp://{host};tcp")), UriError::AddressWithoutPort);
        assert_eq!(uri(&format!("msrp://{host}:2855/s;tcp")).port(), Some(2855));
    }
}

/// The rest of MSRP-6-03, that such a URI cannot name a session, is shown where sessions are opened.
#[test]
fn a_uri_without_session_id_is_a_device() {
    assert_eq!(uri("msrps://r.example.com;tcp").session_id(), None);
    assert_eq!(uri("msrps://r.example.com:1;tcp").session_id(), None);
}

/// Shows: MSRP-6-05.
#[test]
fn no_port_is_not_2855() {
    let without = uri("msrp://h.example.com/s;tcp");
    assert_eq!(without.port(), None);
    assert_ne!(without, uri("msrp://h.example.com:2855/s;tcp"));
}

/// Shows: MSRP-6-06.
#[test]
fn a_user_is_kept() {
    let text = "msrps://alice@intra.example.com;tcp";
    let uri = uri(text);
    assert_eq!(uri.userinfo(), Some("alice"));
    assert_eq!(uri.host(), HostRef::Name("intra.example.com"));
    assert_eq!(uri.to_string(), text);
}

#[test]
fn userinfo_is_read_by_rfc_3986() {
    assert_eq!(uri("msrp://@h:1;tcp").userinfo(), Some(""));
    assert_eq!(uri("msrp://a;b=c%40d@h:1;tcp").userinfo(), Some("a;b=c%40d"));
    let with_password = uri("msrp://alice:secret:x@h:1/s;tcp");
    assert_eq!(with_password.userinfo(), Some("alice:secret:x"));
    assert_eq!(with_password.user(), Some("alice"));
    assert_eq!(with_password.host(), HostRef::Name("h"));
    for user in ["a/b", "a%4", "a[b", "a%zz"] {
        assert_eq!(
            error(&format!("msrp://{user}@h:1/s;tcp")),
            UriError::Userinfo,
            "{user}"
        );
    }
    assert_eq!(error("msrp://h:1/a@b;tcp"), UriError::Userinfo);
    assert_eq!(error("msrp://a@b@h:1/s;tcp"), UriError::Host);
}

/// Shows: MSRP-6-08.
#[test]
fn only_ascii_without_spaces() {
    for before in [
        "msrp://h",
        "msrp://h:1",
        "msrp://h:1/s",
        "msrp://h:1/s;t",
        "msrp://h:1/s;t;p",
        "msrp://u",
    ] {
        for octet in (0..=b' ').chain(0x7F..=0xFF) {
            let after = if before.ends_with('u') {
                "@h:1/s;tcp"
            } else {
                "x:1/s;tcp"
            };
            let text = [before.as_bytes(), &[octet], after.as_bytes()].concat();
            assert!(UriRef::parse(&text).is_err(), "{before} {octet:#x}");
        }
    }
    assert_eq!(
        UriRef::parse(b"msrp://h:1/\xC3\xBC;tcp").err(),
        Some(UriError::NotAscii)
    );
    assert_eq!(
        UriRef::parse(b"msrp://h\xC3:1/s;tcp").err(),
        Some(UriError::NotAscii)
    );
    assert!(UriRef::parse(b" msrp://h:1/s;tcp").is_err());
    assert!(UriRef::parse(b"msrp://h:1/s;tcp ").is_err());
    assert!(UriRef::parse(b"msrp://h:1/s;tcp\r\n").is_err());
}

/// Shows: MSRP-9-08.
#[test]
fn session_ids() {
    assert_eq!(
        uri("msrp://h:1/a/b+c=d~._-;tcp").session_id(),
        Some("a/b+c=d~._-")
    );
    assert_eq!(error("msrp://h:1/;tcp"), UriError::SessionId);
    for octet in 0..=255u8 {
        let text = [b"msrp://h:1/a", &[octet][..], b"z;tcp"].concat();
        let legal = octet.is_ascii_alphanumeric() || b"-._~+=/".contains(&octet);
        let malformed_later = octet == b';';
        assert_eq!(
            UriRef::parse(&text).is_ok(),
            legal || malformed_later,
            "{octet:#x}"
        );
    }
    assert_eq!(error("msrp://h:1/%41;tcp"), UriError::SessionId);
    assert_eq!(error("msrp://h:1/a%41;tcp"), UriError::Transport);
    assert_eq!(error("msrp://h:1/a:b;tcp"), UriError::Transport);
}

/// Shows: MSRP-9-09.
#[test]
fn transports() {
    for transport in ["tcp", "ws", "dc", "TCP", "zz9", "9"] {
        assert_eq!(uri(&format!("msrps://h:1/s;{transport}")).transport(), transport);
    }
    for transport in ["t-cp", "", ";x", "t=p", "t%41"] {
        assert_eq!(
            error(&format!("msrps://h:1/s;{transport}")),
            UriError::Transport,
            "{transport}"
        );
    }
}

/// Shows: MSRP-9-10.
#[test]
fn parameters() {
    let text = "msrp://h:1/s;tcp;a;b=c";
    let uri = uri(text);
    assert_eq!(uri.to_string(), text);
    assert_eq!(
        uri.parameters().collect::<Vec<_>>(),
        [("a", None), ("b", Some("c"))]
    );
    for parameter in ["", "a=", "=b", "a=b=c", "a/b", "a;", "a:b"] {
        assert_eq!(
            error(&format!("msrp://h:1/s;tcp;{parameter}")),
            UriError::Parameter,
            "{parameter}"
        );
    }
}

/// The characters of `token` are a list of its own in RFC 4975 §9.
#[test]
fn parameters_are_tokens() {
    for octet in 0..=255u8 {
        let legal = matches!(octet, 0x21 | 0x23..=0x27 | 0x2A..=0x2B | 0x2D..=0x2E | 0x30..=0x39)
            || matches!(octet, 0x41..=0x5A | 0x5E..=0x7E);
        let name = [b"msrp://h:1/s;tcp;", &[octet][..]].concat();
        let value = [b"msrp://h:1/s;tcp;a=", &[octet][..]].concat();
        assert_eq!(UriRef::parse(&name).is_ok(), legal, "{octet:#x}");
        assert_eq!(UriRef::parse(&value).is_ok(), legal, "{octet:#x}");
    }
}

/// Shows: MSRP-9-11.
#[test]
fn authorities() {
    let address = |text: &str| text.parse::<IpAddr>().map(HostRef::Address).ok();
    for (host, expected) in [
        ("[::1]", address("::1")),
        ("[2001:db8::3]", address("2001:db8::3")),
        ("[::ffff:192.0.2.1]", address("::ffff:192.0.2.1")),
        ("[1:2:3:4:5:6:7::]", address("1:2:3:4:5:6:7::")),
        ("192.0.2.1", address("192.0.2.1")),
        ("255.255.255.255", address("255.255.255.255")),
    ] {
        assert_eq!(
            Some(uri(&format!("msrp://{host}:2855/s;tcp")).host()),
            expected,
            "{host}"
        );
    }
    // By RFC 3986 §3.2.2 these are names.
    for name in [
        "h",
        "1.2.3",
        "192.0.2.256",
        "192.0.2.01",
        "1.2.3.4.5",
        "a_b~c!$&'()*+,=",
        "%2Fx",
        "h.",
        "-",
        "...",
    ] {
        let uri = uri(&format!("msrp://u@{name}:2855/s;tcp"));
        assert!(
            matches!(uri.host(), HostRef::Name(host) if host == name),
            "{name}"
        );
        assert_eq!(uri.port(), Some(2855));
    }
    for host in [
        "::1",
        "2001:db8::3",
        "2001:54:3",
        "[::1",
        "::1]",
        "[]",
        "[::1%25eth0]",
        "[fe80::1%eth0]",
        "[v1.x]",
        "[::1]x",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4:5:6:7::8]",
        "[12345::]",
        "[::192.0.2.01]",
        "[192.0.2.1]",
        "[h]",
        "h%4",
        "h%zz",
        "h%",
        "a[b",
        "a\"b",
        "a<b",
        "a\\b",
        "a|b",
    ] {
        assert_eq!(
            error(&format!("msrp://{host}:2855/s;tcp")),
            UriError::Host,
            "{host}"
        );
    }
    for port in [
        "",
        "0",
        "00000",
        "65536",
        "99999",
        "18446744073709551617",
        "x",
        "1x",
        "-1",
        "+1",
        "0x1",
    ] {
        assert_eq!(error(&format!("msrp://h:{port}/s;tcp")), UriError::Port, "{port}");
        assert_eq!(
            error(&format!("msrp://[::1]:{port};tcp")),
            UriError::Port,
            "{port}"
        );
    }
    assert_eq!(uri("msrp://h:65535;tcp").port(), Some(65535));
    assert_eq!(uri("msrp://h:000000000000000000000001;tcp").port(), Some(1));
}

/// The samples of RFC 8873 §4.8 lack the brackets.
#[test]
fn an_ipv6_address_without_brackets_is_no_host() {
    assert_eq!(error("msrps://2001:db8::3:54111/si438dsaodes;dc"), UriError::Host);
    let uri = uri("msrps://[2001:db8::3]:54111/si438dsaodes;dc");
    assert_eq!(uri.host(), HostRef::from("2001:db8::3"));
    assert_eq!((uri.port(), uri.transport()), (Some(54111), "dc"));
}

/// Shows: WS-5.2.1-01.
#[test]
fn websocket_uris() {
    let device = uri("msrps://alice@a.example.com:443;ws");
    assert_eq!((device.user(), device.port()), (Some("alice"), Some(443)));
    assert_eq!((device.session_id(), device.transport()), (None, "ws"));
    assert_eq!(device, uri("msrps://alice@a.example.com:443;WS"));
    let session = uri("msrps://df7jal23ls0d.invalid/98cjs;ws");
    assert_eq!((session.port(), session.session_id()), (None, Some("98cjs")));
}

#[test]
fn long_uris_are_read_up_to_the_limit() {
    let room = MsrpUri::MAX_LEN - "msrp://h:1/;tcp".len();
    let longest = format!("msrp://h:1/{};tcp", "s".repeat(room));
    assert_eq!(uri(&longest).session_id().map(str::len), Some(room));
    assert_eq!(uri(&longest).to_string(), longest);
    assert_eq!(error(&format!("{longest}x")), UriError::TooLong);
    for (before, piece, after) in [
        ("msrp://", "%2F", ":1/s;tcp"),
        ("msrp://", "1.", "x:1/s;tcp"),
        ("msrp://", "%41", "@h:1/s;tcp"),
        ("msrp://h:", "0", "1/s;tcp"),
        ("msrp://h:1/s;", "t", ""),
        ("msrp://h:1/s;tcp", ";a=b", ""),
    ] {
        let room = MsrpUri::MAX_LEN - before.len() - after.len();
        let text = format!("{before}{}{after}", piece.repeat(room / piece.len()));
        assert_eq!(uri(&text).to_string(), text);
    }
}
