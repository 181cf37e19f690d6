//! The room itself: who is in it, and who gets what. It does no input or output.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use msrp_cpim::chat::{ByUserAndHost, ChatRefusal, Participant, Switch, UriComparison as _, Verdict, read};
use msrp_cpim::{Address, Message};
use msrp_proto::{
    InboundRequest, MediaRanges, MediaType, Nickname, NicknameRefusal, NicknameTable, UseNickname,
};
use msrp_sdp::{Agreement, Chatroom};
use thiserror::Error;

use super::nickname::FoldedNicknames;

/// How many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sessions in the room. Default: 256.
    pub sessions: usize,
    /// Sessions of one user. Default: 8.
    pub sessions_of_user: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: 256,
            sessions_of_user: 8,
        }
    }
}

/// A session of a participant, as signalling has told of it.
#[derive(Clone, Debug)]
pub struct Joined {
    address: Address,
    /// `None`: the participant knows nothing of chat rooms.
    chatroom: Option<Chatroom>,
    /// `None`: nothing is said of what may be in wrappers.
    wrapped: Option<Arc<MediaRanges>>,
    /// Counts users: sessions of the same one have the same number.
    user: u64,
}

/// There is no room for one more session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoRoom {
    /// [`Limits::sessions`].
    #[error("the room is full")]
    Full,
    /// [`Limits::sessions_of_user`].
    #[error("too many sessions of one user")]
    User,
    /// The address is that of the room.
    #[error("that is the address of the room")]
    Taken,
}

/// A chat room: its participants, by their sessions `S`, their nicknames, and whom messages go to (RFC 7701 §6, §7).
///
/// A user is who has the same URI ([`ByUserAndHost`]), and may have several sessions.
#[derive(Debug)]
pub struct Room<S> {
    address: Address,
    switch: Switch,
    limits: Limits,
    sessions: BTreeMap<S, Joined>,
    nicknames: NicknameTable<u64, S, FoldedNicknames>,
    /// Of the next user.
    next: u64,
}

/// A session, as the switch asks about it.
#[derive(Debug)]
struct Entry<'a, S>(&'a S, &'a Joined);

impl<S> Participant for Entry<'_, S> {
    fn uris(&self) -> impl Iterator<Item = &str> {
        self.1.uris()
    }

    fn takes_private_messages(&self) -> bool {
        self.1.takes_private_messages()
    }
}

impl Participant for Joined {
    fn uris(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.address.uri())
    }

    fn takes_private_messages(&self) -> bool {
        self.chatroom
            .as_ref()
            .is_some_and(Chatroom::supports_private_messages)
    }
}

impl Joined {
    /// A session of who has that address, by what was agreed upon with it.
    pub fn new(address: Address, agreement: &Agreement, wrapped: Option<Arc<MediaRanges>>) -> Self {
        Self {
            address,
            chatroom: agreement.peer_chatroom().cloned(),
            wrapped,
            user: 0,
        }
    }

    /// Whose it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether the participant knows what a chat room is (RFC 7701 §8).
    pub fn is_aware(&self) -> bool {
        self.chatroom.is_some()
    }

    /// Whether content of that type may be sent to it in a wrapper, as far as is known.
    pub fn takes(&self, media_type: &MediaType) -> bool {
        self.wrapped
            .as_ref()
            .is_none_or(|wrapped| wrapped.accepts(media_type))
    }
}

impl<S: Ord + Clone> Room<S> {
    /// An empty room.
    pub fn new(address: Address, limits: Limits) -> Self {
        Self {
            switch: Switch::new(address.clone()),
            address,
            limits,
            sessions: BTreeMap::new(),
            nicknames: NicknameTable::with_profile(FoldedNicknames),
            next: 0,
        }
    }

    /// The address of the room.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What it supports and allows (RFC 7701 §8).
    pub fn chatroom() -> Chatroom {
        Chatroom::new().with_nickname().with_private_messages()
    }

    /// The sessions, and whose they are.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = (&S, &Joined)> {
        self.sessions.iter()
    }

    /// Whose a session is.
    pub fn session(&self, session: &S) -> Option<&Joined> {
        self.sessions.get(session)
    }

    /// By what name a session is known: its nickname.
    pub fn nickname(&self, session: &S) -> Option<&Nickname> {
        self.nicknames.nickname(session)
    }

    /// One session more.
    ///
    /// # Errors
    ///
    /// [`NoRoom`].
    pub fn join(&mut self, session: S, joined: Joined) -> Result<(), NoRoom> {
        if self.sessions.len() >= self.limits.sessions {
            return Err(NoRoom::Full);
        }
        let uri = joined.address.uri();
        if ByUserAndHost.is_same(uri, self.address.uri()) {
            return Err(NoRoom::Taken);
        }
        let same = |other: &&Joined| ByUserAndHost.is_same(uri, other.address.uri());
        let others: Vec<_> = self
            .sessions
            .values()
            .filter(same)
            .map(|other| other.user)
            .collect();
        if others.len() >= self.limits.sessions_of_user {
            return Err(NoRoom::User);
        }
        let user = match others.first() {
            Some(user) => *user,
            None => {
                self.next += 1;
                self.next
            }
        };
        self.sessions.insert(session, Joined { user, ..joined });
        Ok(())
    }

    /// A session has ended; its nickname is free, unless the user has it elsewhere, too.
    pub fn leave(&mut self, session: &S) -> Option<Joined> {
        self.nicknames.leave(session);
        self.sessions.remove(session)
    }

    /// Whom a message goes to that came on a session: all other sessions, or all of the one recipient (RFC 7701 §6.1,
    /// §6.2); but none that is known not to take what is in the wrapper. Its octets are to be passed on as they are.
    ///
    /// # Errors
    ///
    /// A [`ChatRefusal`], by which it is to be refused.
    pub fn recipients(
        &self,
        session: &S,
        content_type: Option<&MediaType>,
        body: &Bytes,
    ) -> Result<Vec<S>, ChatRefusal> {
        let message = read(content_type, body)?;
        let sender = self.sessions.get(session).ok_or(ChatRefusal::NotSender)?;
        let entries = self.sessions.iter().map(|(key, joined)| Entry(key, joined));
        let chosen: Vec<_> = match self.switch.check(&message, sender, entries)? {
            Verdict::Regular => {
                let others = self.sessions.iter().filter(|(key, _)| *key != session);
                others.map(|(key, joined)| Entry(key, joined)).collect()
            }
            Verdict::Private(sessions) => sessions,
        };
        let wrapped = content_of(&message);
        let takes = |entry: &Entry<'_, S>| entry.1.takes(&wrapped);
        let takers = chosen.into_iter().filter(takes);
        Ok(takers.map(|Entry(key, _)| key.clone()).collect())
    }

    /// Decides on a NICKNAME request that came on a session (RFC 7701 §7). What is granted is in effect.
    ///
    /// # Errors
    ///
    /// A [`NicknameRefusal`], by which it is to be refused.
    pub fn rename(&mut self, session: &S, request: &InboundRequest) -> Result<UseNickname, NicknameRefusal> {
        let user = self.sessions.get(session).ok_or(NicknameRefusal::Forbidden)?.user;
        self.nicknames.decide(user, session.clone(), request)
    }
}

fn content_of(message: &Message) -> MediaType {
    message.content().headers.media_type()
}
