//! XML that is none, and XML that is meant to do harm.

use msrp_cpim::imdn::{Notification, XmlError};

use crate::{DATE, DELIVERED, ID, imdn, parse, plain, xml_fault};

fn document() -> String {
    imdn(&format!("{ID}{DATE}{DELIVERED}"))
}

fn with_id(text: &str) -> String {
    imdn(&format!("<message-id>{text}</message-id>{DATE}{DELIVERED}"))
}

/// Shows: IMDN-14-01 (no DTD).
#[test]
fn a_doctype_is_refused() {
    for doctype in [
        "<!DOCTYPE imdn>",
        "<!DOCTYPE imdn [<!ENTITY e \"m1\">]>",
        "<!DOCTYPE imdn SYSTEM \"http://x.example/imdn.dtd\">",
        "<!doctype imdn>",
        "<!DOCTYPE imdn [",
    ] {
        let hostile = format!("{doctype}{}", document());
        assert!(
            matches!(xml_fault(hostile.as_bytes()), XmlError::Doctype { .. }),
            "{doctype}"
        );
    }
}

/// Shows: IMDN-14-01 (entities).
#[test]
fn five_entities_and_characters_are_all_there_is() {
    assert_eq!(parse(&with_id("&amp;&#65;")).message_id, "&A");
    assert_eq!(
        parse(&with_id("&lt;&gt;&quot;&apos;&#x1F600;&#x41;")).message_id,
        "<>\"'\u{1F600}A"
    );
    // What comes out of a reference is not read again.
    assert_eq!(parse(&with_id("&amp;lt;")).message_id, "&lt;");
    for entity in ["&e;", "&nbsp;", "&AMP;", "&xxe;"] {
        let offset = with_id("").find("</message-id>").unwrap();
        assert_eq!(xml_fault(with_id(entity).as_bytes()), XmlError::Entity { offset });
        let attribute = document().replace("<message-id>", &format!("<message-id a='{entity}'>"));
        assert!(matches!(xml_fault(attribute.as_bytes()), XmlError::Entity { .. }));
    }
    for reference in [
        "&", "&;", "&#;", "&#x;", "&#-1;", "&#+65;", "&# 65;", "&#X41;", "&amp", "& amp;",
    ] {
        assert!(
            matches!(
                xml_fault(with_id(reference).as_bytes()),
                XmlError::Malformed { .. } | XmlError::Entity { .. }
            ),
            "{reference}"
        );
    }
    for reference in [
        "&#0;",
        "&#1;",
        "&#xD800;",
        "&#xFFFE;",
        "&#x110000;",
        "&#99999999999999;",
    ] {
        assert!(
            matches!(
                xml_fault(with_id(reference).as_bytes()),
                XmlError::Character { .. }
            ),
            "{reference}"
        );
    }
}

/// Shows: IMDN-14-01 (the depth).
#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        let foreign = format!("{}{}", "<x>".repeat(depth), "</x>".repeat(depth));
        imdn(&format!("{ID}{DATE}{DELIVERED}{foreign}"))
    };
    assert_eq!(parse(&nested(31)), plain());
    for depth in [32, 1000, 8000] {
        assert!(matches!(
            xml_fault(nested(depth).as_bytes()),
            XmlError::TooDeep { .. }
        ));
    }
}

#[test]
fn length_number_and_namespaces_are_bounded() {
    let padded = |length: usize| {
        let shortest = document();
        format!("{shortest}{}", " ".repeat(length - shortest.len()))
    };
    assert_eq!(parse(&padded(Notification::MAX_LENGTH)), plain());
    assert_eq!(
        xml_fault(padded(Notification::MAX_LENGTH + 1).as_bytes()),
        XmlError::TooLong { limit: 65_536 }
    );

    let many = |number: usize| imdn(&format!("{ID}{DATE}{DELIVERED}{}", "<x/>".repeat(number)));
    // Six elements are in the document itself.
    assert_eq!(parse(&many(1018)), plain());
    assert!(matches!(
        xml_fault(many(1019).as_bytes()),
        XmlError::TooManyElements { .. }
    ));

    let declared = |number: usize| {
        let declarations: String = (0..number).map(|n| format!(" xmlns:n{n}='urn:x'")).collect();
        document().replacen("<imdn", &format!("<imdn{declarations}"), 1)
    };
    assert_eq!(parse(&declared(63)), plain());
    assert!(matches!(
        xml_fault(declared(64).as_bytes()),
        XmlError::TooManyNamespaces { .. }
    ));
}

