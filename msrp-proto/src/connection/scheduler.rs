//! Which message goes next.
//!
//! A pure structure: it knows identifiers, and whether a message could send now, and nothing of octets.
//!
//! - Interactive messages and bulk take turns, chunk by chunk, when both wait.
//! - Within each, sessions take turns.
//! - Within a session, interactive messages leave in the order in which they were queued; bulk ones take
//!   turns.

use std::collections::{BTreeMap, BTreeSet};

use super::turns::Turns;
use crate::event::{OutgoingId, SessionId};

/// How a message is scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Bulk,
    Interactive,
}

/// What a message that could send a chunk needs besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: first chunks, and messages that await no responses.
    Nothing = 0,
    /// Room within the in-flight limit.
    Room = 1,
}

/// Where a message is filed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filed {
    session: SessionId,
    class: Class,
    /// Place in the order of queuing.
    order: u64,
    /// Bulk: its turn, while it could send.
    turn: Option<(Need, u64)>,
}

impl Filed {
    /// Place in the order of queuing.
    pub(super) fn order(&self) -> u64 {
        self.order
    }

    /// A message that the scheduler does not know yet.
    pub(super) fn new(session: SessionId, class: Class) -> Self {
        Self {
            session,
            class,
            order: 0,
            turn: None,
        }
    }
}

/// See the module. Takes next to no room while nothing is queued.
#[derive(Default)]
pub(super) struct Scheduler {
    queues: Option<Box<Queues>>,
    /// The last chunk was interactive.
    bulk_next: bool,
}

impl Scheduler {
    /// Files a message that could not send yet.
    pub(super) fn add(&mut self, filed: &mut Filed, message: OutgoingId) {
        self.queues.get_or_insert_default().add(filed, message);
    }

    /// Says what a message needs to send a chunk; `None` if it could not send one.
    pub(super) fn set(&mut self, filed: &mut Filed, message: OutgoingId, need: Option<Need>) {
        self.queues.get_or_insert_default().set(filed, message, need);
    }

    /// Takes a message out.
    pub(super) fn remove(&mut self, filed: &Filed) {
        if let Some(queues) = &mut self.queues {
            queues.remove(filed);
        }
    }

    /// Lets a session send, or holds it back.
    pub(super) fn hold(&mut self, session: SessionId, held: bool) {
        if held {
            self.queues.get_or_insert_default().hold(session, true);
        } else if let Some(queues) = &mut self.queues {
            queues.hold(session, false);
        }
    }

    /// Gives up the room for messages if there are none.
    pub(super) fn release(&mut self) {
        if self.queues.as_ref().is_some_and(|queues| queues.is_empty()) {
            self.queues = None;
        }
    }

    /// Whether any message could send; `room` says whether the in-flight limit has room.
    pub(super) fn is_ready(&self, room: bool) -> bool {
        self.queues.as_ref().is_some_and(|queues| queues.is_ready(room))
    }

    /// Whether an interactive message could send.
    pub(super) fn is_interactive_ready(&self, room: bool) -> bool {
        self.queues
            .as_ref()
            .is_some_and(|queues| queues.interactive.is_ready(room))
    }

    /// Whether a message of that session could send.
    pub(super) fn is_session_ready(&self, session: SessionId, room: bool) -> bool {
        self.queues
            .as_ref()
            .is_some_and(|queues| queues.is_session_ready(session, room))
    }

    /// The message that [`Scheduler::next`] would give.
    pub(super) fn peek(&self, room: bool) -> Option<OutgoingId> {
        self.queues.as_ref()?.peek(room, self.bulk_next)
    }

    /// The message to send a chunk of. What it needs for another one is to be said anew by
    /// [`Scheduler::set`].
    pub(super) fn next(&mut self, room: bool) -> Option<OutgoingId> {
        self.queues.as_mut()?.next(room, &mut self.bulk_next)
    }
}

