//! The chat room attribute (RFC 7701 §8).

use msrp_sdp::{Chatroom, ChatroomError, Deviation};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The value is read as if it were the other, with these deviations, and refused by the strict parser.
#[track_caller]
fn assert_deviates(value: &[u8], expected: &[Deviation], meant: &str) {
    let (read, deviations) = Chatroom::parse_with_deviations(value);
    assert_eq!(deviations.iter().collect::<Vec<_>>(), expected);
    assert_eq!(read.to_string(), meant);
    assert_eq!(
        Chatroom::parse_strict(value),
        Err(ChatroomError::Deviation(expected[0]))
    );
}

/// Shows: CHAT-8-01.
#[test]
fn tokens_are_read_and_written() {
    let text = "nickname private-messages com.example.chat.foo";
    let built = Chatroom::new()
        .with_nickname()
        .with_private_messages()
        .with_extension("com.example.chat.foo")
        .unwrap();
    let read = Chatroom::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(read, built);
    assert_eq!(built.to_string(), text);
    assert!(read.supports_nickname() && read.supports_private_messages());
    assert_eq!(read.extensions().collect::<Vec<_>>(), ["com.example.chat.foo"]);

    let nickname = Chatroom::parse_strict(b"nickname").unwrap();
    assert!(nickname.supports_nickname() && !nickname.supports_private_messages());
    let private = Chatroom::parse_strict(b"private-messages").unwrap();
    assert!(!private.supports_nickname() && private.supports_private_messages());

    // The attribute alone.
    let none = Chatroom::new();
    assert!(!none.supports_nickname() && !none.supports_private_messages());
    assert_eq!((none.extensions().len(), none.to_string()), (0, String::new()));

    // No token twice, whether read or built.
    assert_deviates(b"nickname nickname", &[Deviation::Duplicate], "nickname");
    assert_deviates(
        b"private-messages nickname Private-Messages",
        &[Deviation::Duplicate],
        "nickname private-messages",
    );
    assert_deviates(b"a.b c A.b", &[Deviation::Duplicate], "a.b c");
    assert_eq!(
        Chatroom::new().with_nickname().with_nickname().to_string(),
        "nickname"
    );
    for defined in ["nickname", "Nickname", "nicknames", "private-messages"] {
        assert_eq!(
            Chatroom::new().with_nickname().with_extension(defined),
            Err(ChatroomError::Defined)
        );
    }
    assert_eq!(
        built.with_extension("com.example.Chat.foo"),
        Err(ChatroomError::Duplicate)
    );

    assert_deviates(b"nicknames", &[Deviation::Alias], "nickname");
    assert_deviates(
        b"nickname nicknames",
        &[Deviation::Alias, Deviation::Duplicate],
        "nickname",
    );
}

/// Ruling S17.
#[test]
fn defined_tokens_ignore_case() {
    let read = Chatroom::parse_strict(b"NickName Private-MESSAGES").unwrap();
    assert_eq!(read, Chatroom::new().with_nickname().with_private_messages());
    assert_eq!(read.to_string(), "nickname private-messages");
}

/// Shows: CHAT-8-05 (the tokens).
#[test]
fn unknown_tokens_are_kept_and_have_no_effect() {
    let text = "foo.bar.baz standard Org.3gpp.urn%3Aurn-7%3A3gpp-service nick name";
    let read = Chatroom::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(
        read.extensions().collect::<Vec<_>>(),
        [
            "foo.bar.baz",
            "standard",
            "Org.3gpp.urn%3Aurn-7%3A3gpp-service",
            "nick",
            "name"
        ]
    );
    assert!(!read.supports_nickname() && !read.supports_private_messages());
    assert_eq!(read.to_string(), text);
}

#[test]
fn what_is_no_token_counts_as_absent() {
    assert_deviates(b"a:b nickname", &[Deviation::BadToken], "nickname");
    assert_deviates(b"nickname,private-messages", &[Deviation::BadToken], "");
    assert_deviates(b"nickname\tfoo bar", &[Deviation::BadToken], "bar");
    assert_deviates("é\0\r\n nickname".as_bytes(), &[Deviation::BadToken], "nickname");
    assert_deviates(b"\xFF", &[Deviation::BadToken], "");
}

#[test]
fn misplaced_blanks_are_forgiven() {
    for value in [&b" nickname foo"[..], b"nickname foo ", b"nickname  foo"] {
        assert_deviates(value, &[Deviation::Blank], "nickname foo");
    }
    assert_deviates(b"", &[Deviation::EmptyValue], "");
    assert_deviates(b"  ", &[Deviation::Blank, Deviation::EmptyValue], "");
}

#[test]
fn extensions_are_tokens() {
    for bad in ["", "a b", "a:b", "a\r\nb", "é", "a\0", "a/b", "\"a\""] {
        assert_eq!(Chatroom::new().with_extension(bad), Err(ChatroomError::Token));
    }
    let built = Chatroom::new().with_extension("a.b-c!%*_+`'~").unwrap();
    assert_eq!(Chatroom::parse_strict(built.to_string().as_bytes()), Ok(built));
}

/// As many different tokens as a description has room for cost no more than it takes to sort them.
#[test]
fn many_tokens_are_no_trouble() {
    let text: Vec<String> = (0..200_000).map(|number| format!("t{number}")).collect();
    let read = Chatroom::parse_strict(text.join(" ").as_bytes()).unwrap();
    assert_eq!(read.extensions().len(), 200_000);
}

proptest! {
    #[test]
    fn what_is_read_is_written_and_read_again(
        pieces in vec(select(vec!["nickname", "nicknames", "private-messages", "a.b", "A", " ", ":", "\0", "é"]), 0..12)
    ) {
        let value = pieces.concat();
        let (read, deviations) = Chatroom::parse_with_deviations(value.as_bytes());
        prop_assert_eq!(Chatroom::parse_strict(value.as_bytes()).is_ok(), deviations.is_empty());
        let written = read.to_string();
        if !written.is_empty() {
            prop_assert_eq!(Chatroom::parse_strict(written.as_bytes()), Ok(read));
        }
    }
}
