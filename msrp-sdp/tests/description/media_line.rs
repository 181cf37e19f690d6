//! `m=`.

use msrp_sdp::{DescriptionError, Deviation, MediaLine, MediaLineError, Protocol, Section};

use crate::{OFFER, assert_clean, assert_deviates, assert_refused, offer_instead, written};

/// Shows: SDP-5.14-01.
#[test]
fn of_msrp() {
    for (port, protocol, line) in [
        (7394, Protocol::Tcp, "message 7394 TCP/MSRP *"),
        (7394, Protocol::Tls, "message 7394 TCP/TLS/MSRP *"),
        (0, Protocol::Tcp, "message 0 TCP/MSRP *"),
        (65535, Protocol::Tls, "message 65535 TCP/TLS/MSRP *"),
    ] {
        let model = MediaLine::msrp(port, protocol);
        assert_eq!(MediaLine::parse(line).as_ref(), Ok(&model));
        assert_eq!(model.to_string(), line);
        assert_eq!(model.msrp_protocol(), Some(protocol));
        assert_eq!(
            (model.media(), model.port(), model.formats()),
            ("message", port, "*")
        );

        let description = assert_clean(offer_instead(5, &format!("m={line}")));
        assert_eq!(description.sections()[0].media(), &model);
        assert_eq!(Section::new(model).to_bytes(), format!("m={line}\r\n").as_bytes());
    }
    for other in [
        "audio 1 TCP/MSRP *",
        "message 1 TCP/MSRPS *",
        "message 1 TCP/TLS *",
        "message 1 MSRP *",
    ] {
        assert_eq!(MediaLine::parse(other).unwrap().msrp_protocol(), None);
        assert_clean(offer_instead(5, &format!("m={other}")));
    }

    let refused = [
        ("message 65536 TCP/MSRP *", MediaLineError::Port),
        ("message 99999999999999999999 TCP/MSRP *", MediaLineError::Port),
        ("message -1 TCP/MSRP *", MediaLineError::Port),
        ("message +1 TCP/MSRP *", MediaLineError::Port),
        ("message x TCP/MSRP *", MediaLineError::Port),
        ("message 7394/ TCP/MSRP *", MediaLineError::Port),
        ("message 7394/0 TCP/MSRP *", MediaLineError::Port),
        ("message 7394/2/2 TCP/MSRP *", MediaLineError::Port),
        ("message 7394 TCP/MSRP", MediaLineError::Syntax),
        ("message 7394 TCP/MSRP ", MediaLineError::Syntax),
        ("message 7394  TCP/MSRP *", MediaLineError::Syntax),
        (" message 7394 TCP/MSRP *", MediaLineError::Syntax),
        ("message 7394 TCP/MSRP *\t*", MediaLineError::Syntax),
        ("message 7394 TCP//MSRP *", MediaLineError::Syntax),
        ("message 7394 /MSRP *", MediaLineError::Syntax),
        ("", MediaLineError::Syntax),
    ];
    for (line, reason) in refused {
        assert_eq!(MediaLine::parse(line), Err(reason), "{line}");
        assert_refused(
            offer_instead(5, &format!("m={line}")),
            DescriptionError::Media { line: 6, reason },
        );
    }

    // SP at the end have one reading, whatever the media.
    assert!(MediaLine::parse("message 7394 TCP/MSRP * ").is_err());
    for line in ["m=message 7394 TCP/MSRP *", "m=audio 49170 RTP/AVP 0 8"] {
        let read = assert_deviates(offer_instead(5, &format!("{line}  ")), Deviation::Blank);
        assert_eq!(written(&read), offer_instead(5, line));
    }

    for formats in ["foo", "* *", "* foo", "text/plain"] {
        let line = format!("m=message 7394 TCP/MSRP {formats}");
        let read = assert_deviates(offer_instead(5, &line), Deviation::Format);
        assert_eq!(read.sections()[0].media().formats(), formats);
    }
    let counted = assert_deviates(
        offer_instead(5, "m=message 7394/2 TCP/MSRP *"),
        Deviation::PortCount,
    );
    assert_eq!(counted.sections()[0].media().port(), 7394);
}

#[test]
fn of_other_media() {
    for line in [
        "m=audio 49170/2 RTP/AVP 0 8 97",
        "m=audio 049170 RTP/SAVPF 0",
        "m=application 54111 UDP/DTLS/SCTP webrtc-datachannel",
        "m=image 54111 TCP/TLS t38",
        "m=x-new 9 udp application/x-new",
    ] {
        assert_clean(offer_instead(5, line));
    }
    let mut octets = offer_instead(5, "m=message 7394 TCP/MSRP X").into_bytes();
    let at = octets.iter().rposition(|octet| *octet == b'X').unwrap();
    octets[at] = 0xff;
    let reason = MediaLineError::Syntax;
    assert_refused(octets, DescriptionError::Media { line: 6, reason });
}

#[test]
fn another_port() {
    let line = MediaLine::parse("audio 49170/2 RTP/AVP 0 8").unwrap();
    assert_eq!(line.clone().with_port(0).to_string(), "audio 0 RTP/AVP 0 8");
    assert_eq!(line.with_port(9).port(), 9);
    assert_eq!(
        MediaLine::parse(&OFFER[5][2..]).unwrap().with_port(7394),
        MediaLine::msrp(7394, Protocol::Tcp)
    );
}
