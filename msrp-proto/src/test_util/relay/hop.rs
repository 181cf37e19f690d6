//! One connection of a relay.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::frame::Reader;
use super::lane::{Lane, Origin, Piece};
use super::{HopId, Neighbour};
use crate::test_util::random::Random;
use crate::time::Instant;
use crate::wire::{ByteRange, FailureReport, TransactionId};

pub(super) struct Hop {
    pub(super) neighbour: Neighbour,
    pub(super) reader: Reader,
    /// Octets that have come.
    pub(super) received: u64,
    pub(super) closed: bool,
    /// Whole frames other than SENDs: they leave first.
    pub(super) out: VecDeque<Bytes>,
    /// SENDs, by the hop that they came on, the sender's path and the Message-ID.
    pub(super) lanes: BTreeMap<LaneKey, Lane>,
    pub(super) transactions: BTreeMap<TransactionId, Transaction>,
    /// Counts the turns of chunks.
    turns: u64,
}

pub(super) type LaneKey = (HopId, String, String);

/// A request that has been sent, and not answered yet.
pub(super) struct Transaction {
    pub(super) deadline: Instant,
    pub(super) request: Forwarded,
}

pub(super) enum Forwarded {
    Send {
        origin: Arc<Origin>,
        range: ByteRange,
    },
    /// Another one, answered end to end: where it came from, and its identifier there.
    Other {
        back: HopId,
        id: TransactionId,
    },
}

impl Hop {
    pub(super) fn new(neighbour: Neighbour) -> Self {
        Self {
            neighbour,
            reader: Reader::default(),
            received: 0,
            closed: false,
            out: VecDeque::new(),
            lanes: BTreeMap::new(),
            transactions: BTreeMap::new(),
            turns: 0,
        }
    }

    /// The next moment at which something is due.
    pub(super) fn due(&self) -> Option<Instant> {
        let deadlines = self.transactions.values().map(|transaction| transaction.deadline);
        let cuts = self.lanes.values().filter_map(|lane| lane.due);
        deadlines.chain(cuts).min()
    }

    /// Lets chunks leave in that order, behind those of the same message.
    pub(super) fn make_ready(&mut self, key: &LaneKey, pieces: Vec<Piece>) {
        if let Some(lane) = self.lanes.get_mut(key) {
            for piece in pieces {
                lane.ready.push_back((self.turns, piece));
                self.turns += 1;
            }
        }
    }

    /// The chunk that leaves next: one of any message, if there is something to choose by.
    pub(super) fn next_piece(&mut self, choice: Option<&mut Random>) -> Option<Piece> {
        let waiting = self.lanes.iter().filter(|(_, lane)| !lane.ready.is_empty());
        let key = match choice {
            Some(random) => {
                let count = waiting.clone().count();
                waiting.skip(random.below(count)).map(|(key, _)| key).next()
            }
            None => waiting
                .min_by_key(|(_, lane)| lane.ready.front().map(|(turn, _)| *turn))
                .map(|(key, _)| key),
        };
        let key = key?.clone();
        let lane = self.lanes.get_mut(&key)?;
        let (_, piece) = lane.ready.pop_front()?;
        if lane.is_empty() {
            self.lanes.remove(&key);
        }
        Some(piece)
    }

    /// Takes the requests that have not been answered in time.
    pub(super) fn take_expired(&mut self, now: Instant) -> Vec<Forwarded> {
        let (over, open) = core::mem::take(&mut self.transactions)
            .into_iter()
            .partition(|(_, transaction)| transaction.deadline <= now);
        self.transactions = open;
        let over: BTreeMap<_, Transaction> = over;
        over.into_values()
            .map(|transaction| transaction.request)
            .collect()
    }

    /// Takes the SENDs that will not be answered: those that have left and were to be, then those that have not left.
    pub(super) fn take_unanswered(&mut self) -> Vec<(Arc<Origin>, ByteRange)> {
        let mut unanswered = Vec::new();
        for transaction in core::mem::take(&mut self.transactions).into_values() {
            if let Forwarded::Send { origin, range } = transaction.request
                && origin.failure_report == FailureReport::Yes
            {
                unanswered.push((origin, range));
            }
        }
        for lane in core::mem::take(&mut self.lanes).into_values() {
            unanswered.extend(
                lane.into_pieces()
                    .map(|piece| (piece.origin.clone(), piece.range())),
            );
        }
        unanswered
    }
}
