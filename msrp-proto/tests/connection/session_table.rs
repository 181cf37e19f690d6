//! Several connections of one endpoint and the table over them (RFC 4975 §5.4, §7.3, §8.8).

use msrp_proto::wire::MsrpUri;
use msrp_proto::{
    Config, ExpectErrorReason, Host, Matching, OpenErrorReason, Refusal, ReuseKey, Role, SessionConfig,
    SessionTable, Terms,
};

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Cut, Peer, Setup, passive, text};

/// An endpoint with two connections that peers have made.
struct Endpoint {
    table: SessionTable<usize>,
    connections: [Peer; 2],
}

impl Endpoint {
    fn new(cut: Cut) -> Self {
        let setup = Setup::new()
            .no_session()
            .config(|config| config.session_requests(true));
        Self {
            table: SessionTable::default(),
            connections: [setup.peer(cut), setup.peer(cut)],
        }
    }

    /// Feeds a connection, answers what it asks by the table, and returns what it sends.
    fn feed(&mut self, connection: usize, frame: Frame) -> Vec<String> {
        let peer = &mut self.connections[connection];
        peer.feed(frame);
        if peer.events().iter().any(|line| line.starts_with("requested")) {
            let request = peer.request();
            match self.table.claim(&connection, &request) {
                Ok((_, session)) => {
                    let name = session.local().as_str().to_owned();
                    let id = peer.connection.accept(request, session).unwrap();
                    peer.name_session(id, &name);
                }
                Err(refusal) => peer.connection.refuse(request, refusal),
            }
        }
        peer.sent_lines()
    }
}

fn run(test: impl Fn(&mut Endpoint)) {
    for cut in [Cut::Whole, Cut::Octets] {
        test(&mut Endpoint::new(cut));
    }
}

/// Shows: MSRP-5.4-15, MSRP-7.2-06, MSRP-7.3-01.
#[test]
fn a_session_bound_elsewhere_is_refused_with_506() {
    run(|endpoint| {
        endpoint.table.expect(passive(B)).unwrap();
        assert_eq!(endpoint.feed(0, Frame::text("t001", "m001", "one")), ["t001 200"]);
        // The answer leaves on the connection that the request came on, and on no other.
        assert_eq!(endpoint.feed(1, Frame::text("t002", "m002", "two")), ["t002 506"]);
        assert_eq!(endpoint.connections[0].sent_lines(), [""; 0]);
        assert_eq!(endpoint.connections[1].connection.session_count(), 0);
        // Another URI is unknown on both, whatever else is wrong with the request.
        for connection in [0, 1] {
            let unknown = Frame::text("t003", "m003", "x").to(B2);
            assert_eq!(endpoint.feed(connection, unknown.clone()), ["t003 481"]);
            let malformed = unknown.header("Byte-Range", "?");
            assert_eq!(endpoint.feed(connection, malformed), ["t003 481"]);
        }
        // The binding is as before.
        assert_eq!(
            endpoint.feed(0, Frame::text("t004", "m004", "three")),
            ["t004 200"]
        );
        assert_eq!(
            endpoint.feed(1, Frame::text("t005", "m005", "four")),
            ["t005 506"]
        );
        endpoint.connections[0].session(B).send(text("own")).unwrap();
        assert_eq!(endpoint.connections[0].sent_lines(), ["SEND 1-3/3 own $"]);
        assert_eq!(endpoint.connections[1].sent_lines(), [""; 0]);
    });
}

/// Shows: MSRP-5.4-16.
#[test]
fn who_wants_no_failures_hears_of_none() {
    run(|endpoint| {
        endpoint.table.expect(passive(B)).unwrap();
        endpoint.feed(0, Frame::bodiless("t001"));
        let quiet = |id, to| Frame::text(id, "m001", "x").failure_report("no").to(to);
        assert_eq!(endpoint.feed(1, quiet("t002", B)), [""; 0]);
        assert_eq!(endpoint.feed(1, quiet("t003", B2)), [""; 0]);
        assert_eq!(endpoint.connections[1].events(), [""; 0]);
        // Neither was taken in silence: those who want to hear do.
        assert_eq!(endpoint.feed(1, Frame::text("t004", "m001", "x")), ["t004 506"]);
        assert_eq!(
            endpoint.feed(1, Frame::text("t005", "m001", "x").to(B2)),
            ["t005 481"]
        );
    });
}

