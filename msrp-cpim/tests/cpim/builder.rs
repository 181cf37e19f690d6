//! What is built, and what is not.

use msrp_cpim::{BuildError, CORE_NAMESPACE, DateTime, Header, Message, MessageBuilder, Single};
use msrp_multipart::{ContentId, Entity, Headers};

use crate::{address, lines, text};

fn builder() -> MessageBuilder {
    Message::builder()
        .from(address("im:a@x.example"))
        .to(address("im:b@x.example"))
}

fn date() -> DateTime {
    DateTime::parse("2001-02-01T12:16:49-05:00").unwrap()
}

#[track_caller]
fn error<T: std::fmt::Debug>(result: Result<T, BuildError>) -> BuildError {
    result.unwrap_err()
}

/// Shows: CPIM-2.2-08 (builder), CPIM-4.6-01 (builder), CPIM-4.3-01 (builder), CPIM-3.3-01 (builder), CPIM-4.4-01
/// (builder), CPIM-3.4-01 (builder).
#[test]
fn the_octets_of_a_message() {
    let message = Message::builder()
        .to(address("im:b@x.example").with_name("Doe, J."))
        .to(address("im:c@x.example"))
        .cc(address("im:d@x.example").with_name("D"))
        .from(address("im:a@x.example").with_name("MR SANDERS"))
        .date_time(date())
        .subject_in("fr", "Objet de message")
        .unwrap()
        .namespace("A", "urn:a")
        .unwrap()
        .namespace("B", "mid:F@id.x.example")
        .unwrap()
        .require("A.x")
        .unwrap()
        .require("B.y")
        .unwrap()
        .header(
            Header::new("A.x", " two")
                .unwrap()
                .with_parameter("p", "a; \"b\"")
                .unwrap(),
        )
        .unwrap()
        .header(
            Header::from_value("B.z", "\"\\t\"")
                .unwrap()
                .with_parameter("n", "12")
                .unwrap(),
        )
        .unwrap()
        .build(text())
        .unwrap();
    let expected = "From: MR SANDERS <im:a@x.example>\r\n\
                    To: \"Doe, J.\"<im:b@x.example>\r\n\
                    To: <im:c@x.example>\r\n\
                    cc: D <im:d@x.example>\r\n\
                    DateTime: 2001-02-01T12:16:49-05:00\r\n\
                    Subject:;lang=fr Objet de message\r\n\
                    NS: A <urn:a>\r\n\
                    NS: B <mid:F@id.x.example>\r\n\
                    Require: A.x,B.y\r\n\
                    A.x:;p=\"a; \\\"b\\\"\"  two\r\n\
                    B.z:;n=12 \"\\t\"\r\n\
                    \r\n\
                    Content-Type: text/plain;charset=utf-8\r\n\
                    \r\n\
                    hi";
    assert_eq!(message.to_bytes(), expected);
    assert_eq!(Message::parse_strict(&message.to_bytes()), Ok(message.clone()));
    assert!(message.header("urn:a", "x").is_some());
    assert_eq!(message.content(), &text());
}

/// Shows: CPIM-2.2-03 (builder).
#[test]
fn no_line_ends_with_a_space() {
    assert_eq!(error(builder().subject("a ")), BuildError::TrailingWhitespace);
    assert_eq!(error(builder().subject(" ")), BuildError::TrailingWhitespace);
    assert_eq!(
        error(builder().subject_in("fr", "a ")),
        BuildError::TrailingWhitespace
    );
    assert_eq!(error(Header::new("A.x", "a ")), BuildError::TrailingWhitespace);
    assert_eq!(
        error(Header::from_value("A.x", "a ")),
        BuildError::TrailingWhitespace
    );
    // Empty headers are left out (ruling C4).
    let message = builder().subject("").unwrap().build(text()).unwrap();
    assert_eq!(lines(&message).len(), 2);
    // A blank that is written as an escape is no space.
    assert_eq!(
        lines(&builder().subject("a\t").unwrap().build(text()).unwrap())[2],
        "Subject: a\\t"
    );
}

