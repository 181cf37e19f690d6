//! Agreeing again, in the files of the first offer and answer: relays give paths that end, and others in their place
//! (RFC 4976 §9.4).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use msrp_proto::RelayPath;
use msrp_sdp::{Agreement, Description, NegotiationError};
use tokio::time::{Instant, sleep_until};

use super::exchange::{LOOK, read, until_empty_line, write};
use super::own::Party;
use super::{Error, Kind};

/// The offers and answers that follow the first.
pub(crate) struct Signalling {
    /// What this side has made at first: where both offer at once, the offer of who did so then counts.
    makes: Kind,
    party: Party,
    /// What this side has written last.
    said: Description,
    /// It is an offer that has no answer yet.
    is_offered: bool,
    ours: PathBuf,
    theirs: PathBuf,
    /// When the file of the other side was written that has been read.
    seen: Option<SystemTime>,
    /// When to look again whether it has been written.
    look: Instant,
}

impl Signalling {
    pub(super) fn new(makes: Kind, party: Party, said: Description, ours: &Path, theirs: &Path) -> Self {
        Self {
            makes,
            party,
            said,
            is_offered: false,
            ours: ours.into(),
            theirs: theirs.into(),
            seen: written_at(theirs),
            look: Instant::now() + LOOK,
        }
    }

    /// Offers the path that the relays have given last.
    ///
    /// # Errors
    ///
    /// An [`Error`], and the other side knows nothing of it.
    pub(crate) fn offer(&mut self, path: RelayPath) -> Result<(), Error> {
        self.party.session = self.party.session.with_relays(path)?;
        let offer = self.party.offer();
        self.is_offered = true;
        self.say(offer)
    }

    /// Waits until both sides have agreed again, and answers if the other side offers.
    ///
    /// # Errors
    ///
    /// An [`Error`] about what the other side has written; what was agreed upon before stays.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and nothing is lost.
    pub(crate) async fn next(&mut self) -> Result<Agreement, Error> {
        loop {
            sleep_until(self.look).await;
            self.look = Instant::now() + LOOK;
            let written = written_at(&self.theirs);
            if written.is_none() || written == self.seen {
                continue;
            }
            self.seen = written;
            let octets = read(&self.theirs).map_err(|source| Error::Read {
                path: self.theirs.clone(),
                source,
            })?;
            let kind = match self.is_offered {
                true => Kind::Answer,
                false => Kind::Offer,
            };
            let said = Description::parse(until_empty_line(&octets))
                .map_err(|source| Error::Unreadable { kind, source })?;
            if let Some(agreement) = self.on_description(&said)? {
                return Ok(agreement);
            }
        }
    }

    fn on_description(&mut self, theirs: &Description) -> Result<Option<Agreement>, Error> {
        if self.is_offered {
            match (self.party.accepted(theirs), self.makes) {
                (Ok((_, agreement)), _) => {
                    self.is_offered = false;
                    return Ok(Some(agreement));
                }
                // It is an offer, made before the other side has seen this one.
                (Err(Error::Negotiation(NegotiationError::ActpassAnswered)), Kind::Offer) => return Ok(None),
                (Err(Error::Negotiation(NegotiationError::ActpassAnswered)), Kind::Answer) => {}
                (Err(error), _) => return Err(error),
            }
        }
        let (answer, _, agreement) = self.party.answer(theirs)?;
        self.is_offered = false;
        self.say(answer)?;
        Ok(Some(agreement))
    }

    fn say(&mut self, description: Description) -> Result<(), Error> {
        let description = description.revises(&self.said);
        write(&self.ours, &description.to_bytes()).map_err(|source| Error::Write {
            path: self.ours.clone(),
            source,
        })?;
        self.said = description;
        Ok(())
    }
}

/// An answer may be the same as the one before. Each is a file of its own that takes the place of the last.
fn written_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
