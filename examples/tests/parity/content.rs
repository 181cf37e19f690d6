//! P18, P19: message/cpim and multiparts.

use bytes::Bytes;
use msrp_cpim::{Address, BuildError, DateTime, Header, Message};
use msrp_multipart::{
    Boundary, Disposition, Entity, Limits, Multipart, MultipartBuilder, ReadError, encode_base64,
};

use crate::support::{media_type, octets};

const EXTENSION: &str = "mid:features@example.com";

/// Every header, built and read; octets that come back as they were; and no text that gets out of its place.
#[test]
fn p18_cpim() {
    let every_octet: Vec<u8> = (0..=255).collect();
    let content = Entity::new(&media_type("application/octet-stream"), every_octet.clone())
        .unwrap()
        .with_content_id(&"part1@example.com".parse().unwrap())
        .unwrap();
    let built = Message::builder()
        .from(
            Address::new("im:alice@example.com")
                .unwrap()
                .with_name("Alice, \"A\" <x>"),
        )
        .to(Address::new("im:bob@example.com").unwrap())
        .to(Address::new("im:carol@example.com").unwrap())
        .cc(Address::new("im:dave@example.com").unwrap().with_name("Dave"))
        .date_time(DateTime::parse("2026-05-15T15:02:31-03:00").unwrap())
        .subject_in("de", "Mittagspause, um zwölf")
        .unwrap()
        .namespace("MyFeatures", EXTENSION)
        .unwrap()
        .require("MyFeatures.VitalMessageOption")
        .unwrap()
        .header(Header::new("MyFeatures.VitalMessageOption", "Confirmation requested").unwrap())
        .unwrap()
        .build(content)
        .unwrap();
    let octets_of = built.to_bytes();
    let read = Message::parse_strict(&octets_of).unwrap();
    assert_eq!(read.to_bytes(), octets_of);
    let uri = |address: Result<Address, _>| address.unwrap().uri().to_owned();
    let from = read.from().unwrap().unwrap();
    assert_eq!(
        (from.uri(), from.name()),
        ("im:alice@example.com", Some("Alice, \"A\" <x>"))
    );
    assert_eq!(
        read.to().map(uri).collect::<Vec<_>>(),
        ["im:bob@example.com", "im:carol@example.com"]
    );
    assert_eq!(read.cc().map(uri).collect::<Vec<_>>(), ["im:dave@example.com"]);
    assert_eq!(
        read.date_time().unwrap().unwrap().as_str(),
        "2026-05-15T15:02:31-03:00"
    );
    let subject = read.subject("de").unwrap();
    assert_eq!(
        (&subject.text()[..], &subject.language()[..]),
        ("Mittagspause, um zwölf", "de")
    );
    assert_eq!(read.namespaces()[0].uri(), EXTENSION);
    assert_eq!(read.required()[0].name(), "VitalMessageOption");
    assert_eq!(read.required()[0].namespace(), Some(EXTENSION));
    assert!(read.check_required(|_, _| false).is_err());
    assert!(read.check_required(|namespace, _| namespace == EXTENSION).is_ok());
    let extension = read.header(EXTENSION, "VitalMessageOption").unwrap();
    assert_eq!(extension.text(), "Confirmation requested");
    assert!(read.content().headers.media_type().is("application/octet-stream"));
    assert_eq!(
        read.content().headers.content_id().unwrap().to_string(),
        "part1@example.com"
    );
    assert_eq!(read.content().body, every_octet);

    // Bodies of no octet, of one, and of line ends.
    for body in [&b""[..], b"x", b"\r", b"\n", b"\r\n", b"\r\n\r\n"] {
        let built = simple()
            .build(Entity::new(&media_type("text/plain"), body.to_vec()).unwrap())
            .unwrap();
        assert_eq!(
            Message::parse_strict(&built.to_bytes()).unwrap().content().body,
            body
        );
    }
    no_injection();
    what_others_write();
}

fn simple() -> msrp_cpim::MessageBuilder {
    Message::builder()
        .from(Address::new("im:alice@example.com").unwrap())
        .to(Address::new("im:bob@example.com").unwrap())
}