#[derive(Default)]
struct Queues {
    clock: u64,
    interactive: Lanes,
    bulk: Lanes,
    /// Sessions that may not send yet.
    held: BTreeSet<SessionId>,
}

/// The sessions with messages of one class.
#[derive(Default)]
struct Lanes {
    lanes: BTreeMap<SessionId, Lane>,
    /// Sessions that could send, by turn; those that need room apart.
    turns: [Turns<SessionId>; 2],
}

/// The messages of one class of a session.
#[derive(Default)]
struct Lane {
    /// Interactive messages by order, and what each needs if it could send. Only the first may.
    queue: Turns<(OutgoingId, Option<Need>)>,
    /// Bulk messages that could send, by turn.
    ready: [Turns<OutgoingId>; 2],
    /// Turns of the session itself.
    turn: [Option<u64>; 2],
}

impl Queues {
    fn add(&mut self, filed: &mut Filed, message: OutgoingId) {
        filed.order = self.tick();
        if filed.class == Class::Interactive {
            let lane = self.interactive.lanes.entry(filed.session).or_default();
            lane.queue.push(filed.order, (message, None));
        }
    }

    fn set(&mut self, filed: &mut Filed, message: OutgoingId, need: Option<Need>) {
        let clock = self.tick();
        let lanes = match filed.class {
            Class::Bulk => &mut self.bulk,
            Class::Interactive => &mut self.interactive,
        };
        let lane = lanes.lanes.entry(filed.session).or_default();
        match filed.class {
            Class::Bulk => {
                if let Some((old, turn)) = filed.turn.take() {
                    let ready = &mut lane.ready[old as usize];
                    // Said again: it keeps its turn.
                    if Some(old) == need && ready.get(turn) == Some(&message) {
                        filed.turn = Some((old, turn));
                        return;
                    }
                    ready.remove(turn);
                }
                if let Some(need) = need {
                    lane.ready[need as usize].push(clock, message);
                    filed.turn = Some((need, clock));
                }
            }
            Class::Interactive => {
                if let Some(entry) = lane.queue.get_mut(filed.order) {
                    entry.1 = need;
                }
            }
        }
        self.refresh(filed.session);
        self.drop_empty(filed.session);
    }

    fn remove(&mut self, filed: &Filed) {
        match filed.class {
            Class::Bulk => {
                if let (Some(lane), Some((need, turn))) =
                    (self.bulk.lanes.get_mut(&filed.session), filed.turn)
                {
                    lane.ready[need as usize].remove(turn);
                }
            }
            Class::Interactive => {
                if let Some(lane) = self.interactive.lanes.get_mut(&filed.session) {
                    lane.queue.remove(filed.order);
                }
            }
        }
        self.refresh(filed.session);
        self.drop_empty(filed.session);
    }

    fn hold(&mut self, session: SessionId, held: bool) {
        if held {
            self.held.insert(session);
        } else {
            self.held.remove(&session);
        }
        self.refresh(session);
    }

    fn is_ready(&self, room: bool) -> bool {
        self.interactive.is_ready(room) || self.bulk.is_ready(room)
    }

    fn is_session_ready(&self, session: SessionId, room: bool) -> bool {
        let ready = |lanes: &Lanes| lanes.lanes.get(&session).is_some_and(|lane| lane.is_ready(room));
        !self.held.contains(&session) && (ready(&self.interactive) || ready(&self.bulk))
    }

    fn peek(&self, room: bool, bulk_next: bool) -> Option<OutgoingId> {
        let lanes = if self.is_interactive_next(room, bulk_next) {
            &self.interactive
        } else {
            &self.bulk
        };
        let session = earliest(&lanes.turns, room)?;
        let lane = lanes.lanes.get(&session)?;
        let first = lane.queue.first().map(|(_, (message, _))| *message);
        first.or_else(|| earliest(&lane.ready, room))
    }

