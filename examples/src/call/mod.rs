//! A session between two people who have any way to hand each other an offer and an answer.

mod exchange;
mod input;
mod own;
mod sending;
mod talk;

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::wire::StatusCode;
use msrp_sdp::{
    Action, CertificateError, DescriptionError, LocalError, MediaError, NegotiationError, Refusal,
};
use rustls::RootCertStore;
use tokio::sync::Notify;

use self::exchange::{give, take};
use self::input::Input;
use self::own::{Own, address_of};
use self::talk::{Conversation, LEAVING, bound};
use crate::receiving::prepare;
use crate::send;
use crate::send::item::items;
use crate::tls::{IdentityError, TlsError};
use crate::tokio_driver::{Call, CallError, ConnectErrorReason, Endpoint, Session};

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// What this side makes; it takes the other.
    pub makes: Kind,
    /// Where to listen; by default at any port of an address by which the other side is likely to reach this one.
    pub bind: Option<SocketAddr>,
    /// The host to write into the description; by default the address.
    pub name: Option<String>,
    /// Without TLS.
    pub plain: bool,
    /// Nobody can connect here.
    pub behind_nat: bool,
    /// The file to write the own description to; by default it is printed.
    pub ours: Option<PathBuf>,
    /// The file that the description of the other side will be in; by default it is pasted.
    pub theirs: Option<PathBuf>,
    /// Where files go.
    pub folder: PathBuf,
    /// Texts to send, in order.
    pub texts: Vec<String>,
    /// Files to send, in order, after the texts.
    pub files: Vec<PathBuf>,
    /// How long to wait for the file of the other side, and for it to connect.
    pub wait: Duration,
    /// Whether somebody is there to be asked: standard input is a terminal.
    pub interactive: bool,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// The two descriptions of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first.
    Offer,
    /// The second.
    Answer,
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
    /// The address is not to be had.
    #[error("cannot listen at {address}{}", in_use(.source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The own certificate has no fingerprint.
    #[error("no fingerprint of the own certificate")]
    Certificate(#[from] CertificateError),
    /// This side could not connect.
    #[error("cannot connect to the other side")]
    Connect(#[source] ConnectErrorReason),
    /// There was no connection for another reason.
    #[error("no session with the other side")]
    Call(#[source] CallError),
    /// The peer has connected or was connected to, and is not whom its description says.
    #[error(
        "the other side is not who its description says: somebody is between, or the description was changed on its way"
    )]
    Fingerprint(#[source] TlsError),
    /// The peer has found that of this side.
    #[error(
        "the other side does not take the certificate of this one: somebody is between, or the description was changed on its way"
    )]
    Distrusted(#[source] TlsError),
    /// The file that the other side is to write is there before it can be.
    #[error("{} is there already, and would be taken for the answer: remove it, or name another file", .0.display())]
    Early(PathBuf),
    /// Files cannot be stored in the folder.
    #[error("cannot store files in {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No certificate could be made.
    #[error("no certificate")]
    Identity(#[from] IdentityError),
    /// Standard input cannot be read.
    #[error("cannot read standard input")]
    Input(#[source] io::Error),
    /// The description of this side cannot be made.
    #[error("no session can be described")]
    Local(#[from] LocalError),
    /// The connection ended before the peer has shown that it knows the session.
    #[error(
        "the other side has ended the connection before the session began: was the description of this side changed on its way?"
    )]
    Lost,
    /// What was given as a name is neither a host name nor an address.
    #[error("--name: neither a host name nor an address")]
    Name,
    /// The answer does not fit the offer.
    #[error("the answer does not fit the offer{}", mismatch(.0))]
    Negotiation(#[from] NegotiationError),
    /// There is no MSRP in the description.
    #[error("the {0} has no MSRP section")]
    NoMsrp(Kind),
    /// The file of the other side has not come.
    #[error("no {kind} in {} within {waited} s", path.display())]
    NotThere {
        /// Which.
        kind: Kind,
        /// Where it was looked for.
        path: PathBuf,
        /// Seconds.
        waited: u64,
    },
    /// Nothing was pasted.
    #[error("no {0} was given on standard input")]
    Nothing(Kind),
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
    /// The answer is the offer.
    #[error("that is the offer of this side, and not the answer to it")]
    Own,
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The answer closes the section.
    #[error("the other side has refused: the answer closes the MSRP section")]
    Refused,
    /// The MSRP section cannot be read.
    #[error("the MSRP section of the {kind} cannot be read")]
    Section {
        /// Of which.
        kind: Kind,
        /// Why.
        source: MediaError,
    },
    /// What is to be sent cannot be read.
    #[error(transparent)]
    Send(#[from] send::Error),
    /// The peer does not answer the first request.
    #[error("connected, but the other side does not answer: has it got the answer?")]
    Silent,
    /// Standard input is for what is typed.
    #[error("standard input cannot be sent as a file: its lines are sent as texts")]
    StandardInput,
    /// The peer knows no such session.
    #[error("connected, but the other side has refused the session ({0})")]
    Unknown(StatusCode),
    /// The offer cannot be answered.
    #[error("the offer cannot be answered{}", refused(.0))]
    Unacceptable(#[source] Refusal),
    /// What was given is no session description.
    #[error("the {kind} cannot be read")]
    Unreadable {
        /// Which.
        kind: Kind,
        /// Why.
        source: DescriptionError,
    },
    /// It takes what this program does not have.
    #[error("only connections over TCP and TLS can be made here")]
    Unsupported,
    /// The own description cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn in_use(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => " (another program does; --bind takes another port, or 0 for any)",
        _ => "",
    }
}

fn mismatch(error: &NegotiationError) -> &'static str {
    match error {
        NegotiationError::Security => " (is --plain on one side only?)",
        NegotiationError::ActpassAnswered | NegotiationError::BothConnect => " (is it another offer?)",
        _ => "",
    }
}

fn refused(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Security => " (is --plain on one side only?)",
        Refusal::CannotListen => " (--behind-nat on both sides: one has to be reachable)",
        _ => "",
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "offer",
            Self::Answer => "answer",
        })
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Peer(error) => Self::Fingerprint(error),
            CallError::Connect(error) => match error.reason {
                ConnectErrorReason::Tls(error @ TlsError::Certificate) => Self::Fingerprint(error),
                reason => Self::Connect(reason),
            },
            error => Self::Call(error),
        }
    }
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
    let (endpoint, session) = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        met = meet(options, &mut input, output, &mut remark) => met?,
    };
    let conversation = Conversation::begin(session, items, input, options);
    let outcome = conversation.run(output, &mut remark).await.map_err(Error::Output);
    // The connection; what was not closed by then is dropped.
    let _ = endpoint.shutdown(LEAVING).await;
    outcome
}

