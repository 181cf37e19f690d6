//! Channels offered and answered (RFC 8873 §4, RFC 8864 §6).

use msrp_proto::wire::{BuildError, Path};
use msrp_proto::{Direction, MediaRanges, RelayPath, Role};
use msrp_sdp::{
    Action, Channel, ChannelBusy, ChannelError, ChannelNegotiationError, ChannelOutcome, Chatroom,
    DataChannels, DataChannelsError, Dcmap, DcmapError, Fingerprint, HashFunction, Ids, Label, Local,
    LocalError, Media, MediaLine, Names, NegotiationError, Outcome, Policy, Protocol, Refusal, Section,
    Setup, Side, negotiate,
};

use super::{PEER, agreement, channels, host, lines, of_channels, outcome, section, session, stack};

fn offered(stream: u16, seed: u8) -> Channel {
    Channel::offer(stream, "chat", &session(seed, |local| local)).unwrap()
}

/// Shows: DC-3.1-01, DC-4.4-01 (the writing half), DC-4.3-01 (the builder).
#[test]
fn what_is_written_for_a_channel() {
    let session = session(1, |local| {
        local
            .accept_types(MediaRanges::parse(b"text/plain message/cpim").unwrap())
            .max_size(4096)
            .direction(Direction::RecvOnly)
    });
    let offer = Channel::offer(2, "chat", &session).unwrap();
    let written = of_channels([offer.clone()]).write(stack(54111)).unwrap();
    assert_eq!(
        lines(&written, "dcmap"),
        ["2 label=\"chat\";subprotocol=\"msrp\""]
    );
    assert_eq!(
        lines(&written, "dcsa"),
        [
            &format!("2 path:{}", session.uri()),
            "2 accept-types:text/plain message/cpim",
            "2 max-size:4096",
            "2 recvonly",
            "2 setup:active",
            "2 msrp-cema",
        ]
    );
    // Reliable and in order, which is what is meant where nothing is said.
    let dcmap = offer.dcmap();
    assert!(dcmap.is_reliable() && dcmap.ordered() && dcmap.is_msrp());
    assert_eq!((dcmap.max_retr(), dcmap.max_time()), (None, None));

    // The answer has the same dcmap.
    let answer = channels(&PEER).get(2).unwrap().unwrap().answer(&session).unwrap();
    let written = of_channels([answer]).write(stack(54111)).unwrap();
    assert_eq!(
        lines(&written, "dcmap"),
        ["2 label=\"chat\";subprotocol=\"msrp\""]
    );

    // Whatever is asked for, path, msrp-cema and setup are there, and what is written passes the strict parser.
    for terms in [
        |local: Local| local,
        |local: Local| local.setup(false).cema(false),
        |local: Local| local.reachable(true),
    ] {
        let session = super::session(2, terms);
        let changed = session
            .with_terms(|local| local.setup(false).cema(false))
            .unwrap();
        let answered = channels(&PEER).get(2).unwrap().unwrap().answer(&changed).unwrap();
        let all = [Channel::offer(2, "", &session), Channel::offer(2, "", &changed)]
            .map(Result::unwrap)
            .into_iter()
            .chain([answered]);
        for channel in all {
            let written = of_channels([channel.clone()]).write(stack(54111)).unwrap();
            for name in ["path", "setup", "msrp-cema"] {
                let prefix = format!("2 {name}");
                let found = lines(&written, "dcsa");
                assert_eq!(
                    found.iter().filter(|line| line.starts_with(&prefix)).count(),
                    1,
                    "{name}"
                );
            }
            let read = DataChannels::parse_strict(&written.to_bytes()).unwrap();
            assert_eq!(read.get(2).unwrap().unwrap().dcmap(), channel.dcmap());
        }
        assert!(session.offer_without_cema().cema());
    }
}

