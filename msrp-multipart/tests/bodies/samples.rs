//! What RFCs print, as files of `vectors/multipart`.

use bytes::Bytes;
use msrp_multipart::{Deviation, Disposition, Entity, Kind, Multipart, MultipartBuilder, Profile};

use crate::listed;

/// The entity of a file: read, and written again octet for octet; and its parts.
macro_rules! sample {
    ($name:literal) => {{
        let octets = Bytes::from_static(include_bytes!(concat!("../../../vectors/multipart/", $name)));
        let entity = Entity::parse(&octets).unwrap();
        assert_eq!(entity.to_bytes(), octets);
        let media_type = entity.headers.media_type();
        (entity.clone(), Multipart::parse(&media_type, &entity.body))
    }};
}

/// Puts the parts together again as they were.
fn rebuilt(read: &Multipart) -> Bytes {
    let mut builder = MultipartBuilder::mixed();
    for (_, part) in read.top().parts() {
        builder = builder.raw_part(part.as_bytes().clone());
    }
    let boundary = msrp_multipart::Boundary::of(read.media_type()).unwrap();
    builder.boundary(boundary).build(&mut |_| {}).unwrap().body
}

/// Shows: MIME46-5.1.1-07.
#[test]
fn the_simple_boundary() {
    let (entity, read) = sample!("rfc2046-simple.mime");
    let read = read.unwrap();
    assert!(Multipart::parse_strict(&entity.headers.media_type(), &entity.body).is_ok());
    let [first, second] = read.parts() else { panic!() };
    assert_eq!(first.headers().fields().count(), 0);
    assert_eq!(first.media_type().to_string(), "text/plain;charset=us-ascii");
    assert!(first.body().starts_with(b"This is implicitly typed"));
    assert!(first.body().ends_with(b"It does NOT end with a linebreak."));
    assert_eq!(second.media_type().to_string(), "text/plain;charset=us-ascii");
    assert!(second.body().ends_with(b"linebreak.\r\n") && !second.body().ends_with(b"\r\n\r\n"));
    // But for preamble and epilogue.
    let start = entity
        .body
        .windows(3)
        .position(|octets| octets == b"\n--")
        .unwrap()
        + 1;
    let again = rebuilt(&read);
    assert_eq!(entity.body[start..start + again.len()], again);
}

#[test]
fn an_alternative() {
    let (entity, read) = sample!("rfc2046-alternative.mime");
    let read = read.unwrap();
    assert_eq!(read.top().kind(), Kind::Alternative);
    assert!(read.deviations().is_empty());
    let best = read
        .top()
        .alternative(|found| found.is("text/enriched") || found.is("text/plain"));
    assert_eq!(best.unwrap().media_type().to_string(), "text/enriched");
    assert_eq!(rebuilt(&read), entity.body);
}

#[test]
fn a_digest() {
    let (entity, read) = sample!("rfc2046-digest.mime");
    let read = read.unwrap();
    assert!(read.deviations().is_empty());
    let types: Vec<_> = read
        .parts()
        .iter()
        .map(|part| part.media_type().essence())
        .collect();
    assert_eq!(
        types,
        [
            "text/plain",
            "multipart/digest",
            "message/rfc822",
            "message/rfc822"
        ]
    );
    assert!(
        read.parts()[3]
            .body()
            .starts_with(b"From: someone-else-again\r\n")
    );
    assert_eq!(rebuilt(&read), entity.body);
}

#[test]
fn references_to_bodies_elsewhere() {
    let (entity, read) = sample!("rfc2046-external-body.mime");
    let read = read.unwrap();
    assert_eq!(
        entity.headers.content_id().unwrap().as_str(),
        "id001@guppylake.bellcore.com"
    );
    let types: Vec<_> = read
        .parts()
        .iter()
        .map(|part| part.media_type().essence())
        .collect();
    // The print lacks a semicolon in the third (ruling C21).
    assert_eq!(
        types,
        ["message/external-body", "message/external-body", "text/plain"]
    );
    assert_eq!(listed(read.parts()[2].deviations()), [Deviation::BadMediaType]);
    let expiration = read.parts()[0].media_type().parameter_str("expiration").unwrap();
    assert_eq!(expiration, "Fri, 14 Jun 1991 19:13:14 -0400 (EDT)");
    assert!(read.parts()[2].body().ends_with(b"get RFC-MIME.DOC\r\n"));
    assert_eq!(rebuilt(&read), entity.body);
}

