//! How connections end, and that nothing hangs when they do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use msrp_examples::std_driver::{Application, Driver, Gone};
use msrp_proto::{
    Config, Connection, ConnectionError, Event, Inbox, IncomingEvent, LinkError, MediaType, Message,
    OutgoingEvent, ReceiveFailure, Role, SendFailure, SessionEvent, SessionFailure,
};

use crate::support::{ALICE, BOB, connection, sockets, within};

/// Keeps all events.
#[derive(Default)]
struct Log(Vec<Event>);

impl Application for Log {
    fn on_event(&mut self, _: &mut Connection, event: Event) {
        self.0.push(event);
    }
}

fn text(text: impl Into<String>) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), text.into())
}

#[test]
fn connection_refused() {
    within(Duration::from_secs(20), || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let nobody = listener.local_addr().unwrap();
        drop(listener);

        let (connection, session) = connection(Role::Active, Config::default());
        let mut application = Log::default();
        let driver = Driver::new(connection);
        let handle = driver.handle();
        // What was commanded before has its outcome too.
        handle
            .call(move |connection, _| {
                let mut session = connection.session(session).unwrap();
                session.send(text("Are you there?")).unwrap();
            })
            .unwrap();
        let ended = driver.run(TcpStream::connect(nobody), &mut application);

        assert_eq!(ended.reason, ConnectionError::Link(LinkError::Connect));
        assert_eq!(ended.error.unwrap().kind(), ErrorKind::ConnectionRefused);
        assert!(
            matches!(
                *application.0,
                [
                    Event::Outgoing(_, OutgoingEvent::Failed(SendFailure::ConnectionLost)),
                    Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, _)),
                    Event::ConnectionLost(ConnectionError::Link(LinkError::Connect)),
                ]
            ),
            "{:?}",
            application.0
        );
        assert_eq!(handle.call(|_, _| {}), Err(Gone));
    });
}

/// The session waits until the last address has been tried, and knows nothing of those that did not answer.
///
/// Shows: MSRP-6.2-03 (the addresses in their order; that all fail is `connection_refused`).
#[test]
fn the_next_address_is_tried() {
    within(Duration::from_secs(20), || {
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addresses = [nobody.local_addr().unwrap(), listener.local_addr().unwrap()];
        drop(nobody);
        let bob = thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            let (connection, _) = connection(Role::Passive, Config::default());
            Driver::new(connection).run(Ok(socket), &mut |_: &mut Connection, _| {});
        });

        let (connection, session) = connection(Role::Active, Config::default());
        let mut events = Vec::new();
        let ended = Driver::new(connection).run(
            TcpStream::connect(&addresses[..]),
            &mut |connection: &mut Connection, event| {
                if let Event::Session(_, SessionEvent::Bound) = event {
                    connection.session(session).unwrap().close();
                    connection.close().unwrap();
                }
                events.push(event);
            },
        );
        assert_eq!(ended.reason, ConnectionError::Closed);
        assert!(
            matches!(
                events[..],
                [
                    Event::Session(_, SessionEvent::Bound),
                    Event::Session(_, SessionEvent::Closed),
                    Event::ConnectionLost(ConnectionError::Closed),
                ]
            ),
            "{events:?}"
        );
        bob.join().unwrap();
    });
}

#[test]
fn eof_in_the_middle_of_a_message() {
    within(Duration::from_secs(20), || {
        let (mut active, passive) = sockets();
        write!(
            active,
            "MSRP a786hjs2 SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\nMessage-ID: 87652491\r\n\
             Byte-Range: 1-*/4096\r\nContent-Type: text/plain\r\n\r\nHey Bob, are you th"
        )
        .unwrap();
        active.shutdown(Shutdown::Write).unwrap();

        let (connection, _) = connection(Role::Passive, Config::default());
        let mut events = Vec::new();
        let started = Instant::now();
        let ended = Driver::new(connection).run(Ok(passive), &mut |_: &mut Connection, event| {
            events.push(event);
        });
        assert_eq!(ended.reason, ConnectionError::Truncated);
        // The peer has closed its side: there is nothing to linger for.
        assert!(started.elapsed() < Duration::from_secs(1));
        let last = events.len() - 3;
        assert!(
            matches!(
                events[last..],
                [
                    Event::Incoming(_, IncomingEvent::Aborted(ReceiveFailure::ConnectionLost)),
                    Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, _)),
                    Event::ConnectionLost(ConnectionError::Truncated),
                ]
            ),
            "{events:?}"
        );
    });
}

