//! By what the other end is known (RFC 8122 §5 and §6.2, RFC 4975 §14.4, RFC 6714 §7.7).

use msrp_sdp::{
    Agreement, Answer, Fingerprint, Fingerprints, HashFunction, HashPreference, Identity, Local,
    LocalSession, Media, Names, NegotiationError, Outcome, Policy, Refusal, Side, Verified, VerifyError,
    negotiate,
};

use crate::{CERTIFICATES, carried, fingerprints, host, open, peer};

fn tls(at: &str, side: usize) -> LocalSession {
    open(Local::listening(host(at), 7394).fingerprints(fingerprints(CERTIFICATES[side])))
}

fn offered(fingerprints: &[String], setup: &str) -> Media {
    let mut lines = vec![
        "c=IN IP4 192.0.2.1",
        "path:msrps://192.0.2.1:7394/s;tcp",
        "accept-types:*",
        setup,
    ];
    lines.extend(fingerprints.iter().map(String::as_str));
    peer("message 7394 TCP/TLS/MSRP *", &lines)
}

fn line(fingerprint: &str) -> String {
    format!("fingerprint:{fingerprint}")
}

fn sha256(side: usize) -> String {
    line(&Fingerprint::of(CERTIFICATES[side], HashFunction::Sha256).to_string())
}

fn answered(offer: &Media, policy: &Policy) -> Result<Agreement, Refusal> {
    match tls("192.0.2.9", 1).answer(offer, policy, &Names::default())? {
        Answer::Media(answer) => match negotiate(offer, &answer, Side::Answerer, policy, &Names::default()) {
            Ok(Outcome::Session(agreed)) => Ok(*agreed),
            other => panic!("{other:?}"),
        },
        Answer::Lookup(names) => panic!("{names:?}"),
    }
}

/// Shows: CEMA-7-05.
#[test]
fn fingerprints_are_passed_over_if_signalling_is_not_trusted() {
    let untrusting = Policy::default().trust_signalling(false);
    let offer = offered(&[sha256(0)], "setup:passive");
    let trusting = answered(&offer, &Policy::default()).expect("a session");
    assert_eq!(
        trusting.plan().identity(),
        &Identity::Fingerprints(fingerprints(CERTIFICATES[0]))
    );
    let plan = answered(&offer, &untrusting).expect("a session");
    assert_eq!(plan.plan().identity(), &Identity::Name(host("192.0.2.1")));
    assert_eq!(plan.plan().verify(Some(CERTIFICATES[0])), Ok(Verified::ByName));
    // For an offerer as well.
    let ours = tls("192.0.2.1", 0).offer();
    let theirs = carried(
        &open(
            Local::listening(host("192.0.2.9"), 1)
                .fingerprints(fingerprints(CERTIFICATES[1]))
                .setup(false),
        )
        .offer(),
    );
    let agreed = negotiate(&ours, &theirs, Side::Offerer, &untrusting, &Names::default());
    let Ok(Outcome::Session(agreed)) = agreed else {
        panic!("{agreed:?}")
    };
    assert_eq!(agreed.plan().identity(), &Identity::Name(host("192.0.2.9")));
}

#[test]
fn what_no_fingerprint_means_is_for_the_policy() {
    let none = offered(&[], "setup:passive");
    assert_eq!(answered(&none, &Policy::default()), Err(Refusal::NoFingerprint));
    let by_name = answered(&none, &Policy::default().by_name(true)).expect("a session");
    assert_eq!(by_name.plan().identity(), &Identity::Name(host("192.0.2.1")));
    // What the own certificate is good for says nothing about that of the peer.
    let proven = open(Local::listening(host("192.0.2.9"), 7394).by_name(true));
    let refused = proven.answer(&none, &Policy::default(), &Names::default());
    assert_eq!(refused, Err(Refusal::NoFingerprint));
    // A peer that has one is known by it all the same.
    let some = offered(&[sha256(0)], "setup:passive");
    let agreed = answered(&some, &Policy::default().by_name(true)).expect("a session");
    assert!(matches!(agreed.plan().identity(), Identity::Fingerprints(_)));
}

#[test]
fn fingerprints_that_cannot_be_used() {
    let broken = line("md5 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B");
    let unknown = line("sha-9 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B");
    for fingerprints in [
        vec![broken.clone()],
        vec![unknown.clone()],
        vec![broken.clone(), unknown],
    ] {
        let offer = offered(&fingerprints, "setup:active");
        assert_eq!(
            answered(&offer, &Policy::default()),
            Err(Refusal::NoUsableFingerprint)
        );
        let ours = tls("192.0.2.9", 1).offer();
        assert_eq!(
            negotiate(
                &ours,
                &offer,
                Side::Offerer,
                &Policy::default(),
                &Names::default()
            ),
            Err(NegotiationError::NoUsableFingerprint)
        );
    }
    let with_good = offered(&[broken, sha256(0)], "setup:passive");
    let agreed = answered(&with_good, &Policy::default()).expect("a session");
    assert_eq!(
        agreed.plan().verify(Some(CERTIFICATES[0])),
        Ok(Verified::Fingerprint)
    );
    assert_eq!(
        agreed.plan().verify(Some(CERTIFICATES[1])),
        Err(VerifyError::Mismatch)
    );
    assert_eq!(agreed.plan().verify(None), Err(VerifyError::NoCertificate));
    // The policy says which hash functions count, for the answer as for the session.
    let strict = Policy::default().hashes(HashPreference::new([HashFunction::Sha512]));
    assert_eq!(answered(&with_good, &strict), Err(Refusal::NoUsableFingerprint));
}