#[test]
fn dispositions() {
    let (_, read) = sample!("rfc2183-dispositions.mime");
    let read = read.unwrap();
    assert!(read.deviations().is_empty());
    let found: Vec<_> = read
        .parts()
        .iter()
        .map(|part| {
            (
                part.headers().description().unwrap().into_owned(),
                part.disposition().unwrap().kind(),
            )
        })
        .collect();
    let expected = [
        ("text-part-1", "inline"),
        ("multipart-2", "attachment"),
        ("text-part-2", "inline"),
        ("jpeg-1", "attachment"),
    ];
    assert!(
        found
            .iter()
            .map(|(text, kind)| (text.as_str(), *kind))
            .eq(expected)
    );
    assert_eq!(read.parts()[3].body(), "<jpeg data>");
}

#[test]
fn types_that_lack_semicolons_are_none() {
    for (entity, read) in [sample!("rfc2387-fixed-record.mime"), sample!("rfc2387-okie.mime")] {
        assert!(entity.deviations().contains(Deviation::BadMediaType));
        assert!(read.is_err());
    }
}

#[test]
fn a_delimiter_that_is_none() {
    let (entity, read) = sample!("rfc2392-related.mime");
    assert!(entity.headers.deviations().contains(Deviation::UnquotedValue));
    let read = read.unwrap();
    let [part] = read.parts() else { panic!() };
    // An empty line stands before what should be its fields.
    assert_eq!(part.headers().fields().count(), 0);
    assert!(part.body().starts_with(b"Content-ID: <foo4*foo1@bar.net>\r\n"));
}

#[test]
fn descriptions_with_an_icon() {
    for ((entity, read), icon) in [
        (sample!("rfc5547-figure-8.mime"), "cid:id2@alicepc.example.com"),
        (sample!("rfc5547-figure-19.mime"), "cid:id3@alicepc.example.com"),
    ] {
        let read = read.unwrap();
        assert!(read.deviations().is_empty() && read.top().related_deviations().is_empty());
        assert_eq!(
            read.top().root().unwrap().1.media_type().essence(),
            "application/sdp"
        );
        let icon = read.resolve(icon, |_| false).unwrap();
        assert!(icon.media_type().is("image/jpeg") && icon.body().starts_with(b"[.."));
        assert_eq!(icon.disposition(), None);
        assert_eq!(icon.headers().disposition().unwrap().kind(), "icon");
        assert_eq!(rebuilt(&read), entity.body);
    }
}

/// Shows: MIME83-2-03.
#[test]
fn dates_of_dispositions() {
    let date = chrono::DateTime::parse_from_rfc3339("1997-02-12T16:29:51-05:00").unwrap();
    let built = Disposition::attachment().with_modification_date(date);
    assert_eq!(
        built.to_string(),
        r#"attachment;modification-date="Wed, 12 Feb 1997 16:29:51 -0500""#
    );
    let (read, deviations) =
        Disposition::parse_with_deviations(built.to_string().as_bytes(), Profile::Mime).unwrap();
    assert_eq!(read.modification_date(), Some(date));
    assert!(deviations.is_empty());
    let all = built.with_creation_date(date).with_read_date(date);
    assert_eq!((all.creation_date(), all.read_date()), (Some(date), Some(date)));
    let (creation, read) = (date + chrono::Days::new(1), date + chrono::Days::new(2));
    let all = all.with_creation_date(creation).with_read_date(read);
    assert_eq!(
        (all.creation_date(), all.modification_date(), all.read_date()),
        (Some(creation), Some(date), Some(read))
    );
    for name in ["creation-date", "Modification-Date", "read-date"] {
        let text = format!("attachment; {name}=\"Wed, 12 Feb 1997 21:29:51 GMT\"");
        let (_, deviations) = Disposition::parse_with_deviations(text.as_bytes(), Profile::Mime).unwrap();
        assert_eq!(listed(deviations), [Deviation::BadDate], "{name}");
        assert!(Disposition::parse_strict(text.as_bytes(), Profile::Mime).is_err());
    }
    // No zone has seconds on paper.
    for seconds in [86_399, 3601, -3601, -86_399] {
        let zone = chrono::FixedOffset::east_opt(seconds).unwrap();
        let built = Disposition::attachment().with_read_date(date.with_timezone(&zone));
        let read = Disposition::parse_strict(built.to_string().as_bytes(), Profile::Mime).unwrap();
        assert_eq!(read.read_date(), Some(date), "{seconds}");
    }
    let parse = |value: &str| {
        let text = format!("attachment; creation-date=\"{value}\"");
        let (read, deviations) = Disposition::parse_with_deviations(text.as_bytes(), Profile::Mime).unwrap();
        (read.creation_date(), listed(deviations))
    };
    let (read, deviations) = parse("Wed, 12 Feb 1997 21:29:51 GMT");
    assert_eq!((read, deviations), (Some(date), vec![Deviation::BadDate]));
    assert_eq!(parse("yesterday"), (None, vec![Deviation::BadDate]));
}
