//! P5: how long messages may be, and what they may cost.

use bytes::Bytes;
use msrp_proto::wire::{DecodeError, StatusCode};
use msrp_proto::{
    Config, ConnectionError, Event, Inbox, IncomingEvent, ReceiveFailure, Role, SendErrorReason, SendFailure,
    SessionConfig, Terms,
};
use msrp_sdp::Policy;

use crate::peer::{OURS, Side, THEIRS, connection, send, sockets};
use crate::support::{call, message, octet_stream, octets, parties};

/// A limit per session, which counts whole messages and is negotiated; one per message, of whoever puts messages
/// together; 413 when either is passed; and a bound on whatever a peer could make grow.
#[tokio::test]
async fn p05_limits() {
    per_session().await;
    whole_messages_count_not_chunks().await;
    memory_of_messages_is_bounded();
    memory_below_messages_is_bounded();
}

/// `max-size`: the sender keeps to it, and is refused if it does not.
async fn per_session() {
    let (alice, bob) = parties(false).await;
    let answering = bob.local().max_size(5000);
    let established = call(
        (&alice, alice.local()),
        (&bob, answering),
        &Policy::default(),
        |_, text| text,
    )
    .await;
    assert!(established.answer.contains("\r\na=max-size:5000\r\n"));
    let [one, other] = established.sessions;
    let (one, mut other) = (one.unwrap(), other.unwrap());
    let of = |len| msrp_proto::Message::new(octet_stream(), octets(len));

    let error = one.send(of(5001)).await.unwrap_err();
    assert_eq!(error.reason, SendErrorReason::TooLarge);
    let all = one.send(of(5000)).await.unwrap();
    assert_eq!(message(&mut other).await.unwrap().body, octets(5000));
    all.outcome().await.unwrap();
    // Sent nevertheless: 413, and the session goes on.
    let too_long = one.send(of(5001).exceed_max_size(true)).await.unwrap();
    assert_eq!(
        too_long.outcome().await,
        Err(SendFailure::Refused(StatusCode::STOP_SENDING))
    );
    let next = one.send(of(1)).await.unwrap();
    assert_eq!(message(&mut other).await.unwrap().body.len(), 1);
    next.outcome().await.unwrap();
}

/// A peer whose chunks are short, and whose message is not, says nothing of its length.
async fn whole_messages_count_not_chunks() {
    const LIMIT: usize = 10_000;
    let (ours, theirs) = sockets().await;
    let limited = |session: SessionConfig| session.max_size(Some(LIMIT as u64));
    let by_session = Side::new(ours, Config::default(), Role::Passive, limited);
    let by_session = (by_session, theirs, true);
    let (ours, theirs) = sockets().await;
    let mut by_inbox = Side::new(ours, Config::default(), Role::Passive, |session| session);
    by_inbox.inbox = Inbox::new(LIMIT, 4 * LIMIT);
    for (mut side, theirs, of_session) in [by_session, (by_inbox, theirs, false)] {
        let mut peer = crate::peer::Peer::new(theirs, THEIRS, OURS);
        let (content, mut inbox_most) = (octets(2 * LIMIT), 0);
        // As many as fit, exactly, then others.
        for (name, len, code) in [("fits", LIMIT, 200), ("long", LIMIT + 1, 413)] {
            let mut codes = Vec::new();
            for (number, chunk) in content[..len].chunks(1000).enumerate() {
                let last = number == (len - 1) / 1000;
                let (tid, start) = (format!("{name}{number:04}"), number * 1000 + 1);
                let end = start + chunk.len() - 1;
                let id = format!("Message-ID: {name}");
                // Where it ends is said, how long it is, only at the end.
                let range = format!("Byte-Range: {start}-{end}/*");
                let exchange = async {
                    let body = Some(("application/octet-stream", chunk));
                    peer.send(&tid, &[&id, &range], body, if last { '$' } else { '+' })
                        .await;
                    peer.frame().await.unwrap().code().unwrap()
                };
                codes.push(side.meanwhile(exchange).await);
                inbox_most = inbox_most.max(side.inbox.octets());
            }
            let (last, before) = codes.split_last().unwrap();
            assert!(before.iter().all(|&code| code == 200), "{codes:?}");
            assert_eq!(*last, code, "{name}");
        }
        assert!(inbox_most <= LIMIT, "{inbox_most}");
        assert_eq!(side.received.len(), 1);
        assert_eq!(side.received[0].body, content[..LIMIT]);
        // Nothing of the refused message is left, and further ones are taken.
        let code = side
            .meanwhile(async {
                peer.text("after001", "still here").await;
                peer.frame().await.unwrap().code()
            })
            .await;
        assert_eq!(code, Some(200));
        assert_eq!(side.inbox.octets(), 0);
        let aborted = side.events.iter().any(|event| {
            matches!(
                event,
                Event::Incoming(
                    _,
                    IncomingEvent::Aborted(ReceiveFailure::Refused(StatusCode::STOP_SENDING))
                )
            )
        });
        // What has come as a whole before it was looked at has finished, and is refused all the same.
        assert!(aborted || !of_session);
    }
}

/// The codes of the responses that a connection has for the peer.
fn codes(connection: &mut msrp_proto::Connection) -> Vec<String> {
    let now = std::time::Instant::now();
    let mut sent = Vec::new();
    while let Some(octets) = connection.poll_transmit(now) {
        sent.extend_from_slice(&octets);
    }
    let sent = String::from_utf8(sent).unwrap();
    sent.lines()
        .filter_map(|line| line.strip_prefix("MSRP ")?.split(' ').nth(1))
        .map(str::to_owned)
        .collect()
}

