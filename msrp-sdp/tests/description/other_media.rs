//! Media sections that are not MSRP.

use msrp_sdp::Description;

use crate::{OFFER, assert_clean, text};

/// A call with everything that MSRP has no use for.
const CALL: &[u8] = b"v=0\r\n\
o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n\
s=Call to John Smith\r\n\
i=SDP Offer #1\r\n\
u=http://www.jdoe.example.com/home.html\r\n\
e=Jane Doe <jane@jdoe.example.com>\r\n\
p=+1 617 555-6011\r\n\
c=IN IP4 198.51.100.1\r\n\
b=CT:1000\r\n\
t=3724394400 3724398000\r\n\
r=7d 1h 0 25h\r\n\
z=3730928400 -1h 3749680800 0\r\n\
a=charset:ISO-8859-1\r\n\
a=group:BUNDLE 1 2\r\n\
m=audio 49170/2 RTP/AVP 0 8 97\r\n\
i=Gr\xfc\xdfe\r\n\
c=IN IP4 224.2.1.1/127/3\r\n\
c=IN IP4 224.2.1.4/127\r\n\
b=AS:64\r\n\
b=X-YZ:128\r\n\
a=rtpmap:97 iLBC/8000\r\n\
a=fmtp:97 mode=20; x=\"a\\\"b\x01\xff\"\r\n\
a=sendonly\r\n\
a=sendonly\r\n\
a=path:not:of  MSRP\r\n\
m=message 7394 TCP/MSRP *\r\n\
a=accept-types:text/plain\r\n\
a=path:msrp://alice.example.com:7394/2s93i93idj;tcp\r\n\
m=video 51372 RTP/AVP 99\r\n\
c=ATM NSAP 47.0091.8100.0000.0060.3e64.fd01.0060.3e64.fd01.00\r\n\
a=rtpmap:99 h263-1998/90000\r\n\
m=application 54111 UDP/DTLS/SCTP webrtc-datachannel\r\n\
c=IN IP6 2001:DB8::0003\r\n\
a=dcmap:2 label=\"file transfer\";subprotocol=\"msrp\"\r\n\
a=dcsa:2 path:msrps://2001:db8::3:54111/jshA7we;dc\r\n";

/// Shows: SDP-5.14-02 (what passes through).
#[test]
fn is_written_as_it_was_read() {
    let description = assert_clean(CALL);
    let media: Vec<_> = description
        .sections()
        .iter()
        .map(|section| section.media().media())
        .collect();
    assert_eq!(media, ["audio", "message", "video", "application"]);
    let is_msrp = |section: &msrp_sdp::Section| section.media().msrp_protocol().is_some();
    assert_eq!(
        description
            .sections()
            .iter()
            .filter(|section| is_msrp(section))
            .count(),
        1
    );
    for section in description.sections() {
        assert_eq!(
            msrp_sdp::Section::parse_strict(&section.to_bytes()).as_ref(),
            Ok(section)
        );
    }
}

#[test]
fn stays_when_a_section_is_replaced() {
    let mut description = Description::parse(CALL).unwrap();
    description.sections_mut()[1] = crate::msrp(9);
    let before = CALL.windows(9).position(|octets| octets == b"m=message").unwrap();
    let behind = CALL.windows(7).position(|octets| octets == b"m=video").unwrap();
    let expected = [&CALL[..before], b"m=message 9 TCP/MSRP *\r\n", &CALL[behind..]].concat();
    assert_eq!(description.to_bytes(), expected);
}

/// What an application has already may be in the buffer.
#[test]
fn is_appended() {
    let mut out = b"\r\n".to_vec();
    assert_clean(text(&OFFER)).write(&mut out);
    assert_eq!(out, format!("\r\n{}", text(&OFFER)).as_bytes());
    assert_clean(text(&OFFER)).sections()[0].write(&mut out);
    assert_eq!(
        out,
        format!("\r\n{}{}", text(&OFFER), text(&OFFER[5..])).as_bytes()
    );
}