#[test]
fn what_is_offered_is_what_the_peer_reads() {
    let session = session(1, |local| local.reachable(true).max_size(1));
    let offer = of_channels([
        Channel::offer(0, "one", &session).unwrap(),
        Channel::offer(65534, "\r\na=evil:1", &session).unwrap(),
    ]);
    let text = offer.write(stack(54111)).unwrap().to_bytes();
    assert!(!String::from_utf8(text.clone()).unwrap().contains("\na=evil"));
    let read = DataChannels::parse_strict(&text).unwrap();
    assert_eq!(read.max_message_size(), 100_000);
    for (stream, channel) in offer.iter() {
        assert_eq!(read.get(stream), Some(channel));
    }
    assert_eq!(read.iter().count(), 2);
}

/// Shows: DC-4.1-01 (the SDP builder).
#[test]
fn own_uris_are_msrps_over_dc() {
    let ipv6 = "2001:db8::3".parse::<std::net::IpAddr>().unwrap();
    let mut ids = Ids::seeded([1; 32]);
    let uri = Local::data_channel(ipv6, 54111)
        .open(&mut ids)
        .unwrap()
        .uri()
        .to_string();
    assert!(uri.starts_with("msrps://[2001:db8::3]:54111/"), "{uri}");
    assert!(uri.ends_with(";dc"), "{uri}");
    assert_eq!(
        Local::data_channel(ipv6, 54111).plain().open(&mut ids),
        Err(LocalError::Uri(BuildError::Insecure))
    );
    // Nobody connects, so the port of most associations is as good as any.
    assert!(Local::data_channel(host(), 9).open(&mut ids).is_ok());
    assert_eq!(
        Local::data_channel(host(), 0).open(&mut ids),
        Err(LocalError::Port)
    );
}

/// Shows: DC-6-01 (the builder).
#[test]
fn own_paths_have_no_relay() {
    let relays: Path = "msrps://relay.example.com:2855/r;tcp".parse().unwrap();
    let relayed = |local: Local| local.relays(RelayPath::new(relays.clone()));
    let mut ids = Ids::seeded([1; 32]);
    let local = Local::data_channel(host(), 54111);
    assert_eq!(
        relayed(local.clone()).open(&mut ids),
        Err(LocalError::RelayNotAllowed)
    );
    let session = local.open(&mut ids).unwrap();
    // Relays are no terms: they stay as they are, which is none.
    let same = session.with_terms(relayed).unwrap();
    assert_eq!(same.path(), session.path());
    assert_eq!(
        session.renewed(relayed, &mut ids),
        Err(LocalError::RelayNotAllowed)
    );
    assert_eq!(session.offer().path().unwrap().len(), 1);
}

#[test]
fn what_is_not_defined_for_data_channels_is_not_written() {
    let open = |local: Local| local.open(&mut Ids::seeded([1; 32])).map(|_| ());
    let local = Local::data_channel(host(), 54111);
    let label = Label::parse(b"1").unwrap();
    assert_eq!(open(local.clone().label(label)), Err(LocalError::NotEmbedded));
    assert_eq!(
        open(local.clone().chatroom(Chatroom::default())),
        Err(LocalError::NotEmbedded)
    );
    let fingerprint = Fingerprint::of(b"certificate", HashFunction::Sha256);
    assert_eq!(
        open(local.fingerprints(fingerprint.into())),
        Err(LocalError::FingerprintWithoutTls)
    );
}

