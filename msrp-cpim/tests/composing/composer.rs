//! The sender of status messages.

use std::time::Duration;

use msrp_cpim::composing::{Carriage, Composer, IsComposing, NotContentType, RefreshTooShort, State};
use msrp_multipart::MediaRanges;

use crate::t;

fn composer() -> Composer {
    Composer::new(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new())
}

/// Drives a composer second by second until `end`, with activity at these times; gives when it sent what.
/// It is woken only when it asked for it.
fn run(composer: &mut Composer, activity: impl Fn(u64) -> bool, end: u64) -> Vec<(u64, State)> {
    let mut sent = Vec::new();
    for second in 0..=end {
        if composer.poll_timeout().is_some_and(|at| at <= t(second)) {
            composer.handle_timeout(t(second));
        }
        if activity(second) {
            composer.activity(t(second));
        }
        while let Some(status) = composer.poll_status(t(second)) {
            sent.push((second, status.state));
        }
    }
    sent
}

/// Shows: ISC-3.2-01 (the composer).
#[test]
fn the_first_activity_sends_one_active() {
    let mut composer = composer();
    assert!(!composer.is_active());
    assert_eq!(composer.poll_timeout(), None);
    assert_eq!(composer.poll_status(t(0)), None);
    assert_eq!(run(&mut composer, |second| second < 3, 10), [(0, State::Active)]);
    assert!(composer.is_active());
}

/// Shows: ISC-3.2-02.
#[test]
fn active_is_repeated_per_refresh_interval() {
    let mut composer = composer().with_refresh(Some(60)).unwrap();
    assert_eq!(
        run(&mut composer, |second| second % 5 == 0, 130),
        [(0, State::Active), (60, State::Active), (120, State::Active)]
    );
}

/// Shows: ISC-3.2-02 (a transmission restarts the interval).
#[test]
fn the_interval_counts_from_the_transmission() {
    let mut composer = composer().with_idle_timeout(Duration::from_secs(500));
    composer.activity(t(0));
    assert!(composer.poll_status(t(7)).is_some());
    assert_eq!(composer.poll_timeout(), Some(t(67)));
    // The link was busy: the repetition goes out late.
    composer.handle_timeout(t(67));
    assert_eq!(composer.poll_timeout(), Some(t(500)));
    assert!(composer.poll_status(t(80)).is_some());
    assert_eq!(composer.poll_timeout(), Some(t(140)));
}

/// Shows: ISC-3.2-03.
#[test]
fn the_interval_is_announced_or_nothing_is_repeated() {
    let mut with = composer().with_refresh(Some(60)).unwrap();
    with.activity(t(0));
    let status = with.poll_status(t(0)).unwrap();
    let document = String::from_utf8(status.to_xml().unwrap()).unwrap();
    assert!(document.contains("<refresh>60</refresh>"), "{document}");

    assert_eq!(composer().with_refresh(Some(59)).unwrap_err(), RefreshTooShort);
    assert_eq!(composer().with_refresh(Some(0)).unwrap_err(), RefreshTooShort);

    let mut without = composer().with_refresh(None).unwrap();
    without.activity(t(0));
    let status = without.clone().poll_status(t(0)).unwrap();
    assert!(
        !String::from_utf8(status.to_xml().unwrap())
            .unwrap()
            .contains("refresh")
    );
    assert_eq!(run(&mut without, |_| true, 300), [(0, State::Active)]);
}

/// Shows: ISC-3.2-05.
#[test]
fn idle_is_told_once_after_the_idle_timeout() {
    assert_eq!(
        run(&mut composer(), |second| second == 0, 1000),
        [(0, State::Active), (15, State::Idle)]
    );
    let mut slow = composer().with_idle_timeout(Duration::from_secs(30));
    assert_eq!(
        run(&mut slow, |second| second == 0 || second == 20, 1000),
        [(0, State::Active), (50, State::Idle)]
    );
    assert_eq!(slow.poll_timeout(), None);
}

/// Shows: ISC-3.2-06.
#[test]
fn the_content_message_tells_enough() {
    let mut composer = composer();
    assert_eq!(run(&mut composer, |second| second == 0, 5), [(0, State::Active)]);
    composer.content_sent();
    assert!(!composer.is_active());
    assert_eq!(composer.poll_timeout(), None);
    assert_eq!(run(&mut composer, |_| false, 100), []);
    // The next message is a new matter, however soon it is begun.
    composer.activity(t(101));
    assert_eq!(composer.poll_status(t(101)).unwrap().state, State::Active);
}

