//! A session in the room, while it lasts.

use msrp_cpim::Address;
use msrp_proto::{ConnectionError, InboundRequest, Nickname, Refusal, Response, SessionEvent, UseNickname};

use super::{Key, Leave, Occurrence, Shared, State};
use crate::room::notice::{copy, notice};
use crate::room::outbox::{Done, Outgoing};
use crate::terminal::harmless;
use crate::tokio_driver::{News, Session};

/// So many participants are told to who joins, and how many more there are.
const MOST_TOLD: usize = 50;

/// For those who may not know where they are (RFC 7701 §11).
const EXPLANATION: &str = "This is a chat room: what you send to its address goes to all who are in it.";

impl Shared {
    /// Passes on what waits for a session, and decides on its nicknames, until it has ended. Messages are judged and
    /// passed on before they come here.
    pub(super) async fn attend(&self, mut session: Session, key: &Key, outgoing: Outgoing) {
        let Some(address) = self.state.greet(key) else {
            return;
        };
        self.tell(Occurrence::Joined(address.clone()));
        let room = self.options.address.clone();
        let notice = move |missed: u64| {
            let text = match missed {
                1 => "1 message was left out for you: your connection is too slow.".into(),
                _ => format!("{missed} messages were left out for you: your connection is too slow."),
            };
            notice(&room, &text).map(copy)
        };
        let sender = session.sender().clone();
        let mut sending = std::pin::pin!(outgoing.run(sender, self.options.patience, notice));
        let mut ending = self.ending.subscribe();
        let (mut sent, mut stalled, mut closing) = (false, false, false);
        loop {
            tokio::select! {
                _ = ending.wait_for(|ending| *ending), if !closing => {
                    closing = true;
                    session.close();
                }
                done = &mut sending, if !sent => {
                    sent = true;
                    if done == Done::Stalled {
                        stalled = true;
                        session.sender().abort();
                    }
                }
                news = session.next() => match news {
                    Some(News::Session(SessionEvent::Requested(request))) => {
                        self.on_nickname(&session, key, request);
                    }
                    // Longer than the room takes.
                    Some(News::Incoming(id, _)) => session.sender().reject(id, Refusal::STOP_SENDING),
                    Some(_) => {}
                    None => break,
                },
            }
        }
        let leave = match session.lost().map(|lost| lost.reason) {
            _ if stalled => Leave::Stalled,
            Some(ConnectionError::Framing(_)) => Leave::Unintelligible,
            _ => Leave::Gone,
        };
        let name = self.state.name(key);
        self.unseat(key);
        if !closing {
            let how = match leave {
                Leave::Stalled => "was removed: it took nothing for too long",
                _ => "has left",
            };
            self.state
                .say_to_others(key, &format!("{} {how}.", in_full(&address, name.as_ref())));
        }
        self.tell(Occurrence::Left(address, leave));
    }

    fn on_nickname(&self, session: &Session, key: &Key, request: InboundRequest) {
        let (decided, address, before) = {
            let mut seats = self.state.seats();
            let before = seats.room.nickname(key).cloned();
            let address = seats.room.session(key).map(|joined| joined.address().clone());
            (seats.room.rename(key, &request), address, before)
        };
        let response = match &decided {
            Ok(_) => Some(Response::OK),
            Err(refusal) => refusal.to_response(),
        };
        if let Some(response) = response {
            session.sender().respond(request, response);
        }
        let (Ok(wanted), Some(address)) = (decided, address) else {
            return;
        };
        let now = match wanted {
            UseNickname::Take(nickname) => Some(nickname),
            UseNickname::Remove => None,
        };
        if now == before {
            return;
        }
        let who = in_full(&address, before.as_ref());
        let text = match &now {
            Some(nickname) => format!("{who} is now known as {}.", harmless(nickname.as_str())),
            None => format!("{who} has given up the nickname."),
        };
        self.state.say_to_others(key, &text);
        self.tell(Occurrence::Renamed(address, now));
    }
}

impl State {
    /// Tells the others who has come, and who has come of the others.
    fn greet(&self, key: &Key) -> Option<Address> {
        let (address, is_aware, others) = {
            let mut seats = self.seats();
            let joined = seats.room.session(key)?;
            let (address, is_aware) = (joined.address().clone(), joined.is_aware());
            let others = seats.here.iter().take(MOST_TOLD);
            let others = others.filter_map(|other| Some((other, seats.room.session(other)?)));
            let mut others: Vec<_> = others
                .map(|(other, joined)| in_full(joined.address(), seats.room.nickname(other)))
                .collect();
            let more = seats.here.len().saturating_sub(MOST_TOLD);
            seats.here.insert(key.clone());
            if more > 0 {
                others.push(format!("and {more} more"));
            }
            (address, is_aware, others)
        };
        if !is_aware {
            self.say_to(key, EXPLANATION);
        }
        let here = match others.as_slice() {
            [] => "Nobody else is here.".into(),
            others => format!("Here are: {}.", others.join(", ")),
        };
        self.say_to(key, &here);
        self.say_to_others(key, &format!("{} has joined.", in_full(&address, None)));
        Some(address)
    }

    fn name(&self, key: &Key) -> Option<Nickname> {
        self.seats().room.nickname(key).cloned()
    }
}

/// A participant by its name, if it has one, and its URI. Others have chosen both.
fn in_full(address: &Address, nickname: Option<&Nickname>) -> String {
    let name = nickname.map(Nickname::as_str).or(address.name());
    let uri = harmless(address.uri());
    match name {
        Some(name) => {
            let name: String = name.chars().take(64).collect();
            format!("{} <{uri}>", harmless(&name))
        }
        None => uri,
    }
}
