//! What `Debug` does not show (RFC 4975 §3, §14.1).

use core::fmt::Debug;

use msrp_proto::wire::{MsrpUri, Path, PathRef, Scheme, SessionToken, UriRef};

const TEXT: &str = "msrps://alice:pa55word@b.example.com:12763/kjhd37s2s20w2a;tcp;key=hidden";

fn assert_redacted(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in ["kjhd37s2s20w2a", "pa55word", "alice", "hidden"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn session_ids_and_passwords_are_not_shown() {
    let uri: MsrpUri = TEXT.parse().expect("a URI");
    assert_eq!(format!("{uri:?}"), "msrps://b.example.com:12763/…;tcp");
    assert_eq!(format!("{:?}", uri.as_ref()), "msrps://b.example.com:12763/…;tcp");
    assert_redacted(&UriRef::parse(TEXT.as_bytes()));
    assert_redacted(&uri.target());

    let text = format!("{TEXT} {TEXT} {TEXT}");
    let path: Path = text.parse().expect("a path");
    assert_redacted(&path);
    assert_redacted(&path.iter());
    assert_redacted(&PathRef::parse(text.as_bytes(), 3));

    let token: SessionToken = "kjhd37s2s20w2a".parse().expect("a session-id");
    assert_redacted(&token);
    assert_redacted(
        &MsrpUri::build(Scheme::Msrp, "h")
            .user("alice:pa55word")
            .session_id(token),
    );
}

#[test]
fn errors_are_free_of_what_was_read() {
    for (at, _) in TEXT.char_indices() {
        let broken = format!("{}\"{}", &TEXT[..at], &TEXT[at..]);
        let error = broken.parse::<MsrpUri>().expect_err("malformed");
        assert_redacted(&error);
        assert_redacted(&error.to_string());
    }
}

#[test]
fn a_device_is_shown_without_a_session() {
    let uri: MsrpUri = "MSRPS://alice@[2001:DB8::1]:1;WS".parse().expect("a URI");
    assert_eq!(format!("{uri:?}"), "msrps://[2001:db8::1]:1;WS");
}