#[test]
fn what_has_ended_is_unknown() {
    run(|endpoint| {
        let first = endpoint.table.expect(passive(B)).unwrap();
        endpoint.feed(0, Frame::bodiless("t001"));
        endpoint.connections[0].session(B).abort();
        endpoint.table.ended(first);
        assert!(endpoint.table.is_empty());
        assert_eq!(endpoint.feed(1, Frame::bodiless("t002")), ["t002 481"]);
        // The same with the connection.
        endpoint.table.expect(passive(B)).unwrap();
        endpoint.table.expect(passive(B2)).unwrap();
        endpoint.feed(0, Frame::bodiless("t003"));
        assert_eq!(endpoint.table.sessions_of(&0), 1);
        endpoint.table.lost(&0);
        assert_eq!(endpoint.feed(1, Frame::bodiless("t004")), ["t004 481"]);
        // What no connection has is expected as before.
        assert_eq!(endpoint.feed(1, Frame::bodiless("t005").to(B2)), ["t005 200"]);
        endpoint.table.lost(&1);
        assert!(endpoint.table.is_empty());
    });
}

/// A session that has ended here, unknown to the table, is not elsewhere.
#[test]
fn a_session_that_its_own_connection_has_lost_is_unknown() {
    run(|endpoint| {
        endpoint.table.expect(passive(B)).unwrap();
        endpoint.feed(0, Frame::bodiless("t001"));
        endpoint.connections[0].session(B).abort();
        assert_eq!(endpoint.feed(0, Frame::bodiless("t002")), ["t002 481"]);
        assert_eq!(endpoint.feed(1, Frame::bodiless("t003")), ["t003 506"]);
    });
}

/// Shows: MSRP-8.8-02.
#[test]
fn the_answers_to_a_forked_offer_are_sessions_of_their_own() {
    let peers = [
        "msrp://p1.example.com:7001/first;tcp",
        "msrp://p2.example.com:7002/second;tcp",
    ];
    run(|endpoint| {
        let fork = |peer: &str| {
            let terms = Terms::new(peer.parse().unwrap());
            SessionConfig::new(B.parse().unwrap(), Role::Passive, terms)
        };
        let first = endpoint.table.expect(fork(peers[0])).unwrap();
        endpoint.table.fork(first, fork(peers[1])).unwrap();
        // The second answerer is the first to connect.
        let from = |id, message, peer: &str| Frame::text(id, message, "x").from(peer);
        assert_eq!(endpoint.feed(0, from("t001", "m001", peers[1])), ["t001 200"]);
        assert_eq!(endpoint.feed(1, from("t002", "m002", peers[0])), ["t002 200"]);
        // Each sends to its own peer.
        for (connection, peer) in [(0, peers[1]), (1, peers[0])] {
            let at = &mut endpoint.connections[connection];
            let out = at.send_on(B, "out", text("hello").success_report(true));
            let sent = at.sent();
            assert_eq!(sent[0].header("To-Path"), peer);
            // A report on the other connection is none about this message.
            let message_id = sent[0].header("Message-ID").to_owned();
            let report = Frame::report("t009", &message_id, "1-5/5", "000 200 OK");
            endpoint.connections[1 - connection].feed(report.clone().from(peer));
            let progress = |at: &mut Peer| at.connection.outgoing(out).map(|out| out.progress().reported);
            assert_eq!(progress(&mut endpoint.connections[connection]), Some(0));
            let at = &mut endpoint.connections[connection];
            at.take_events();
            at.feed(report.from(peer));
            let events = at.events();
            assert!(events.contains(&"out completed".into()), "{events:?}");
        }
        // A third one is one too many.
        endpoint.table.lost(&1);
        assert_eq!(
            endpoint.feed(1, from("t003", "m003", peers[0])),
            ["t003 200"],
            "its connection still has it"
        );
        let mut third = Endpoint::new(Cut::Whole);
        third.table = std::mem::take(&mut endpoint.table);
        assert_eq!(third.feed(1, from("t004", "m004", peers[0])), ["t004 506"]);
    });
}

