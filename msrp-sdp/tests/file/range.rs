//! `file-range`.

use msrp_sdp::{FileRange, FileRangeError};

#[track_caller]
fn range(text: &str) -> FileRange {
    let range = FileRange::parse(text.as_bytes()).unwrap();
    assert_eq!(range.to_string(), text);
    range
}

/// Shows: FT-6-10.
#[test]
fn ranges_count_from_1() {
    let all = range("1-32349");
    assert_eq!((all.start(), all.stop()), (1, Some(32349)));
    assert_eq!((all.offset(), all.octets()), (0, Some(32349)));
    let rest = range("5-*");
    assert_eq!((rest.start(), rest.stop(), rest.octets()), (5, None, None));
    assert_eq!(range("7-7").octets(), Some(1));
    assert_eq!(FileRange::new(3, 6), Ok(range("3-6")));

    for bad in [
        "0-5",
        "7-3",
        "-5",
        "3-",
        "0-*",
        "*-3",
        "3",
        "-",
        "",
        "01-5",
        "1-05",
        "1-0",
        "1-5-9",
        "1 - 5",
        "+1-5",
        "1-+5",
        "1-**",
        "1-18446744073709551616",
        "18446744073709551616-*",
    ] {
        assert_eq!(FileRange::parse(bad.as_bytes()), Err(FileRangeError), "{bad}");
    }
    assert_eq!(FileRange::parse(b"1-\xFF"), Err(FileRangeError));
    assert_eq!(FileRange::new(0, 5), Err(FileRangeError));
    assert_eq!(FileRange::new(7, 3), Err(FileRangeError));

    // Absent, it is all of the file.
    let offered = crate::part(
        0,
        &["a=sendonly", "a=file-selector:size:10", "a=file-transfer-id:t1"],
    );
    assert_eq!(offered.attributes.range, None);
    let mut transfers = crate::transfers();
    let msrp_sdp::FileVerdict::New { range, .. } = transfers.offered(&offered) else {
        panic!()
    };
    assert_eq!((range.start(), range.stop()), (1, None));
    assert_eq!(range, FileRange::WHOLE);
}

/// Ruling S11.
#[test]
fn a_range_is_within_a_file_or_not() {
    let within = |text, size| range(text).within(size);
    assert_eq!(within("3-6", 10), Some(2..6));
    assert_eq!(within("3-10", 10), Some(2..10));
    assert_eq!(within("3-11", 10), None);
    assert_eq!(within("10-*", 10), Some(9..10));
    assert_eq!(within("11-*", 10), None);
    assert_eq!(within("5-*", 4), None);
    assert_eq!(within("1-*", 0), Some(0..0));
    assert_eq!(within("1-1", 0), None);
    assert_eq!(within("1-18446744073709551615", u64::MAX), Some(0..u64::MAX));
}