/// The client's certificate is judged as the server's is (RFC 8122 §6.2).
#[test]
fn both_roles_are_verified() {
    for setup in ["setup:active", "setup:passive"] {
        let agreed = answered(&offered(&[sha256(0)], setup), &Policy::default()).expect("a session");
        assert!(agreed.plan().tls());
        assert_eq!(
            agreed.plan().verify(Some(CERTIFICATES[0])),
            Ok(Verified::Fingerprint),
            "{setup}"
        );
        assert!(agreed.plan().verify(Some(CERTIFICATES[1])).is_err() && agreed.plan().verify(None).is_err());
    }
    let several: Fingerprints = [HashFunction::Sha256, HashFunction::Sha512]
        .map(|function| Fingerprint::of(CERTIFICATES[0], function))
        .into_iter()
        .collect();
    let offer =
        carried(&open(Local::listening(host("192.0.2.1"), 7394).fingerprints(several.clone())).offer());
    assert_eq!(offer.fingerprints(), &several);
}

/// A connection may be shared by sessions with one peer, and only those (RFC 4975 §5.4).
#[test]
fn the_key_for_reuse_is_that_of_the_target() {
    let agreed = |setup| answered(&offered(&[sha256(0)], setup), &Policy::default()).expect("a session");
    let active = agreed("setup:passive");
    assert_eq!(
        active.plan().reuse_key(),
        active.plan().target().map(msrp_proto::Target::reuse_key)
    );
    assert!(active.plan().reuse_key().is_some());
    assert_eq!(agreed("setup:active").plan().reuse_key(), None);
}

/// Nothing that is printed for debugging has a session-id in it (RFC 4975 §14.1).
#[test]
fn debugging_shows_no_secrets() {
    let session = tls("192.0.2.1", 0);
    let secret = session
        .uri()
        .as_ref()
        .session_id()
        .expect("a session-id")
        .to_owned();
    let theirs = offered(&[sha256(0)], "setup:passive");
    let answer = match tls("192.0.2.9", 1).answer(&theirs, &Policy::default(), &Names::default()) {
        Ok(Answer::Media(answer)) => answer,
        other => panic!("{other:?}"),
    };
    let agreed = negotiate(
        &theirs,
        &answer,
        Side::Answerer,
        &Policy::default(),
        &Names::default(),
    );
    let shown = format!(
        "{session:?} {:?} {agreed:?} {:?}",
        session.offer(),
        tls("192.0.2.9", 1)
    );
    assert!(!shown.contains(&secret), "{shown}");
    let secret = answer
        .uri()
        .expect("a path")
        .as_ref()
        .session_id()
        .expect("one")
        .to_owned();
    assert!(!shown.contains(&secret), "{shown}");
}

/// Shows: CEMA-7-04.
#[test]
fn both_kinds_of_identity_are_there_to_choose_from() {
    let offer = offered(&[sha256(0)], "setup:passive");
    let agreed = answered(&offer, &Policy::default()).expect("a session");
    // What signalling says counts unless the application wants otherwise ...
    let print = fingerprints(CERTIFICATES[0]);
    assert_eq!(agreed.plan().identity(), &Identity::Fingerprints(print));
    // ... and the name is there for those who check it first, or besides.
    let target = agreed.plan().target().expect("this side connects");
    assert_eq!(target.verify(), Some(&host("192.0.2.1")));
    let prefers_names = Policy::default().trust_signalling(false);
    let agreed = answered(&offer, &prefers_names).expect("a session");
    assert_eq!(agreed.plan().identity(), &Identity::Name(host("192.0.2.1")));
}

/// Shows: MSRP-14.4-05.
#[test]
fn each_session_has_the_certificate_that_was_chosen_for_it() {
    let of_user = tls("192.0.2.1", 0);
    let anonymous = tls("192.0.2.1", 1);
    for (session, side) in [(&of_user, 0), (&anonymous, 1)] {
        let offer = carried(&session.offer());
        assert_eq!(offer.fingerprints(), &fingerprints(CERTIFICATES[side]));
        let plan = answered(&offer, &Policy::default()).expect("a session");
        assert_eq!(
            plan.plan().verify(Some(CERTIFICATES[side])),
            Ok(Verified::Fingerprint)
        );
        assert_eq!(
            plan.plan().verify(Some(CERTIFICATES[1 - side])),
            Err(VerifyError::Mismatch)
        );
    }
}
