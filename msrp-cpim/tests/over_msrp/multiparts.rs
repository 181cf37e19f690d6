//! Multiparts that every endpoint has to take (RFC 4975 §7.3.1, §14.3).

use msrp_multipart::{Entity, Kind, Multipart, MultipartBuilder};
use msrp_proto::test_util::Side;

use crate::{Talk, carrying, carrying_entity, content_type, cpim, from_alice, media_type};

fn html() -> Entity {
    Entity::new(&media_type("text/html"), "<b>Hello</b>").unwrap()
}

#[track_caller]
fn built(builder: MultipartBuilder) -> Entity {
    builder.build(&mut |random| random.fill(7)).unwrap()
}

/// Sends it as it is and within a message/cpim, on sessions that were told nothing of types, and reads what
/// arrives. That the outcome is `Completed` says that it was answered with 200.
#[track_caller]
fn delivered(entity: &Entity) -> [Multipart; 2] {
    let mut talk = Talk::new();
    let received = talk.deliver(Side::A, carrying_entity(entity));
    let bare = Multipart::parse_strict(&content_type(&received), &received.body).unwrap();

    let message = from_alice().build(entity.clone()).unwrap();
    let message = cpim(&talk.deliver(Side::A, carrying(&message)));
    let content = message.content();
    let wrapped = Multipart::parse_strict(&content.headers.media_type(), &content.body).unwrap();
    [bare, wrapped]
}

fn types(multipart: &Multipart) -> Vec<String> {
    let types = multipart
        .parts()
        .iter()
        .map(|part| part.media_type().essence().to_string());
    types.collect()
}

/// Shows: MSRP-7.3.1-12, MIME46-5.1.3-01 (multipart/mixed over a connection, in order).
#[test]
fn mixed() {
    let parts = MultipartBuilder::mixed()
        .part(Entity::text("first"))
        .part(html())
        .part(Entity::text("third"));
    for multipart in delivered(&built(parts)) {
        assert_eq!(multipart.top().kind(), Kind::Mixed);
        assert_eq!(types(&multipart), ["text/plain", "text/html", "text/plain"]);
        let bodies: Vec<_> = multipart.parts().iter().map(|part| part.body().clone()).collect();
        assert_eq!(bodies, ["first", "<b>Hello</b>", "third"]);
    }
}

/// Shows: MSRP-7.3.1-12 (multipart/alternative).
#[test]
fn alternative() {
    let parts = MultipartBuilder::alternative()
        .part(Entity::text("Hello"))
        .part(html());
    for multipart in delivered(&built(parts)) {
        assert_eq!(multipart.top().kind(), Kind::Alternative);
        let plain = multipart.top().alternative(|found| found.is("text/plain"));
        assert_eq!(plain.unwrap().body(), "Hello");
        let rich = multipart.top().alternative(|_| true);
        assert_eq!(rich.unwrap().body(), "<b>Hello</b>");
    }
}

/// The octets that the signature is made over arrive as they were, for who can check it.
///
/// Shows: MSRP-14.3-01, MIME46-P14.3-01 (over a connection).
#[test]
fn signed() {
    let content = Entity::text("Signed text.\n Blanks at the end  \n\n");
    let signature = Entity::new(
        &media_type("application/pkcs7-signature"),
        &b"\x30\x82\r\n--\x00"[..],
    );
    let builder = MultipartBuilder::new("signed").unwrap();
    let parts = builder
        .parameter("protocol", "application/pkcs7-signature")
        .unwrap()
        .parameter("micalg", "sha-256")
        .unwrap()
        .part(content.clone())
        .part(signature.unwrap());
    for multipart in delivered(&built(parts)) {
        assert_eq!(multipart.top().kind(), Kind::Signed);
        assert_eq!(types(&multipart), ["text/plain", "application/pkcs7-signature"]);
        let [text, signature] = multipart.parts() else {
            panic!("not two parts");
        };
        assert_eq!(text.as_bytes(), &content.to_bytes());
        assert_eq!(&signature.body()[..], b"\x30\x82\r\n--\x00");
    }
}

/// Shows: MIME46-5.1.3-01 (an unknown subtype over a connection).
#[test]
fn of_an_unknown_kind() {
    let parts = MultipartBuilder::new("x-new")
        .unwrap()
        .part(Entity::text("1"))
        .part(html())
        .part(Entity::new(&media_type("application/x-new"), "3").unwrap());
    for multipart in delivered(&built(parts)) {
        assert_eq!(multipart.top().kind(), Kind::Mixed);
        assert_eq!(
            types(&multipart),
            ["text/plain", "text/html", "application/x-new"]
        );
    }
}
