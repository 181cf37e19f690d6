//! Lines, names, parameters and values.

use msrp_cpim::{CORE_NAMESPACE, Deviation, Message, ParseError};

use crate::{FROM_AND_TO, assert_clean, assert_deviates, assert_refused, names, octets, parse};

/// Shows: CPIM-2.2-02.
#[test]
fn a_folded_line_is_refused() {
    assert_refused(
        "Subject: a\r\n b\r\n",
        ParseError::LeadingWhitespace { offset: 12 },
    );
    assert_refused(" Subject: a\r\n", ParseError::LeadingWhitespace { offset: 0 });
    assert_refused(
        "Subject: a\r\n\tb\r\n",
        ParseError::LeadingWhitespace { offset: 12 },
    );
}

/// Shows: CPIM-2.2-03 (parser).
#[test]
fn a_space_at_the_end_of_a_line_is_kept_and_noted() {
    let message = assert_deviates("Subject: a \r\n", Deviation::TrailingWhitespace);
    assert_eq!(message.headers()[0].value(), "a ");
    assert_eq!(message.headers()[0].text(), "a ");
}

#[test]
fn an_empty_value_ends_with_its_space() {
    let message = assert_clean("Subject: \r\n");
    assert_eq!(message.headers()[0].value(), "");
    assert_deviates("Subject:  \r\n", Deviation::TrailingWhitespace);
}

/// Shows: CPIM-2.2-04.
#[test]
fn a_line_may_be_very_long() {
    let message = assert_clean(&format!("Subject: {}\r\n", "a".repeat(100_000)));
    assert_eq!(message.headers()[0].value().len(), 100_000);
}

/// Shows: CPIM-2.2-05 (parser).
#[test]
fn headers_are_utf8() {
    assert_eq!(assert_clean("Subject: é\r\n").headers()[0].text(), "é");
    for illegal in [
        &b"\xFF"[..],
        b"\xC0\x80",
        b"\xED\xA0\x80",
        b"\xF8\x88\x80\x80\x80",
    ] {
        let octets = [b"Subject: ", illegal, b"\r\n\r\nContent-Type: a/b\r\n\r\n"].concat();
        let error = Err(ParseError::InvalidUtf8 { offset: 9 });
        assert_eq!(Message::parse(&octets.into()), error);
    }
    // The content may be anything.
    let octets = b"Subject: a\r\n\r\nContent-Type: a/b\r\n\r\n\xFF\xC0\x80".to_vec();
    assert_eq!(
        Message::parse(&octets.into()).unwrap().content().body,
        &b"\xFF\xC0\x80"[..]
    );
}

/// Shows: CPIM-2.2-06.
#[test]
fn control_characters_are_refused() {
    let with_lf = "From: <im:a@x.example>\nTo: <im:b@x.example>\n\nContent-Type: text/plain\n\nhi";
    let error = Err(ParseError::ControlChar { offset: 22 });
    assert_eq!(Message::parse(&with_lf.into()), error);
    assert_eq!(Message::parse(&format!("{with_lf}\r\n\r\n").into()), error);

    for control in (0..0x20).chain([0x7F]).map(char::from) {
        let headers = format!("Subject: a{control}b\r\n");
        assert_refused(&headers, ParseError::ControlChar { offset: 10 });
    }
    // In names and parameters, too; a CR before the CR LF as well.
    assert_refused("Sub\0ject: a\r\n", ParseError::ControlChar { offset: 3 });
    assert_refused("Subject:;p=\"\t\" a\r\n", ParseError::ControlChar { offset: 12 });
    assert_refused("Subject: a\r\r\n", ParseError::ControlChar { offset: 10 });
}

/// Shows: CPIM-2.2-08 (parser).
#[test]
fn one_space_follows_the_colon() {
    let message = assert_clean("Subject:  x\r\n");
    assert_eq!(message.headers()[0].value(), " x");
    let message = assert_deviates("Subject:x\r\n", Deviation::MissingSpace);
    assert_eq!(message.headers()[0].value(), "x");
    let message = assert_deviates("Subject:;p=\"1\"x\r\n", Deviation::MissingSpace);
    assert_eq!(message.headers()[0].value(), "x");
}

/// Shows: CPIM-2.2-10.
#[test]
fn case_counts_in_names() {
    let message = assert_clean("from: <im:a@x.example>\r\n");
    assert_eq!(message.from(), None);
    assert_eq!(names(message.extension_headers()), ["from"]);
}

/// Shows: CPIM-2.2-11.
#[test]
fn unknown_headers_do_no_harm() {
    let message = assert_clean(&format!("{FROM_AND_TO}Zorg: 1\r\n"));
    assert_eq!(names(message.extension_headers()), ["Zorg"]);
    assert_eq!(message.from().unwrap().unwrap().uri(), "im:a@x.example");
    assert!(message.check_required(|_, _| false).is_ok());
}

