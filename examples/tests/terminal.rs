//! What is shown on a terminal.

use msrp_examples::terminal::{breaks, cut, wrap};
use unicode_width::UnicodeWidthStr as _;

#[test]
fn between_words() {
    assert_eq!(wrap("", 10), [""]);
    assert_eq!(wrap("one two three", 13), ["one two three"]);
    assert_eq!(wrap("one two three", 12), ["one two", "  three"]);
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(
        wrap("<peer> one two three four", 15),
        ["<peer> one two", "  three four"]
    );
}

#[test]
fn words_that_fill_the_line() {
    assert_eq!(wrap("abcdefghijklmnopqrst", 14), ["abcdefghijklmn", "  opqrst"]);
    assert_eq!(
        wrap("x abcdefghijklmnopqrstuvwxyz", 14),
        ["x", "  abcdefghijkl", "  mnopqrstuvwx", "  yz"]
    );
}

#[test]
fn wide_and_combining_characters() {
    assert_eq!(wrap("日本語日本語", 5), ["日本", "語日", "本語"]);
    assert_eq!(wrap("<peer> 日本語日本語", 12), ["<peer> 日本", "  語日本語"]);
    assert_eq!(
        wrap("e\u{301}e\u{301}e\u{301}", 2),
        ["e\u{301}e\u{301}", "e\u{301}"]
    );
    for width in 0..30 {
        for line in wrap(
            "<peer> 日本語 and latin, mixed\u{301} with words-that-are-long",
            width,
        ) {
            assert!(line.width() <= width.max(2), "{width}: {line:?}");
        }
    }
}

/// A terminal that has become narrower goes on only when there is more than fills a row, and never within a character.
#[test]
fn rows_that_have_become_too_wide() {
    for (row, width, expected) in [
        ("", 4, 0),
        ("12345678", 9, 0),
        ("12345678", 8, 0),
        ("12345678", 7, 1),
        ("12345678", 4, 1),
        ("123456789", 4, 2),
        ("日本語日本語", 12, 0),
        ("日本語日本語", 6, 1),
        ("日本語日本語", 5, 2),
        ("日本語日本語", 3, 5),
    ] {
        assert_eq!(breaks(row, width), expected, "{row:?} {width}");
    }
}

/// Some terminals join these characters, others show each.
#[test]
fn cut_for_any_terminal() {
    assert_eq!(cut("日本語", 6), "日本語");
    assert_eq!(cut("日本語", 5), "日本…");
    let family = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    assert_eq!(cut(&format!("{family}!"), 6), format!("{}…", &family[..14]));
    assert_eq!(cut("\u{2764}\u{fe0f}\u{2764}\u{fe0f}", 3), "\u{2764}\u{fe0f}…");
}