/// From nothing to a session that both sides know.
async fn meet(
    options: &Options,
    input: &mut Input,
    output: &mut impl Write,
    remark: &mut impl FnMut(fmt::Arguments<'_>),
) -> Result<(Endpoint, Session), Error> {
    let (ours, theirs) = (options.ours.as_deref(), options.theirs.as_deref());
    let roots = Arc::new(RootCertStore::empty());
    let (own, mut session, agreement);
    match options.makes {
        Kind::Offer => {
            if let Some(path) = theirs.filter(|path| path.exists()) {
                return Err(Error::Early(path.into()));
            }
            own = Own::open(options, None, remark).await?;
            let call = Call::offer(&own.endpoint, &own.session).expect("its first session");
            give(Kind::Offer, &own.offer(), ours, output, remark)?;
            let answer = take(Kind::Answer, theirs, options.wait, input, remark).await?;
            agreement = own.accepted(&answer)?;
            announce(agreement.plan().action(), remark);
            session = call.establish(&agreement, &roots).await?;
        }
        Kind::Answer => {
            let offer = take(Kind::Offer, theirs, options.wait, input, remark).await?;
            own = Own::open(options, address_of(&offer), remark).await?;
            let (answer, agreed) = own.answer(&offer)?;
            agreement = agreed;
            let call = Call::answer(&own.endpoint, &agreement, &roots).expect("its first session");
            give(Kind::Answer, &answer, ours, output, remark)?;
            let connects = matches!(agreement.plan().action(), Action::Connect(_));
            if connects && (ours.is_none() || options.interactive) {
                remark(format_args!("then press Enter here: this side connects"));
                // At the end of the input there is nobody to wait for.
                let _ = input.line().await;
            }
            announce(agreement.plan().action(), remark);
            session = call.establish(&agreement, &roots).await?;
        }
    }
    if agreement.plan().target().is_some() {
        bound(&mut session).await?;
    }
    let with = session
        .peer_address()
        .map_or(String::new(), |address| format!(" to {address}"));
    let how = match agreement.plan().tls() {
        true => "TLS; the fingerprint of the other side is the one it gave",
        false => "TCP, readable on the way",
    };
    remark(format_args!("connected{with} over {how}"));
    remark(format_args!(
        "each line that you type is sent; files go to {}; Ctrl-D or Ctrl-C ends",
        options.folder.display()
    ));
    Ok((own.endpoint, session))
}

fn announce(action: &Action, remark: &mut impl FnMut(fmt::Arguments<'_>)) {
    match action {
        Action::Connect(target) => {
            let (host, port) = (target.host(), target.port());
            remark(format_args!(
                "connecting to {}, port {port}",
                crate::terminal::harmless(&host.to_string())
            ));
        }
        _ => remark(format_args!("waiting for the other side to connect")),
    }
}
