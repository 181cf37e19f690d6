//! The MSRP wire format: streaming decoder, encoder and typed values.

mod chars;
mod host;
mod path;
mod uri;

pub use self::host::HostRef;
pub use self::path::{Path, PathError, PathRef, Uris};
pub use self::uri::{MsrpUri, Scheme, UriError, UriRef};
