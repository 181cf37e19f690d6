use msrp_multipart::{ContentId, Deviation, Entity, FieldError, Headers, HeadersError, TransferEncoding};

use crate::{entity, headers, listed, media_type, multipart, octets};

/// Shows: MIME45-2.4-01.
#[test]
fn only_content_fields_mean_anything_and_all_stay() {
    let text = "X-A: 1⏎MIME-Version: 1.(x)0⏎Content-Foo: 2⏎Content-Type: text/plain⏎⏎body";
    let read = entity(text);
    assert!(read.headers.media_type().is("text/plain"));
    let names: Vec<_> = read.headers.fields().map(|field| field.name()).collect();
    assert_eq!(names, ["X-A", "MIME-Version", "Content-Foo", "Content-Type"]);
    let version = read.headers.field("mime-version").unwrap();
    assert_eq!(version.value(), b"1.(x)0");
    assert!(read.deviations().is_empty());
    assert_eq!(read.to_bytes(), octets(text));
    assert!(Entity::text("x").headers.field("MIME-Version").is_none());
}

/// Shows: MIME45-3-01.
#[test]
fn names_have_no_case_and_lines_are_joined() {
    let folded = headers("CONTENT-type: text/plain;⏎\tcharset=utf-8⏎Content-Description: one⏎  two⏎");
    assert_eq!(folded.content_type().unwrap().charset(), Some("utf-8"));
    assert_eq!(folded.description().unwrap(), "one  two");
    assert!(folded.deviations().is_empty());
    let turned = headers("Content-Description: d⏎Content-Type: text/html⏎");
    assert!(turned.media_type().is("text/html"));
    let twice = octets("Content-Type: text/plain⏎X: y⏎content-TYPE: text/html⏎");
    assert_eq!(
        Headers::parse(twice).unwrap_err(),
        HeadersError::DuplicateField { offset: 32 }
    );
    for name in [
        "Content-Disposition",
        "Content-ID",
        "Content-Transfer-Encoding",
        "Content-Description",
    ] {
        let twice = octets(&format!("{name}: x⏎{name}: x⏎"));
        assert!(matches!(
            Headers::parse(twice),
            Err(HeadersError::DuplicateField { .. })
        ));
    }
    // Others may repeat.
    assert_eq!(headers("X: 1⏎X: 2⏎").fields().count(), 2);
}

/// Shows: MIME45-5.2-01 (multipart/digest apart).
#[test]
fn what_is_not_declared_is_text() {
    let absent = headers("X: y⏎");
    assert_eq!(absent.media_type(), media_type("text/plain;charset=us-ascii"));
    assert!(absent.content_type().is_none() && absent.deviations().is_empty());
    let garbage = headers("Content-Type: garbage⏎");
    assert_eq!(garbage.media_type(), media_type("text/plain;charset=us-ascii"));
    assert_eq!(listed(garbage.deviations()), [Deviation::BadMediaType]);
    let strict = Headers::parse_strict(octets("X: y⏎Content-Type: garbage⏎"));
    let (deviation, offset) = (Deviation::BadMediaType, 6 + 14 + 7);
    assert_eq!(strict.unwrap_err(), HeadersError::Deviation { deviation, offset });
}

/// Shows: MIME45-5.2-01 (multipart/digest).
#[test]
fn what_is_not_declared_in_a_digest_is_a_message() {
    let inner = "--i⏎⏎message⏎--i⏎Content-Type: text/html⏎⏎x⏎--i⏎Content-Type: garbage⏎⏎x⏎--i--";
    let read = multipart(&format!(
        "--b⏎Content-Type: multipart/digest;boundary=i⏎⏎{inner}⏎--b⏎⏎text⏎--b--"
    ));
    let types: Vec<_> = read
        .parts()
        .iter()
        .map(|part| part.media_type().essence())
        .collect();
    assert_eq!(
        types,
        [
            "multipart/digest",
            "message/rfc822",
            "text/html",
            "text/plain",
            "text/plain"
        ]
    );
}

/// Shows: MIME46-5.1.1-09.
#[test]
fn fields_are_us_ascii() {
    let built = Entity::text("x").with_description("é");
    assert_eq!(built.unwrap_err(), FieldError::NonAscii { offset: 0 });
    let read = headers("Content-Description: é⏎");
    assert_eq!(listed(read.deviations()), [Deviation::NonAscii]);
    assert_eq!(read.field("Content-Description").unwrap().value(), "é".as_bytes());
}

#[test]
fn no_text_becomes_a_field() {
    for (name, value) in [
        ("X", "a\r\nContent-Type: text/html"),
        ("X", "a\nb"),
        ("X", "a\rb"),
        ("X", "a\0b"),
        ("X\r\nY", "a"),
        ("X:", "a"),
        ("", "a"),
        ("X", " a"),
        ("X", "a\t"),
        ("Content-Type", "text"),
        ("Content-ID", "bare@x.example"),
        ("Content-Transfer-Encoding", "base 64"),
    ] {
        assert!(
            Entity::text("x").with_field(name, value).is_err(),
            "{name:?} {value:?}"
        );
    }
    let built = Entity::text("x").with_field("X-Note", "a: b; c").unwrap();
    assert_eq!(Entity::parse_strict(&built.to_bytes()).unwrap(), built);
}

#[test]
fn a_field_that_stands_once_is_replaced() {
    let built = Entity::text("x")
        .with_description("one")
        .unwrap()
        .with_description("two")
        .unwrap();
    assert_eq!(built.headers.fields().count(), 2);
    assert_eq!(built.headers.description().unwrap(), "two");
    let built = built.with_field("X", "1").unwrap().with_field("X", "2").unwrap();
    assert_eq!(built.headers.fields().count(), 4);
}

