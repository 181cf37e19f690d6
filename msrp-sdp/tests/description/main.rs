//! Session descriptions and their sections, through the public API.

mod answer;
mod attributes;
mod built;
mod connection;
mod hostile;
mod lines;
mod media_line;
mod other_media;
mod properties;
mod session;
mod version;

use msrp_proto::Host;
use msrp_proto::wire::HostName;
use msrp_sdp::{Description, DescriptionError, Deviation, MediaLine, Origin, Protocol, Section};

/// The offer of RFC 4975 §8.7, line by line.
const OFFER: [&str; 8] = [
    "v=0",
    "o=usera 2890844526 2890844527 IN IP4 alice.example.com",
    "s= -",
    "c=IN IP4 alice.example.com",
    "t=0 0",
    "m=message 7394 TCP/MSRP *",
    "a=accept-types:message/cpim text/plain text/html",
    "a=path:msrp://alice.example.com:7394/2s93i93idj;tcp",
];

/// The lines, each with CR LF.
fn text(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

/// The offer with `line` before its line `at`.
fn offer_with(at: usize, line: &str) -> String {
    let mut lines = OFFER.to_vec();
    lines.insert(at, line);
    text(&lines)
}

/// The offer without its line `at`.
fn offer_without(at: usize) -> String {
    let mut lines = OFFER.to_vec();
    lines.remove(at);
    text(&lines)
}

/// The offer with `line` in place of its line `at`.
fn offer_instead(at: usize, line: &str) -> String {
    let mut lines = OFFER.to_vec();
    lines[at] = line;
    text(&lines)
}

/// Asserts that the strict parser takes the text, the lenient one notes nothing, and it is written as it was.
#[track_caller]
fn assert_clean(text: impl AsRef<[u8]>) -> Description {
    let description = Description::parse_strict(text.as_ref()).unwrap();
    let (lenient, deviations) = Description::parse_with_deviations(text.as_ref()).unwrap();
    assert!(deviations.is_empty());
    assert_eq!(lenient, description);
    assert_eq!(
        String::from_utf8_lossy(&description.to_bytes()),
        String::from_utf8_lossy(text.as_ref())
    );
    assert_eq!(description.to_bytes(), text.as_ref());
    description
}

/// Asserts that exactly this is forgiven, and that the strict parser refuses.
#[track_caller]
fn assert_deviates(text: impl AsRef<[u8]>, expected: Deviation) -> Description {
    let (description, deviations) = Description::parse_with_deviations(text.as_ref()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [expected]);
    assert_eq!(
        Description::parse_strict(text.as_ref()),
        Err(DescriptionError::Deviation(expected))
    );
    assert_eq!(Description::parse(text.as_ref()).as_ref(), Ok(&description));
    description
}

/// Asserts that no parser takes the text, all for this reason.
#[track_caller]
fn assert_refused(text: impl AsRef<[u8]>, expected: DescriptionError) {
    assert_eq!(Description::parse(text.as_ref()), Err(expected));
    assert_eq!(Description::parse_strict(text.as_ref()), Err(expected));
}

fn written(description: &Description) -> String {
    String::from_utf8(description.to_bytes()).unwrap()
}

fn host(name: &str) -> Host {
    match name.parse() {
        Ok(address) => Host::Address(address),
        Err(_) => Host::Name(HostName::new(name).unwrap()),
    }
}

fn origin() -> Origin {
    Origin::new(7, host("bob.example.com"))
}

fn msrp(port: u16) -> Section {
    Section::new(MediaLine::msrp(port, Protocol::Tcp))
}
