//! The std driver, from an offer and an answer to a connection.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_examples::std_driver::{Application, Driver, Ended, EstablishError, establish, seed};
use msrp_examples::tls::{Identity, Layer, TlsError};
use msrp_examples::unreachable::Unreachable;
use msrp_proto::{
    Config, Connection, ConnectionError, Event, Inbox, Link, LinkError, OutgoingEvent, Role, SessionEvent,
    SessionId,
};
use msrp_sdp::{
    Action, Agreement, Answer, ConnectionPlan, Fingerprints, Ids, Local, LocalSession, Names, Outcome,
    Policy, Side, Verified, negotiate,
};
use rustls::{ProtocolVersion, RootCertStore};
use socket2::{Domain, Socket, Type};

use crate::support::{SECRET, secret, within};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// One side of a call.
struct Caller {
    listener: Option<TcpListener>,
    identity: Identity,
    session: LocalSession,
}

impl Caller {
    fn listening(number: u8, plain: bool) -> Self {
        let listener = TcpListener::bind((HOST, 0)).unwrap();
        let local = Local::listening(HOST, listener.local_addr().unwrap().port());
        Self::new(number, Some(listener), local, plain)
    }

    fn connecting(number: u8, plain: bool) -> Self {
        Self::new(number, None, Local::connecting(HOST), plain)
    }

    fn new(number: u8, listener: Option<TcpListener>, local: Local, plain: bool) -> Self {
        let identity = Identity::self_signed().unwrap();
        let local = match plain {
            true => local.plain(),
            false => local.fingerprints(Fingerprints::of([identity.certificate()]).unwrap()),
        };
        Self {
            listener,
            identity,
            session: local.open(&mut Ids::seeded([number; 32])).unwrap(),
        }
    }
}

/// What the two come to, each by itself.
fn agree(alice: &LocalSession, bob: &LocalSession, policy: &Policy) -> (Agreement, Agreement) {
    let (offer, names) = (alice.offer(), Names::default());
    let Answer::Media(answer) = bob.answer(&offer, policy, &names).unwrap() else {
        panic!("without CEMA there is nothing to look up")
    };
    let of = |side| match negotiate(&offer, &answer, side, policy, &names).unwrap() {
        Outcome::Session(agreement) => *agreement,
        other => panic!("{other:?}"),
    };
    (of(Side::Offerer), of(Side::Answerer))
}

/// What came of a connection.
struct Seen {
    ended: Ended,
    received: Vec<Bytes>,
    /// At each end of a handshake: the version, how the peer is known, and how many events there had been.
    secured: Vec<(Option<ProtocolVersion>, Verified, usize)>,
}

struct Peer {
    session: SessionId,
    role: Role,
    plan: ConnectionPlan,
    inbox: Inbox,
    events: usize,
    delivered: bool,
    received: Vec<Bytes>,
    secured: Vec<(Option<ProtocolVersion>, Verified, usize)>,
}

impl Application for Peer {
    /// Whoever connected leaves when both texts have arrived.
    fn on_event(&mut self, connection: &mut Connection, mut event: Event) {
        self.events += 1;
        if let Some(message) = self.inbox.on(connection, &mut event) {
            self.received.push(message.body);
        }
        match event {
            Event::Outgoing(_, OutgoingEvent::Completed) => self.delivered = true,
            Event::Session(_, SessionEvent::Closed) => connection.close().unwrap(),
            _ => {}
        }
        if self.role == Role::Active
            && self.delivered
            && !self.received.is_empty()
            && let Some(session) = connection.session(self.session)
        {
            session.close();
        }
    }

    fn on_secured(&mut self, tls: &Layer) {
        let certificate = tls.peer_chain().first().map(AsRef::as_ref);
        let verified = self.plan.verify(certificate).unwrap();
        self.secured.push((tls.version(), verified, self.events));
    }
}

/// As a program does it.
fn run(caller: &Caller, agreement: &Agreement) -> Seen {
    let plan = agreement.plan();
    let link = if plan.tls() { Link::tls() } else { Link::tcp() };
    let config = Arc::new(Config::default());
    let mut connection = Connection::new(config, link, Instant::now(), seed().unwrap());
    let session = connection.open(agreement.session()).unwrap();
    connection
        .session(session)
        .unwrap()
        .send(secret().success_report(true))
        .unwrap();
    let layer = Layer::of(plan, &caller.identity, &Arc::new(RootCertStore::empty())).unwrap();
    let mut peer = Peer {
        session,
        role: agreement.role(),
        plan: plan.clone(),
        inbox: Inbox::default(),
        events: 0,
        delivered: false,
        received: Vec::new(),
        secured: Vec::new(),
    };
    let stream = establish(plan, caller.listener.as_ref(), None);
    let driver = Driver::new(connection).secure(layer);
    let ended = driver.run(stream.map_err(Into::into), &mut peer);
    Seen {
        ended,
        received: peer.received,
        secured: peer.secured,
    }
}

