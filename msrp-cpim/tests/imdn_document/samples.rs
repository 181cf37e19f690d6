//! The documents that RFC 5438 prints.

use msrp_cpim::imdn::{DeliveryStatus, DisplayStatus, Disposition, Notification, ProcessingStatus};

const DELIVERED: Disposition = Disposition::Delivery(DeliveryStatus::Delivered);
const DISPLAYED: Disposition = Disposition::Display(DisplayStatus::Displayed);
const PROCESSED: Disposition = Disposition::Processing(ProcessingStatus::Processed);

macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("../../../vectors/xml/", $name))
    };
}

/// Shows: IMDN-11.1-01 (the printed documents).
#[test]
fn the_printed_documents_are_understood() {
    let samples: [(&[u8], _); 5] = [
        (vector!("rfc5438-7.2.1.1-delivered.xml"), DELIVERED),
        (vector!("rfc5438-7.2.1.2-displayed.xml"), DISPLAYED),
        (vector!("rfc5438-8.1-processed.xml"), PROCESSED),
        (vector!("rfc5438-8.3-delivered.xml"), DELIVERED),
        (vector!("rfc5438-8.3-displayed.xml"), DISPLAYED),
    ];
    for (document, disposition) in samples {
        let read = Notification::parse_strict(document).unwrap();
        let mut expected = Notification::new("34jk324j", "2008-04-04T12:16:49-05:00", disposition);
        expected.recipient_uri = Some("im:bob@example.com".into());
        expected.original_recipient_uri = Some("im:bob@example.com".into());
        assert_eq!(read, expected);
        assert_eq!(Notification::parse_strict(&read.to_xml().unwrap()).unwrap(), read);
    }
}
