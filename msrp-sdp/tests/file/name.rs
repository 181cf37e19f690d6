//! File names.

use msrp_sdp::{Deviation, FileName, FileSelector, FileSelectorError};

use crate::selector;

/// Shows: FT-6-02.
#[test]
fn names_are_percent_encoded() {
    for (name, encoded) in [
        ("a\"b%c/d\\e", "a%22b%25c%2Fd%5Ce"),
        ("é.jpg", "é.jpg"),
        ("a\0b\rc\nd", "a%00b%0Dc%0Ad"),
        ("tab\t del\u{7f}", "tab%09 del%7F"),
        ("C:.txt", "C:.txt"),
    ] {
        let built = FileSelector::new().with_name(FileName::new(name).unwrap());
        assert_eq!(built.to_string(), format!("name:\"{encoded}\""));
        let read = FileSelector::parse_strict(built.to_string().as_bytes()).unwrap();
        assert_eq!(read.name().unwrap().to_text(), name);
        assert_eq!(read, built);
    }
    // Raw, the grammar allows them; and digits of either case.
    assert_eq!(
        selector("name:\"a/b\\c\t%2f%2F\"").name().unwrap().as_octets(),
        b"a/b\\c\t//"
    );

    for bad in [
        "name:\"%2\"",
        "name:\"%zz\"",
        "name:\"100%\"",
        "name:\"%%\"",
        "name:\"%+1\"",
    ] {
        let error = FileSelector::parse(bad.as_bytes()).unwrap_err();
        assert_eq!(error, FileSelectorError::BadPercent, "{bad}");
    }
    assert_eq!(
        FileSelector::parse(b"name:\"\""),
        Err(FileSelectorError::EmptyName)
    );
    assert_eq!(FileName::new(""), Err(FileSelectorError::EmptyName));

    // Encoded or not, octets that are no text are kept.
    for text in [&b"name:\"%FFa\""[..], b"name:\"\xFFa\""] {
        let (read, deviations) = FileSelector::parse_with_deviations(text).unwrap();
        assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::NotUtf8]);
        let name = read.name().unwrap();
        assert_eq!(name.as_octets(), b"\xFFa");
        assert_eq!(name.to_text(), "\u{FFFD}a");
        assert_eq!(read.to_string(), "name:\"%FFa\"");
    }
}

/// Shows: FT-6-03.
#[test]
fn a_received_name_is_no_path() {
    let safe = |encoded: &str| {
        let read = selector(&format!("name:\"{encoded}\""));
        let name = read.name().unwrap();
        (name.to_safe(), name.to_text().into_owned())
    };
    // One component, and what was received beside it.
    assert_eq!(safe("..%2F..%2Fb.txt"), ("b.txt".into(), "../../b.txt".into()));
    assert_eq!(safe("C:%5Cb.txt"), ("b.txt".into(), "C:\\b.txt".into()));
    assert_eq!(safe("/etc/passwd").0, "passwd");
    for neutral in ["..", ".", "%2E%2E", "a%2F..", "%2F"] {
        assert_eq!(safe(neutral).0, "file", "{neutral}");
    }
    assert_eq!(safe("a%00b%0D%0Ac%1B").0, "a_b__c_");
    assert_eq!(safe("%FF.jpg").0, "\u{FFFD}.jpg");
}