    fn next(&mut self, room: bool, bulk_next: &mut bool) -> Option<OutgoingId> {
        let interactive = self.is_interactive_next(room, *bulk_next);
        let lanes = if interactive {
            &mut self.interactive
        } else {
            &mut self.bulk
        };
        let (message, session) = lanes.next(room)?;
        *bulk_next = interactive;
        self.refresh(session);
        Some(message)
    }

    fn is_empty(&self) -> bool {
        self.held.is_empty() && self.interactive.lanes.is_empty() && self.bulk.lanes.is_empty()
    }

    fn is_interactive_next(&self, room: bool, bulk_next: bool) -> bool {
        self.interactive.is_ready(room) && !(bulk_next && self.bulk.is_ready(room))
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Gives a session turns according to what it could send.
    fn refresh(&mut self, session: SessionId) {
        let held = self.held.contains(&session);
        for lanes in [&mut self.interactive, &mut self.bulk] {
            let Some(lane) = lanes.lanes.get_mut(&session) else {
                continue;
            };
            for need in [Need::Nothing, Need::Room] {
                let turn = &mut lane.turn[need as usize];
                let offers = !held
                    && (!lane.ready[need as usize].is_empty()
                        || lane
                            .queue
                            .first()
                            .is_some_and(|(_, (_, first))| *first == Some(need)));
                match (*turn, offers) {
                    (None, true) => {
                        self.clock += 1;
                        lanes.turns[need as usize].push(self.clock, session);
                        *turn = Some(self.clock);
                    }
                    (Some(at), false) => {
                        lanes.turns[need as usize].remove(at);
                        *turn = None;
                    }
                    _ => {}
                }
            }
        }
    }

    /// Gives up the lanes of a session that has no messages in them. Not as soon as one is taken to send a chunk:
    /// mostly it will be back.
    fn drop_empty(&mut self, session: SessionId) {
        for lanes in [&mut self.interactive, &mut self.bulk] {
            if lanes.lanes.get(&session).is_some_and(Lane::is_empty) {
                lanes.lanes.remove(&session);
            }
        }
    }
}

impl Lanes {
    fn is_ready(&self, room: bool) -> bool {
        !self.turns[0].is_empty() || (room && !self.turns[1].is_empty())
    }

    /// Takes the message whose turn it is out of its lane, and the turns of the session with it.
    fn next(&mut self, room: bool) -> Option<(OutgoingId, SessionId)> {
        let session = earliest(&self.turns, room)?;
        let lane = self.lanes.get_mut(&session)?;
        for (turns, turn) in self.turns.iter_mut().zip(&mut lane.turn) {
            if let Some(turn) = turn.take() {
                turns.remove(turn);
            }
        }
        if let Some((message, need)) = lane.queue.first_mut() {
            *need = None;
            return Some((*message, session));
        }
        let message = earliest(&lane.ready, room)?;
        for ready in &mut lane.ready {
            if ready.first().is_some_and(|(_, first)| *first == message) {
                ready.pop_first();
            }
        }
        Some((message, session))
    }
}

impl Lane {
    fn is_ready(&self, room: bool) -> bool {
        let allowed = |need: Option<Need>| need.is_some_and(|need| need == Need::Nothing || room);
        self.queue.first().is_some_and(|(_, (_, need))| allowed(*need))
            || !self.ready[0].is_empty()
            || (room && !self.ready[1].is_empty())
    }

    fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.ready.iter().all(Turns::is_empty)
    }
}

