//! MSRP URIs, paths, and the targets they name (RFC 4975 §6, §9; RFC 4976 §8; RFC 6714 §7.1).

mod build;
mod compare;
mod grammar;
mod path;
mod properties;
mod secrets;
mod target;

use msrp_proto::wire::{MsrpUri, UriError};

/// A URI that the test knows to be well formed.
fn uri(text: &str) -> MsrpUri {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The error of a URI that the test knows to be malformed.
fn error(text: &str) -> UriError {
    match text.parse::<MsrpUri>() {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => error,
    }
}
