//! The inputs that are committed, for the tests that do with them what the fuzz targets do.

use std::fs;
use std::path::{Path, PathBuf};

/// Does `run` with every file of these folders of the workspace.
pub fn run_over(folders: &[&str], run: fn(&[u8])) {
    for folder in folders {
        for path in files(folder) {
            // Shown if the run fails.
            println!("{}", path.display());
            run(&fs::read(path).unwrap());
        }
    }
}

/// All files of a folder of the workspace and of the folders within, in no order; at least one.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no inputs in {folder}");
    found
}
