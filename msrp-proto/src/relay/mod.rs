//! What an application says to, and hears of, the relays that it authorises at (RFC 4976 §5.1).

mod config;
mod error;
mod grant;

pub use self::config::{RelayConfig, UriParameter};
pub use self::error::{RelayError, RelayErrorReason, RelayFailure};
pub use self::grant::RelayGrant;
