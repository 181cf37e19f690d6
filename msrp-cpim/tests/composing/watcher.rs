//! The receiver of status messages.

use msrp_cpim::composing::{Event, IsComposing, State, Watcher};
use msrp_multipart::{MediaType, Profile};

use crate::{is_composing, t};

const A: &str = "im:a@x.example";
const B: &str = "im:b@x.example";

fn active(refresh: Option<u64>) -> IsComposing {
    let mut status = IsComposing::new(State::Active);
    status.refresh = refresh.map(|seconds| seconds.try_into().unwrap());
    status
}

/// One who is composing, of which the event has been taken.
fn watching(status: &IsComposing) -> Watcher<&'static str> {
    let mut watcher = Watcher::new();
    watcher.handle_status(t(0), &A, status);
    assert_eq!(watcher.poll_event(), Some(Event::Active(A)));
    assert_eq!(watcher.poll_event(), None);
    watcher
}

/// Asserts that the sender becomes idle at that second, no sooner, and that this is what the watcher waits
/// for.
#[track_caller]
fn assert_idle_at(watcher: &mut Watcher<&'static str>, second: u64) {
    assert_eq!(watcher.poll_timeout(), Some(t(second)));
    watcher.handle_timeout(t(second - 1));
    assert_eq!(watcher.poll_event(), None);
    assert!(watcher.is_active(&A));
    watcher.handle_timeout(t(second));
    assert_eq!(watcher.poll_timeout(), None);
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert_eq!(watcher.poll_event(), None);
    assert!(!watcher.is_active(&A));
    assert_eq!(watcher.poll_timeout(), None);
}

fn media_type(text: &str) -> MediaType {
    MediaType::parse(text.as_bytes(), Profile::Mime).unwrap()
}

/// Shows: ISC-3.2-01 (the receiver).
#[test]
fn nobody_is_composing_at_first() {
    let mut watcher = Watcher::new();
    assert!(!watcher.is_active(&A));
    assert_eq!(watcher.poll_timeout(), None);
    assert_eq!(watcher.poll_event(), None);
    watcher.handle_status(t(0), &A, &IsComposing::new(State::Idle));
    watcher.handle_message(&A, Some(&media_type("text/plain")));
    watcher.handle_timeout(t(1000));
    assert_eq!(watcher.poll_event(), None);
}

/// Shows: ISC-3.3-01.
#[test]
fn the_latest_active_says_how_long_it_holds() {
    assert_idle_at(&mut watching(&active(Some(90))), 90);
    assert_idle_at(&mut watching(&active(None)), 120);

    let mut watcher = watching(&active(Some(90)));
    watcher.handle_status(t(10), &A, &active(None));
    assert_idle_at(&mut watcher, 130);

    let mut watcher = watching(&active(None));
    watcher.handle_status(t(10), &A, &active(Some(20)));
    assert_idle_at(&mut watcher, 30);
}

/// Shows: ISC-6-01 (an interval that is none).
#[test]
fn an_interval_that_is_none_counts_as_absent() {
    for bad in ["0", "-5", "x"] {
        let document = is_composing(&format!("<state>active</state><refresh>{bad}</refresh>"));
        let status = IsComposing::parse(document.as_bytes()).unwrap();
        assert_idle_at(&mut watching(&status), 120);
    }
}

/// Shows: ISC-3.3-02.
#[test]
fn active_ends_by_status_message_or_timeout() {
    let mut watcher = watching(&active(None));
    watcher.handle_status(t(1), &A, &IsComposing::new(State::Idle));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert_eq!(watcher.poll_event(), None);
    assert_eq!(watcher.poll_timeout(), None);

    let mut watcher = watching(&active(None));
    watcher.handle_message(&A, Some(&media_type("text/plain")));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert_eq!(watcher.poll_event(), None);
    assert_eq!(watcher.poll_timeout(), None);

    assert_idle_at(&mut watching(&active(None)), 120);
}

/// Shows: ISC-3.3-02 (what is no content message).
#[test]
fn notifications_and_empty_messages_are_no_content() {
    let mut watcher = watching(&active(None));
    watcher.handle_message(&A, None);
    watcher.handle_message(&A, Some(&media_type("message/imdn+xml")));
    watcher.handle_message(&A, Some(&media_type("Message/IMDN+xml; charset=utf-8")));
    watcher.handle_message(&A, Some(&media_type("application/im-iscomposing+xml")));
    assert_eq!(watcher.poll_event(), None);
    assert_idle_at(&mut watcher, 120);
}

/// Shows: ISC-3.3-03.
#[test]
fn any_number_of_actives_at_any_spacing_will_do() {
    let mut watcher = watching(&active(Some(60)));
    watcher.handle_status(t(1), &A, &active(Some(60)));
    watcher.handle_status(t(2), &A, &active(Some(60)));
    assert_eq!(watcher.poll_event(), None);
    assert_idle_at(&mut watcher, 62);

    assert_idle_at(&mut watching(&active(Some(5))), 5);

    let mut watcher = watching(&active(Some(60)));
    for _ in 0..10_000 {
        watcher.handle_status(t(3), &A, &active(Some(60)));
    }
    assert_eq!(watcher.poll_event(), None);
    assert_idle_at(&mut watcher, 63);
}

