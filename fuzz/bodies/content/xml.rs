//! The documents of disposition notification and of composing: what can be read and can be written is read
//! again as the same.

use msrp_cpim::composing::IsComposing;
use msrp_cpim::imdn::Notification;

pub fn run(data: &[u8]) {
    notification(data);
    composing(data);
}

fn notification(data: &[u8]) {
    let strict = Notification::parse_strict(data);
    let stripped = Notification::strip_recipients(data);
    let (read, deviations) = match Notification::parse_with_deviations(data) {
        Ok(found) => found,
        Err(error) => {
            assert!(strict.is_err(), "only the strict parser takes it");
            assert_eq!(stripped, Err(error));
            return assert_eq!(Notification::parse(data), Err(error));
        }
    };
    assert_eq!(Notification::parse(data).as_ref(), Ok(&read));
    assert_eq!(strict.is_ok(), deviations.is_empty(), "{strict:?} {deviations:?}");
    assert!(strict.is_err() || strict.as_ref() == Ok(&read));
    let _ = read.date();

    if let Ok(written) = read.to_xml() {
        // What is wrong in a value stays wrong: it is echoed as it was.
        let (again, left) = Notification::parse_with_deviations(&written).unwrap();
        assert!(
            left.iter()
                .all(|left| deviations.iter().any(|found| found == left)),
            "{left:?}"
        );
        assert_eq!(again.to_xml().as_ref(), Ok(&written));
        assert_eq!(again.message_id, read.message_id);
        assert_eq!(again.datetime, read.datetime);
        assert_eq!(again.disposition, read.disposition);
        assert_eq!(again.recipient_uri, read.recipient_uri);
        // The others are written only beside a recipient (ruling C12).
        if read.recipient_uri.is_some() {
            assert_eq!(again, read);
        }
    }

    let stripped = Notification::parse(&stripped.unwrap()).unwrap();
    assert_eq!(stripped.recipient_uri, None);
    assert_eq!(stripped.original_recipient_uri, None);
    assert_eq!(stripped.message_id, read.message_id);
    assert_eq!(stripped.disposition, read.disposition);
    assert_eq!(read.without_recipients().recipient_uri, None);
}

fn composing(data: &[u8]) {
    let strict = IsComposing::parse_strict(data);
    let (read, deviations) = match IsComposing::parse_with_deviations(data) {
        Ok(found) => found,
        Err(error) => {
            assert!(strict.is_err(), "only the strict parser takes it");
            return assert_eq!(IsComposing::parse(data), Err(error));
        }
    };
    assert_eq!(IsComposing::parse(data).as_ref(), Ok(&read));
    assert_eq!(strict.is_ok(), deviations.is_empty(), "{strict:?} {deviations:?}");
    assert!(strict.is_err() || strict.as_ref() == Ok(&read));
    if let Ok(written) = read.to_xml() {
        let again = IsComposing::parse_strict(&written).unwrap();
        assert_eq!(again.state, read.state);
        assert_eq!(again.content_type, read.content_type);
        assert_eq!(again.refresh, read.refresh);
        assert_eq!(again.last_active.is_some(), read.last_active.is_some());
        assert_eq!(again.to_xml().as_ref(), Ok(&written));
    }
}
