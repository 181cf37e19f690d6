//! What the fuzz targets do, done with the inputs that are committed: their corpora and the test vectors.
#![expect(clippy::disallowed_methods, reason = "the inputs are files")]

use std::fs;
use std::path::Path;

#[expect(unreachable_pub, reason = "for the fuzz targets this is a library")]
#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;

#[test]
fn connection_ops() {
    run_over(&["fuzz/corpus/connection_ops"], bodies::connection_ops::run);
}

#[test]
fn decode() {
    run_over(&["vectors", "fuzz/corpus/decode"], bodies::decode::run);
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

fn run_over(folders: &[&str], run: fn(&[u8])) {
    for folder in folders {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut count = 0;
        let mut todo = vec![root.join(folder)];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    todo.push(path);
                } else {
                    // Shown if the run fails.
                    println!("{}", path.display());
                    run(&fs::read(path).unwrap());
                    count += 1;
                }
            }
        }
        assert!(count > 0, "no inputs in {folder}");
    }
}