/// Shows: DC-8864-01 (the answer), DC-4.3-01 (an offer that is refused).
#[test]
fn an_answer_repeats_what_it_accepts_and_leaves_out_the_rest() {
    let mut offer: Vec<String> = PEER.iter().map(|line| (*line).to_owned()).collect();
    offer[0] = "a=dcmap:2 priority=512;label=\"%FF\";ordered=true;subprotocol=\"msrp\"".into();
    offer.extend(PEER.map(|line| line.replace(":2 ", ":4 ")));
    offer.extend(PEER.map(|line| {
        line.replace(":2 ", ":6 ")
            .replace("\"msrp\"", "\"msrp\";max-retr=5")
    }));
    offer.push("a=dcmap:8 subprotocol=\"bfcp\"".into());
    let offer = channels(&offer);
    assert_eq!(offer.get(6), Some(Err(&ChannelError::Unreliable)));

    let session = session(1, |local| local);
    let answers = offer
        .iter()
        .filter(|(stream, _)| *stream != 4) // not wanted
        .filter_map(|(_, channel)| channel.ok())
        .map(|channel| channel.answer(&session).unwrap());
    let answer = of_channels(answers);
    let written = answer.write(stack(51444)).unwrap();
    let [dcmap] = &lines(&written, "dcmap")[..] else {
        panic!("{written:?}")
    };
    assert_eq!(dcmap, "2 label=\"%FF\";subprotocol=\"msrp\";priority=512");
    assert_eq!(
        &Dcmap::parse(dcmap.as_bytes()).unwrap(),
        offer.get(2).unwrap().unwrap().dcmap()
    );
    assert!(lines(&written, "dcsa").iter().all(|line| line.starts_with("2 ")));

    let outcomes = DataChannels::negotiate(&offer, &answer, Side::Answerer).unwrap();
    assert!(matches!(outcomes[&2], Ok(ChannelOutcome::Session(_))));
    assert_eq!(outcomes[&4], Ok(ChannelOutcome::Closed));
    assert_eq!(outcomes[&6], Ok(ChannelOutcome::Closed));
    assert_eq!(outcomes.len(), 3);
}

/// Shows: DC-8864-01 (processing of the answer).
#[test]
fn channels_that_the_answer_leaves_out_are_closed() {
    let offer = of_channels([offered(0, 1), offered(2, 2)]);
    let answered = |stream: u16| channels(&PEER.map(|line| line.replace(":2 ", &format!(":{stream} "))));
    // The peer is active, so are we: it has to be passive.
    let passive = |channels: DataChannels| {
        let text = String::from_utf8(channels.write(stack(1)).unwrap().to_bytes()).unwrap();
        DataChannels::parse(text.replace("setup:active", "setup:passive").as_bytes()).unwrap()
    };
    let only_zero = passive(answered(0));
    let outcomes = DataChannels::negotiate(&offer, &only_zero, Side::Offerer).unwrap();
    assert_eq!(outcomes[&2], Ok(ChannelOutcome::Closed));
    assert!(matches!(outcomes[&0], Ok(ChannelOutcome::Session(_))));
    assert_eq!(outcomes.len(), 2);

    for stream in [4, 1, 65534] {
        assert_eq!(
            DataChannels::negotiate(&offer, &passive(answered(stream)), Side::Offerer),
            Err(DataChannelsError::NotOffered(stream))
        );
    }
    // What other protocols do is not for us to judge.
    let other = channels(&["a=dcmap:4 subprotocol=\"bfcp\"", "a=dcmap:6 priority=x"]);
    let outcomes = DataChannels::negotiate(&offer, &other, Side::Offerer).unwrap();
    assert!(
        outcomes
            .values()
            .all(|outcome| *outcome == Ok(ChannelOutcome::Closed))
    );
}

/// Shows: DC-4.3-01 (answers).
#[test]
fn an_answer_cannot_make_a_channel_unreliable() {
    let offer = of_channels([offered(0, 1), offered(2, 2)]);
    for option in ["max-retr=5", "max-time=1", "ordered=false"] {
        let bad = PEER.map(|line| {
            line.replace("\"msrp\"", &format!("\"msrp\";{option}"))
                .replace("setup:active", "setup:passive")
        });
        let good = PEER.map(|line| {
            line.replace(":2 ", ":0 ")
                .replace("setup:active", "setup:passive")
        });
        let answer = channels(&[bad, good].concat());
        assert_eq!(
            outcome(&offer, &answer, Side::Offerer, 2),
            Err(ChannelNegotiationError::Answer(ChannelError::Unreliable))
        );
        assert!(matches!(
            outcome(&offer, &answer, Side::Offerer, 0),
            Ok(ChannelOutcome::Session(_))
        ));
        // Who accepts a bad offer has nothing either.
        assert_eq!(
            outcome(&answer, &offer, Side::Answerer, 2),
            Err(ChannelNegotiationError::Offer(ChannelError::Unreliable))
        );
    }
}

