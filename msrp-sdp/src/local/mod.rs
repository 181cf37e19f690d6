//! What this side is and wants of a session.

mod answer;
mod error;
mod session;

use std::net::IpAddr;
use std::sync::Arc;

use msrp_proto::wire::{HostName, MsrpUri, Scheme, SessionToken};
use msrp_proto::{Direction, Host, MediaRanges, RelayPath, TargetError};

pub use self::answer::{Answer, Refusal};
pub use self::error::LocalError;
pub use self::session::LocalSession;

use crate::{Chatroom, FileAttributes, Fingerprints, Ids, Label, accept_types};

/// The port that says that nobody listens (RFC 4145 §4.1, ruling R-57).
const DISCARD: u16 = 9;

/// What this side is and wants of one MSRP session: where it can be reached, how it is protected, what it takes.
///
/// [`open`](Local::open) draws the session's URI and checks that all fits together; offers and answers are made by what it
/// returns.
///
/// ```
/// use msrp_sdp::{Fingerprint, HashFunction, Ids, Local};
///
/// # let mut ids = Ids::seeded([1; 32]);
/// # let certificate = b"0\x030\x01\x00";
/// let fingerprints = Fingerprint::of(certificate, HashFunction::Sha256).into();
/// let session = Local::listening("2001:db8::3".parse::<std::net::IpAddr>()?, 7394)
///     .fingerprints(fingerprints) // of the certificate that will be shown
///     .max_size(1_000_000)
///     .open(&mut ids)?;
/// let offer = session.offer();
/// assert_eq!(offer.port(), 7394);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Local {
    host: Host,
    /// `None`: nobody can connect here.
    listener: Option<u16>,
    reachable: bool,
    carriage: Carriage,
    plain: bool,
    fingerprints: Fingerprints,
    by_name: bool,
    setup: bool,
    cema: bool,
    relays: Option<RelayPath>,
    accept_types: Arc<MediaRanges>,
    accept_wrapped_types: Option<Arc<MediaRanges>>,
    gateway: bool,
    max_size: Option<u64>,
    direction: Direction,
    label: Option<Label>,
    chatroom: Option<Chatroom>,
    room: bool,
    file: Option<FileAttributes>,
}

/// What carries the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carriage {
    Stream,
    WebSocket,
    DataChannel,
}

impl Local {
    /// A side that listens at `host` and `port`, where the peer can reach it: an address or name that stands in `c=` and
    /// in the path, and a port that accepts connections before the offer or answer leaves (RFC 6135 §4.2.2).
    ///
    /// It offers `setup:actpass`, and becomes passive where it may choose.
    pub fn listening(host: impl Into<Host>, port: u16) -> Self {
        Self::new(host.into(), Some(port), Carriage::Stream)
    }

    /// A side that cannot be connected to: it offers `setup:active`, with port 9. It cannot take an offer whose
    /// writer insists on connecting.
    pub fn connecting(host: impl Into<Host>) -> Self {
        Self::new(host.into(), None, Carriage::Stream)
    }

    /// A side that speaks MSRP over a secure WebSocket, and so through a relay only (RFC 7977 §5.1). `host` is a random
    /// name under `.invalid` where the address is not known, as in browsers ([`HostName::random_invalid`]).
    pub fn websocket(host: HostName) -> Self {
        Self::new(
            Host::Name(host),
            Some(MsrpUri::REGISTERED_PORT),
            Carriage::WebSocket,
        )
    }

    /// A session over a data channel of WebRTC (RFC 8873): see [`Channel`](crate::Channel). `host` and `port` are what stands
    /// in its URI, usually those of the `m=` and `c=` of the association; nobody connects there.
    ///
    /// It offers `setup:active`, or with [`reachable`](Local::reachable) `actpass`, which says not more than who sends first
    /// (RFC 8873 §4.5, §5.2). `setup` and `msrp-cema` are always written. There are no relays, no fingerprints, no label and
    /// no chat room: DTLS is below, and those attributes are not defined there (RFC 8873 §6, §9.3).
    pub fn data_channel(host: impl Into<Host>, port: u16) -> Self {
        Self::new(host.into(), Some(port), Carriage::DataChannel).reachable(false)
    }

    fn new(host: Host, listener: Option<u16>, carriage: Carriage) -> Self {
        Self {
            host,
            listener,
            reachable: listener.is_some(),
            carriage,
            plain: false,
            fingerprints: Fingerprints::default(),
            by_name: false,
            setup: true,
            cema: false,
            relays: None,
            accept_types: Arc::new(accept_types::default()),
            accept_wrapped_types: None,
            gateway: false,
            max_size: None,
            direction: Direction::SendRecv,
            label: None,
            chatroom: None,
            room: false,
            file: None,
        }
    }

