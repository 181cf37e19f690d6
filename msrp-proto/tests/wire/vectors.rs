//! Every vector of `vectors/index.json`, however its stream is cut.
#![expect(clippy::disallowed_methods, reason = "the vectors are files")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use msrp_proto::wire::{FailureReport, StartLine};
use serde::Deserialize;

use crate::rewrite::rewrite;
use crate::support::{Decoded, Frame, decode};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    #[serde(rename = "description")]
    _description: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    file: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "source")]
    _source: String,
    note: Option<String>,
    frames: Vec<Expected>,
    error: Option<String>,
    #[serde(default)]
    incomplete: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Expected {
    Request(Box<ExpectedRequest>),
    Response(ExpectedResponse),
    Malformed(ExpectedMalformed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRequest {
    tid: String,
    method: String,
    to_path: Vec<String>,
    from_path: Vec<String>,
    headers: Vec<(String, String)>,
    message_id: Option<String>,
    byte_range: Option<ExpectedRange>,
    content_type: Option<String>,
    success_report: Option<bool>,
    failure_report: Option<String>,
    status: Option<ExpectedStatus>,
    body: Option<Body>,
    flag: char,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedResponse {
    tid: String,
    code: u16,
    comment: Option<String>,
    to_path: Vec<String>,
    from_path: Vec<String>,
    headers: Vec<(String, String)>,
    body: Option<Body>,
    flag: char,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMalformed {
    tid: String,
    reason: String,
    body: Option<Body>,
    flag: char,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRange {
    start: u64,
    end: Option<u64>,
    total: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedStatus {
    namespace: u16,
    code: u16,
    comment: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Body {
    Text(String),
    Hex(String),
}

impl Body {
    fn octets(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Hex(hex) => hex
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect(),
        }
    }
}

/// Shows: MSRP-5.1-07 (of the decoder).
#[test]
fn every_vector_decodes_to_what_the_index_says_however_it_is_cut() {
    for vector in index().vectors {
        let decoded = decode(&octets(&vector.file));
        check_frames(&vector, &decoded.frames);
        check_end(&vector, &decoded);
    }
}

/// Shows: MSRP-5.1-08 (of the decoder).
#[test]
fn every_vector_decodes_the_same_behind_a_frame_and_before_one() {
    let good = octets("rfc4975/5.1-chunks.msrp");
    let good_frames = decode(&good).frames;
    for vector in index().vectors {
        let ends_well = vector.error.is_none() && !vector.incomplete;
        let mut stream = good.clone();
        stream.extend(octets(&vector.file));
        if ends_well {
            stream.extend(&good);
        }
        let mut decoded = decode(&stream);
        check_end(&vector, &decoded);
        let count = good_frames.len();
        if ends_well {
            let behind = decoded.frames.split_off(decoded.frames.len() - count);
            assert_eq!(behind, good_frames, "behind {}", vector.file);
        }
        let frames = decoded.frames.split_off(count);
        assert_eq!(decoded.frames, good_frames, "before {}", vector.file);
        check_frames(&vector, &frames);
    }
}

#[test]
fn files_and_index_entries_match_one_to_one() {
    let listed: Vec<_> = index().vectors.into_iter().map(|vector| vector.file).collect();
    let unique: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(unique.len(), listed.len(), "a file is listed twice");

    let mut found = BTreeSet::new();
    for folder in ["rfc4975", "rfc4976", "torture"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(found.insert(format!("{folder}/{name}")));
        }
    }
    assert_eq!(found, unique);
}

/// The Byte-Range of a printed example often contradicts its body (rulings ): then the index
/// says so, the length is that of the frame, and the header stays as printed.
///
/// Shows: MSRP-11-01 (what is not compared).
#[test]
fn printed_ranges_that_contradict_the_printed_body_do_not_matter() {
    let mut contradicting = BTreeSet::new();
    for vector in index().vectors {
        if !vector.file.starts_with("rfc497") {
            continue;
        }
        let decoded = decode(&octets(&vector.file));
        for frame in &decoded.frames {
            assert_eq!(frame.fault, None, "{}", vector.file);
            let (Some(range), Some(body)) = (frame.head.byte_range(), &frame.body) else {
                continue;
            };
            let length = range.end.map(|end| end + 1 - range.start);
            if length.is_some_and(|length| length != body.len() as u64) {
                let note = vector.note.as_deref().unwrap_or_default();
                assert!(
                    note.contains(&range.to_string()) && note.contains("contradicts"),
                    "{}: {note}",
                    vector.file
                );
                contradicting.insert((vector.file.clone(), range.to_string(), body.len()));
            }
        }
    }
    let expected = [
        ("rfc4975/11.1-reply.msrp", "1-21/21", 20),
        ("rfc4975/11.1-send.msrp", "1-16/16", 14),
        ("rfc4975/11.2-xhtml.msrp", "1-374/374", 384),
        ("rfc4975/11.4-cpim-chunks.msrp", "138-148/148", 10),
        ("rfc4975/11.5-system-message.msrp", "1-38/38", 37),
        ("rfc4975/11.6-send.msrp", "1-106/106", 121),
        ("rfc4975/4-send.msrp", "1-25/25", 23),
    ];
    let expected = expected.map(|(file, range, len)| (file.to_owned(), range.to_owned(), len));
    assert_eq!(contradicting, BTreeSet::from(expected));
}

/// Shows: MSRP-11-01, RELAY-3-05, RELAY-4.1-01.
#[test]
fn printed_frames_are_written_again_octet_for_octet() {
    // Others are printed in another order, with a default, or with a header that a response does not need:
    // the same lines are written all the same, but for those.
    let mut other_form = Vec::new();
    for vector in index().vectors {
        if !vector.file.starts_with("rfc497") {
            continue;
        }
        let printed = octets(&vector.file);
        let mut again = Vec::new();
        for frame in decode(&printed).frames {
            let frame = rewrite(&frame.head, frame.body.as_deref(), frame.flag.unwrap());
            again.extend(frame.unwrap_or_else(|| panic!("{}", vector.file)));
        }
        if again != printed {
            let (printed, again) = (lines(&printed), lines(&again));
            assert!(again.is_subset(&printed), "{}", vector.file);
            let left_out: Vec<_> = printed.difference(&again).cloned().collect();
            other_form.push(format!("{}: {}", vector.file, left_out.join(", ")));
        }
    }
    let expected = [
        "rfc4975/11.5-system-message.msrp: Success-Report: no",
        "rfc4976/3-6aef-send.msrp: ",
        "rfc4976/3-6aef-200.msrp: Message-ID: 87652",
        "rfc4976/3-juh76-send.msrp: ",
        "rfc4976/3-juh76-200.msrp: Message-ID: 87652",
        "rfc4976/3-xght6-send.msrp: ",
        "rfc4976/3-xght6-200.msrp: Message-ID: 87652",
    ];
    assert_eq!(other_form, expected);
}

fn lines(stream: &[u8]) -> BTreeSet<String> {
    let text = stream.escape_ascii().to_string();
    text.split("\\r\\n").map(str::to_owned).collect()
}

fn check_end(vector: &Vector, decoded: &Decoded) {
    let error = decoded.error.map(|error| error.to_string());
    assert_eq!(error, vector.error, "{}", vector.file);
    if error.is_none() {
        assert_eq!(decoded.between_frames, !vector.incomplete, "{}", vector.file);
    }
}

/// `found` may hold one more, which never ended.
fn check_frames(vector: &Vector, found: &[Frame]) {
    let complete: Vec<_> = found.iter().filter(|frame| frame.flag.is_some()).collect();
    assert!(complete.len() == found.len() || vector.incomplete || vector.error.is_some());
    for (expected, frame) in vector.frames.iter().zip(&complete) {
        let place = format!("{}, {}", vector.file, frame.tid());
        match expected {
            Expected::Request(expected) => check_request(expected, frame, &place),
            Expected::Response(expected) => check_response(expected, frame, &place),
            Expected::Malformed(expected) => {
                let fault = frame.fault.map(|fault| fault.to_string());
                assert_eq!(fault.as_deref(), Some(&*expected.reason), "{place}");
                check_outside(
                    &expected.tid,
                    expected.body.as_ref(),
                    expected.flag,
                    frame,
                    &place,
                );
            }
        }
    }
    assert_eq!(complete.len(), vector.frames.len(), "frames of {}", vector.file);
}

fn check_request(expected: &ExpectedRequest, frame: &Frame, place: &str) {
    let head = &frame.head;
    assert_eq!(frame.fault, None, "{place}");
    let method = head.method().map(ToString::to_string);
    assert_eq!(method.as_ref(), Some(&expected.method), "{place}");
    check_outside(&expected.tid, expected.body.as_ref(), expected.flag, frame, place);
    check_paths(&expected.to_path, &expected.from_path, frame, place);
    check_headers(&expected.headers, frame, place);

    let id = head.message_id().map(|id| id.as_str().to_owned());
    assert_eq!(id, expected.message_id, "{place}");
    let range = head
        .byte_range()
        .map(|range| (range.start, range.end, range.total));
    let expected_range = expected.byte_range.as_ref();
    let expected_range = expected_range.map(|range| (range.start, range.end, range.total));
    assert_eq!(range, expected_range, "{place}");
    let content_type = head.content_type_octets().map(|text| text.to_vec());
    let expected_type = expected.content_type.clone().map(String::into_bytes);
    assert_eq!(content_type, expected_type, "{place}");
    assert_eq!(head.content_type().is_some(), expected_type.is_some(), "{place}");
    assert_eq!(head.success_report(), expected.success_report, "{place}");
    let failure_report = head.failure_report().map(FailureReport::as_str);
    assert_eq!(failure_report, expected.failure_report.as_deref(), "{place}");
    let status = head
        .status()
        .map(|status| (status.namespace, status.code.as_u16(), status.comment));
    let expected_status = expected.status.as_ref().map(|status| {
        let comment = status.comment.as_ref().map(String::as_bytes);
        (status.namespace, status.code, comment)
    });
    assert_eq!(status, expected_status, "{place}");
}

fn check_response(expected: &ExpectedResponse, frame: &Frame, place: &str) {
    assert_eq!(frame.fault, None, "{place}");
    let StartLine::Response(code) = frame.head.start_line() else {
        panic!("{place}: not a response")
    };
    assert_eq!(code.as_u16(), expected.code, "{place}");
    let comment = expected.comment.as_ref().map(String::as_bytes);
    assert_eq!(frame.head.comment(), comment, "{place}");
    check_outside(&expected.tid, expected.body.as_ref(), expected.flag, frame, place);
    check_paths(&expected.to_path, &expected.from_path, frame, place);
    check_headers(&expected.headers, frame, place);
}

/// What framing alone tells.
fn check_outside(tid: &str, body: Option<&Body>, flag: char, frame: &Frame, place: &str) {
    assert_eq!(frame.tid(), tid, "{place}");
    assert_eq!(frame.body, body.map(Body::octets), "{place}");
    assert_eq!(frame.head.has_body(), body.is_some(), "{place}");
    let found = frame.flag.map(|flag| char::from(flag.as_u8()));
    assert_eq!(found, Some(flag), "{place}");
}

fn check_paths(to: &[String], from: &[String], frame: &Frame, place: &str) {
    let (to_path, from_path) = (frame.head.to_path().unwrap(), frame.head.from_path().unwrap());
    assert!(to_path.iter().map(|uri| uri.as_str()).eq(to), "{place}");
    assert!(from_path.iter().map(|uri| uri.as_str()).eq(from), "{place}");
}

fn check_headers(expected: &[(String, String)], frame: &Frame, place: &str) {
    let expected = expected
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    assert!(frame.head.headers().eq(expected.clone()), "{place}");
    for (name, _) in expected {
        let name = core::str::from_utf8(name).unwrap();
        let first = frame.head.header(&name.to_lowercase());
        let listed = frame
            .head
            .headers()
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()));
        assert_eq!(first, listed.map(|(_, value)| value), "{place}");
    }
}

fn index() -> Index {
    serde_json::from_slice(&octets("index.json")).unwrap()
}

fn octets(file: &str) -> Vec<u8> {
    std::fs::read(root().join(file)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}