#[test]
fn a_message_sent_before_its_status_needs_none() {
    let mut composer = composer();
    composer.activity(t(0));
    composer.content_sent();
    assert_eq!(composer.poll_status(t(0)), None);

    composer.activity(t(1));
    assert!(composer.poll_status(t(1)).is_some());
    composer.handle_timeout(t(16));
    composer.content_sent();
    assert_eq!(composer.poll_status(t(16)), None);
}

/// Shows: ISC-3.2-07.
#[test]
fn changes_are_told_at_once_and_repetitions_limited() {
    let active = |second| second == 0 || (16..=40).contains(&second);
    assert_eq!(
        run(&mut composer(), active, 40),
        [(0, State::Active), (15, State::Idle), (16, State::Active)]
    );
}

/// Shows: ISC-3.2-07 (what the peer knows already).
#[test]
fn a_pause_that_was_not_told_is_none() {
    let mut composer = composer();
    composer.activity(t(0));
    assert!(composer.poll_status(t(0)).is_some());
    // The link is busy from here on: nothing is polled.
    composer.handle_timeout(t(15));
    composer.activity(t(16));
    assert_eq!(composer.poll_status(t(16)), None);
}

#[test]
fn what_is_late_is_not_made_up_for() {
    let mut composer = composer();
    composer.activity(t(0));
    assert!(composer.poll_status(t(0)).is_some());
    // Both the idle timeout and the refresh interval are long over.
    composer.handle_timeout(t(1000));
    assert_eq!(composer.poll_status(t(1000)).unwrap().state, State::Idle);
    assert_eq!(composer.poll_status(t(1000)), None);
    // Too often is no harm.
    composer.handle_timeout(t(1000));
    composer.handle_timeout(t(2000));
    assert_eq!(composer.poll_status(t(2000)), None);
}

#[test]
fn a_timeout_too_early_changes_nothing() {
    let mut composer = composer();
    composer.activity(t(0));
    assert!(composer.poll_status(t(0)).is_some());
    composer.handle_timeout(t(14));
    assert_eq!(composer.poll_status(t(14)), None);
    assert!(composer.is_active());
    assert_eq!(composer.poll_timeout(), Some(t(15)));
}

#[test]
fn what_is_composed_is_told_in_both_states() {
    let mut composer = composer();
    composer.set_content_type(Some("audio")).unwrap();
    assert_eq!(composer.set_content_type(Some("a b")), Err(NotContentType));
    composer.activity(t(0));
    let mut expected = IsComposing::new(State::Active);
    expected.refresh = 60.try_into().ok();
    expected.content_type = Some("audio".into());
    assert_eq!(composer.poll_status(t(0)), Some(expected));
    composer.handle_timeout(t(15));
    let mut expected = IsComposing::new(State::Idle);
    expected.content_type = Some("audio".into());
    assert_eq!(composer.poll_status(t(15)), Some(expected));
    composer.set_content_type(None).unwrap();
    composer.activity(t(16));
    assert_eq!(composer.poll_status(t(16)).unwrap().content_type, None);
}

#[test]
fn an_interval_beyond_the_clock_is_never_over() {
    let mut composer = composer()
        .with_refresh(Some(u64::MAX))
        .unwrap()
        .with_idle_timeout(Duration::MAX);
    composer.activity(t(0));
    assert_eq!(
        composer.poll_status(t(0)).unwrap().refresh.unwrap().get(),
        u64::MAX
    );
    assert_eq!(composer.poll_timeout(), None);
    assert!(composer.is_active());
}

/// Shows: ISC-3.2-02 (after an idle timeout that was never told).
#[test]
fn a_pause_that_is_not_told_leaves_the_interval() {
    let mut composer = composer();
    // At 15 the timeout and the next activity fall together, and nothing is sent.
    let sent = run(&mut composer, |second| second == 0 || second >= 15, 130);
    assert_eq!(
        sent,
        [(0, State::Active), (60, State::Active), (120, State::Active)]
    );

    // The interval may also end in between.
    composer.handle_timeout(t(1000));
    composer.handle_timeout(t(1000));
    composer.activity(t(1000));
    assert_eq!(composer.poll_status(t(1000)).unwrap().state, State::Active);
    assert_eq!(composer.poll_status(t(1000)), None);
    composer.content_sent();
    assert_eq!(composer.poll_timeout(), None);
}