/// Shows: CPIM-3.1-01 (parser).
#[test]
fn names_of_headers() {
    let all = "ABCXYZabcxyz0189!#$%&'*+-^_`|~";
    let message = assert_clean(&format!("{all}: v\r\n"));
    assert_eq!(message.headers()[0].name(), all);
    assert_eq!(message.headers()[0].prefix(), None);

    let message = assert_clean("NS: ns <urn:x>\r\nns.Name: v\r\n");
    assert_eq!(message.headers()[1].prefix(), Some("ns"));
    assert_eq!(message.headers()[1].name(), "Name");

    let illegal = [
        ("Sub/ject: x", 3),
        ("Süb: x", 1),
        (": x", 0),
        ("a.b.c: v", 3),
        (".a: v", 0),
        ("a.: v", 2),
        ("Subject : x", 7),
        ("no colon", 2),
        ("nocolon", 7),
    ];
    for (line, offset) in illegal {
        assert_refused(&format!("{line}\r\n"), ParseError::BadHeaderName { offset });
    }
    for separator in "()<>@,;\\\"/[]?={} ".chars() {
        assert_refused(
            &format!("a{separator}b: v\r\n"),
            ParseError::BadHeaderName { offset: 1 },
        );
    }
}

/// Shows: CPIM-3.3-01 (parser), MSRP-13-09.
#[test]
fn languages() {
    let message = assert_clean("Subject:;lang=fr Objet de message\r\n");
    let subject = message.subject("fr").unwrap();
    assert_eq!(
        (&*subject.language(), &*subject.text()),
        ("fr", "Objet de message")
    );
    assert_eq!(
        message.to_bytes(),
        octets("Subject:;lang=fr Objet de message\r\n")
    );

    let message = assert_clean("Subject: x\r\n");
    assert_eq!(message.subject("fr").unwrap().language(), "i-default");
    assert_clean("Subject:;lang=zh-Hant-TW x\r\n");
    assert_deviates("Subject:;lang=\"fr\" x\r\n", Deviation::BadLanguage);
    assert_deviates("Subject:;lang=fr_FR x\r\n", Deviation::BadLanguage);
}

/// Shows: CPIM-4.5-01.
#[test]
fn a_subject_is_chosen_by_its_language() {
    let message = parse("Subject: hi\r\nSubject:;lang=fr salut\r\nSubject:;lang=pt-BR oi\r\n");
    let subject = |language| message.subject(language).unwrap().text();
    assert_eq!(subject("fr"), "salut");
    assert_eq!(subject("FR"), "salut");
    assert_eq!(subject("de"), "hi");
    assert_eq!(subject("pt"), "oi");
    assert_eq!(subject("p"), "hi");
    let languages: Vec<_> = message.subjects().map(|subject| subject.language()).collect();
    assert_eq!(languages, ["i-default", "fr", "pt-BR"]);
}

/// Shows: CPIM-3.6-01.
#[test]
fn parameters() {
    let message = assert_clean("X:;p=\"a; b \\\"c\\\"\";n=12 v\r\n");
    let header = &message.headers()[0];
    let parameters: Vec<_> = header.parameters().collect();
    assert_eq!(parameters, [("p", "a; b \"c\"".into()), ("n", "12".into())]);
    assert_eq!(header.value(), "v");
    assert_eq!(header.parameter("N"), None);

    for (line, offset) in [
        ("X:; v", 3),
        ("X:;p v", 3),
        ("X:;p= v", 3),
        ("X:;=1 v", 3),
        ("X:;p=\"1 v", 3),
        ("X:;p=\"1\\\" v", 3),
        ("X:;p=1;q v", 7),
    ] {
        assert_refused(&format!("{line}\r\n"), ParseError::BadParameter { offset });
    }
    assert_refused("X:;p=1;p=1 v\r\n", ParseError::DuplicateParameter { offset: 7 });
}

/// Shows: CPIM-4.4-01 (parser).
#[test]
fn dates() {
    for text in [
        "2000-12-13T13:40:00-08:00",
        "2001-02-01T12:16:49Z",
        "2001-02-01T12:16:49.5Z",
        "1998-12-31T23:59:60Z",
    ] {
        let message = assert_clean(&format!("DateTime: {text}\r\n"));
        assert_eq!(message.date_time().unwrap().unwrap().as_str(), text);
    }
    let message = assert_clean("DateTime: 2000-12-13T13:40:00-08:00\r\n");
    let instant = message.date_time().unwrap().unwrap().instant();
    assert_eq!(instant.timestamp(), 976_743_600);
    assert_eq!(instant.offset().local_minus_utc(), -8 * 3600);

    for text in [
        "2001-02-30T00:00:00Z",
        "2001-02-01 12:16",
        "2001-02-01 12:16:49Z",
        "2001-02-01T12:16:49",
        "2001-02-01T12:16:49\u{2212}05:00",
        "2001-02-01T24:16:49Z",
        "Thu, 01 Feb 2001 12:16:49 GMT",
    ] {
        let message = assert_deviates(&format!("DateTime: {text}\r\n"), Deviation::BadDateTime);
        assert!(message.date_time().unwrap().is_err(), "{text}");
        assert_eq!(message.header(CORE_NAMESPACE, "DateTime").unwrap().value(), text);
    }
}
