//! A session between two people, for what they have to send.

mod sending;
mod talk;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

use self::talk::Conversation;
use crate::meet::{self, Input, LEAVING, Met, meet};
use crate::receiving::prepare;
use crate::send;
use crate::send::item::items;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// How to agree with the other side.
    pub meeting: meet::Options,
    /// Where files go.
    pub folder: PathBuf,
    /// Texts to send, in order.
    pub texts: Vec<String>,
    /// Files to send, in order, after the texts.
    pub files: Vec<PathBuf>,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer has confirmed everything, and all that it sent has arrived.
    Well,
    /// Something was not delivered or confirmed, or has not arrived whole.
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
    /// What is to be sent cannot be read.
    #[error(transparent)]
    Send(#[from] send::Error),
    /// Standard input is for what is typed.
    #[error("standard input cannot be sent as a file: its lines are sent as texts")]
    StandardInput,
}

/// Agrees with the other side, then sends all there is, and what comes on standard input, line by line; shows what
/// arrives. `remark` gets what is not for the other side, and what was not delivered.
///
/// It ends when the peer leaves; when it is interrupted; or when the input has ended, all is confirmed, and nothing
/// more arrives. Without anything to send it is there to receive, and stays until the peer leaves.
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
    if options.files.iter().any(|path| path.as_os_str() == "-") {
        return Err(Error::StandardInput);
    }
    let items = items(&options.texts, &options.files, None)?;
    prepare(&options.folder).map_err(|source| Error::Folder {
        folder: options.folder.clone(),
        source,
    })?;
    let mut input = Input::default();
    let Met {
        endpoint, session, ..
    } = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        met = meet(&options.meeting, &mut input, output, &mut remark) => met?,
    };
    remark(format_args!(
        "each line that you type is sent; files go to {}; Ctrl-D or Ctrl-C ends",
        options.folder.display()
    ));
    let conversation = Conversation::begin(session, items, input, options);
    let outcome = conversation.run(output, &mut remark).await.map_err(Error::Output);
    // The connection; what was not closed by then is dropped.
    let _ = endpoint.shutdown(LEAVING).await;
    outcome
}
