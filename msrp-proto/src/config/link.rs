//! What the transport of a connection is.

/// What the transport under a connection is: a stream of octets, or one of messages.
///
/// # Links of messages
///
/// WebSocket and data channels carry messages, and each message is one frame: a chunk, a response or a
/// REPORT, from its start line to its end-line (RFC 7977 §5.1, RFC 8873 §5.4).
///
/// - Each buffer of [`poll_transmit`](crate::Connection::poll_transmit) is one whole frame, to be sent as
///   one message (over WebSocket a binary one). It never has more than `max_len` octets. A chunk has no
///   more body than [`Config::chunk_limit`](crate::Config::chunk_limit) and `max_len` leave to it. Other traffic
///   waits for the end of a chunk, which is made as a whole, even if its range-end is `*`, as that of any chunk of
///   more than 2048 octets is.
/// - Each call of [`handle_input`](crate::Connection::handle_input) is one whole message of the transport,
///   text or binary. One that is not exactly one frame is told by
///   [`Event::Unframed`](crate::Event::Unframed), and costs no more than itself.
///
/// A `max_len` of 1024 octets is the least that is sensible: both paths stand in every frame, and a SEND has
/// about 200 octets besides, its own headers and Content-Type among them. Where it is too small for a
/// message, [`Session::send`](crate::Session::send) refuses it, or, if the path grows later, it fails; both
/// as `HeadTooLong`. Other requests and the application's responses are refused likewise, as `TooLong`. All
/// other responses, REPORTs and SENDs without a body that are longer than `max_len` are not sent at all. If the
/// transport knows no limit, take `usize::MAX`, and set a chunk limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tcp,
    Tls,
    WebSocket { max_len: usize },
    DataChannel { max_len: usize },
}

impl Link {
    /// The name of the sub-protocol of a WebSocket (RFC 7977 §4.1) and of a data channel (RFC 8873 §4.3).
    pub const SUBPROTOCOL: &str = "msrp";

    /// A stream without protection: TCP. For URIs with scheme `msrp`.
    pub const fn tcp() -> Self {
        Self(Kind::Tcp)
    }

    /// A protected stream: TLS over TCP. For URIs with scheme `msrps`.
    pub const fn tls() -> Self {
        Self(Kind::Tls)
    }

    /// A secure WebSocket with the sub-protocol [`Link::SUBPROTOCOL`], on which the own messages have at
    /// most `max_len` octets (RFC 7977).
    pub const fn websocket(max_len: usize) -> Self {
        Self(Kind::WebSocket { max_len })
    }

    /// A data channel of WebRTC, reliable and in order, with the sub-protocol [`Link::SUBPROTOCOL`]
    /// (RFC 8873). `max_len`: the `max-message-size` of the peer, in octets; 65536 where it says none
    /// (RFC 8841).
    ///
    /// It carries one session at a time: the next one, of a further file for instance, may be opened when that
    /// one has had its last event (RFC 8873 §5.1, §5.6).
    pub const fn data_channel(max_len: usize) -> Self {
        Self(Kind::DataChannel { max_len })
    }

    /// Whether the transport is protected. WebSocket and data channels always are.
    pub const fn is_secure(self) -> bool {
        !matches!(self.0, Kind::Tcp)
    }

    /// Whether the transport is there for a single session (RFC 8873 §5.1).
    pub(crate) const fn is_for_one_session(self) -> bool {
        matches!(self.0, Kind::DataChannel { .. })
    }

    /// The most octets of a message of the transport; `None` for streams.
    pub const fn max_len(self) -> Option<usize> {
        match self.0 {
            Kind::Tcp | Kind::Tls => None,
            Kind::WebSocket { max_len } | Kind::DataChannel { max_len } => Some(max_len),
        }
    }
}
