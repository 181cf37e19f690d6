//! What the fuzz target of session descriptions does, done with the inputs that are committed: its corpus and the
//! test vectors.
#![expect(clippy::disallowed_methods, reason = "the inputs are files")]

#[expect(unreachable_pub, reason = "shared by tests of several crates")]
#[path = "../../fuzz/inputs.rs"]
mod inputs;
#[expect(unreachable_pub, reason = "for the fuzz target this is a library")]
#[path = "../../fuzz/bodies/sdp.rs"]
mod sdp;

use inputs::run_over;

#[test]
fn sdp() {
    run_over(&["vectors", "fuzz/corpus/sdp"], sdp::run);
}
