//! Two people talk: what they type goes to the other side, and they see what becomes of it.

mod command;
mod conversation;
mod envelope;
mod hearing;
mod relaying;
mod said;
pub(crate) mod screen;
mod sending;
pub(crate) mod typed;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use msrp_cpim::Address;
use tokio::sync::Notify;

use self::conversation::Conversation;
use self::envelope::Envelope;
use self::relaying::Relaying;
use self::screen::Screen;
use crate::meet::{self, Input, Kind, LEAVING, Met, meet};
use crate::receiving::prepare;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// How to agree with the other side.
    pub meeting: meet::Options,
    /// Where files go.
    pub folder: PathBuf,
    /// Who the other side is told to be talking to, where it takes message/cpim.
    pub from: Option<Address>,
    /// Tells the other side neither when this one is composing, nor what was displayed.
    pub discreet: bool,
    /// Whether standard input and `output` are a terminal: keys are read as they are pressed, and the line that is typed
    /// stands below the others.
    pub terminal: bool,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer has confirmed everything, and all that it sent has arrived.
    Well,
    /// Something was not delivered or confirmed, or has not arrived whole, or the connection broke.
    Failed,
    /// It was interrupted.
    Interrupted,
}

/// Why there was no session, and nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Files cannot be stored in the folder.
    #[error("cannot store files in {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The two did not get together.
    #[error(transparent)]
    Meet(#[from] meet::Error),
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
}

/// Agrees with the other side, then sends what is typed, and shows what arrives and what becomes of what was sent.
/// `remark` gets what there is to say before.
///
/// It ends when the user or the peer leaves, or when it is interrupted. If the input ends that is no terminal, it ends
/// when all is confirmed, and nothing more arrives; without anything to send it stays until the peer leaves.
///
/// Needs a runtime of several threads: writing to disk blocks one of them.
///
/// # Errors
///
/// An [`Error`] if nothing was sent.
pub async fn run(
    options: &Options,
    output: &mut impl Write,
    mut remark: impl FnMut(fmt::Arguments<'_>),
) -> Result<Outcome, Error> {
    prepare(&options.folder).map_err(|source| Error::Folder {
        folder: options.folder.clone(),
        source,
    })?;
    let mut input = Input::default();
    let Met {
        endpoint,
        session,
        relayed,
        signalling,
        media,
    } = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        met = meet(&options.meeting, &mut input, output, &mut remark) => met?,
    };
    remark(format_args!(
        "each line that you type is sent; files go to {}; /help lists commands, /quit ends",
        options.folder.display()
    ));
    let own = options
        .from
        .clone()
        .unwrap_or_else(|| nobody(options.meeting.makes));
    let other = match options.meeting.makes {
        Kind::Offer => Kind::Answer,
        Kind::Answer => Kind::Offer,
    };
    let envelope = Envelope::new(own, nobody(other), &media);
    let (screen, typed) = match options.terminal {
        true => (Screen::terminal(output).map_err(Error::Output)?, typed::keys()),
        false => (Screen::plain(output), typed::lines()),
    };
    let relaying = Relaying::new(relayed, signalling);
    let conversation = Conversation::new(
        session,
        relaying,
        screen,
        envelope,
        options.folder.as_path().into(),
        options.discreet,
    );
    let outcome = conversation.run(typed, &options.interrupted).await;
    // The connection; what was not closed by then is dropped.
    let _ = endpoint.shutdown(LEAVING).await;
    outcome.map_err(Error::Output)
}

/// The address of somebody who has not given any: one that nobody has, since that of RFC 5438 for the anonymous gets no
/// notifications.
fn nobody(makes: Kind) -> Address {
    let uri = match makes {
        Kind::Offer => "im:offerer@chat.invalid",
        Kind::Answer => "im:answerer@chat.invalid",
    };
    Address::new(uri).expect("a URI")
}
