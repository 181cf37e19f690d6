//! Addresses: From, To, cc.

use msrp_cpim::{Address, AddressError, Deviation};

use crate::{address, assert_clean, assert_deviates, names};

/// Shows: CPIM-4.1-01.
#[test]
fn names_and_uris() {
    let legal = [
        (
            "Winnie the Pooh <im:pooh@x.example>",
            Some("Winnie the Pooh"),
            "im:pooh@x.example",
        ),
        ("<im:t@x.example>", None, "im:t@x.example"),
        ("\"A, B\"<im:c@x.example>", Some("A, B"), "im:c@x.example"),
        ("Zoë 李 <im:z@x.example>", Some("Zoë 李"), "im:z@x.example"),
        (
            "\"<im:evil@x.example>\"<sip:a@[::1];x=y?z>",
            Some("<im:evil@x.example>"),
            "sip:a@[::1];x=y?z",
        ),
        ("\"a\\\\\"<im:c@x.example>", Some("a\\"), "im:c@x.example"),
    ];
    for (value, name, uri) in legal {
        for header in ["From", "To", "cc"] {
            let message = assert_clean(&format!("{header}: {value}\r\n"));
            let read = message.headers()[0].address().unwrap();
            assert_eq!((read.name(), read.uri()), (name, uri));
        }
    }
    let loose = [
        ("\"A, B\" <im:c@x.example>", Some("A, B")),
        ("\"A, B\"   <im:c@x.example>", Some("A, B")),
        ("a  b <im:c@x.example>", Some("a  b")),
        ("a   <im:c@x.example>", Some("a")),
        ("a<im:c@x.example>", Some("a")),
        ("  <im:c@x.example>", None),
    ];
    for (value, name) in loose {
        let message = assert_deviates(&format!("From: {value}\r\n"), Deviation::LooseAddress);
        let read = message.from().unwrap().unwrap();
        assert_eq!((read.name(), read.uri()), (name, "im:c@x.example"), "{value}");
    }
    let illegal = [
        ("im:a@x.example", AddressError::Name { offset: 2 }),
        ("<>", AddressError::Uri { offset: 1 }),
        ("<im:a@x.example", AddressError::Bracket { offset: 15 }),
        ("A(b) <im:c@x.example>", AddressError::Name { offset: 1 }),
        ("", AddressError::Bracket { offset: 0 }),
        ("a", AddressError::Bracket { offset: 1 }),
        ("\"a <im:c@x.example>", AddressError::Name { offset: 0 }),
        ("\"a\\\"<im:c@x.example>", AddressError::Name { offset: 0 }),
        ("\"a\"b <im:c@x.example>", AddressError::Bracket { offset: 3 }),
        ("<im:c@x.example> x", AddressError::Bracket { offset: 18 }),
        (
            "<im:a@x.example>, <im:b@x.example>",
            AddressError::Uri { offset: 1 },
        ),
        ("<im:a b>", AddressError::Uri { offset: 1 }),
        ("<im:>", AddressError::Uri { offset: 1 }),
        ("<1m:a>", AddressError::Uri { offset: 1 }),
        ("<a/b>", AddressError::Uri { offset: 1 }),
        ("a <im:\\n>", AddressError::Uri { offset: 3 }),
    ];
    for (value, error) in illegal {
        assert_eq!(Address::parse(value), Err(error), "{value}");
        let message = assert_deviates(&format!("From: {value}\r\n"), Deviation::BadAddress);
        assert_eq!(message.from(), Some(Err(error)));
    }
    assert_deviates("From: <im:é@x.example>\r\n", Deviation::BadUri);
}

/// Shows: CPIM-4.1-02.
#[test]
fn names_are_quoted_where_they_have_to_be() {
    let written = [
        ("MR SANDERS", "MR SANDERS <im:a@x.example>"),
        ("Doe, J.", "\"Doe, J.\"<im:a@x.example>"),
        ("J. Doe", "J. Doe <im:a@x.example>"),
        ("a  b", "\"a  b\"<im:a@x.example>"),
        (" a", "\" a\"<im:a@x.example>"),
        ("a ", "\"a \"<im:a@x.example>"),
        ("李", "李 <im:a@x.example>"),
        ("", "<im:a@x.example>"),
        (" ", "\" \"<im:a@x.example>"),
        ("\"\\\r\n", "\"\\\"\\\\\\r\\n\"<im:a@x.example>"),
        ("a>b<c", "\"a>b<c\"<im:a@x.example>"),
    ];
    for (name, expected) in written {
        let named = address("im:a@x.example").with_name(name);
        assert_eq!(named.to_string(), expected);
        let (read, deviations) = Address::parse_with_deviations(expected).unwrap();
        assert!(deviations.is_empty());
        assert_eq!(read, named);
        assert_eq!(read.name().unwrap_or_default(), name);
    }
}

#[test]
fn what_is_no_uri_is_no_address() {
    for uri in [
        "", "a", "im:", ":a", "im:a b", "im:<a>", "im:a\r\n", "im:a>", "im:é", "im:\\n", "../x", "1m:a",
    ] {
        assert_eq!(Address::new(uri), Err(AddressError::Uri { offset: 0 }), "{uri:?}");
    }
}

#[test]
fn anonymous_addresses_of_sip_are_known() {
    for uri in [
        "sip:anonymous@anonymous.invalid",
        "sips:x@Anonymous.Invalid:5061;a=b",
    ] {
        assert!(address(uri).is_anonymous());
    }
    for uri in [
        "sip:anonymous@x.example",
        "sip:a@anonymous.invalid.example",
        "sip:anonymous.invalid",
        "sip:a@anonymous.invalid@x.example",
    ] {
        assert!(!address(uri).is_anonymous());
    }
}

/// Shows: CPIM-4.3-01 (parser), MSRP-13-08.
#[test]
fn copies() {
    let message = assert_clean(
        "cc: <im:a@x.example>\r\nCC: <im:b@x.example>\r\nCc: <im:c@x.example>\r\ncc: D <im:d@x.example>\r\n",
    );
    let cc: Vec<_> = message.cc().map(|cc| cc.unwrap().uri().to_owned()).collect();
    assert_eq!(cc, ["im:a@x.example", "im:d@x.example"]);
    assert_eq!(names(message.extension_headers()), ["CC", "Cc"]);
}
