//! Runs a room.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use msrp_cpim::Address;
use tokio::sync::Notify;

use super::server::{Leave, Occurrence, Server, ServerError, ServerOptions};
use super::state::Limits;
use crate::reach::{NotAHost, reached_by};
use crate::terminal::harmless;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// Where to wait for those who join.
    pub bind: SocketAddr,
    /// The port for their MSRP connections; 0 is any that is free.
    pub media_port: u16,
    /// The host name or address that participants reach this machine by; by default the address.
    pub name: Option<String>,
    /// The address of the room; by default one made of the host.
    pub address: Option<Address>,
    /// Without TLS.
    pub plain: bool,
    /// Sessions in the room at most.
    pub sessions: usize,
    /// Octets of a message at most.
    pub max_size: u64,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// Why there is no room, or no more of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given as a name is neither a host name nor an address.
    #[error("--name: neither a host name nor an address")]
    Name,
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
    /// There is no room.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Runs a room until it is interrupted. The first line of the output is where to join; then it tells who comes and goes.
/// `remark` gets what is for whoever has started it.
///
/// # Errors
///
/// An [`Error`] if there is no room, or nothing can be told any more.
pub async fn run(
    options: &Options,
    output: &mut impl Write,
    mut remark: impl FnMut(fmt::Arguments<'_>),
) -> Result<(), Error> {
    let name = options.name.as_deref();
    let (host, reachable) = reached_by(options.bind.ip(), name).map_err(|NotAHost| Error::Name)?;
    let address = match &options.address {
        Some(address) => address.clone(),
        None => Address::new(&format!("sip:room@{host}")).map_err(|_| Error::Name)?,
    };
    let server = Server::bind(ServerOptions {
        signalling: options.bind,
        media: SocketAddr::new(options.bind.ip(), options.media_port),
        host: host.clone(),
        plain: options.plain,
        max_size: options.max_size,
        limits: Limits {
            sessions: options.sessions,
            ..Limits::default()
        },
        ..ServerOptions::new(address.clone(), options.bind.ip())
    })
    .await?;
    let at = format!("{host}:{}", server.signalling().port());
    say(output, &at).map_err(Error::Output)?;
    if !reachable {
        remark(format_args!("only this machine can join; see --bind and --name"));
    }
    let plain = if options.plain { " --plain" } else { "" };
    remark(format_args!(
        "this is {address}; to join: msrp join {at}{plain} --from URI"
    ));
    remark(format_args!(
        "nothing proves that somebody is who he says; Ctrl-C ends"
    ));
    let failed = Notify::new();
    let mut broken = None;
    let end = async {
        tokio::select! {
            () = options.interrupted.notified() => {}
            () = failed.notified() => {}
        }
    };
    server
        .run(end, |occurrence| {
            if broken.is_none()
                && let Err(error) = say(output, &in_words(&occurrence))
            {
                broken = Some(error);
                failed.notify_one();
            }
        })
        .await;
    match broken {
        Some(error) => Err(Error::Output(error)),
        None => Ok(()),
    }
}

fn in_words(occurrence: &Occurrence) -> String {
    let text = match occurrence {
        Occurrence::Joined(address) => format!("{address} has joined"),
        Occurrence::Left(address, leave) => {
            let how = match leave {
                Leave::Gone => "has left",
                Leave::NeverCame => "has not connected",
                Leave::Stalled => "was removed: it took nothing for too long",
                Leave::Unintelligible => "was removed: it sent what is not MSRP",
            };
            format!("{address} {how}")
        }
        Occurrence::Renamed(address, Some(nickname)) => format!("{address} is known as {nickname}"),
        Occurrence::Renamed(address, None) => format!("{address} has no nickname any more"),
        Occurrence::TurnedAway(from, why) => format!("{from} was turned away: {why}"),
    };
    harmless(&text)
}

fn say(output: &mut impl Write, line: &str) -> io::Result<()> {
    writeln!(output, "{line}")?;
    output.flush()
}
