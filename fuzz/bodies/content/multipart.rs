//! A multipart, header fields and body; of what is none, all octets are the body of one with the boundary
//! `b`. It has the same parts however it is cut, in the reader and in the tree, and when it is put together
//! again.

use bytes::Bytes;
use msrp_multipart::{
    BuildError, ContentId, Deviations, Entity, Item, Limits, MediaType, Multipart, MultipartBuilder, Part,
    ReadError, Reader, safe_file_name,
};

use super::Random;

pub fn run(data: &[u8]) {
    let octets = Bytes::copy_from_slice(data);
    if let Ok(entity) = check_entity(&octets) {
        check(&entity.headers.media_type(), &entity.body, data);
    }
    check(&"multipart/mixed;boundary=b".parse().unwrap(), &octets, data);
}

fn check_entity(octets: &Bytes) -> Result<Entity, msrp_multipart::HeadersError> {
    let lenient = Entity::parse(octets);
    let strict = Entity::parse_strict(octets);
    let entity = match lenient {
        Ok(entity) => entity,
        Err(error) => {
            assert!(strict.is_err(), "only the strict parser takes it");
            return Err(error);
        }
    };
    assert_eq!(entity.to_bytes(), octets);
    assert_eq!(strict.is_ok(), entity.deviations().is_empty(), "{strict:?}");
    assert!(strict.is_err() || strict == Ok(entity.clone()));
    look(&entity.headers);
    let _ = entity.decoded();
    Ok(entity)
}

/// Asks everything that fields can be asked.
fn look(headers: &msrp_multipart::Headers) {
    for field in headers.fields() {
        assert!(headers.field(field.name()).is_some());
        assert!(field.is_named(field.name()));
        let _ = (field.value(), field.text());
    }
    let _ = (
        headers.media_type(),
        headers.description(),
        headers.transfer_encoding(),
    );
    if let Some(id) = headers.content_id() {
        // One of a peer may lack the form that URLs have.
        let is_legal = ContentId::new(id.as_str()).is_ok();
        assert_eq!(
            ContentId::from_url(&id.to_url()).ok().as_ref(),
            Some(id).filter(|_| is_legal)
        );
    }
    if let Some(disposition) = headers.disposition() {
        let _ = (
            disposition.size(),
            disposition.is_rendered(),
            disposition.to_string(),
        );
        let name = safe_file_name(&disposition.file_name().unwrap_or_default());
        assert!(!name.is_empty() && !name.contains(['/', '\\', '\0']), "{name:?}");
    }
}

fn check(media_type: &MediaType, body: &Bytes, data: &[u8]) {
    let mut random = Random::of(data);
    for limits in [Limits::default(), Limits { depth: 2, parts: 3 }] {
        for strict in [false, true] {
            let Ok(reader) = Reader::new(media_type) else {
                return assert!(Multipart::parse(media_type, body).is_err());
            };
            drop(reader);
            let reader = || {
                let reader = Reader::new(media_type).unwrap().with_limits(limits);
                if strict { reader.strict() } else { reader }
            };
            let whole = told(reader(), [body.clone()]);
            let octets = told(reader(), (0..body.len()).map(|at| body.slice(at..=at)));
            assert_eq!(octets, whole, "octet by octet");
            for longest in [5, 200] {
                let cut = told(reader(), pieces(body, longest, &mut random));
                assert_eq!(cut, whole, "in pieces of up to {longest}");
            }
            if limits == Limits::default() && !strict {
                check_tree(media_type, body, &whole, &mut random);
            } else if !strict {
                let tree = Multipart::parse_with(media_type, body, limits).map(drop);
                assert_eq!(tree, whole.error.map_or(Ok(()), Err));
            }
        }
    }
}

/// What a reader tells of a body, the octets of each part as one.
#[derive(Debug, Default, PartialEq)]
struct Told {
    parts: Vec<ToldPart>,
    error: Option<ReadError>,
    deviations: Deviations,
}

#[derive(Debug, PartialEq)]
struct ToldPart {
    headers: Bytes,
    media_type: MediaType,
    depth: usize,
    is_multipart: bool,
    position: u64,
    body: Vec<u8>,
    end: Option<(u64, Deviations)>,
}

fn told(mut reader: Reader, pieces: impl IntoIterator<Item = Bytes>) -> Told {
    let mut told = Told::default();
    // The parts that have not ended, the outermost first.
    let mut open = Vec::new();
    let mut pieces = pieces.into_iter();
    loop {
        let piece = pieces.next();
        if piece.is_none() {
            reader.end();
        }
        let is_last = piece.is_none();
        let mut input = piece.unwrap_or_default();
        loop {
            match reader.read(&mut input) {
                Ok(Some(Item::Part(head))) => {
                    assert_eq!(head.depth(), open.len());
                    open.push(told.parts.len());
                    told.parts.push(ToldPart {
                        headers: head.headers().as_bytes().clone(),
                        media_type: head.media_type(),
                        depth: head.depth(),
                        is_multipart: head.is_multipart(),
                        position: head.position(),
                        body: Vec::new(),
                        end: None,
                    });
                }
                Ok(Some(Item::Body(octets))) => {
                    assert!(!octets.is_empty());
                    let part = &mut told.parts[*open.last().expect("a part")];
                    assert!(!part.is_multipart);
                    part.body.extend_from_slice(&octets);
                }
                Ok(Some(Item::End(end))) => {
                    let part = open.pop().expect("a part that ends");
                    told.parts[part].end = Some((end.position(), end.deviations()));
                }
                Ok(Some(_)) => unreachable!("an item of another kind"),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(reader.read(&mut input).err(), Some(error), "it stays");
                    told.error = Some(error);
                    told.deviations = reader.deviations();
                    return told;
                }
            }
        }
        assert!(input.is_empty(), "input left over without an item");
        if is_last {
            break;
        }
    }
    assert!(open.is_empty(), "a part without an end");
    told.deviations = reader.deviations();
    told
}

