//! What a relay reports of the next hop.

use std::time::Duration;

use msrp_proto::test_util::{HopId, RelayOptions};

use crate::hand::{Hand, frame};

const RELAY: &str = "msrps://r.example.com:9000;tcp";
const OWNER: &str = "msrps://owner.example.com:1/own;tcp";
const ONE: &str = "msrps://one.example.com:2/one;tcp";

/// A relay, the sender of a message, the next hop, and the URI between them.
struct Way {
    relay: Hand,
    sender: HopId,
    next: HopId,
    uri: String,
}

impl Way {
    fn new() -> Self {
        let mut relay = Hand::new(RELAY, RelayOptions::new());
        let (sender, next) = (relay.client(ONE), relay.client(OWNER));
        let uri = relay.grant(next, OWNER).to_string();
        Self {
            relay,
            sender,
            next,
            uri,
        }
    }

    /// A chunk comes, with that Failure-Report.
    fn send(&mut self, failure_report: &str) {
        let (to, from) = (
            format!("To-Path: {} {OWNER}", self.uri),
            format!("From-Path: {ONE}"),
        );
        let wanted = format!("Failure-Report: {failure_report}");
        let head = [
            "MSRP abcd SEND",
            &to,
            &from,
            "Message-ID: m1",
            "Byte-Range: 3-*/9",
            &wanted,
        ];
        let rest = ["Content-Type: text/plain", "", "cdef", "-------abcd+"];
        self.relay.feed(self.sender, frame(&[&head[..], &rest].concat()));
        let answers = self.relay.sent(self.sender);
        assert_eq!(answers.len(), usize::from(failure_report == "yes"));
        assert!(
            answers
                .iter()
                .all(|(answer, _)| answer.starts_with("MSRP thisid 200 OK\r\n"))
        );
    }

    /// The chunk goes on: its identifier.
    fn passed(&mut self) -> String {
        self.relay.sent_one(self.next).1
    }

    fn answer(&mut self, id: &str, code: &str) {
        let lines = [
            &format!("MSRP {id} {code}"),
            &format!("To-Path: {}", self.uri),
            &format!("From-Path: {OWNER}"),
            &format!("-------{id}$"),
        ];
        self.relay.feed(self.next, frame(&lines.map(String::as_str)));
    }

    /// The sender is told that, and no more.
    fn assert_reported(&mut self, status: &str) {
        let lines = [
            "MSRP thisid REPORT",
            &format!("To-Path: {ONE}"),
            &format!("From-Path: {}", self.uri),
            "Message-ID: m1",
            "Byte-Range: 3-6/9",
            &format!("Status: 000 {status}"),
            "-------thisid$",
        ];
        assert_eq!(self.relay.sent_one(self.sender).0, frame(&lines));
    }
}

#[test]
fn an_error_of_the_next_hop_is_reported() {
    for wanted in ["yes", "partial", "no"] {
        for (code, is_error) in [("200 OK", false), ("299", false), ("413 Stop Sending", true)] {
            let mut way = Way::new();
            way.send(wanted);
            let id = way.passed();
            way.answer(&id, code);
            if is_error && wanted != "no" {
                way.assert_reported(code);
            }
            way.relay.wait(Duration::from_secs(100));
            way.relay.assert_silent(way.sender);
        }
    }
}

#[test]
fn a_silent_next_hop_is_reported_after_30_seconds() {
    for wanted in ["yes", "partial", "no"] {
        let mut way = Way::new();
        way.send(wanted);
        // It has not left yet.
        way.relay.wait(Duration::from_secs(100));
        way.relay.assert_silent(way.sender);
        way.passed();
        way.relay.wait(Duration::from_secs(30) - Duration::from_nanos(1));
        way.relay.assert_silent(way.sender);
        way.relay.wait(Duration::from_nanos(1));
        if wanted == "yes" {
            way.assert_reported("408 Request Timeout");
        }
        way.relay.wait(Duration::from_secs(100));
        way.relay.assert_silent(way.sender);
    }
}

#[test]
fn a_next_hop_that_is_gone_is_reported() {
    for wanted in ["yes", "partial", "no"] {
        for has_left in [false, true] {
            let mut way = Way::new();
            way.send(wanted);
            if has_left {
                way.passed();
            }
            way.relay.relay.handle_eof(way.next);
            // Where errors alone are answered, what has left is taken to have arrived.
            if wanted == "yes" || (wanted == "partial" && !has_left) {
                way.assert_reported("408 Request Timeout");
            }
            way.relay.wait(Duration::from_secs(100));
            way.relay.assert_silent(way.sender);
        }
    }
}

#[test]
fn a_relay_closes_connections_after_so_many_octets() {
    let mut relay = Hand::new(RELAY, RelayOptions::new().close_after(10));
    let one = relay.client(ONE);
    relay.feed(one, "MSRP abcd");
    assert!(!relay.relay.is_closed(one));
    relay.feed(one, " ");
    assert!(relay.relay.is_closed(one));
}
