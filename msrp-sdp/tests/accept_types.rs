//! What follows from lists of accepted types (RFC 4975 §8.6, §13).

use msrp_multipart::{MediaRange, MediaRanges, MediaRangesError, MediaType};
use msrp_sdp::accept_types::{self, NoContainer};

fn list(text: &str) -> MediaRanges {
    MediaRanges::parse_strict(text.as_bytes()).unwrap()
}

fn types(texts: &[&str]) -> Vec<MediaType> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[track_caller]
fn assert_chosen(own: &[&str], peer: &str, expected: Option<&str>) {
    let own = types(own);
    let chosen = accept_types::choose(&own, &list(peer)).map(MediaType::to_string);
    assert_eq!(chosen.as_deref(), expected);
}

/// Shows: MSRP-8.6-04.
#[test]
fn listed_types_are_preferred_over_covered_ones() {
    assert_chosen(&["image/png", "text/plain"], "text/plain *", Some("text/plain"));
    assert_chosen(&["image/png", "text/plain"], "* text/plain", Some("text/plain"));
    assert_chosen(
        &["image/png", "text/plain"],
        "image/* text/plain",
        Some("text/plain"),
    );
    assert_chosen(&["image/png", "text/plain"], "text/html *", Some("image/png"));
}

#[test]
fn then_the_order_of_the_peer_counts_then_ones_own() {
    let own = ["text/plain;charset=UTF-8", "text/html"];
    assert_chosen(&own, "text/html text/plain", Some("text/html"));
    assert_chosen(&own, "Text/Plain text/html", Some("text/plain;charset=UTF-8"));
    assert_chosen(&["a/b", "image/png"], "image/* *", Some("image/png"));
    assert_chosen(&["a/b", "image/png"], "*", Some("a/b"));
    assert_chosen(&["a/b", "image/png"], "text/plain", None);
    assert_chosen(&[], "*", None);
}

/// Shows: MSRP-8.6-02, MSRP-8.6-15.
#[test]
fn wildcards_cover_and_parameters_do_not_count() {
    assert_chosen(&["x/y"], "*", Some("x/y"));
    assert_chosen(&["text/plain"], "text/*", Some("text/plain"));
    assert_chosen(&["image/png"], "text/*", None);

    assert_chosen(&["text/plain"], "text/plain;charset=UTF-8", Some("text/plain"));
    assert_chosen(
        &["text/plain;charset=UTF-8"],
        "text/plain",
        Some("text/plain;charset=UTF-8"),
    );
    assert!(accept_types::have_common(
        &list("text/plain;charset=UTF-8"),
        &list("text/plain")
    ));
}

/// Shows: MSRP-13-02 (the order).
#[test]
fn a_gateway_lists_cpim_first() {
    for (given, expected) in [
        ("text/plain message/cpim *", "message/cpim text/plain *"),
        ("message/cpim text/plain", "message/cpim text/plain"),
        (
            "text/plain Message/CPIM a/b message/cpim",
            "message/cpim text/plain a/b",
        ),
        ("text/plain", "message/cpim text/plain"),
        ("* message/*", "message/cpim * message/*"),
    ] {
        assert_eq!(
            accept_types::of_gateway(&list(given)).unwrap().to_string(),
            expected
        );
    }
    let alone = accept_types::of_gateway(&MediaRanges::new()).unwrap();
    assert_eq!(alone.to_string(), "message/cpim");

    let limit = MediaRanges::MAX_ENTRIES;
    let full = list(&vec!["a/b"; limit].join(" "));
    assert_eq!(
        accept_types::of_gateway(&full),
        Err(MediaRangesError::TooManyEntries { limit })
    );
}

/// Shows: MSRP-13-03.
#[test]
fn cpim_listed_first_asks_for_wrapping() {
    assert!(accept_types::must_wrap(&list("message/cpim text/plain")));
    assert!(accept_types::must_wrap(&list("Message/CPIM")));
    for other in ["text/plain message/cpim", "*", "message/*", "* message/cpim"] {
        assert!(!accept_types::must_wrap(&list(other)), "{other}");
    }
    assert!(!accept_types::must_wrap(&MediaRanges::new()));
}

/// Shows: MSRP-8.6-06 (the lists).
#[test]
fn wrapped_types_need_a_container() {
    let wrapped = list("text/html");
    for accepted in [
        "message/cpim",
        "text/plain Message/CPIM",
        "multipart/mixed",
        "MULTIPART/*",
        "message/*",
        "message/rfc822",
        "application/pkcs7-mime",
        "text/plain *",
    ] {
        let written = accept_types::wrapped_beside(&list(accepted), &wrapped);
        assert_eq!(written.as_ref(), Ok(&wrapped), "{accepted}");
    }
    for accepted in [
        "text/plain",
        "text/* image/png",
        "message/imdn+xml",
        "application/json",
    ] {
        let written = accept_types::wrapped_beside(&list(accepted), &wrapped);
        assert_eq!(written, Err(NoContainer), "{accepted}");
    }
    assert_eq!(
        accept_types::wrapped_beside(&MediaRanges::new(), &wrapped),
        Err(NoContainer)
    );
    // Nothing is wrapped, nothing is needed.
    assert_eq!(
        accept_types::wrapped_beside(&list("text/plain"), &MediaRanges::new()),
        Ok(MediaRanges::new())
    );
}

/// Shows: MSRP-8.6-09 (the builder).
#[test]
fn wrapped_types_repeat_nothing() {
    for (accepted, wrapped, expected) in [
        ("message/cpim text/plain", "text/plain text/html", "text/html"),
        (
            "message/cpim text/plain",
            "Text/Plain;charset=UTF-8 text/html",
            "text/html",
        ),
        (
            "message/cpim text/plain;charset=UTF-8",
            "text/plain text/html",
            "text/html",
        ),
        (
            "message/cpim",
            "text/html text/plain text/html",
            "text/html text/plain",
        ),
        ("message/cpim image/*", "image/* image/png *", "image/png *"),
        ("message/cpim *", "* text/plain", "text/plain"),
        ("message/cpim text/plain", "text/plain", ""),
    ] {
        let written = accept_types::wrapped_beside(&list(accepted), &list(wrapped)).unwrap();
        assert_eq!(written.to_string(), expected);
    }
}

#[test]
fn common_types() {
    for (one, other, common) in [
        ("text/plain a/b", "c/d Text/PLAIN", true),
        ("*", "a/b", true),
        ("*", "*", true),
        ("text/*", "text/html", true),
        ("text/*", "text/*", true),
        ("text/*", "*", true),
        ("text/plain", "text/html", false),
        ("text/plain", "image/plain", false),
        ("text/*", "image/* application/text", false),
    ] {
        assert_eq!(
            accept_types::have_common(&list(one), &list(other)),
            common,
            "{one}"
        );
        assert_eq!(
            accept_types::have_common(&list(other), &list(one)),
            common,
            "{other}"
        );
    }
    assert!(!accept_types::have_common(
        &MediaRanges::new(),
        &MediaRanges::any()
    ));
}

/// Shows: MSRP-8.6-05 (the default list).
#[test]
fn by_default_all_formats_that_have_to_be_are_listed() {
    let default = accept_types::default();
    assert_eq!(
        default.to_string(),
        "text/plain message/cpim multipart/mixed multipart/alternative multipart/signed *"
    );
    assert!(default.is_any());
    for mandatory in [
        "message/cpim",
        "multipart/mixed",
        "multipart/alternative",
        "multipart/signed",
    ] {
        let listed = |entry: &MediaRange| entry.to_string() == mandatory;
        assert!(default.iter().any(listed), "{mandatory}");
    }
}
