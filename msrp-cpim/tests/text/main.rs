//! The text of a message in one step, through the public API.

use bytes::Bytes;
use msrp_cpim::{Address, Message, NotText, TextMessage};
use msrp_multipart::{Disposition, Entity, MediaType, MultipartBuilder, Profile};

#[track_caller]
fn media_type(text: &str) -> MediaType {
    MediaType::parse(text.as_bytes(), Profile::Mime).unwrap()
}

/// `⏎` is CRLF.
fn octets(text: &str) -> Bytes {
    Bytes::from(text.replace('⏎', "\r\n"))
}

fn read(content_type: &str, body: impl Into<Bytes>) -> Result<TextMessage, NotText> {
    TextMessage::read(&media_type(content_type), &body.into())
}

#[track_caller]
fn text(content_type: &str, body: impl Into<Bytes>) -> String {
    read(content_type, body).unwrap().text
}

fn cpim(from: &str, content: Entity) -> Message {
    let builder = Message::builder().from(Address::new(from).unwrap());
    builder
        .to(Address::new("im:b@x.example").unwrap())
        .build(content)
        .unwrap()
}

fn fixed(octets: &mut [u8]) {
    octets.fill(7);
}

#[test]
fn charsets() {
    assert_eq!(text("text/plain", "Gr\u{fc}\u{df}e"), "Gr\u{fc}\u{df}e");
    assert_eq!(text("Text/PLAIN; charset=\"UTF-8\"", "\u{1f600}"), "\u{1f600}");
    assert_eq!(text("text/plain;charset=us-ascii", "\u{e9}"), "\u{e9}");
    assert_eq!(
        text("text/plain;charset=ISO-8859-1", &b"Gr\xfc\xdfe"[..]),
        "Gr\u{fc}\u{df}e"
    );
    assert_eq!(
        text("text/plain;charset=koi8-r", &b"\xf0\xd2\xc9"[..]),
        "\u{41f}\u{440}\u{438}"
    );
    assert_eq!(text("text/plain;charset=utf-16le", &b"h\0i\0"[..]), "hi");
    assert_eq!(text("text/plain;charset=shift_jis", &b"\x82\xb1"[..]), "\u{3053}");
    assert_eq!(text("text/plain;charset=utf-8", &b"\xef\xbb\xbfx"[..]), "x");
    for unknown in ["x-unknown", "iso-2022-kr", "\"\""] {
        assert_eq!(
            read(&format!("text/plain;charset={unknown}"), "x"),
            Err(NotText::Charset),
            "{unknown}"
        );
    }
    let damaged = read("text/plain;charset=utf-8", &b"a\xffb"[..]).unwrap();
    assert_eq!((damaged.text.as_str(), damaged.is_damaged), ("a\u{fffd}b", true));
    assert!(!read("text/plain", "").unwrap().is_damaged);
}

#[test]
fn what_is_no_text() {
    for content_type in [
        "text/html",
        "image/png",
        "application/octet-stream",
        "message/imdn+xml",
        "message/rfc822",
    ] {
        assert_eq!(read(content_type, "x"), Err(NotText::Type), "{content_type}");
    }
    assert!(matches!(read("message/cpim", "x"), Err(NotText::Cpim(_))));
    assert!(matches!(
        read("multipart/mixed;boundary=b", "x"),
        Err(NotText::Multipart(_))
    ));
    let picture = Entity::new(&media_type("image/png"), "x").unwrap();
    assert_eq!(
        read("message/cpim", cpim("im:a@x.example", picture).to_bytes()),
        Err(NotText::Type)
    );
}

