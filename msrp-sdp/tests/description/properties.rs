//! What the fuzz target does, with generated inputs.

use proptest::prelude::*;

#[expect(unreachable_pub, reason = "for the fuzz target this is a library")]
#[path = "../../../fuzz/bodies/sdp.rs"]
mod sdp;

/// Lines that are good by themselves, and some that are not.
const LINES: [&str; 34] = [
    "v=0",
    "o=- 1 1 IN IP4 h.example.com",
    "o=a 1 99 ATM NSAP 1",
    "s=-",
    "s=",
    "i=text",
    "i=",
    "u=x",
    "e=x",
    "p=x",
    "c=IN IP4 192.0.2.1",
    "c=IN IP6 2001:db8::1/64",
    "c=IN IP4 224.2.1.1/127/3",
    "c=ATM NSAP 1",
    "c=IN IP6 IP6 2001:db8::1",
    "b=AS:1",
    "t=0 0",
    "t=x",
    "r=1 1 1",
    "z=1 1",
    "k=prompt",
    "a=path:msrp://h.example.com:1/s;tcp",
    "a=sendonly",
    "a=x:",
    "a=a b:c",
    "a=\u{e4}",
    "m=message 7394 TCP/MSRP *",
    "m=message 7394/2 TCP/MSRP * *",
    "m=audio 07 RTP/AVP 0 8",
    "m=audio 0 RTP/AVP 0",
    "m=message 70000 TCP/MSRP *",
    "x=1",
    "",
    "a",
];

fn end() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just("\r\n"), 1 => Just("\n"), 1 => Just(""), 1 => Just("\r")]
}

proptest! {
    #[test]
    fn any_octets(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        sdp::run(&octets);
    }

    #[test]
    fn any_lines(lines in proptest::collection::vec((0..LINES.len(), end()), 0..24)) {
        let body: String = lines.iter().flat_map(|(line, end)| [LINES[*line], end]).collect();
        sdp::run(body.as_bytes());
        sdp::run(format!("v=0\r\no=- 1 1 IN IP4 h.example.com\r\ns=-\r\n{body}").as_bytes());
        sdp::run(format!("m=message 7394 TCP/MSRP *\r\n{body}").as_bytes());
    }

    #[test]
    fn one_octet_changed(at in 0..240_usize, octet in any::<u8>()) {
        let mut offer = crate::text(&crate::OFFER).into_bytes();
        if let Some(place) = offer.get_mut(at) {
            *place = octet;
        }
        sdp::run(&offer);
    }
}
