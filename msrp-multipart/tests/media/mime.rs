//! The grammar of RFC 2045 §5.1, with what RFC 822 allows in structured fields.

use msrp_multipart::{Deviation, MediaType, MediaTypeError as Error, Profile};

use crate::{assert_clean, assert_deviates, assert_refused, mime, msrp};

/// Shows: MIME45-5.1-01.
#[test]
fn type_and_subtype_are_mandatory_tokens() {
    assert_eq!(mime(b"TEXT/Plain"), mime(b"text/plain"));
    assert_refused(b"text", Profile::Mime, Error::Slash { offset: 4 });
    assert_refused(b"text/", Profile::Mime, Error::Subtype { offset: 5 });
    assert_refused(b"/plain", Profile::Mime, Error::Type { offset: 0 });
    assert_refused(b"te xt/plain", Profile::Mime, Error::Slash { offset: 3 });
    for octet in 0..=u8::MAX {
        // Stated the other way round than in RFC 4975: all of US-ASCII but SPACE, CTLs and tspecials.
        let is_token = octet > b' ' && octet < 0x7F && !br#"()<>@,;:\"/[]?="#.contains(&octet);
        let word = [b't', octet, b't'];
        let read = MediaType::parse(&[&word, &b"/b"[..]].concat(), Profile::Mime);
        assert_eq!(
            read.is_ok_and(|read| read.type_().as_bytes() == word),
            is_token,
            "{octet:#04x}"
        );
    }
}

/// Shows: MIME45-5.1-02.
#[test]
fn parameters_are_tokens_or_quoted_strings_in_any_order() {
    let read = mime(br#"multipart/mixed; X="Ab\"c"; BOUNDARY=Q"#);
    assert_eq!(read.parameter("boundary"), Some(&b"Q"[..]));
    assert_eq!(read.parameter("x"), Some(&br#"Ab"c"#[..]));
    let names: Vec<_> = read.parameters().map(|parameter| parameter.name()).collect();
    assert_eq!(names, ["X", "BOUNDARY"]);
    assert_clean(br#"multipart/mixed; X="Ab\"c"; BOUNDARY=Q"#, Profile::Mime);

    assert_eq!(read, mime(br#"multipart/mixed; boundary="Q"; x="Ab\"c""#));
    assert_ne!(read, mime(br#"multipart/mixed; boundary=q; x="Ab\"c""#));
    assert_ne!(read, mime(b"multipart/mixed; boundary=Q"));
}

/// Shows: MIME45-5.1-04.
#[test]
fn comments_are_skipped() {
    let expected = mime(br#"text/plain; charset="us-ascii""#);
    for input in [
        &b"text/plain; charset=us-ascii (Plain (x) text)"[..],
        b"(a) text (b) / (c) plain (d) ; (e) charset (f) = (g) us-ascii (h)",
        b"text/plain(;x=y);charset(\")=us-ascii",
        br"text/plain (a \) \( b (\\)); charset=us-ascii",
        b"text/plain ((((())))()) ()\r\n (x\r\n\ty);charset=us-ascii",
    ] {
        assert_eq!(mime(input), expected, "{}", input.escape_ascii());
        assert_clean(input, Profile::Mime);
    }
    // Within quotes a parenthesis is nothing special.
    assert_eq!(mime(br#"a/b; x="(y)""#).parameter("x"), Some(&b"(y)"[..]));
}

#[test]
fn comments_have_to_be_sound() {
    assert_refused(b"a/b (", Profile::Mime, Error::UnterminatedComment { offset: 4 });
    assert_refused(
        b"a/b ((x)",
        Profile::Mime,
        Error::UnterminatedComment { offset: 4 },
    );
    assert_refused(
        br"a/b (x\)",
        Profile::Mime,
        Error::UnterminatedComment { offset: 4 },
    );
    assert_refused(
        br"a/b (x\",
        Profile::Mime,
        Error::UnterminatedComment { offset: 4 },
    );
    assert_refused(b"a/b (x\0)", Profile::Mime, Error::ControlCharacter { offset: 6 });
    assert_refused(
        b"a/b (x\\\0)",
        Profile::Mime,
        Error::ControlCharacter { offset: 7 },
    );
    assert_refused(b"a/b x)", Profile::Mime, Error::Separator { offset: 4 });
    assert_deviates(
        "a/b (\u{e9})".as_bytes(),
        Profile::Mime,
        &[(Deviation::NonAscii, 4)],
    );
}

#[test]
fn folded_lines_are_joined() {
    let expected = mime(b"a/b; x=\"c\td\"; y=z");
    assert_eq!(
        mime(b"\r\n a/b;\r\n\tx=\"c\r\n\td\";\r\n \r\n y=z\r\n "),
        expected
    );
    assert_clean(b"a/b;\r\n\tx=\"c\r\n\td\"", Profile::Mime);
    for input in [&b"a/b;\r\nx=y"[..], b"a/b;\nx=y", b"a/b;\n x=y", b"a/b;\r x=y"] {
        assert_refused(input, Profile::Mime, Error::ParameterName { offset: 4 });
    }
    assert_refused(
        b"a/b;x=\"c\r\nd\"",
        Profile::Mime,
        Error::ControlCharacter { offset: 8 },
    );
    assert_refused(
        b"a/b;x=\"c\\\r\n d\"",
        Profile::Mime,
        Error::ControlCharacter { offset: 9 },
    );
}

#[test]
fn any_character_may_be_escaped() {
    assert_eq!(
        mime(br#"a/b; x="\a\ \\\"""#).parameter("x"),
        Some(&br#"a \""#[..])
    );
    assert_clean(br#"a/b; x="\a\ \\\"""#, Profile::Mime);
}

#[test]
fn slips_with_one_reading_are_noted() {
    assert_deviates(b"a/b; x", Profile::Mime, &[(Deviation::MissingValue, 5)]);
    assert_deviates(b"a/b; x=y; ", Profile::Mime, &[(Deviation::EmptyParameter, 8)]);
    assert_deviates(b"a/b; x= (empty)", Profile::Mime, &[(Deviation::EmptyValue, 15)]);
    assert_deviates(
        "a/b; x=\"\u{e9}\"".as_bytes(),
        Profile::Mime,
        &[(Deviation::NonAscii, 7)],
    );
    let read = assert_deviates(
        b"a/b; type=Text/HTML (x)",
        Profile::Mime,
        &[(Deviation::UnquotedValue, 10)],
    );
    assert_eq!(read, msrp(br#"a/b;type="Text/HTML""#));
}
