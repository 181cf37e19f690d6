//! What the handshake of a WebSocket says of MSRP (RFC 7977 §4.1). HTTP itself is the driver's.

use thiserror::Error;

use crate::config::Link;

/// Why a WebSocket must not be used: the server has not agreed to MSRP.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SubprotocolError {
    /// The reply names no sub-protocol.
    #[error("the server names no sub-protocol")]
    Missing,
    /// The reply names another sub-protocol, or more than one.
    #[error("the server names another sub-protocol than msrp")]
    Other,
}

impl Link {
    /// Name and value of the header by which the client asks for MSRP in the handshake of a WebSocket (RFC 7977
    /// §4.1).
    ///
    /// ```
    /// use msrp_proto::Link;
    ///
    /// assert_eq!(Link::WEBSOCKET_HEADER, ("Sec-WebSocket-Protocol", "msrp"));
    /// ```
    pub const WEBSOCKET_HEADER: (&str, &str) = ("Sec-WebSocket-Protocol", Self::SUBPROTOCOL);

    /// Whether the server has agreed to MSRP: `reply` has the values of all headers of its reply 101 with the name of
    /// [`WEBSOCKET_HEADER`](Self::WEBSOCKET_HEADER). If it has not, the client does not go on (RFC 7977 §4.1): the
    /// driver closes the transport, and tells [`LinkError::Connect`](crate::LinkError::Connect) if there is a
    /// connection to tell.
    ///
    /// # Errors
    ///
    /// [`SubprotocolError`] unless the reply names `msrp`, as it was asked for, and nothing else.
    pub fn check_subprotocol<V: AsRef<[u8]>>(
        reply: impl IntoIterator<Item = V>,
    ) -> Result<(), SubprotocolError> {
        let mut values = reply.into_iter();
        let named = values.next().ok_or(SubprotocolError::Missing)?;
        // A server names one (RFC 6455 §4.2.2), in a header that is there once (RFC 6455 §11.3.4).
        let alone = values.next().is_none();
        if alone && named.as_ref().trim_ascii() == Self::SUBPROTOCOL.as_bytes() {
            Ok(())
        } else {
            Err(SubprotocolError::Other)
        }
    }
}
