use msrp_multipart::{BoundaryError, Deviation, Multipart, ReadError};

use crate::{bodies, error, listed, media_type, multipart, octets};

/// Shows: MIME46-5.1.1-03.
#[test]
fn the_line_end_before_a_delimiter_is_part_of_it() {
    assert_eq!(bodies("--b⏎⏎x⏎--b--"), ["x"]);
    assert_eq!(bodies("--b⏎⏎x⏎⏎--b--"), ["x\r\n"]);
    assert_eq!(bodies("--b⏎⏎⏎--b--"), [""]);
    // The empty line of a part without a body, too: what is left of the part are its fields.
    let read = multipart("--b⏎⏎--b⏎A: b⏎⏎--b⏎A: b⏎--b⏎A: b⏎⏎⏎--b--");
    let parts: Vec<_> = read.parts().iter().map(|part| part.as_bytes()).collect();
    assert_eq!(
        parts,
        [&octets(""), &octets("A: b⏎"), &octets("A: b"), &octets("A: b⏎⏎")]
    );
}

/// Shows: MIME46-5.1.1-04 (the parser).
#[test]
fn blanks_behind_a_delimiter() {
    let read = multipart("--b \t⏎⏎x⏎--b-- ⏎");
    assert_eq!(read.parts().len(), 1);
    assert_eq!(read.parts()[0].body(), "x");
    assert!(read.deviations().is_empty());
}

/// Shows: MIME46-5.1.1-05.
#[test]
fn lines_that_only_look_like_a_delimiter() {
    for line in [
        "x--b", " --b", "--B", "--bc", "-- b", "--b-", "--b-x", "--b--x", "--b \tx", "-b", "--",
    ] {
        let text = format!("--b⏎⏎{line}⏎--b--");
        assert_eq!(bodies(&text), [line], "{line}");
        let text = format!("--b⏎⏎x⏎{line}⏎y⏎--b--");
        assert_eq!(bodies(&text), [format!("x\r\n{line}\r\ny")], "{line}");
    }
    // A lone LF or CR ends no line.
    assert_eq!(bodies("--b⏎⏎x\n--b\ny\r--b\r⏎--b--"), ["x\n--b\ny\r--b\r"]);
}

/// Shows: MIME46-5.1.1-06 (the parser).
#[test]
fn preamble_and_epilogue_are_passed_over() {
    assert_eq!(bodies("junk⏎--b⏎⏎x⏎--b--⏎tail⏎--b⏎⏎y"), ["x"]);
    let read = multipart("--b⏎⏎x⏎--b--");
    assert!(read.deviations().is_empty());
    assert_eq!(bodies("⏎--b⏎⏎x⏎--b--⏎"), ["x"]);
}

/// Shows: MIME46-5.1.1-08.
#[test]
fn parts_without_fields_and_parts_without_a_body() {
    let read = multipart("--b⏎⏎x⏎--b--");
    assert_eq!(
        (
            read.parts()[0].headers().fields().count(),
            &read.parts()[0].body()[..]
        ),
        (0, &b"x"[..])
    );
    let read = multipart("--b⏎Content-Type: text/plain⏎⏎--b--");
    assert_eq!(
        (
            read.parts()[0].headers().fields().count(),
            &read.parts()[0].body()[..]
        ),
        (1, &b""[..])
    );
    assert!(read.deviations().is_empty());
    let read = multipart("--b⏎Content-Type: text/plain⏎--b--");
    assert_eq!(
        (
            read.parts()[0].headers().fields().count(),
            &read.parts()[0].body()[..]
        ),
        (1, &b""[..])
    );
    assert_eq!(listed(read.deviations()), [Deviation::MissingBlankLine]);
    assert_eq!(
        listed(read.parts()[0].deviations()),
        [Deviation::MissingBlankLine]
    );
    let read = multipart("--b⏎--b--");
    assert_eq!(read.parts().len(), 1);
    assert_eq!(listed(read.deviations()), [Deviation::MissingBlankLine]);
}

