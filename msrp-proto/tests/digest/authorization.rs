//! Authorization.

use msrp_proto::wire::digest::{
    Algorithm, AuthenticationInfo, Authorization, AuthorizationError, Challenge, Credentials,
};

use crate::{INTRA, alice, answer, authorization, challenge, info, uri};

const WRITTEN: &str = r#"Digest username="Alice", realm="r", nonce="n", qop=auth, nc=0000000a, cnonce="c", response="6ce001ed6307efde1cc73205e54ed5cc""#;

fn error(value: &str) -> AuthorizationError {
    Authorization::parse(value.as_bytes()).expect_err(value)
}

/// The challenge, the authorization and the info of one exchange.
///
/// Shows: RELAY-7-03.
#[test]
fn qop_in_quotes_and_without() {
    let challenges = r#"Digest realm="r", qop="auth", nonce="n""#;
    let infos = r#"rspauth="bbdaf1e795f3575e4fdd5c40d1ad70e0", cnonce="c", nc=0000000a, qop=auth"#;

    let read = challenge(challenges);
    assert_eq!(read.to_string(), challenges);
    let answer = answer(&read, 10, "c");
    assert_eq!(answer.authorization().to_string(), WRITTEN);
    let made = AuthenticationInfo::new(&authorization(WRITTEN), &alice(), uri(INTRA).as_ref());
    assert_eq!(made.to_string(), infos);

    // Read in both forms.
    assert_eq!(challenge(&challenges.replace("\"auth\"", "auth")), read);
    for quoted in ["qop=\"auth\"", "qop=\"AUTH\""] {
        let value = WRITTEN.replace("qop=auth", quoted);
        assert_eq!(&authorization(&value), answer.authorization());
        assert_eq!(info(&infos.replace("qop=auth", quoted)), made);
    }
}

/// Shows: RELAY-7-05.
#[test]
fn counts_and_responses_are_lower_case_digits() {
    let challenge = Challenge::new("r", "n").unwrap();
    for (nc, written) in [
        (1, "nc=00000001, "),
        (10, "nc=0000000a, "),
        (0xabcdef01, "nc=abcdef01, "),
        (u32::MAX, "nc=ffffffff, "),
    ] {
        let value = answer(&challenge, nc, "c").authorization().to_string();
        assert!(value.contains(written), "{value}");
        let (_, response) = value.split_once("response=\"").unwrap();
        let (response, _) = response.split_once('"').unwrap();
        assert_eq!(response.len(), 32);
        let is_lower_hex = |octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f');
        assert!(response.bytes().all(is_lower_hex), "{value}");
    }
    // Also where they were read in another form.
    let shouted = WRITTEN.replace("0000000a", "\"A\"").replace(
        "6ce001ed6307efde1cc73205e54ed5cc",
        "6CE001ED6307EFDE1CC73205E54ED5CC",
    );
    assert_eq!(authorization(&shouted).to_string(), WRITTEN);
}

