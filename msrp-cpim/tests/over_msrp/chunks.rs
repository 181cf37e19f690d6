//! A message/cpim in chunks (RFC 4975 §11.4, §13).

use bytes::Bytes;
use msrp_cpim::Message as Cpim;
use msrp_multipart::{Entity, MultipartBuilder};
use msrp_proto::test_util::{Pipe, Side};
use msrp_proto::wire::{
    ByteRange, ContinuationFlag, Decoder, Head, Header, HeaderError, Item, Limits, Method,
};
use msrp_proto::{Config, Inbox, Message, Received};

use crate::{Talk, carrying, cpim, from_alice, media_type};

/// A SEND request as it went over the wire.
struct Chunk {
    head: Head,
    body: Vec<u8>,
    flag: Option<ContinuationFlag>,
}

/// Sends a message from A to B by hand, since the octets between them are of interest.
#[track_caller]
fn watched(config: Config, message: Message) -> (Vec<Chunk>, Received) {
    let mut talk = Talk::with(config, "*", Pipe::new(1));
    talk.send(Side::A, message).unwrap();
    let (now, pair) = (talk.pair.now(), &mut talk.pair);
    let mut decoder = Decoder::new(Limits::default());
    let (mut inbox, mut received, mut chunks) = (Inbox::default(), None, Vec::new());
    while let Some(octets) = pair.connection(Side::A).poll_transmit(now) {
        read(&mut decoder, octets.clone(), &mut chunks);
        let b = pair.connection(Side::B);
        b.handle_input(now, octets);
        while let Some(mut event) = b.poll_event() {
            received = inbox.on(b, &mut event).or(received);
        }
        while let Some(answer) = pair.connection(Side::B).poll_transmit(now) {
            pair.connection(Side::A).handle_input(now, answer);
        }
    }
    (chunks, received.expect("a whole message"))
}

fn read(decoder: &mut Decoder, mut octets: Bytes, chunks: &mut Vec<Chunk>) {
    while let Some(item) = decoder.decode(&mut octets).unwrap() {
        match item {
            Item::Head(head) => {
                assert_eq!(head.method(), Some(&Method::Send));
                chunks.push(Chunk {
                    head,
                    body: Vec::new(),
                    flag: None,
                });
            }
            Item::Body(octets) => chunks.last_mut().unwrap().body.extend_from_slice(&octets),
            Item::End(flag) => chunks.last_mut().unwrap().flag = Some(flag),
            Item::Malformed(_) => panic!("an illegal head"),
        }
    }
}

/// Asserts that these chunks are the octets of the wrapper, and told as such.
#[track_caller]
fn assert_chunks_of(chunks: &[Chunk], wrapper: &Bytes) {
    let total = wrapper.len() as u64;
    let mut start = 1;
    for chunk in chunks {
        let end = start + chunk.body.len() as u64 - 1;
        let expected = ByteRange::new(start, Some(end), Some(total));
        assert_eq!(chunk.head.byte_range(), Some(expected));
        assert_eq!(chunk.head.content_type(), Some(media_type("message/cpim")));
        start = end + 1;
    }
    let joined: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.body.clone()).collect();
    assert_eq!(joined, wrapper[..]);
    let (last, others) = chunks.split_last().unwrap();
    assert_eq!(last.flag, Some(ContinuationFlag::Complete));
    assert!(
        others
            .iter()
            .all(|chunk| chunk.flag == Some(ContinuationFlag::Continued))
    );
}

fn holds_headers(chunk: &Chunk) -> bool {
    let holds = |name: &[u8]| chunk.body.windows(name.len()).any(|found| found == name);
    holds(b"From: ") || holds(b"To: ") || holds(b"DateTime: ")
}