/// The peer has no more to say but still listens: it gets its answers, then the end.
#[test]
fn half_closed_by_the_peer() {
    within(Duration::from_secs(20), || {
        let (mut active, passive) = sockets();
        for number in 0..100 {
            write!(
                active,
                "MSRP tid{number:05} SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\n\
                 Message-ID: mid{number:05}\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n\
                 -------tid{number:05}$\r\n"
            )
            .unwrap();
        }
        active.shutdown(Shutdown::Write).unwrap();
        let driver = thread::spawn(move || {
            let (connection, _) = connection(Role::Passive, Config::default());
            Driver::new(connection).run(Ok(passive), &mut |_: &mut Connection, _| {})
        });
        let mut answers = String::new();
        active.read_to_string(&mut answers).unwrap();
        for number in 0..100 {
            assert!(answers.contains(&format!("MSRP tid{number:05} 200 OK\r\n")));
            assert!(answers.contains(&format!("-------tid{number:05}$\r\n")));
        }
        assert_eq!(driver.join().unwrap().reason, ConnectionError::PeerClosed);
    });
}

/// Closing right behind the last message loses nothing, here or on the way.
#[test]
fn close_drains() {
    within(Duration::from_secs(20), || {
        let (active, passive) = sockets();
        let receiver = thread::spawn(move || {
            let (connection, _) = connection(Role::Passive, Config::default());
            let mut inbox = Inbox::default();
            let mut texts = Vec::new();
            let ended =
                Driver::new(connection).run(Ok(passive), &mut |connection: &mut Connection, mut event| {
                    texts.extend(inbox.on(connection, &mut event).map(|received| received.body));
                });
            (ended, texts)
        });

        let (mut connection, session) = connection(Role::Active, Config::default());
        for number in 0..1000 {
            let mut session = connection.session(session).unwrap();
            session
                .send(text(format!("{number} {}", "x".repeat(500))))
                .unwrap();
        }
        connection.session(session).unwrap().close();
        let mut completed = 0;
        let ended =
            Driver::new(connection).run(
                Ok(active),
                &mut |connection: &mut Connection, event| match event {
                    Event::Outgoing(_, OutgoingEvent::Completed) => completed += 1,
                    Event::Session(_, SessionEvent::Closed) => connection.close().unwrap(),
                    _ => {}
                },
            );
        assert_eq!((ended.reason, completed), (ConnectionError::Closed, 1000));
        assert!(ended.error.is_none());

        let (ended, texts) = receiver.join().unwrap();
        assert_eq!(ended.reason, ConnectionError::PeerClosed);
        assert_eq!(texts.len(), 1000);
        for (number, text) in texts.iter().enumerate() {
            assert!(text.starts_with(format!("{number} ").as_bytes()));
        }
    });
}

