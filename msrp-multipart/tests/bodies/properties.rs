use bytes::Bytes;
use msrp_multipart::{Boundary, Disposition, Entity, MediaType, Multipart, MultipartBuilder};
use proptest::{collection::vec, prelude::*};

use crate::{media_type, mixed, streaming::told};

/// Octets that are mostly what multiparts are made of.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = prop_oneof![
        Just("--b"),
        Just("--i"),
        Just("--"),
        Just("-"),
        Just("\r\n"),
        Just("\r"),
        Just("\n"),
        Just(" "),
        Just("\t"),
        Just("x"),
        Just(": "),
        Just("Content-Type: multipart/mixed;boundary=i\r\n\r\n"),
        Just("Content-Type: text/plain\r\n"),
        Just("\u{e9}"),
    ];
    vec(words, 0..40).prop_map(|words| words.concat().into_bytes())
}

/// The octets of a delimiter that they begin with, line ends included, and whether it closes.
fn delimiter(octets: &[u8]) -> Option<(usize, bool)> {
    let line = octets.strip_prefix(b"\r\n--b")?;
    let (line, closes) = line
        .strip_prefix(b"--")
        .map_or((line, false), |line| (line, true));
    let behind = line.trim_ascii_start();
    let blanks = &line[..line.len() - behind.len()];
    let end = blanks.iter().position(|octet| !matches!(octet, b' ' | b'\t'));
    let len = octets.len() - line.len() + end.unwrap_or(blanks.len());
    match &octets[len..] {
        [] => Some((len, closes)),
        rest => rest.starts_with(b"\r\n").then_some((len + 2, closes)),
    }
}

/// The parts of a multipart as RFC 2046 §5.1.1 has it, in the plainest way: no inner ones, everything in memory.
/// `None`: there are none.
fn naive(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    // A line end before the first line, so that every delimiter has one.
    let body = [b"\r\n", body].concat();
    let (mut delimiters, mut at) = (Vec::new(), 0);
    while at < body.len() {
        match delimiter(&body[at..]) {
            Some((len, closes)) => {
                delimiters.push((at, at + len));
                if closes {
                    break;
                }
                // Its line end may be that of the next one too.
                at += len - 2;
            }
            None => at += 1,
        }
    }
    let closed = delimiters
        .last()
        .is_some_and(|last| delimiter(&body[last.0..]).unwrap().1);
    let mut parts: Vec<_> = delimiters
        .windows(2)
        .map(|two| body[two[0].1..two[1].0.max(two[0].1)].to_vec())
        .collect();
    let rest = delimiters.last().map_or(&[][..], |last| &body[last.1..]);
    if !closed && !rest.is_empty() {
        parts.push(rest.to_vec());
    }
    Some(parts).filter(|parts| !parts.is_empty())
}

fn entity() -> impl Strategy<Value = Entity> {
    let types = prop_oneof![
        Just("text/plain;charset=utf-8"),
        Just("image/png"),
        Just("application/octet-stream")
    ];
    let body = prop_oneof![vec(any::<u8>(), 0..200), pieces()];
    (types, body, proptest::option::of(any::<String>()), "[ -~]{0,20}").prop_map(
        |(kind, body, name, text)| {
            let mut entity = Entity::new(&media_type(kind), body).unwrap();
            if let Some(name) = name {
                entity = entity
                    .with_disposition(&Disposition::attachment().with_file_name(&name))
                    .unwrap();
            }
            entity.with_description(text.trim()).unwrap()
        },
    )
}