/// Shows: DC-4.4-01 (an answer).
#[test]
fn an_answer_without_one_of_the_three_is_an_error() {
    let offer = of_channels([offered(2, 1)]);
    for name in ["path", "msrp-cema", "setup"] {
        let answer: Vec<&str> = PEER
            .into_iter()
            .filter(|line| !line.starts_with(&format!("a=dcsa:2 {name}")))
            .collect();
        assert_eq!(
            outcome(&offer, &channels(&answer), Side::Offerer, 2),
            Err(ChannelNegotiationError::Answer(ChannelError::MissingDcsa(name)))
        );
    }
}

/// Shows: DC-4.5-01.
#[test]
fn the_embedded_setup_decides_and_that_of_the_section_does_not() {
    let with_setup = |embedded: &str, of_section: &str| {
        let mut lines = PEER.map(|line| line.replace("setup:active", embedded)).to_vec();
        lines.push(of_section.to_owned());
        channels(&lines)
    };
    let role = |offer: &DataChannels, answer: &DataChannels| {
        let [ours, theirs] =
            [Side::Offerer, Side::Answerer].map(|side| agreement(offer, answer, side, 2).role());
        assert_ne!(ours, theirs);
        ours
    };
    for (of_offer, of_answer) in [
        ("a=setup:actpass", "a=setup:passive"),
        ("a=setup:actpass", "a=setup:active"),
        ("a=setup:passive", "a=setup:active"),
        ("a=setup:active", "a=setup:passive"),
        ("a=zorg", "a=zorg"),
    ] {
        for (offer, answer, expected) in [
            ("setup:active", "setup:passive", Role::Active),
            ("setup:actpass", "setup:passive", Role::Active),
            ("setup:actpass", "setup:active", Role::Passive),
            ("setup:passive", "setup:active", Role::Passive),
        ] {
            let offer = with_setup(offer, of_offer);
            let answer = with_setup(answer, of_answer);
            assert_eq!(role(&offer, &answer), expected);
        }
    }
    let both = with_setup("setup:active", "a=setup:actpass");
    assert_eq!(
        outcome(&both, &both, Side::Offerer, 2),
        Err(ChannelNegotiationError::Negotiation(
            NegotiationError::BothConnect
        ))
    );
}

#[test]
fn who_may_choose_is_active_unless_it_says_that_it_can_be_reached() {
    let answered = |setup: &str, reachable: bool| {
        let offer = channels(&PEER.map(|line| line.replace("setup:active", setup)));
        let session = session(1, |local| local.reachable(reachable));
        let answer = offer.get(2).unwrap().unwrap().answer(&session).unwrap();
        answer.media().setup()
    };
    for reachable in [false, true] {
        assert_eq!(answered("setup:active", reachable), Some(Setup::Passive));
        assert_eq!(answered("setup:passive", reachable), Some(Setup::Active));
    }
    assert_eq!(answered("setup:actpass", false), Some(Setup::Active));
    assert_eq!(answered("setup:actpass", true), Some(Setup::Passive));
    let offer = |reachable| session(1, |local| local.reachable(reachable)).offer().setup();
    assert_eq!(
        (offer(false), offer(true)),
        (Some(Setup::Active), Some(Setup::Actpass))
    );
    assert_eq!(session(1, |local| local.reachable(true)).listens(), None);
}

