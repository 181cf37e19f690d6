//! What comes in goes on (RFC 4976 §6.4).

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::BytesMut;

use super::frame::{Frame, NewHead};
use super::grants::Owner;
use super::hop::{Forwarded, Transaction};
use super::lane::{Origin, Piece};
use super::{HopId, Neighbour, Relay};
use crate::time::Instant;
use crate::wire::{
    ByteRange, FailureReport, Head, Method, MsrpUri, Path, PathRef, Response, StartLine, StatusCode, UriRef,
};

/// Where a request goes.
struct Way {
    /// `None`: there is no connection to the next hop.
    hop: Option<HopId>,
    to: Path,
    from: Path,
}

/// Why a request goes nowhere (ruling R-52).
enum NoWay {
    /// It is for somebody else: the connection is closed.
    NotOurs,
    /// It is for this relay itself.
    Here,
    /// The URI was never given out, has expired, or is not for such a use.
    NoGrant,
}

impl Relay {
    /// A frame has come.
    pub(super) fn take(&mut self, now: Instant, hop: HopId, frame: Frame) {
        match frame.head.start_line() {
            StartLine::Request(method) => {
                let method = method.clone();
                self.take_request(now, hop, &method, frame);
            }
            StartLine::Response(code) => {
                let code = *code;
                self.take_response(hop, code, &frame);
            }
            StartLine::Illegal => {}
        }
    }

    fn take_request(&mut self, now: Instant, hop: HopId, method: &Method, frame: Frame) {
        let (Some(to), Some(from)) = (frame.head.to_path(), frame.head.from_path()) else {
            return;
        };
        match (self.way(now, hop, to, from), method) {
            (Err(NoWay::NotOurs), _) => self.close(hop),
            (Err(NoWay::Here), Method::Auth) => self.take_auth(now, hop, &frame.head),
            (Ok(way), Method::Send) => self.forward_send(now, hop, way, frame),
            (Ok(way), _) => self.forward_other(now, hop, &way, method, &frame),
            (Err(_), Method::Send) => {
                self.counts.discarded += 1;
                if let Some(origin) = origin_of(hop, &frame.head) {
                    let piece = piece_of(&Arc::new(origin), to.to_path(), from.to_path(), frame);
                    self.report(&piece.origin, piece.range(), StatusCode::NO_SESSION);
                }
            }
            (Err(_), _) => self.counts.discarded += 1,
        }
    }

    /// Where a request goes, and whether it may. The own URIs move from the front of To-Path to that of From-Path.
    fn way(&self, now: Instant, hop: HopId, to: PathRef<'_>, from: PathRef<'_>) -> Result<Way, NoWay> {
        let mut to: VecDeque<_> = to.iter().collect();
        let mut from: VecDeque<_> = from.iter().collect();
        // The previous hop is this relay itself, where two URIs in a row are its own.
        let mut previous = Some(hop);
        let mut next_hop = None;
        while let Some(&own) = to.front().filter(|uri| self.is_own(**uri)) {
            let Some(next) = to.get(1) else {
                return Err(match own.session_id() {
                    None => NoWay::Here,
                    Some(_) => NoWay::NoGrant,
                });
            };
            let grant = self.grants.of(own, now).ok_or(NoWay::NoGrant)?;
            if grant.back == *next {
                next_hop = self.hop_to_owner(&grant.owner);
            } else if previous.is_some_and(|hop| self.is_of_owner(hop, &grant.owner)) {
                next_hop = self.hop_to(*next);
            } else {
                return Err(NoWay::NoGrant);
            }
            previous = None;
            to.pop_front();
            from.push_front(own);
        }
        if previous.is_some() {
            return Err(NoWay::NotOurs);
        }
        Ok(Way {
            hop: next_hop,
            to: path_of(to),
            from: path_of(from),
        })
    }

    fn forward_send(&mut self, now: Instant, hop: HopId, way: Way, frame: Frame) {
        let Some(origin) = origin_of(hop, &frame.head) else {
            return;
        };
        self.counts.sends_received += 1;
        if origin.failure_report == FailureReport::Yes {
            self.acknowledge(&origin, &frame.head);
        }
        let key = (hop, origin.back.to_string(), origin.message_id.to_string());
        let piece = piece_of(&Arc::new(origin), way.to, way.from, frame);
        let Some(next) = way.hop else {
            return self.report(&piece.origin, piece.range(), StatusCode::TIMEOUT);
        };
        let due = now + self.random_delay();
        let lane = self.hops[next.0].lanes.entry(key).or_default();
        lane.push(piece, due);
        self.cut(now, next);
    }

    fn forward_other(&mut self, now: Instant, hop: HopId, way: &Way, method: &Method, frame: &Frame) {
        let Some(next) = way.hop else {
            self.counts.discarded += 1;
            return;
        };
        let id = self.new_transaction(&frame.body);
        let head = NewHead {
            id,
            to: way.to.as_ref(),
            from: way.from.as_ref(),
            range: None,
        };
        let octets = head.encode(&frame.head, &frame.body, frame.flag);
        self.counts.passed += 1;
        let at = &mut self.hops[next.0];
        at.out.push_back(octets);
        if *method != Method::Report {
            let transaction = Transaction {
                deadline: now + self.options.response_timeout,
                request: Forwarded::Other {
                    back: hop,
                    id: frame.head.transaction_id(),
                },
            };
            at.transactions.insert(id, transaction);
        }
    }

