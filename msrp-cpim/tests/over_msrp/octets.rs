//! Octets of any kind survive multipart, message/cpim in message/cpim, and the connection.

use core::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};
use msrp_cpim::Message as Cpim;
use msrp_multipart::{Entity, Item, Multipart, MultipartBuilder, Reader};
use msrp_proto::test_util::{Pipe, Side};
use msrp_proto::{Config, IncomingEvent};

use crate::{Random, Talk, address, carrying, carrying_entity, content_type, cpim, from_alice, media_type};

/// Octets that look like the end of something: a line that may be a delimiter or an end-line, whole or in
/// part.
const TRAPS: [&[u8]; 12] = [
    b"\r\n--",
    b"\r\n-------",
    b"\r\n-------aaaaaaaa$\r\n",
    b"\r\n-------aaaaaaaa+\r\nMSRP aaaaaaaa SEND\r\n",
    b"\r\n--A4DQOBYHA4DQOBYHA4DQOBYH\r\n",
    b"\r\n--A4DQOBYHA4DQOBYHA4DQOBYH--\r\n",
    b"\r\n\r\nContent-Type: text/plain\r\n\r\n",
    b"\r\n.\r\n",
    b"\r",
    b"\n--",
    b"--\r\n",
    b"\x00\xff\r\r\n\n",
];

/// Seeded octets behind the magic number of a format, with traps between them and at the end.
fn picture(random: &mut Random, magic: &[u8]) -> Bytes {
    let mut octets = BytesMut::from(magic);
    for round in 0..40 {
        let len = (random.number() % 600) as usize;
        octets.extend_from_slice(&random.octets(len));
        octets.extend_from_slice(TRAPS[(round + len) % TRAPS.len()]);
    }
    octets.extend_from_slice(b"\r\n-------");
    octets.freeze()
}

/// A type and the octets of each part.
fn contents(random: &mut Random, large: usize) -> Vec<(&'static str, Bytes)> {
    vec![
        ("image/jpeg", picture(random, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")),
        ("image/png", picture(random, b"\x89PNG\r\n\x1a\n")),
        (
            "application/pdf",
            picture(random, b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\r\n"),
        ),
        ("application/octet-stream", random.octets(large)),
        ("application/octet-stream", Bytes::new()),
        ("application/octet-stream", Bytes::from_static(b"\r\n--")),
    ]
}

fn multipart(random: &mut Random, contents: &[(&str, Bytes)]) -> Entity {
    let mut builder = MultipartBuilder::mixed();
    for (name, octets) in contents {
        builder = builder.part(Entity::new(&media_type(name), octets.clone()).unwrap());
    }
    let mut draws = 0;
    let multipart = builder.build(&mut |octets| {
        draws += 1;
        // The boundary that is drawn first stands in the parts: see `TRAPS`.
        if draws == 1 {
            octets.fill(7);
        } else {
            random.fill(octets);
        }
    });
    assert_eq!(draws, 2);
    multipart.unwrap()
}

/// Compares without printing megabytes.
#[track_caller]
fn assert_same<'a>(found: impl ExactSizeIterator<Item = (String, &'a [u8])>, contents: &[(&str, Bytes)]) {
    assert_eq!(found.len(), contents.len());
    for (index, ((name, octets), (expected_name, expected))) in found.zip(contents).enumerate() {
        assert_eq!(name, *expected_name);
        assert_eq!(octets.len(), expected.len(), "length of part {index}");
        assert!(octets == &expected[..], "octets of part {index}");
    }
}

/// Builds, sends, and takes apart again.
#[track_caller]
fn there_and_apart(seed: u64, config: Config, large: usize, segments: RangeInclusive<usize>) {
    let mut random = Random(seed);
    let contents = contents(&mut random, large);
    let inner = from_alice().build(multipart(&mut random, &contents)).unwrap();
    let outer = Cpim::builder()
        .from(address("sip:room@example.com"))
        .to(address("im:bob@example.com"))
        .wrap(&inner)
        .unwrap();

    let mut talk = Talk::with(config, "*", Pipe::new(seed).segments(segments));
    let received = talk.deliver(Side::A, carrying(&outer).success_report(true));
    assert_eq!(talk.reported.len(), 1);
    assert!(received.body == outer.to_bytes());

    let found = cpim(&received).inner().expect("a message/cpim").unwrap();
    assert!(found == inner);
    assert!(found.deviations().is_empty());
    let content = found.content();
    let read = Multipart::parse_strict(&content.headers.media_type(), &content.body).unwrap();
    let parts = read.parts().iter();
    assert_same(
        parts.map(|part| (part.media_type().essence().to_string(), &part.body()[..])),
        &contents,
    );
}

const LARGE: usize = 10_000_000;

#[test]
fn ten_megabytes_in_chunks_of_2048() {
    there_and_apart(1, Config::default(), LARGE, 1..=20_000);
}

#[test]
fn ten_megabytes_in_one_chunk() {
    there_and_apart(2, Config::default().chunk_limit(None), LARGE, 1..=100_000);
}

/// Cuts of a few octets, so that they fall into all the traps.
#[test]
fn many_small_cuts() {
    for seed in 10..20 {
        let limit = [Some(1), Some(7), Some(61), Some(2048), None][seed as usize % 5];
        there_and_apart(seed, Config::default().chunk_limit(limit), 500, 1..=5);
    }
}

/// The parts come out while the message is still arriving, whatever pieces it comes in.
#[test]
fn read_as_it_arrives() {
    for (seed, limit, large) in [
        (30, Some(2048), LARGE),
        (31, None, LARGE),
        (32, Some(1), 500),
        (33, None, 500),
    ] {
        let mut random = Random(seed);
        let contents = contents(&mut random, large);
        let entity = multipart(&mut random, &contents);
        let segments = if large == LARGE { 1..=60_000 } else { 1..=5 };
        let config = Config::default().chunk_limit(limit);
        let mut talk = Talk::with(config, "*", Pipe::new(seed).segments(segments));
        let received = talk.deliver(Side::A, carrying_entity(&entity));

        let mut reader = Reader::new(&content_type(&received)).unwrap().strict();
        let mut found: Vec<(String, BytesMut)> = Vec::new();
        let (mut pieces, mut position) = (0, 0);
        let mut take = |mut input: Bytes, reader: &mut Reader| {
            while let Some(item) = reader.read(&mut input).unwrap() {
                match item {
                    Item::Part(head) => {
                        found.push((head.media_type().essence().to_string(), BytesMut::new()));
                    }
                    Item::Body(octets) => found.last_mut().unwrap().1.extend_from_slice(&octets),
                    _ => {}
                }
            }
        };
        for (side, event) in talk.incoming {
            if let (Side::B, IncomingEvent::Data { offset, data, .. }) = (side, event) {
                // One chunk follows the other here: nothing has to be put in order.
                assert_eq!(offset, position);
                position += data.len() as u64;
                pieces += 1;
                // The connection gathers small pieces; cut further, they fall into all the traps.
                let mut rest = data;
                while !rest.is_empty() {
                    let len = if large == LARGE {
                        rest.len()
                    } else {
                        1 + (random.number() % 7) as usize
                    };
                    take(rest.split_to(len.min(rest.len())), &mut reader);
                }
            }
        }
        reader.end();
        take(Bytes::new(), &mut reader);
        assert!(pieces > 20, "{pieces} pieces of seed {seed}");
        assert_same(
            found.iter().map(|(name, octets)| (name.clone(), &octets[..])),
            &contents,
        );
    }
}
