//! The MSRP wire format: streaming decoder, encoder and typed values.

mod chars;
mod host;
mod host_name;
mod path;
mod uri;

pub use self::host::HostRef;
pub use self::host_name::{HostName, HostNameError};
pub use self::path::{Path, PathError, PathRef, Uris};
pub use self::uri::{BuildError, MsrpUri, Scheme, SessionToken, UriBuilder, UriError, UriRef};
