//! Content-Disposition (RFC 2183) with extended parameters (RFC 5987).

use msrp_multipart::{Deviation, Disposition, DispositionError as Error, MediaTypeError, Profile};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{PROFILES, properties::check};

#[track_caller]
fn mime(input: &[u8]) -> Disposition {
    Disposition::parse(input, Profile::Mime).unwrap()
}

#[track_caller]
fn deviations(input: &[u8]) -> (Disposition, Vec<Deviation>) {
    let (read, deviations) = Disposition::parse_with_deviations(input, Profile::Mime).unwrap();
    assert_eq!(
        Disposition::parse_strict(input, Profile::Mime).is_ok(),
        deviations.is_empty()
    );
    (read, deviations.iter().collect())
}

/// Shows: MIME83-2-01.
#[test]
fn a_type_and_parameters() {
    let (read, slips) = deviations(b"Attachment; FILENAME=\"a b.txt\"; size=12");
    assert_eq!((read.kind(), slips), ("Attachment", vec![]));
    assert!(read.is("attachment") && !read.is_rendered());
    assert_eq!(read.file_name().as_deref(), Some("a b.txt"));
    assert_eq!(read.size(), Some(12));

    let faulty = |input: &[u8]| Disposition::parse(input, Profile::Mime).unwrap_err();
    assert_eq!(faulty(b"; filename=x"), Error::Kind { offset: 0 });
    assert_eq!(faulty(b""), Error::Kind { offset: 0 });
    let separator = MediaTypeError::Separator { offset: 11 };
    assert_eq!(faulty(b"attachment filename=x"), Error::Parameters(separator));
    let second = MediaTypeError::DuplicateParameter { offset: 14 };
    assert_eq!(faulty(b"a; filename=x;Filename=y"), Error::Parameters(second));

    let (read, slips) = deviations(
        b"attachment; filename=genome.jpeg;\r\n modification-date=\"Wed, 12 Feb 1997 16:29:51 -0500\";",
    );
    assert_eq!(slips, [Deviation::EmptyParameter]);
    assert_eq!(read.parameters().len(), 2);
    assert_eq!(read.file_name().as_deref(), Some("genome.jpeg"));
}

