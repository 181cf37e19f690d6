//! To whom status messages go.

use msrp_cpim::composing::{Carriage, Composer, State};
use msrp_multipart::MediaRanges;

use crate::t;

fn ranges(list: &str) -> MediaRanges {
    match list {
        "" => MediaRanges::new(),
        list => MediaRanges::parse(list.as_bytes()).unwrap(),
    }
}

fn sends(composer: &mut Composer) -> bool {
    composer.activity(t(0));
    let sent = composer.poll_status(t(0)).is_some();
    assert_eq!(composer.is_enabled(), sent);
    assert_eq!(composer.is_active(), sent);
    assert_eq!(composer.poll_timeout().is_some(), sent);
    sent
}

/// Shows: ISC-4-01 (negotiation).
#[test]
fn only_peers_that_accept_the_type_are_told() {
    const TYPE: &str = "application/im-iscomposing+xml";
    const CPIM: &str = "message/cpim";
    let both = format!("text/plain {CPIM} {TYPE}");
    let cases = [
        (Carriage::Bare, TYPE, "", true),
        (
            Carriage::Bare,
            "text/plain Application/IM-isComposing+XML",
            "",
            true,
        ),
        (Carriage::Bare, "application/*", "", true),
        (Carriage::Bare, "*", "", true),
        (Carriage::Bare, "text/plain", "", false),
        (Carriage::Bare, "", "", false),
        (Carriage::Bare, "application/xml", "*", false),
        // Accepted in a wrapper only.
        (Carriage::Bare, CPIM, TYPE, false),
        (Carriage::Wrapped, CPIM, TYPE, true),
        (Carriage::Wrapped, CPIM, "*", true),
        (Carriage::Wrapped, CPIM, "text/plain", false),
        (Carriage::Wrapped, CPIM, "", false),
        // What is accepted bare is accepted in a wrapper too.
        (Carriage::Wrapped, &both, "", true),
        (Carriage::Wrapped, "*", "text/plain", true),
        // There is no wrapper to put it in.
        (Carriage::Wrapped, TYPE, TYPE, false),
        (Carriage::Wrapped, "text/plain", "*", false),
    ];
    for (carriage, accept_types, accept_wrapped_types, expected) in cases {
        let mut composer = Composer::new(carriage, &ranges(accept_types), &ranges(accept_wrapped_types));
        assert_eq!(
            sends(&mut composer),
            expected,
            "{carriage:?} {accept_types:?} {accept_wrapped_types:?}"
        );
    }
}

/// Shows: ISC-4-01 (a refusal).
#[test]
fn a_415_ends_it_for_the_session() {
    let mut composer = Composer::new(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new());
    composer.activity(t(0));
    assert_eq!(composer.poll_status(t(0)).unwrap().state, State::Active);
    for other in [200, 403, 408, 413, 481, 501] {
        composer.refused(other);
        assert!(composer.is_enabled(), "{other}");
    }
    composer.refused(415);
    assert!(!composer.is_enabled());
    assert_eq!(composer.poll_timeout(), None);
    assert_eq!(composer.poll_status(t(0)), None);
    composer.handle_timeout(t(60));
    assert_eq!(composer.poll_status(t(60)), None);
    // Messages are sent all the same, and change nothing here.
    composer.content_sent();
    assert!(!sends(&mut composer));
    // Nor does an offer bring it back.
    composer.renegotiated(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new());
    assert!(!sends(&mut composer));
}

#[test]
fn an_offer_turns_it_off_and_on_again() {
    let mut composer = Composer::new(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new());
    composer.activity(t(0));
    assert!(composer.poll_status(t(0)).is_some());
    composer.renegotiated(Carriage::Bare, &ranges("text/plain"), &MediaRanges::new());
    assert_eq!(composer.poll_timeout(), None);
    assert!(!sends(&mut composer));
    composer.renegotiated(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new());
    assert_eq!(composer.poll_status(t(0)), None);
    assert!(sends(&mut composer));
    // To what was accepted already nothing is said anew.
    composer.renegotiated(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new());
    assert_eq!(composer.poll_status(t(1)), None);
    assert!(composer.is_active());
}
