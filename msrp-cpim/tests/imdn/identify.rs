//! Which messages are notifications.

use msrp_cpim::Message;

fn message(content_headers: &str) -> Message {
    let octets = format!("From: <im:a@x.example>\r\n\r\n{content_headers}\r\n<imdn/>");
    Message::parse(&octets.into()).unwrap()
}

/// Shows: IMDN-7.1.2-02 (what marks a notification).
#[test]
fn content_disposition_or_type_mark_a_notification() {
    let document = "Content-Type: message/imdn+xml\r\n";
    for disposition in ["notification", "Notification", "notification;handling=optional"] {
        assert!(message(&format!("{document}Content-Disposition: {disposition}\r\n")).is_notification());
        let multipart = "Content-Type: multipart/mixed;boundary=a\r\n";
        assert!(message(&format!("{multipart}Content-Disposition: {disposition}\r\n")).is_notification());
    }
    assert!(message(document).is_notification());
    assert!(message(&format!("{document}Content-Disposition: attachment\r\n")).is_notification());
    assert!(message("Content-Type: Message/IMDN+XML;charset=utf-8\r\n").is_notification());
    assert!(!message("Content-Type: text/plain\r\n").is_notification());
    assert!(!message("Content-Type: text/plain\r\nContent-Disposition: attachment\r\n").is_notification());
}
