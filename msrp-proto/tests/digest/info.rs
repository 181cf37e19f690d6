//! Authentication-Info.

use msrp_proto::wire::digest::{AuthenticationInfo, Challenge};

use crate::{INTRA, alice, answer, authorization, info, uri};

const PRINTED: [&str; 2] = [
    r#"nextnonce="40f2e879449675f288476d772627370a", rspauth="7327570c586207eca2afae94fc20903d", cnonce="0a4f113b", nc=00000001, qop=auth"#,
    r#"nextnonce="bz8V080GEA2sLyEDpITF2AZCq7gIkc", rspauth="72f109ed2755d7ed0d0a213ec653b3f2", cnonce="85a0dca8", nc=00000001, qop=auth"#,
];

/// Shows: RELAY-7-06.
#[test]
fn any_order_with_and_without_blanks() {
    for value in PRINTED {
        let read = info(value);
        assert_eq!(read.to_string(), value);
        assert_eq!(read.nc(), Some(1));
        let mut parts: Vec<_> = value.split(", ").collect();
        for _ in 0..parts.len() {
            parts.rotate_left(1);
            for separator in [",", ", ", " , ", ",\t", ",  "] {
                assert_eq!(info(&parts.join(separator)), read);
            }
        }
        parts.reverse();
        assert_eq!(info(&parts.join(",")), read);
    }
    let read = info(PRINTED[0]);
    assert_eq!(read.nextnonce(), Some("40f2e879449675f288476d772627370a"));
    assert_eq!(read.rspauth(), Some("7327570c586207eca2afae94fc20903d"));
    assert_eq!(read.cnonce(), Some("0a4f113b"));
}

#[test]
fn what_a_relay_writes() {
    let challenge = Challenge::new("intra.example.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093").unwrap();
    let answer = answer(&challenge, 1, "0a4f113b");
    let read = authorization(&answer.authorization().to_string());
    let made = AuthenticationInfo::new(&read, &alice(), uri(INTRA).as_ref());
    assert_eq!(
        made.to_string(),
        r#"rspauth="cc9450e3086fdbde5061198e1b2af3a8", cnonce="0a4f113b", nc=00000001, qop=auth"#
    );
    assert!(answer.is_proof(made.rspauth().unwrap()));
    let made = made.with_nextnonce("a\"b").unwrap();
    assert!(made.to_string().starts_with(r#"nextnonce="a\"b", rspauth="#));
    assert_eq!(info(&made.to_string()), made);
}

#[test]
fn quoted_or_not_and_others() {
    let read = info(PRINTED[0]);
    for value in [
        PRINTED[0].replace('"', ""),
        PRINTED[0].replace("nc=00000001", "nc=\"00000001\""),
        PRINTED[0].replace("nc=", "NC = ").replace("rspauth", "RspAuth"),
        PRINTED[0].replace("fc20903d", "FC20903D"),
        PRINTED[0].replace(", qop=auth", ""),
        format!("foo=\"bar\",{}, foo=2,", PRINTED[0]),
    ] {
        assert_eq!(info(&value), read, "{value}");
    }
}

#[test]
fn parts_may_be_missing() {
    let read = info("nextnonce=\"x\"");
    assert_eq!(
        (read.nextnonce(), read.rspauth(), read.cnonce(), read.nc()),
        (Some("x"), None, None, None)
    );
    assert_eq!(info("rspauth=\"\"").rspauth(), Some(""));
    assert_eq!(info("qop=auth").to_string(), "qop=auth");
}

#[test]
fn malformed_ones() {
    for value in [
        "",
        ",",
        "nextnonce",
        "nextnonce=\"x",
        "nextnonce=\"x\" nc=1",
        "nextnonce=\"x\", nextnonce=\"x\"",
        "nextnonce=\"\r\n\"",
        "rspauth=\"xyz\"",
        "nc=123456789",
        "nc=-1",
        "Digest nextnonce=\"x\"",
    ] {
        assert!(AuthenticationInfo::parse(value.as_bytes()).is_err(), "{value}");
    }
}