proptest! {
    #[test]
    fn what_is_built_is_read(entities in vec(entity(), 1..6), random: u8) {
        let mut builder = MultipartBuilder::mixed();
        for entity in &entities {
            builder = builder.part(entity.clone());
        }
        let built = builder.build(&mut crate::counter(random)).unwrap();
        let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
        prop_assert_eq!(read.parts().len(), entities.len());
        for (part, entity) in read.parts().iter().zip(&entities) {
            prop_assert_eq!(part.as_bytes(), &entity.to_bytes());
            prop_assert_eq!(part.body(), &entity.body);
            prop_assert_eq!(part.headers(), &entity.headers);
            prop_assert_eq!(part.file_name(), entity.headers.disposition().and_then(|found| found.file_name()));
        }
        // And within another one.
        let inner = built.clone();
        let outer = MultipartBuilder::mixed().part(Entity::text("x")).part(inner).build(&mut crate::counter(random ^ 1));
        let outer = outer.unwrap();
        let read = Multipart::parse_strict(&outer.headers.media_type(), &outer.body).unwrap();
        prop_assert_eq!(read.parts()[1].body(), &built.body);
        prop_assert_eq!(read.parts().len(), 2 + entities.len());
    }

    #[test]
    fn cuts_do_not_show(input in pieces(), cuts in vec(any::<prop::sample::Index>(), 0..6)) {
        let input = Bytes::from(input);
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        ends.push(input.len());
        ends.sort_unstable();
        let mut start = 0;
        let mut cut = Vec::new();
        for end in ends {
            cut.push(input.slice(start..end));
            start = end;
        }
        prop_assert_eq!(told(&mixed(), &cut), told(&mixed(), &[input]));
    }

    #[test]
    fn agrees_with_a_plain_reading(input in pieces()) {
        let text = String::from_utf8_lossy(&input).replace("multipart/mixed;boundary=i", "text/plain");
        let input = Bytes::from(text.into_bytes());
        let read = Multipart::parse(&mixed(), &input);
        // Two types in one part are an error, and no matter of delimiters.
        prop_assume!(!matches!(read, Err(msrp_multipart::ReadError::Headers { .. })));
        let parts = read.ok().map(|read| read.parts().iter().map(|part| part.as_bytes().to_vec()).collect::<Vec<_>>());
        prop_assert_eq!(parts, naive(&input));
    }

    /// Ruling C0, in both directions.
    #[test]
    fn strict_is_lenient_without_deviations(input in pieces(), kind in "mixed|related|digest") {
        let input = Bytes::from([b"--b\r\n", &input[..]].concat());
        let kind = media_type(&format!("multipart/{kind};boundary=b"));
        let lenient = Multipart::parse(&kind, &input).ok().filter(|read| read.deviations().is_empty());
        prop_assert_eq!(Multipart::parse_strict(&kind, &input).is_ok(), lenient.is_some());
        let lenient = Entity::parse(&input).ok().filter(|read| read.deviations().is_empty());
        prop_assert_eq!(Entity::parse_strict(&input).ok(), lenient);
    }

    #[test]
    fn any_octets(input in vec(any::<u8>(), 0..300), pieces in pieces()) {
        let _ = Entity::parse(&input.clone().into());
        let _ = Entity::parse(&pieces.clone().into());
        let _ = Multipart::parse(&mixed(), &[&pieces[..], &input].concat().into());
        let _ = MediaType::parse(&input, msrp_multipart::Profile::Mime);
    }

    #[test]
    fn text_never_becomes_structure(text: String) {
        let id = msrp_multipart::ContentId::new(&text);
        let description = Entity::text("x").with_description(&text);
        let field = Entity::text("x").with_field("X-Note", &text);
        let name = Entity::text("x").with_disposition(&Disposition::attachment().with_file_name(&text));
        let boundary = Boundary::new(&text);
        prop_assert!(boundary.is_err() || text.is_ascii());
        if let Ok(id) = id {
            let built = Entity::text("x").with_content_id(&id).unwrap();
            prop_assert_eq!(built.headers.fields().count(), 2);
            prop_assert_eq!(built.headers.content_id(), Some(&id));
        }
        for (built, name) in [(description, "Content-Description"), (field, "X-Note")] {
            if let Ok(built) = built {
                prop_assert_eq!(built.headers.fields().count(), 2);
                prop_assert_eq!(built.headers.field(name).unwrap().text(), text.as_str());
            }
        }
        let named = name.unwrap();
        prop_assert_eq!(named.headers.fields().count(), 2);
        let read = Entity::parse_strict(&named.to_bytes()).unwrap();
        prop_assert_eq!(read.headers.disposition().unwrap().file_name().unwrap(), text.as_str());
    }
}
