//! WWW-Authenticate.

use msrp_proto::wire::digest::{Algorithm, Challenge, ChallengeError};

use crate::challenge;

fn error(value: &str) -> ChallengeError {
    Challenge::parse(value.as_bytes()).expect_err(value)
}

/// Shows: RELAY-7-01.
#[test]
fn the_printed_challenges() {
    for (value, realm, nonce) in [
        (
            r#"Digest realm="intra.example.com", qop="auth", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#,
            "intra.example.com",
            "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        ),
        (
            r#"Digest realm="extra.example.com", qop="auth", nonce="Uumu8cAV38FGsEF31VLevIbNXj9HWO""#,
            "extra.example.com",
            "Uumu8cAV38FGsEF31VLevIbNXj9HWO",
        ),
    ] {
        let read = challenge(value);
        assert_eq!((read.realm(), read.nonce()), (realm, nonce));
        assert_eq!((read.opaque(), read.is_stale()), (None, false));
        assert_eq!(read.algorithm(), Algorithm::Md5);
        assert_eq!(read, Challenge::new(realm, nonce).unwrap());
        assert_eq!(read.to_string(), value);
        // Any list with auth in it is one with auth; which it is, is said by the qop alone.
        for list in [
            "\"auth,auth-int\"",
            "\"auth-int,auth\"",
            "\"x, AUTH ,y\"",
            "auth",
            "Auth",
        ] {
            assert_eq!(challenge(&value.replace("\"auth\"", list)), read);
        }
        for list in [
            "\"auth-int\"",
            "auth-int",
            "\"\"",
            "\"authx\"",
            "\"auth auth-int\"",
        ] {
            assert_eq!(error(&value.replace("\"auth\"", list)), ChallengeError::NoAuth);
        }
    }
}

/// Shows: RELAY-7-02.
#[test]
fn all_parameters_and_others() {
    let all =
        r#"Digest realm="r", foo="x", nonce="n", opaque="o", stale=true, algorithm=MD5, qop="auth", Bar=y"#;
    let read = challenge(all);
    assert_eq!((read.realm(), read.nonce(), read.opaque()), ("r", "n", Some("o")));
    assert_eq!((read.is_stale(), read.algorithm()), (true, Algorithm::Md5));
    assert_eq!(
        (read.parameter("foo"), read.parameter("bar")),
        (Some("x"), Some("y"))
    );
    for known in ["realm", "nonce", "opaque", "stale", "algorithm", "qop", "baz"] {
        assert_eq!(read.parameter(known), None);
    }
    assert_eq!(
        read.to_string(),
        r#"Digest realm="r", qop="auth", nonce="n", opaque="o", stale=true, algorithm=MD5, foo="x", Bar="y""#
    );

    let without = all.replace("foo=\"x\", ", "").replace(", Bar=y", "");
    assert_eq!(challenge(&without).parameter("foo"), None);
    assert_eq!(
        challenge(&without),
        Challenge::new("r", "n")
            .and_then(|built| built.with_opaque("o"))
            .unwrap()
            .with_stale(true)
            .with_algorithm(Algorithm::Md5)
    );
}

/// Shows: RELAY-7-04.
#[test]
fn stale_has_no_case() {
    let with = |stale: &str| challenge(&format!("Digest realm=\"r\", nonce=\"n\", qop=\"auth\"{stale}"));
    for yes in ["true", "TRUE", "True", "\"true\"", "\"TRUE\""] {
        assert!(with(&format!(", stale={yes}")).is_stale(), "{yes}");
    }
    // RFC 2617 §3.2.1: anything but true is no.
    for no in ["false", "FALSE", "False", "\"false\"", "1", "\"\""] {
        assert!(!with(&format!(", stale={no}")).is_stale(), "{no}");
    }
    assert!(!with("").is_stale());
}

/// Shows: RELAY-9.1-03, RELAY-9.1-07.
#[test]
fn what_no_relay_may_ask_for_is_never_written() {
    let built = Challenge::new("r", "n").unwrap();
    let read = challenge(
        r#"Digest domain="/a", realm="r", nonce="n", qop="auth,auth-int", Domain="/b", opaque="o", foo="x""#,
    );
    let renewed = read.with_nonce("m").unwrap();
    let named = built.clone().with_algorithm(Algorithm::Sha256).with_stale(true);
    for challenge in [built, read, renewed, named] {
        let written = challenge.to_string();
        assert!(written.contains(", qop=\"auth\", "), "{written}");
        assert_eq!(written.matches("auth").count(), 1, "{written}");
        assert!(!written.to_lowercase().contains("domain"), "{written}");
        assert_eq!(challenge.parameter("domain"), None);
    }
}

#[test]
fn a_domain_changes_nothing() {
    let without = challenge(r#"Digest realm="r", nonce="n", qop="auth""#);
    let with = challenge(r#"Digest realm="r", domain="/ http://b.example/", nonce="n", qop="auth""#);
    assert_eq!(with, without);
}

#[test]
fn algorithms() {
    let with = |name: &str| {
        let value = format!("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm={name}");
        Challenge::parse(value.as_bytes()).map(|read| read.algorithm())
    };
    for name in ["MD5", "md5", "\"MD5\""] {
        assert_eq!(with(name), Ok(Algorithm::Md5));
    }
    for name in ["SHA-256", "sha-256", "\"SHA-256\""] {
        assert_eq!(with(name), Ok(Algorithm::Sha256));
    }
    for name in [
        "MD5-sess",
        "\"md5-sess\"",
        "SHA-256-sess",
        "SHA-512-256",
        "x",
        "\"\"",
    ] {
        assert_eq!(with(name), Err(ChallengeError::Algorithm));
    }
}

#[test]
fn a_missing_qop() {
    let value = r#"Digest realm="r", nonce="n""#;
    assert_eq!(error(value), ChallengeError::NoQop);
    assert_eq!(
        Challenge::parse_without_qop(value.as_bytes()),
        Ok(Challenge::new("r", "n").unwrap())
    );
    // It has to be missing: what is there must be auth.
    let with = format!("{value}, qop=\"auth-int\"");
    assert_eq!(
        Challenge::parse_without_qop(with.as_bytes()),
        Err(ChallengeError::NoAuth)
    );
    let with = format!("{value}, qop=\"auth\"");
    assert_eq!(
        Challenge::parse_without_qop(with.as_bytes()),
        Ok(challenge(&with))
    );
}

#[test]
fn other_schemes() {
    for value in [
        "Basic realm=\"x\"",
        "Basic",
        "Negotiate abc==",
        "Digested realm=\"r\"",
        "bearer",
    ] {
        assert_eq!(error(value), ChallengeError::NotDigest, "{value}");
    }
}

#[test]
fn one_meaning_in_many_forms() {
    let meant = Challenge::new("r", "n/+==").unwrap();
    for value in [
        r#"Digest realm="r", nonce="n/+==", qop="auth""#,
        r#"Digest qop="auth",nonce="n/+==",realm="r""#,
        r#"digest REALM="r" ,	NONCE="n/+==" , QOP="auth""#,
        r#"DIGEST  realm=r,nonce=n/+==,qop=auth"#,
        r#" Digest realm = "r", nonce= "n/+==", qop ="auth" , "#,
        r#"Digest realm="r",, ,nonce="n/+==",qop="auth",,"#,
    ] {
        assert_eq!(challenge(value), meant, "{value}");
    }
}

#[test]
fn malformed_ones() {
    for value in [
        "",
        " ",
        ",",
        "\"Digest\"",
        "Digest",
        "Digest ",
        "Digest,realm=\"r\"",
        "Digest=x",
        "Digest nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", qop=\"auth\"",
        "Digest realm=\"r\" nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\"; nonce=\"n\"; qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth",
        "Digest realm=\"r\", nonce=\"n\", qop=auth\"",
        "Digest realm=\"r\", nonce=\"n\"x, qop=\"auth\"",
        "Digest realm=\"r\", nonce=, qop=\"auth\"",
        "Digest realm=\"r\", nonce, qop=\"auth\"",
        "Digest realm=\"r\", =\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", Realm=\"s\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", qop=\"auth-int\"",
        "Digest realm=\"r\", nonce=\"n\", qop=auth,auth-int",
        "Digest realm=\"a\\b\", nonce=\"n\", qop=\"auth\"",
        "Digest realm=a\\\"b, nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\\\", qop=\"auth\"",
        "Digest realm=\"a\0b\", nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
        "Digest realm=\"r\",\r\n nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", Basic realm=\"x\"",
    ] {
        assert_eq!(error(value), ChallengeError::Malformed, "{value}");
    }
    let latin_1 = b"Digest realm=\"\xe4\", nonce=\"n\", qop=\"auth\"";
    assert_eq!(Challenge::parse(latin_1), Err(ChallengeError::Malformed));
}
