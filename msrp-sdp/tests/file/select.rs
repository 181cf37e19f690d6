//! Which file a selector means.

use msrp_sdp::{FileInfo, FileSelection};

use crate::{H1, f, hash, named, selector};

fn catalogue() -> [FileInfo; 3] {
    [
        named("a.jpg")
            .with_size(10)
            .with_hashes([hash(&format!("sha-1:{H1}"))]),
        named("b.jpg").with_size(10),
        named("a.txt").with_size(3),
    ]
}

/// Shows: FT-8.3.2-01 (which files fit).
#[test]
fn a_file_fits_every_selector_or_not_at_all() {
    let files = catalogue();
    let select = |text: &str| match selector(text).select(&files) {
        FileSelection::None => vec![],
        FileSelection::One(file) => vec![file.name().unwrap().to_text().into_owned()],
        FileSelection::Ambiguous(files) => {
            assert!(files.len() > 1);
            files
                .iter()
                .map(|file| file.name().unwrap().to_text().into_owned())
                .collect()
        }
    };
    assert_eq!(select("name:\"a.jpg\""), ["a.jpg"]);
    assert_eq!(select("size:10"), ["a.jpg", "b.jpg"]);
    assert!(matches!(
        selector("size:10").select(&files),
        FileSelection::Ambiguous(_)
    ));
    assert_eq!(select("name:\"a.jpg\" size:3"), [""; 0]);
    assert_eq!(select("name:\"a.txt\" size:3"), ["a.txt"]);
    let hash = format!("hash:sha-1:{H1}");
    assert_eq!(select(&hash), ["a.jpg"]);
    assert_eq!(select(&format!("{hash} name:\"b.jpg\"")), [""; 0]);
    assert_eq!(select("name:\"A.jpg\""), [""; 0]);
    // Names count decoded.
    assert_eq!(select("name:\"%61.jpg\""), ["a.jpg"]);
    // What is not known of a file does not fit.
    assert_eq!(select("type:image/jpeg"), [""; 0]);
    assert_eq!(select(""), [""; 0]);
    assert_eq!(select("name:\"a.jpg\" colour:red"), [""; 0]);
    assert!(matches!(selector("size:10").select([]), FileSelection::None));
}

#[test]
fn types_and_hashes() {
    let file = f()
        .with_media_type("text/plain;charset=utf-8".parse().unwrap())
        .unwrap();
    let fits = |text: &str| selector(text).matches(&file);
    assert!(fits("type:Text/Plain"));
    assert!(fits("type:text/plain;charset=\"UTF-8\""));
    assert!(!fits("type:text/plain;charset=\"latin1\""));
    assert!(!fits("type:text/plain;format=\"flowed\""));
    assert!(!fits("type:text/html"));
    // A hash that nobody can compute says nothing, and alone selects nothing.
    assert!(fits(&format!("hash:foo:AB hash:sha-1:{H1}")));
    assert!(!fits("hash:foo:AB"));
    assert!(!fits(&format!("hash:sha-1:{H1}").replace("87:", "88:")));
}

/// Ruling S9.
#[test]
fn the_same_file() {
    let same = |one: &str, other: &str| {
        let (one, other) = (selector(one), selector(other));
        assert_eq!(one.same_file(&other), other.same_file(&one));
        one.same_file(&other)
    };
    assert!(same("size:10", "size:10 hash:foo:AB"));
    assert!(same("size:10", "name:\"a\""));
    assert!(same("name:\"%61\"", "name:\"a\""));
    assert!(same("hash:foo:AB", "hash:bar:AC"));
    assert!(same("type:a/b", "type:A/B;c=\"d\""));
    assert!(!same("size:10", "size:11"));
    assert!(!same("size:10 name:\"a\"", "size:10 name:\"b\""));
    assert!(!same("hash:foo:AB hash:bar:AC", "hash:foo:AC hash:bar:AC"));
    assert!(!same("type:a/b", "type:a/c"));
    assert!(!same("type:a/b;c=\"d\"", "type:a/b;c=\"e\""));
}
