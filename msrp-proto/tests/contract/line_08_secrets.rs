//! Line 8: session-ids, credentials and bodies never appear in `Debug` output.

use core::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::wire::{Decoder, Header, Item, Limits, MsrpUri, Path};
use msrp_proto::{
    Body, Config, Connection, Credentials, Event, Inbox, IncomingEvent, Link, LinkError, Message, Refusal,
    RelayConfig, RelayEvent, RelayPath, Role, Seed, SessionConfig, SessionEvent, Terms,
};

use crate::bench::{self, text};
use crate::ops::shared::frames;

/// Octets of bodies, both ways, and of the seed.
const BODY: &str = "hushhushhush";
const SEED: u8 = 201;
const SECRETS: [&str; 10] = [
    "jshA7weztas",
    "kjhd37s2s20w2a",
    BODY,
    "pa55word",
    "t0ken",
    "al1ce",
    "n0nce",
    "0paque",
    // As numbers.
    "201, 201",
    "104, 117, 115, 104",
];

#[derive(Default)]
struct Shown {
    count: usize,
}

impl Shown {
    fn check(&mut self, what: &impl Debug) {
        for shown in [format!("{what:?}"), format!("{what:#?}")] {
            // Pretty-printed lists have a line for each element.
            let joined = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            for secret in SECRETS {
                assert!(
                    !shown.contains(secret) && !joined.contains(secret),
                    "{secret}: {shown}"
                );
            }
        }
        self.count += 1;
    }

    fn check_error(&mut self, error: &impl std::error::Error) {
        self.check(error);
        self.check(&error.to_string());
        let mut source = error.source();
        while let Some(error) = source {
            self.check(&error.to_string());
            source = error.source();
        }
    }

    /// An event, and everything in it.
    fn check_event(&mut self, event: &Event) {
        self.check(event);
        match event {
            Event::Incoming(_, event) => {
                self.check(event);
                match event {
                    IncomingEvent::Started { head, .. } => {
                        self.check(head);
                        self.check(head.head());
                        self.check(&head.from_path());
                    }
                    IncomingEvent::Finished { receipt, .. } => self.check(receipt),
                    IncomingEvent::Resumed { body: Some(body), .. } => {
                        self.check(body);
                        self.check(body.head());
                    }
                    _ => {}
                }
            }
            Event::Outgoing(_, event) => self.check(event),
            Event::Session(_, event) => {
                self.check(event);
                if let SessionEvent::Failed(_, carry) = event {
                    self.check(carry);
                    self.check(&bench::session(Role::Active).replaces(carry.clone()));
                }
            }
            Event::Relay(_, event) => {
                self.check(event);
                match event {
                    RelayEvent::Authorized(grant) | RelayEvent::Renewed(grant) => {
                        self.check(grant);
                        self.check(grant.path());
                        self.check(grant.path().use_path());
                    }
                    RelayEvent::Lapsed(path) => self.check(path),
                    RelayEvent::Failed(why) | RelayEvent::NotRenewed(why) => self.check_error(why),
                    _ => {}
                }
            }
            Event::ConnectionLost(error) => self.check_error(error),
            _ => {}
        }
    }
}