/// Shows: MIME83-2-02.
#[test]
fn a_value_is_written_in_the_form_that_it_needs() {
    let written = |name: &str| Disposition::attachment().with_file_name(name).to_string();
    assert_eq!(written("a.txt"), "attachment;filename=a.txt");
    assert_eq!(written("a b.txt"), r#"attachment;filename="a b.txt""#);
    assert_eq!(written("a(1).txt"), r#"attachment;filename="a(1).txt""#);
    assert_eq!(written("a\"b\\"), r#"attachment;filename="a\"b\\""#);
    assert_eq!(written(""), r#"attachment;filename="""#);
    assert_eq!(written("\u{e9}.txt"), "attachment;filename*=UTF-8''%C3%A9.txt");
    let (fits, longer) = ("a".repeat(78), "a".repeat(79));
    assert_eq!(written(&fits), format!("attachment;filename={fits}"));
    assert_eq!(written(&longer), format!("attachment;filename*=UTF-8''{longer}"));

    let other = Disposition::new("x-new")
        .unwrap()
        .with_parameter("x", "\u{e9}")
        .unwrap();
    assert_eq!(other.to_string(), "x-new;x*=UTF-8''%C3%A9");
    assert_eq!(other.parameter("X").as_deref(), Some("\u{e9}"));
}

#[test]
fn no_text_becomes_another_header_or_parameter() {
    let hostile = "x\"\r\nStatus: 000 200 OK\r\n;size=1\0\u{1b}\t\u{7f}";
    let built = Disposition::attachment()
        .with_file_name(hostile)
        .with_parameter("note", hostile)
        .unwrap();
    let text = built.to_string();
    assert!(!text.contains(char::is_control), "{text}");
    let read = Disposition::parse_strict(text.as_bytes(), Profile::Msrp).unwrap();
    assert_eq!(read.file_name().as_deref(), Some(hostile));
    assert_eq!(read.parameter("note").as_deref(), Some(hostile));
    assert_eq!((read.size(), read.parameters().len()), (None, 2));

    assert_eq!(Disposition::new("a;b").unwrap_err(), Error::Kind { offset: 1 });
    assert_eq!(Disposition::new("").unwrap_err(), Error::Kind { offset: 0 });
    for (name, offset) in [("", 0), ("x\r\ny", 1), ("x*", 1)] {
        let error = Error::Parameters(MediaTypeError::ParameterName { offset });
        assert_eq!(
            Disposition::render().with_parameter(name, "v").unwrap_err(),
            error
        );
    }
}

/// Ruling C23.
#[test]
fn the_extended_form_goes_first_if_it_can_be_read() {
    for (input, name) in [
        (
            &b"attachment; filename=plain; filename*=UTF-8''%e2%82%ac%20rates"[..],
            "\u{20ac} rates",
        ),
        (b"attachment; FILENAME*=utf-8'en'a%41; filename=plain", "aA"),
        (b"attachment; filename*=iso-8859-1''%A3", "\u{a3}"),
        (b"attachment; filename*=us-ascii''a", "a"),
        ("attachment; filename=\"\u{e9}.txt\"".as_bytes(), "\u{e9}.txt"),
    ] {
        assert_eq!(mime(input).file_name().as_deref(), Some(name));
    }
    for value in [
        "UTF-8''%C3",
        "UTF-8''%4",
        "UTF-8''%zz",
        "koi8-r''a",
        "us-ascii''%C3%A9",
        "UTF-8'a",
        "a",
    ] {
        let input = format!("attachment; filename*={value}; filename=plain");
        let (read, slips) = deviations(input.as_bytes());
        assert_eq!(slips, [Deviation::BadExtendedValue], "{value}");
        assert_eq!(read.file_name().as_deref(), Some("plain"), "{value}");
    }
    assert_eq!(
        mime(b"attachment; filename=\"\xFF\"").file_name().as_deref(),
        Some("\u{fffd}")
    );
}

/// Shows: MIME83-2.7-01.
#[test]
fn a_size_is_decimal_digits() {
    assert_eq!(mime(b"attachment; size=0").size(), Some(0));
    assert_eq!(
        mime(b"attachment; size=18446744073709551615").size(),
        Some(u64::MAX)
    );
    for size in ["1k", "18446744073709551616", "+1", "\"\"", "-1", "0x10"] {
        let (read, slips) = deviations(format!("attachment; size={size}").as_bytes());
        assert_eq!((read.size(), slips), (None, vec![Deviation::BadSize]), "{size}");
    }
    let built = Disposition::attachment().with_size(7).with_size(4096);
    assert_eq!(built.to_string(), "attachment;size=4096");
}

/// Shows: MIME83-2.8-01 (what an absent header means is shown by `msrp-proto`).
#[test]
fn unknown_types_are_attachments() {
    let read = mime(b"x-new; filename=a.txt; x-other=y");
    assert!(!read.is_rendered());
    assert_eq!(read.file_name().as_deref(), Some("a.txt"));
    for shown in [&b"render"[..], b"inline", b"Inline; x=y"] {
        assert!(mime(shown).is_rendered());
    }
    assert_eq!(Disposition::default(), mime(b"RENDER"));
    assert_ne!(mime(b"render"), mime(b"inline"));
    assert_eq!(mime(b"a;x=1;y=2"), mime(b"A; Y=2; X=1"));
    assert_ne!(mime(b"a;x=1"), mime(b"a;x=1;y=2"));
}

#[test]
fn parameters_are_limited() {
    let mut built = Disposition::render();
    for index in 0..Disposition::MAX_PARAMETERS {
        built = built.with_parameter(&format!("n{index}"), "v").unwrap();
    }
    let offset = 0;
    let too_many = Error::Parameters(MediaTypeError::TooManyParameters { offset });
    assert_eq!(built.clone().with_parameter("x", "v").unwrap_err(), too_many);
    let named = built.with_file_name("a").with_size(1);
    assert_eq!(named.parameters().len(), Disposition::MAX_PARAMETERS);
    assert_eq!((named.file_name().as_deref(), named.size()), (Some("a"), Some(1)));
    assert_eq!(mime(named.to_string().as_bytes()), named);
    let twice = named.with_parameter("FileName", "b").unwrap_err();
    assert_eq!(
        twice,
        Error::Parameters(MediaTypeError::DuplicateParameter { offset })
    );
}

#[test]
fn what_is_built_and_written_reads_the_same() {
    let any_text = || vec(any::<char>(), 0..90).prop_map(String::from_iter);
    let cases = (
        "[!#-'*+.0-9A-Z^-~-]{1,8}",
        any_text(),
        any::<u64>(),
        "[a-z]{9}",
        any_text(),
    );
    check(&cases, |(kind, name, size, other, value)| {
        let built = Disposition::new(&kind)
            .unwrap()
            .with_file_name(&name)
            .with_size(size);
        let built = built.with_parameter(&other, &value).unwrap();
        let text = built.to_string();
        prop_assert!(
            text.bytes().all(|octet| (b' '..=b'~').contains(&octet)),
            "{}",
            text
        );
        for profile in PROFILES {
            let read = Disposition::parse(text.as_bytes(), profile).unwrap();
            prop_assert_eq!(&read, &built);
            prop_assert!(read.file_name().as_deref() == Some(&*name));
            prop_assert_eq!(read.size(), Some(size));
            prop_assert!(read.parameter(&other).as_deref() == Some(&*value));
        }
        prop_assert!(Disposition::parse_strict(text.as_bytes(), Profile::Msrp).is_ok());
        prop_assert!(Disposition::parse_strict(text.as_bytes(), Profile::Mime).is_ok());
        Ok(())
    });
}

#[test]
fn arbitrary_octets_do_no_harm() {
    let pieces: Vec<&[u8]> = vec![
        b"attachment",
        b";",
        b"filename",
        b"*",
        b"=",
        b"UTF-8''",
        b"%",
        b"C3",
        b"%A9",
        b"\"",
        b"\\",
        b" ",
        b"\r\n ",
        b"(",
        b")",
        b"size=",
        b"1",
        b"\xFF",
        b"'",
        b"\0",
    ];
    let likely = vec(select(pieces), 0..16).prop_map(|pieces| pieces.concat());
    let cases = prop_oneof![vec(any::<u8>(), 0..64), likely];
    check(&cases, |octets| {
        for profile in PROFILES {
            match Disposition::parse_with_deviations(&octets, profile) {
                Ok((read, slips)) => {
                    let strict = Disposition::parse_strict(&octets, profile);
                    prop_assert_eq!(strict.is_ok(), slips.is_empty());
                    let _ = (read.file_name(), read.size());
                    let mut written = Vec::new();
                    read.write(&mut written);
                    prop_assert_eq!(&Disposition::parse(&written, Profile::Mime).unwrap(), &read);
                }
                Err(error) => prop_assert!(error.offset() <= octets.len()),
            }
        }
        Ok(())
    });
}

#[test]
fn long_values_cost_linear_work() {
    for unit in [&b"%41"[..], b"%", b"'", b"a"] {
        let value = unit.repeat((1 << 20) / unit.len());
        let input = [b"attachment;filename*=UTF-8''", &value[..]].concat();
        let _ = mime(&input).file_name();
    }
}
