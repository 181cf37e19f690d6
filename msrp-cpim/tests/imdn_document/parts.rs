//! The elements of the document but for the status.

use msrp_cpim::imdn::{DeliveryStatus, Disposition, DocumentDeviation, NotificationError, Subject, XmlError};

use crate::{DATE, DELIVERED, ID, fault, full, imdn, parse, plain, tolerated};

/// Shows: IMDN-11.1-01 (the reading half).
#[test]
fn a_prefix_is_as_good_as_the_default_namespace() {
    let prefixed = "<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\"><i:message-id>m1</i:message-id>\
        <i:datetime>2006-04-04T12:16:49-05:00</i:datetime><i:delivery-notification><i:status><i:delivered/>\
        </i:status></i:delivery-notification></i:imdn>";
    assert_eq!(tolerated(prefixed, &[]), plain());
    // Another name for the same namespace half-way.
    let mixed = imdn(&format!(
        "<message-id>m1</message-id><j:datetime xmlns:j=\"urn:ietf:params:xml:ns:imdn\">\
         2006-04-04T12:16:49-05:00</j:datetime>{DELIVERED}"
    ));
    assert_eq!(tolerated(&mixed, &[]), plain());
}

#[test]
fn a_declaration_ends_with_its_element() {
    let outside = imdn(&format!("{ID}{DATE}<x:a xmlns:x=\"urn:x\"/>{DELIVERED}<x:b/>"));
    let offset = outside.find("<x:b/>").unwrap();
    assert_eq!(
        fault(&outside),
        NotificationError::Xml(XmlError::UndeclaredPrefix { offset })
    );
    let default = imdn(&format!(
        "{ID}{DATE}{DELIVERED}<a xmlns=\"urn:x\"><b/></a><c xmlns='urn:x'/>"
    ));
    assert_eq!(tolerated(&default, &[]), plain());
    let again = imdn(&format!(
        "<message-id xmlns:p=\"urn:x\">m1</message-id>{DATE}{DELIVERED}\
         <p:a xmlns:p=\"urn:x\"><q:b xmlns:q=\"urn:ietf:params:xml:ns:imdn\" xmlns:p=\"urn:y\"/></p:a>"
    ));
    assert_eq!(tolerated(&again, &[]), plain());
}

/// Shows: IMDN-11.1-01 (the wrong namespace).
#[test]
fn the_namespace_and_the_name_of_the_root_count() {
    let inside = format!("{ID}{DATE}{DELIVERED}");
    for document in [
        format!("<imdn>{inside}</imdn>"),
        format!("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn2\">{inside}</imdn>"),
        format!("<imdn xmlns=\"urn:ietf:params:imdn\">{inside}</imdn>"),
        format!("<IMDN xmlns=\"urn:ietf:params:xml:ns:imdn\">{inside}</IMDN>"),
        format!("<x:imdn xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:x=\"urn:x\">{inside}</x:imdn>"),
    ] {
        assert_eq!(
            fault(&document),
            NotificationError::Root { offset: 0 },
            "{document}"
        );
    }
}

/// Shows: IMDN-11.1-02.
#[test]
fn foreign_elements_are_passed_over() {
    let foreign = "<x:foo xmlns:x=\"urn:x\"><y/></x:foo>";
    let behind = imdn(&format!("{ID}{DATE}{DELIVERED}{foreign}"));
    assert_eq!(tolerated(&behind, &[]), plain());
    let in_status = imdn(&format!(
        "{ID}{DATE}<delivery-notification><status><delivered/>{foreign}</status></delivery-notification>"
    ));
    assert_eq!(tolerated(&in_status, &[]), plain());
    // What is in there has the names of this format, but is not of it.
    let nested = imdn(&format!(
        "{ID}{DATE}{DELIVERED}<x:foo xmlns:x=\"urn:x\"><message-id>m2</message-id></x:foo>"
    ));
    assert_eq!(tolerated(&nested, &[]), plain());
}

/// Shows: IMDN-11.1.1-01 (the document).
#[test]
fn id_and_date_are_mandatory_and_kept_letter_for_letter() {
    let notification = parse(&imdn(&format!("{ID}{DATE}{DELIVERED}")));
    assert_eq!(notification.message_id, "m1");
    assert_eq!(notification.datetime, "2006-04-04T12:16:49-05:00");
    assert_eq!(notification.date().unwrap().timestamp(), 1_144_171_009);

    assert_eq!(
        fault(&imdn(&format!("{DATE}{DELIVERED}"))),
        NotificationError::MissingMessageId
    );
    assert_eq!(
        fault(&imdn(&format!("<message-id> </message-id>{DATE}{DELIVERED}"))),
        NotificationError::MissingMessageId
    );
    assert_eq!(
        fault(&imdn(&format!("{ID}{DELIVERED}"))),
        NotificationError::MissingDateTime
    );
    assert_eq!(
        fault(&imdn(&format!("{ID}<datetime/>{DELIVERED}"))),
        NotificationError::MissingDateTime
    );
}

#[test]
fn a_date_that_is_none_is_kept_as_text() {
    for text in ["yesterday", "2006-04-04T12:16:49", "2006-04-04"] {
        let document = imdn(&format!("{ID}<datetime>{text}</datetime>{DELIVERED}"));
        let notification = tolerated(&document, &[DocumentDeviation::BadDateTime]);
        assert_eq!(notification.datetime, text);
        assert_eq!(notification.date(), None);
    }
}