/// Shows: MSRP-3-02.
#[test]
fn debug_output_shows_no_secrets() {
    let mut shown = Shown::default();
    let config = Config::default();
    shown.check(&config);
    shown.check(&Seed::new([SEED; 32]));
    shown.check(&bench::session(Role::Active));
    shown.check(&Terms::new(Path::from(Pair::uri(Side::B))));
    let (mut bench, session) = bench::with_seed(config, Role::Active, [SEED; 32]);
    let message = || {
        let header = Header::new("Authorization", "t0ken").expect("a header");
        Message::new(text(), BODY).header(header).success_report(true)
    };
    shown.check(&message());
    shown.check(&Body::from(BODY));
    shown.check(
        &bench
            .connection
            .open(bench::session(Role::Active))
            .expect_err("it is open"),
    );
    shown.check_error(
        &bench
            .connection
            .open(bench::session(Role::Active))
            .expect_err("it is open"),
    );

    // Messages both ways, whole and in part, with everything that shows them.
    let sent = bench.send(session, message()).expect("room");
    let streamed = bench
        .send(session, Message::new(text(), Body::streamed(Some(30))))
        .expect("room");
    let outgoing = &mut bench.connection.outgoing(streamed).expect("a message");
    outgoing.write(BODY).expect("it was asked for");
    shown.check(outgoing);
    shown.check_error(&outgoing.write(BODY.repeat(20)).expect_err("too long"));
    shown.check_error(&outgoing.finish().expect_err("too short"));
    shown.check(&bench.connection.session(session));
    let out = bench.transmit(bench.now);
    let mut inbox = Inbox::default();
    let lines = "Authorization: t0ken\r\n";
    let id = bench::sent(&out, "SEND")[0].id.clone().expect("a message");
    let input = [
        frames::chunk("aaaa", "half", "1-*/*", lines, BODY.as_bytes(), '+'),
        frames::chunk("bbbb", "m1", "1-*/*", lines, BODY.as_bytes(), '$'),
        frames::chunk("cccc", "m2", "1-*/*", lines, BODY.repeat(300).as_bytes(), '$'),
        frames::report("dddd", &id, "1-12/12", "200"),
        frames::chunk("eeee", "m3", "0-1/5", lines, BODY.as_bytes(), '$'),
    ];
    for octets in &input {
        for piece in octets.chunks(octets.len() / 2) {
            bench.input(bench.now, piece.to_vec());
            shown.check(&bench.connection);
        }
    }
    let mut whole = 0;
    while let Some(mut event) = bench.poll_event() {
        shown.check_event(&event);
        let received = inbox.on(&mut bench.connection, &mut event);
        whole += usize::from(received.is_some());
        shown.check(&received);
        shown.check(&inbox);
    }
    assert_eq!(whole, 2);
    shown.check(&bench.connection.incoming(bench.arriving()[0]));
    shown.check(&bench.connection.stats());
    let _ = sent;

    // What fails.
    bench.command(|connection| connection.session(session).map(|session| session.close()));
    shown.check_error(&bench.send(session, message()).expect_err("it is closing"));
    shown.check_error(&bench.connection.close().expect_err("there is a session"));
    bench.failure(bench.now, LinkError::Tls);
    let mut carry = None;
    while let Some(mut event) = bench.poll_event() {
        assert!(inbox.on(&mut bench.connection, &mut event).is_none());
        shown.check_event(&event);
        if let Event::Session(_, SessionEvent::Failed(_, left)) = event {
            carry = Some(left);
        }
    }
    // What goes on elsewhere.
    let carry = carry.expect("a session that failed");
    assert!(carry.incomplete_count() > 0 && !carry.unconfirmed().is_empty());
    let (mut other, _) = bench::fresh(Config::default(), Role::Active);
    let again = bench::session(Role::Active).replaces(carry.clone());
    shown.check_error(&other.connection.open(again.clone()).expect_err("it is open"));
    other.abort();
    other.events();
    let (config, now) = (Arc::new(Config::default()), other.now);
    let mut connection = Connection::new(config, msrp_proto::Link::tcp(), now, Seed::new([SEED; 32]));
    connection.open(again).expect("a fresh connection");
    let mut resumed = 0;
    while let Some(event) = connection.poll_event() {
        shown.check_event(&event);
        resumed += usize::from(matches!(
            event,
            Event::Incoming(_, IncomingEvent::Resumed { body: Some(_), .. })
        ));
    }
    assert_eq!(resumed, carry.incomplete_count());
    let receipt = bench.receipts.pop().expect("a message");
    shown.check_error(
        &bench
            .connection
            .fail(receipt, Refusal::FORBIDDEN)
            .expect_err("too late"),
    );
    shown.check(&bench.connection);
    assert!(shown.count > 60, "{} things shown", shown.count);
}

/// What the decoder gives out, if it is used alone.
#[test]
fn debug_output_of_frames_shows_no_secrets() {
    let mut shown = Shown::default();
    let lines = "Authorization: t0ken\r\n";
    let stream = [
        frames::chunk("aaaa", "m1", "1-*/*", lines, BODY.as_bytes(), '+'),
        frames::chunk("bbbb", "m2", "0-1/1", lines, BODY.as_bytes(), '+'),
        frames::frame(
            "cccc",
            "SEND",
            &frames::paths().replace(";tcp", ";;"),
            Some(BODY.as_bytes()),
            '$',
        ),
        b"MSRP hushhushhush ".to_vec(),
    ]
    .concat();
    let mut decoder = Decoder::new(Limits::default());
    let mut input = Bytes::from(stream);
    let mut kinds = [0; 4];
    while let Some(item) = decoder.decode(&mut input).expect("frames") {
        shown.check(&item);
        shown.check(&decoder);
        kinds[match item {
            Item::Head(head) => {
                shown.check(&(head.to_path(), head.from_path()));
                0
            }
            Item::Malformed(_) => 1,
            Item::Body(_) => 2,
            Item::End(_) => 3,
        }] += 1;
    }
    assert_eq!(kinds, [1, 2, 3, 3]);
}

