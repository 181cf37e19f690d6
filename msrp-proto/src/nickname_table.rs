//! Who has which nickname in a chat room (RFC 7701 §7).

use std::collections::{BTreeMap, BTreeSet};

use crate::nickname::{Nickname, NicknameRefusal, UseNickname};
use crate::request::InboundRequest;

/// By what nicknames are compared: those with the same prepared form are the same nickname.
///
/// RFC 7701 §7.1 asks for the nickname profile of PRECIS (RFC 7700), which takes tables of Unicode and folds
/// case and blanks; an implementation of it goes in here.
pub trait NicknameProfile {
    /// The form that is compared; `None` if the profile does not allow the nickname, which is answered with 424.
    fn prepare(&self, nickname: &Nickname) -> Option<String>;
}

/// Nicknames are the same if all their octets are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactNicknames;

impl NicknameProfile for ExactNicknames {
    fn prepare(&self, nickname: &Nickname) -> Option<String> {
        Some(nickname.as_str().to_owned())
    }
}

/// The nicknames of a chat room, for a switch. It decides on requests, and knows neither connections nor time.
///
/// `U` is a user, by whatever identifies one (mostly the SIP address-of-record); `S` a session of a user, by
/// whatever the application tells its sessions apart over all connections. A user may have the same nickname, or
/// different ones, on several sessions, each by a request of its own.
///
/// ```
/// # use msrp_proto::{
/// #     Connection, InboundRequest, NicknameTable, RespondError, Response, SessionId,
/// # };
/// # fn answer(
/// #     connection: &mut Connection,
/// #     nicknames: &mut NicknameTable<String, SessionId>,
/// #     (user, session): (String, SessionId),
/// #     request: InboundRequest,
/// # ) -> Result<(), Box<RespondError>> {
/// let response = match nicknames.decide(user, session, &request) {
///     Ok(_) => Response::OK,
///     Err(refusal) => refusal.to_response().expect("no 408"),
/// };
/// connection.respond(request, response)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct NicknameTable<U, S, P = ExactNicknames> {
    profile: P,
    forbidden: bool,
    /// In their prepared form, as all that follows.
    reserved: BTreeSet<String>,
    /// Who has a nickname, and on how many sessions.
    holders: BTreeMap<String, (U, usize)>,
    sessions: BTreeMap<S, (String, Nickname)>,
}

impl<U: Eq, S: Ord> NicknameTable<U, S> {
    /// A room without nicknames so far, where they are compared octet by octet.
    pub fn new() -> Self {
        Self::with_profile(ExactNicknames)
    }
}

impl<U: Eq, S: Ord> Default for NicknameTable<U, S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: Eq, S: Ord, P: NicknameProfile> NicknameTable<U, S, P> {
    /// A room without nicknames so far, where they are compared by that profile.
    pub fn with_profile(profile: P) -> Self {
        Self {
            profile,
            forbidden: false,
            reserved: BTreeSet::new(),
            holders: BTreeMap::new(),
            sessions: BTreeMap::new(),
        }
    }

    /// Whether the policy of the room allows nicknames. Otherwise every request is answered with 403; nicknames that
    /// users have stay. Default: yes.
    pub fn allow(&mut self, allowed: bool) {
        self.forbidden = !allowed;
    }

    /// Nobody may take that nickname from now on. Who has it keeps it.
    pub fn reserve(&mut self, word: &Nickname) {
        // What cannot be prepared is not to be had anyway.
        self.reserved.extend(self.profile.prepare(word));
    }

    /// Decides on a NICKNAME request. If it is granted, it is in effect, as the 200 tells that is to follow at once;
    /// if not, the session keeps the nickname it has (RFC 7701 §7.2).
    ///
    /// # Errors
    ///
    /// What the request is to be answered with: 403 if the room has no nicknames, 400 or 424 if the request cannot be
    /// read ([`UseNickname::of`]) or the profile does not allow the nickname, 425 if it is reserved, or another
    /// user has it.
    pub fn decide(
        &mut self,
        user: U,
        session: S,
        request: &InboundRequest,
    ) -> Result<UseNickname, NicknameRefusal> {
        // The policy comes first (RFC 7701 §7.1).
        if self.forbidden {
            return Err(NicknameRefusal::Forbidden);
        }
        let wanted = UseNickname::of(request)?;
        self.take(user, session, &wanted)?;
        Ok(wanted)
    }

    /// As [`decide`](Self::decide), where it is known what is wanted.
    ///
    /// # Errors
    ///
    /// As [`decide`](Self::decide), but for 400.
    pub fn take(&mut self, user: U, session: S, wanted: &UseNickname) -> Result<(), NicknameRefusal> {
        if self.forbidden {
            return Err(NicknameRefusal::Forbidden);
        }
        let UseNickname::Take(nickname) = wanted else {
            self.leave(&session);
            return Ok(());
        };
        let prepared = self.profile.prepare(nickname);
        let prepared = prepared.ok_or(NicknameRefusal::Malformed)?;
        let holder = self.holders.get(&prepared);
        if holder.is_some_and(|(holder, _)| *holder != user) {
            return Err(NicknameRefusal::InUse);
        }
        let has_it = self
            .sessions
            .get(&session)
            .is_some_and(|(own, _)| *own == prepared);
        if self.reserved.contains(&prepared) && !has_it {
            return Err(NicknameRefusal::InUse);
        }
        self.leave(&session);
        self.holders.entry(prepared.clone()).or_insert((user, 0)).1 += 1;
        self.sessions.insert(session, (prepared, nickname.clone()));
        Ok(())
    }

    /// A session has ended, and with it its claim to a nickname.
    pub fn leave(&mut self, session: &S) {
        let Some((prepared, _)) = self.sessions.remove(session) else {
            return;
        };
        if let Some((_, sessions)) = self.holders.get_mut(&prepared) {
            *sessions = sessions.saturating_sub(1);
            if *sessions == 0 {
                self.holders.remove(&prepared);
            }
        }
    }

    /// The nickname of a session, as it was asked for.
    pub fn nickname(&self, session: &S) -> Option<&Nickname> {
        self.sessions.get(session).map(|(_, nickname)| nickname)
    }

    /// Who has a nickname.
    pub fn holder(&self, nickname: &Nickname) -> Option<&U> {
        let prepared = self.profile.prepare(nickname)?;
        self.holders.get(&prepared).map(|(user, _)| user)
    }
}
