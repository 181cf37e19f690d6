//! The MSRP wire format (RFC 4975 §9), usable alone: a streaming [`Decoder`], an encoder for every kind
//! of frame, and the typed values that stand in them.
//!
//! Reading is lenient where a peer's meaning is plain, and never about framing. Writing is strict.

pub(crate) mod boundary;
mod byte_range;
mod chars;
mod decoder;
#[cfg(feature = "relay")]
pub mod digest;
pub(crate) mod encode;
pub(crate) mod frame_len;
mod head;
mod header;
mod host;
mod host_name;
mod ident;
mod known;
mod method;
mod path;
mod status;
mod uri;
mod whole_head;

pub use self::byte_range::{ByteRange, ByteRangeError};
pub use self::decoder::{DecodeError, Decoder, Item, Limits};
pub use self::encode::{
    EncodeError, Header, HeaderError, MAX_OTHER_BODY, Report, Request, Response, SendHead,
    end_line_stands_in, put_body_end, put_end_line,
};
pub use self::head::{Head, HeadError, Malformed, StartLine};
pub use self::header::{ContinuationFlag, FailureReport, Field};
pub use self::host::HostRef;
pub use self::host_name::{HostName, HostNameError};
pub use self::ident::{IdentError, MessageId, TransactionId};
pub use self::method::{Method, OtherMethod};
pub use self::path::{Path, PathError, PathRef, Uris};
pub use self::status::{Status, StatusCode, StatusError};
pub use self::uri::{BuildError, MsrpUri, Scheme, SessionToken, UriBuilder, UriError, UriRef};
