//! Input that is made to hurt.

use msrp_sdp::{Channel, ChannelError, ChannelOutcome, DataChannels, Deviation, MediaLine, Side, StreamIds};
use proptest::prelude::*;

use super::{PEER, session};

fn read_of(
    attributes: &[(&str, String)],
) -> Result<(DataChannels, msrp_sdp::Deviations), msrp_sdp::DataChannelsError> {
    let line = MediaLine::parse("application 9 UDP/DTLS/SCTP webrtc-datachannel").unwrap();
    DataChannels::from_attributes(
        &line,
        attributes
            .iter()
            .map(|(name, value)| (*name, Some(value.as_bytes()))),
    )
}

/// All streams there are, the lines of each far apart: quadratic work would not end.
#[test]
fn every_stream_is_a_channel() {
    let mut attributes = Vec::new();
    for line in PEER {
        for stream in 0..65535 {
            let line = line.replace(":2 ", &format!(":{stream} "));
            let (name, value) = line.trim_start_matches("a=").split_once(':').unwrap();
            let name = if name == "dcmap" { "dcmap" } else { "dcsa" };
            attributes.push((name, value.to_owned()));
        }
    }
    let (offer, deviations) = read_of(&attributes).unwrap();
    assert!(deviations.is_empty());
    assert_eq!(offer.iter().filter(|(_, channel)| channel.is_ok()).count(), 65535);
    assert_eq!(offer.changes_since(&offer).len(), 65535);

    let session = session(1, |local| local);
    let mut answer = DataChannels::default();
    for (_, channel) in offer.iter() {
        answer.insert(channel.unwrap().answer(&session).unwrap()).unwrap();
    }
    let outcomes = DataChannels::negotiate(&offer, &answer, Side::Answerer).unwrap();
    assert!(
        outcomes
            .values()
            .all(|outcome| matches!(outcome, Ok(ChannelOutcome::Session(_))))
    );
}

#[test]
fn many_lines_about_one_stream() {
    let mut attributes: Vec<(&str, String)> = PEER
        .iter()
        .map(|line| {
            let (name, value) = line.trim_start_matches("a=").split_once(':').unwrap();
            (name, value.to_owned())
        })
        .collect();
    for count in 0..200_000 {
        attributes.push(("dcsa", format!("2 zorg:{count}")));
        attributes.push(("dcsa", format!("{} sendonly", count % 60_000 + 3)));
        attributes.push(("dcsa", "2 sendrecv".into()));
        attributes.push(("dcmap", PEER[0].trim_start_matches("a=dcmap:").into()));
    }
    let (channels, deviations) = read_of(&attributes).unwrap();
    assert!(channels.get(2).unwrap().is_ok());
    assert_eq!(channels.iter().count(), 1);
    assert!(
        deviations
            .iter()
            .eq([Deviation::Duplicate, Deviation::OrphanDcsa])
    );

    attributes.push(("dcsa", format!("2 path:{}", "x".repeat(1_000_000))));
    let (channels, _) = read_of(&attributes).unwrap();
    assert!(matches!(channels.get(2), Some(Err(ChannelError::Media(_)))));

    let options = format!("2 subprotocol=\"msrp\";{}zorg=1", "zorg=\";\";".repeat(200_000));
    let (channels, _) = read_of(&[("dcmap", options)]).unwrap();
    assert_eq!(channels.get(2), Some(Err(&ChannelError::MissingDcsa("path"))));
}

#[test]
fn many_own_channels() {
    let session = session(1, |local| local);
    let mut streams = StreamIds::of_client();
    let mut offer = DataChannels::default();
    for _ in 0..1000 {
        let stream = streams.draw().unwrap();
        offer
            .insert(Channel::offer(stream, "chat", &session).unwrap())
            .unwrap();
    }
    let written = offer.write(super::stack(54111)).unwrap();
    let (read, _) = DataChannels::from_section(&written).unwrap();
    assert!(read.iter().eq(offer.iter()));
}

proptest! {
    #[test]
    fn any_lines_are_read_or_refused(
        lines in proptest::collection::vec(
            (
                prop_oneof![Just("dcmap"), Just("dcsa"), Just("max-message-size"), Just("bundle-only")],
                prop_oneof![
                    Just("2 "), Just("2"), Just(""), Just("65535 "), Just("4 ")
                ],
                prop_oneof![
                    Just("subprotocol=\"msrp\""), Just("label=\""), Just("path:msrps://h.example:1/s;dc"),
                    Just("msrp-cema"), Just("setup:active"), Just("sendonly"), Just(":"), Just("(é"),
                ],
                proptest::collection::vec(any::<u8>(), 0..4),
            ),
            0..20,
        ),
    ) {
        let line = MediaLine::parse("application 9 UDP/DTLS/SCTP webrtc-datachannel").unwrap();
        let values: Vec<(&str, Vec<u8>)> = lines
            .iter()
            .map(|(name, stream, text, octets)| {
                (*name, [stream.as_bytes(), text.as_bytes(), octets].concat())
            })
            .collect();
        let attributes = values.iter().map(|(name, value)| (*name, Some(value.as_slice())));
        if let Ok((channels, _)) = DataChannels::from_attributes(&line, attributes) {
            prop_assert!(channels.iter().all(|(stream, _)| stream == 2 || stream == 4));
        }
    }
}
