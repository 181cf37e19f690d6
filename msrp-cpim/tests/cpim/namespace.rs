//! Namespaces, and what a message requires.

use msrp_cpim::{CORE_NAMESPACE, Deviation, Message, ParseError, core_header_uri};

use crate::{assert_clean, assert_deviates, assert_refused};

fn namespaces(message: &Message) -> Vec<Option<&str>> {
    message
        .headers()
        .iter()
        .map(|header| header.namespace())
        .collect()
}

/// Shows: CPIM-3.4-01, MSRP-13-10.
#[test]
fn a_prefix_means_what_is_declared() {
    for prefix in ["acme", "widget"] {
        let message = assert_clean(&format!(
            "NS: {prefix} <http://id.acme.widgets/w/>\r\n{prefix}.t: s\r\n"
        ));
        let header = message.header("http://id.acme.widgets/w/", "t").unwrap();
        assert_eq!((header.prefix(), header.value()), (Some(prefix), "s"));
        assert!(message.header(CORE_NAMESPACE, "t").is_none());
        assert!(message.header("http://id.acme.widgets/w/", "T").is_none());
        let declaration = &message.namespaces()[0];
        assert_eq!(
            (declaration.prefix(), declaration.uri()),
            (Some(prefix), "http://id.acme.widgets/w/")
        );
    }
    // The next message knows nothing of it.
    assert_deviates("acme.t: s\r\n", Deviation::UndeclaredPrefix);

    let message = assert_clean("NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: <im:a@x.example>\r\n");
    assert_eq!(message.from().unwrap().unwrap().uri(), "im:a@x.example");
    // Prefixes are names: case counts.
    assert_deviates("NS: a <urn:x>\r\nA.t: s\r\n", Deviation::UndeclaredPrefix);
}

/// Shows: CPIM-3.4-02 (parser).
#[test]
fn a_prefix_is_declared_before_its_use() {
    let message = assert_deviates("x.H: v\r\nNS: x <urn:y>\r\n", Deviation::UndeclaredPrefix);
    assert_eq!(namespaces(&message), [None, Some(CORE_NAMESPACE)]);
    assert!(message.header("urn:y", "H").is_none());
    // What looks like the name of a namespace is no declaration.
    let message = assert_deviates("imdn.H: v\r\n", Deviation::UndeclaredPrefix);
    assert_eq!(namespaces(&message), [None]);
}

/// Shows: CPIM-3.4-03.
#[test]
fn the_default_namespace_can_be_another() {
    let message = assert_clean("From: <im:a@x.example>\r\nNS: <urn:other>\r\nTo: <im:b@x.example>\r\n");
    assert!(message.from().is_some());
    assert_eq!(message.to().count(), 0);
    assert!(message.header("urn:other", "To").is_some());
    assert_eq!(message.namespaces()[0].prefix(), None);
}

/// Ruling C8.
#[test]
fn ns_and_require_need_no_prefix() {
    let message = assert_clean(
        "NS: <urn:other>\r\nRequire: X\r\nNS: <urn:ietf:params:cpim-headers:>\r\nFrom: <im:a@x.example>\r\n",
    );
    assert!(message.from().is_some());
    assert_eq!(message.required()[0].namespace(), Some("urn:other"));
}

/// Ruling C9.
#[test]
fn the_last_declaration_counts() {
    let message = assert_clean("NS: a <urn:x>\r\na.H: 1\r\nNS: a <urn:y>\r\na.H: 2\r\n");
    assert_eq!(message.header("urn:x", "H").unwrap().value(), "1");
    assert_eq!(message.header("urn:y", "H").unwrap().value(), "2");
}