/// Shows: CPIM-P13-04, MSRP-13-06.
#[test]
fn a_text_of_four_octets_cut_behind_the_headers() {
    let message = from_alice().build(Entity::text("ABCD")).unwrap();
    let wrapper = message.to_bytes();
    let headers = wrapper.len() - message.content().to_bytes().len();
    let (chunks, received) = watched(Config::default().chunk_limit(Some(headers)), carrying(&message));

    assert!(chunks.len() > 1, "{} chunks", chunks.len());
    assert_chunks_of(&chunks, &wrapper);
    assert_eq!(chunks[0].body, wrapper[..headers]);
    assert!(holds_headers(&chunks[0]));
    assert!(!chunks[1..].iter().any(holds_headers));
    assert_eq!(cpim(&received).content().body, "ABCD");
}

/// Shows: CPIM-P13-04, MSRP-13-06, MSRP-11.4-01.
#[test]
fn a_long_text_in_chunks_of_2048() {
    let text = "All work and no play makes Jack a dull boy.\r\n".repeat(200);
    let message = from_alice().build(Entity::text(&text)).unwrap();
    let wrapper = message.to_bytes();
    let (chunks, received) = watched(Config::default(), carrying(&message));

    assert_eq!(chunks.len(), wrapper.len().div_ceil(2048));
    assert_chunks_of(&chunks, &wrapper);
    assert!(holds_headers(&chunks[0]));
    assert!(!chunks[1..].iter().any(holds_headers));
    assert_eq!(cpim(&received), message);
    assert_eq!(cpim(&received).content().body, text);
}

/// The octets that RFC 4975 §11.4 prints, cut where it cuts them. The empty line before the content is
/// missing there (ruling C1), and the ranges are one octet off (ruling R-03): those written here are right.
///
/// Shows: MSRP-11.4-01, MSRP-13-04, CPIM-P13-04.
#[test]
fn the_example_of_the_rfc() {
    let example = "To: Bob <sip:bob@example.com>\r\n\
        From: Alice <sip:alice@example.com>\r\n\
        DateTime: 2006-05-15T15:02:31-03:00\r\n\
        Content-Type: text/plain\r\n\
        \r\n\
        ABCD1234567890";
    let wrapper = Bytes::from(example);
    let limit = wrapper.len() - 10;
    let message = Message::new(media_type("message/cpim"), wrapper.clone());
    let (chunks, received) = watched(Config::default().chunk_limit(Some(limit)), message);

    assert_eq!(chunks.len(), 2);
    assert_chunks_of(&chunks, &wrapper);
    assert!(holds_headers(&chunks[0]) && !holds_headers(&chunks[1]));
    let read = Cpim::parse(&received.body).unwrap();
    assert_eq!(read.from().unwrap().unwrap().name(), Some("Alice"));
    assert_eq!(read.to().next().unwrap().unwrap().uri(), "sip:bob@example.com");
    assert_eq!(read.headers().len(), 3);
    assert!(read.content().headers.media_type().is("text/plain"));
    assert_eq!(read.content().body, "ABCD1234567890");
}

/// Shows: MIME45-P7.1-01 (the encoder, and what a multipart in a message/cpim goes out as).
#[test]
fn no_transfer_encoding_goes_out() {
    for name in [
        "Content-Transfer-Encoding",
        "content-transfer-encoding",
        "CONTENT-TRANSFER-ENCODING",
    ] {
        for encoding in ["binary", "base64"] {
            assert_eq!(Header::new(name, encoding), Err(HeaderError::Reserved));
        }
    }

    // Every octet there is stands in the parts, and none of them is encoded.
    let every: Vec<u8> = (0..=255).collect();
    let part = Entity::new(&media_type("application/octet-stream"), every.clone()).unwrap();
    let builder = MultipartBuilder::mixed().part(part.clone()).part(part);
    let multipart = builder.build(&mut |random| random.fill(7)).unwrap();
    let message = from_alice().build(multipart).unwrap();
    let (chunks, _) = watched(Config::default(), carrying(&message));
    assert_eq!(chunks.len(), 1);
    let chunk = &chunks[0];
    assert_eq!(chunk.head.header("Content-Transfer-Encoding"), None);
    let body = chunk.body.to_ascii_lowercase();
    assert!(!body.windows(17).any(|found| found == b"transfer-encoding"));
    let parts = chunk.body.windows(every.len()).filter(|found| *found == every);
    assert_eq!(parts.count(), 2);
}
