//! The origin, and versions of a description.

use msrp_sdp::{Description, DescriptionError, Origin, OriginError};

use crate::{
    OFFER, assert_clean, assert_refused, host, msrp, offer_instead, offer_without, origin, text, written,
};

/// Shows: SDP-5.2-01.
#[test]
fn protocol_version_and_origin() {
    for version in ["v=1", "v=00", "v=", "v=0 ", "v=-0"] {
        assert_refused(offer_instead(0, version), DescriptionError::Version);
    }
    assert!(written(&Description::new(origin())).starts_with("v=0\r\no="));

    let digits = "1234567890123456789012345";
    let long = offer_instead(1, &format!("o=- 9{digits} {digits} IN IP6 2001:db8::1"));
    let origin = assert_clean(&long).origin().clone();
    assert_eq!(origin.version(), digits);
    assert_eq!(origin.session_id(), format!("9{digits}"));
    assert_eq!(origin.username(), b"-");
    assert_eq!(
        origin.to_string(),
        format!("- 9{digits} {digits} IN IP6 2001:db8::1")
    );
    assert_eq!(Origin::parse(origin.to_string().as_bytes()), Ok(origin));

    let syntax = [
        "",
        "- 1 1 IN IP4",
        "- 1 1 IN IP4 ",
        "- 1 1 IN IP4 h.example.com x",
        " 1 1 IN IP4 h.example.com",
        "-  1 1 IN IP4 h.example.com",
        "- 1 1 IN  IP4 h.example.com",
        "- 1 1 I:N IP4 h.example.com",
        "a\tb 1 1 IN IP4 h.example.com",
    ];
    for line in syntax {
        let result = Origin::parse(line.as_bytes());
        assert!(result.is_err(), "{line}");
        assert!(Description::parse(offer_instead(1, &format!("o={line}")).as_bytes()).is_err());
    }
    for line in ["- x 1", "- 1 x", "- -1 1", "- 1 +1", "- 1 0x1", "- 1 1.0"] {
        assert_refused(
            offer_instead(1, &format!("o={line} IN IP4 h.example.com")),
            DescriptionError::Origin {
                line: 2,
                reason: OriginError::Number,
            },
        );
    }
    assert_refused(offer_without(1), DescriptionError::Missing { letter: 'o' });

    let first = assert_clean(long);
    assert_eq!(first.clone().revises(&first), first);
    let changed = first.clone().with_attribute("x", None).unwrap().revises(&first);
    assert_eq!(changed.origin().version(), "1234567890123456789012346");
    assert_eq!(changed.origin().session_id(), first.origin().session_id());
}

/// Shows: MSRP-8.4-04.
#[test]
fn revisions() {
    let built = |port: u16| {
        let section = msrp(port)
            .with_attribute("accept-types", Some(b"text/plain"))
            .unwrap();
        Description::new(Origin::new(99, host("alice.example.com"))).with_section(section)
    };
    let first = built(7394);
    let same = Description::new(Origin::new(1, host("other.example.com")))
        .with_connection(first.connection().unwrap().clone())
        .with_section(built(7394).sections()[0].clone());
    assert_eq!(same.revises(&first).to_bytes(), first.to_bytes());

    let changes = [
        built(7395),
        built(7394).with_session_name(b"x").unwrap(),
        built(7394).with_attribute("x", None).unwrap(),
        built(7394).with_section(msrp(7394)),
        built(7394).with_connection(msrp_sdp::ConnectionData::new(host("192.0.2.1"))),
        Description::new(Origin::new(99, host("alice.example.com"))),
    ];
    for change in changes {
        let second = change.clone().revises(&first);
        assert_eq!(second.origin().to_string(), "- 99 1 IN IP4 alice.example.com");
        assert_eq!(
            written(&second),
            written(&change).replace("o=- 99 0 ", "o=- 99 1 ")
        );
        let third = second.clone().revises(&second);
        assert_eq!(written(&third), written(&second));
        assert_eq!(built(7394).revises(&second).origin().version(), "2");
    }
}

#[test]
fn versions_of_any_length_count_up() {
    let steps = [
        ("0", "1"),
        ("8", "9"),
        ("9", "10"),
        ("99", "100"),
        ("199", "200"),
        ("1909", "1910"),
        ("2890844527", "2890844528"),
        ("18446744073709551615", "18446744073709551616"),
        ("9999999999999999999999999", "10000000000000000000000000"),
        ("007", "008"),
        ("099", "100"),
    ];
    for (version, next) in steps {
        let first = assert_clean(offer_instead(1, &format!("o=- 5 {version} IN IP4 h.example.com")));
        let second = first.clone().with_attribute("x", None).unwrap().revises(&first);
        assert_eq!(
            second.origin().to_string(),
            format!("- 5 {next} IN IP4 h.example.com")
        );
    }
}

#[test]
fn origins_are_built() {
    let origin = Origin::new(u64::MAX, host("2001:db8::1"));
    assert_eq!(origin.to_string(), "- 18446744073709551615 0 IN IP6 2001:db8::1");
    let named = origin.clone().with_username("älice".as_bytes()).unwrap();
    assert_eq!(
        named.to_string(),
        "älice 18446744073709551615 0 IN IP6 2001:db8::1"
    );
    for name in ["", "a b", "a\tb", "a\r\ns=x", "\0"] {
        assert!(origin.clone().with_username(name.as_bytes()).is_err());
    }
}

#[test]
fn user_names_of_any_octets() {
    let mut octets = text(&OFFER).into_bytes();
    let at = octets.windows(5).position(|octets| octets == b"usera").unwrap();
    octets[at] = 0xe4;
    let description = assert_clean(&octets);
    assert_eq!(description.origin().username(), b"\xe4sera");
    assert!(
        description
            .origin()
            .to_string()
            .starts_with("\u{fffd}sera 2890844526 ")
    );
}
