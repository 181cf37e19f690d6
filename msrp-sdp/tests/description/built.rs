//! What is built is legal, whatever is put in.

use msrp_sdp::{ConnectionData, Description, ValueError};

use crate::{assert_clean, host, msrp, origin, written};

/// Shows: SDP-5-07.
#[test]
fn values_end_no_line() {
    for value in ["x\r\na=evil", "x\ra=evil", "x\na=evil", "\0", "a\0b", "x\r\n"] {
        let octets = value.as_bytes();
        let description = || Description::new(origin());
        assert_eq!(description().with_session_name(octets), Err(ValueError::BadOctet));
        assert_eq!(
            description().with_attribute("x", Some(octets)),
            Err(ValueError::BadOctet)
        );
        assert_eq!(
            msrp(9).with_attribute("x", Some(octets)),
            Err(ValueError::BadOctet)
        );
        assert_eq!(msrp(9).with_info(octets), Err(ValueError::BadOctet));
        assert_eq!(origin().with_username(octets), Err(ValueError::BadOctet));

        assert_eq!(
            description().with_attribute(value, None),
            Err(ValueError::BadName)
        );
        assert_eq!(msrp(9).with_attribute(value, None), Err(ValueError::BadName));
    }
    // All else may stand in a value.
    let rest: Vec<u8> = (1..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    let description = Description::new(origin())
        .with_session_name(&rest)
        .unwrap()
        .with_attribute("x", Some(&rest))
        .unwrap();
    assert_clean(description.to_bytes());
}

#[test]
fn names_are_tokens() {
    for name in ["", "a b", "a:b", "a/b", "é", "a=b", "\"a\"", "a\t"] {
        assert_eq!(msrp(9).with_attribute(name, None), Err(ValueError::BadName));
        assert_eq!(msrp(9).with_attribute(name, Some(b"x")), Err(ValueError::BadName));
    }
    assert_eq!(msrp(9).with_attribute("x", Some(b"")), Err(ValueError::Empty));
    assert_eq!(msrp(9).with_info(b""), Err(ValueError::Empty));
    assert_eq!(
        Description::new(origin()).with_session_name(b""),
        Err(ValueError::Empty)
    );
}

/// In the order of the grammar, whatever was said first.
///
/// Shows: SDP-5-03 (the builder).
#[test]
fn in_order() {
    let section = msrp(7394)
        .with_attribute("b", None)
        .unwrap()
        .with_attribute("a", Some(b"1"))
        .unwrap()
        .with_connection(ConnectionData::new(host("192.0.2.1")))
        .with_info(b"text")
        .unwrap();
    let description = Description::new(origin())
        .with_section(section)
        .with_attribute("y", None)
        .unwrap()
        .with_session_name(b"name")
        .unwrap()
        .with_attribute("x", Some(b"1"))
        .unwrap()
        .with_connection(ConnectionData::new(host("192.0.2.2")))
        .with_section(msrp(0));
    assert_eq!(
        written(&description),
        "v=0\r\no=- 7 0 IN IP4 bob.example.com\r\ns=name\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\na=y\r\na=x:1\r\n\
         m=message 7394 TCP/MSRP *\r\ni=text\r\nc=IN IP4 192.0.2.1\r\na=b\r\na=a:1\r\n\
         m=message 0 TCP/MSRP *\r\n"
    );
    assert_eq!(assert_clean(description.to_bytes()), description);
}