#[test]
fn text_in_cpim_has_a_sender() {
    let read = self::read(
        "message/CPIM;x=y",
        cpim("im:a@x.example", Entity::text("hi")).to_bytes(),
    )
    .unwrap();
    assert_eq!(
        (read.text.as_str(), read.from().unwrap().uri()),
        ("hi", "im:a@x.example")
    );
    let anonymous = octets("To: <im:b@x.example>⏎⏎Content-Type: text/plain⏎⏎hi");
    let read = self::read("message/cpim", anonymous).unwrap();
    assert_eq!((read.text.as_str(), read.from()), ("hi", None));
    assert_eq!(self::read("text/plain", "hi").unwrap().senders, []);
}

/// Who of the two is shown must not depend on who reads.
#[test]
fn of_two_senders_none_counts() {
    let body = octets("From: <im:a@x.example>⏎From: <im:b@x.example>⏎⏎Content-Type: text/plain⏎⏎hi");
    let read = self::read("message/cpim", body).unwrap();
    assert_eq!(
        (read.text.as_str(), read.from(), read.senders.len()),
        ("hi", None, 1)
    );
}

/// The outermost sender is the one that the peer answers for.
#[test]
fn text_in_nested_cpim_has_a_chain_of_senders() {
    let inner = cpim("im:claimed@x.example", Entity::text("hi"));
    let outer = Message::builder()
        .from(Address::new("sip:room@x.example").unwrap())
        .to(Address::new("im:b@x.example").unwrap())
        .wrap(&inner)
        .unwrap();
    let read = self::read("message/cpim", outer.to_bytes()).unwrap();
    let senders: Vec<_> = read.senders.iter().flatten().map(Address::uri).collect();
    assert_eq!(senders, ["sip:room@x.example", "im:claimed@x.example"]);
    assert_eq!(read.from().unwrap().uri(), "sip:room@x.example");
}

#[test]
fn what_is_required_is_not_passed_over() {
    let body = octets(
        "From: <im:a@x.example>⏎To: <im:b@x.example>⏎NS: F <urn:f>⏎Require: F.Vital⏎⏎\
         Content-Type: text/plain⏎⏎hi",
    );
    assert_eq!(read("message/cpim", body), Err(NotText::Required));
}

#[test]
fn the_text_of_a_multipart() {
    let picture = || {
        let picture = Entity::new(&media_type("image/png"), "x").unwrap();
        picture.with_disposition(&Disposition::inline()).unwrap()
    };
    let attached = Entity::text("a file")
        .with_disposition(&Disposition::attachment())
        .unwrap();
    let html = Entity::new(&media_type("text/html"), "<b>rich</b>").unwrap();
    let read_built = |builder: MultipartBuilder| {
        let built = builder.build(&mut fixed).unwrap();
        TextMessage::read(&built.headers.media_type(), &built.body).map(|read| read.text)
    };
    let mixed = MultipartBuilder::mixed;
    let first = mixed()
        .part(picture())
        .part(attached.clone())
        .part(Entity::text("one"))
        .part(Entity::text("two"));
    assert_eq!(read_built(first), Ok("one".into()));
    assert_eq!(
        read_built(mixed().part(picture()).part(attached)),
        Err(NotText::Type)
    );
    let alternative = MultipartBuilder::alternative();
    let best = alternative
        .part(Entity::text("plainest"))
        .part(Entity::text("plain"))
        .part(html.clone());
    assert_eq!(read_built(best), Ok("plain".into()));
    let related = MultipartBuilder::related();
    assert_eq!(
        read_built(related.clone().part(Entity::text("root")).part(picture())),
        Ok("root".into())
    );
    assert_eq!(
        read_built(related.part(html).part(Entity::text("aside"))),
        Err(NotText::Type)
    );
    let signature = Entity::new(&media_type("application/pkcs7-signature"), "s").unwrap();
    let signed = MultipartBuilder::new("signed").unwrap();
    let inner = Entity::new(
        &media_type("message/cpim"),
        cpim("im:a@x.example", Entity::text("signed")).to_bytes(),
    );
    let signed = signed
        .part(inner.unwrap())
        .part(signature)
        .build(&mut fixed)
        .unwrap();
    let read = TextMessage::read(&signed.headers.media_type(), &signed.body).unwrap();
    assert_eq!(
        (read.text.as_str(), read.from().unwrap().uri()),
        ("signed", "im:a@x.example")
    );
    // And the other way round.
    let read = self::read("message/cpim", cpim("im:a@x.example", signed).to_bytes()).unwrap();
    assert_eq!((read.text.as_str(), read.senders.len()), ("signed", 2));
}

