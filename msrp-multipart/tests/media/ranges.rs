//! Lists of accepted types (RFC 4975 §8.6).

use msrp_multipart::{
    Deviation, MediaRange, MediaRanges, MediaRangesError, MediaType, MediaTypeError as Error,
};

use crate::{equality::hash, msrp};

#[track_caller]
fn parse(input: &[u8]) -> MediaRanges {
    MediaRanges::parse(input).unwrap()
}

#[track_caller]
fn assert_deviates(input: &[u8], deviation: Deviation, offset: usize) -> MediaRanges {
    let (read, deviations) = MediaRanges::parse_with_deviations(input).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [deviation]);
    let refusal = Error::Deviation { deviation, offset };
    assert_eq!(
        MediaRanges::parse_strict(input),
        Err(MediaRangesError::Entry(refusal))
    );
    read
}

/// Shows: MSRP-7.3.1-11, MSRP-8.6-18.
#[test]
fn matching_ignores_case_and_parameters_and_honours_wildcards() {
    let text = parse(b"text/*");
    assert!(text.accepts(&msrp(b"Text/Plain;charset=UTF-8")));
    assert!(text.accepts(&msrp(b"text/html")));
    assert!(!text.accepts(&msrp(b"image/png")));
    assert!(!text.accepts(&msrp(b"textual/plain")));

    let any = parse(b"*");
    assert!(any.accepts(&msrp(b"Text/Plain;charset=UTF-8")));
    assert!(any.accepts_essence("x", "y"));
    assert_eq!(any, MediaRanges::any());

    let explicit = parse(b"message/CPIM Text/HTML;charset=UTF-8");
    assert!(explicit.accepts(&msrp(b"Message/cpim")));
    assert!(explicit.accepts(&msrp(b"text/html;charset=us-ascii")));
    assert!(explicit.accepts_essence("TEXT", "html"));
    assert!(!explicit.accepts(&msrp(b"text/plain;charset=UTF-8")));
    assert!(!explicit.accepts_essence("text", "*"));
}

/// Shows: MSRP-8.6-16.
#[test]
fn quoted_values_may_hold_what_separates() {
    let ranges = parse(br#"a/b;p="x y;z" c/d"#);
    assert_eq!(ranges.len(), 2);
    let first = ranges.iter().next().and_then(MediaRange::media_type).unwrap();
    assert_eq!(first.parameter_str("p"), Some("x y;z"));
    assert!(ranges.accepts_essence("c", "d"));
    assert_eq!(MediaRanges::parse_strict(br#"a/b;p="x y;z" c/d"#), Ok(ranges));
}

#[test]
fn order_and_spelling_are_kept() {
    let text = "Message/CPIM text/plain;charset=UTF-8 image/* * text/plain";
    let ranges = MediaRanges::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(ranges.to_string(), text);
    let entries: Vec<_> = ranges
        .iter()
        .map(|entry| (entry.type_(), entry.subtype()))
        .collect();
    assert_eq!(
        entries,
        [
            (Some("Message"), Some("CPIM")),
            (Some("text"), Some("plain")),
            (Some("image"), None),
            (None, None),
            (Some("text"), Some("plain")),
        ]
    );
    let wildcards: Vec<_> = (&ranges).into_iter().map(MediaRange::is_wildcard).collect();
    assert_eq!(wildcards, [false, false, true, true, false]);
    assert_eq!(format!("{ranges:?}"), format!("MediaRanges({text})"));
}

/// Ruling R-48.
#[test]
fn blanks_around_entries_are_tolerated() {
    let expected = parse(b"a/b *");
    for (input, offset) in [
        (&b"a/b  *"[..], 3),
        (b"a/b\t*", 3),
        (b" a/b *", 0),
        (b"a/b * ", 5),
        (b"a/b *\t", 5),
    ] {
        assert_eq!(assert_deviates(input, Deviation::Blank, offset), expected);
    }
}

/// Ruling R-48.
#[test]
fn an_empty_list_accepts_nothing() {
    let empty = assert_deviates(b"", Deviation::EmptyList, 0);
    assert!(empty.is_empty());
    assert!(!empty.accepts(&msrp(b"text/plain")));
    assert_eq!(empty, MediaRanges::new());
    assert_eq!(empty.to_string(), "");
    assert!(parse(b" ").is_empty());
}

#[test]
fn slips_inside_entries_are_noted() {
    let ranges = assert_deviates(b"a/b; c/d", Deviation::EmptyParameter, 3);
    assert_eq!(ranges, parse(b"a/b c/d"));
    let ranges = assert_deviates(b"a/b;x= c/d", Deviation::EmptyValue, 6);
    assert_eq!(ranges, parse(br#"a/b;x="" c/d"#));
}

#[test]
fn malformed_lists_are_refused() {
    for (input, error) in [
        (&b"text"[..], Error::Slash { offset: 4 }),
        (b"a/b text", Error::Slash { offset: 8 }),
        (b"a/b,c/d", Error::Separator { offset: 3 }),
        (b"a/b, c/d", Error::Separator { offset: 3 }),
        (b"a/b; charset=utf-8", Error::Slash { offset: 12 }),
        (b"*;x=y", Error::Slash { offset: 1 }),
        (b"** a/b", Error::Slash { offset: 2 }),
        (b"a/b ;x=y", Error::Type { offset: 4 }),
        (b"a/b\r\n", Error::Separator { offset: 3 }),
        (br#"c/d a/b;p="x"#, Error::UnterminatedString { offset: 10 }),
    ] {
        assert_eq!(MediaRanges::parse(input), Err(MediaRangesError::Entry(error)));
    }
}

/// `*/*` is how HTTP says `*`; the type named `*` that the grammar makes of it exists nowhere.
#[test]
fn two_asterisks_count_as_one() {
    assert_eq!(parse(b"*/*"), MediaRanges::any());
    assert_eq!(parse(b"*/*").to_string(), "*");
    assert_eq!(
        MediaRange::from(MediaType::new("*", "*").unwrap()),
        MediaRange::any()
    );
}

#[test]
fn lists_can_be_built() {
    let built = MediaRanges::new()
        .with(MediaType::new("text", "plain").unwrap())
        .and_then(|ranges| ranges.with(MediaRange::any_subtype("image").unwrap()))
        .and_then(|ranges| ranges.with(MediaRange::any()))
        .unwrap();
    assert_eq!(built.to_string(), "text/plain image/* *");
    assert_eq!(built, parse(b"Text/Plain IMAGE/* *"));
    assert_eq!(hash(&built), hash(&parse(b"Text/Plain IMAGE/* *")));
    assert_ne!(built, parse(b"* image/* text/plain"));
    assert_eq!(MediaRange::any_subtype("a/b"), Err(Error::Type { offset: 1 }));
    // A subtype that happens to be an asterisk means the same whether it was built or read.
    assert!(MediaRange::from(MediaType::new("text", "*").unwrap()).accepts_essence("text", "html"));
}

#[test]
fn entries_are_limited() {
    let limit = MediaRanges::MAX_ENTRIES;
    let most = parse(vec!["a/b"; limit].join(" ").as_bytes());
    assert_eq!(most.len(), limit);
    assert_eq!(
        most.with(MediaRange::any()),
        Err(MediaRangesError::TooManyEntries { limit })
    );
    let more = vec!["a/b"; limit + 1].join(" ");
    assert_eq!(
        MediaRanges::parse(more.as_bytes()),
        Err(MediaRangesError::TooManyEntries { limit })
    );
}