fn no_injection() {
    const EVIL: &str = "x\r\nTo: <im:eve@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\n\0\n\r";
    let named = Address::new("im:alice@example.com").unwrap().with_name(EVIL);
    let message = Message::builder()
        .from(named.clone())
        .to(named.clone().with_name("\">, <im:eve@example.com>\r\n"))
        .cc(named)
        .subject(EVIL)
        .unwrap()
        .namespace("x", EXTENSION)
        .unwrap()
        .header(Header::new("x.Y", EVIL).unwrap())
        .unwrap()
        .build(Entity::text("the text"))
        .unwrap();
    let read = Message::parse_strict(&message.to_bytes()).unwrap();
    assert_eq!(
        (read.to().count(), read.cc().count(), read.subjects().count()),
        (1, 1, 1)
    );
    assert_eq!(read.from().unwrap().unwrap().name(), Some(EVIL));
    assert_eq!(read.subjects().next().unwrap().text(), EVIL);
    assert_eq!(read.header(EXTENSION, "Y").unwrap().text(), EVIL);
    assert_eq!(read.content().body, "the text");
    // Where nothing could be escaped it is refused.
    assert!(Address::new("im:alice@example.com>\r\nTo: <im:eve@example.com").is_err());
    assert!(matches!(
        Header::from_value("x.Y", EVIL),
        Err(BuildError::ControlChar { .. })
    ));
    assert!(Header::new("x.Y: z\r\nTo", "text").is_err());
    assert!(DateTime::parse("2026-05-15T15:02:31Z\r\nTo: <im:eve@example.com>").is_err());
    assert!(simple().subject_in("en\r\nTo:", "text").is_err());
    assert!(
        simple()
            .namespace("x", "mid:a\r\nTo: <im:eve@example.com>")
            .is_err()
    );
    assert!(simple().require("x\r\nTo:").is_err());
    assert!(Entity::text("x").with_field("X-Y", EVIL).is_err());
}

fn what_others_write() {
    // cc is cc, and the fields of what is within are found in any case.
    let written = "cc: <im:carol@example.com>\r\nFrom: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\n\r\n\
                   content-TYPE: text/html\r\ncontent-ID: <1@example.com>\r\n\r\nx";
    let octets: Bytes = written.into();
    let read = Message::parse(&octets).unwrap();
    assert_eq!(read.from().unwrap().unwrap().uri(), "im:alice@example.com");
    assert_eq!(read.cc().next().unwrap().unwrap().uri(), "im:carol@example.com");
    assert!(read.content().headers.media_type().is("text/html"));
    assert!(read.content().headers.content_id().is_some());
    assert_eq!(read.content().body, "x");
    assert_eq!(read.to_bytes(), octets);
    // All that RFCs print comes back octet for octet.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/cpim");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "cpim") {
            let octets = Bytes::from(std::fs::read(&path).unwrap());
            let read = Message::parse(&octets).unwrap_or_else(|error| panic!("{error}: {path:?}"));
            assert_eq!(read.to_bytes(), octets, "{path:?}");
            count += 1;
        }
    }
    assert!(count >= 15, "{count}");
}

