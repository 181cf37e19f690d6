//! `c=`, at both levels.

use msrp_sdp::{ConnectionData, ConnectionDataError, Description, DescriptionError, Deviation};

use crate::{OFFER, assert_clean, assert_deviates, assert_refused, host, msrp, offer_instead, offer_with};
use crate::{offer_without, origin, text, written};

#[test]
fn addresses() {
    for (line, expected) in [
        ("c=IN IP6 2001:db8::3", "2001:db8::3"),
        ("c=IN IP6 2001:DB8:0:0::3", "2001:db8::3"),
        ("c=IN IP4 192.0.2.5", "192.0.2.5"),
        ("c=IN IP4 Alice.Example.com", "alice.example.com"),
        ("c=IN IP6 alice.example.com", "alice.example.com"),
    ] {
        let session = assert_clean(offer_instead(3, line));
        assert_eq!(session.connection().unwrap().host(), &host(expected));
        assert_eq!(session.sections()[0].connection(), None);

        let media =
            assert_clean(offer_without(3).replace("TCP/MSRP *\r\n", &format!("TCP/MSRP *\r\n{line}\r\n")));
        assert_eq!(media.connection(), None);
        assert_eq!(media.sections()[0].connection().unwrap().host(), &host(expected));
    }
}

/// Neither an address nor a name: such a line has no reading (ruling S1).
#[test]
fn no_addresses() {
    let bad = [
        ("", ConnectionDataError::Syntax),
        ("IN", ConnectionDataError::Syntax),
        ("IN IP4", ConnectionDataError::Syntax),
        ("IN IP4 ", ConnectionDataError::Syntax),
        ("IN IP6 IP6 2001:db8::1", ConnectionDataError::Syntax),
        ("IN  IP4 192.0.2.5", ConnectionDataError::Syntax),
        (" IN IP4 192.0.2.5", ConnectionDataError::Syntax),
        ("IN IP4 2001:db8::3", ConnectionDataError::Address),
        ("IN IP6 192.0.2.5", ConnectionDataError::Address),
        ("IN IP6 [2001:db8::3]", ConnectionDataError::Address),
        ("IN IP4 192.0.2.256", ConnectionDataError::Address),
        ("IN IP4 a%2eb.example.com", ConnectionDataError::Address),
        ("IN IP4 exämple.com", ConnectionDataError::Address),
        ("IN IP6 224.2.1.1/127", ConnectionDataError::Address),
        ("IN IP6 ff00::101/3/3", ConnectionDataError::Address),
        ("IN IP4 224.2.1.1/127/3/3", ConnectionDataError::Address),
        ("IN IP4 224.2.1.1/x", ConnectionDataError::Address),
    ];
    for (value, reason) in bad {
        let session = offer_instead(3, &format!("c={value}"));
        let result = Description::parse(session.as_bytes());
        assert_eq!(
            result,
            Err(DescriptionError::Connection { line: 4, reason }),
            "{value}"
        );
        let media = text(&[
            "m=application 54111 UDP/DTLS/SCTP webrtc-datachannel",
            &format!("c={value}"),
        ]);
        assert_eq!(
            msrp_sdp::Section::parse(media.as_bytes()),
            Err(DescriptionError::Connection { line: 2, reason })
        );
    }
}

#[test]
fn missing_and_misplaced() {
    assert_deviates(offer_without(3), Deviation::NoConnection);
    // One section has it, the other has not.
    let one = offer_without(3).replace("TCP/MSRP *\r\n", "TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\n");
    assert_clean(&one);
    assert_deviates(one + "m=audio 1 RTP/AVP 0\r\n", Deviation::NoConnection);
    // Without media, nothing needs an address.
    assert_clean(text(&["v=0", "o=- 1 1 IN IP4 h.example.com", "s=-", "t=0 0"]));

    for slash in ["c=IN IP6 2001:db8::3/64", "c=IN IP4 192.0.2.5/127"] {
        let read = assert_deviates(offer_instead(3, slash), Deviation::SlashOnUnicast);
        assert_eq!(written(&read), offer_instead(3, slash));
    }
    // SP at the end have one reading, and are not written.
    let read = assert_deviates(offer_instead(3, "c=IN IP4 192.0.2.5  "), Deviation::Blank);
    assert_eq!(read.connection().unwrap().host(), &host("192.0.2.5"));
    assert_eq!(written(&read), offer_instead(3, "c=IN IP4 192.0.2.5"));
    assert!(ConnectionData::parse("IN IP4 192.0.2.5 ").is_err());
    let read = Description::parse(offer_instead(3, "c=IN IP6 2001:db8::3/64").as_bytes()).unwrap();
    assert_eq!(read.connection().unwrap().host(), &host("2001:db8::3"));

    let second =
        offer_with(6, "c=IN IP4 192.0.2.1").replace("192.0.2.1\r\n", "192.0.2.1\r\nc=IN IP4 192.0.2.2\r\n");
    assert_refused(second, DescriptionError::Duplicate { line: 8 });
}

/// What is legal and no address of one host of the Internet is kept, for other media.
#[test]
fn other_networks_and_groups() {
    let values = [
        "IN IP4 224.2.1.1/127",
        "IN IP4 224.2.1.1/127/3",
        "IN IP6 ff15::101",
        "IN IP6 ff15::101/3",
        "ATM NSAP 47.0091.8100.0000.0060.3e64.fd01.0060.3e64.fd01.00",
        "TN RFC2543 +358-9-4400",
        "IN IPX 1 2 3",
    ];
    for value in values {
        let session = assert_clean(offer_instead(3, &format!("c={value}")));
        assert_eq!(session.connection(), None);
        let line = format!("c={value}");
        let media = assert_clean(text(
            &[&OFFER[..], &["m=audio 49170 RTP/AVP 0", &line, &line]].concat(),
        ));
        assert_eq!(media.sections()[1].connection(), None);
    }
}

#[test]
fn built() {
    let description = Description::new(origin());
    assert_eq!(
        description.connection(),
        Some(&ConnectionData::new(host("bob.example.com")))
    );
    let description = description.with_connection(ConnectionData::new(host("2001:db8::3")));
    assert_eq!(
        written(&description),
        "v=0\r\no=- 7 0 IN IP4 bob.example.com\r\ns=-\r\nc=IN IP6 2001:db8::3\r\nt=0 0\r\n"
    );

    let section = msrp(9)
        .with_connection(ConnectionData::new(host("192.0.2.1")))
        .with_connection(ConnectionData::new(host("192.0.2.2")));
    assert_eq!(section.connection().unwrap().host(), &host("192.0.2.2"));
    assert_eq!(
        section.to_bytes(),
        b"m=message 9 TCP/MSRP *\r\nc=IN IP4 192.0.2.2\r\n"
    );
}
