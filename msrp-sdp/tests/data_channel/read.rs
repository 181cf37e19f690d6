//! What the lines of a section say (RFC 8873 §4, RFC 8864 §6.7).

use msrp_proto::wire::PathError;
use msrp_proto::{Direction, Link, MediaRanges};
use msrp_sdp::{
    Carrier, ChannelError, DataChannels, DataChannelsError, DcmapError, Deviation, MaxSizeError, MediaError,
    MediaLine, Setup,
};

use super::{PEER, channels, read, section};

fn error(lines: &[String]) -> ChannelError {
    channels(lines)
        .get(2)
        .expect("a channel")
        .expect_err("a bad one")
        .clone()
}

/// The lines of a peer's channel, one of them replaced or, with `None`, removed.
fn peer_with(prefix: &str, line: Option<&str>) -> Vec<String> {
    assert!(PEER.iter().any(|line| line.starts_with(prefix)), "{prefix}");
    PEER.iter()
        .filter_map(|old| if old.starts_with(prefix) { line } else { Some(*old) })
        .map(str::to_owned)
        .collect()
}

fn peer_and(line: &str) -> Vec<String> {
    PEER.iter().copied().chain([line]).map(str::to_owned).collect()
}

#[test]
fn a_channel_in_full() {
    let (channels, deviations) = read(&PEER);
    assert!(deviations.is_empty());
    let channel = channels.get(2).unwrap().unwrap();
    assert_eq!(channel.dcmap().label(), b"chat");
    let media = channel.media();
    assert_eq!(media.carrier(), Carrier::DataChannel);
    assert_eq!(media.port(), 54111);
    assert_eq!(
        media.path().unwrap().as_str(),
        "msrps://192.0.2.9:51444/di551fsaodes;dc"
    );
    assert_eq!((media.setup(), media.cema()), (Some(Setup::Active), true));
    assert_eq!(channels.iter().count(), 1);
}

/// Shows: DC-4.1-01 (the SDP half).
#[test]
fn paths_are_msrps_over_dc() {
    let path = |uri: &str| peer_with("a=dcsa:2 path", Some(&format!("a=dcsa:2 path:{uri}")));
    let (v6, deviations) = read(&path("msrps://[2001:db8::3]:54111/s;dc"));
    let media = v6.get(2).unwrap().unwrap().media();
    assert_eq!(
        media.uri().unwrap().to_string(),
        "msrps://[2001:db8::3]:54111/s;dc"
    );
    assert!(deviations.is_empty());

    let (plain, deviations) = read(&path("msrp://192.0.2.9:51444/s;dc"));
    assert!(plain.get(2).unwrap().is_ok());
    assert!(deviations.iter().eq([Deviation::Scheme]));
    let text = section(54111, &path("msrp://192.0.2.9:51444/s;dc")).to_bytes();
    assert_eq!(
        DataChannels::parse_strict(&text),
        Err(DataChannelsError::Deviation(Deviation::Scheme))
    );

    // IPv6 without brackets, as in the samples.
    assert!(matches!(
        error(&path("msrps://2001:db8::3:54111/s;dc")),
        ChannelError::Media(MediaError::Path(PathError::Uri(_)))
    ));
}

/// Shows: DC-4.4-01 (the reading half).
#[test]
fn path_cema_and_setup_have_to_be_there() {
    for name in ["path", "msrp-cema", "setup"] {
        let without = peer_with(&format!("a=dcsa:2 {name}"), None);
        assert_eq!(error(&without), ChannelError::MissingDcsa(name));
        // Those of the section do not replace them, nor those of another channel.
        let mut elsewhere = without;
        elsewhere.extend(
            ["a=path:msrps://h.example:1/s;dc", "a=msrp-cema", "a=setup:active"]
                .iter()
                .map(|line| (*line).to_owned()),
        );
        elsewhere.extend(PEER.iter().map(|line| line.replace(":2 ", ":4 ")));
        assert_eq!(error(&elsewhere), ChannelError::MissingDcsa(name));
        assert!(channels(&elsewhere).get(4).unwrap().is_ok());
    }
    // As good as absent (ruling S26): holdconn, and what is no role; CEMA with a value is another attribute.
    for setup in ["a=dcsa:2 setup:holdconn", "a=dcsa:2 setup:foo"] {
        assert_eq!(
            error(&peer_with("a=dcsa:2 setup", Some(setup))),
            ChannelError::MissingDcsa("setup")
        );
    }
    assert_eq!(
        error(&peer_with("a=dcsa:2 msrp-cema", Some("a=dcsa:2 msrp-cema:1"))),
        ChannelError::MissingDcsa("msrp-cema")
    );
    // The types may be left out (RFC 8873 §4.4): anything.
    let untyped = channels(&peer_with("a=dcsa:2 accept-types", None));
    assert_eq!(
        untyped.get(2).unwrap().unwrap().media().accept_types(),
        &MediaRanges::any()
    );
}

