//! Generated identifiers (RFC 4975 §7.1, §7.1.1).

use std::collections::BTreeSet;

use msrp_proto::wire::{FailureReport, MessageId};
use msrp_proto::{Config, Role, SendErrorReason, Terms};

use crate::wire_out::{PEER, Wire, message, path};

fn is_ident(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || ".-+%=".contains(letter);
    (4..=32).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(inner)
}

/// Shows: MSRP-7.1-02, MSRP-7.1.1-03.
#[test]
fn generated_identifiers_satisfy_the_grammar() {
    for seed in 0..10_000u32 {
        let mut octets = [0; 32];
        octets[..4].copy_from_slice(&seed.to_be_bytes());
        let terms = Terms::new(path(PEER));
        let mut wire = Wire::seeded(Config::default(), Role::Active, terms, octets);
        for frame in wire.drain() {
            assert!(is_ident(&frame.tid()) && is_ident(&frame.message_id()));
        }
    }
    for bad in ["abc", "abcdefghijklmnopqrstuvwxyz0123456", "", "-abc", "a_bc"] {
        assert!(MessageId::new(bad).is_err(), "{bad}");
    }
}

/// An identifier that a peer may use is not for that one to be sent.
///
/// Shows: MSRP-7.1.1-03.
#[test]
fn an_identifier_of_the_application_satisfies_the_grammar() {
    let mut wire = Wire::active(Config::default());
    for bad in ["abc", "abcdefghijklmnopqrstuvwxyz0123456", "-abc"] {
        let id = MessageId::parse(bad.as_bytes()).unwrap();
        let error = wire.try_send(message("x").message_id(id)).unwrap_err();
        assert_eq!(error.reason, SendErrorReason::IllegalId, "{bad}");
    }
}

/// Shows: MSRP-7.1.1-02.
#[test]
fn message_ids_are_unique() {
    let mut seen = BTreeSet::new();
    for seed in [[1; 32], [2; 32]] {
        let terms = Terms::new(path(PEER));
        let mut wire = Wire::seeded(Config::default(), Role::Active, terms, seed);
        for _ in 0..100 {
            for _ in 0..500 {
                wire.send(message("x").failure_report(FailureReport::No));
            }
            for frame in wire.drain() {
                assert!(seen.insert(frame.message_id()));
                assert!(seen.insert(frame.tid()));
            }
            wire.events();
        }
    }
    assert_eq!(seen.len(), 200_000);
}

/// Shows: MSRP-7.1.1-04.
#[test]
fn another_version_of_a_message_is_another_message() {
    let mut wire = Wire::active(Config::default());
    let own = MessageId::new("mine1").unwrap();
    wire.send(message("one").message_id(own.clone()));
    let error = wire.try_send(message("two").message_id(own.clone())).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::DuplicateId);
    wire.send(message("one"));
    wire.send(message("one"));
    let frames = wire.drain();
    let ids: BTreeSet<_> = frames.iter().map(|frame| frame.message_id()).collect();
    assert_eq!(ids.len(), 3);
    // Sent, and still awaiting its response; then answered, and finished.
    let error = wire.try_send(message("two").message_id(own.clone())).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::DuplicateId);
    for frame in &frames {
        wire.answer(frame, 200);
    }
    let error = wire.try_send(message("two").message_id(own)).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::DuplicateId);
}
