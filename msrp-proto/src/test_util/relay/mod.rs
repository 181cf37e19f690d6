//! A relay (RFC 4976) for tests: octets in and out per connection, a clock of the caller's, and a seed.

mod auth;
mod auth_options;
mod forward;
mod frame;
mod grants;
mod hop;
mod lane;
mod options;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;

use self::auth::Nonces;
pub use self::auth_options::{AuthManner, AuthOptions};
use self::frame::NewHead;
use self::grants::{Grants, Owner};
use self::hop::{Forwarded, Hop, Transaction};
use self::lane::{Origin, Piece, cut_anew};
pub use self::options::RelayOptions;
use super::random::Random;
use crate::time::{self, Instant};
use crate::wire::{
    ByteRange, ContinuationFlag, FailureReport, MsrpUri, Path, PathRef, Report, SessionToken, Status,
    StatusCode, TransactionId, end_line_stands_in,
};

/// A relay, without sockets and without a clock: every choice comes from its seed.
///
/// It answers AUTH requests as [`AuthOptions`] say, and gives URIs to whom it knows. It forwards what goes to or
/// comes from whom it gave a URI (RFC 4976 §6.4): SENDs are answered here, cut anew as [`RelayOptions`] say, and
/// their failures are reported; other requests, and responses to them, pass. What it has no leave to forward it
/// discards (ruling R-52).
///
/// It serves to test clients with, and is no relay to run: it takes in whatever comes, as fast as it comes; it
/// holds each chunk until it is complete; its URIs can be guessed by whoever knows the seed.
///
/// A [`HopId`] is good for the relay that it is from; with that of another one, methods may panic.
pub struct Relay {
    uri: MsrpUri,
    options: RelayOptions,
    random: Random,
    hops: Vec<Hop>,
    grants: Grants,
    nonces: Nonces,
    counts: RelayCounts,
}

/// A connection of a [`Relay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HopId(usize);

/// What is at the other end of a connection. The URI is the authority by which it is known: where a
/// request goes whose next URI has the same host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// A client, or an endpoint without relays. What it is granted is good on this connection only.
    Client(MsrpUri),
    /// Another relay, which has shown its certificate. What it is granted is good on any connection to it.
    Relay(MsrpUri),
}

/// What a relay has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayCounts {
    /// SENDs that came and were to be forwarded.
    pub sends_received: u64,
    /// SENDs that left.
    pub sends_forwarded: u64,
    /// Requests of other methods, and responses to them, that passed.
    pub passed: u64,
    /// Failure REPORTs of its own.
    pub failures_reported: u64,
    /// Frames that were discarded.
    pub discarded: u64,
}

impl Relay {
    /// A relay at that URI, which has a host, a port and no session-id. No two relays of a test should have the
    /// same seed.
    pub fn new(uri: MsrpUri, options: RelayOptions, seed: u64) -> Self {
        Self {
            uri,
            options,
            random: Random::new(seed),
            hops: Vec::new(),
            grants: Grants::default(),
            nonces: Nonces::default(),
            counts: RelayCounts::default(),
        }
    }

    /// The URI of the relay itself.
    pub fn uri(&self) -> &MsrpUri {
        &self.uri
    }

    /// What it has done so far.
    pub fn counts(&self) -> RelayCounts {
        self.counts
    }

    /// Behaves otherwise from now on.
    pub fn set_options(&mut self, options: RelayOptions) {
        self.options = options;
    }

    /// A connection, whoever has opened it.
    pub fn connect(&mut self, neighbour: Neighbour) -> HopId {
        self.hops.push(Hop::new(neighbour));
        HopId(self.hops.len() - 1)
    }

    /// Gives out a URI without being asked, as if an AUTH request with that From-Path had come on that
    /// connection: the Use-Path (RFC 4976 §5.1).
    pub fn grant(&mut self, now: Instant, hop: HopId, from: PathRef<'_>, lifetime: Duration) -> Path {
        let own = self.uri.with_random_session(|octets| self.random.fill(octets));
        let own = own.expect("a relay's URI has room for a token");
        let owner = match &self.hops[hop.0].neighbour {
            Neighbour::Client(_) => Owner::Client(hop),
            Neighbour::Relay(uri) => Owner::Relay(uri.clone()),
        };
        let back = from.leftmost().to_uri();
        let expires = time::after(now, lifetime);
        self.grants.insert(own.as_ref(), owner, back, expires);
        // The client itself is the rightmost one.
        let relays = from.iter().rev().skip(1);
        Path::from_uris(relays.chain([own.as_ref()])).expect("few URIs")
    }

    /// Octets have come on a connection.
    pub fn handle_input(&mut self, now: Instant, hop: HopId, mut octets: Bytes) {
        let at = &mut self.hops[hop.0];
        at.received += octets.len() as u64;
        let is_over = self
            .options
            .close_after
            .is_some_and(|close_after| at.received >= close_after);
        if is_over {
            self.close(hop);
        }
        while !self.is_closed(hop) {
            match self.hops[hop.0].reader.read(&mut octets) {
                Ok(Some(frame)) => self.take(now, hop, frame),
                Ok(None) => break,
                Err(_) => self.close(hop),
            }
        }
    }

