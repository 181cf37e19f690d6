//! Chunks of one message between two hops: cut and joined anew (RFC 4976 §6.4.1).

use core::ops::RangeInclusive;
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::HopId;
use super::frame::is_same_but_range;
use crate::test_util::random::Random;
use crate::time::Instant;
use crate::wire::{ByteRange, ContinuationFlag, FailureReport, Head, MessageId, MsrpUri, Path};

/// Where a SEND came from, and how to tell its sender of a failure.
pub(super) struct Origin {
    pub(super) hop: HopId,
    /// From-Path as it came: the way for REPORTs.
    pub(super) back: Path,
    /// By which the sender knows this relay.
    pub(super) own: MsrpUri,
    pub(super) message_id: MessageId,
    pub(super) failure_report: FailureReport,
}

/// A chunk on its way to the next hop.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) origin: Arc<Origin>,
    /// As it came.
    pub(super) head: Head,
    pub(super) to: Path,
    pub(super) from: Path,
    /// What the octets are, whatever the head says.
    pub(super) start: u64,
    pub(super) total: Option<u64>,
    pub(super) body: Bytes,
    pub(super) flag: ContinuationFlag,
}

impl Piece {
    /// Exactly the octets of this piece.
    pub(super) fn range(&self) -> ByteRange {
        ByteRange::new(self.start, Some(self.end().saturating_sub(1)), self.total)
    }

    /// Position behind the last octet.
    fn end(&self) -> u64 {
        self.start.saturating_add(self.body.len() as u64)
    }

    fn goes_on_with(&self, next: &Self) -> bool {
        self.flag == ContinuationFlag::Continued
            && self.end() == next.start
            && self.to == next.to
            && is_same_but_range(&self.head, &next.head)
    }

    /// The first octets of it.
    fn split_to(&mut self, len: usize) -> Self {
        let front = Self {
            body: self.body.split_to(len),
            flag: ContinuationFlag::Continued,
            ..self.clone()
        };
        self.start = front.end();
        front
    }
}

/// The chunks of one message that wait for the next hop.
#[derive(Default)]
pub(super) struct Lane {
    /// Not cut yet.
    arrived: Vec<Piece>,
    /// When they are cut; `None`: nothing has arrived.
    pub(super) due: Option<Instant>,
    /// To be sent, each with its turn.
    pub(super) ready: VecDeque<(u64, Piece)>,
}

impl Lane {
    pub(super) fn push(&mut self, piece: Piece, due: Instant) {
        self.arrived.push(piece);
        self.due.get_or_insert(due);
    }

    /// What has arrived, as it came.
    pub(super) fn take_arrived(&mut self) -> Vec<Piece> {
        self.due = None;
        core::mem::take(&mut self.arrived)
    }

    /// All that waits.
    pub(super) fn into_pieces(mut self) -> impl Iterator<Item = Piece> {
        let arrived = self.take_arrived();
        self.ready.into_iter().map(|(_, piece)| piece).chain(arrived)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arrived.is_empty() && self.ready.is_empty()
    }
}

/// The same octets in chunks of other sizes, in order.
pub(super) fn cut_anew(pieces: Vec<Piece>, sizes: &RangeInclusive<usize>, random: &mut Random) -> Vec<Piece> {
    let mut cut = Vec::new();
    for run in pieces.chunk_by(Piece::goes_on_with) {
        let Some(mut whole) = joined(run) else { continue };
        loop {
            let size = random.within(sizes).max(1);
            if whole.body.len() <= size {
                break;
            }
            cut.push(whole.split_to(size));
        }
        cut.push(whole);
    }
    cut
}

/// One chunk of pieces that follow each other.
fn joined(run: &[Piece]) -> Option<Piece> {
    let (first, last) = (run.first()?, run.last()?);
    let mut body = BytesMut::new();
    for piece in run {
        body.extend_from_slice(&piece.body);
    }
    Some(Piece {
        body: body.freeze(),
        flag: last.flag,
        total: run.iter().rev().find_map(|piece| piece.total),
        ..first.clone()
    })
}
