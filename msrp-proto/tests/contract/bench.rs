//! A connection with one session, its driver, and a reader for what it sends.

use std::sync::Arc;

use bytes::Bytes;
use msrp_proto::test_util::{Pair, Side, epoch};
use msrp_proto::wire::{ByteRange, ContinuationFlag, Decoder, Item, Limits, Path, StartLine};
use msrp_proto::{Config, Connection, Link, MediaType, Role, Seed, SessionConfig, SessionId, Terms};

use crate::ops::shared::checked::Checked;
use crate::ops::shared::frames;

/// A connection with a session that the peer does not know yet.
pub(crate) fn fresh(config: Config, role: Role) -> (Checked, SessionId) {
    with_seed(config, role, [7; 32])
}

pub(crate) fn with_seed(config: Config, role: Role, seed: [u8; 32]) -> (Checked, SessionId) {
    let now = epoch();
    let connection = Connection::new(Arc::new(config), Link::tcp(), now, Seed::new(seed));
    let mut checked = Checked::new(connection, now);
    let session = checked.open(session(role)).expect("a session");
    (checked, session)
}

/// A connection with a session that the peer has bound, and nothing to do.
pub(crate) fn bound(config: Config) -> (Checked, SessionId) {
    let (mut checked, session) = fresh(config, Role::Passive);
    let now = checked.now;
    checked.input(now, frames::bodiless("bind"));
    checked.settle(now);
    (checked, session)
}

pub(crate) fn session(role: Role) -> SessionConfig {
    let remote = Path::from(Pair::uri(Side::B));
    SessionConfig::new(Pair::uri(Side::A), role, Terms::new(remote))
}

pub(crate) fn text() -> MediaType {
    MediaType::new("text", "plain").expect("a type")
}

/// A frame that was sent, its body counted.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// `SEND`, `REPORT`, or a status code.
    pub(crate) kind: String,
    pub(crate) tid: String,
    pub(crate) id: Option<String>,
    pub(crate) range: Option<ByteRange>,
    pub(crate) body: usize,
    pub(crate) flag: Option<ContinuationFlag>,
}

/// The frames in what was sent.
pub(crate) fn read(octets: &[u8]) -> Vec<Sent> {
    let mut decoder = Decoder::new(Limits::default());
    let mut input = Bytes::copy_from_slice(octets);
    let mut frames: Vec<Sent> = Vec::new();
    while let Some(item) = decoder.decode(&mut input).expect("frames") {
        match item {
            Item::Head(head) => frames.push(Sent {
                kind: match head.start_line() {
                    StartLine::Request(method) => method.as_str().to_owned(),
                    StartLine::Response(status) => status.as_u16().to_string(),
                    _ => panic!("an illegal start line"),
                },
                tid: head.transaction_id().as_str().to_owned(),
                id: head.message_id().map(|id| id.as_str().to_owned()),
                range: head.byte_range(),
                body: 0,
                flag: None,
            }),
            Item::Body(body) => frames.last_mut().expect("a head").body += body.len(),
            Item::End(flag) => frames.last_mut().expect("a head").flag = Some(flag),
            Item::Malformed(malformed) => panic!("{malformed:?}"),
        }
    }
    frames
}

/// The frames of that kind in what was sent.
pub(crate) fn sent(octets: &[u8], kind: &str) -> Vec<Sent> {
    read(octets)
        .into_iter()
        .filter(|frame| frame.kind == kind)
        .collect()
}