#[test]
fn parts_are_decoded() {
    let body = octets(
        "--b⏎Content-Type: multipart/alternative;boundary=i⏎⏎--i⏎Content-Transfer-Encoding: base64⏎\
         Content-Type: text/plain;charset=utf-8⏎⏎w6k=⏎--i--⏎--b--",
    );
    assert_eq!(text("multipart/mixed;boundary=b", body), "\u{e9}");
    let broken = octets("--b⏎Content-Transfer-Encoding: base64⏎⏎w6k⏎--b--");
    assert!(matches!(
        read("multipart/mixed;boundary=b", broken),
        Err(NotText::Encoding(_))
    ));
}

/// A part that cannot be read does not hide the next; its sender is not that of the next.
#[test]
fn a_part_that_fails_leaves_nothing() {
    let body = octets(
        "--b⏎Content-Type: message/cpim⏎⏎From: <im:a@x.example>⏎⏎Content-Type: text/html⏎⏎x⏎\
         --b⏎Content-Type: text/plain;charset=x-unknown⏎⏎x⏎--b⏎⏎plain⏎--b--",
    );
    let read = self::read("multipart/mixed;boundary=b", body).unwrap();
    assert_eq!((read.text.as_str(), read.senders.len()), ("plain", 0));
}

#[test]
fn depth() {
    let wrapped = |levels: usize| {
        let mut message = cpim("im:a@x.example", Entity::text("deep"));
        for _ in 1..levels {
            let builder = Message::builder().from(Address::new("im:a@x.example").unwrap());
            message = builder
                .to(Address::new("im:b@x.example").unwrap())
                .wrap(&message)
                .unwrap();
        }
        read("message/cpim", message.to_bytes()).map(|read| read.senders.len())
    };
    assert_eq!(wrapped(TextMessage::MAX_DEPTH), Ok(TextMessage::MAX_DEPTH));
    assert_eq!(wrapped(TextMessage::MAX_DEPTH + 1), Err(NotText::TooDeep));
}

mod properties {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn any_octets(body in vec(any::<u8>(), 0..300), index in 0..4usize) {
            let types = ["text/plain", "message/cpim", "multipart/mixed;boundary=b", "text/plain;charset=utf-16"];
            let _ = read(types[index], body);
        }

        #[test]
        fn any_text_comes_back(written: String) {
            let entity = Entity::text(&written);
            let expected = String::from_utf8(entity.body.to_vec()).unwrap();
            let expected = expected.strip_prefix('\u{feff}').unwrap_or(&expected);
            prop_assert_eq!(&text("text/plain;charset=utf-8", entity.body.clone()), expected);
            let read = self::read("message/cpim", cpim("im:a@x.example", entity).to_bytes()).unwrap();
            prop_assert_eq!((read.text.as_str(), read.senders.len()), (expected, 1));
        }
    }
}

/// A part that is too deep is passed over like any other that cannot be read.
#[test]
fn text_beside_what_is_too_deep() {
    let mut body = "--a⏎Content-Type: multipart/mixed;boundary=b⏎⏎--b⏎⏎deep⏎--b--⏎--a⏎⏎near⏎--a--".to_owned();
    let mut content_type = "multipart/mixed;boundary=a";
    for _ in 1..TextMessage::MAX_DEPTH {
        body = format!("From: <im:a@x.example>⏎⏎Content-Type: {content_type}⏎⏎{body}");
        content_type = "message/cpim";
    }
    assert_eq!(text(content_type, octets(&body)), "near");
}
