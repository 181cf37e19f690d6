//! Names that files can be stored under.

use msrp_multipart::safe_file_name;
use proptest::{collection::vec, prelude::*, sample::select};

use crate::properties::check;

#[track_caller]
fn assert_becomes(given: &str, safe: &str) {
    assert_eq!(safe_file_name(given), safe, "{given:?}");
}

/// Shows: MIME83-2.3-01.
#[test]
fn one_component_that_cannot_leave_its_folder() {
    for given in [
        "../a/b.txt",
        r"C:\x\b.txt",
        "b.txt",
        "/b.txt",
        r"..\b.txt",
        r"\\host\share\b.txt",
    ] {
        assert_becomes(given, "b.txt");
    }
    for given in [
        "", ".", "..", "...", "/", "a/", "a/..", " ", ". .", "\u{202e}", "\u{3000}",
    ] {
        assert_becomes(given, "file");
    }
    assert_becomes(".login", "login");
    assert_becomes("a\0b\nc\u{1b}[31m\u{7f}\u{85}.txt", "a_b_c_[31m__.txt");
    assert_becomes("a:b", "a_b");
    assert_becomes("<a>|b?*\"", "_a__b___");
}

#[test]
fn names_that_hide_or_deceive() {
    assert_becomes(" .hidden. . ", "hidden");
    assert_becomes("photo\u{202e}gpj.exe", "photogpj.exe");
    assert_becomes("a\u{200b}b\u{feff}\u{2066}c", "abc");
    assert_becomes("a\u{2028}b", "a_b");
}

#[test]
fn devices_of_windows() {
    for device in [
        "CON",
        "nul",
        "Aux.txt",
        "PRN .x.y",
        "com1",
        "LPT9.tar.gz",
        "COM\u{b9}",
        "conin$",
        "COM0",
    ] {
        assert_becomes(device, &format!("_{device}"));
    }
    for name in [
        "console",
        "nul1",
        "com",
        "com10",
        "lpt",
        "xcon",
        "a.nul",
        "COM\u{b9}\u{b9}",
    ] {
        assert_becomes(name, name);
    }
}

#[test]
fn long_names_keep_their_extension() {
    let long = "\u{e9}".repeat(200);
    assert_becomes(&format!("{long}.tar"), &format!("{}.tar", "\u{e9}".repeat(125)));
    assert_becomes(&long, &"\u{e9}".repeat(127));
    // That is no extension.
    let word = "x".repeat(40);
    assert_becomes(&format!("{long}.{word}"), &"\u{e9}".repeat(127));
    let fits = "x".repeat(255);
    assert_becomes(&fits, &fits);
    // What the cut leaves is as safe.
    assert_becomes(&format!("nul{}x.txt", " ".repeat(300)), "_nul.txt");
    assert_becomes(
        &format!("nul.{}", "x".repeat(251)),
        &format!("_nul.{}", "x".repeat(250)),
    );
}

#[test]
fn whatever_it_is_given() {
    let pieces = vec![
        "a",
        ".",
        " ",
        "/",
        "\\",
        "..",
        "\0",
        "\u{202e}",
        "NUL",
        "com1",
        ":",
        "\u{e9}",
        "\u{3000}",
        ".txt",
        "0123456789012345678901234567890123456789",
        "\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
    ];
    let likely = vec(select(pieces), 0..40).prop_map(|pieces| pieces.concat());
    let arbitrary = vec(any::<char>(), 0..100).prop_map(String::from_iter);
    check(&prop_oneof![likely, arbitrary], |given| {
        let safe = safe_file_name(&given);
        prop_assert!(!safe.is_empty() && safe.len() <= 255);
        prop_assert!(!safe.contains(|c: char| c.is_control() || "/\\:<>|?*\"".contains(c)));
        prop_assert!(!safe.starts_with(['.', ' ']) && !safe.ends_with(['.', ' ']));
        let stem = safe.split('.').next().unwrap().trim_end().to_uppercase();
        prop_assert!(stem != "NUL" && stem != "COM1");
        let path = std::path::Path::new(&safe);
        prop_assert_eq!(path.file_name(), Some(path.as_os_str()));
        prop_assert_eq!(safe_file_name(&safe), safe);
        Ok(())
    });
}
