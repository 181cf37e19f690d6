//! What `Debug` and errors do not show.

use core::fmt::Debug;

use msrp_proto::wire::digest::{
    AuthenticationInfo, AuthenticationInfoError, Authorization, AuthorizationError, Challenge,
    ChallengeError, Cnonce, Credentials, ParameterError,
};

use crate::uri;

const USER: &str = "uSecret1";
const PASSWORD: &str = "pSecret2";
const NONCE: &str = "nSecret3";
const CNONCE: &str = "cSecret4";
const OPAQUE: &str = "oSecret5";
const URI: &str = "msrps://uSecret6@intra.example.com/sSecret7;tcp";

fn assert_redacted(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("Secret"), "{text}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let credentials = Credentials::new(USER, PASSWORD).unwrap();
    let cnonce: Cnonce = CNONCE.parse().unwrap();
    let challenge = Challenge::new("realm.example", NONCE)
        .and_then(|built| built.with_opaque(OPAQUE))
        .unwrap();
    let uri = uri(URI);
    let answer = challenge
        .answer(&credentials, uri.as_ref(), 1, &cnonce)
        .with_uri();
    let authorization = answer.authorization();
    let info = AuthenticationInfo::new(authorization, &credentials, uri.as_ref())
        .with_nextnonce("xSecret8")
        .unwrap();
    assert_redacted(&credentials);
    assert_redacted(&cnonce);
    assert_redacted(&challenge);
    assert_redacted(&answer);
    assert_redacted(authorization);
    assert_redacted(&info);
    let with_others = format!("{challenge}, foo=\"ySecret9\"");
    assert_redacted(&Challenge::parse(with_others.as_bytes()).unwrap());

    // Nor what can be tried against a list of passwords.
    for text in [
        format!("{answer:?}"),
        format!("{authorization:?}"),
        format!("{info:?}"),
    ] {
        assert!(!text.contains(authorization.response()), "{text}");
        assert!(!text.contains(info.rspauth().unwrap()), "{text}");
    }
    assert!(format!("{challenge:?}").contains("realm.example"));
}

#[test]
fn errors_are_free_of_what_was_read() {
    fn check<E: Debug + core::fmt::Display>(error: E) {
        assert_redacted(&error);
        assert!(!error.to_string().contains("Secret"));
    }
    let value = b"Digest realm=\"Secret\", nonce=\"Secret\", username=\"Secret";
    let error: ChallengeError = Challenge::parse(value).unwrap_err();
    check(error);
    let error: AuthorizationError = Authorization::parse(value).unwrap_err();
    check(error);
    let error: AuthenticationInfoError = AuthenticationInfo::parse(value).unwrap_err();
    check(error);
    let error: ParameterError = Credentials::new("Secret\n", "").unwrap_err();
    check(error);
}