/// Also where the path leads nowhere.
///
/// Shows: DC-4.4-05 (the connect plan).
#[test]
fn nobody_connects() {
    for path in [
        "msrps://192.0.2.9:51444/s;dc",
        "msrps://192.0.2.9:51444/s;tcp",
        "msrp://192.0.2.9:51444/s;tcp",
        "msrps://no-port.invalid/s;dc",
        "msrps://relay.example.com:2855/r;tcp msrps://unknown.invalid:51444/s;dc",
    ] {
        for (setup, answered) in [("active", "passive"), ("passive", "active")] {
            let mut peer = PEER.map(str::to_owned);
            peer[1] = format!("a=dcsa:2 path:{path}");
            peer[3] = format!("a=dcsa:2 setup:{setup}");
            let offer = channels(&peer);
            let own = session(1, |local| local);
            let answer = offer.get(2).unwrap().unwrap().answer(&own).unwrap();
            assert_eq!(answer.media().setup().unwrap().as_str(), answered);
            let agreed = agreement(&offer, &of_channels([answer.clone()]), Side::Answerer, 2);
            assert_eq!(agreed.plan().action(), &Action::DataChannel);
            assert_eq!((agreed.plan().target(), agreed.plan().tls()), (None, false));
            assert_eq!(agreed.peer_path().as_str(), path);
            assert_eq!(&agreed.uri(), own.uri());

            // The same through what takes single sections.
            let offered = offer.get(2).unwrap().unwrap().media();
            let outcome = negotiate(
                offered,
                answer.media(),
                Side::Answerer,
                &Policy::default(),
                &Names::default(),
            );
            assert_eq!(outcome, Ok(Outcome::Session(Box::new(agreed))));
        }
    }
}

/// Shows: DC-5.1-01 (the SDP half: one session on a channel).
#[test]
fn a_stream_has_one_channel() {
    let first = offered(2, 1);
    let second = Channel::offer(2, "other", &session(2, |local| local)).unwrap();
    let mut set = of_channels([first.clone()]);
    assert_eq!(
        set.insert(second.clone()),
        Err(ChannelBusy {
            channel: Box::new(second.clone())
        })
    );
    assert_eq!(set.get(2), Some(Ok(&first)));
    assert_eq!(set.remove(2), Some(Ok(first)));
    assert_eq!(set.insert(second), Ok(()));

    // Nor does one come to stand beside that of another protocol.
    let taken = section(54111, &["a=dcmap:2 subprotocol=\"bfcp\""]);
    assert_eq!(set.write(taken), Err(DataChannelsError::StreamInUse(2)));
    let message = Section::new(MediaLine::msrp(54111, Protocol::Tls));
    assert_eq!(set.write(message), Err(DataChannelsError::NotDataChannels));
}

#[test]
fn sessions_for_channels_and_for_connections_are_not_mixed_up() {
    let on_channel = session(1, |local| local);
    let plain = Local::listening(host(), 7394)
        .plain()
        .open(&mut Ids::seeded([2; 32]))
        .unwrap();
    assert_eq!(Channel::offer(2, "chat", &plain), Err(ChannelError::Carrier));
    let channel = Channel::offer(2, "chat", &on_channel).unwrap();
    assert_eq!(channel.reoffer(&plain), Err(ChannelError::Carrier));
    assert_eq!(channel.answer(&plain), Err(Refusal::Carrier));
    let answer = |session: &msrp_sdp::LocalSession, offer: &Media| {
        session.answer(offer, &Policy::default(), &Names::default())
    };
    assert_eq!(answer(&on_channel, &plain.offer()), Err(Refusal::Carrier));
    assert_eq!(answer(&plain, channel.media()), Err(Refusal::Carrier));
    assert_eq!(
        Channel::offer(65535, "chat", &on_channel),
        Err(ChannelError::Dcmap(DcmapError::Stream))
    );
}

#[test]
fn an_offer_without_a_common_type_is_refused() {
    let text = MediaRanges::parse(b"text/html").unwrap();
    let session = session(1, |local| local.accept_types(text));
    let offer = channels(&PEER);
    let refused = offer.get(2).unwrap().unwrap().answer(&session);
    assert_eq!(refused, Err(Refusal::NoCommonType));
}
