use msrp_multipart::{
    Boundary, BoundaryError, BuildError, Disposition, Entity, HeadersError, MediaType, Multipart,
    MultipartBuilder, Profile, TransferEncoding,
};

use crate::{counter, media_type, octets};

#[track_caller]
fn boundary(text: &str) -> Boundary {
    Boundary::new(text).unwrap()
}

/// Shows: MIME46-5.1-01 (the builder).
#[test]
fn at_least_one_part() {
    assert_eq!(
        MultipartBuilder::mixed().build(&mut counter(0)).unwrap_err(),
        BuildError::NoParts
    );
    assert!(
        MultipartBuilder::mixed()
            .part(Entity::text(""))
            .build(&mut counter(0))
            .is_ok()
    );
}

/// Shows: MIME46-5.1-03.
#[test]
fn a_boundary_stands_in_no_part() {
    let part = |text: &str| Entity::new(&media_type("a/b"), octets(text)).unwrap();
    let build = |text: &str, given: &str| {
        let builder = MultipartBuilder::mixed()
            .part(part(text))
            .boundary(boundary(given));
        builder.build(&mut |_| panic!("it is given"))
    };
    for text in ["x⏎--bz", "--b", "x\n--b", "x\r--b--"] {
        assert_eq!(
            build(text, "b").unwrap_err(),
            BuildError::BoundaryCollision,
            "{text}"
        );
    }
    for text in ["x--b", " --b", "--B", "-b"] {
        assert!(build(text, "b").is_ok(), "{text}");
    }
    // Also in its fields.
    let named = part("x").with_field("--b", "y").unwrap();
    let builder = MultipartBuilder::mixed().part(named).boundary(boundary("b"));
    assert_eq!(
        builder.build(&mut |_| {}).unwrap_err(),
        BuildError::BoundaryCollision
    );

    let first = Boundary::generate(&mut counter(0));
    let second = Boundary::generate(&mut counter(15));
    assert!(first != second);
    let text = format!("x⏎--{first}⏎");
    let built = MultipartBuilder::mixed()
        .part(part(&text))
        .build(&mut counter(0))
        .unwrap();
    assert_eq!(Boundary::of(&built.headers.media_type()), Ok(second));
    let stuck = MultipartBuilder::mixed()
        .part(part(&text))
        .build(&mut |octets| counter(0)(octets));
    assert_eq!(stuck.unwrap_err(), BuildError::NotRandom);

    let inner = MultipartBuilder::mixed()
        .part(part("x"))
        .boundary(boundary("outer1"));
    let inner = inner.build(&mut |_| {}).unwrap();
    let outer = MultipartBuilder::mixed().part(inner).boundary(boundary("outer"));
    assert_eq!(
        outer.build(&mut |_| {}).unwrap_err(),
        BuildError::BoundaryCollision
    );
}

