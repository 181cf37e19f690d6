//! How soon what is short starts while a long transfer goes on.

use std::collections::VecDeque;

use bytes::Bytes;
use msrp_proto::wire::Method;
use msrp_proto::{Body, Config, Event, OutgoingEvent, OutgoingId};

use crate::wire_out::{Frame, Wire, limit, message};

/// Octets between the moment at which something is queued and its first one, those of the buffer last
/// taken included.
const AT_MOST: u64 = 19 * 1024;

/// A transfer of 1 GiB that is under way.
struct Transfer {
    wire: Wire,
    id: OutgoingId,
    piece: Bytes,
    /// Octets of the buffer last taken, which may wait at the transport.
    last: u64,
    unanswered: VecDeque<Frame>,
    others: Vec<Frame>,
}

impl Transfer {
    fn new(config: Config) -> Self {
        let mut wire = Wire::active(config);
        let id = wire.send(message(Body::streamed(Some(1 << 30))));
        Self {
            wire,
            id,
            piece: Bytes::from(vec![b'x'; 64 * 1024]),
            last: 0,
            unanswered: VecDeque::new(),
            others: Vec::new(),
        }
    }

    /// Takes one buffer, and answers what is asked and sent.
    fn step(&mut self) {
        for event in self.wire.events() {
            if let Event::Outgoing(id, OutgoingEvent::BodyWanted { max, .. }) = event
                && id == self.id
            {
                let part = self.piece.slice(..max.min(self.piece.len()));
                self.wire.connection.outgoing(id).unwrap().write(part).unwrap();
            }
        }
        self.last = self.wire.poll() as u64;
        assert!(self.last > 0, "the transfer goes on");
        for frame in self.wire.frames() {
            if frame.is_send() && frame.body.first() == Some(&b'x') {
                self.unanswered.push_back(frame);
            } else {
                self.others.push(frame);
            }
        }
        while self.unanswered.len() > 20 {
            let frame = self.unanswered.pop_front().unwrap();
            self.wire.answer(&frame, 200);
        }
    }

    /// How many octets stand before what `queue` brings about, for several places of the transfer.
    fn latency(&mut self, queue: impl Fn(&mut Wire), is_it: impl Fn(&Frame) -> bool) -> u64 {
        let mut worst = 0;
        for pause in 1..60 {
            for _ in 0..pause % 13 + 1 {
                self.step();
            }
            self.others.clear();
            let before = self.wire.sent - self.last;
            queue(&mut self.wire);
            let found = loop {
                self.step();
                if let Some(found) = self.others.iter().find(|frame| is_it(frame)) {
                    break found.at;
                }
            };
            worst = worst.max(found - before);
        }
        worst
    }
}

fn configs() -> [Config; 3] {
    [limit(2048), limit(None), limit(10_000)]
}

#[test]
fn a_short_message_starts_soon() {
    for config in configs() {
        let mut transfer = Transfer::new(config);
        let worst = transfer.latency(
            |wire| {
                wire.send(message("hello"));
            },
            |frame| frame.body == b"hello",
        );
        assert!(worst <= AT_MOST, "{worst}");
    }
}

#[test]
fn a_response_starts_soon() {
    for config in configs() {
        let mut transfer = Transfer::new(config);
        let worst = transfer.latency(|wire| wire.receive(""), |frame| frame.head.method().is_none());
        assert!(worst <= AT_MOST, "{worst}");
    }
}

#[test]
fn a_report_starts_soon() {
    for config in configs() {
        let mut transfer = Transfer::new(config);
        let worst = transfer.latency(
            |wire| wire.receive("Success-Report: yes\r\n"),
            |frame| frame.head.method() == Some(&Method::Report),
        );
        assert!(worst <= AT_MOST, "{worst}");
    }
}

/// With other transfers in the same session and in another one.
#[test]
fn other_transfers_do_not_delay_it() {
    for config in configs() {
        let mut transfer = Transfer::new(config);
        let other = "msrp://a.example.com:7654/other;tcp";
        let session = transfer.wire.add_session(other, other);
        let bulk = || message(vec![b'x'; 4 << 20]);
        transfer
            .wire
            .connection
            .session(session)
            .unwrap()
            .send(bulk())
            .unwrap();
        transfer.wire.send(bulk());
        let worst = transfer.latency(
            |wire| {
                wire.send(message("hello"));
            },
            |frame| frame.body == b"hello",
        );
        assert!(worst <= AT_MOST, "{worst}");
    }
}