/// Shows: ISC-3.5-01.
#[test]
fn any_other_state_counts_as_idle() {
    for word in ["recording", "Active"] {
        let document = is_composing(&format!("<state>{word}</state><refresh>60</refresh>"));
        let status = IsComposing::parse(document.as_bytes()).unwrap();
        assert_eq!(status.state.as_str(), word);
        let mut watcher = watching(&active(None));
        watcher.handle_status(t(1), &A, &status);
        assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
        assert_eq!(watcher.poll_timeout(), None);
        // Nor does it begin anything.
        watcher.handle_status(t(2), &A, &status);
        assert_eq!(watcher.poll_event(), None);
    }
}

/// Shows: ISC-3.5-04 (the receiver).
#[test]
fn each_sender_has_a_state() {
    let mut watcher = Watcher::new();
    watcher.handle_status(t(0), &A, &active(Some(60)));
    watcher.handle_status(t(1), &B, &active(Some(60)));
    assert_eq!(watcher.poll_event(), Some(Event::Active(A)));
    assert_eq!(watcher.poll_event(), Some(Event::Active(B)));
    assert_eq!(watcher.active().copied().collect::<Vec<_>>(), [A, B]);

    watcher.handle_message(&A, Some(&media_type("text/plain")));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert_eq!(watcher.poll_event(), None);
    assert!(watcher.is_active(&B));
    assert_eq!(watcher.poll_timeout(), Some(t(61)));
}

#[test]
fn those_who_are_due_together_are_told_together() {
    let mut watcher = Watcher::new();
    watcher.handle_status(t(0), &A, &active(Some(60)));
    watcher.handle_status(t(0), &B, &active(Some(61)));
    assert!(watcher.poll_event().is_some() && watcher.poll_event().is_some());
    assert_eq!(watcher.poll_timeout(), Some(t(60)));
    watcher.handle_timeout(t(100));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(B)));
    assert_eq!(watcher.poll_event(), None);
}

#[test]
fn what_came_and_went_is_not_told() {
    let mut watcher = Watcher::new();
    watcher.handle_status(t(0), &A, &active(None));
    watcher.handle_message(&A, Some(&media_type("text/plain")));
    assert_eq!(watcher.poll_event(), None);

    let mut watcher = watching(&active(None));
    watcher.handle_message(&A, Some(&media_type("text/plain")));
    watcher.handle_status(t(1), &A, &active(None));
    assert_eq!(watcher.poll_event(), None);
    assert!(watcher.is_active(&A));
}

#[test]
fn one_who_is_gone_composes_nothing() {
    let mut watcher = watching(&active(Some(u64::MAX)));
    watcher.handle_departure(&B);
    assert_eq!(watcher.poll_event(), None);
    watcher.handle_departure(&A);
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
    assert!(!watcher.is_active(&A));
}

#[test]
fn the_number_of_senders_is_bounded() {
    let mut watcher = Watcher::with_max_senders(2);
    for sender in 0..1000 {
        watcher.handle_status(t(0), &sender, &active(None));
    }
    assert_eq!(watcher.poll_event(), Some(Event::Active(0)));
    assert_eq!(watcher.poll_event(), Some(Event::Active(1)));
    assert_eq!(watcher.poll_event(), None);
    assert!(!watcher.is_active(&2));

    // Those who are known are heard, and one who is idle makes room.
    watcher.handle_status(t(1), &0, &active(Some(300)));
    watcher.handle_status(t(1), &1, &IsComposing::new(State::Idle));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(1)));
    watcher.handle_status(t(2), &2, &active(None));
    assert_eq!(watcher.poll_event(), Some(Event::Active(2)));
    assert_eq!(watcher.poll_timeout(), Some(t(122)));
}

/// One that never polls gets no queue that grows.
#[test]
fn changes_that_nobody_polls_take_no_room() {
    let mut watcher = Watcher::new();
    for second in 0..10_000 {
        watcher.handle_status(t(second), &A, &active(None));
        watcher.handle_status(t(second), &A, &IsComposing::new(State::Idle));
    }
    watcher.handle_status(t(10_000), &A, &active(None));
    assert_eq!(watcher.poll_event(), Some(Event::Active(A)));
    assert_eq!(watcher.poll_event(), None);
}

#[test]
fn an_interval_beyond_the_clock_is_never_over() {
    let mut watcher = watching(&active(Some(u64::MAX)));
    assert_eq!(watcher.poll_timeout(), None);
    watcher.handle_timeout(t(1_000_000));
    assert!(watcher.is_active(&A));
    watcher.handle_message(&A, Some(&media_type("text/plain")));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(A)));
}