#[test]
fn lines_that_are_no_fields_stay_and_mean_nothing() {
    for text in [
        "no colon⏎",
        ": x⏎",
        " folded at the start⏎",
        "a b: c⏎",
        "X: y⏎no colon⏎ goes on⏎",
    ] {
        let read = headers(text);
        assert_eq!(listed(read.deviations()), [Deviation::BadField], "{text}");
        assert_eq!(read.as_bytes(), &octets(text));
        assert!(Headers::parse_strict(octets(text)).is_err());
    }
    let read = headers("X : y⏎");
    assert_eq!(listed(read.deviations()), [Deviation::Blank]);
    assert_eq!(read.field("X").unwrap().value(), b"y");
    for text in [
        "X: a\nb⏎",
        "X: \nContent-Type: text/html⏎",
        "X:\ra⏎",
        "X: a\n⏎",
        "X: a\r⏎Y: b⏎",
    ] {
        let read = headers(text);
        assert_eq!(
            listed(read.deviations()),
            [Deviation::ControlCharacter],
            "{text:?}"
        );
        assert!(Headers::parse_strict(octets(text)).is_err(), "{text:?}");
    }
    // Folds are none.
    assert!(headers("X: ⏎ a⏎ ⏎").deviations().is_empty());
}

/// Shows: MIME45-5.1-04 (Content-Transfer-Encoding).
#[test]
fn an_encoding_is_one_token_perhaps_with_a_comment() {
    let read = headers("Content-Transfer-Encoding: base64 (of a kind)⏎");
    assert_eq!(read.transfer_encoding(), &TransferEncoding::Base64);
    let read = headers("Content-Transfer-Encoding: base64, 7bit⏎");
    assert!(matches!(read.transfer_encoding(), TransferEncoding::Other(_)));
    assert_eq!(listed(read.deviations()), [Deviation::BadField]);
}

#[test]
fn an_entity_without_an_empty_line_has_no_body() {
    let text = "Content-Type: text/html⏎X: y";
    let read = entity(text);
    assert_eq!(listed(read.deviations()), [Deviation::MissingBlankLine]);
    assert!(read.body.is_empty() && read.headers.media_type().is("text/html"));
    assert_eq!(read.to_bytes(), octets(text));
    assert!(Entity::parse_strict(&octets(text)).is_err());
    let read = entity("⏎only a body⏎⏎");
    assert_eq!(
        (read.headers.fields().count(), &read.body[..]),
        (0, &b"only a body\r\n\r\n"[..])
    );
}

/// Limits hold for what is built as for what is read.
#[test]
fn nothing_is_built_above_the_limits() {
    let id = ContentId::new("a@x.example").unwrap();
    let mut full = Entity::text("x");
    for _ in 1..Headers::MAX_FIELDS {
        full = full.with_field("X", "y").unwrap();
    }
    assert_eq!(
        full.with_content_id(&id).unwrap_err(),
        FieldError::Illegal(HeadersError::TooMany)
    );
    let long = ContentId::new(&format!("{}@x.example", "a".repeat(Headers::MAX_LEN))).unwrap();
    assert_eq!(
        Entity::text("x").with_content_id(&long).unwrap_err(),
        FieldError::Illegal(HeadersError::TooLong)
    );
    // What a peer may write, others may not.
    let odd = headers("Content-ID: <odd>⏎").content_id().unwrap().clone();
    assert!(Entity::text("x").with_content_id(&odd).is_err());
}

/// However fields and body came together.
#[test]
fn no_body_becomes_a_field() {
    let body = "Content-Type: text/html⏎⏎x";
    for fields in ["X: y", "X: y⏎", ""] {
        let mut cut = entity(fields);
        cut.body = octets(body);
        let mut set = Entity::default();
        set.headers = headers(fields);
        set.body = octets(body);
        for built in [cut, set] {
            let read = Entity::parse_strict(&built.to_bytes()).unwrap();
            assert_eq!(read.body, octets(body), "{fields}");
            assert_eq!(read.headers.fields().count(), headers(fields).fields().count());
            assert_eq!(built.to_bytes().len(), built.len());
            assert!(built.deviations().is_empty());
        }
    }
}

#[test]
fn fields_have_limits() {
    let many = "X: y\r\n".repeat(Headers::MAX_FIELDS + 1);
    assert_eq!(Headers::parse(many.into()).unwrap_err(), HeadersError::TooMany);
    let long = format!("X: {}\r\n\r\n", "y".repeat(Headers::MAX_LEN));
    assert_eq!(Entity::parse(&long.into()).unwrap_err(), HeadersError::TooLong);
    let long = "y".repeat(Headers::MAX_LEN + 1);
    assert_eq!(Headers::parse(long.into()).unwrap_err(), HeadersError::TooLong);
}

/// Shows: MIME46-4.1-01.
#[test]
fn text_has_crlf_and_names_its_charset() {
    let text = Entity::text("a\né\rb\r\n\n");
    assert_eq!(text.body, "a\r\né\r\nb\r\n\r\n");
    assert_eq!(
        text.headers.field("Content-Type").unwrap().value(),
        b"text/plain;charset=utf-8"
    );
    let raw = Entity::new(&media_type("text/plain"), &b"a\nb"[..]).unwrap();
    assert_eq!(raw.body, "a\nb");
    assert_eq!(
        media_type("text/plain;charset=UTF-8"),
        media_type("text/plain;charset=utf-8")
    );
    assert_eq!(headers("").media_type().charset(), Some("us-ascii"));
}