    /// Without TLS: `msrp` and `TCP/MSRP`. Default: `msrps` and `TCP/TLS/MSRP` (RFC 6714 §7.2). WebSockets and data
    /// channels are never without: [`open`](Local::open) refuses it.
    pub fn plain(self) -> Self {
        Self { plain: true, ..self }
    }

    /// The fingerprints of the certificate that this side shows in TLS, whichever side connects (RFC 6135 §4.3,
    /// RFC 8122): [`Fingerprints::of`]. A certificate for each user, and others for anonymous sessions
    /// (RFC 4975 §14.4). Behind a relay there are none: it never sees SDP.
    pub fn fingerprints(self, fingerprints: Fingerprints) -> Self {
        Self { fingerprints, ..self }
    }

    /// Whether the certificate is issued by an authority that the peer knows, for `host`: then TLS needs no
    /// fingerprint. Default: no.
    pub fn by_name(self, by_name: bool) -> Self {
        Self { by_name, ..self }
    }

    /// Whether peers can really connect here: not behind a NAT, or the address comes from a NAT that maps without regard to
    /// the endpoint (RFC 6135 §4.2.2). Default for [`listening`](Local::listening): yes. If not, this side offers
    /// `setup:active` and is passive only where the peer leaves no choice. Behind a relay it does not matter.
    pub fn reachable(self, reachable: bool) -> Self {
        Self { reachable, ..self }
    }

    /// Whether the alternative connection model is used at all (RFC 6135). Default: yes. Without it no `setup` is
    /// written, the offerer connects and the answerer listens.
    pub fn setup(self, setup: bool) -> Self {
        Self { setup, ..self }
    }

    /// Whether middleboxes may anchor the connection by `c=` and `m=` (CEMA, RFC 6714). It implies `setup`. Default: no.
    /// It is for networks whose session border controllers do so; an endpoint with CEMA refuses offers of others whose
    /// `c=` and `m=` differ from their path.
    pub fn cema(self, cema: bool) -> Self {
        Self { cema, ..self }
    }

    /// The relays that this side is behind, as Use-Path listed them (RFC 4976).
    pub fn relays(self, relays: RelayPath) -> Self {
        Self {
            relays: Some(relays),
            ..self
        }
    }

