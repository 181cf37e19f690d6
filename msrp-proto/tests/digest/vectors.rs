//! The vectors of part 5.4 of the conformance list; those of SHA-256 were computed with another implementation.

use msrp_proto::wire::digest::{Algorithm, Authorization, Challenge, Credentials};

use crate::{INTRA, alice, answer, authorization, uri};

struct Vector {
    realm: &'static str,
    uri: &'static str,
    nonce: &'static str,
    nc: u32,
    cnonce: &'static str,
    response: &'static str,
    rspauth: &'static str,
}

const V1: Vector = Vector {
    realm: "intra.example.com",
    uri: INTRA,
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    nc: 1,
    cnonce: "0a4f113b",
    response: "e37452c2038ed7566804b4d53af33287",
    rspauth: "cc9450e3086fdbde5061198e1b2af3a8",
};
const V2: Vector = Vector {
    realm: "extra.example.com",
    uri: "msrps://extra.example.com;tcp",
    nonce: "Uumu8cAV38FGsEF31VLevIbNXj9HWO",
    nc: 1,
    cnonce: "85a0dca8",
    response: "76681affa17a608e1a1d7b7c05733bc2",
    rspauth: "0bbe296dc0ab8eece649e7a7ecfe8343",
};
/// As V2, with the leftmost URI instead of the rightmost.
const V2X: Vector = Vector {
    uri: "msrps://intra.example.com:9000/jui787s2f;tcp",
    response: "e6f44e45c8f663b1c0de0d0e4f11c2c1",
    rspauth: "e5c402cb98a7b6babf9ad6966e764913",
    ..V2
};
const V3: Vector = Vector {
    nonce: "40f2e879449675f288476d772627370a",
    response: "87362777096b4923b296718895774e2e",
    rspauth: "323f4dcfdf1b03e1995ff6c393675989",
    ..V1
};
const V4: Vector = Vector {
    nc: 2,
    response: "0b4830f9ccff95fa21409d7b19e7fa22",
    rspauth: "3a808fc8a1ad1d5eda0606cd97fa9d58",
    ..V1
};

#[test]
fn responses_and_proofs() {
    for vector in [V1, V2, V2X, V3, V4] {
        let challenge = Challenge::new(vector.realm, vector.nonce).unwrap();
        let uri = uri(vector.uri);
        let cnonce = vector.cnonce.parse().unwrap();
        let answer = challenge.answer(&alice(), uri.as_ref(), vector.nc, &cnonce);
        let authorization = answer.authorization();
        assert_eq!(authorization.response(), vector.response);
        assert_eq!(authorization.rspauth(&alice(), uri.as_ref()), vector.rspauth);
        assert!(authorization.is_by(&alice(), uri.as_ref()));
        assert!(answer.is_proof(vector.rspauth));
        assert!(answer.is_proof(&vector.rspauth.to_uppercase()));
        for wrong in [
            vector.response,
            "",
            &vector.rspauth[1..],
            "7327570c586207eca2afae94fc20903d",
        ] {
            assert!(!answer.is_proof(wrong), "{wrong}");
        }
    }
}

#[test]
fn the_wrong_uri_is_the_wrong_answer() {
    let challenge = Challenge::new(V2.realm, V2.nonce).unwrap();
    let (right, wrong) = (uri(V2.uri), uri(V2X.uri));
    let answer = challenge.answer(&alice(), wrong.as_ref(), 1, &V2.cnonce.parse().unwrap());
    assert_ne!(answer.authorization().response(), V2.response);
    assert!(!answer.authorization().is_by(&alice(), right.as_ref()));
    assert!(!answer.is_proof(V2.rspauth));
}

#[test]
fn the_next_nonce_takes_the_place_of_a_challenge() {
    let challenge = Challenge::new(V1.realm, V1.nonce).unwrap().with_stale(true);
    let next = challenge.with_nonce(V3.nonce).unwrap();
    assert_eq!(next, Challenge::new(V3.realm, V3.nonce).unwrap());
    assert_eq!(
        answer(&next, 1, V3.cnonce).authorization().response(),
        V3.response
    );
}

#[test]
fn sha_256() {
    let response = "afd32b97d04057c61c1278dac0e100ffa8f99c2576cd24cd4a39714d3be72598";
    let challenge = Challenge::new(V1.realm, V1.nonce).unwrap();
    let answer = answer(&challenge.with_algorithm(Algorithm::Sha256), 1, V1.cnonce);
    assert_eq!(answer.authorization().response(), response);
    assert!(answer.is_proof("42cca4281f1890c7ddea567f3afd73c8899e102fab1ecbeb777d9368b092b9c8"));

    let written = answer.authorization().to_string();
    let read = authorization(&written);
    assert_eq!(read.algorithm(), Algorithm::Sha256);
    assert!(read.is_by(&alice(), uri(INTRA).as_ref()));
    let too_short = written.replace(response, &response[..32]);
    assert!(Authorization::parse(too_short.as_bytes()).is_err());
}

/// Hashed is what the strings mean, not how they are escaped.
#[test]
fn quotes_and_backslashes() {
    let credentials = Credentials::new("Al\"i\\ce", "pä:ß").unwrap();
    let challenge = Challenge::parse(br#"Digest realm="r\"\\", qop="auth", nonce="n""#).unwrap();
    let uri = uri(INTRA);
    let answer = challenge.answer(&credentials, uri.as_ref(), 10, &"c".parse().unwrap());
    assert_eq!(
        answer.authorization().to_string(),
        r#"Digest username="Al\"i\\ce", realm="r\"\\", nonce="n", qop=auth, nc=0000000a, cnonce="c", response="655e1f9d69be080428293d618950afa0""#
    );
    let read = authorization(&answer.authorization().to_string());
    assert_eq!((read.user(), read.realm()), ("Al\"i\\ce", "r\"\\"));
    assert!(read.is_by(&credentials, uri.as_ref()));
}
