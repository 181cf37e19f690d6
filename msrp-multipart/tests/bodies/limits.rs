use bytes::Bytes;
use msrp_multipart::{Headers, HeadersError, Limits, Multipart, ReadError, Reader};

use crate::{error, mixed, octets};

/// So many multiparts within each other.
fn nested(levels: usize) -> Bytes {
    let mut text = String::from("--b⏎");
    for level in 1..levels {
        text += &format!("Content-Type: multipart/mixed;boundary=b{level}⏎⏎--b{level}⏎");
    }
    octets(&(text + "⏎x"))
}

/// Shows: MIME46-5.1.2-02.
#[test]
fn depth_parts_and_fields() {
    let deepest = Multipart::parse(&mixed(), &nested(8)).unwrap();
    assert_eq!(deepest.parts().iter().map(|part| part.depth()).max(), Some(7));
    assert!(matches!(
        Multipart::parse(&mixed(), &nested(9)),
        Err(ReadError::TooDeep { .. })
    ));

    let many = |parts: usize| "--b⏎⏎x⏎".repeat(parts) + "--b--";
    assert_eq!(
        Multipart::parse(&mixed(), &octets(&many(100)))
            .unwrap()
            .parts()
            .len(),
        100
    );
    assert_eq!(
        error(&many(101)),
        ReadError::TooManyParts { offset: 100 * 10 + 5 }
    );

    let long = format!("--b⏎X: {}⏎⏎x⏎--b--", "y".repeat(Headers::MAX_LEN));
    assert_eq!(
        error(&long),
        ReadError::Headers {
            error: HeadersError::TooLong,
            offset: 5
        }
    );
    let limits = Limits { depth: 1, parts: 1 };
    let small = |text: &str| Multipart::parse_with(&mixed(), &octets(text), limits);
    assert!(small("--b⏎⏎x⏎--b--").is_ok());
    assert!(matches!(
        small("--b⏎⏎x⏎--b⏎⏎y"),
        Err(ReadError::TooManyParts { .. })
    ));
    assert!(matches!(
        Multipart::parse_with(&mixed(), &nested(2), limits),
        Err(ReadError::TooDeep { .. })
    ));
}

/// Fields without an end are given up before they are all kept.
#[test]
fn a_block_of_fields_without_an_end() {
    let mut reader = Reader::new(&mixed()).unwrap();
    let _ = reader.read(&mut octets("--b⏎"));
    let mut fed = 0;
    let error = loop {
        let mut input = Bytes::from_static(&[b'x'; 1000]);
        match reader.read(&mut input) {
            Ok(_) => fed += 1000,
            Err(error) => break error,
        }
        assert!(fed <= 2 * Headers::MAX_LEN);
    };
    assert!(matches!(
        error,
        ReadError::Headers {
            error: HeadersError::TooLong,
            offset: 5
        }
    ));
    // From then on it says the same.
    assert_eq!(reader.read(&mut octets("⏎⏎")).unwrap_err(), error);
    // Nor are they all kept if they come at once.
    let mut reader = Reader::new(&mixed()).unwrap();
    let mut input = Bytes::from([&b"--b\r\n"[..], &[b'x'; 10 * Headers::MAX_LEN]].concat());
    assert!(reader.read(&mut input).is_err());
    assert!(input.len() > 8 * Headers::MAX_LEN);
}

/// What was told before a fault stands.
#[test]
fn parts_before_a_fault_are_told() {
    let mut reader = Reader::new(&mixed()).unwrap();
    let mut input = octets("--b⏎⏎good⏎--b⏎Content-Type: a/b⏎Content-Type: c/d⏎⏎bad⏎--b--");
    let mut items = 0;
    let error = loop {
        match reader.read(&mut input) {
            Ok(Some(_)) => items += 1,
            Ok(None) => panic!("no fault"),
            Err(error) => break error,
        }
    };
    assert_eq!(items, 3);
    assert!(matches!(
        error,
        ReadError::Headers {
            error: HeadersError::DuplicateField { .. },
            ..
        }
    ));
}
