//! What became of the message.

use msrp_cpim::imdn::{
    DeliveryStatus, DisplayStatus, Disposition, DocumentDeviation, Notification, NotificationBuildError,
    NotificationError, ProcessingStatus,
};

use crate::{DATE, DELIVERED, ID, fault, imdn, parse, plain, tolerated};

const STATES: [(&str, &str, Disposition); 11] = [
    (
        "delivery",
        "delivered",
        Disposition::Delivery(DeliveryStatus::Delivered),
    ),
    (
        "delivery",
        "failed",
        Disposition::Delivery(DeliveryStatus::Failed),
    ),
    (
        "delivery",
        "forbidden",
        Disposition::Delivery(DeliveryStatus::Forbidden),
    ),
    ("delivery", "error", Disposition::Delivery(DeliveryStatus::Error)),
    (
        "processing",
        "processed",
        Disposition::Processing(ProcessingStatus::Processed),
    ),
    (
        "processing",
        "stored",
        Disposition::Processing(ProcessingStatus::Stored),
    ),
    (
        "processing",
        "forbidden",
        Disposition::Processing(ProcessingStatus::Forbidden),
    ),
    (
        "processing",
        "error",
        Disposition::Processing(ProcessingStatus::Error),
    ),
    (
        "display",
        "displayed",
        Disposition::Display(DisplayStatus::Displayed),
    ),
    (
        "display",
        "forbidden",
        Disposition::Display(DisplayStatus::Forbidden),
    ),
    ("display", "error", Disposition::Display(DisplayStatus::Error)),
];

fn with_status(kind: &str, inside: &str) -> String {
    imdn(&format!(
        "{ID}{DATE}<{kind}-notification><status>{inside}</status></{kind}-notification>"
    ))
}

/// Shows: IMDN-5-01.
#[test]
fn each_type_has_its_states() {
    for (kind, state, disposition) in STATES {
        let mut notification = plain();
        notification.disposition = disposition.clone();
        let written = notification.to_xml().unwrap();
        let document = with_status(kind, &format!("<{state}/>"));
        assert_eq!(
            String::from_utf8_lossy(&written),
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}")
        );
        assert_eq!(Notification::parse_strict(&written).unwrap(), notification);
        assert_eq!(parse(&document).disposition, disposition);
    }
}

/// Shows: IMDN-5-01 (states of another type).
#[test]
fn no_type_has_the_states_of_another() {
    let refused = [
        ("display", "delivered"),
        ("display", "failed"),
        ("display", "processed"),
        ("display", "stored"),
        ("delivery", "displayed"),
        ("delivery", "processed"),
        ("delivery", "stored"),
        ("processing", "delivered"),
        ("processing", "failed"),
        ("processing", "displayed"),
    ];
    for (kind, state) in refused {
        let document = with_status(kind, &format!("<{state}/>"));
        let offset = document.find(&format!("<{state}/>")).unwrap();
        assert_eq!(fault(&document), NotificationError::StatusNotAllowed { offset });
    }
}

/// Shows: IMDN-11.1.6-01 (the number of elements).
#[test]
fn there_is_one_notification_with_one_status() {
    const DISPLAYED: &str = "<display-notification><status><displayed/></status></display-notification>";
    let none = imdn(&format!("{ID}{DATE}"));
    assert_eq!(fault(&none), NotificationError::MissingNotification);

    for second in [DISPLAYED, DELIVERED] {
        let two = imdn(&format!("{ID}{DATE}{DELIVERED}{second}"));
        assert!(matches!(fault(&two), NotificationError::Repeated { .. }));
    }

    let without = imdn(&format!("{ID}{DATE}<delivery-notification/>"));
    let offset = without.find("<delivery").unwrap();
    assert_eq!(fault(&without), NotificationError::MissingStatus { offset });

    let twice = imdn(&format!(
        "{ID}{DATE}<delivery-notification><status><delivered/></status><status><failed/></status>\
         </delivery-notification>"
    ));
    assert!(matches!(fault(&twice), NotificationError::Repeated { .. }));
}

#[test]
fn a_status_has_one_state() {
    let empty = with_status("delivery", "");
    let offset = empty.find("<status>").unwrap();
    assert_eq!(fault(&empty), NotificationError::MissingStatus { offset });

    let both = with_status("delivery", "<delivered/><failed/>");
    let offset = both.find("<failed/>").unwrap();
    assert_eq!(fault(&both), NotificationError::Repeated { offset });
}

/// Shows: IMDN-11.1.6-01 (an unknown status).
#[test]
fn an_unknown_state_is_kept() {
    let unknown = |kind: &str, inside: &str| match parse(&with_status(kind, inside)).disposition {
        Disposition::Delivery(DeliveryStatus::Unknown(status))
        | Disposition::Processing(ProcessingStatus::Unknown(status))
        | Disposition::Display(DisplayStatus::Unknown(status)) => {
            (status.namespace().to_owned(), status.name().to_owned())
        }
        known => panic!("{known:?}"),
    };
    let later = ("urn:x".to_owned(), "later".to_owned());
    for kind in ["delivery", "processing", "display"] {
        assert_eq!(unknown(kind, "<x:later xmlns:x=\"urn:x\"/>"), later);
        assert_eq!(unknown(kind, "<later xmlns=\"urn:x\"/>"), later);
    }
    // Such a name means nothing outside the namespace of this format.
    assert_eq!(
        unknown("display", "<x:displayed xmlns:x=\"urn:x\"/>"),
        ("urn:x".to_owned(), "displayed".to_owned())
    );
    assert_eq!(
        unknown("display", "<later/>"),
        ("urn:ietf:params:xml:ns:imdn".to_owned(), "later".to_owned())
    );
}

/// Shows: IMDN-11.1.6-01 (an unknown status is written again).
#[test]
fn an_unknown_state_survives_writing() {
    let inside = "<x:later xmlns:x=\"urn:x?a=1&amp;b=&lt;2&gt;\"/>";
    let notification = parse(&with_status("delivery", inside));
    let written = notification.to_xml().unwrap();
    assert_eq!(Notification::parse_strict(&written).unwrap(), notification);
}

/// The schema has no place for them, and a strict reader would refuse the document.
#[test]
fn a_state_without_a_namespace_of_its_own_is_not_written() {
    for inside in ["<later/>", "<later xmlns=\"\"/>", "<xml:later/>"] {
        let notification = parse(&with_status("delivery", inside));
        assert_eq!(
            notification.to_xml(),
            Err(NotificationBuildError::UnknownStatus),
            "{inside}"
        );
    }
}

#[test]
fn a_state_of_the_format_goes_before_others() {
    let document = with_status("delivery", "<x:later xmlns:x=\"urn:x\"/><failed/>");
    assert_eq!(
        tolerated(&document, &[DocumentDeviation::Misplaced]).disposition,
        Disposition::Delivery(DeliveryStatus::Failed)
    );
}
