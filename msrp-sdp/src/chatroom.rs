//! `a=chatroom`: what a side supports in chat rooms (RFC 7701 §8).

use std::collections::BTreeSet;
use std::fmt;

use thiserror::Error;

use crate::{Deviation, Deviations, chars};

/// Why a chat room attribute cannot be built, or not be read strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChatroomError {
    /// An extension that is no token (RFC 3261 §25.1).
    #[error("not a token")]
    Token,
    /// An extension with a name that RFC 7701 defines.
    #[error("not an extension")]
    Defined,
    /// The extension is there already.
    #[error("repeated token")]
    Duplicate,
    /// A slip, for the strict parser.
    #[error("{0}")]
    Deviation(Deviation),
}

/// What a side supports, and its policy allows, in chat rooms: `nickname private-messages com.example.chat.foo`.
///
/// This is a declaration, not negotiated: an answer may say more or less than its offer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chatroom {
    nickname: bool,
    private_messages: bool,
    extensions: Vec<Box<str>>,
}

impl Chatroom {
    /// Support for chat rooms alone: the attribute without a value.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with support for nicknames (RFC 7701 §7).
    #[must_use]
    pub fn with_nickname(self) -> Self {
        Self {
            nickname: true,
            ..self
        }
    }

    /// The same with support for private messages (RFC 7701 §6.2).
    #[must_use]
    pub fn with_private_messages(self) -> Self {
        Self {
            private_messages: true,
            ..self
        }
    }

    /// The same with an extension: a token of another specification, or one that begins with a domain name in
    /// reverse, such as `com.example.chat.foo`.
    ///
    /// # Errors
    ///
    /// [`ChatroomError::Token`], [`ChatroomError::Defined`] or [`ChatroomError::Duplicate`].
    pub fn with_extension(mut self, extension: &str) -> Result<Self, ChatroomError> {
        let extension = chars::sip_token(extension.as_bytes()).ok_or(ChatroomError::Token)?;
        if Defined::of(extension).is_some() {
            return Err(ChatroomError::Defined);
        }
        if self
            .extensions()
            .any(|known| known.eq_ignore_ascii_case(extension))
        {
            return Err(ChatroomError::Duplicate);
        }
        self.extensions.push(extension.into());
        Ok(self)
    }

    /// Reads the value of the attribute. If it has none, [`new`](Self::new) stands for it.
    ///
    /// Never fails: what is not understood has no meaning here, and what is no token at all is left out.
    pub fn parse(value: &[u8]) -> Self {
        Self::parse_with_deviations(value).0
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    pub fn parse_with_deviations(value: &[u8]) -> (Self, Deviations) {
        let mut chatroom = Self::new();
        let mut deviations = Deviations::default();
        let mut extensions = BTreeSet::new();
        let value = deviations.trim(value);
        if value.is_empty() {
            deviations.insert(Deviation::EmptyValue);
        }
        for text in value.split(|&octet| octet == b' ').filter(|_| !value.is_empty()) {
            let Some(token) = chars::sip_token(text) else {
                deviations.insert(match text {
                    [] => Deviation::Blank,
                    _ => Deviation::BadToken,
                });
                continue;
            };
            let is_new = match Defined::of(token) {
                Some(defined) => {
                    if defined == Defined::Nicknames {
                        deviations.insert(Deviation::Alias);
                    }
                    let flag = match defined {
                        Defined::Nickname | Defined::Nicknames => &mut chatroom.nickname,
                        Defined::PrivateMessages => &mut chatroom.private_messages,
                    };
                    !std::mem::replace(flag, true)
                }
                None => {
                    let is_new = extensions.insert(token.to_ascii_lowercase());
                    if is_new {
                        chatroom.extensions.push(token.into());
                    }
                    is_new
                }
            };
            if !is_new {
                deviations.insert(Deviation::Duplicate);
            }
        }
        (chatroom, deviations)
    }

    /// As [`parse`](Self::parse), and forgives nothing.
    ///
    /// # Errors
    ///
    /// [`ChatroomError::Deviation`].
    pub fn parse_strict(value: &[u8]) -> Result<Self, ChatroomError> {
        let (chatroom, deviations) = Self::parse_with_deviations(value);
        match deviations.first() {
            None => Ok(chatroom),
            Some(deviation) => Err(ChatroomError::Deviation(deviation)),
        }
    }

    /// Whether NICKNAME requests may be sent (RFC 7701 §7).
    pub const fn supports_nickname(&self) -> bool {
        self.nickname
    }

    /// Whether private messages may be sent (RFC 7701 §6.2).
    pub const fn supports_private_messages(&self) -> bool {
        self.private_messages
    }

    /// The other tokens, each once, as they were spelled.
    pub fn extensions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.extensions.iter().map(|extension| &**extension)
    }
}

/// The value of the attribute; empty if it is to be written without one.
impl fmt::Display for Chatroom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let defined = [
            (self.nickname, "nickname"),
            (self.private_messages, "private-messages"),
        ];
        let supported = defined
            .into_iter()
            .filter_map(|(supported, token)| supported.then_some(token));
        for (index, token) in supported.chain(self.extensions()).enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

/// The tokens of RFC 7701; the plural stands in its text alone (ruling S17).
#[derive(Clone, Copy, PartialEq)]
enum Defined {
    Nickname,
    Nicknames,
    PrivateMessages,
}

impl Defined {
    fn of(token: &str) -> Option<Self> {
        [
            (Self::Nickname, "nickname"),
            (Self::Nicknames, "nicknames"),
            (Self::PrivateMessages, "private-messages"),
        ]
        .into_iter()
        .find_map(|(defined, name)| token.eq_ignore_ascii_case(name).then_some(defined))
    }
}
