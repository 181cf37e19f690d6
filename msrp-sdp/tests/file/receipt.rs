//! Following a file as it arrives.

use msrp_sdp::{FileMismatch, FileName, FileRange, FileReceipt, FileVerified, TooMuchData};

use crate::{H1, selector};

fn receipt(text: &str) -> FileReceipt {
    FileReceipt::new(selector(text), FileRange::WHOLE)
}

#[track_caller]
fn taken(text: &str, octets: &[u8]) -> FileReceipt {
    let mut receipt = receipt(text);
    assert_eq!(receipt.take(0, octets), Ok(0));
    receipt
}

/// Shows: FT-8.2.2-02, FT-6-07 (what is used).
#[test]
fn the_file_is_compared_with_what_was_negotiated() {
    let hash = format!("hash:sha-1:{H1}");
    let full = format!("name:\"f.txt\" type:text/plain size:10 {hash}");
    let finish = |text: &str, octets: &[u8]| taken(text, octets).finish(None, None);
    assert_eq!(finish(&full, b"0123456789"), Ok(FileVerified::WithHash));
    assert_eq!(finish(&hash, b"0123456789"), Ok(FileVerified::WithHash));
    assert_eq!(finish(&hash, b"0123456788"), Err(FileMismatch::Hash));
    assert_eq!(finish("size:10", b"012345678"), Err(FileMismatch::Size));
    assert_eq!(finish("size:10", b"0123456789"), Ok(FileVerified::WithoutHash));
    // A function that nobody knows is not computed; beside one that is known it does no harm.
    assert_eq!(
        finish("hash:foo:AB", b"0123456789"),
        Ok(FileVerified::WithoutHash)
    );
    assert_eq!(
        finish(&format!("hash:foo:AB {hash}"), b"0123456789"),
        Ok(FileVerified::WithHash)
    );
    assert_eq!(
        finish(&format!("hash:foo:AB {hash}"), b"012345678x"),
        Err(FileMismatch::Hash)
    );
    // All that are known must match.
    let sha_256 = format!("hash:sha-256:00{}", ":00".repeat(31));
    assert_eq!(
        finish(&format!("{hash} {sha_256}"), b"0123456789"),
        Err(FileMismatch::Hash)
    );

    let name = |name| Some(FileName::new(name).unwrap());
    let typed = |text: &str| Some(text.parse().unwrap());
    let compare = |name: Option<FileName>, media_type: Option<msrp_multipart::MediaType>| {
        taken(&full, b"0123456789").finish(name.as_ref(), media_type.as_ref())
    };
    assert_eq!(
        compare(name("f.txt"), typed("text/plain;charset=utf-8")),
        Ok(FileVerified::WithHash)
    );
    assert_eq!(compare(name("g.txt"), None), Err(FileMismatch::Name));
    assert_eq!(compare(None, typed("text/html")), Err(FileMismatch::Type));
}

#[test]
fn octets_in_any_order() {
    let text = format!("hash:sha-1:{H1}");
    // What came twice, whole or in part, counts once.
    let mut ordered = receipt(&text);
    for (offset, octets) in [
        (0, &b"0123"[..]),
        (0, b"01"),
        (2, b"2345"),
        (4, b""),
        (6, b"6789"),
    ] {
        assert_eq!(ordered.take(offset, octets), Ok(offset));
    }
    assert_eq!(ordered.finish(None, None), Ok(FileVerified::WithHash));
    // Out of order they cannot be hashed; the file can, from where it was stored.
    let mut mixed = receipt(&text);
    for (offset, octets) in [(5, &b"56789"[..]), (0, b"01234")] {
        assert_eq!(mixed.take(offset, octets), Ok(offset));
    }
    assert_eq!(mixed.finish(None, None), Ok(FileVerified::WithoutHash));
    assert_eq!(
        taken(&text, b"0123456789").finish(None, None),
        Ok(FileVerified::WithHash)
    );
}

#[test]
fn parts_of_a_file() {
    let range = |text: &str, range: &str| {
        FileReceipt::new(selector(text), FileRange::parse(range.as_bytes()).unwrap())
    };
    let text = format!("size:10 hash:sha-1:{H1}");
    // Part of a file has no hash.
    let mut part = range(&text, "3-6");
    assert_eq!(part.take(0, b"23"), Ok(2));
    assert_eq!(part.take(2, b"45"), Ok(4));
    assert_eq!(part.clone().take(4, b"6"), Err(TooMuchData));
    assert_eq!(part.finish(None, None), Ok(FileVerified::WithoutHash));
    let mut short = range(&text, "3-6");
    assert_eq!(short.take(0, b"234"), Ok(2));
    assert_eq!(short.finish(None, None), Err(FileMismatch::Size));
    // With what is there already, the rest has one.
    for rest in ["5-*", "5-10"] {
        for (stored, outcome) in [
            (&b"0123"[..], Ok(FileVerified::WithHash)),
            (b"012x", Err(FileMismatch::Hash)),
            (b"", Ok(FileVerified::WithoutHash)),
        ] {
            let mut resumed = range(&text, rest);
            resumed.take_stored(stored);
            assert_eq!(resumed.take(0, b"456789"), Ok(4));
            assert_eq!(resumed.finish(None, None), outcome);
        }
    }
    // The beginning alone is not the file, however it is asked for.
    let mut beginning = range(&format!("hash:sha-1:{H1}"), "1-4");
    assert_eq!(beginning.take(0, b"0123"), Ok(0));
    assert_eq!(beginning.finish(None, None), Ok(FileVerified::WithoutHash));
}

/// Shows: FT-10-01 (too many octets).
#[test]
fn more_octets_than_announced() {
    let mut receipt = taken("size:10", b"0123456789");
    assert_eq!(receipt.take(10, b"x"), Err(TooMuchData));
    assert_eq!(taken("size:10", b"").take(0, b"0123456789x"), Err(TooMuchData));
    assert_eq!(taken("size:10", b"").take(u64::MAX, b"x"), Err(TooMuchData));
    assert_eq!(taken("size:0", b"").take(0, b"x"), Err(TooMuchData));
    // The end of the file is one, too, where only its beginning is left out, or the range says more than there is.
    for text in ["5-*", "5-12"] {
        let rest = FileRange::parse(text.as_bytes()).unwrap();
        let mut rest = FileReceipt::new(selector("size:10"), rest);
        assert_eq!(rest.take(0, b"456789"), Ok(4));
        assert_eq!(rest.take(6, b"x"), Err(TooMuchData));
    }
    // Where nothing is announced, there still is a limit.
    let mut limited = crate::receipt::receipt("type:a/b").max_size(Some(5));
    assert_eq!(limited.take(0, b"01234"), Ok(0));
    assert_eq!(limited.take(5, b"5"), Err(TooMuchData));
    assert_eq!(taken("type:a/b", b"0123456789").take(1 << 40, b"x"), Ok(1 << 40));
}

#[test]
fn an_empty_file() {
    let empty = "hash:sha-1:DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09";
    assert_eq!(receipt(empty).finish(None, None), Ok(FileVerified::WithHash));
    assert_eq!(
        receipt("size:0").finish(None, None),
        Ok(FileVerified::WithoutHash)
    );
    assert_eq!(
        receipt(&format!("hash:sha-1:{H1}")).finish(None, None),
        Err(FileMismatch::Hash)
    );
}
