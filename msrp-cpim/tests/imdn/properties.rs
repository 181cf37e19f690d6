//! What holds for any message.

use bytes::Bytes;
use msrp_cpim::{
    Message,
    imdn::{Consent, DeliveryStatus, Disposition, Notification, Request, Responder, Role},
};
use proptest::prelude::*;

use crate::{address, counter};

fn almost_message() -> impl Strategy<Value = Bytes> {
    let line = prop::sample::select(vec![
        "From: \"A\\r\\nTo: <im:e>\"<im:a@x.example>\r\n",
        "To: B <im:b@x.example>\r\n",
        "To:<im:b\\u0041@x.example> \r\n",
        "NS: imdn <urn:ietf:params:imdn>\r\n",
        "NS: imdn <urn:other>\r\n",
        "NS: imdn- <urn:other>\r\n",
        "NS: <urn:ietf:params:imdn>\r\n",
        "NS: <urn:ietf:params:cpim-headers:>\r\n",
        "imdn.Message-ID: m1\r\n",
        "imdn.Disposition-Notification: positive-delivery, display\r\n",
        "imdn.IMDN-Record-Route: R <im:r1@x.example>\r\n",
        "imdn.IMDN-Route: <im:self@x.example>\r\n",
        "IMDN-Route: <im:r1@x.example>\r\n",
        "imdn.Original-To: <im:o@x.example>\r\n",
        "DateTime: 2006-04-04T12:16:49-05:00\r\n",
        "DateTime: \\u0000<]]>\r\n",
        "Subject:;lang=fr \\u0007<&\r\n",
        "Zorg: \\q  \r\n",
    ]);
    let content = prop::sample::select(vec![
        "\r\nContent-Type: text/plain\r\n\r\nhi\r\n\r\n",
        "Content-Type: text/plain\r\n\r\nhi",
        "\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n<imdn/>",
    ]);
    (prop::collection::vec(line, 0..12), content)
        .prop_map(|(lines, content)| (lines.concat() + content).into())
}

proptest! {
    #[test]
    fn changed_headers_leave_all_else(octets in almost_message()) {
        let message = Message::parse(&octets).unwrap();
        let new = address("im:new@x.example").with_name("N, \"\r\n");
        if let Ok(rewritten) = message.rewrite_to(&new) {
            prop_assert_eq!(rewritten.content(), message.content());
            prop_assert_eq!(rewritten.to().collect::<Vec<_>>(), vec![Ok(new.clone())]);
            let original = message.original_to().or_else(|| message.to().next());
            prop_assert_eq!(rewritten.original_to().map(Result::unwrap), original.map(Result::unwrap));
            prop_assert_eq!(rewritten.from(), message.from());
            prop_assert_eq!(rewritten.message_id(), message.message_id());
        }
        let routed = message.with_record_route(&new).unwrap();
        prop_assert_eq!(routed.content(), message.content());
        if !message.is_notification() {
            let mut routes = vec![Ok(new.clone())];
            routes.extend(message.imdn_record_routes());
            prop_assert_eq!(routed.imdn_record_routes().collect::<Vec<_>>(), routes);
        }
        // What is left when the new lines are taken away again is the message.
        let added = routed.headers().len() - message.headers().len();
        prop_assert!(added == 1 || added == 2);
        if let Ok(hop) = message.next_hop(&address("im:self@x.example")) {
            prop_assert_eq!(hop.message.content(), message.content());
            let gone = message.headers().len() - hop.message.headers().len();
            prop_assert!(gone <= 1);
        }
    }

    #[test]
    fn what_is_reported_can_be_read(octets in almost_message()) {
        let message = Message::parse(&octets).unwrap();
        let mut responder = Responder::new(&message, Role::Recipient);
        let delivered = Disposition::Delivery(DeliveryStatus::Delivered);
        if let Ok(Some(report)) = responder.report(delivered, Consent::Given, &mut counter()) {
            prop_assert!(!message.is_notification());
            let read = Message::parse_strict(&report.message.to_bytes()).unwrap();
            prop_assert!(read.is_notification() && read.requested_notifications().is_empty());
            let notification = Notification::parse_strict(&read.content().body).unwrap();
            prop_assert_eq!(notification.message_id, "m1");
        }
    }

    #[test]
    fn any_value_is_a_request(value in "[ -~é]{0,40}", letters in "[,;\"\\\\=a ]{0,12}") {
        Request::parse(&value);
        Request::parse(&format!("{letters}display{letters}"));
        let plain = value.replace(['"', '\\'], "");
        let request = Request::parse(&format!("display,{plain}"));
        prop_assert!(request.display);
    }
}
