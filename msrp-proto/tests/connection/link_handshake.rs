//! What the handshake of a WebSocket says of MSRP (RFC 7977 §4.1).

use msrp_proto::{Link, SubprotocolError};

fn check(reply: &[&str]) -> Result<(), SubprotocolError> {
    Link::check_subprotocol(reply)
}

/// Shows: WS-4.1-01.
#[test]
fn the_server_must_agree_to_msrp() {
    assert_eq!(Link::WEBSOCKET_HEADER, ("Sec-WebSocket-Protocol", "msrp"));
    assert_eq!(check(&["msrp"]), Ok(()));
    assert_eq!(check(&[" \tmsrp "]), Ok(()));
    assert_eq!(check(&[]), Err(SubprotocolError::Missing));
    for other in [
        "sip",
        "",
        "MSRP",
        "msrps",
        "ms",
        "msrp,sip",
        "sip, msrp",
        "msrp;x",
        "\u{fffd}",
    ] {
        assert_eq!(check(&[other]), Err(SubprotocolError::Other), "{other}");
    }
    // One header names one.
    for two in [["msrp", "sip"], ["sip", "msrp"], ["msrp", "msrp"]] {
        assert_eq!(check(&two), Err(SubprotocolError::Other));
    }
    // As HTTP libraries have it: octets that need not be text.
    assert_eq!(Link::check_subprotocol([b"msrp"]), Ok(()));
    assert_eq!(
        Link::check_subprotocol([vec![0xff]]),
        Err(SubprotocolError::Other)
    );
}
