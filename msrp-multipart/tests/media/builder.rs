//! Building and writing.

use msrp_multipart::{MediaType, MediaTypeError as Error, Profile};

use crate::{assert_clean, mime, msrp};

fn mixed(boundary: &str) -> Result<MediaType, Error> {
    MediaType::new("multipart", "mixed")?.with_parameter("boundary", boundary)
}

/// Shows: MIME45-5.1-03.
#[test]
fn values_are_quoted_if_they_have_to_be() {
    let written = |boundary: &str| mixed(boundary).unwrap().to_string();
    assert_eq!(written("abc"), "multipart/mixed;boundary=abc");
    assert_eq!(written("a:b"), r#"multipart/mixed;boundary="a:b""#);
    assert_eq!(written(r#"a"b\c"#), r#"multipart/mixed;boundary="a\"b\\c""#);
    assert_eq!(written(""), r#"multipart/mixed;boundary="""#);
    for special in "()<>@,;:/[]?= \t\u{e9}".chars() {
        let value = format!("a{special}");
        assert_eq!(written(&value), format!("multipart/mixed;boundary=\"{value}\""));
    }
    for control in (0..=0x1F)
        .chain([0x7F])
        .map(char::from)
        .filter(|&control| control != '\t')
    {
        assert_eq!(
            mixed(&format!("a{control}")),
            Err(Error::ControlCharacter { offset: 1 })
        );
    }
}

#[test]
fn what_is_built_passes_the_strict_parser() {
    for value in ["abc", "a:b", r#"a"b\c"#, "", "a b\t", "\u{fc}", "(x)", "a;b"] {
        let built = mixed(value).unwrap();
        assert_clean(built.to_string().as_bytes(), Profile::Msrp);
        assert_eq!(msrp(built.to_string().as_bytes()), built);
        assert_eq!(mime(built.to_string().as_bytes()), built);
    }
}

#[test]
fn what_is_read_is_written_in_canonical_form() {
    let read = mime(b"Text / Plain (x);\r\n Charset = \"UTF-8\"; Y = \"a\\b c\"; z");
    assert_eq!(read.to_string(), r#"Text/Plain;Charset=UTF-8;Y="ab c";z"#);
    assert_eq!(
        format!("{read:?}"),
        r#"MediaType(Text/Plain;Charset=UTF-8;Y="ab c";z)"#
    );
    assert_eq!(
        format!("{:>6}|{:<5}|", msrp(b"a/b"), msrp(b"c/d")),
        "   a/b|c/d  |"
    );
}

#[test]
fn parts_must_be_tokens() {
    assert_eq!(MediaType::new("", "b"), Err(Error::Type { offset: 0 }));
    assert_eq!(MediaType::new("a\r\n", "b"), Err(Error::Type { offset: 1 }));
    assert_eq!(MediaType::new("a", ""), Err(Error::Subtype { offset: 0 }));
    assert_eq!(MediaType::new("a", "b;c=d"), Err(Error::Subtype { offset: 1 }));
    let plain = MediaType::new("text", "plain").unwrap();
    assert_eq!(
        plain.clone().with_parameter("", "x"),
        Err(Error::ParameterName { offset: 0 })
    );
    assert_eq!(
        plain.clone().with_parameter("a b", "x"),
        Err(Error::ParameterName { offset: 1 })
    );
    assert_eq!(
        plain.with_parameter("\u{e9}", "x"),
        Err(Error::ParameterName { offset: 0 })
    );
}

#[test]
fn parameters_are_unique_and_limited() {
    let plain = MediaType::new("text", "plain")
        .unwrap()
        .with_parameter("x", "1")
        .unwrap();
    assert_eq!(
        plain.with_parameter("X", "1"),
        Err(Error::DuplicateParameter { offset: 0 })
    );
    let full = (0..MediaType::MAX_PARAMETERS).fold(MediaType::new("a", "b").unwrap(), |built, index| {
        built.with_parameter(&format!("p{index}"), "v").unwrap()
    });
    assert_clean(full.to_string().as_bytes(), Profile::Msrp);
    assert_eq!(
        full.with_parameter("q", "v"),
        Err(Error::TooManyParameters { offset: 0 })
    );
}

#[test]
fn literals_parse_strictly() {
    assert_eq!("message/cpim".parse(), MediaType::new("message", "cpim"));
    assert!("text/plain; charset=utf-8".parse::<MediaType>().is_err());
}