/// The offerer connects, as it does unless something else is negotiated: to each peer that has answered.
#[test]
fn forks_that_are_connected_to_from_here() {
    run(|endpoint| {
        let first = endpoint.table.opened(7, &B.parse().unwrap()).unwrap();
        let table = &mut endpoint.table;
        assert_eq!(table.fork_opened(first, 7), Err(ExpectErrorReason::InUse));
        let second = table.fork_opened(first, 8).unwrap();
        assert_eq!((table.sessions_of(&7), table.sessions_of(&8)), (1, 1));
        table.lost(&7);
        assert_eq!(table.fork_opened(first, 9), Err(ExpectErrorReason::Unknown));
        assert_eq!(endpoint.feed(0, Frame::bodiless("t001")), ["t001 506"]);
        endpoint.table.ended(second);
        assert!(endpoint.table.is_empty());
        assert_eq!(endpoint.feed(0, Frame::bodiless("t002")), ["t002 481"]);
    });
}

/// Of several sessions under one URI a sender that none of them names gets one whose peer is not known
/// yet, else the oldest.
#[test]
fn which_fork_a_request_is_for() {
    let fork = |terms: Terms| SessionConfig::new(B.parse().unwrap(), Role::Passive, terms);
    let known = || {
        fork(Terms::new(
            "msrp://p1.example.com:7001/first;tcp".parse().unwrap(),
        ))
    };
    let mut endpoint = Endpoint::new(Cut::Whole);
    let oldest = endpoint.table.expect(known()).unwrap();
    let open = endpoint.table.fork(oldest, fork(Terms::unknown())).unwrap();
    let claims: Vec<_> = (0..3)
        .map(|at| {
            let mut peer = Setup::new()
                .no_session()
                .config(|config| config.session_requests(true))
                .peer(Cut::Whole);
            peer.feed(Frame::bodiless("t001"));
            let request = peer.request();
            endpoint.table.claim(&at, &request).map(|(found, _)| found)
        })
        .collect();
    assert_eq!(claims, [Ok(open), Ok(oldest), Err(Refusal::BOUND_ELSEWHERE)]);
}

/// Shows: MSRP-8.2-06.
#[test]
fn each_session_has_a_uri_of_its_own() {
    let host: MsrpUri = "msrp://b.example.com:12763;tcp".parse().unwrap();
    let mut octets = 0u64;
    let mut table = SessionTable::<u32>::default();
    for _ in 0..1000 {
        let uri = host.with_random_session(|random| {
            for part in random.chunks_mut(8) {
                octets = octets
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                part.copy_from_slice(&(octets ^ octets >> 33).to_be_bytes()[..part.len()]);
            }
        });
        let session = SessionConfig::new(uri.unwrap(), Role::Passive, Terms::unknown());
        table.expect(session).unwrap();
    }
    assert_eq!(table.len(), 1000);

    let first = table.expect(passive(B)).unwrap();
    let error = table.expect(passive(B)).unwrap_err();
    assert_eq!(error.reason, ExpectErrorReason::InUse);
    assert_eq!(
        table.opened(1, error.session.local()),
        Err(ExpectErrorReason::InUse)
    );
    // Scheme and host are compared without case (RFC 4975 §6.1).
    let same = passive(&B.replace("msrp://b", "MSRP://B"));
    assert_eq!(table.expect(same).unwrap_err().reason, ExpectErrorReason::InUse);
    // But for forks, which say what they are.
    let fork = table.fork(first, passive(B)).unwrap();
    let other = table.fork(first, passive(B2)).unwrap_err();
    assert_eq!(other.reason, ExpectErrorReason::OtherUri);
    assert!(table.withdraw(first).is_some() && table.withdraw(first).is_none());
    let gone = table.fork(first, passive(B)).unwrap_err();
    assert_eq!(gone.reason, ExpectErrorReason::Unknown);
    assert!(table.withdraw(fork).is_some());
    // Used again only when nobody has it.
    let own = table.opened(1, &B.parse().unwrap()).unwrap();
    assert_eq!(
        table.expect(passive(B)).unwrap_err().reason,
        ExpectErrorReason::InUse
    );
    table.ended(own);
    table.expect(passive(B)).unwrap();
    // So it is within one connection.
    let mut peer = Setup::new().peer(Cut::Whole);
    let error = peer.connection.open(passive(B)).unwrap_err();
    assert_eq!(error.reason, OpenErrorReason::InUse);
    let nobody = passive("msrp://b.example.com:12763;tcp");
    assert_eq!(
        table.expect(nobody).unwrap_err().reason,
        ExpectErrorReason::NoSessionId
    );
}