/// Shows: DC-4.4-02.
#[test]
fn unknown_attributes_are_ignored_and_orphans_discarded() {
    let expected = channels(&PEER);
    for unknown in [
        "a=dcsa:2 zorg:1",
        "a=dcsa:2 zorg",
        // Known, but without a meaning on a data channel, however malformed.
        "a=dcsa:2 fingerprint:garbage",
        "a=dcsa:2 fingerprint:sha-1 87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16",
        "a=dcsa:2 label:1",
        "a=dcsa:2 chatroom:nickname",
        "a=dcsa:2 connection:existing",
        "a=dcsa:2 Path:x",
    ] {
        let (channels, deviations) = read(&peer_and(unknown));
        assert_eq!(channels, expected, "{unknown}");
        assert!(deviations.is_empty(), "{unknown}");
    }

    let orphan = |text: &str| {
        let (channels, deviations) = read(&peer_and(text));
        assert!(deviations.iter().eq([Deviation::OrphanDcsa]), "{text}");
        channels
    };
    assert_eq!(orphan("a=dcsa:4 sendonly"), expected);
    assert_eq!(orphan("a=dcsa:65534 zorg"), expected);
    let (none, deviations) = read(&PEER[1..]);
    assert!(none.is_empty());
    assert!(deviations.iter().eq([Deviation::OrphanDcsa]));
}

/// Shows: DC-4.3-01 (offers that are received).
#[test]
fn unreliable_channels_carry_no_session() {
    for option in ["max-retr=5", "max-retr=0", "max-time=1", "ordered=false"] {
        let lines = peer_with(
            "a=dcmap",
            Some(&format!("a=dcmap:2 label=\"chat\";subprotocol=\"msrp\";{option}")),
        );
        assert_eq!(error(&lines), ChannelError::Unreliable, "{option}");
    }
    let ordered = peer_with(
        "a=dcmap",
        Some("a=dcmap:2 label=\"chat\";subprotocol=\"msrp\";ordered=true"),
    );
    assert_eq!(channels(&ordered), channels(&PEER));
}

#[test]
fn channels_of_other_protocols_are_not_seen() {
    let lines = [
        "a=dcmap:0 label=\"bfcp\";subprotocol=\"bfcp\";max-retr=3",
        "a=dcsa:0 path:garbage",
        "a=dcsa:0 (",
        "a=dcmap:4 label=\"MSRP\";subprotocol=\"MSRP\"",
        "a=dcmap:6",
    ];
    let (channels, deviations) = read(&lines);
    assert!(channels.is_empty() && deviations.is_empty());
}

#[test]
fn one_bad_channel_does_not_hurt_another() {
    let both = |lines: &[String]| {
        let other = PEER.iter().map(|line| line.replace(":2 ", ":4 "));
        let channels = channels(&lines.iter().cloned().chain(other).collect::<Vec<_>>());
        assert!(channels.get(4).unwrap().is_ok());
        channels.get(2).unwrap().unwrap_err().clone()
    };
    assert_eq!(
        both(&peer_and("a=dcmap:2 label=\"other\";subprotocol=\"msrp\"")),
        ChannelError::Dcmap(DcmapError::Repeated("dcmap"))
    );
    assert_eq!(
        both(&peer_with("a=dcmap", Some("a=dcmap:2 priority=x"))),
        ChannelError::Dcmap(DcmapError::Number("priority"))
    );
    assert_eq!(both(&peer_and("a=dcsa:2 ")), ChannelError::Dcsa);
    assert_eq!(both(&peer_and("a=dcsa:2 a(b:c")), ChannelError::Dcsa);
    assert_eq!(
        both(&peer_and("a=dcsa:2 max-size:x")),
        ChannelError::Media(MediaError::MaxSize(MaxSizeError::Digits))
    );
    assert_eq!(
        both(&peer_and("a=dcsa:2 setup:passive")),
        ChannelError::Media(MediaError::Repeated("setup"))
    );
}

/// Ruling S2.
#[test]
fn the_same_line_twice_is_a_slip() {
    for line in PEER.iter().chain(&["a=max-message-size:1024"]) {
        let (_, deviations) = read(&peer_and(line));
        assert_eq!(
            deviations.contains(Deviation::Duplicate),
            PEER.contains(line),
            "{line}"
        );
    }
    let (channels, deviations) = read(&["a=max-message-size:1024", "a=max-message-size:1024"]);
    assert_eq!(channels.max_message_size(), 1024);
    assert!(deviations.iter().eq([Deviation::Duplicate]));
}

