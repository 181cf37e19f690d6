//! What holds for every document and every course of events, drawn from a fixed seed.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use msrp_cpim::composing::{Carriage, Composer, Event, IsComposing, State, Watcher};
use msrp_multipart::{MediaRanges, MediaType};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::t;

fn check<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: 1_000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(strategy, property)
        .unwrap();
}

/// Any word that XML can hold, of characters of markup among others.
fn state() -> impl Strategy<Value = State> {
    let word = "[&<>\"';#x\\]!-]{0,3}[^\\p{Cc}\\p{Z}\u{FFFE}\u{FFFF}]{1,8}[&<>\"';\\]\u{85}]{0,3}";
    prop_oneof![
        Just(State::Active),
        Just(State::Idle),
        word.prop_map(|word| match word.as_str() {
            "active" => State::Active,
            "idle" => State::Idle,
            _ => State::Other(word),
        }),
    ]
}

fn date() -> impl Strategy<Value = DateTime<FixedOffset>> {
    // From the year 1 to 9998, so that no zone leads out of four digits.
    (
        -62_135_000_000_i64..253_370_000_000,
        0_u32..1_000_000_000,
        -86_399..86_400,
    )
        .prop_map(|(seconds, nanoseconds, east)| {
            DateTime::from_timestamp(seconds, nanoseconds)
                .unwrap()
                .with_timezone(&FixedOffset::east_opt(east).unwrap())
        })
}

fn status() -> impl Strategy<Value = IsComposing> {
    const TOKEN: &str = "[!#-'*+.0-9A-Z^-~-]{1,8}";
    let content_type = (TOKEN, option::of(TOKEN)).prop_map(|(type_, subtype)| match subtype {
        Some(subtype) => format!("{type_}/{subtype}"),
        None => type_,
    });
    (state(), option::of(date()), option::of(content_type), 0..u64::MAX).prop_map(
        |(state, last_active, content_type, refresh)| {
            let mut status = IsComposing::new(state);
            status.last_active = last_active;
            status.content_type = content_type;
            status.refresh = refresh.try_into().ok();
            status
        },
    )
}

#[test]
fn what_is_written_is_read_again() {
    check(&status(), |status| {
        let document = status.to_xml().unwrap();
        prop_assert_eq!(IsComposing::parse_strict(&document).unwrap(), status);
        Ok(())
    });
}

#[test]
fn no_octets_do_harm() {
    let pieces: Vec<&[u8]> = vec![
        b"<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">",
        b"</isComposing>",
        b"<state>",
        b"active",
        b"</state>",
        b"<refresh>",
        b"9",
        b"</refresh>",
        b"<lastactive>",
        b"2003-01-27T10:43:00Z",
        b"</lastactive>",
        b"<contenttype>",
        b"/",
        b"</contenttype>",
        b"<",
        b"&",
        b";",
        b" ",
        b"\xFF",
    ];
    let likely = vec(select(pieces), 0..20).prop_map(|pieces| pieces.concat());
    check(&prop_oneof![vec(any::<u8>(), 0..100), likely], |octets| {
        if let Ok(status) = IsComposing::parse(&octets) {
            let written = status.to_xml().unwrap();
            prop_assert_eq!(IsComposing::parse_strict(&written).unwrap(), status);
        }
        Ok(())
    });
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Activity,
    ContentSent,
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Activity),
        1 => Just(Step::ContentSent),
        4 => (0_u64..100).prop_map(Step::Wait),
    ];
    vec(step, 0..60)
}

/// A watcher that gets what a composer sends knows at each moment what the composer knows. No "active" comes
/// within the refresh interval of the one before unless something was told in between, and none is ever
/// missing so long that the watcher gives up.
#[test]
fn the_watcher_knows_what_the_composer_knows() {
    check(&steps(), |steps| {
        let text = MediaType::new("text", "plain").unwrap();
        let mut composer = Composer::new(Carriage::Bare, &MediaRanges::any(), &MediaRanges::new())
            .with_refresh(Some(60))
            .unwrap()
            .with_idle_timeout(Duration::from_secs(45));
        let mut watcher = Watcher::new();
        let (mut now, mut told, mut last_active) = (0, false, None);
        for step in steps {
            let end = match step {
                Step::Wait(seconds) => now + seconds,
                _ => now,
            };
            match step {
                Step::Activity => composer.activity(t(now)),
                Step::ContentSent => {
                    composer.content_sent();
                    watcher.handle_message(&"a", Some(&text));
                    last_active = None;
                }
                Step::Wait(_) => {}
            }
            loop {
                composer.handle_timeout(t(now));
                if let Some(status) = composer.poll_status(t(now)) {
                    if status.state.is_active() {
                        prop_assert!(last_active.is_none_or(|last| last + 60 <= now));
                        last_active = Some(now);
                    } else {
                        last_active = None;
                    }
                    watcher.handle_status(t(now), &"a", &status);
                    prop_assert_eq!(composer.poll_status(t(now)), None);
                }
                watcher.handle_timeout(t(now));
                while let Some(event) = watcher.poll_event() {
                    prop_assert_eq!(event == Event::Active("a"), !told);
                    told = !told;
                }
                prop_assert_eq!(watcher.is_active(&"a"), composer.is_active());
                prop_assert_eq!(told, composer.is_active());
                if now == end {
                    break;
                }
                now += 1;
            }
        }
        Ok(())
    });
}