fn pieces(body: &Bytes, longest: usize, random: &mut Random) -> Vec<Bytes> {
    let (mut pieces, mut rest) = (Vec::new(), body.clone());
    while !rest.is_empty() {
        pieces.push(rest.split_to(random.length(longest).min(rest.len())));
    }
    pieces
}

/// The tree holds what the reader tells, and its parts can be put together again.
fn check_tree(media_type: &MediaType, body: &Bytes, told: &Told, random: &mut Random) {
    let tree = match (Multipart::parse(media_type, body), told.error) {
        (Ok(tree), None) => tree,
        (Err(error), told) => {
            assert_eq!(Some(error), told);
            assert!(Multipart::parse_strict(media_type, body).is_err());
            return;
        }
        (Ok(_), Some(error)) => panic!("{error}, but there is a tree"),
    };
    // What a multipart/related lacks shows only when its root is there.
    let inner = (0..tree.parts().len()).filter_map(|index| tree.group(index));
    let related: Vec<_> = inner
        .chain([tree.top()])
        .flat_map(|group| group.related_deviations().iter())
        .collect();
    assert!(
        told.deviations
            .iter()
            .all(|found| tree.deviations().contains(found))
    );
    assert!(related.iter().all(|found| tree.deviations().contains(*found)));
    let known = |found| told.deviations.contains(found) || related.contains(&found);
    assert!(tree.deviations().iter().all(known));
    assert_eq!(tree.parts().len(), told.parts.len());
    for (part, told) in tree.parts().iter().zip(&told.parts) {
        let (end, _) = told.end.unwrap();
        assert_eq!(part.headers().as_bytes(), &told.headers);
        assert_eq!(part.media_type(), &told.media_type);
        assert_eq!(
            (part.depth(), part.is_multipart()),
            (told.depth, told.is_multipart)
        );
        assert_eq!(part.as_bytes(), &body[told.position as usize..end as usize]);
        assert!(part.is_multipart() || part.body() == &told.body);
        assert!(part.as_bytes().ends_with(part.body()));
        // The line end of the last field may be that of the delimiter.
        assert!(
            part.as_bytes()
                .starts_with(told.headers.strip_suffix(b"\r\n").unwrap_or_default())
        );
        let parent = part.parent().map(|parent| &tree.parts()[parent]);
        assert!(parent.is_none_or(|parent| parent.is_multipart() && parent.depth() + 1 == part.depth()));
        look(part.headers());
        let _ = (part.decoded(), part.disposition(), part.file_name());
    }
    look_at_groups(&tree);

    let strict = Multipart::parse_strict(media_type, body);
    assert_eq!(strict.is_ok(), tree.deviations().is_empty(), "{strict:?}");
    if let Ok(strict) = strict {
        assert_same(strict.parts(), tree.parts());
    }
    put_together(&tree, random);
}

fn look_at_groups(tree: &Multipart) {
    let inner = (0..tree.parts().len()).filter_map(|index| tree.group(index));
    for group in inner.chain([tree.top()]) {
        let count = group.parts().count();
        assert_eq!(group.alternative(|_| true).is_some(), count > 0);
        assert!(group.alternative(|_| false).is_none());
        if let Ok((index, root)) = group.root() {
            assert_eq!(root.as_bytes(), tree.parts()[index].as_bytes());
        }
        let _ = (group.kind(), group.start_info(), group.related_deviations());
    }
    for part in tree.parts() {
        let id = part.headers().content_id();
        if let Some(id) = id.filter(|id| ContentId::new(id.as_str()).is_ok()) {
            assert!(tree.resolve(&id.to_url(), |_| true).is_some(), "{id}");
        }
    }
}

/// The parts of the outermost multipart, octet for octet behind another boundary.
fn put_together(tree: &Multipart, random: &mut Random) {
    let Ok(mut builder) = MultipartBuilder::new(tree.media_type().subtype()) else {
        panic!("a subtype that is none");
    };
    for (_, part) in tree.top().parts() {
        builder = builder.raw_part(part.as_bytes().clone());
    }
    let built = match builder.build(&mut |octets| random.fill(octets)) {
        Ok(built) => built,
        // What was read and is not written.
        Err(BuildError::DuplicateContentId | BuildError::EncodedComposite) => return,
        Err(error) => panic!("{error}"),
    };
    let again = Multipart::parse(&built.headers.media_type(), &built.body).unwrap();
    assert_same(again.parts(), tree.parts());
}

#[track_caller]
fn assert_same(one: &[Part], other: &[Part]) {
    let octets = |parts: &[Part]| -> Vec<_> {
        parts
            .iter()
            .map(|part| {
                (
                    part.depth(),
                    part.as_bytes().clone(),
                    part.body().clone(),
                    part.media_type().clone(),
                )
            })
            .collect()
    };
    assert_eq!(octets(one), octets(other));
}
