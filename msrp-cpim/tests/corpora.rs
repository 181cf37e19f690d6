//! What the fuzz targets of message content do, done with the inputs that are committed: their corpora and
//! the test vectors.
#![expect(clippy::disallowed_methods, reason = "the inputs are files")]

use std::fs;
use std::path::Path;

#[expect(unreachable_pub, reason = "for the fuzz targets this is a library")]
#[path = "../../fuzz/bodies/content/mod.rs"]
mod content;

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