/// What has the earliest turn, of those that need no room, and of the others if there is room.
fn earliest<T: Copy>(turns: &[Turns<T>; 2], room: bool) -> Option<T> {
    let free = turns[0].first();
    let held = turns[1].first().filter(|_| room);
    match (free, held) {
        (Some((first, value)), Some((second, other))) => Some(*if first < second { value } else { other }),
        (found, None) | (None, found) => found.map(|(_, value)| *value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::Slots;

    struct Bench {
        scheduler: Scheduler,
        keys: Slots<()>,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                scheduler: Scheduler::default(),
                keys: Slots::new(),
            }
        }

        fn session(&mut self) -> SessionId {
            SessionId(self.keys.insert(()))
        }

        fn message(&mut self, session: SessionId, class: Class, need: Option<Need>) -> (OutgoingId, Filed) {
            let id = OutgoingId(self.keys.insert(()));
            let mut filed = Filed::new(session, class);
            self.scheduler.add(&mut filed, id);
            self.scheduler.set(&mut filed, id, need);
            (id, filed)
        }

        /// Sends a chunk of the next message, which goes on.
        fn next(&mut self, room: bool, all: &mut [(OutgoingId, Filed)]) -> Option<OutgoingId> {
            let id = self.scheduler.next(room)?;
            let (_, filed) = all.iter_mut().find(|(other, _)| *other == id).unwrap();
            self.scheduler.set(filed, id, Some(Need::Room));
            Some(id)
        }
    }

    #[test]
    fn interactive_messages_keep_their_order_and_alternate_with_bulk() {
        let mut bench = Bench::new();
        let session = bench.session();
        let bulk = bench.message(session, Class::Bulk, Some(Need::Nothing));
        let first = bench.message(session, Class::Interactive, Some(Need::Nothing));
        let second = bench.message(session, Class::Interactive, Some(Need::Nothing));
        let mut all = [bulk, first, second];
        let mut order = Vec::new();
        for _ in 0..4 {
            order.push(bench.next(true, &mut all).unwrap());
        }
        assert_eq!(order, [first.0, bulk.0, first.0, bulk.0]);
        bench.scheduler.remove(&all[1].1);
        assert_eq!(bench.next(true, &mut all), Some(second.0));
    }

    #[test]
    fn sessions_and_bulk_messages_take_turns() {
        let mut bench = Bench::new();
        let (left, right) = (bench.session(), bench.session());
        let mut all = [
            bench.message(left, Class::Bulk, Some(Need::Nothing)),
            bench.message(left, Class::Bulk, Some(Need::Nothing)),
            bench.message(right, Class::Bulk, Some(Need::Nothing)),
        ];
        let [a, b, c] = all.map(|(id, _)| id);
        let order: Vec<_> = (0..8).map(|_| bench.next(true, &mut all).unwrap()).collect();
        assert_eq!(order, [a, c, b, c, a, c, b, c]);
    }

    #[test]
    fn without_room_only_what_needs_none_goes() {
        let mut bench = Bench::new();
        let session = bench.session();
        let waiting = bench.message(session, Class::Bulk, Some(Need::Room));
        let first = bench.message(session, Class::Bulk, Some(Need::Nothing));
        let mut all = [waiting, first];
        assert_eq!(bench.next(false, &mut all), Some(first.0));
        assert!(!bench.scheduler.is_ready(false) && bench.scheduler.is_ready(true));
        assert_eq!(bench.next(false, &mut all), None);
        assert_eq!(bench.next(true, &mut all), Some(waiting.0));
    }

    #[test]
    fn a_held_session_does_not_send() {
        let mut bench = Bench::new();
        let session = bench.session();
        bench.scheduler.hold(session, true);
        let mut all = [bench.message(session, Class::Interactive, Some(Need::Nothing))];
        assert!(!bench.scheduler.is_ready(true) && !bench.scheduler.is_session_ready(session, true));
        bench.scheduler.hold(session, false);
        assert!(bench.scheduler.is_session_ready(session, true));
        assert_eq!(bench.next(true, &mut all), Some(all[0].0));
    }

    #[test]
    fn nothing_is_kept_of_what_is_gone() {
        let mut bench = Bench::new();
        let session = bench.session();
        for class in [Class::Bulk, Class::Interactive] {
            let (_, filed) = bench.message(session, class, Some(Need::Room));
            bench.scheduler.remove(&filed);
        }
        assert!(!bench.scheduler.is_ready(true));
        bench.scheduler.release();
        assert!(bench.scheduler.queues.is_none());
    }
}
