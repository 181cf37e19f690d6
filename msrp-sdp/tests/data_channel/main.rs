//! MSRP over data channels of WebRTC (RFC 8873, RFC 8864).

mod as_in_sections;
mod dcmap;
mod hostile;
mod offer_answer;
mod read;
mod reoffer;
mod samples;
mod stream_ids;

use std::net::IpAddr;

use msrp_sdp::{
    Agreement, Channel, ChannelNegotiationError, ChannelOutcome, DataChannels, Deviations, Ids, Local,
    LocalSession, Section, Side,
};

/// The section of a WebRTC stack, without a channel.
fn stack(port: u16) -> Section {
    section(
        port,
        &["a=max-message-size:100000", "a=sctp-port:5000", "a=setup:actpass"],
    )
}

/// A section with these lines.
fn section<T: AsRef<str>>(port: u16, lines: &[T]) -> Section {
    let mut text = format!("m=application {port} UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 192.0.2.1\r\n");
    for line in lines {
        text.push_str(line.as_ref());
        text.push_str("\r\n");
    }
    Section::parse_strict(text.as_bytes()).unwrap()
}

/// The channels of a section with these lines.
fn channels<T: AsRef<str>>(lines: &[T]) -> DataChannels {
    read(lines).0
}

fn read<T: AsRef<str>>(lines: &[T]) -> (DataChannels, Deviations) {
    DataChannels::from_section(&section(54111, lines)).unwrap()
}

/// What makes stream 2 an MSRP channel of the peer, in full.
const PEER: [&str; 5] = [
    "a=dcmap:2 label=\"chat\";subprotocol=\"msrp\"",
    "a=dcsa:2 path:msrps://192.0.2.9:51444/di551fsaodes;dc",
    "a=dcsa:2 accept-types:text/plain",
    "a=dcsa:2 setup:active",
    "a=dcsa:2 msrp-cema",
];

fn host() -> IpAddr {
    "192.0.2.1".parse().unwrap()
}

fn session(seed: u8, terms: impl FnOnce(Local) -> Local) -> LocalSession {
    terms(Local::data_channel(host(), 54111))
        .open(&mut Ids::seeded([seed; 32]))
        .unwrap()
}

/// All channels of a set, which are expected to be fine.
fn of_channels(channels: impl IntoIterator<Item = Channel>) -> DataChannels {
    let mut set = DataChannels::default();
    for channel in channels {
        set.insert(channel).unwrap();
    }
    set
}

/// The lines of the section that begin so, behind `a=`.
fn lines(section: &Section, name: &str) -> Vec<String> {
    section
        .attributes()
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| String::from_utf8(value.unwrap_or_default().to_vec()).unwrap())
        .collect()
}

/// The outcome of one stream.
fn outcome(
    offer: &DataChannels,
    answer: &DataChannels,
    side: Side,
    stream: u16,
) -> Result<ChannelOutcome, ChannelNegotiationError> {
    let mut outcomes = DataChannels::negotiate(offer, answer, side).unwrap();
    outcomes.remove(&stream).expect("it was offered")
}

fn agreement(offer: &DataChannels, answer: &DataChannels, side: Side, stream: u16) -> Agreement {
    match outcome(offer, answer, side, stream) {
        Ok(ChannelOutcome::Session(agreement)) => *agreement,
        other => panic!("{other:?}"),
    }
}