/// Shows: CPIM-3.1-01 (builder).
#[test]
fn names() {
    for (name, offset) in [
        ("", 0),
        ("a.", 2),
        (".a", 0),
        ("a.b.c", 3),
        ("a b", 1),
        ("a:b", 1),
        ("a\r\nb", 1),
        ("é", 0),
    ] {
        assert_eq!(
            error(Header::new(name, "v")),
            BuildError::BadHeaderName { offset },
            "{name:?}"
        );
        let error = error(builder().require(name));
        assert_eq!(error, BuildError::BadHeaderName { offset }, "{name:?}");
    }
    for (prefix, offset) in [("", 0), ("a.b", 1), ("a b", 1), ("a\r\n", 1)] {
        let error = error(builder().namespace(prefix, "urn:x"));
        assert_eq!(error, BuildError::BadHeaderName { offset });
    }
    let all = "ABCXYZabcxyz0189!#$%&'*+-^_`|~";
    let header = Header::new(&format!("{all}.{all}"), "v").unwrap();
    let message = builder()
        .namespace(all, "urn:x")
        .unwrap()
        .header(header)
        .unwrap()
        .build(text())
        .unwrap();
    assert_eq!(message.header("urn:x", all).unwrap().prefix(), Some(all));
}

#[test]
fn languages_and_parameters() {
    for tag in ["", "f r", "fr_FR", "fr\r\nTo: ", "toolonglanguage", "fr-", "1a"] {
        assert_eq!(
            error(builder().subject_in(tag, "a")),
            BuildError::BadLanguage,
            "{tag:?}"
        );
    }
    let header = || Header::new("A.x", "v").unwrap();
    assert_eq!(
        error(header().with_parameter("a=b", "c")),
        BuildError::BadHeaderName { offset: 1 }
    );
    assert_eq!(
        error(header().with_parameter("", "c")),
        BuildError::BadHeaderName { offset: 0 }
    );
    assert_eq!(
        error(header().with_parameter("lang", "fr")),
        BuildError::BadLanguage
    );
    let once = header().with_parameter("p", "").unwrap();
    assert_eq!(
        error(once.clone().with_parameter("p", "1")),
        BuildError::ExtraParameter
    );
    let many = (0..32).fold(header(), |header, index| {
        header.with_parameter(&format!("p{index}"), "").unwrap()
    });
    assert_eq!(error(many.with_parameter("q", "1")), BuildError::ExtraParameter);

    let evil = "\"\r\nTo: <im:evil@x.example>;a=b";
    let header = header().with_parameter("p", evil).unwrap();
    let message = builder()
        .namespace("A", "urn:a")
        .unwrap()
        .header(header)
        .unwrap()
        .build(text())
        .unwrap();
    let read = message.header("urn:a", "x").unwrap();
    assert_eq!(read.parameters().collect::<Vec<_>>(), [("p", evil.into())]);
    assert_eq!((read.value(), message.to().count()), ("v", 1));
}

/// Shows: CPIM-3.4-02 (builder).
#[test]
fn a_prefix_is_declared_first() {
    let header = || Header::new("x.H", "v").unwrap();
    assert_eq!(error(builder().header(header())), BuildError::UndeclaredPrefix);
    assert_eq!(error(builder().require("x.H")), BuildError::UndeclaredPrefix);
    assert!(
        builder()
            .namespace("x", "urn:x")
            .unwrap()
            .header(header())
            .is_ok()
    );
    let declared = builder().namespace("x", "urn:x").unwrap();
    assert_eq!(
        error(declared.clone().namespace("x", "urn:y")),
        BuildError::PrefixInUse
    );
    let twice = declared.namespace("x", "urn:x").unwrap().build(text()).unwrap();
    assert_eq!(lines(&twice)[2..], ["NS: x <urn:x>"]);
}

/// Shows: CPIM-3.4-05.
#[test]
fn uris_of_namespaces() {
    for uri in [
        "../x",
        "x/y",
        "http://x/#f",
        "",
        "urn:",
        "urn:x>\r\nTo: <im:e@x.example",
        "urn:a b",
        "urn:é",
    ] {
        assert_eq!(
            error(builder().namespace("x", uri)),
            BuildError::BadNamespaceUri,
            "{uri:?}"
        );
    }
    for uri in ["mid:F@id.x.example", "urn:ietf:params:imdn", "http://x/"] {
        assert!(builder().namespace("x", uri).is_ok());
    }
}

/// Shows: CPIM-2.4-01 (builder).
#[test]
fn content_has_a_type() {
    let headers = Headers::default()
        .with_content_id(&ContentId::new("1@x.example").unwrap())
        .unwrap();
    let mut content = Entity::default();
    content.headers = headers;
    assert_eq!(error(builder().build(content)), BuildError::MissingContentType);
    assert_eq!(
        error(builder().build(Entity::default())),
        BuildError::MissingContentType
    );
}

/// Content that was read from a peer is not made better than it is.
#[test]
fn content_is_well_formed() {
    let octets = "Content-Type: text/plain\r\nno field\r\n\r\nhi".to_owned();
    let content = Entity::parse(&octets.into()).unwrap();
    assert!(matches!(error(builder().build(content)), BuildError::Illegal(_)));
    let octets = "Content-Type: text/plain\r\n".to_owned();
    let content = Entity::parse(&octets.into()).unwrap();
    assert!(matches!(error(builder().build(content)), BuildError::Illegal(_)));
}