    /// The types that this side takes, in order of preference. Default: `text/plain`, `message/cpim`, the multipart types
    /// that every endpoint has to take, and `*`, anything (RFC 4975 §8.6).
    pub fn accept_types(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accept_types: types.into(),
            ..self
        }
    }

    /// The types that this side takes inside containers only, besides those of
    /// [`accept_types`](Local::accept_types); entries that stand there too are left out (RFC 4975 §8.6).
    pub fn accept_wrapped_types(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accept_wrapped_types: Some(types.into()),
            ..self
        }
    }

    /// Whether this side is a gateway to another system of instant messages: `message/cpim` then stands first in
    /// `accept-types` (RFC 4975 §13). Default: no.
    pub fn gateway(self, gateway: bool) -> Self {
        Self { gateway, ..self }
    }

    /// The longest message wanted, in octets (RFC 4975 §8.6). Default: none is too long.
    pub fn max_size(self, octets: u64) -> Self {
        Self {
            max_size: Some(octets),
            ..self
        }
    }

    /// Which way messages are to flow. Default: both. An answer narrows it to what the offer allows.
    pub fn direction(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// The label of the stream (RFC 4574).
    pub fn label(self, label: Label) -> Self {
        Self {
            label: Some(label),
            ..self
        }
    }

    /// A session with a chat room, and what this side can do in one (RFC 7701 §8). `message/cpim` is then always
    /// accepted (RFC 7701 §5.2).
    pub fn chatroom(self, chatroom: Chatroom) -> Self {
        Self {
            chatroom: Some(chatroom),
            ..self
        }
    }

    /// The room's own side of such a session: as [`chatroom`](Local::chatroom), and nothing but `message/cpim` is
    /// accepted, whatever [`accept_types`](Local::accept_types) says (RFC 7701 §5.2). What may be in it is said by
    /// [`accept_wrapped_types`](Local::accept_wrapped_types).
    pub fn room(self, chatroom: Chatroom) -> Self {
        Self {
            room: true,
            ..self.chatroom(chatroom)
        }
    }

    /// A session that carries a file (RFC 5547), the way that `direction` says.
    pub fn file(self, file: FileAttributes, direction: Direction) -> Self {
        Self {
            file: Some(file),
            direction,
            ..self
        }
    }

    /// Draws the URI of the session, of 80 random bits (RFC 4975 §14.1), and puts all together.
    ///
    /// # Errors
    ///
    /// A [`LocalError`] that says what does not fit.
    pub fn open(self, ids: &mut Ids) -> Result<LocalSession, LocalError> {
        let token = SessionToken::random(|octets| ids.fill(octets));
        let uri = self.uri(token)?;
        LocalSession::new(self.checked()?, uri)
    }

    fn uri(&self, token: SessionToken) -> Result<MsrpUri, LocalError> {
        let scheme = if self.plain { Scheme::Msrp } else { Scheme::Msrps };
        let transport = match self.carriage {
            Carriage::Stream => "tcp",
            Carriage::WebSocket => "ws",
            Carriage::DataChannel => "dc",
        };
        let port = match self.listener {
            None => DISCARD,
            Some(0) => return Err(LocalError::Port),
            // Nobody connects to a data channel: 9 is what most associations have.
            Some(DISCARD) if self.carriage != Carriage::DataChannel => return Err(LocalError::Port),
            Some(port) => port,
        };
        Ok(MsrpUri::build(scheme, &self.host)
            .port(port)
            .transport(transport)
            .session_id(token)
            .finish()?)
    }

    fn checked(self) -> Result<Self, LocalError> {
        if !is_unicast(&self.host) {
            return Err(LocalError::Host);
        }
        let channel = self.carriage == Carriage::DataChannel;
        let tls = !self.plain && !channel;
        match &self.relays {
            Some(_) if channel => return Err(LocalError::RelayNotAllowed),
            _ if channel && (self.label.is_some() || self.chatroom.is_some()) => {
                return Err(LocalError::NotEmbedded);
            }
            None if self.carriage == Carriage::WebSocket => return Err(LocalError::RelayRequired),
            None if !channel && self.listener.is_some() && !is_findable(&self.host) => {
                return Err(LocalError::Host);
            }
            None if tls && self.fingerprints.is_empty() && !self.by_name => {
                return Err(LocalError::MissingFingerprint);
            }
            None if !tls && !self.fingerprints.is_empty() => {
                return Err(LocalError::FingerprintWithoutTls);
            }
            Some(relays) => check_for_sdp(relays)?,
            _ => {}
        }
        let mut accept_types = self.accept_types;
        if self.room {
            accept_types = Arc::new(accept_types::of_room());
        } else if self.gateway {
            accept_types = Arc::new(accept_types::of_gateway(&accept_types)?);
        } else if self.chatroom.is_some() {
            accept_types = Arc::new(accept_types::of_room_member(&accept_types)?);
        }
        if accept_types.is_empty() {
            return Err(LocalError::NoTypes);
        }
        let accept_wrapped_types = match &self.accept_wrapped_types {
            None => None,
            Some(wrapped) => Some(accept_types::wrapped_beside(&accept_types, wrapped)?)
                .filter(|wrapped| !wrapped.is_empty())
                .map(Arc::new),
        };
        Ok(Self {
            setup: self.setup || self.cema || channel,
            cema: self.cema || channel,
            accept_types,
            accept_wrapped_types,
            ..self
        })
    }
}

/// Whether peers can connect to the outermost relay, and all have ports, as URIs in SDP do (RFC 4975 §8.2).
fn check_for_sdp(relays: &RelayPath) -> Result<(), TargetError> {
    relays.outermost().target()?;
    if relays.use_path().iter().all(|relay| relay.port().is_some()) {
        Ok(())
    } else {
        Err(TargetError::NoPort)
    }
}

/// Whether the host is an address of one machine, or a name.
fn is_unicast(host: &Host) -> bool {
    match host {
        Host::Address(IpAddr::V4(address)) => !address.is_multicast() && !address.is_broadcast(),
        Host::Address(IpAddr::V6(address)) => !address.is_multicast(),
        Host::Name(_) => true,
    }
}

/// Whether a peer could look for the host: not the unspecified address, nor a name that never resolves.
fn is_findable(host: &Host) -> bool {
    match host {
        Host::Address(address) => !address.is_unspecified(),
        Host::Name(name) => {
            let name = name.as_str();
            let name = name.strip_suffix('.').unwrap_or(name);
            name != "invalid" && !name.ends_with(".invalid")
        }
    }
}