/// Both run, each on its thread.
fn meet(alice: Caller, bob: Caller, agreements: (Agreement, Agreement)) -> (Seen, Seen) {
    within(Duration::from_secs(30), move || {
        let (alices, bobs) = agreements;
        let bob = thread::spawn(move || run(&bob, &bobs));
        (run(&alice, &alices), bob.join().unwrap())
    })
}

/// Whoever it is that connects, and with TLS or without: each gets the text of the other.
#[test]
fn as_agreed() {
    for plain in [false, true] {
        for (alice, bob, offerer) in [
            (
                Caller::listening(1, plain),
                Caller::listening(2, plain),
                Role::Active,
            ),
            (
                Caller::listening(1, plain),
                Caller::connecting(2, plain),
                Role::Passive,
            ),
        ] {
            let agreements = agree(&alice.session, &bob.session, &Policy::default());
            assert_eq!(agreements.0.role(), offerer);
            let (alice, bob) = meet(alice, bob, agreements);
            for seen in [&alice, &bob] {
                assert!(seen.ended.error.is_none(), "{:?}", seen.ended);
                assert_eq!(seen.received, [SECRET]);
                if plain {
                    assert_eq!(seen.secured, []);
                } else {
                    let version = Some(ProtocolVersion::TLSv1_3);
                    assert_eq!(seen.secured, [(version, Verified::Fingerprint, 0)]);
                }
            }
        }
    }
}

/// A certificate that signalling did not tell of is not taken, in either role, and nothing was said about the peer.
#[test]
fn another_certificate() {
    for alice_is_another in [false, true] {
        let mut alice = Caller::listening(1, false);
        let mut bob = Caller::listening(2, false);
        let agreements = agree(&alice.session, &bob.session, &Policy::default());
        let other = if alice_is_another { &mut alice } else { &mut bob };
        other.identity = Identity::self_signed().unwrap();
        let (alice, bob) = meet(alice, bob, agreements);
        assert!(alice.received.is_empty() && bob.received.is_empty());
        let deceived = if alice_is_another { bob } else { alice };
        let error = deceived.ended.error.as_ref().and_then(TlsError::of);
        assert_eq!(error, Some(TlsError::Certificate));
        assert_eq!(
            deceived.ended.reason,
            ConnectionError::Link(LinkError::Fingerprint)
        );
        assert_eq!(deceived.secured, []);
    }
}

/// Who listens does so for as long as the plan says.
#[test]
fn nobody_comes() {
    within(Duration::from_secs(20), || {
        let alice = Caller::listening(1, false);
        let bob = Caller::connecting(2, false);
        let wait = Duration::from_millis(60);
        let (alices, _) = agree(&alice.session, &bob.session, &Policy::default().wait(wait));
        let listener = alice.listener.unwrap();
        let began = Instant::now();
        let error = establish(alices.plan(), Some(&listener), None).unwrap_err();
        assert!(matches!(error, EstablishError::TimedOut), "{error:?}");
        assert!(began.elapsed() >= wait);
        assert_eq!(std::io::Error::from(error).kind(), ErrorKind::TimedOut);

        // The listener is as it was before: it blocks.
        let address = listener.local_addr().unwrap();
        let late = thread::spawn(move || {
            thread::sleep(Duration::from_millis(60));
            TcpStream::connect(address).unwrap()
        });
        listener.accept().unwrap();
        late.join().unwrap();
    });
}

#[test]
fn nobody_is_there() {
    within(Duration::from_secs(20), || {
        // Bound, so that nobody else gets the port, and without a listener.
        let bound = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        bound.bind(&SocketAddr::from((HOST, 0)).into()).unwrap();
        let port = bound.local_addr().unwrap().as_socket().unwrap().port();
        let alice = Caller::listening(1, false);
        let bob = Caller::new(2, None, Local::listening(HOST, port), false);
        let (alices, bobs) = agree(&alice.session, &bob.session, &Policy::default());
        let error = establish(alices.plan(), None, None).unwrap_err();
        assert!(
            matches!(error, EstablishError::Connect(Unreachable::NoneAnswered(_))),
            "{error:?}"
        );
        assert_eq!(std::io::Error::from(error).kind(), ErrorKind::ConnectionRefused);

        let error = establish(bobs.plan(), None, None).unwrap_err();
        assert!(matches!(error, EstablishError::NoListener), "{error:?}");
    });
}

/// What is carried by something else than TCP is for those who have that.
#[test]
fn not_over_tcp() {
    let channel = |number| {
        let local = Local::data_channel(HOST, 9).reachable(true);
        local.open(&mut Ids::seeded([number; 32])).unwrap()
    };
    let (alices, _) = agree(&channel(1), &channel(2), &Policy::default());
    assert_eq!(*alices.plan().action(), Action::DataChannel);
    let error = establish(alices.plan(), None, None).unwrap_err();
    assert!(matches!(error, EstablishError::Unsupported), "{error:?}");
    let identity = Identity::self_signed().unwrap();
    let layer = Layer::of(alices.plan(), &identity, &Arc::new(RootCertStore::empty()));
    assert!(layer.unwrap().is_none());
}
