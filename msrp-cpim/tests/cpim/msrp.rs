//! What MSRP asks of a message/cpim.

use msrp_cpim::{Single, Violation};

use crate::{FROM_AND_TO, assert_clean, names, parse};

const ALL_SEVEN: &str = "From: <im:a@x.example>\r\nTo: <im:b@x.example>\r\ncc: <im:c@x.example>\r\n\
                         DateTime: 2001-02-01T12:16:49Z\r\nSubject: x\r\nNS: F <urn:f>\r\nRequire: F.Vital\r\n";

/// Shows: CPIM-P13-01 (parser), MSRP-13-07.
#[test]
fn the_headers_that_msrp_knows() {
    let message = assert_clean(ALL_SEVEN);
    assert_eq!(message.from().unwrap().unwrap().uri(), "im:a@x.example");
    assert_eq!(message.to().next().unwrap().unwrap().uri(), "im:b@x.example");
    assert_eq!(message.cc().next().unwrap().unwrap().uri(), "im:c@x.example");
    assert_eq!(
        message.date_time().unwrap().unwrap().instant().timestamp(),
        981_029_809
    );
    assert_eq!(message.subject("").unwrap().text(), "x");
    assert_eq!(message.namespaces()[0].uri(), "urn:f");
    assert_eq!(message.required()[0].name(), "Vital");
    assert_eq!(message.extension_headers().count(), 0);
    assert_eq!(message.validate_msrp(), []);

    assert_eq!(
        parse("To: <im:b@x.example>\r\n").validate_msrp(),
        [Violation::MissingFrom]
    );
    assert_eq!(
        parse("From: <im:b@x.example>\r\n").validate_msrp(),
        [Violation::MissingTo]
    );
    let neither = [Violation::MissingFrom, Violation::MissingTo];
    assert_eq!(parse("from: <im:b@x.example>\r\n").validate_msrp(), neither);
}

/// Shows: CPIM-P13-03 (parser), MSRP-13-13 (parser), MSRP-13-08.
#[test]
fn what_may_stand_more_than_once() {
    let message = assert_clean(&format!(
        "{FROM_AND_TO}cc: <im:c@x.example>\r\nTo: <im:d@x.example>\r\nNS: F <urn:f>\r\ncc: <im:e@x.example>\r\nNS: G <urn:g>\r\n"
    ));
    let to: Vec<_> = message.to().map(|to| to.unwrap().uri().to_owned()).collect();
    assert_eq!(to, ["im:b@x.example", "im:d@x.example"]);
    let cc: Vec<_> = message.cc().map(|cc| cc.unwrap().uri().to_owned()).collect();
    assert_eq!(cc, ["im:c@x.example", "im:e@x.example"]);
    assert_eq!(message.validate_msrp(), []);

    let single = [
        ("From: <im:a@x.example>", Single::From),
        ("DateTime: 2001-02-01T12:16:49Z", Single::DateTime),
        ("Subject: x", Single::Subject),
        ("Require: To", Single::Require),
    ];
    for (line, header) in single {
        let rest = ALL_SEVEN.replace("Require: F.Vital\r\n", "Require: From\r\n");
        let message = parse(&format!("{rest}{line}\r\n"));
        assert_eq!(message.validate_msrp(), [Violation::Duplicate(header)]);
    }
    // Under whatever prefix.
    let message = parse(&format!(
        "{FROM_AND_TO}NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: <im:e@x.example>\r\n"
    ));
    assert_eq!(message.validate_msrp(), [Violation::Duplicate(Single::From)]);
}

/// Shows: MSRP-13-14.
#[test]
fn extension_headers_may_repeat() {
    let message = assert_clean("NS: X <urn:x>\r\nRequire: X.a,X.b\r\nX.foo: 1\r\nX.bar: 2\r\nX.foo: 3\r\n");
    assert_eq!(message.required().len(), 2);
    let foo: Vec<_> = message
        .headers_named("urn:x", "foo")
        .map(|foo| foo.value())
        .collect();
    assert_eq!(foo, ["1", "3"]);
    assert_eq!(names(message.extension_headers()), ["foo", "bar", "foo"]);
    assert_eq!(
        message.validate_msrp(),
        [Violation::MissingFrom, Violation::MissingTo]
    );
}
