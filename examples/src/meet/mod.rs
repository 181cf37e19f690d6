//! Two people who have any way to hand each other an offer and an answer get a session.

mod error;
mod exchange;
mod input;
mod own;
mod relay;
mod signalling;

use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use msrp_proto::{SessionEvent, SessionFailure};
use msrp_sdp::{Action, Media};

pub use self::error::Error;
pub(crate) use self::input::Input;
pub(crate) use self::own::BINDING;
pub use self::relay::Relay;
pub(crate) use self::relay::end;
pub(crate) use self::signalling::Signalling;

use self::exchange::{give, take};
use self::own::{Own, address_of};
use crate::terminal::harmless;
use crate::tokio_driver::{Endpoint, News, Relayed, Session};

/// How long to go on for an orderly end.
pub(crate) const LEAVING: Duration = Duration::from_secs(3);

/// How to agree, and where to be reached.
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
    /// A relay to go through (RFC 4976), so that nobody needs to connect here.
    pub relay: Option<Relay>,
    /// A file with the certificates of authorities, in PEM, by which relays are known: the own, and that of the peer.
    pub authorities: Option<PathBuf>,
    /// How long to wait for the file of the other side, and for it to connect.
    pub wait: Duration,
    /// Whether somebody is there to be asked: standard input is a terminal.
    pub interactive: bool,
}

/// The two descriptions of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first.
    Offer,
    /// The second.
    Answer,
}

/// What came of it.
pub(crate) struct Met {
    pub(crate) endpoint: Endpoint,
    pub(crate) session: Session,
    /// Behind a relay.
    pub(crate) relayed: Option<Relayed>,
    /// To agree again, where a relay may make it necessary, and the exchange allows.
    pub(crate) signalling: Option<Signalling>,
    /// What the other side says of itself.
    pub(crate) media: Media,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "offer",
            Self::Answer => "answer",
        })
    }
}

/// From nothing to a session that both sides know.
///
/// # Errors
///
/// An [`Error`]; nothing was sent.
pub(crate) async fn meet(
    options: &Options,
    input: &mut Input,
    output: &mut impl Write,
    remark: &mut impl FnMut(fmt::Arguments<'_>),
) -> Result<Met, Error> {
    let (ours, theirs) = (options.ours.as_deref(), options.theirs.as_deref());
    let (own, said, mut session, media, agreement);
    match options.makes {
        Kind::Offer => {
            if let Some(path) = theirs.filter(|path| path.exists()) {
                return Err(Error::Early(path.into()));
            }
            own = Own::open(options, None, remark).await?;
            let call = own.offered().await?;
            said = own.party.offer();
            give(Kind::Offer, &said, ours, output, remark)?;
            let answer = take(Kind::Answer, theirs, options.wait, input, remark).await?;
            (media, agreement) = own.party.accepted(&answer)?;
            announce(agreement.plan().action(), remark);
            session = call.establish(&agreement, &own.roots).await?;
        }
        Kind::Answer => {
            let offer = take(Kind::Offer, theirs, options.wait, input, remark).await?;
            own = Own::open(options, address_of(&offer), remark).await?;
            (said, media, agreement) = own.party.answer(&offer)?;
            let call = own.answered(&agreement).await?;
            give(Kind::Answer, &said, ours, output, remark)?;
            let connects = matches!(agreement.plan().action(), Action::Connect(_));
            if connects && (ours.is_none() || options.interactive) {
                remark(format_args!("then press Enter here: this side connects"));
                // At the end of the input there is nobody to wait for.
                let _ = input.line().await;
            }
            announce(agreement.plan().action(), remark);
            session = call.establish(&agreement, &own.roots).await?;
        }
    }
    if agreement.plan().target().is_some() {
        bound(&mut session).await?;
    }
    let with = session
        .peer_address()
        .map_or(String::new(), |address| format!(" to {address}"));
    let how = match (
        agreement.plan().tls(),
        own.relayed.is_some() || media.is_relayed(),
    ) {
        (true, true) => "TLS; relays are on the way, and can read what is said",
        (true, false) => "TLS; the fingerprint of the other side is the one it gave",
        (false, _) => "TCP, readable on the way",
    };
    remark(format_args!("connected{with} over {how}"));
    let signalling = match (ours, theirs) {
        (Some(ours), Some(theirs)) if own.relayed.is_some() || media.is_relayed() => {
            Some(Signalling::new(options.makes, own.party, said, ours, theirs))
        }
        _ => None,
    };
    Ok(Met {
        endpoint: own.endpoint,
        session,
        relayed: own.relayed,
        signalling,
        media,
    })
}

fn announce(action: &Action, remark: &mut impl FnMut(fmt::Arguments<'_>)) {
    match action {
        Action::Connect(target) => {
            let (host, port) = (target.host(), target.port());
            remark(format_args!(
                "connecting to {}, port {port}",
                harmless(&host.to_string())
            ));
        }
        Action::Relay(_) => remark(format_args!("reaching the other side through the relay")),
        _ => remark(format_args!("waiting for the other side to connect")),
    }
}

/// Waits until the peer has shown that it knows the session, for a side that has connected.
async fn bound(session: &mut Session) -> Result<(), Error> {
    loop {
        match session.next().await {
            Some(News::Session(SessionEvent::Bound)) => return Ok(()),
            Some(News::Session(SessionEvent::Unanswered)) => return Err(Error::Silent),
            Some(News::Session(SessionEvent::Failed(SessionFailure::Refused(status), _))) => {
                return Err(Error::Unknown(status));
            }
            Some(_) => {}
            None => {
                let lost = session.lost().and_then(|lost| lost.tls.clone());
                return Err(lost.map_or(Error::Lost, Error::Distrusted));
            }
        }
    }
}