/// Shows: RELAY-9.1-09, RELAY-9.1-18.
#[test]
fn every_answer_has_qop_and_the_opaque() {
    let plain = Challenge::new("r", "n").unwrap();
    let asked = challenge(r#"Digest realm="r", nonce="n", qop="auth,auth-int", opaque="abc", algorithm=md5"#);
    let without_qop = Challenge::parse_without_qop(b"Digest realm=\"r\", nonce=\"n\"").unwrap();
    let sha_256 = plain.clone().with_algorithm(Algorithm::Sha256);
    let odd = plain.clone().with_opaque(r#"a"b\c, é"#).unwrap();
    for (challenge, opaque) in [
        (&plain, None),
        (&asked, Some(r#", opaque="abc""#)),
        (&asked.with_nonce("m").unwrap(), Some(r#", opaque="abc""#)),
        (&without_qop, None),
        (&sha_256, None),
        (&odd, Some(r#", opaque="a\"b\\c, é""#)),
    ] {
        let answer = answer(challenge, 1, "c");
        for answer in [answer.clone(), answer.with_uri()] {
            let value = answer.authorization().to_string();
            assert_eq!(value.matches(", qop=auth, ").count(), 1, "{value}");
            assert_eq!(value.matches(", cnonce=\"c\", ").count(), 1, "{value}");
            assert_eq!(value.matches(", nc=00000001, ").count(), 1, "{value}");
            assert_eq!(answer.authorization().opaque(), challenge.opaque());
            match opaque {
                Some(opaque) => assert!(value.contains(opaque), "{value}"),
                None => assert!(!value.contains("opaque"), "{value}"),
            }
        }
    }
}

/// Not named in the challenge, not named in the answer (RFC 2617 §3.2.2).
#[test]
fn a_named_algorithm_is_repeated() {
    for name in ["MD5", "SHA-256"] {
        let named = challenge(&format!(
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm={name}"
        ));
        let value = answer(&named, 1, "c").authorization().to_string();
        assert!(value.ends_with(&format!(", algorithm={name}")), "{value}");
    }
}

#[test]
fn the_uri_if_wanted() {
    let answer = answer(&Challenge::new("r", "n").unwrap(), 10, "c");
    assert_eq!(answer.authorization().uri(), None);
    let with = answer.clone().with_uri();
    assert_eq!(
        with.authorization().to_string(),
        WRITTEN.replace(", qop", ", uri=\"msrps://alice@intra.example.com;tcp\", qop")
    );
    assert_eq!(with.authorization().response(), answer.authorization().response());
    assert!(with.is_proof("bbdaf1e795f3575e4fdd5c40d1ad70e0"));
}

#[test]
fn a_relay_checks() {
    let right = uri(INTRA);
    let is_by = |value: &str| authorization(value).is_by(&alice(), right.as_ref());
    assert!(is_by(WRITTEN));
    assert!(is_by(&format!("{WRITTEN}, uri=\"{INTRA}\"")));
    assert!(is_by(&format!("{WRITTEN}, uri={INTRA}")));
    for uri in [
        "",
        "msrps://alice@INTRA.example.com;tcp",
        "msrps://extra.example.com;tcp",
    ] {
        assert!(!is_by(&format!("{WRITTEN}, uri=\"{uri}\"")), "{uri}");
    }
    for (of, to) in [
        ("\"Alice\"", "\"alice\""),
        ("realm=\"r\"", "realm=\"R\""),
        ("nonce=\"n\"", "nonce=\"m\""),
        ("0000000a", "0000000b"),
        ("cnonce=\"c\"", "cnonce=\"d\""),
        ("6ce0", "6ce1"),
    ] {
        assert_ne!(WRITTEN, WRITTEN.replace(of, to));
        assert!(!is_by(&WRITTEN.replace(of, to)), "{to}");
    }
    for (user, password) in [("Alice", "Wonderland"), ("Alice", ""), ("Bob", "wonderland")] {
        let other = Credentials::new(user, password).unwrap();
        assert!(!authorization(WRITTEN).is_by(&other, right.as_ref()));
    }
    let other = uri("msrps://intra.example.com;tcp");
    assert!(!authorization(WRITTEN).is_by(&alice(), other.as_ref()));
}

#[test]
fn one_meaning_in_many_forms() {
    for value in [
        WRITTEN.to_owned(),
        WRITTEN.replace(", ", ","),
        WRITTEN.replace(", ", " , "),
        WRITTEN.replace("0000000a", "\"0000000a\""),
        WRITTEN.replace("0000000a", "a"),
        WRITTEN
            .replace("Digest", "DIGEST")
            .replace("username", "UserName"),
        WRITTEN.replace('"', ""),
        format!("{WRITTEN}, foo=bar, foo=\"baz\""),
    ] {
        assert_eq!(authorization(&value), authorization(WRITTEN), "{value}");
    }
}

#[test]
fn the_parts_of_one() {
    let read = authorization(&format!("{WRITTEN}, opaque=\"o\", uri=\"u\", algorithm=MD5"));
    assert_eq!((read.user(), read.realm(), read.nonce()), ("Alice", "r", "n"));
    assert_eq!((read.nc(), read.cnonce(), read.opaque()), (10, "c", Some("o")));
    assert_eq!((read.uri(), read.algorithm()), (Some("u"), Algorithm::Md5));
    assert_eq!(read.response(), "6ce001ed6307efde1cc73205e54ed5cc");
}

#[test]
fn what_cannot_be_checked() {
    for value in ["Basic QWxpY2U6d29uZGVybGFuZA==", "Basic", "Bearer x"] {
        assert_eq!(error(value), AuthorizationError::NotDigest);
    }
    for qop in ["qop=auth-int, ", "qop=\"auth,auth-int\", ", "qop=\"\", ", ""] {
        assert_eq!(
            error(&WRITTEN.replace("qop=auth, ", qop)),
            AuthorizationError::Qop
        );
    }
    for name in ["MD5-sess", "SHA-512-256", "\"\""] {
        let value = format!("{WRITTEN}, algorithm={name}");
        assert_eq!(error(&value), AuthorizationError::Algorithm);
    }
    for (of, to) in [
        ("username=\"Alice\", ", ""),
        ("realm=\"r\", ", ""),
        (", nonce=\"n\"", ""),
        ("nc=0000000a, ", ""),
        ("cnonce=\"c\", ", ""),
        (", response=\"6ce001ed6307efde1cc73205e54ed5cc\"", ""),
        ("6ce0", "6ce"),
        ("6ce0", "6ce00"),
        ("6ce0", "6cg0"),
        ("0000000a", "00000000a"),
        ("0000000a", "0000000g"),
        ("0000000a", "+1"),
        ("0000000a", "\"\""),
        ("qop=auth", "qop=auth, qop=auth"),
        ("nc=", "nc=1, nc="),
        ("Digest ", ""),
        ("r\"", "\r\n\""),
    ] {
        let value = WRITTEN.replace(of, to);
        assert_ne!(value, WRITTEN);
        assert_eq!(error(&value), AuthorizationError::Malformed, "{value}");
    }
    // Of another algorithm.
    let value = format!("{WRITTEN}, algorithm=SHA-256");
    assert_eq!(error(&value), AuthorizationError::Malformed);
}
