//! A relay whose neighbours are played by hand.

use std::time::Duration;

use bytes::Bytes;
use msrp_proto::Instant;
use msrp_proto::test_util::{HopId, Neighbour, Relay, RelayOptions, epoch};
use msrp_proto::wire::MsrpUri;

/// A relay, and the time it lives in.
pub(crate) struct Hand {
    pub(crate) relay: Relay,
    pub(crate) now: Instant,
}

impl Hand {
    pub(crate) fn new(uri: &str, options: RelayOptions) -> Self {
        Self {
            relay: Relay::new(uri.parse().unwrap(), options, 1),
            now: epoch(),
        }
    }

    pub(crate) fn client(&mut self, uri: &str) -> HopId {
        self.relay.connect(Neighbour::Client(uri.parse().unwrap()))
    }

    pub(crate) fn neighbour(&mut self, uri: &str) -> HopId {
        self.relay.connect(Neighbour::Relay(uri.parse().unwrap()))
    }

    /// A URI of the relay for whom that From-Path leads back to, for a minute.
    pub(crate) fn grant(&mut self, hop: HopId, from: &str) -> MsrpUri {
        let from: msrp_proto::wire::Path = from.parse().unwrap();
        let path = self
            .relay
            .grant(self.now, hop, from.as_ref(), Duration::from_secs(60));
        path.rightmost().to_uri()
    }

    /// Octets come; without an end of its own, the text of a frame gets one.
    pub(crate) fn feed(&mut self, hop: HopId, octets: impl Into<Bytes>) {
        self.relay.handle_input(self.now, hop, octets.into());
    }

    pub(crate) fn wait(&mut self, time: Duration) {
        self.now += time;
        self.relay.handle_timeout(self.now);
    }

    /// The frames for a hop, as text, each with the identifier given and `thisid` in place of its own.
    pub(crate) fn sent(&mut self, hop: HopId) -> Vec<(String, String)> {
        let mut frames = Vec::new();
        while let Some(octets) = self.relay.poll_transmit(self.now, hop) {
            let text = String::from_utf8(octets.to_vec()).unwrap();
            let id = text.split(' ').nth(1).unwrap().to_owned();
            frames.push((text.replace(&id, "thisid"), id));
        }
        frames
    }

    /// The only frame for a hop.
    pub(crate) fn sent_one(&mut self, hop: HopId) -> (String, String) {
        let mut frames = self.sent(hop);
        assert_eq!(frames.len(), 1, "{frames:?}");
        frames.remove(0)
    }

    pub(crate) fn assert_silent(&mut self, hop: HopId) {
        assert_eq!(self.sent(hop), []);
    }
}

/// A frame of lines.
pub(crate) fn frame(lines: &[&str]) -> String {
    lines.join("\r\n") + "\r\n"
}
