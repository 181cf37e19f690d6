//! Offers and answers of MSRP sections, and what both sides make of them.

mod cema_answerer;
mod cema_match;
mod cema_offerer;
mod hostile;
mod identity;
mod offer;
mod pairs;
mod relays;
mod roles;
mod rooms;
mod rounds;
mod section;
mod talk;
mod websocket;

use std::net::IpAddr;

use msrp_proto::{Direction, Host, RelayPath, Terms};
use msrp_sdp::{
    Action, Agreement, Answer, Deviation, Deviations, Fingerprint, Fingerprints, HashFunction, Ids, Local,
    LocalSession, Media, MediaError, Names, NegotiationError, Outcome, Policy, Section, SessionLevel, Side,
    negotiate,
};

/// What stands for the certificates of two sides.
const CERTIFICATES: [&[u8]; 2] = [b"the certificate of one side", b"that of the other"];

fn ids() -> Ids {
    Ids::seeded([7; 32])
}

fn fingerprints(certificate: &[u8]) -> Fingerprints {
    Fingerprint::of(certificate, HashFunction::Sha256).into()
}

fn host(text: &str) -> Host {
    match text.parse::<IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => Host::Name(text.parse().expect("a host name")),
    }
}

fn relay_path(text: &str) -> RelayPath {
    RelayPath::new(text.parse().expect("a path"))
}

/// A side without TLS that listens.
fn plain(address: &str, port: u16) -> Local {
    Local::listening(host(address), port).plain()
}

fn open(local: Local) -> LocalSession {
    local.open(&mut ids()).expect("settings that fit together")
}

/// A section as text.
fn written(media: &Media) -> String {
    String::from_utf8(media.to_section().to_bytes()).expect("text")
}

/// The lines of a section as they are written, without line ends.
fn lines(media: &Media) -> Vec<String> {
    written(media).lines().map(str::to_owned).collect()
}

fn has_line(media: &Media, line: &str) -> bool {
    lines(media).iter().any(|written| written == line)
}

/// The attributes that are written, by name.
fn names_of_attributes(media: &Media) -> Vec<String> {
    lines(media)
        .iter()
        .filter_map(|line| line.strip_prefix("a="))
        .map(|line| line.split(':').next().unwrap_or(line).to_owned())
        .collect()
}

fn read(text: &str) -> Media {
    Media::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// A section as the other side reads it. A refused one has no address of its own, but below that of its session.
fn carried(media: &Media) -> Media {
    let strict = Media::parse_strict(written(media).as_bytes());
    match strict {
        Err(MediaError::Deviation(Deviation::NoConnection)) if media.is_refused() => read(&written(media)),
        other => other.unwrap_or_else(|error| panic!("{error}: {media:?}")),
    }
}

/// A section of a peer: lines without their ends, in front of which `a=` stands unless they have a type.
fn peer(line: &str, others: &[&str]) -> Media {
    read(&text(line, others))
}

fn text(line: &str, others: &[&str]) -> String {
    let mut text = format!("m={line}\r\n");
    for other in others {
        let typed = other.starts_with("c=");
        text += &format!("{}{other}\r\n", if typed { "" } else { "a=" });
    }
    text
}

/// Reads a section with what the session level says.
fn read_below(session: &SessionLevel, section: &str) -> (Media, Deviations) {
    let section = Section::parse_with_deviations(section.as_bytes())
        .expect("a section")
        .0;
    Media::from_section(&section, session).expect("an MSRP section")
}

fn session_level(connection: Option<&str>, attributes: &[(&str, Option<&str>)]) -> SessionLevel {
    let connection = connection.map(|text| msrp_sdp::ConnectionData::parse(text).expect("connection data"));
    let attributes = attributes
        .iter()
        .map(|(name, value)| (*name, value.map(str::as_bytes)));
    SessionLevel::from_attributes(connection.as_ref(), attributes)
        .expect("a session level")
        .0
}

/// The answer that needs nothing looked up.
fn answer(session: &LocalSession, offer: &Media) -> Media {
    match session.answer(offer, &Policy::default(), &Names::default()) {
        Ok(Answer::Media(media)) => *media,
        other => panic!("{other:?}"),
    }
}

fn outcome(offer: &Media, answer: &Media, side: Side) -> Result<Outcome, NegotiationError> {
    negotiate(offer, answer, side, &Policy::default(), &Names::default())
}

fn agreement(offer: &Media, answer: &Media, side: Side) -> Agreement {
    match outcome(offer, answer, side) {
        Ok(Outcome::Session(agreement)) => *agreement,
        other => panic!("{other:?}"),
    }
}

/// What both sides agree upon, the offerer first.
fn agreements(offer: &Media, answer: &Media) -> [Agreement; 2] {
    [Side::Offerer, Side::Answerer].map(|side| agreement(offer, answer, side))
}

/// Where a side connects.
fn connects(agreement: &Agreement) -> (String, u16) {
    match agreement.plan().action() {
        Action::Connect(target) => (target.host().to_string(), target.port()),
        other => panic!("does not connect: {other:?}"),
    }
}

/// Where a side listens.
fn listens(agreement: &Agreement) -> (String, u16) {
    assert!(
        agreement.plan().wait().is_some(),
        "who listens does not wait for ever"
    );
    match agreement.plan().action() {
        Action::Listen { host, port } => (host.to_string(), *port),
        other => panic!("does not listen: {other:?}"),
    }
}

/// The terms of a session with the writer of that section.
fn terms(to_path: &str, peer: &Media, direction: Direction) -> Terms {
    agreed_terms(Terms::new(to_path.parse().expect("a path")), peer, direction)
}

/// The same through relays, of which Use-Path says this.
fn relayed_terms(use_path: &str, peer: &Media, direction: Direction) -> Terms {
    let path = peer.path().expect("a path");
    let terms = Terms::relayed(&relay_path(use_path), path.as_ref()).expect("a short path");
    agreed_terms(terms, peer, direction)
}

fn agreed_terms(terms: Terms, peer: &Media, direction: Direction) -> Terms {
    let terms = terms
        .direction(direction)
        .peer_accepts(peer.accept_types().clone())
        .peer_max_size(peer.max_size());
    match peer.accept_wrapped_types() {
        None => terms,
        Some(wrapped) => terms.peer_accepts_wrapped(wrapped.clone()),
    }
}