/// Shows: MIME46-5.1.1-02 (the builder), MIME45-5.1-03 (a boundary).
#[test]
fn boundaries() {
    assert!(Boundary::new(&"b".repeat(70)).is_ok());
    assert_eq!(Boundary::new(&"b".repeat(71)), Err(BoundaryError::TooLong));
    assert_eq!(Boundary::new(""), Err(BoundaryError::Empty));
    assert_eq!(Boundary::new("a "), Err(BoundaryError::BlankAtEnd));
    for illegal in ["a*b", "a\r\nb", "é", "a\tb", "a;b"] {
        assert_eq!(Boundary::new(illegal), Err(BoundaryError::Illegal), "{illegal:?}");
    }
    let built = |text: &str| {
        let builder = MultipartBuilder::mixed()
            .part(Entity::text("x"))
            .boundary(boundary(text));
        let built = builder.build(&mut |_| {}).unwrap();
        built.headers.field("Content-Type").unwrap().text().into_owned()
    };
    assert_eq!(built("a b"), r#"multipart/mixed;boundary="a b""#);
    assert_eq!(built("a:b"), r#"multipart/mixed;boundary="a:b""#);
    assert_eq!(built("abc"), "multipart/mixed;boundary=abc");
}

/// Shows: MIME46-5.1.1-02 (the builder, given what a peer declared).
#[test]
fn an_illegal_boundary_that_was_read_is_not_written() {
    for declared in [
        &b"multipart/mixed;boundary=a*b"[..],
        b"multipart/mixed;boundary=\"\xff\"",
    ] {
        let declared = MediaType::parse(declared, Profile::Mime).unwrap();
        let read = Boundary::of(&declared).unwrap();
        let builder = MultipartBuilder::mixed().part(Entity::text("x")).boundary(read);
        assert_eq!(
            builder.build(&mut |_| {}).unwrap_err(),
            BuildError::Boundary(BoundaryError::Illegal)
        );
    }
}

/// Shows: MIME46-5.1.1-04, MIME46-5.1.1-06 (the builder), MIME45-2.4-01 (built parts).
#[test]
fn what_is_built() {
    let builder = MultipartBuilder::mixed()
        .part(Entity::text("x"))
        .raw_part(octets("⏎y"));
    let built = builder.boundary(boundary("b")).build(&mut |_| {}).unwrap();
    let expected = "--b⏎Content-Type: text/plain;charset=utf-8⏎⏎x⏎--b⏎⏎y⏎--b--⏎";
    assert_eq!(built.body, octets(expected));
    assert!(Multipart::parse_strict(&built.headers.media_type(), &built.body).is_ok());
}

/// Builders have no lenient mode (ruling C0), but what is given as octets stays as it is.
#[test]
fn what_was_tolerated_in_a_part_is_not_written() {
    for text in [
        "X: é⏎⏎x",
        "Content-Type: text⏎⏎x",
        "nofield⏎⏎x",
        "X: y",
        "Content-ID: a@b⏎⏎x",
    ] {
        let part = Entity::parse(&octets(text)).unwrap();
        let built = MultipartBuilder::mixed().part(part).build(&mut counter(0));
        assert!(
            matches!(built, Err(BuildError::Part(HeadersError::Deviation { .. }))),
            "{text}"
        );
        let built = MultipartBuilder::mixed()
            .raw_part(octets(text))
            .build(&mut counter(0))
            .unwrap();
        let read = Multipart::parse(&built.headers.media_type(), &built.body).unwrap();
        assert_eq!(read.parts()[0].as_bytes(), &octets(text));
    }
}

/// Shows: MIME45-2.9-01.
#[test]
fn any_octets_survive() {
    let body = [b"\x00\r\n\n\xff".as_slice(), &[b'a'; 2000]].concat();
    let entity = Entity::new(&media_type("application/octet-stream"), body.clone()).unwrap();
    let built = MultipartBuilder::mixed()
        .part(entity.clone())
        .build(&mut counter(3))
        .unwrap();
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert_eq!(read.parts()[0].body(), &body);
    assert_eq!(read.parts()[0].as_bytes(), &entity.to_bytes());
}

/// Shows: MIME45-6.4-01 (the builder).
#[test]
fn a_composite_is_not_encoded() {
    for media_type in ["multipart/mixed;boundary=i", "message/cpim"] {
        let part = Entity::new(&crate::media_type(media_type), &b"eA=="[..]).unwrap();
        let encoded = part.with_field("Content-Transfer-Encoding", "base64");
        // The strict parser has seen it.
        assert!(encoded.is_err());
        let raw = octets(&format!(
            "Content-Type: {media_type}⏎Content-Transfer-Encoding: base64⏎⏎eA=="
        ));
        let built = MultipartBuilder::mixed().raw_part(raw).build(&mut counter(0));
        assert_eq!(built.unwrap_err(), BuildError::EncodedComposite);
    }
}

/// Shows: MIME45-P7.1-01 (the builder).
#[test]
fn no_encoding_is_written_unless_it_is_asked_for() {
    let part = Entity::text("x")
        .with_disposition(&Disposition::inline())
        .unwrap();
    let built = MultipartBuilder::mixed()
        .part(part.clone())
        .build(&mut counter(0))
        .unwrap();
    let whole = built.to_bytes().to_ascii_lowercase();
    assert!(!whole.windows(8).any(|octets| octets == b"encoding"));
    let binary = part.with_field("Content-Transfer-Encoding", "binary").unwrap();
    let built = MultipartBuilder::mixed()
        .part(binary)
        .build(&mut counter(0))
        .unwrap();
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert_eq!(
        read.parts()[0].headers().transfer_encoding(),
        &TransferEncoding::Binary
    );
}