#[test]
fn a_connection_can_be_used_again_while_it_lasts() {
    let key = |uri: &str| uri.parse::<MsrpUri>().unwrap().target().unwrap().reuse_key();
    let (here, there): (ReuseKey, ReuseKey) = (key(A), key(&A.replace("7654", "7655")));
    let mut table = SessionTable::<&str>::default();
    fn reusable(table: &SessionTable<&'static str>, target: &ReuseKey) -> Vec<&'static str> {
        table.reusable(target).copied().collect()
    }
    assert_eq!(reusable(&table, &here), [""; 0]);
    table.connected("c1", here.clone());
    table.connected("c2", here.clone());
    assert_eq!(reusable(&table, &here), ["c1", "c2"]);
    assert_eq!(reusable(&table, &there), [""; 0]);
    table.lost(&"c1");
    assert_eq!(reusable(&table, &here), ["c2"]);
    // One that peers have made is never used for a target, whatever it carries.
    table.opened("c3", &B.parse().unwrap()).unwrap();
    table.lost(&"c2");
    assert_eq!(reusable(&table, &here), [""; 0]);
    table.lost(&"c3");
    assert!(table.is_empty());
    // It may turn out to lead elsewhere.
    table.connected("c4", here.clone());
    table.connected("c4", there.clone());
    assert_eq!(reusable(&table, &here), [""; 0]);
    assert_eq!(reusable(&table, &there), ["c4"]);
    table.lost(&"c4");
    assert!(table.is_empty());
}

/// Two sessions that have the same session-id at other hosts are told apart, or not at all.
#[test]
fn claims_by_session_id_alone_do_not_guess() {
    let rewritten = "msrp://middlebox.example.net:4000/kjhd37s2s20w2a;tcp";
    let setup = Setup::new()
        .no_session()
        .config(|_: Config| Config::default().session_requests(true));
    let mut peer = setup.peer(Cut::Whole);
    peer.feed(Frame::bodiless("t001").to(rewritten));
    let request = peer.request();
    let mut exact = SessionTable::<u32>::new(Matching::Exact);
    exact.expect(passive(B)).unwrap();
    assert_eq!(exact.claim(&1, &request).err(), Some(Refusal::NO_SESSION));

    let mut table = SessionTable::<u32>::new(Matching::SessionId);
    let first = table.expect(passive(B)).unwrap();
    let other = passive("msrp://c.example.com:12763/kjhd37s2s20w2a;tcp");
    let second = table.expect(other).unwrap();
    assert_eq!(table.claim(&1, &request).err(), Some(Refusal::NO_SESSION));
    table.withdraw(second);
    assert_eq!(table.claim(&1, &request).map(|(found, _)| found), Ok(first));
    assert_eq!(table.claim(&2, &request).err(), Some(Refusal::BOUND_ELSEWHERE));
}

/// The events of a session name it, whatever the sender claims to be.
///
/// Shows: MSRP-14.5-02.
#[test]
fn events_say_which_session_they_came_on() {
    use msrp_proto::{Event, IncomingEvent};
    let mut peer = Setup::new().peer(Cut::Whole);
    let second = peer.open("B2", passive(B2));
    let first = peer.session_id("B");
    for (id, to, session) in [("t001", B, first), ("t002", B2, second)] {
        // Both claim to be A.
        peer.feed(Frame::text(id, "m001", "x").to(to));
        let mut told = Vec::new();
        while let Some(event) = peer.connection.poll_event() {
            match event {
                Event::Session(session, _) => told.push(session),
                Event::Incoming(_, IncomingEvent::Started { session, .. }) => told.push(session),
                Event::Incoming(_, IncomingEvent::Finished { receipt, .. }) => told.push(receipt.session()),
                _ => {}
            }
        }
        assert_eq!(told, [session; 3], "bound, started, finished");
    }
}

/// Shows: MSRP-5.4-02.
#[test]
fn who_connects_when_nothing_is_negotiated() {
    let offered = SessionConfig::new(A.parse().unwrap(), Role::OFFERER, Terms::new(B.parse().unwrap()));
    let answered = SessionConfig::new(B.parse().unwrap(), Role::ANSWERER, Terms::new(A.parse().unwrap()));
    let target = offered.target().unwrap().expect("the offerer connects");
    assert_eq!(
        (target.host().to_string().as_str(), target.port()),
        ("b.example.com", 12763)
    );
    assert_eq!(answered.target(), Ok(None));
    // Through a relay: the next hop, the leftmost URI of the answer.
    let path = format!("msrp://relay.example.com:2855/r1;tcp {B}")
        .parse()
        .unwrap();
    let relayed = SessionConfig::new(A.parse().unwrap(), Role::OFFERER, Terms::new(path));
    assert_eq!(relayed.target().unwrap().unwrap().port(), 2855);
    // The side that connects speaks first, the other one waits.
    Setup::new().session(offered).run(|peer| {
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
    });
    Setup::new().session(answered).run(|peer| peer.assert_silent());
}

/// Shows: SETUP-4.2.2-15.
#[test]
fn the_port_of_an_active_peer_is_never_connected_to() {
    let discard = "msrp://a.example.com:9/jshA7weztas;tcp";
    let session = || {
        SessionConfig::new(
            B.parse().unwrap(),
            Role::Passive,
            Terms::new(discard.parse().unwrap()),
        )
    };
    assert_eq!(session().target(), Ok(None));
    Setup::new().session(session()).run(|peer| {
        peer.send("out", text("hello"));
        peer.wait(std::time::Duration::from_secs(3600));
        assert_eq!(peer.sent_lines(), [""; 0]);
        // It comes by itself, and is sent to by that very path.
        peer.feed(Frame::bodiless("t001").from(discard));
        let sent = peer.sent();
        assert_eq!(sent[1].header("To-Path"), discard);
    });
}

/// Shows: CEMA-4.1-01.
#[test]
fn an_address_apart_from_the_path_changes_only_where_to_connect() {
    let path = "msrp://192.0.2.5:7654/x;tcp";
    let session = SessionConfig::new(
        B.parse().unwrap(),
        Role::Active,
        Terms::new(path.parse().unwrap()),
    );
    let target = session.target().unwrap().unwrap();
    let address: std::net::Ipv4Addr = "203.0.113.9".parse().unwrap();
    let target = target.connect_to(std::net::IpAddr::from(address), 5000).unwrap();
    assert_eq!(
        (target.host().to_string().as_str(), target.port()),
        ("203.0.113.9", 5000)
    );
    Setup::new().session(session).run(|peer| {
        peer.send("out", text("hello"));
        let sent = peer.sent();
        assert_eq!(
            (sent[0].header("To-Path"), sent[0].header("From-Path")),
            (path, B)
        );
        // What comes is matched by the URIs of the path as well.
        peer.feed(Frame::text("t001", "m001", "x").from(path));
        peer.feed(Frame::text("t002", "m002", "x").to("msrp://203.0.113.9:5000/kjhd37s2s20w2a;tcp"));
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 481"]);
    });
}

/// Shows: MSRP-5.4-11.
#[test]
fn sessions_by_the_certificate_of_the_client() {
    let mut table = SessionTable::<u32>::default();
    let mut expect = |id: &str, path: Option<&str>| {
        let local = format!("msrps://b.example.com:12763/{id};tcp").parse().unwrap();
        let terms = path.map_or_else(Terms::unknown, |path| Terms::new(path.parse().unwrap()));
        let session = SessionConfig::new(local, Role::Passive, terms);
        table.expect(session).unwrap()
    };
    let alice = expect("s001", Some("msrps://Alice.example.com:7654/a;tcp"));
    let again = expect("s002", Some("msrps://alice.example.com:9/b;tcp"));
    let relayed = "msrps://relay.example.com:1/r;tcp msrps://bob.example.com:2/c;tcp";
    let bob = expect("s003", Some(relayed));
    let address = expect("s004", Some("msrps://192.0.2.7:3/d;tcp"));
    expect("s005", None);
    expect("s006", Some("msrps://x.invalid:3/d;tcp"));
    let opened = "msrps://b.example.com:12763/s007;tcp".parse::<MsrpUri>().unwrap();
    table.opened(1, &opened).unwrap();

    let name = |name: &str| Host::Name(name.parse().unwrap());
    let from = |table: &SessionTable<u32>, names: &[Host]| table.expected_from(|host| names.contains(host));
    assert_eq!(from(&table, &[name("alice.example.com")]), [alice, again]);
    assert_eq!(from(&table, &[name("bob.example.com")]), [bob]);
    let both = [name("bob.example.com"), Host::Address([192, 0, 2, 7].into())];
    assert_eq!(from(&table, &both), [bob, address]);
    for none in ["relay.example.com", "b.example.com", "example.com", "x.invalid"] {
        assert_eq!(from(&table, &[name(none)]), [], "{none}");
    }
    assert_eq!(from(&table, &[]), []);
    // What is bound or over waits for nobody.
    table.withdraw(alice);
    table.ended(bob);
    let all = table.expected_from(|_| true);
    assert_eq!(all, [again, address]);
}