/// Shows: CPIM-P13-01 (builder), MSRP-13-11.
#[test]
fn from_and_to_have_to_be_there() {
    let from = Message::builder().from(address("im:a@x.example"));
    assert_eq!(error(from.build(text())), BuildError::MissingTo);
    let to = Message::builder().to(address("im:a@x.example"));
    assert_eq!(error(to.build(text())), BuildError::MissingFrom);
}

/// Shows: MSRP-13-12.
#[test]
fn a_protected_message_has_a_date() {
    assert_eq!(
        error(builder().protected().build(text())),
        BuildError::MissingDateTime
    );
    assert!(builder().protected().date_time(date()).build(text()).is_ok());
}

/// Shows: CPIM-P13-03 (builder), MSRP-13-13 (builder).
#[test]
fn what_may_stand_once_stands_once() {
    let message = builder()
        .from(address("im:z@x.example"))
        .date_time(DateTime::parse("1999-02-01T12:16:49Z").unwrap())
        .date_time(date())
        .subject("one")
        .unwrap()
        .subject_in("fr", "deux")
        .unwrap()
        .require("From")
        .unwrap()
        .require("To")
        .unwrap()
        .to(address("im:c@x.example"))
        .cc(address("im:d@x.example"))
        .cc(address("im:e@x.example"))
        .build(text())
        .unwrap();
    let expected = [
        "From: <im:z@x.example>",
        "To: <im:b@x.example>",
        "To: <im:c@x.example>",
        "cc: <im:d@x.example>",
        "cc: <im:e@x.example>",
        "DateTime: 2001-02-01T12:16:49-05:00",
        "Subject:;lang=fr deux",
        "Require: From,To",
    ];
    assert_eq!(lines(&message), expected);

    // There is no other way to any of them.
    let c = builder().namespace("c", CORE_NAMESPACE).unwrap();
    for name in ["c.From", "From", "NS", "Content-Type", "Zorg"] {
        let header = Header::new(name, "<im:a@x.example>").unwrap();
        assert_eq!(error(c.clone().header(header)), BuildError::CoreHeader);
    }
    let imdn = builder().namespace("q", "urn:ietf:params:imdn").unwrap();
    let header = Header::from_value("q.Original-To", "<im:a@x.example>").unwrap();
    let twice = imdn
        .header(header.clone())
        .unwrap()
        .header(header)
        .unwrap()
        .build(text());
    assert_eq!(error(twice), BuildError::Duplicate(Single::OriginalTo));
}

/// Shows: CPIM-4.4-01 (builder).
#[test]
fn dates_are_written_as_rfc_3339_has_them() {
    let instant = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap();
    for (given, written) in [
        ("2000-12-13T13:40:00-08:00", "2000-12-13T13:40:00-08:00"),
        ("2001-02-01T12:16:49+00:00", "2001-02-01T12:16:49Z"),
        ("2001-02-01T12:16:49.500Z", "2001-02-01T12:16:49.500Z"),
        ("1998-12-31T23:59:60Z", "1998-12-31T23:59:60Z"),
    ] {
        let date = DateTime::try_from(instant(given)).unwrap();
        assert_eq!(date.as_str(), written);
        let message = builder().date_time(date.clone()).build(text()).unwrap();
        assert_eq!(message.date_time(), Some(Ok(date)));
    }
    let zone = chrono::FixedOffset::east_opt(30).unwrap();
    assert!(DateTime::try_from(instant("2001-02-01T12:16:49Z").with_timezone(&zone)).is_err());
    let year_10000 = instant("9999-12-31T23:59:59Z") + chrono::TimeDelta::days(1);
    assert!(DateTime::try_from(year_10000).is_err());
}

/// A value that is given as it is to be written has nothing in it that ends a line.
#[test]
fn values_are_checked() {
    assert_eq!(
        error(Header::from_value("A.x", "a\r\nTo: b")),
        BuildError::ControlChar { offset: 1 }
    );
    assert_eq!(
        error(Header::from_value("A.x", "\u{7F}")),
        BuildError::ControlChar { offset: 0 }
    );
    let header = Header::from_value("A.x", "\\q").unwrap();
    let result = builder()
        .namespace("A", "urn:a")
        .unwrap()
        .header(header)
        .unwrap()
        .build(text());
    assert!(matches!(error(result), BuildError::Illegal(_)));
}
