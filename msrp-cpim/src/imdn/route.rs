//! What those between sender and recipient do: the headers they put in, and the way of a notification back (RFC 5438
//! §8).

use std::ops::Range;

use bytes::Bytes;
use thiserror::Error;

use super::{NAMESPACE, request::PREFIX};
use crate::{Address, AddressError, CORE_NAMESPACE, Header, Message, ParseError};

/// Where a disposition notification goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Who is to get it.
    pub destination: Address,
    /// What is to be sent: the notification, without the IMDN-Route that has brought it here.
    pub message: Message,
}

/// These change the headers of a message, which only an intermediary of disposition notification may do (RFC 5438
/// §8). All lines but the one at issue stay octet for octet, and so does the content.
impl Message {
    /// The same for another recipient. Original-To tells whom it was for, unless it tells already (RFC 5438 §6.4).
    ///
    /// # Errors
    ///
    /// [`RouteError`] if the message does not have exactly one To.
    pub fn rewrite_to(&self, recipient: &Address) -> Result<Self, RouteError> {
        let mut all = self.lines().filter(|(header, _)| header.is(CORE_NAMESPACE, "To"));
        let (to, line) = all.next().ok_or(RouteError::MissingTo)?;
        if all.next().is_some() {
            return Err(RouteError::SeveralTo);
        }
        let original = to.address()?;
        let mut edits = vec![(line, format!("{}: {recipient}\r\n", to.full_name()))];
        if self.header(NAMESPACE, "Original-To").is_none() {
            let end = self.head_end();
            edits.push((end..end, self.last_line("Original-To", &original)));
        }
        self.edited(&edits)
    }

    /// The same with an IMDN-Record-Route before all others, so that notifications come by on their way back
    /// (RFC 5438 §6.5).
    ///
    /// # Errors
    ///
    /// [`RouteError::Parse`] if the headers become too large.
    pub fn with_record_route(&self, own: &Address) -> Result<Self, RouteError> {
        let mut lines = self.lines();
        let edit = match lines.find(|(header, _)| header.is(NAMESPACE, "IMDN-Record-Route")) {
            Some((top, line)) => (line.start..line.start, format!("{}: {own}\r\n", top.full_name())),
            None => {
                let end = self.head_end();
                (end..end, self.last_line("IMDN-Record-Route", own))
            }
        };
        self.edited(&[edit])
    }

    /// Where a disposition notification goes from here: the topmost IMDN-Route is taken away if its URI is that of
    /// `own`; then it goes to the topmost that is left, or if there is none to whom it is for (RFC 5438 §8).
    ///
    /// # Errors
    ///
    /// [`RouteError`] if the address that decides cannot be read, or there is none.
    pub fn next_hop(&self, own: &Address) -> Result<Hop, RouteError> {
        let mut lines = self.lines();
        let message = match lines.find(|(header, _)| header.is(NAMESPACE, "IMDN-Route")) {
            Some((top, line)) if top.address()?.uri() == own.uri() => {
                self.edited(&[(line, String::new())])?
            }
            _ => self.clone(),
        };
        let mut routes = message.imdn_routes();
        let destination = match routes.next() {
            Some(route) => route?,
            None => message.to().next().ok_or(RouteError::MissingTo)??,
        };
        drop(routes);
        Ok(Hop { destination, message })
    }

    fn head_end(&self) -> usize {
        self.lines().next_back().map_or(0, |(_, line)| line.end)
    }

    /// A header of disposition notification, to stand behind all others, if need be behind its namespace.
    fn last_line(&self, name: &str, address: &Address) -> String {
        let scope = self.final_scope();
        match scope.prefix_of(NAMESPACE) {
            Some(prefix) => format!("{prefix}.{name}: {address}\r\n"),
            None => {
                let prefix = scope.unused_prefix(PREFIX);
                format!("NS: {prefix} <{NAMESPACE}>\r\n{prefix}.{name}: {address}\r\n")
            }
        }
    }

    /// The message with other text at these places, which are in their order and do not overlap.
    fn edited(&self, edits: &[(Range<usize>, String)]) -> Result<Self, RouteError> {
        let octets = self.to_bytes();
        let added: usize = edits.iter().map(|(_, text)| text.len()).sum();
        let mut edited = Vec::with_capacity(octets.len() + added);
        let mut kept = 0;
        for (place, text) in edits {
            edited.extend_from_slice(octets.get(kept..place.start).unwrap_or_default());
            edited.extend_from_slice(text.as_bytes());
            kept = place.end;
        }
        edited.extend_from_slice(octets.get(kept..).unwrap_or_default());
        Ok(Self::parse(&Bytes::from(edited))?)
    }
}

impl Header {
    fn full_name(&self) -> String {
        match self.prefix() {
            Some(prefix) => format!("{prefix}.{}", self.name()),
            None => self.name().to_owned(),
        }
    }
}

/// Why a message cannot be routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RouteError {
    /// The address that matters cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// There is no To.
    #[error("no To")]
    MissingTo,
    /// The message would no longer be one, because there is too much in its headers.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// There are several To, of which one Original-To cannot tell.
    #[error("several To")]
    SeveralTo,
}
