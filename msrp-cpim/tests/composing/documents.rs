//! The document.

use chrono::DateTime;
use msrp_cpim::composing::{
    DocumentDeviation, IsComposing, IsComposingBuildError, IsComposingError, State, XmlError,
};
use msrp_multipart::{MediaType, Profile};

use crate::{fault, is_composing, tolerated};

/// Shows: ISC-6-01 (what is refused).
#[test]
fn namespace_and_state_are_needed() {
    for document in [
        "<isComposing><state>idle</state></isComposing>",
        "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-composing\"><state>idle</state></isComposing>",
        "<iscomposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>idle</state></iscomposing>",
    ] {
        assert_eq!(fault(document), IsComposingError::Root { offset: 0 });
    }
    for inside in [
        "",
        "<state/>",
        "<state> </state>",
        "<refresh>90</refresh>",
        "<state xmlns=\"\">active</state>",
        "<x:state xmlns:x=\"urn:x\">active</x:state>",
    ] {
        assert_eq!(
            fault(&is_composing(inside)),
            IsComposingError::MissingState,
            "{inside}"
        );
    }
    let malformed = is_composing("<state>active</State>");
    let offset = malformed.find("</State>").unwrap();
    assert_eq!(
        fault(&malformed),
        IsComposingError::Xml(XmlError::Mismatched { offset })
    );
    assert_eq!(
        fault(&is_composing("<state>active</state>").replace("</isC", "<isC")),
        IsComposingError::Xml(XmlError::Unclosed { offset: 80 })
    );
    let utf_16: Vec<u8> = is_composing("<state>active</state>")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert!(matches!(
        IsComposing::parse(&utf_16),
        Err(IsComposingError::Xml(XmlError::Character { offset: 0 }))
    ));
}

/// Shows: ISC-6-01 (a prefix).
#[test]
fn a_prefix_is_as_good_as_the_default_namespace() {
    let document = "<c:isComposing xmlns:c=\"urn:ietf:params:xml:ns:im-iscomposing\">\
        <c:state>active</c:state></c:isComposing>";
    assert_eq!(tolerated(document, &[]), IsComposing::new(State::Active));
}

/// Shows: ISC-6-01 (the builder), ISC-8.1-01 (no charset).
#[test]
fn a_document_is_written_in_the_order_of_the_schema() {
    let mut status = IsComposing::new(State::Active);
    assert_eq!(
        String::from_utf8(status.to_xml().unwrap()).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state></isComposing>"
    );
    status.refresh = 90.try_into().ok();
    status.content_type = Some("text/plain".into());
    status.last_active = DateTime::parse_from_rfc3339("2003-01-27T10:43:00+01:00").ok();
    assert_eq!(
        String::from_utf8(status.to_xml().unwrap()).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state>\
         <lastactive>2003-01-27T10:43:00+01:00</lastactive><contenttype>text/plain</contenttype>\
         <refresh>90</refresh></isComposing>"
    );
    assert_eq!(IsComposing::MEDIA_TYPE, "application/im-iscomposing+xml");
}

/// Shows: ISC-8.1-01.
#[test]
fn the_media_type_is_known_in_any_spelling() {
    let is =
        |text: &str| IsComposing::is_media_type(&MediaType::parse(text.as_bytes(), Profile::Mime).unwrap());
    assert!(is("application/IM-isComposing+XML; charset=utf-8"));
    assert!(is(IsComposing::MEDIA_TYPE));
    assert!(!is("application/xml"));
    assert!(!is("text/im-iscomposing+xml"));
    // Without a declaration it is UTF-8.
    let document = is_composing("<state>été</state>");
    assert_eq!(tolerated(&document, &[]).state.as_str(), "été");
}

/// Shows: ISC-6-01 (the refresh interval).
#[test]
fn an_interval_is_a_positive_integer() {
    let refresh = |text: &str, expected: &[_]| {
        tolerated(
            &is_composing(&format!("<state>active</state><refresh>{text}</refresh>")),
            expected,
        )
        .refresh
        .map(|seconds| seconds.get())
    };
    for bad in ["0", "00", "-5", "x", "", "1.5", "6e1", "90s", "++9", "\u{661}"] {
        assert_eq!(refresh(bad, &[DocumentDeviation::BadRefresh]), None, "{bad}");
    }
    assert_eq!(refresh("5", &[]), Some(5));
    assert_eq!(refresh(" \n060 ", &[]), Some(60));
    assert_eq!(refresh("+60", &[]), Some(60));
    assert_eq!(refresh("18446744073709551616", &[]), Some(u64::MAX));
}