#[test]
fn debug_output_of_uris_shows_no_secrets() {
    let mut shown = Shown::default();
    let text = "msrps://alice:pa55word@b.example.com:12763/kjhd37s2s20w2a;tcp";
    let uri: MsrpUri = text.parse().expect("a URI");
    let terms = Terms::new(Path::from(uri.clone()));
    let session = SessionConfig::new(uri.clone(), Role::Active, terms.clone());
    shown.check(&(uri.clone(), terms, session.clone(), uri.target()));
    let config = Arc::new(Config::default());
    let now = msrp_proto::test_util::epoch();
    let mut connection = Connection::new(
        config.clone(),
        msrp_proto::Link::tcp(),
        now,
        Seed::new([SEED; 32]),
    );
    shown.check_error(
        &connection
            .open(session)
            .expect_err("not on a link without protection"),
    );
    let mut pair = Pair::new(&config);
    pair.open_session();
    let [a, b] = [Side::A, Side::B];
    pair.connection(a)
        .handle_input(now, frames::message("aaaa", "m1", BODY.as_bytes()).into());
    shown.check(&pair);
    // What is on the way, too.
    let pipe = Pipe::new(1)
        .capacity(100)
        .latency(core::time::Duration::from_secs(1));
    pair.set_pipe(b, pipe);
    pair.connection(b)
        .handle_input(now, frames::bodiless("bind").into());
    pair.run(|_, _, _| {});
    shown.check(&pair);
    shown.check(pair.pipe(b));
    pair.run(|_, connection, event| {
        shown.check_event(&event);
        shown.check(connection);
    });
    for (at, _) in text.char_indices() {
        let broken = format!("{}\"{}", &text[..at], &text[at..]);
        shown.check_error(&broken.parse::<MsrpUri>().expect_err("malformed"));
        shown.check_error(&broken.parse::<Path>().expect_err("malformed"));
    }
}

/// Who asks relays, with what, and what they give.
#[test]
fn debug_output_about_relays_shows_no_secrets() {
    let mut shown = Shown::default();
    let own: MsrpUri = "msrps://a.example.com:1/jshA7weztas;tcp".parse().expect("a URI");
    let relay: MsrpUri = "msrps://al1ce@r.example.com;tcp".parse().expect("a URI");
    let credentials = Credentials::new("al1ce", "pa55word").expect("credentials");
    let config = RelayConfig::new(own.clone(), relay.clone())
        .then(relay)
        .credentials(credentials.clone())
        .credentials_for("realm", credentials.clone());
    shown.check(&(config.clone(), credentials));
    let now = msrp_proto::test_util::epoch();
    let connect = |link| Connection::new(Arc::new(Config::default()), link, now, Seed::new([SEED; 32]));
    shown.check_error(
        &connect(Link::tcp())
            .authorize(config.clone())
            .expect_err("not on a link without protection"),
    );
    let mut connection = connect(Link::tls());
    let mut kinds = std::collections::BTreeSet::new();
    let answers = [
        (
            "401",
            "WWW-Authenticate: Digest realm=\"realm\", qop=\"auth\", nonce=\"n0nce\", opaque=\"0paque\"\r\n",
        ),
        (
            "200",
            "Use-Path: msrps://r.example.com:1/t0ken1;tcp\r\nExpires: 900\r\n",
        ),
        (
            "401",
            "WWW-Authenticate: Digest realm=\"realm\", qop=\"auth\", nonce=\"n0nce\"\r\n",
        ),
        (
            "200",
            "Use-Path: msrps://r.example.com:1/t0ken2;tcp\r\nExpires: 900\r\nAuthentication-Info: nextnonce=\"n0nce2\"\r\n",
        ),
        ("200", "Use-Path: msrps://r.example.com:1/t0ken3;tcp\r\n"),
        (
            "200",
            "Use-Path: msrps://r.example.com:1/t0ken4;tcp\r\nExpires: 1900\r\n",
        ),
        ("200", "Use-Path: msrps://r.example.com:1/t0ken5;tcp t0ken\r\n"),
    ];
    let id = connection.authorize(config.clone()).expect("a protected link");
    for (status, lines) in answers {
        let octets = connection.poll_transmit(now).expect("an AUTH");
        shown.check(&connection);
        let auth = bench::read(&octets).remove(0);
        let head = format!("To-Path: {own}\r\nFrom-Path: msrps://r.example.com;tcp\r\n{lines}");
        connection.handle_input(now, frames::frame(&auth.tid, status, &head, None, '$').into());
        shown.check(&connection);
        while let Some(event) = connection.poll_event() {
            shown.check_event(&event);
            if let Event::Relay(_, event) = &event {
                kinds.insert(format!("{event:?}").split('(').next().map(str::to_owned));
            }
        }
        shown.check(&connection.relay(id));
        shown.check(&connection.relay(id).and_then(|relay| relay.grant().cloned()));
        if !connection.wants_transmit() {
            connection.relay(id).expect("a path").renew();
        }
    }
    let path = RelayPath::new("msrps://r.example.com:1/t0ken;tcp".parse().expect("a path"));
    let peer: Path = "msrp://b.example.com:1/kjhd37s2s20w2a;tcp"
        .parse()
        .expect("a path");
    let terms = Terms::relayed(&path, peer.as_ref()).expect("a path");
    shown.check(&(path, terms.clone()));
    let unknown = connection.open(SessionConfig::new(own, Role::Active, terms));
    shown.check_error(&unknown.expect_err("nobody gave it"));
    connection.handle_timeout(now + core::time::Duration::from_secs(1000));
    connection.abort();
    while let Some(event) = connection.poll_event() {
        shown.check_event(&event);
        if let Event::Relay(_, event) = &event {
            kinds.insert(format!("{event:?}").split('(').next().map(str::to_owned));
        }
    }
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    assert_eq!(kinds, ["Authorized", "Failed", "Lapsed", "NotRenewed", "Renewed"]);
}