#[test]
fn lines_without_a_stream_or_with_two_limits_spoil_the_section() {
    let spoilt = |line: &str| DataChannels::from_section(&section(54111, &peer_and(line))).expect_err(line);
    for line in [
        "a=dcmap:65535",
        "a=dcmap:x label=\"a\"",
        "a=dcmap:123456",
        "a=dcmap",
    ] {
        assert_eq!(spoilt(line), DataChannelsError::Dcmap(DcmapError::Stream));
    }
    for line in [
        "a=dcsa:x sendonly",
        "a=dcsa:65535 sendonly",
        "a=dcsa",
        "a=dcsa:123456 sendonly",
    ] {
        assert_eq!(spoilt(line), DataChannelsError::Dcsa);
    }
    // RFC 8864 §6.2, of whatever protocol.
    assert_eq!(
        spoilt("a=dcmap:7 subprotocol=\"bfcp\";max-retr=1;max-time=1"),
        DataChannelsError::Dcmap(DcmapError::Exclusive)
    );
}

#[test]
fn only_sections_of_associations_have_channels() {
    let of = |line: &str| {
        let line = MediaLine::parse(line).unwrap();
        let attributes = PEER.map(|line| {
            let (name, value) = line.trim_start_matches("a=").split_once(':').unwrap();
            (name, Some(value.as_bytes()))
        });
        DataChannels::from_attributes(&line, attributes).map(|(channels, _)| channels.iter().count())
    };
    assert_eq!(of("application 9 UDP/DTLS/SCTP webrtc-datachannel"), Ok(1));
    assert_eq!(of("application 54111 TCP/DTLS/SCTP webrtc-datachannel"), Ok(1));
    // Closed, with all that was in it.
    assert_eq!(of("application 0 UDP/DTLS/SCTP webrtc-datachannel"), Ok(0));
    for other in [
        "message 54111 TCP/MSRP *",
        "audio 54111 UDP/DTLS/SCTP webrtc-datachannel",
        "application 54111 DTLS/SCTP 5000",
        "application 54111 UDP/DTLS/SCTP t38",
        "application 54111 UDP/BFCP webrtc-datachannel",
    ] {
        assert_eq!(of(other), Err(DataChannelsError::NotDataChannels), "{other}");
    }
    // Bundled with another section, whose port it uses (RFC 8843 §6).
    let bundled = section(0, &[&["a=bundle-only"][..], &PEER].concat());
    let (channels, _) = DataChannels::from_section(&bundled).unwrap();
    assert!(channels.get(2).unwrap().is_ok());
}

/// Shows: DC-4.4-03 (direction per channel).
#[test]
fn directions_are_those_of_one_channel() {
    let zero = PEER.map(|line| line.replace(":2 ", ":0 "));
    let two = PEER.map(str::to_owned);
    let lines = [
        &zero[..],
        &two[..],
        &["a=dcsa:2 sendonly".into()],
        &["a=inactive".into()],
    ]
    .concat();
    let channels = channels(&lines);
    let direction = |stream| channels.get(stream).unwrap().unwrap().media().direction();
    assert_eq!(direction(0), Direction::SendRecv);
    assert_eq!(direction(2), Direction::SendOnly);
}

/// Ruling S23.
#[test]
fn the_size_of_messages_is_that_of_the_section() {
    let size = |lines: &[&str]| channels(lines).max_message_size();
    assert_eq!(size(&[]), 65536);
    assert_eq!(size(&["a=max-message-size:100000"]), 100_000);
    assert_eq!(size(&["a=max-message-size:0"]), usize::MAX);
    assert_eq!(
        size(&["a=max-message-size:99999999999999999999999999"]),
        usize::MAX
    );
    assert_eq!(Link::data_channel(size(&[])).max_len(), Some(65536));
    for bad in [
        &["a=max-message-size:x"][..],
        &["a=max-message-size"],
        &["a=max-message-size:-1"],
        &["a=max-message-size:1", "a=max-message-size:2"],
    ] {
        assert_eq!(
            DataChannels::from_section(&section(54111, bad)),
            Err(DataChannelsError::MaxMessageSize)
        );
    }
}

/// Shows: DC-6-01 (the reading half).
#[test]
fn a_peer_may_be_behind_a_relay() {
    let relayed = peer_with(
        "a=dcsa:2 path",
        Some("a=dcsa:2 path:msrps://relay.example.com:2855/r;tcp msrps://192.0.2.9:51444/s;tcp"),
    );
    let (channels, deviations) = read(&relayed);
    let media = channels.get(2).unwrap().unwrap().media();
    assert_eq!(media.path().unwrap().len(), 2);
    assert!(media.is_relayed() && deviations.is_empty());
}