/// Parts of any type, octet for octet, within each other up to a limit; transfer encodings that are undone on request;
/// boundaries of any kind, which never stand in a part.
#[test]
fn p19_multiparts() {
    let png = [b"\x89PNG\r\n\x1a\n", &octets(5000)[..]].concat();
    let every_octet: Vec<u8> = (0..=255).collect();
    let parts = [
        ("image/png", png),
        (
            "application/pdf",
            b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\r\n--\r\n\r\n".to_vec(),
        ),
        ("audio/AMR", every_octet.clone()),
        ("application/octet-stream", Vec::new()),
        ("text/plain", b"\r\n--not-a-boundary\r\n".to_vec()),
        ("application/x-unknown", every_octet.repeat(20)),
    ];
    let mut builder = MultipartBuilder::mixed();
    for (content_type, body) in &parts {
        let part = Entity::new(&media_type(content_type), body.clone()).unwrap();
        let disposition = Disposition::attachment().with_file_name("a file; \"x\"\r\ny.bin");
        builder = builder.part(part.with_disposition(&disposition).unwrap());
    }
    let built = builder.clone().build(&mut random).unwrap();
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    let found: Vec<_> = read
        .parts()
        .iter()
        .map(|part| (part.media_type().to_string(), part.body().to_vec()))
        .collect();
    assert_eq!(
        found,
        parts.map(|(content_type, body)| (content_type.to_owned(), body))
    );

    // A boundary with `=` and all other characters that one may have; of a peer, in quotes.
    let boundary = Boundary::new("=_a'()+,-./:=? b").unwrap();
    let built = builder.boundary(boundary.clone()).build(&mut random).unwrap();
    assert_eq!(Boundary::of(&built.headers.media_type()).unwrap(), boundary);
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert_eq!(read.parts().len(), 6);
    let theirs = Multipart::parse(
        &media_type("multipart/mixed;boundary=\"----=_Part_1\""),
        &"------=_Part_1\r\nContent-Type: image/png\r\n\r\n\x01\r\n------=_Part_1--\r\n".into(),
    )
    .unwrap();
    assert_eq!(theirs.parts()[0].body(), "\x01");

    never_collides();
    nested();
    encodings();
}

fn random(octets: &mut [u8]) {
    getrandom::fill(octets).unwrap();
}

/// A generator that gives what stands in a part already is asked again; a boundary that was chosen is refused.
fn never_collides() {
    let taken = Boundary::generate(&mut |octets| octets.fill(1));
    let body = format!("before\r\n--{taken}\r\nbehind");
    let part = Entity::new(&media_type("text/plain"), body.clone()).unwrap();
    let mut asked = 0;
    let built = MultipartBuilder::mixed()
        .part(part.clone())
        .build(&mut |octets| {
            asked += 1;
            octets.fill(if asked == 1 { 1 } else { 2 });
        })
        .unwrap();
    assert_eq!(asked, 2);
    assert_ne!(Boundary::of(&built.headers.media_type()).unwrap(), taken);
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    assert_eq!(
        (read.parts().len(), read.parts()[0].body()),
        (1, &Bytes::from(body))
    );
    let chosen = MultipartBuilder::mixed()
        .part(part)
        .boundary(taken)
        .build(&mut random);
    assert!(chosen.is_err());
}

fn nested() {
    let mut entity = Entity::text("innermost");
    let depth = Limits::default().depth;
    for level in 0..=depth {
        if level == depth {
            // One more than is taken, told as such.
            let deeper = MultipartBuilder::mixed()
                .part(entity.clone())
                .build(&mut random)
                .unwrap();
            let error = Multipart::parse(&deeper.headers.media_type(), &deeper.body).unwrap_err();
            assert!(matches!(error, ReadError::TooDeep { .. }), "{error:?}");
            let limits = Limits {
                depth: depth + 1,
                ..Limits::default()
            };
            assert!(Multipart::parse_with(&deeper.headers.media_type(), &deeper.body, limits).is_ok());
            break;
        }
        entity = MultipartBuilder::mixed().part(entity).build(&mut random).unwrap();
        let read = Multipart::parse_strict(&entity.headers.media_type(), &entity.body).unwrap();
        let innermost = read.parts().last().unwrap();
        assert_eq!(
            (innermost.depth(), innermost.body()),
            (level, &Bytes::from("innermost"))
        );
    }
}

fn encodings() {
    let content: Vec<u8> = octets(1000);
    let base64 = String::from_utf8(encode_base64(&content)).unwrap();
    let body = format!(
        "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: BASE64\r\n\r\n{base64}\r\n\
         --b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe, =\r\nBob\r\n--b--\r\n"
    );
    let read = Multipart::parse(&media_type("multipart/mixed;boundary=b"), &body.into()).unwrap();
    assert_eq!(read.parts()[0].decoded().unwrap()[..], content);
    assert_eq!(read.parts()[1].decoded().unwrap()[..], *"Grüße, Bob".as_bytes());
    // On request: the body itself stays as it came.
    assert_eq!(read.parts()[0].body()[..], *base64.trim_end().as_bytes());
}
