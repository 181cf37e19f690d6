//! Status codes, in responses and in the Status of a REPORT (RFC 4975 §9, §10).

use msrp_proto::wire::{ContinuationFlag, HeadError, StartLine, Status, StatusCode};

use crate::rewrite::rewrite;
use crate::support::{bodiless, decode};

/// Shows: MSRP-10-01.
#[test]
fn every_code_serves_in_responses_and_in_status_headers() {
    for number in 0..1000 {
        let code = StatusCode::new(number).unwrap();
        assert_eq!(code.to_string(), format!("{number:03}"));
        let response = bodiless(&format!("{code} x"), "");
        let report = bodiless(
            "REPORT",
            &format!("Message-ID: 12ab\r\nByte-Range: 1-5/5\r\nStatus: 000 {code} x\r\n"),
        );
        for stream in [response, report] {
            let decoded = decode(&stream);
            let frame = decoded.only();
            let found = match frame.head.start_line() {
                StartLine::Response(code) => Some(*code),
                _ => frame.head.status().map(|status| status.code),
            };
            assert_eq!(found, Some(code));
            let again = rewrite(&frame.head, None, ContinuationFlag::Complete);
            assert_eq!(again, Some(stream));
        }
    }
    assert_eq!(StatusCode::new(1000), None);
}

/// Shows: MSRP-9-20.
#[test]
fn a_status_has_a_namespace_a_code_and_an_optional_comment() {
    let with = |value: &str| {
        let decoded = decode(&bodiless(
            "REPORT",
            &format!("Message-ID: 1\r\nStatus: {value}\r\n"),
        ));
        let frame = decoded.only().clone();
        match frame.fault {
            Some(fault) => Err(fault),
            None => {
                let status = frame.head.status().unwrap();
                let comment = status.comment.map(<[u8]>::to_vec);
                Ok((status.namespace, status.code.as_u16(), comment))
            }
        }
    };
    assert_eq!(with("000 200"), Ok((0, 200, None)));
    assert_eq!(with("000 200 OK"), Ok((0, 200, Some(b"OK".to_vec()))));
    assert_eq!(with("123 408 x"), Ok((123, 408, Some(b"x".to_vec()))));
    assert_eq!(with("000 413 413"), Ok((0, 413, Some(b"413".to_vec()))));
    assert_eq!(
        with("000 200 not  one word"),
        Ok((0, 200, Some(b"not  one word".to_vec())))
    );
    for value in [
        "", "200", "0 200", "000 20", "000 2000", "0000 200", "000  200", "000\t200", "000 200x", "abc 200",
        "000 abc", "000200", "000 -20",
    ] {
        let illegal = HeadError::Illegal(msrp_proto::wire::Field::Status);
        assert_eq!(with(value), Err(illegal), "{value:?}");
    }
}

#[test]
fn any_2xx_is_success() {
    let successes = (0..1000).filter(|code| StatusCode::new(*code).unwrap().is_success());
    assert!(successes.eq(200..300));
}

/// Shows: RELAY-10.3-01.
#[test]
fn known_codes_have_a_comment() {
    assert_eq!(StatusCode::OK.comment(), "OK");
    assert_eq!(StatusCode::UNAUTHORIZED.comment(), "Unauthorized");
    assert_eq!(StatusCode::new(299).unwrap().comment(), "");
    assert_eq!(Status::new(StatusCode::OK).namespace, 0);
}