/// Shows: CPIM-3.5-01, MSRP-13-07 (Require).
#[test]
fn what_is_required_has_to_be_supported() {
    let message = assert_clean("NS: F <urn:f>\r\nRequire: F.Vital,F.Kanji\r\nF.Vital: 1\r\n");
    let vital = |namespace: &str, name: &str| (namespace, name) == ("urn:f", "Vital");
    let missing = message.check_required(vital).unwrap_err();
    let missing: Vec<_> = missing
        .0
        .iter()
        .map(|one| (one.namespace(), one.name()))
        .collect();
    assert_eq!(missing, [(Some("urn:f"), "Kanji")]);

    let both = |namespace: &str, name: &str| namespace == "urn:f" && ["Vital", "Kanji"].contains(&name);
    assert_eq!(message.check_required(both).unwrap().body, "hi\r\n");

    // Nothing is supported under a prefix that is not declared, whatever the application says.
    let message = assert_deviates(
        "Require: G.Vital\r\nNS: G <urn:f>\r\n",
        Deviation::UndeclaredPrefix,
    );
    assert!(message.check_required(|_, _| true).is_err());
    // Each of several headers counts.
    let message = assert_clean("NS: F <urn:f>\r\nRequire: F.Vital\r\nRequire: F.Kanji\r\n");
    assert!(message.check_required(vital).is_err());
    assert!(message.check_required(both).is_ok());
    // Under another prefix, and as an unprefixed name of another default namespace, too.
    let message =
        assert_clean("NS: c <urn:ietf:params:cpim-headers:>\r\nNS: <urn:f>\r\nc.Require: Kanji\r\n");
    assert!(message.check_required(vital).is_err());
}

/// Shows: CPIM-4.6-01 (parser).
#[test]
fn spaces_in_declarations_and_lists() {
    for value in ["A<urn:a>", "A <urn:a>", "A   <urn:a>"] {
        let message = assert_clean(&format!("NS: {value}\r\nA.H: v\r\n"));
        assert_eq!(message.headers()[1].namespace(), Some("urn:a"));
    }
    let message = assert_clean("NS: <urn:a>\r\nH: v\r\n");
    assert_eq!(message.headers()[1].namespace(), Some("urn:a"));

    let message = assert_deviates("NS: A <urn:a>\r\nRequire: A.x, A.y\r\n", Deviation::SpaceInList);
    let required: Vec<_> = message
        .required()
        .iter()
        .map(|one| (one.namespace(), one.name()))
        .collect();
    assert_eq!(required, [(Some("urn:a"), "x"), (Some("urn:a"), "y")]);
    assert!(assert_clean("Require: \r\n").required().is_empty());

    for value in [
        "A",
        "",
        "A <urn:a",
        "urn:a",
        "A B <urn:a>",
        "A.B <urn:a>",
        "A <>",
        "A <urn:a> x",
        "A <a><b>",
    ] {
        assert_refused(
            &format!("NS: {value}\r\n"),
            ParseError::BadNamespace { offset: 4 },
        );
    }
    for (value, offset) in [
        ("a,,b", 11),
        ("a,", 11),
        (",a", 9),
        ("a b", 9),
        ("a;b", 9),
        ("a.b.c", 9),
    ] {
        assert_refused(
            &format!("Require: {value}\r\n"),
            ParseError::BadRequire { offset },
        );
    }
    assert_deviates("NS: A <a>\r\nA.H: v\r\n", Deviation::BadUri);
    assert_deviates("NS: A <urn:a#b>\r\nA.H: v\r\n", Deviation::BadUri);
}

/// Shows: CPIM-7.2-01.
#[test]
fn uris_of_core_headers() {
    assert_eq!(core_header_uri("From"), "urn:ietf:params:cpim-headers:From");
    assert_eq!(
        core_header_uri("Top&Tail"),
        "urn:ietf:params:cpim-headers:Top%26Tail"
    );
    assert_eq!(
        core_header_uri("!#$%&'*+-^_`|~"),
        "urn:ietf:params:cpim-headers:!%23$%25%26'*+-%5E_%60%7C%7E"
    );
}

/// Shows: CPIM-2.3-01 (in a declaration). Which headers are those of RFC 3862 must not depend on who decodes.
#[test]
fn escapes_in_the_uri_of_a_namespace() {
    let message = crate::parse(
        "NS: c <urn:ietf:params:cpim\\u002dheaders:>\r\nc.Require: Foo\r\nc.From: <im:a@x.example>\r\n",
    );
    assert_eq!(message.namespaces()[0].uri(), CORE_NAMESPACE);
    assert_eq!(message.from().unwrap().unwrap().uri(), "im:a@x.example");
    assert!(message.check_required(|_, _| false).is_err());
}
