//! What is to be done with a message: Content-Disposition (RFC 4975 §7.1.1, RFC 2183).

use msrp_proto::wire::Header;
use msrp_proto::{Config, Disposition, Event, IncomingEvent, MediaType, Message};

use crate::wire_out::Wire;

/// The disposition of a message received with these header lines.
fn reported(lines: &str) -> Disposition {
    let mut wire = Wire::passive(Config::default());
    wire.receive(lines);
    let started = wire.events().into_iter().find_map(|event| match event {
        Event::Incoming(_, IncomingEvent::Started { head, .. }) => Some(head.disposition()),
        _ => None,
    });
    started.expect("a message")
}

fn text(body: &'static str) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), body)
}

/// Shows: MSRP-7.1.1-34.
#[test]
fn the_default_is_render() {
    assert_eq!(reported(""), Disposition::render());
    let attachment = reported("Content-Disposition: attachment; filename=\"x\"\r\n");
    assert_eq!(attachment, Disposition::attachment().with_file_name("x"));
    assert_eq!(attachment.file_name().as_deref(), Some("x"));
    assert!(reported("content-disposition: Inline\r\n").is("inline"));
    // That of no meaning counts as absent, and refuses nothing.
    for faulty in ["", "; filename=x", "attachment filename=x", "\"attachment\""] {
        let line = format!("Content-Disposition: {faulty}\r\n");
        assert_eq!(reported(&line), Disposition::render(), "{faulty}");
    }

    let mut wire = Wire::active(Config::default().chunk_limit(Some(4)));
    wire.send(
        text("12345678")
            .header(Header::new("content-disposition", "inline").unwrap())
            .disposition(&Disposition::attachment().with_file_name("a\r\nb \u{e9}.txt"))
            .header(Header::new("Content-ID", "<a@b>").unwrap()),
    );
    wire.send(text("no word of it"));
    let mut found = Vec::new();
    for frame in wire.drain() {
        let lines: Vec<_> = frame.head.headers().collect();
        let place = lines
            .iter()
            .position(|(name, _)| name.eq_ignore_ascii_case(b"Content-Disposition"));
        found.push(place.map(|at| String::from_utf8(lines[at].1.to_vec()).unwrap()));
        // A MIME header: directly before the Content-Type.
        assert!(place.is_none_or(|at| at + 3 == lines.len()));
    }
    let said = Some("attachment;filename*=UTF-8''a%0D%0Ab%20%C3%A9.txt".to_owned());
    // Any chunk may arrive first, so each has it.
    assert_eq!(found[..2], [said.clone(), said]);
    assert!(found.len() > 2 && found[2..].iter().all(Option::is_none));
}
