//! The caps of the inbox hold, and the sender hears of them, whenever they are hit.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Side};
use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Config, Event, Inbox, MediaType, Message, OutgoingEvent, SendFailure, SessionEvent};

/// What the sender of a message of that size hears, and whether it was received, with a cap of 100.
fn send(size: usize, failure_report: FailureReport, events_per_turn: usize) -> (Vec<StatusCode>, bool) {
    let mut pair = Pair::new(&Arc::new(Config::default()));
    pair.set_events_per_turn(events_per_turn);
    let [session, _] = pair.open_session();
    let message = Message::new(MediaType::new("text", "plain").unwrap(), "x".repeat(size))
        .failure_report(failure_report);
    pair.connection(Side::A)
        .session(session)
        .unwrap()
        .send(message)
        .unwrap();
    let mut inbox = Inbox::new(100, 1000);
    let mut refused = Vec::new();
    let mut received = false;
    pair.advance(Duration::from_secs(1), |side, connection, mut event| {
        if side == Side::B {
            received |= inbox.on(connection, &mut event).is_some();
        }
        match event {
            Event::Outgoing(_, OutgoingEvent::Failed(SendFailure::Refused(status)))
            | Event::Session(_, SessionEvent::Late { status, .. }) => refused.push(status),
            _ => {}
        }
    });
    assert_eq!(inbox.octets(), 0);
    (refused, received)
}

/// Also when all of a message was there before the inbox saw any of it, which is too late for `reject`.
#[test]
fn a_message_over_the_cap_is_refused() {
    for events_per_turn in [1, 2, 1000] {
        for failure_report in [FailureReport::Yes, FailureReport::Partial] {
            assert_eq!(send(100, failure_report, events_per_turn), (vec![], true));
            for size in [101, 2000, 10_000] {
                assert_eq!(
                    send(size, failure_report, events_per_turn),
                    (vec![StatusCode::STOP_SENDING], false),
                    "{size} octets, {failure_report:?}, {events_per_turn} events at a time"
                );
            }
        }
    }
}
