//! `hash` selectors, and computing them.

use msrp_sdp::{Deviation, FileHash, FileHasher, FileRange, FileSelector, FileSelectorError};

use crate::{H1, f, ids, lines, transfers};

/// Shows: FT-6-06.
#[test]
fn sha_1_over_the_whole_file() {
    let mut hasher = FileHasher::sha_1();
    hasher.update(b"0123");
    hasher.update(b"");
    hasher.update(b"456789");
    let hashes = hasher.finish();
    assert_eq!(hashes.len(), 1);
    assert_eq!(hashes[0].to_string(), format!("sha-1:{H1}"));
    assert_eq!(hashes[0].digest().len(), 20);

    // Whatever part of it is sent.
    let file = f().with_hashes(hashes);
    let range = FileRange::new(3, 6).unwrap();
    let part = transfers().push(&file, range, 0, &mut ids()).unwrap();
    assert!(lines(&part)[0].ends_with(&format!(" hash:sha-1:{H1}")));
    assert_eq!(lines(&part)[2], "file-range:3-6");

    let short = &H1[3..];
    let long = format!("{H1}:00");
    for digits in [short, &long] {
        let text = format!("hash:SHA-1:{digits}");
        assert_eq!(
            FileSelector::parse(text.as_bytes()),
            Err(FileSelectorError::HashLength)
        );
    }
    let lower = format!("hash:sha-1:{}", H1.to_lowercase());
    let (read, deviations) = FileSelector::parse_with_deviations(lower.as_bytes()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::LowerHex]);
    assert_eq!(
        read,
        FileSelector::parse_strict(format!("hash:sha-1:{H1}").as_bytes()).unwrap()
    );
    assert_eq!(read.to_string(), format!("hash:sha-1:{H1}"));
    // On its own, too.
    let (read, deviations) = FileHash::parse_with_deviations(&lower.as_bytes()[5..]).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::LowerHex]);
    assert_eq!(FileHash::parse_strict(read.to_string().as_bytes()), Ok(read));
    let strict = FileHash::parse_strict(&lower.as_bytes()[5..]);
    assert_eq!(strict, Err(FileSelectorError::Deviation(Deviation::LowerHex)));
}

#[test]
fn what_is_no_hash() {
    for bad in [
        "",
        "sha-1",
        "sha-1:",
        ":AB",
        "foo:A",
        "foo:ABC",
        "foo:AB:",
        "foo:AB::CD",
        "foo:AB CD",
        "foo:0x",
        "f o:AB",
    ] {
        assert_eq!(
            FileHash::parse(bad.as_bytes()),
            Err(FileSelectorError::BadHash),
            "{bad}"
        );
    }
    assert_eq!(FileHash::parse(b"foo:\xFF"), Err(FileSelectorError::BadHash));
    assert_eq!(FileHash::parse(b"sha-256:AB"), Err(FileSelectorError::HashLength));
}

#[test]
fn several_functions_at_once() {
    let mut hasher = FileHasher::sha_1_and_sha_256();
    hasher.update(b"0123456789");
    let hashes = hasher.finish();
    assert_eq!(hashes[0].to_string(), format!("sha-1:{H1}"));
    assert_eq!(
        hashes[1].to_string(),
        "sha-256:84:D8:98:77:F0:D4:04:1E:FB:6B:F9:1A:16:F0:24:8F:2F:D5:73:E6:AF:05:C1:9F:96:BE:DB:9F:88:2F:78:82"
    );
    // Those of a selector that are known.
    let none = FileHasher::for_selector(&crate::selector("hash:foo:AB size:3"));
    assert_eq!(none.finish(), []);
}