fn open(config: Config) -> msrp_proto::Connection {
    let mut connection = connection(config);
    let terms = Terms::new(THEIRS.parse().unwrap());
    connection
        .open(SessionConfig::new(OURS.parse().unwrap(), Role::Passive, terms))
        .unwrap();
    connection
}

/// A chunk of a message of 2 GiB, which goes on.
fn chunk(number: usize, id: &str, start: u64, body: &[u8]) -> Bytes {
    let (id, end) = (format!("Message-ID: {id}"), start + body.len() as u64 - 1);
    let range = format!("Byte-Range: {start}-{end}/2147483648");
    let body = Some(("application/octet-stream", body));
    send(
        OURS,
        THEIRS,
        &format!("tid{number:06}"),
        &[&id, &range],
        body,
        '+',
    )
    .into()
}

fn memory_of_messages_is_bounded() {
    let now = std::time::Instant::now();
    // A total over messages that are incomplete, and what is ahead of a gap counts as if it were there.
    let mut connection = open(Config::default());
    let mut inbox = Inbox::new(10_000, 25_000);
    let mut refused = 0;
    for number in 0..4 {
        let id = format!("incomplete{number}");
        connection.handle_input(now, chunk(number, &id, 8001, &octets(1000)));
        while let Some(mut event) = connection.poll_event() {
            assert!(inbox.on(&mut connection, &mut event).is_none());
            refused += usize::from(matches!(event, Event::Incoming(_, IncomingEvent::Aborted(_))));
        }
        assert!(inbox.octets() <= 25_000);
    }
    assert_eq!(refused, 2);
    // Far away is too far at once.
    let mut inbox = Inbox::default();
    connection.handle_input(now, chunk(9, "far-away", 1 << 30, b"x"));
    while let Some(mut event) = connection.poll_event() {
        inbox.on(&mut connection, &mut event);
        assert_eq!(inbox.octets(), 0);
    }

    // Messages at a time, and holes in one.
    let mut connection = open(Config::default().max_incoming(3).max_holes(2));
    for number in 0..5 {
        connection.handle_input(now, chunk(number, &format!("message{number}"), 1, b"x"));
        while connection.poll_event().is_some() {}
    }
    assert_eq!(codes(&mut connection), ["200", "200", "200", "413", "413"]);
    let mut told = Vec::new();
    for number in 0..4 {
        let start = 10 + 10 * number as u64;
        connection.handle_input(now, chunk(10 + number, "message0", start, b"x"));
        while connection.poll_event().is_some() {}
        told.extend(codes(&mut connection));
    }
    assert_eq!(told, ["200", "200", "413", "413"]);
}

fn memory_below_messages_is_bounded() {
    let now = std::time::Instant::now();
    // Events that nobody takes hold the peer back; a driver that goes on all the same loses the connection.
    let mut connection = open(Config::default().max_event_octets(10_000).max_held(20_000));
    let mut given = 0;
    while connection.wants_input() {
        connection.handle_input(
            now,
            chunk(given, "unread", 1 + 1000 * given as u64, &octets(1000)),
        );
        given += 1;
        assert!(given < 20);
    }
    for number in 0..30 {
        let start = 1 + 1000 * (given + number) as u64;
        connection.handle_input(now, chunk(given + number, "unread", start, &octets(1000)));
    }
    let mut last = None;
    let mut octets_of_events = 0;
    while let Some(event) = connection.poll_event() {
        if let Event::Incoming(_, IncomingEvent::Data { data, .. }) = &event {
            octets_of_events += data.len();
        }
        last = Some(event);
    }
    assert!(octets_of_events <= 12_000, "{octets_of_events}");
    assert!(
        matches!(last, Some(Event::ConnectionLost(ConnectionError::InputOverflow))),
        "{last:?}"
    );

    // A start line without end.
    let mut connection = open(Config::default());
    connection.handle_input(now, b"MSRP "[..].into());
    for _ in 0..20 {
        connection.handle_input(now, vec![b'x'; 1000].into());
    }
    let lost = std::iter::from_fn(|| connection.poll_event()).last();
    let Some(Event::ConnectionLost(ConnectionError::Framing(error))) = lost else {
        panic!("{lost:?}")
    };
    assert!(matches!(
        error,
        DecodeError::StartLine | DecodeError::StartLineTooLong
    ));

    // A head without end: refused, and not kept.
    let mut connection = open(Config::default());
    let mut endless = format!("MSRP endless1 SEND\r\nTo-Path: {OURS}\r\nFrom-Path: {THEIRS}\r\n");
    for number in 0..2000 {
        endless += &format!("X-{number}: {}\r\n", "x".repeat(100));
    }
    endless += "-------endless1$\r\n";
    connection.handle_input(now, endless.into());
    connection.handle_input(now, chunk(1, "after", 1, b"x"));
    assert_eq!(codes(&mut connection), ["400", "200"]);

    // What the application itself queues.
    let mut connection = crate::peer::connection(Config::default().max_outgoing(3));
    let terms = Terms::new(THEIRS.parse().unwrap());
    let session = SessionConfig::new(OURS.parse().unwrap(), Role::Active, terms);
    let session = connection.open(session).unwrap();
    let mut session = connection.session(session).unwrap();
    for _ in 0..3 {
        session.send(crate::support::text("queued")).unwrap();
    }
    let error = session.send(crate::support::text("queued")).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::TooMany);
}
