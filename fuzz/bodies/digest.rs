//! The value of a header of Digest authentication, any of the three: it is read again as it is written, a
//! challenge is answered, and the answer and its proof are taken by the other side.

use msrp_proto::wire::digest::{Answer, AuthenticationInfo, Authorization, Challenge, Cnonce, Credentials};
use msrp_proto::wire::{Header, MsrpUri};

pub fn run(data: &[u8]) {
    let lenient = Challenge::parse_without_qop(data);
    if let Ok(challenge) = Challenge::parse(data) {
        assert_eq!(lenient.as_ref(), Ok(&challenge));
    }
    if let Ok(challenge) = lenient {
        check_challenge(&challenge);
    }
    if let Ok(authorization) = Authorization::parse(data) {
        check_authorization(&authorization);
    }
    if let Ok(info) = AuthenticationInfo::parse(data) {
        check_info(&info);
    }
}

fn check_challenge(challenge: &Challenge) {
    let written = header("WWW-Authenticate", challenge.to_string());
    assert_eq!(Challenge::parse(written.as_bytes()).as_ref(), Ok(challenge));
    assert!(challenge.parameter("domain").is_none() && challenge.parameter("nonce").is_none());
    let next = challenge.with_nonce("next").unwrap();
    assert_eq!(
        next.with_nonce(challenge.nonce()).as_ref(),
        Ok(&challenge.clone().with_stale(false))
    );

    let credentials = Credentials::new("Al\"i\\ce", "wonderland").unwrap();
    let cnonce = Cnonce::random(|octets| octets.fill(7));
    let uri: MsrpUri = "msrps://alice@intra.example.com;tcp".parse().unwrap();
    let answer = challenge.answer(&credentials, uri.as_ref(), 1, &cnonce);
    check_answer(challenge, &answer, &credentials, &uri);
    check_answer(challenge, &answer.with_uri(), &credentials, &uri);
}

fn check_answer(challenge: &Challenge, answer: &Answer, credentials: &Credentials, uri: &MsrpUri) {
    let authorization = answer.authorization();
    check_authorization(authorization);
    assert_eq!(authorization.realm(), challenge.realm());
    assert_eq!(authorization.nonce(), challenge.nonce());
    assert_eq!(authorization.opaque(), challenge.opaque());
    assert_eq!(authorization.algorithm(), challenge.algorithm());
    assert!(authorization.is_by(credentials, uri.as_ref()));
    let other = Credentials::new(credentials.user(), "Wonderland").unwrap();
    assert!(!authorization.is_by(&other, uri.as_ref()));

    let info = AuthenticationInfo::new(authorization, credentials, uri.as_ref());
    check_info(&info);
    assert!(answer.is_proof(info.rspauth().unwrap()));
    assert!(!answer.is_proof(&authorization.rspauth(&other, uri.as_ref())));
}

fn check_authorization(authorization: &Authorization) {
    let written = header("Authorization", authorization.to_string());
    assert_eq!(
        Authorization::parse(written.as_bytes()).as_ref(),
        Ok(authorization)
    );
}

fn check_info(info: &AuthenticationInfo) {
    let written = header("Authentication-Info", info.to_string());
    assert_eq!(AuthenticationInfo::parse(written.as_bytes()).as_ref(), Ok(info));
}

/// What is written can be the value of a header, as it is.
fn header(name: &str, value: String) -> String {
    assert_eq!(Header::new(name, &value).unwrap().value(), value);
    value
}