    /// RFC 4976 §6.4.3.
    fn take_response(&mut self, hop: HopId, code: StatusCode, frame: &Frame) {
        let to = frame.head.to_path().filter(|to| self.is_own(to.leftmost()));
        let from = frame.head.from_path();
        let transaction = self.hops[hop.0].transactions.remove(&frame.head.transaction_id());
        let (Some(to), Some(from), Some(transaction)) = (to, from, transaction) else {
            self.counts.discarded += 1;
            return;
        };
        match transaction.request {
            Forwarded::Send { origin, range } if !code.is_success() => self.report(&origin, range, code),
            Forwarded::Send { .. } => {}
            Forwarded::Other { back, id } => {
                let mut to: VecDeque<_> = to.iter().collect();
                let mut from: VecDeque<_> = from.iter().collect();
                while let Some(&own) = to.front().filter(|uri| self.is_own(**uri)) {
                    to.pop_front();
                    from.push_front(own);
                }
                if to.is_empty() || self.is_closed(back) {
                    self.counts.discarded += 1;
                    return;
                }
                let (to, from) = (path_of(to), path_of(from));
                let head = NewHead {
                    id,
                    to: to.as_ref(),
                    from: from.as_ref(),
                    range: None,
                };
                let octets = head.encode(&frame.head, &frame.body, frame.flag);
                self.hops[back.0].out.push_back(octets);
                self.counts.passed += 1;
            }
        }
    }

    /// Takes over a SEND: the previous hop is told so.
    fn acknowledge(&mut self, origin: &Origin, head: &Head) {
        let (to, from) = (
            Path::from(origin.back.leftmost().to_uri()),
            Path::from(origin.own.clone()),
        );
        let response = Response {
            id: head.transaction_id(),
            code: StatusCode::OK,
            comment: None,
            to_path: to.as_ref(),
            from_path: from.as_ref(),
            headers: &[],
        };
        let mut octets = BytesMut::new();
        response.encode(&mut octets);
        self.hops[origin.hop.0].out.push_back(octets.freeze());
    }

    fn is_own(&self, uri: UriRef<'_>) -> bool {
        is_at(uri, &self.uri)
    }

    fn is_of_owner(&self, hop: HopId, owner: &Owner) -> bool {
        match (owner, &self.hops[hop.0].neighbour) {
            (Owner::Client(owner), _) => *owner == hop,
            (Owner::Relay(owner), Neighbour::Relay(uri)) => owner == uri,
            (Owner::Relay(_), Neighbour::Client(_)) => false,
        }
    }

    fn hop_to_owner(&self, owner: &Owner) -> Option<HopId> {
        match owner {
            Owner::Client(hop) => Some(*hop).filter(|hop| !self.is_closed(*hop)),
            Owner::Relay(uri) => self.hop_to(uri.as_ref()),
        }
    }

    /// The latest connection that is open, and leads to where that URI is.
    fn hop_to(&self, next: UriRef<'_>) -> Option<HopId> {
        let found = self.hops.iter().rposition(|hop| {
            let (Neighbour::Client(uri) | Neighbour::Relay(uri)) = &hop.neighbour;
            !hop.closed && is_at(next, uri)
        });
        found.map(HopId)
    }

    fn random_delay(&mut self) -> Duration {
        let micros = |time: &Duration| usize::try_from(time.as_micros()).unwrap_or(usize::MAX);
        let delay = &self.options.delay;
        let range = micros(delay.start())..=micros(delay.end());
        Duration::from_micros(self.random.within(&range) as u64)
    }
}

/// Whether a URI is at that host and port. In AUTH requests the port may be left out (RFC 4976 §8).
fn is_at(uri: UriRef<'_>, place: &MsrpUri) -> bool {
    let port = uri.port();
    uri.host() == place.host() && (port.is_none() || port == place.port())
}

/// `None` for a SEND without a Message-ID, which none is that was read.
fn origin_of(hop: HopId, head: &Head) -> Option<Origin> {
    Some(Origin {
        hop,
        back: head.from_path()?.to_path(),
        own: head.to_path()?.leftmost().to_uri(),
        message_id: head.message_id()?,
        failure_report: head.failure_report().unwrap_or_default(),
    })
}

fn piece_of(origin: &Arc<Origin>, to: Path, from: Path, frame: Frame) -> Piece {
    let range = frame.head.byte_range().unwrap_or(ByteRange::WHOLE);
    Piece {
        origin: origin.clone(),
        head: frame.head,
        to,
        from,
        start: range.start,
        total: range.total,
        body: frame.body,
        flag: frame.flag,
    }
}

fn path_of<'a>(uris: impl IntoIterator<Item = UriRef<'a>>) -> Path {
    Path::from_uris(uris).expect("no more than have come")
}
