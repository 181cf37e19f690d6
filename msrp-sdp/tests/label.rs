//! The label of a media stream (RFC 4574).

use msrp_sdp::{Deviation, Label, LabelError};

#[test]
fn labels_are_tokens() {
    for text in ["1", "chat", "a{b}^$&#!", "Chat"] {
        let label = Label::parse_strict(text.as_bytes()).unwrap();
        assert_eq!((label.as_str(), label.to_string()), (text, text.to_owned()));
    }
    for bad in ["", " ", "a b", "a:b", "a\r\na=b", "é", "a\0", "a/b", "\"a\""] {
        assert_eq!(Label::parse(bad.as_bytes()), Err(LabelError::Token), "{bad:?}");
    }
    assert_eq!(Label::parse(b"\xFF"), Err(LabelError::Token));
}

#[test]
fn case_counts() {
    assert_ne!(Label::parse(b"chat"), Label::parse(b"Chat"));
}

#[test]
fn blanks_at_the_ends_are_forgiven() {
    for value in [&b" chat"[..], b"chat ", b"  chat  "] {
        let (label, deviations) = Label::parse_with_deviations(value).unwrap();
        assert_eq!(label.as_str(), "chat");
        assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::Blank]);
        assert_eq!(
            Label::parse_strict(value),
            Err(LabelError::Deviation(Deviation::Blank))
        );
    }
}
