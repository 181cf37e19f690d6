use msrp_multipart::{
    BuildError, ContentId, Deviation, Disposition, Entity, MediaTypeError, Multipart, MultipartBuilder,
    ReadError, RootNotFound, StartInfo,
};

use crate::{counter, listed, media_type, octets};

const BODY: &str = "--b⏎⏎one⏎--b⏎Content-ID: <r@x.example>⏎Content-Type: application/sdp⏎⏎two⏎--b--";

fn read(parameters: &str) -> Multipart {
    let media_type = media_type(&format!("multipart/related;boundary=b{parameters}"));
    Multipart::parse(&media_type, &octets(BODY)).unwrap()
}

/// Shows: MIME87-3.1-01.
#[test]
fn the_type_is_that_of_the_root() {
    let root = Entity::new(&media_type("application/sdp"), "v=0\r\n").unwrap();
    let root = root
        .with_content_id(&ContentId::new("r@x.example").unwrap())
        .unwrap();
    let built = MultipartBuilder::related().part(root).part(Entity::text("x"));
    let built = built.build(&mut counter(0)).unwrap();
    let field = built.headers.field("Content-Type").unwrap().text().into_owned();
    assert!(
        field.contains(r#";type="application/sdp";start="<r@x.example>""#),
        "{field}"
    );
    let again = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert!(again.top().related_deviations().is_empty());

    let absent = read(";start=\"<r@x.example>\"");
    assert_eq!(
        listed(absent.top().related_deviations()),
        [Deviation::MissingType]
    );
    let other = read(";type=\"text/html\"");
    assert_eq!(
        listed(other.top().related_deviations()),
        [Deviation::RootTypeMismatch]
    );
    assert!(read(";type=\"text/plain\"").top().related_deviations().is_empty());
    // They count as all others do, also within another multipart.
    for (parameters, deviation) in [
        ("", Deviation::MissingType),
        (";type=\"text/html\"", Deviation::RootTypeMismatch),
    ] {
        let outer = media_type(&format!("multipart/related;boundary=b{parameters}"));
        let whole = octets(BODY);
        let lenient = Multipart::parse(&outer, &whole).unwrap();
        assert_eq!(listed(lenient.deviations()), [deviation]);
        let strict = Multipart::parse_strict(&outer, &whole).unwrap_err();
        assert_eq!(strict, ReadError::Deviation { deviation, offset: 0 });
        let whole = octets(&format!("--o⏎Content-Type: {outer}⏎⏎{BODY}⏎--o--"));
        let outer = media_type("multipart/mixed;boundary=o");
        let lenient = Multipart::parse(&outer, &whole).unwrap();
        assert_eq!(listed(lenient.deviations()), [deviation]);
        assert_eq!(listed(lenient.parts()[0].deviations()), [deviation]);
        let strict = Multipart::parse_strict(&outer, &whole).unwrap_err();
        assert_eq!(strict, ReadError::Deviation { deviation, offset: 5 });
    }
}

/// Shows: MIME87-3.2-01.
#[test]
fn the_root_is_the_start_or_the_first() {
    let index = |parameters: &str| read(parameters).top().root().map(|(index, _)| index);
    assert_eq!(index(";start=\"<r@x.example>\""), Ok(1));
    assert_eq!(index(";start=\"r@x.example\""), Ok(1));
    assert_eq!(index(""), Ok(0));
    assert_eq!(index(";start=\"<other@x>\""), Err(RootNotFound));

    let with_id = Entity::text("root")
        .with_content_id(&ContentId::new("r@x").unwrap())
        .unwrap();
    let related = || MultipartBuilder::related().part(Entity::text("first"));
    let built = related().part(with_id).root(1).build(&mut counter(0)).unwrap();
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert_eq!(read.top().root().unwrap().1.body(), "root");
    let without = related()
        .part(Entity::text("root"))
        .root(1)
        .build(&mut counter(0));
    assert_eq!(without.unwrap_err(), BuildError::NoRoot);
    assert_eq!(
        related().root(7).build(&mut counter(0)).unwrap_err(),
        BuildError::NoRoot
    );
}

/// Shows: MIME87-3.2-01 (no other start than that of the root).
#[test]
fn type_start_and_boundary_are_not_for_the_caller() {
    for name in ["type", "Start", "boundary"] {
        let related = MultipartBuilder::related().part(Entity::text("x"));
        let built = related.parameter(name, "<no@x>").unwrap().build(&mut counter(0));
        assert!(
            matches!(
                built,
                Err(BuildError::MediaType(MediaTypeError::DuplicateParameter { .. }))
            ),
            "{name}"
        );
    }
    let related = MultipartBuilder::related().part(Entity::text("x"));
    let built = related
        .parameter("start-info", "<no@x>")
        .unwrap()
        .build(&mut counter(0));
    assert!(built.is_ok());
}

/// Shows: MIME87-3.3-01.
#[test]
fn start_info() {
    assert_eq!(
        read(";start-info=\"<a@x>\"").top().start_info(),
        Some(StartInfo::Reference("a@x"))
    );
    assert_eq!(
        read(";start-info=\"-o ps\"").top().start_info(),
        Some(StartInfo::Text("-o ps"))
    );
    for (text, expected) in [
        (" \t<a@x> ", StartInfo::Reference("a@x")),
        ("<a@x> <b@x>", StartInfo::References("<a@x> <b@x>")),
        ("<a@x><b@x>", StartInfo::References("<a@x><b@x>")),
        ("a@x>", StartInfo::Text("a@x>")),
        ("x <a@x>", StartInfo::Text("x <a@x>")),
        (" -o ps", StartInfo::Text(" -o ps")),
        ("", StartInfo::Text("")),
    ] {
        let read = read(&format!(";start-info=\"{text}\""));
        assert_eq!(read.top().start_info(), Some(expected), "{text}");
    }
    assert_eq!(read("").top().start_info(), None);
}

/// Shows: MIME87-4-01.
#[test]
fn dispositions_within_are_of_no_account() {
    let text = "--b⏎Content-Disposition: attachment; filename=i.jpg⏎⏎x⏎--b--";
    let related = media_type("multipart/related;boundary=b");
    let read = Multipart::parse(&related, &octets(text)).unwrap();
    assert_eq!(read.parts()[0].disposition(), None);
    assert_eq!(read.parts()[0].file_name().unwrap(), "i.jpg");
    let mixed = Multipart::parse(&crate::mixed(), &octets(text)).unwrap();
    let expected = Disposition::attachment().with_file_name("i.jpg");
    assert_eq!(mixed.parts()[0].disposition(), Some(&expected));
    // It is the multipart that a part stands in that counts, and no other.
    let within = |outer: &str, inner: &str| {
        let text = text.replace("--b", "--i");
        let text = format!("--b⏎Content-Type: multipart/{inner};boundary=i⏎⏎{text}⏎--b--");
        let outer = media_type(&format!("multipart/{outer};boundary=b"));
        let read = Multipart::parse(&outer, &octets(&text)).unwrap();
        assert_eq!(read.parts()[1].file_name().unwrap(), "i.jpg");
        read.parts()[1].disposition().cloned()
    };
    assert_eq!(within("mixed", "related"), None);
    assert_eq!(within("related", "mixed"), Some(expected));
}
