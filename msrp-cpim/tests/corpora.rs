//! What the fuzz targets of message content do, done with the inputs that are committed: their corpora and
//! the test vectors.
#![expect(clippy::disallowed_methods, reason = "the inputs are files")]

#[expect(unreachable_pub, reason = "for the fuzz targets this is a library")]
#[path = "../../fuzz/bodies/content/mod.rs"]
mod content;
#[expect(unreachable_pub, reason = "shared by tests of several crates")]
#[path = "../../fuzz/inputs.rs"]
mod inputs;

use inputs::run_over;

#[test]
fn cpim() {
    run_over(&["vectors", "fuzz/corpus/cpim"], content::cpim::run);
}

#[test]
fn multipart() {
    run_over(&["vectors", "fuzz/corpus/multipart"], content::multipart::run);
}

#[test]
fn xml() {
    run_over(&["vectors", "fuzz/corpus/xml"], content::xml::run);
}