/// The peer is still sending when this side has closed: it is not cut off by a reset, which could cost it
/// what was sent last.
#[test]
fn close_while_the_peer_is_sending() {
    within(Duration::from_secs(20), || {
        let (active, mut passive) = sockets();
        let peer = thread::spawn(move || {
            let mut sent = String::new();
            while !sent.ends_with("$\r\n") {
                let mut octets = [0; 1024];
                let len = passive.read(&mut octets).unwrap();
                sent.push_str(std::str::from_utf8(&octets[..len]).unwrap());
            }
            let id = sent.split(' ').nth(1).unwrap();
            write!(
                passive,
                "MSRP {id} 200 OK\r\nTo-Path: {ALICE}\r\nFrom-Path: {BOB}\r\n-------{id}$\r\n"
            )
            .unwrap();
            for _ in 0..40 {
                thread::sleep(Duration::from_millis(5));
                passive.write_all(b"\r\n").unwrap();
            }
            assert_eq!(passive.read(&mut [0; 16]).unwrap(), 0);
        });
        let (mut connection, session) = connection(Role::Active, Config::default());
        let mut opened = connection.session(session).unwrap();
        opened.send(text("Bye.")).unwrap();
        opened.close();
        let started = Instant::now();
        let ended = Driver::new(connection).run(Ok(active), &mut |connection: &mut Connection, event| {
            if let Event::Session(_, SessionEvent::Closed) = event {
                connection.close().unwrap();
            }
        });
        assert_eq!(ended.reason, ConnectionError::Closed);
        peer.join().unwrap();
        // Until the peer has closed as well, and no longer.
        assert!(started.elapsed() < Duration::from_secs(1));
    });
}

#[test]
fn commands_from_another_thread() {
    within(Duration::from_secs(20), || {
        let (active, passive) = sockets();
        let (alice, session) = connection(Role::Active, Config::default());
        let alice = Driver::new(alice);
        let handle = alice.handle();
        let sender = thread::spawn(move || alice.run(Ok(active), &mut |_: &mut Connection, _: Event| {}));

        let (received, texts) = mpsc::channel();
        let (bob, _) = connection(Role::Passive, Config::default());
        let receiver = thread::spawn(move || {
            let mut inbox = Inbox::default();
            Driver::new(bob).run(Ok(passive), &mut |connection: &mut Connection, mut event| {
                if let Some(message) = inbox.on(connection, &mut event) {
                    received.send(message.body).unwrap();
                }
            })
        });

        for number in 0..10 {
            handle
                .call(move |connection, _| {
                    let mut session = connection.session(session).unwrap();
                    session.send(text(number.to_string())).unwrap();
                })
                .unwrap();
            // Each one gets there while nothing else is going on.
            assert_eq!(texts.recv().unwrap(), number.to_string());
        }
        handle.call(|connection, _| connection.abort()).unwrap();
        assert_eq!(sender.join().unwrap().reason, ConnectionError::Aborted);
        let ended = receiver.join().unwrap();
        assert!(
            matches!(
                ended.reason,
                ConnectionError::PeerClosed | ConnectionError::Link(LinkError::Reset)
            ),
            "{ended:?}"
        );
    });
}

/// A panic of the application comes out of `run`; the threads that sit in reads and writes go.
#[test]
fn application_that_panics() {
    within(Duration::from_secs(20), || {
        let (active, mut passive) = sockets();
        let (connection, _) = connection(Role::Active, Config::default());
        let driver = Driver::new(connection);
        let handle = driver.handle();
        handle
            .call(|_, _| std::panic::resume_unwind(Box::new("out of tea")))
            .unwrap();
        let mut application = |_: &mut Connection, _: Event| {};
        let result = catch_unwind(AssertUnwindSafe(|| driver.run(Ok(active), &mut application)));
        assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "out of tea");
        passive.read_to_end(&mut Vec::new()).unwrap();
    });
}

/// A peer that goes on sending while nothing else happens does not keep timers from going off.
#[test]
fn timers_of_a_busy_connection() {
    within(Duration::from_secs(20), || {
        let (active, mut passive) = sockets();
        let config = Config::default().transaction_timeout(Duration::from_millis(200));
        let (mut connection, session) = connection(Role::Active, config);
        connection.session(session).unwrap().send(text("Hello?")).unwrap();
        // Keep-alives of the peer, without a pause.
        let busy = thread::spawn(move || while passive.write_all(b"\r\n").is_ok() {});
        let mut failed = None;
        Driver::new(connection).run(Ok(active), &mut |connection: &mut Connection, event| {
            if let Event::Outgoing(_, OutgoingEvent::Failed(why)) = event {
                failed = Some(why);
                connection.abort();
            }
        });
        assert_eq!(failed, Some(SendFailure::TimedOut));
        busy.join().unwrap();
    });
}
