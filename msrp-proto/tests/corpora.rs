//! What the fuzz targets do, done with the inputs that are committed: their corpora and the test vectors.
#![expect(clippy::disallowed_methods, reason = "the inputs are files")]

#[expect(unreachable_pub, reason = "for the fuzz targets this is a library")]
#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;
#[expect(unreachable_pub, reason = "shared by tests of several crates")]
#[path = "../../fuzz/inputs.rs"]
mod inputs;

use inputs::run_over;

#[test]
fn connection_ops() {
    run_over(&["fuzz/corpus/connection_ops"], bodies::connection_ops::run);
}

#[test]
fn decode() {
    run_over(&["vectors", "fuzz/corpus/decode"], bodies::decode::run);
}

#[test]
fn digest() {
    run_over(&["fuzz/corpus/digest"], bodies::digest::run);
}

#[test]
fn head_round_trip() {
    run_over(
        &["vectors", "fuzz/corpus/head_round_trip"],
        bodies::head_round_trip::run,
    );
}

#[test]
fn uri() {
    run_over(&["fuzz/corpus/uri"], bodies::uri::run);
}
