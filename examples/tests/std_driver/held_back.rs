//! Who does not read holds the other side back, and costs it no memory.

use std::io::Write;
use std::net::Shutdown;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use msrp_examples::std_driver::{Application, Driver};
use msrp_proto::{
    Body, Config, Connection, ConnectionError, Event, IncomingEvent, Message, OutgoingEvent, Role,
};

use crate::support::{ALICE, BOB, connection, content, octet_stream, sockets, within};

/// What both socket buffers (the system doubles what is asked for), the body window, a buffer in the hand
/// of the writer and the events and reads of the receiver can hold, and room to spare.
const MOST: u64 = 4 << 20;

/// Answers every question for more of an endless message.
#[derive(Default)]
struct Feed {
    asked: u64,
}

impl Application for Feed {
    fn on_event(&mut self, connection: &mut Connection, event: Event) {
        if let Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) = event {
            self.asked = offset + max as u64;
            let mut message = connection.outgoing(id).unwrap();
            message.write(content(offset, max)).unwrap();
        }
    }
}

fn endless() -> Connection {
    let (mut connection, session) = connection(Role::Active, Config::default().in_flight(1 << 20));
    let message = Message::new(octet_stream(), Body::streamed(None));
    connection.session(session).unwrap().send(message).unwrap();
    connection
}

#[test]
fn peer_that_never_reads() {
    within(Duration::from_secs(20), || {
        let (active, passive) = sockets();
        let connection = endless();
        let mut application = Feed::default();
        let driver = Driver::new(connection);
        let handle = driver.handle();
        let started = Instant::now();
        let ended = thread::scope(|threads| {
            threads.spawn(|| {
                thread::sleep(Duration::from_millis(300));
                handle.call(|connection, _| connection.abort()).unwrap();
            });
            driver.run(Ok(active), &mut application)
        });
        // The writer was in the middle of a write.
        assert!(started.elapsed() < Duration::from_secs(2));
        assert_eq!(ended.reason, ConnectionError::Aborted);
        assert!(ended.error.is_none());
        assert!((1..MOST).contains(&application.asked), "{}", application.asked);
        drop(passive);
    });
}

#[test]
fn application_that_is_busy() {
    within(Duration::from_secs(20), || {
        let (active, passive) = sockets();
        let sender = thread::spawn(move || {
            let connection = endless();
            let mut application = Feed::default();
            Driver::new(connection).run(Ok(active), &mut application);
            application.asked
        });
        let (connection, _) = connection(Role::Passive, Config::default());
        let (done, busy) = mpsc::channel();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            done.send(()).unwrap();
        });
        let ended = Driver::new(connection).run(Ok(passive), &mut |connection: &mut Connection, event| {
            if let Event::Incoming(_, IncomingEvent::Data { .. }) = event {
                let _ = busy.recv();
                connection.abort();
            }
        });
        assert_eq!(ended.reason, ConnectionError::Aborted);
        let asked = sender.join().unwrap();
        assert!((1..MOST).contains(&asked), "{asked}");
    });
}

fn text_message(number: usize) -> String {
    format!(
        "MSRP tid{number:06} SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\nMessage-ID: mid{number:06}\r\n\
         Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------tid{number:06}$\r\n"
    )
}

/// A peer that does not take its answers is not read from either: there would be ever more of them.
#[test]
fn peer_that_takes_no_answers() {
    within(Duration::from_secs(20), || {
        let (mut active, passive) = sockets();
        let (connection, _) = connection(Role::Passive, Config::default().in_flight(5).max_answers(10));
        let driver = Driver::new(connection);
        let handle = driver.handle();
        let peer = thread::spawn(move || {
            active
                .set_write_timeout(Some(Duration::from_millis(300)))
                .unwrap();
            let mut sent = 0;
            while sent < 64 << 20 {
                let message = text_message(sent);
                match active.write(message.as_bytes()) {
                    Ok(len) if len == message.len() => sent += len,
                    _ => break, // held back
                }
            }
            handle.call(|connection, _| connection.abort()).unwrap();
            sent as u64
        });
        let ended = driver.run(Ok(passive), &mut |_: &mut Connection, _: Event| {});
        assert_eq!(ended.reason, ConnectionError::Aborted);
        let sent = peer.join().unwrap();
        assert!((1..MOST).contains(&sent), "{sent}");
    });
}

/// The peer has said all and goes on without taking its answers: they are waited for, but not for ever.
#[test]
fn answers_that_nobody_takes() {
    within(Duration::from_secs(20), || {
        let (mut active, passive) = sockets();
        let peer = thread::spawn(move || {
            for number in 0..20_000 {
                let sent = active.write_all(text_message(number).as_bytes());
                if sent.is_err() {
                    break; // the connection has given up reading first
                }
            }
            let _ = active.shutdown(Shutdown::Write);
            active
        });
        // Room for all answers, so that the input is read to its end.
        let (connection, _) = connection(Role::Passive, Config::default().max_answers(1 << 20));
        let started = Instant::now();
        let ended = Driver::new(connection)
            .linger(Duration::from_millis(200))
            .run(Ok(passive), &mut |_: &mut Connection, _| {});
        assert_eq!(ended.reason, ConnectionError::PeerClosed);
        assert!(started.elapsed() < Duration::from_secs(10));
        peer.join().unwrap();
    });
}
