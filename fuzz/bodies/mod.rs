//! What the fuzz targets do with an input. `cargo test` does the same with the committed corpora and with
//! the test vectors, see `msrp-proto/tests/corpora.rs`.

pub mod connection_ops;
pub mod decode;
pub mod digest;
mod frames;
pub mod head_round_trip;
#[path = "../../msrp-proto/tests/wire/rewrite.rs"]
mod rewrite;
pub mod uri;