/// Shows: IMDN-11.1-01 (the encoding).
#[test]
fn only_utf_8_is_read() {
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}", document());
    assert_eq!(parse(&declared("utf-8")), plain());
    assert_eq!(parse(&format!("\u{FEFF}{}", declared("UTF-8"))), plain());
    for encoding in ["UTF-16", "ISO-8859-1", ""] {
        assert_eq!(
            xml_fault(declared(encoding).as_bytes()),
            XmlError::Encoding { offset: 0 },
            "{encoding}"
        );
    }

    let utf_16 = |mark: &[u8], octets: fn(u16) -> [u8; 2]| {
        let units = document();
        let units = units.encode_utf16().flat_map(octets);
        mark.iter().copied().chain(units).collect::<Vec<_>>()
    };
    assert_eq!(
        xml_fault(&utf_16(b"\xFF\xFE", u16::to_le_bytes)),
        XmlError::Encoding { offset: 0 }
    );
    assert_eq!(
        xml_fault(&utf_16(b"\xFE\xFF", u16::to_be_bytes)),
        XmlError::Encoding { offset: 0 }
    );
    assert_eq!(
        xml_fault(&utf_16(b"", u16::to_le_bytes)),
        XmlError::Character { offset: 1 }
    );

    let latin = document().replace("m1", "\u{E9}").into_bytes();
    let offset = document().find("m1").unwrap();
    let latin: Vec<u8> = latin.into_iter().filter(|octet| *octet != 0xC3).collect();
    assert_eq!(xml_fault(&latin), XmlError::Encoding { offset });
}

/// Shows: IMDN-11.1-01 (well-formedness).
#[test]
fn what_is_not_well_formed_is_refused() {
    let whole = document();
    let open = whole.strip_suffix("</imdn>").unwrap();
    assert_eq!(xml_fault(open.as_bytes()), XmlError::Unclosed { offset: 0 });
    assert_eq!(
        xml_fault(format!("{open}</IMDN>").as_bytes()),
        XmlError::Mismatched { offset: open.len() }
    );
    for behind in ["x", "<x/>", "</imdn>", "&amp;", "<![CDATA[]]>"] {
        assert_eq!(
            xml_fault(format!("{whole}{behind}").as_bytes()),
            XmlError::Trailing { offset: whole.len() },
            "{behind}"
        );
    }
    assert_eq!(xml_fault(b""), XmlError::NoElement);
    assert_eq!(xml_fault(b" <!-- --> "), XmlError::NoElement);
    assert_eq!(
        xml_fault(with_id("<x:a/>").as_bytes()),
        XmlError::UndeclaredPrefix {
            offset: with_id("").find("</message-id>").unwrap()
        }
    );
    for malformed in [
        "text",
        "<",
        "</imdn>",
        "<imdn",
        "<imdn a>",
        "<imdn a=b/>",
        "<imdn a='1' a='2'/>",
        "<imdn a='<'/>",
        "<imdn a='&'/>",
        "<imdn xmlns:a=''/>",
        "<imdn xmlns:xmlns='urn:x'/>",
        "<imdn xmlns:xml='urn:x'/>",
        "<imdn xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
        "<:imdn/>",
        "<a:/>",
        "<1/>",
        "<a<b/>",
        "<imdn>]]></imdn>",
        "<imdn><!-- a -- b --></imdn>",
        "<imdn><!-- </imdn>",
        "<imdn><![CDATA[</imdn>",
        "<imdn><? ?></imdn>",
        "<imdn><?xml version='1.0'?></imdn>",
        " <?xml version='1.0'?><imdn/>",
        "<?xml version='2.0'?><imdn/>",
        "<?xml encoding='UTF-8'?><imdn/>",
    ] {
        assert!(
            matches!(xml_fault(malformed.as_bytes()), XmlError::Malformed { .. }),
            "{malformed}: {:?}",
            xml_fault(malformed.as_bytes())
        );
    }
    for forbidden in ["\0", "\u{8}", "\u{FFFF}"] {
        assert!(matches!(
            xml_fault(with_id(forbidden).as_bytes()),
            XmlError::Character { .. }
        ));
    }
}

#[test]
fn comments_and_instructions_are_passed_over_and_cdata_is_text() {
    let decorated = format!(
        "<?xml version=\"1.1\" standalone='yes'?><!-- a --><?b c?>{}<!-- d --><?e?>\r\n",
        with_id("<!-- a -->m<?b c?><![CDATA[<&]]>1")
    );
    assert_eq!(parse(&decorated).message_id, "m<&1");
}

/// Time and memory grow with the octets only, whatever they are.
#[test]
fn long_names_under_many_elements_are_shared() {
    let hostile = format!(
        "<imdn xmlns=\"urn:{}\">{}",
        "x".repeat(55_000),
        "<a/>".repeat(1023)
    );
    assert_eq!(xml_fault(hostile.as_bytes()), XmlError::Unclosed { offset: 0 });
}