/// Shows: ISC-3.5-01 (the document).
#[test]
fn any_other_state_keeps_its_word() {
    for word in ["recording", "Active", "IDLE", "active idle"] {
        let state = tolerated(&is_composing(&format!("<state>{word}</state>")), &[]).state;
        assert_eq!(state, State::Other(word.into()));
        assert!(!state.is_active());
        assert_eq!(state.as_str(), word);
    }
    for (text, state) in [(" active\r\n", State::Active), ("\tidle ", State::Idle)] {
        assert_eq!(
            tolerated(&is_composing(&format!("<state>{text}</state>")), &[]).state,
            state
        );
    }
}

/// Shows: ISC-3.5-02.
#[test]
fn extensions_are_passed_over_and_details_allowed_in_either_state() {
    for state in ["active", "idle"] {
        let with = |inside: &str, expected: &[_]| {
            tolerated(
                &is_composing(&format!("<state>{state}</state>{inside}")),
                expected,
            )
        };
        let plain = with("", &[]);
        assert_eq!(with("<x:mood xmlns:x=\"urn:x\">ok</x:mood>", &[]), plain);
        assert_eq!(with("<x:state xmlns:x=\"urn:x\">active</x:state>", &[]), plain);
        for content_type in ["audio", "text/html"] {
            let status = with(&format!("<contenttype>{content_type}</contenttype>"), &[]);
            assert_eq!(status.content_type.as_deref(), Some(content_type));
            assert_eq!(
                IsComposing::parse_strict(&status.to_xml().unwrap()).unwrap(),
                status
            );
        }
        let status = with("<lastactive>2003-01-27T10:43:00Z</lastactive>", &[]);
        assert_eq!(status.last_active.unwrap().timestamp(), 1_043_664_180);

        for bad in ["yesterday", "2003-01-27T10:43:00", "2003-01-27", ""] {
            let document = format!("<lastactive>{bad}</lastactive>");
            assert_eq!(
                with(&document, &[DocumentDeviation::BadDateTime]).last_active,
                None
            );
        }
        for bad in ["text/", "/html", "a b", "", "é"] {
            let document = format!("<contenttype>{bad}</contenttype>");
            assert_eq!(
                with(&document, &[DocumentDeviation::BadContentType]).content_type,
                None,
                "{bad}"
            );
        }
    }
}

#[test]
fn any_order_will_do_but_nothing_twice() {
    let document = is_composing("<refresh>90</refresh><state>active</state>");
    let status = tolerated(&document, &[DocumentDeviation::Misplaced]);
    assert_eq!(status.state, State::Active);
    assert_eq!(status.refresh.unwrap().get(), 90);
    let unknown = is_composing("<state>active</state><mood>ok</mood>");
    assert_eq!(
        tolerated(&unknown, &[DocumentDeviation::UnknownElement]).state,
        State::Active
    );

    for element in [
        "<state>active</state>",
        "<lastactive>2003-01-27T10:43:00Z</lastactive>",
        "<contenttype>audio</contenttype>",
        "<refresh>90</refresh>",
    ] {
        let twice = is_composing(&format!("<state>active</state>{element}{element}"));
        assert!(matches!(fault(&twice), IsComposingError::Repeated { .. }));
    }
}

#[test]
fn what_cannot_be_read_cannot_be_written() {
    let built = |change: fn(&mut IsComposing)| {
        let mut status = IsComposing::new(State::Active);
        change(&mut status);
        status.to_xml().unwrap_err()
    };
    assert_eq!(
        built(|status| status.state = State::Other(" ".into())),
        IsComposingBuildError::EmptyState
    );
    assert_eq!(
        built(|status| status.state = State::Other("é\u{1}".into())),
        IsComposingBuildError::State { offset: 2 }
    );
    assert_eq!(
        built(|status| status.state = State::Other("x".repeat(65_536))),
        IsComposingBuildError::TooLong { limit: 65_536 }
    );
    for bad in ["", "a b", "text/", "a/b\u{1}", "text/<x>"] {
        let mut status = IsComposing::new(State::Active);
        status.content_type = Some(bad.into());
        assert_eq!(status.to_xml(), Err(IsComposingBuildError::ContentType), "{bad}");
    }
    assert_eq!(
        built(|status| status.last_active = Some(DateTime::<chrono::Utc>::MAX_UTC.fixed_offset())),
        IsComposingBuildError::LastActive
    );
}

/// RFC 3339 has no blank for the `T`.
#[test]
fn a_date_with_a_blank_is_none() {
    let document = is_composing("<state>idle</state><lastactive>2003-01-27 10:43:00Z</lastactive>");
    let status = tolerated(&document, &[DocumentDeviation::BadDateTime]);
    assert_eq!(status.last_active, None);
}
