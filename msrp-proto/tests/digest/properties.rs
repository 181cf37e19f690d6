//! What the fuzz target does, with generated inputs; and properties of all headers.

use msrp_proto::wire::digest::{
    Algorithm, AuthenticationInfo, Authorization, Challenge, Cnonce, Credentials,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{INTRA, uri};

#[expect(unreachable_pub, reason = "for the fuzz target this is a library")]
#[path = "../../../fuzz/bodies/digest.rs"]
mod digest;

/// What may stand in a quoted string, with much of what has to be escaped.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![r#"[a-z"\\, =\t]{0,12}"#, "[^\\p{Cc}]{0,12}"]
}

fn challenge() -> impl Strategy<Value = Challenge> {
    let algorithm = option::of(select(&[Algorithm::Md5, Algorithm::Sha256][..]));
    (text(), text(), option::of(text()), any::<bool>(), algorithm).prop_map(
        |(realm, nonce, opaque, stale, algorithm)| {
            let mut built = Challenge::new(&realm, &nonce).unwrap().with_stale(stale);
            if let Some(opaque) = opaque {
                built = built.with_opaque(&opaque).unwrap();
            }
            match algorithm {
                Some(algorithm) => built.with_algorithm(algorithm),
                None => built,
            }
        },
    )
}

/// Text made of what stands in the headers.
fn almost_a_header() -> impl Strategy<Value = String> {
    let parts = [
        "Digest ",
        "Basic ",
        "realm",
        "nonce",
        "qop",
        "nc",
        "cnonce",
        "response",
        "username",
        "rspauth",
        "nextnonce",
        "stale",
        "algorithm",
        "MD5",
        "foo",
        "=",
        "=\"",
        "\"",
        "\", ",
        ", ",
        ",",
        " ",
        "\\",
        "auth",
        "auth-int",
        "0000000a",
        "6ce001ed6307efde1cc73205e54ed5cc",
        "é",
    ];
    let whole = [
        "realm=\"r\", ",
        "nonce=\"n\", ",
        "qop=auth, ",
        "cnonce=c, ",
        "nc=1, ",
        "username=u, ",
    ];
    let part = prop_oneof![select(parts.to_vec()), select(whole.to_vec())];
    vec(part, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_challenge_is_read_as_written(challenge in challenge()) {
        let written = challenge.to_string();
        prop_assert_eq!(Challenge::parse(written.as_bytes()), Ok(challenge));
        digest::run(written.as_bytes());
    }

    #[test]
    fn an_answer_is_read_and_checked(
        challenge in challenge(),
        (user, password, cnonce, next) in (text(), text(), text(), option::of(text())),
        nc: u32,
        with_uri: bool,
    ) {
        let credentials = Credentials::new(&user, &password).unwrap();
        let cnonce: Cnonce = cnonce.parse().unwrap();
        let uri = uri(INTRA);
        let answer = challenge.answer(&credentials, uri.as_ref(), nc, &cnonce);
        let answer = if with_uri { answer.with_uri() } else { answer };
        let written = answer.authorization().to_string();
        digest::run(written.as_bytes());

        let read = Authorization::parse(written.as_bytes()).unwrap();
        prop_assert_eq!(&read, answer.authorization());
        prop_assert!(read.is_by(&credentials, uri.as_ref()));
        let wrong = Credentials::new(&user, &format!("{password}x")).unwrap();
        prop_assert!(!read.is_by(&wrong, uri.as_ref()));

        let mut info = AuthenticationInfo::new(&read, &credentials, uri.as_ref());
        if let Some(next) = next {
            info = info.with_nextnonce(&next).unwrap();
        }
        digest::run(info.to_string().as_bytes());
        let read = AuthenticationInfo::parse(info.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &info);
        prop_assert!(answer.is_proof(read.rspauth().unwrap()));
    }

    #[test]
    fn any_octets(octets in vec(any::<u8>(), 0..200)) {
        digest::run(&octets);
    }

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        digest::run(text.as_bytes());
        digest::run(format!("Digest {text}").as_bytes());
    }

    #[test]
    fn almost_headers(text in almost_a_header()) {
        digest::run(text.as_bytes());
        digest::run(format!("Digest {text}").as_bytes());
        digest::run(format!("Digest realm=r, nonce=n, qop=auth, {text}").as_bytes());
    }
}
