//! Lists whose members are not to be disclosed.

use msrp_cpim::imdn::{Notification, NotificationError};

use crate::{DATE, DELIVERED, ID, full, imdn};

/// Shows: IMDN-8-02.
#[test]
fn the_recipients_go_and_all_else_stays() {
    let before = "<?xml version='1.0'?>\r\n<!-- é --><i:imdn xmlns:i='urn:ietf:params:xml:ns:imdn'>\
        <i:message-id>m1</i:message-id><i:datetime>2006-04-04T12:16:49-05:00</i:datetime>";
    let after = "\n<i:subject xml:lang=\"fr\">a &amp; b</i:subject><i:display-notification><i:status>\
        <i:displayed/><x:how xmlns:x=\"urn:x\">loud</x:how></i:status></i:display-notification>\
        <x:more xmlns:x=\"urn:x\"/></i:imdn>\n";
    let document = format!(
        "{before}<i:recipient-uri >im:b@x.example</i:recipient-uri>\
         <i:original-recipient-uri\n>im:l@x.example</i:original-recipient-uri >{after}"
    );
    let stripped = Notification::strip_recipients(document.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(stripped).unwrap(), format!("{before}{after}"));
}

/// Shows: IMDN-8-02 (the value).
#[test]
fn a_value_without_recipients_has_all_else() {
    let stripped = full().without_recipients();
    let mut expected = full();
    expected.recipient_uri = None;
    expected.original_recipient_uri = None;
    assert_eq!(stripped, expected);

    let document = String::from_utf8(stripped.to_xml().unwrap()).unwrap();
    assert!(!document.contains("recipient-uri"), "{document}");
    assert!(!document.contains("x.example"), "{document}");
}

#[test]
fn a_byte_order_mark_does_not_shift_the_cut() {
    let recipients = "<recipient-uri>im:b@x.example</recipient-uri><original-recipient-uri/>";
    let document = format!("\u{FEFF}{}", imdn(&format!("{ID}{DATE}{recipients}{DELIVERED}")));
    let expected = format!("\u{FEFF}{}", imdn(&format!("{ID}{DATE}{DELIVERED}")));
    let stripped = Notification::strip_recipients(document.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(stripped).unwrap(), expected);
}

#[test]
fn recipients_in_extensions_go_too() {
    let document = imdn(&format!(
        "{ID}{DATE}{DELIVERED}<x:a xmlns:x=\"urn:x\"><recipient-uri>im:b@x.example</recipient-uri></x:a>"
    ));
    let expected = imdn(&format!("{ID}{DATE}{DELIVERED}<x:a xmlns:x=\"urn:x\"></x:a>"));
    let stripped = Notification::strip_recipients(document.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(stripped).unwrap(), expected);
}

#[test]
fn what_cannot_be_read_is_not_passed_on() {
    assert_eq!(
        Notification::strip_recipients(imdn(&format!("{ID}{DELIVERED}")).as_bytes()),
        Err(NotificationError::MissingDateTime)
    );
}