/// Shows: MIME46-5.1.1-10.
#[test]
fn a_missing_closing_delimiter() {
    for (text, expected) in [
        ("--b⏎⏎x⏎--b⏎⏎y", vec!["x", "y"]),
        ("--b⏎⏎x⏎--b⏎", vec!["x"]),
        ("--b⏎⏎x⏎--b", vec!["x"]),
        ("--b⏎⏎x⏎--", vec!["x\r\n--"]),
        ("--b⏎⏎", vec![""]),
        ("--b⏎⏎x\r", vec!["x\r"]),
    ] {
        let read = multipart(text);
        assert_eq!(listed(read.deviations()), [Deviation::Unterminated], "{text}");
        let bodies: Vec<_> = read.parts().iter().map(|part| part.body().clone()).collect();
        assert_eq!(bodies, expected, "{text}");
        let strict = Multipart::parse_strict(&crate::mixed(), &octets(text));
        let deviation = Deviation::Unterminated;
        assert!(matches!(strict, Err(ReadError::Deviation { deviation: found, .. }) if found == deviation));
    }
    let cut = multipart("--b⏎Content-Type: text/html");
    assert!(cut.parts()[0].media_type().is("text/html"));
    let mut deviations = listed(cut.deviations());
    deviations.sort_by_key(|deviation| deviation.to_string());
    assert_eq!(deviations, [Deviation::Unterminated, Deviation::MissingBlankLine]);
    assert_eq!(bodies("--b⏎⏎x⏎--b--"), ["x"]);
}

/// Shows: MIME46-5.1-01 (the parser).
#[test]
fn at_least_one_part() {
    for text in ["--b--⏎", "--b--", "", "text", "--b", "--b⏎", "--c⏎⏎x⏎--c--"] {
        assert_eq!(error(text), ReadError::NoParts, "{text}");
    }
    assert_eq!(bodies("--b⏎⏎x⏎--b--").len(), 1);
}

/// Shows: MIME46-5.1.1-01, MIME46-5.1.1-02 (the parser).
#[test]
fn boundaries() {
    let parse = |text: &str, boundary: &str| {
        let body = octets(&format!("--{boundary}⏎⏎x⏎--{boundary}--"));
        Multipart::parse(&media_type(text), &body)
    };
    let missing = parse("multipart/mixed", "b");
    assert_eq!(missing.unwrap_err(), ReadError::Boundary(BoundaryError::Missing));
    let other = parse("text/plain;boundary=b", "b");
    assert_eq!(
        other.unwrap_err(),
        ReadError::Boundary(BoundaryError::NotMultipart)
    );
    let longest = "b".repeat(70);
    let read = parse(&format!("multipart/mixed;boundary={longest}"), &longest).unwrap();
    assert!(read.parts().len() == 1 && read.deviations().is_empty());
    let longer = "b".repeat(71);
    let read = parse(&format!("multipart/mixed;boundary={longer}"), &longer);
    assert_eq!(read.unwrap_err(), ReadError::Boundary(BoundaryError::TooLong));
    let empty = parse("multipart/mixed;boundary=\"\"", "");
    assert_eq!(empty.unwrap_err(), ReadError::Boundary(BoundaryError::Empty));
    let blank = parse("multipart/mixed;boundary=\"a \"", "a ");
    assert_eq!(blank.unwrap_err(), ReadError::Boundary(BoundaryError::BlankAtEnd));
    let inner_blank = parse("multipart/mixed;boundary=\"a b\"", "a b").unwrap();
    assert!(inner_blank.parts().len() == 1 && inner_blank.deviations().is_empty());
    let all = "'()+_,-./:=?09azAZ";
    let read = parse(&format!("multipart/mixed;boundary=\"{all}\""), all).unwrap();
    assert!(read.parts().len() == 1 && read.deviations().is_empty());
    let illegal = parse("multipart/mixed;boundary=a*b", "a*b").unwrap();
    assert_eq!(illegal.parts().len(), 1);
    assert_eq!(listed(illegal.deviations()), [Deviation::BadBoundary]);
    let strict = Multipart::parse_strict(
        &media_type("multipart/mixed;boundary=a*b"),
        &octets("--a*b⏎⏎x⏎--a*b--"),
    );
    let deviation = Deviation::BadBoundary;
    assert_eq!(strict.unwrap_err(), ReadError::Deviation { deviation, offset: 0 });
}

/// Shows: MIME45-2.9-01 (the parser).
#[test]
fn any_octets() {
    let body = [b"\x00\r\n\n\xff".as_slice(), &[b'a'; 2000]].concat();
    let whole = [b"--b\r\n\r\n", &body[..], b"\r\n--b--\r\n"].concat();
    let read = Multipart::parse(&crate::mixed(), &whole.into()).unwrap();
    assert_eq!(read.parts()[0].body(), &body);
}