/// Shows: IMDN-11.1.3-01 (the reading half).
#[test]
fn either_recipient_may_stand_alone() {
    const RECIPIENT: &str = "<recipient-uri>im:b@x.example</recipient-uri>";
    const ORIGINAL: &str = "<original-recipient-uri>im:l@x.example</original-recipient-uri>";
    let alone = |inside: &str, expected: &[_]| {
        let notification = tolerated(&imdn(&format!("{ID}{DATE}{inside}{DELIVERED}")), expected);
        (
            notification.recipient_uri.is_some(),
            notification.original_recipient_uri.is_some(),
        )
    };
    assert_eq!(alone("", &[]), (false, false));
    assert_eq!(alone(&format!("{RECIPIENT}{ORIGINAL}"), &[]), (true, true));
    assert_eq!(alone(RECIPIENT, &[DocumentDeviation::Unpaired]), (true, false));
    assert_eq!(alone(ORIGINAL, &[DocumentDeviation::Unpaired]), (false, true));
    assert_eq!(
        alone(&format!("{ORIGINAL}{RECIPIENT}"), &[DocumentDeviation::Misplaced]),
        (true, true)
    );
    assert_eq!(
        alone("<subject>s</subject>", &[DocumentDeviation::Unpaired]),
        (false, false)
    );
}

#[test]
fn any_order_will_do() {
    let document = imdn(&format!(
        "{DELIVERED}<subject xml:lang=\"fr\">été &amp; Co</subject>\
         <original-recipient-uri>im:l@x.example</original-recipient-uri>\
         <recipient-uri>im:b@x.example</recipient-uri>{DATE}{ID}"
    ));
    assert_eq!(tolerated(&document, &[DocumentDeviation::Misplaced]), full());
}

#[test]
fn a_second_element_of_a_kind_leaves_two_readings() {
    for element in [ID, DATE, DELIVERED] {
        let document = imdn(&format!("{ID}{DATE}{DELIVERED}{element}"));
        let offset = document.len() - "</imdn>".len() - element.len();
        assert_eq!(fault(&document), NotificationError::Repeated { offset });
    }
}

#[test]
fn what_the_format_does_not_have_is_passed_over() {
    for extra in ["<later/>", "<bare xmlns=\"\"/>"] {
        let document = imdn(&format!("{ID}{DATE}{DELIVERED}{extra}"));
        assert_eq!(
            tolerated(&document, &[DocumentDeviation::UnknownElement]),
            plain()
        );
    }
    for inside in [
        "<delivered/></status><later/>",
        "<delivered><later/></delivered></status>",
    ] {
        let document = imdn(&format!(
            "{ID}{DATE}<delivery-notification><status>{inside}</delivery-notification>"
        ));
        assert_eq!(
            tolerated(&document, &[DocumentDeviation::UnknownElement]),
            plain()
        );
    }
    let text = imdn(&format!("{ID}stray{DATE}{DELIVERED}"));
    assert_eq!(tolerated(&text, &[DocumentDeviation::StrayText]), plain());
    let element = imdn(&format!("<message-id>m<b>2</b>1</message-id>{DATE}{DELIVERED}"));
    assert_eq!(tolerated(&element, &[DocumentDeviation::UnknownElement]), plain());
}

#[test]
fn the_language_may_stand_further_out() {
    let subject = |document: &str| parse(document).subject.unwrap();
    let root = |language: &str, inner: &str| {
        format!(
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"{language}>{ID}{DATE}\
             <subject{inner}> a\r\nb </subject>{DELIVERED}</imdn>"
        )
    };
    let expected = |language: Option<&str>| Subject {
        language: language.map(str::to_owned),
        // The blanks of a subject are its own; a line end is one character (XML 1.0 §2.11).
        text: " a\nb ".into(),
    };
    assert_eq!(subject(&root("", "")), expected(None));
    assert_eq!(subject(&root(" xml:lang='de'", "")), expected(Some("de")));
    assert_eq!(
        subject(&root(" xml:lang='de'", " xml:lang='fr'")),
        expected(Some("fr"))
    );
    assert_eq!(subject(&root(" xml:lang='de'", " xml:lang=''")), expected(None));
    assert_eq!(subject(&root("", " lang='fr'")), expected(None));
    assert_eq!(
        subject(&root("", " xml:lang='a\r\nb\tc&#9;&lt;d&#x26;'")),
        expected(Some("a b c\t<d&"))
    );
}

#[test]
fn white_space_around_texts_means_nothing() {
    let document = imdn(&format!(
        "\r\n <message-id>\r\n m1\t</message-id> <datetime> 2006-04-04T12:16:49-05:00 </datetime>{DELIVERED}\n"
    ));
    assert_eq!(tolerated(&document, &[]), plain());
    assert_eq!(
        plain().disposition,
        Disposition::Delivery(DeliveryStatus::Delivered)
    );
}

/// RFC 3339 has neither a blank for the `T` nor the minus sign of Unicode.
#[test]
fn dates_are_those_of_rfc_3339() {
    for date in ["2006-04-04 12:16:49-05:00", "2006-04-04T12:16:49\u{2212}05:00"] {
        let document = imdn(&format!(
            "<message-id>m1</message-id><datetime>{date}</datetime>{DELIVERED}"
        ));
        let notification = tolerated(&document, &[DocumentDeviation::BadDateTime]);
        assert_eq!((&*notification.datetime, notification.date()), (date, None));
    }
}
