//! Digest authentication of AUTH requests (RFC 4976 §7, §9.1; rulings ).

mod authorization;
mod challenge;
mod hostile;
mod info;
mod properties;
mod secrets;
mod vectors;

use msrp_proto::wire::MsrpUri;
use msrp_proto::wire::digest::{Answer, AuthenticationInfo, Authorization, Challenge, Cnonce, Credentials};

/// The relay of vector V1.
const INTRA: &str = "msrps://alice@intra.example.com;tcp";

fn challenge(value: &str) -> Challenge {
    Challenge::parse(value.as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn authorization(value: &str) -> Authorization {
    Authorization::parse(value.as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn info(value: &str) -> AuthenticationInfo {
    AuthenticationInfo::parse(value.as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn alice() -> Credentials {
    Credentials::new("Alice", "wonderland").unwrap()
}

fn uri(text: &str) -> MsrpUri {
    text.parse().unwrap()
}

/// What Alice answers for an AUTH to [`INTRA`].
fn answer(challenge: &Challenge, nc: u32, cnonce: &str) -> Answer {
    let cnonce: Cnonce = cnonce.parse().unwrap();
    challenge.answer(&alice(), uri(INTRA).as_ref(), nc, &cnonce)
}
