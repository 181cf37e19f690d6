//! Messages that are arriving.

use msrp_proto::wire::MessageId;
use msrp_proto::{
    Event, IncomingEvent, IncomingId, MessageHead, ReceiveFailure, Received, Refusal, SessionId,
};

use super::{Task, WHOLE};
use crate::tokio_driver::endpoint::session::{Arriving, News};

/// How many octets make it worth telling how far a message has come.
const WORTH_TELLING: u64 = 64 * 1024;

/// A message that is put together here, and not whole yet.
pub(super) struct Arrival {
    session: SessionId,
    message_id: MessageId,
    total: Option<u64>,
    /// Octets that the application was told of.
    told: u64,
}

impl Task {
    /// Puts a message together, and tells how far it has come. Also sees the end of sessions.
    pub(super) fn assemble(&mut self, event: &mut Event) -> bool {
        let whole = self.inbox.on(self.driver.connection_mut(), event);
        let whole = whole.and_then(|message| self.judged(message));
        let is_whole = whole.is_some();
        if let Event::Incoming(id, event) = event {
            self.on_arrival(*id, event, is_whole);
        }
        if let Some(message) = whole {
            self.deliver(message.session, News::Message(message));
        }
        is_whole
    }

    /// A message that is not refused. Its response has not left yet.
    fn judged(&mut self, message: Received) -> Option<Received> {
        if let (Some(judge), Some(held)) = (&self.place.shared.judge, self.sessions.get(&message.session))
            && let Err(refusal) = judge.judge(&held.local, &message)
        {
            // In vain only if its sender does not want to hear of it.
            let _ = self.driver.connection_mut().fail(message.receipt, refusal);
            return None;
        }
        Some(message)
    }

    fn on_arrival(&mut self, id: IncomingId, event: &IncomingEvent, is_whole: bool) {
        match event {
            IncomingEvent::Started { session, head } if !head.is_duplicate() => {
                if let Some(message_id) = head.message_id() {
                    let total = head.total();
                    self.arriving
                        .insert(id, Arrival::new(*session, message_id, total));
                }
            }
            IncomingEvent::Resumed {
                session, message_id, ..
            } => {
                let arrival = Arrival::new(*session, message_id.clone(), None);
                self.arriving.insert(id, arrival);
            }
            IncomingEvent::Data { .. } => {
                let message = self.driver.connection_mut().incoming(id);
                if let (Some(message), Some(arrival)) = (message, self.arriving.get_mut(&id))
                    && let Some(arriving) = arrival.worth_telling(message.received())
                    // It only informs, and more of it will come: not worth stopping for.
                    && self.backlog.is_empty()
                    && let Some(held) = self.sessions.get(&arrival.session)
                    && held.news.try_send(News::Arriving(id, arriving)).is_ok()
                {
                    arrival.told = message.received();
                }
            }
            IncomingEvent::Finished { .. } | IncomingEvent::Aborted(_) => {
                let Some(arrival) = self.arriving.remove(&id).filter(|arrival| arrival.told > 0) else {
                    return;
                };
                let why = match event {
                    IncomingEvent::Aborted(why) => *why,
                    _ if is_whole => return,
                    // It had got too long when it was complete, or was refused.
                    _ => ReceiveFailure::Refused(Refusal::STOP_SENDING.status()),
                };
                let ended = News::Incoming(id, IncomingEvent::Aborted(why));
                self.deliver(arrival.session, ended);
            }
            _ => {}
        }
    }

    pub(super) fn on_incoming(&mut self, id: IncomingId, event: IncomingEvent) {
        if let IncomingEvent::Started { session, .. } = event
            && self
                .sessions
                .get(&session)
                .is_none_or(|held| held.news.is_closed())
        {
            // Nobody would ever see it.
            if let Some(message) = self.driver.connection_mut().incoming(id) {
                message.reject(Refusal::STOP_SENDING);
            }
        }
        let Some(session) = self.streamed.get(&id).copied() else {
            return;
        };
        if matches!(event, IncomingEvent::Finished { .. } | IncomingEvent::Aborted(_)) {
            self.streamed.remove(&id);
        }
        self.deliver(session, News::Incoming(id, event));
    }

    /// Whether an event is about a message that goes to the application piece by piece.
    pub(super) fn is_streamed(&mut self, event: &Event) -> bool {
        let Event::Incoming(id, event) = event else {
            return false;
        };
        let all = self.place.shared.streamed;
        let is_long = |head: &MessageHead| all || head.total().is_some_and(|total| total > WHOLE as u64);
        match event {
            IncomingEvent::Started { session, head } if is_long(head) => {
                self.streamed.insert(*id, *session);
                true
            }
            // It was not put together before either.
            IncomingEvent::Resumed {
                session, body: None, ..
            } => {
                self.streamed.insert(*id, *session);
                true
            }
            _ => self.streamed.contains_key(id),
        }
    }
}

impl Arrival {
    fn new(session: SessionId, message_id: MessageId, total: Option<u64>) -> Self {
        Self {
            session,
            message_id,
            total,
            told: 0,
        }
    }

    fn worth_telling(&self, received: u64) -> Option<Arriving> {
        (received >= self.told.saturating_add(WORTH_TELLING)).then(|| Arriving {
            message_id: self.message_id.clone(),
            received,
            total: self.total,
        })
    }
}
