//! The grammar of RFC 4975 §9.

use msrp_multipart::{Deviation, MediaType, MediaTypeError as Error, Profile};

use crate::{assert_clean, assert_deviates, assert_refused, msrp};

const TOKEN: &[u8] = b"!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~";

/// Shows: MSRP-9-22.
#[test]
fn media_type_has_two_tokens_and_parameters() {
    let plain = msrp(b"text/plain;charset=UTF-8");
    assert_eq!(
        (plain.type_(), plain.subtype(), plain.charset()),
        ("text", "plain", Some("UTF-8"))
    );
    assert_clean(b"text/plain;charset=UTF-8", Profile::Msrp);

    let flag = msrp(b"a/b;x");
    assert_eq!(
        flag.parameters().next().map(|x| (x.name(), x.value())),
        Some(("x", None))
    );
    assert_eq!(flag.parameter("x"), Some(&b""[..]));
    assert_clean(b"a/b;x", Profile::Msrp);

    assert_eq!(msrp(br#"a/b;x="q;\"q""#).parameter("x"), Some(&br#"q;"q"#[..]));
    assert_clean(br#"a/b;x="q;\"q""#, Profile::Msrp);

    assert_refused(b"text", Profile::Msrp, Error::Slash { offset: 4 });
    assert_refused(b"text/", Profile::Msrp, Error::Subtype { offset: 5 });
    assert_refused(b"text/;x=y", Profile::Msrp, Error::Subtype { offset: 5 });
    assert_refused(b"/plain", Profile::Msrp, Error::Type { offset: 0 });
    assert_refused(b"", Profile::Msrp, Error::Type { offset: 0 });
    assert_refused(
        b"text/plain;=x",
        Profile::Msrp,
        Error::ParameterName { offset: 11 },
    );

    let spaced = assert_deviates(
        b"text/plain; charset=UTF-8",
        Profile::Msrp,
        &[(Deviation::Blank, 11)],
    );
    assert_eq!(spaced, plain);
}

/// Shows: MSRP-9-23.
#[test]
fn tokens_are_made_of_the_listed_octets() {
    for octet in 0..=u8::MAX {
        let is_token = TOKEN.contains(&octet);
        let word = [b't', octet, b't'];
        let read = |before: &[u8], after: &[u8]| {
            MediaType::parse(&[before, &word, after].concat(), Profile::Msrp).ok()
        };
        let type_ = read(b"", b"/b").is_some_and(|read| read.type_().as_bytes() == word);
        assert_eq!(type_, is_token, "type with {octet:#04x}");
        let subtype = read(b"a/", b"").is_some_and(|read| read.subtype().as_bytes() == word);
        assert_eq!(subtype, is_token, "subtype with {octet:#04x}");
        let name = read(b"a/b;", b"=1").is_some_and(|read| {
            read.parameters()
                .any(|parameter| parameter.name().as_bytes() == word)
        });
        assert_eq!(name, is_token, "parameter name with {octet:#04x}");
        let value = MediaType::parse_strict(&[b"a/b;x=", &word[..]].concat(), Profile::Msrp)
            .is_ok_and(|read| read.parameter("x") == Some(&word[..]));
        assert_eq!(value, is_token, "parameter value with {octet:#04x}");
        let built = MediaType::new(&String::from_utf8_lossy(&word), "b");
        assert_eq!(built.is_ok(), is_token, "built type with {octet:#04x}");
    }
    assert_eq!(msrp(b"Text/PLAIN;Format=x"), msrp(b"tEXT/plain;fORMAT=x"));
}

/// Shows: MSRP-9-24.
#[test]
fn quoted_strings_escape_two_characters() {
    let value = |input: &[u8]| {
        msrp(&[b"a/b;x=", input].concat())
            .parameter("x")
            .map(<[u8]>::to_vec)
    };
    assert_eq!(value(br#""a\"b""#).unwrap(), br#"a"b"#);
    assert_eq!(value(br#""a\\b""#).unwrap(), br"a\b");
    assert_eq!(value(br#""\\\"""#).unwrap(), br#"\""#);
    assert_eq!(
        value("\"\t h\u{fc} \u{1F600}\"".as_bytes()).unwrap(),
        "\t h\u{fc} \u{1F600}".as_bytes()
    );
    assert_eq!(value(br#""""#).unwrap(), b"");
    for clean in [
        &br#"a/b;x="a\"b\\""#[..],
        "a/b;x=\"\t h\u{fc}\"".as_bytes(),
        br#"a/b;x="""#,
    ] {
        assert_clean(clean, Profile::Msrp);
    }

    let read = assert_deviates(
        br#"a/b;x="a\nb""#,
        Profile::Msrp,
        &[(Deviation::NeedlessEscape, 6)],
    );
    assert_eq!(read.parameter("x"), Some(&b"anb"[..]));

    assert_refused(
        b"a/b;x=\"a\nb\"",
        Profile::Msrp,
        Error::ControlCharacter { offset: 8 },
    );
    assert_refused(
        b"a/b;x=\"a\\\nb\"",
        Profile::Msrp,
        Error::ControlCharacter { offset: 9 },
    );
    for unterminated in [
        &br#"a/b;x=""#[..],
        br#"a/b;x="a"#,
        br#"a/b;x="a\"#,
        br#"a/b;x="a\""#,
    ] {
        assert_refused(
            unterminated,
            Profile::Msrp,
            Error::UnterminatedString { offset: 6 },
        );
    }
}

#[test]
fn quoted_strings_hold_no_control_character_but_the_tabulator() {
    for octet in (0..=0x1F).chain([0x7F]) {
        let input = [b"a/b;x=\"", &[octet][..], b"\""].concat();
        if octet == b'\t' {
            assert_clean(&input, Profile::Msrp);
        } else {
            assert_refused(&input, Profile::Msrp, Error::ControlCharacter { offset: 7 });
        }
    }
}

/// Ruling R-17: the octets count, whether they are text or not.
#[test]
fn values_may_be_any_octets_above_ascii() {
    for octets in [
        &b"\xFF"[..],
        b"\xC0\x80",
        b"\xED\xA0\x80",
        b"\xF8\x88\x80\x80\x80",
    ] {
        let input = [b"a/b;x=\"", octets, b"\""].concat();
        let read = assert_deviates(&input, Profile::Msrp, &[(Deviation::NotUtf8, 6)]);
        assert_eq!(read.parameter("x"), Some(octets));
        assert_eq!(read.parameter_str("x"), None);
        let mut written = Vec::new();
        read.write(&mut written);
        assert_eq!(written, input);
    }
}

/// Ruling R-10.
#[test]
fn blanks_are_tolerated_between_elements_only() {
    let expected = msrp(b"a/b;x=y;z");
    for blank in [&b" "[..], b"\t", b" \t "] {
        let input = [&b"a"[..], b"/", b"b", b";", b"x", b"=", b"y", b";", b"z", b""].join(blank);
        let read = assert_deviates(&input, Profile::Msrp, &[(Deviation::Blank, 1)]);
        assert_eq!(read, expected);
    }
    assert_deviates(b" a/b ", Profile::Msrp, &[(Deviation::Blank, 0)]);
    assert_refused(b"te xt/plain", Profile::Msrp, Error::Slash { offset: 3 });
    assert_refused(b"text/pl ain", Profile::Msrp, Error::Separator { offset: 8 });
    assert_refused(b"a/b;x=y z", Profile::Msrp, Error::Separator { offset: 8 });
}

/// Ruling C21, from the samples of RFC 2183 and RFC 2387.
#[test]
fn slips_with_one_reading_are_noted() {
    let trailing = assert_deviates(b"a/b;x=y;", Profile::Msrp, &[(Deviation::EmptyParameter, 7)]);
    assert_eq!(trailing, msrp(b"a/b;x=y"));
    let doubled = assert_deviates(b"a/b;;x=y", Profile::Msrp, &[(Deviation::EmptyParameter, 3)]);
    assert_eq!(doubled, msrp(b"a/b;x=y"));

    let related = assert_deviates(
        b"multipart/related;type=Text/HTML;boundary=b",
        Profile::Msrp,
        &[(Deviation::UnquotedValue, 23)],
    );
    assert_eq!(related.parameter("type"), Some(&b"Text/HTML"[..]));
    assert_eq!(related.parameter("boundary"), Some(&b"b"[..]));
    let dashes = assert_deviates(
        b"multipart/mixed;boundary=----=_Part:1?",
        Profile::Msrp,
        &[(Deviation::UnquotedValue, 25)],
    );
    assert_eq!(dashes.parameter("boundary"), Some(&b"----=_Part:1?"[..]));

    let empty = assert_deviates(b"a/b;x=;y=z", Profile::Msrp, &[(Deviation::EmptyValue, 6)]);
    assert_eq!(empty.parameter("x"), Some(&b""[..]));
}

/// Ruling C21.
#[test]
fn a_parameter_needs_the_semicolon_before_it() {
    let sample = b"Multipart/Related; boundary=example-1 start=\"<x@y>\"";
    assert_refused(sample, Profile::Msrp, Error::Separator { offset: 38 });
    assert_refused(sample, Profile::Mime, Error::Separator { offset: 38 });
    assert_refused(br#"a/b;x="1"y=2"#, Profile::Msrp, Error::Separator { offset: 9 });
    assert_refused(b"a/b;x=1,c/d", Profile::Msrp, Error::Separator { offset: 7 });
    assert_refused(b"a/b;x=(c)", Profile::Msrp, Error::ParameterValue { offset: 6 });
}

#[test]
fn comments_and_folds_belong_to_mime() {
    assert_refused(b"text/plain (x)", Profile::Msrp, Error::Separator { offset: 11 });
    assert_refused(
        b"text/plain;\r\n x=y",
        Profile::Msrp,
        Error::ParameterName { offset: 11 },
    );
    assert_refused(b"text/plain\r\n", Profile::Msrp, Error::Separator { offset: 10 });
}

#[test]
fn repeated_names_must_agree() {
    let read = assert_deviates(
        b"a/b;x=1;X=\"1\"",
        Profile::Msrp,
        &[(Deviation::RepeatedParameter, 8)],
    );
    assert_eq!(read, msrp(b"a/b;x=1"));
    assert_deviates(
        b"a/b;charset=utf-8;charset=UTF-8",
        Profile::Msrp,
        &[(Deviation::RepeatedParameter, 18)],
    );
    assert_refused(
        b"a/b;x=1;y=1;X=2",
        Profile::Msrp,
        Error::DuplicateParameter { offset: 12 },
    );
    assert_refused(
        b"a/b;x=a;x=A",
        Profile::Msrp,
        Error::DuplicateParameter { offset: 8 },
    );
    assert_refused(
        b"a/b;x;x=\"\"",
        Profile::Msrp,
        Error::DuplicateParameter { offset: 6 },
    );
}

#[test]
fn parameters_are_limited() {
    let with = |count: usize| {
        let mut input = b"a/b".to_vec();
        (0..count).for_each(|index| input.extend_from_slice(format!(";p{index}=v").as_bytes()));
        input
    };
    let most = with(MediaType::MAX_PARAMETERS);
    assert_eq!(msrp(&most).parameters().len(), MediaType::MAX_PARAMETERS);
    let offset = most.len() + 1;
    assert_refused(
        &with(MediaType::MAX_PARAMETERS + 1),
        Profile::Msrp,
        Error::TooManyParameters { offset },
    );
}