    /// The other end has closed a connection, or it has broken.
    pub fn handle_eof(&mut self, hop: HopId) {
        self.close(hop);
    }

    /// Whether a connection has ended, on this side or the other: no octets come of it any more.
    pub fn is_closed(&self, hop: HopId) -> bool {
        self.hops[hop.0].closed
    }

    /// The next octets for a connection: a whole frame. What is asked of the next hop then has its time.
    pub fn poll_transmit(&mut self, now: Instant, hop: HopId) -> Option<Bytes> {
        let at = &mut self.hops[hop.0];
        if let Some(octets) = at.out.pop_front() {
            return Some(octets);
        }
        let piece = at.next_piece(self.options.interleave.then_some(&mut self.random))?;
        Some(self.send(now, hop, piece))
    }

    /// When something is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.hops.iter().filter_map(Hop::due).min()
    }

    /// Does what is due: chunks go on, and what was not answered is reported.
    pub fn handle_timeout(&mut self, now: Instant) {
        for hop in (0..self.hops.len()).map(HopId) {
            self.cut(now, hop);
            self.expire(now, hop);
        }
    }

    /// A connection ends: what was to pass over it does not.
    fn close(&mut self, hop: HopId) {
        let at = &mut self.hops[hop.0];
        at.closed = true;
        at.out.clear();
        let unanswered = at.take_unanswered();
        self.grants.end(hop);
        for (origin, range) in unanswered {
            self.report(&origin, range, StatusCode::TIMEOUT);
        }
    }

    /// Cuts what has waited long enough.
    fn cut(&mut self, now: Instant, hop: HopId) {
        let at = &mut self.hops[hop.0];
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        let lanes = at.lanes.iter_mut().filter(|(_, lane)| is_due(lane.due));
        let arrived: Vec<_> = lanes
            .map(|(key, lane)| (key.clone(), lane.take_arrived()))
            .collect();
        for (key, mut pieces) in arrived {
            if let Some(sizes) = &self.options.chunk_sizes {
                pieces = cut_anew(pieces, sizes, &mut self.random);
            }
            if self.options.shuffle {
                let last = pieces
                    .iter()
                    .position(|piece| piece.flag == ContinuationFlag::Aborted)
                    .unwrap_or(pieces.len());
                self.random.shuffle(pieces.get_mut(..last).unwrap_or_default());
            }
            at.make_ready(&key, pieces);
        }
    }

    /// Reports what was not answered in time.
    fn expire(&mut self, now: Instant, hop: HopId) {
        for request in self.hops[hop.0].take_expired(now) {
            if let Forwarded::Send { origin, range } = request
                && origin.failure_report == FailureReport::Yes
            {
                self.report(&origin, range, StatusCode::TIMEOUT);
            }
        }
    }

    /// A chunk leaves.
    fn send(&mut self, now: Instant, hop: HopId, piece: Piece) -> Bytes {
        self.counts.sends_forwarded += 1;
        let id = self.new_transaction(&piece.body);
        let range = piece.range();
        let head = NewHead {
            id,
            to: piece.to.as_ref(),
            from: piece.from.as_ref(),
            range: (self.options.chunk_sizes.is_some() && piece.head.has_body()).then_some(range),
        };
        let octets = head.encode(&piece.head, &piece.body, piece.flag);
        if piece.origin.failure_report != FailureReport::No {
            let transaction = Transaction {
                deadline: now + self.options.response_timeout,
                request: Forwarded::Send {
                    origin: piece.origin,
                    range,
                },
            };
            self.hops[hop.0].transactions.insert(id, transaction);
        }
        octets
    }

    /// Tells the sender of a message that a part of it has failed, if it wants to hear of it.
    fn report(&mut self, origin: &Arc<Origin>, range: ByteRange, code: StatusCode) {
        let id = self.new_transaction(&[]);
        let back = &mut self.hops[origin.hop.0];
        if origin.failure_report == FailureReport::No || back.closed {
            return;
        }
        let own = Path::from(origin.own.clone());
        let report = Report {
            id,
            to_path: origin.back.as_ref(),
            from_path: own.as_ref(),
            message_id: &origin.message_id,
            byte_range: range,
            status: Status::new(code),
            body: None,
        };
        let mut octets = bytes::BytesMut::new();
        report.encode(&mut octets).expect("a legal REPORT");
        back.out.push_back(octets.freeze());
        self.counts.failures_reported += 1;
    }

    /// An identifier that can end that body.
    fn new_transaction(&mut self, body: &[u8]) -> TransactionId {
        loop {
            let token = SessionToken::random(|octets| self.random.fill(octets));
            let id = TransactionId::parse(token.as_str().as_bytes()).expect("letters and digits");
            if !end_line_stands_in(body, &id) {
                return id;
            }
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("uri", &self.uri)
            .field("options", &self.options)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
