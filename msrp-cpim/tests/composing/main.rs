//! Who is composing: the document, its sender and its receiver, through the public API.

mod composer;
mod documents;
mod negotiation;
mod properties;
mod samples;
mod watcher;

use std::sync::OnceLock;
use std::time::Duration;

use msrp_cpim::composing::{DocumentDeviation, Instant, IsComposing, IsComposingError, XmlError};

/// The moment so many seconds after the start of the test.
fn t(seconds: u64) -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    #[expect(
        clippy::disallowed_methods,
        reason = "there is no other way to get a first moment"
    )]
    let start = *START.get_or_init(Instant::now);
    start + Duration::from_secs(seconds)
}

/// A document with these elements in its element.
fn is_composing(inside: &str) -> String {
    format!("<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">{inside}</isComposing>")
}

#[track_caller]
fn fault(document: &str) -> IsComposingError {
    IsComposing::parse(document.as_bytes()).unwrap_err()
}

/// Asserts that a document is accepted with these deviations and no others, and refused by the strict parser.
#[track_caller]
fn tolerated(document: &str, expected: &[DocumentDeviation]) -> IsComposing {
    let (status, deviations) = IsComposing::parse_with_deviations(document.as_bytes()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), expected);
    match IsComposing::parse_strict(document.as_bytes()) {
        Ok(strict) => {
            assert!(expected.is_empty());
            assert_eq!(strict, status);
        }
        Err(IsComposingError::Xml(XmlError::Deviation { deviation, .. })) => {
            assert!(expected.contains(&deviation));
        }
        Err(other) => panic!("{other:?}"),
    }
    status
}
