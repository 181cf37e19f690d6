//! Asking for notifications.

use msrp_cpim::{
    BuildError, Deviation, Header, Message,
    imdn::{MessageId, Request},
};
use msrp_multipart::{Disposition, Entity, MediaType};

use crate::{NS, address, builder, date, lines, parse, request, text};

fn id() -> MessageId {
    MessageId::new("m1").unwrap()
}

/// Shows: IMDN-6.1-01.
#[test]
fn the_namespace_counts_and_not_the_prefix() {
    let id = |headers: &str| {
        parse(headers)
            .message_id()
            .map(|id| id.unwrap().as_str().to_owned())
    };
    assert_eq!(
        id("NS: q <urn:ietf:params:imdn>\r\nq.Message-ID: abc1\r\n").as_deref(),
        Some("abc1")
    );
    assert_eq!(
        id("NS: <urn:ietf:params:imdn>\r\nMessage-ID: abc1\r\n").as_deref(),
        Some("abc1")
    );
    assert_eq!(id("imdn.Message-ID: abc1\r\n"), None);
    assert_eq!(id("NS: imdn <urn:other>\r\nimdn.Message-ID: abc1\r\n"), None);
    assert_eq!(id("Message-ID: abc1\r\n"), None);
    assert_eq!(id("NS: q <urn:ietf:params:imdn>\r\nq.message-id: abc1\r\n"), None);
}

/// Shows: IMDN-7.1.1-01.
#[test]
fn what_a_request_needs() {
    let asking = builder().request_notifications(request("p"));
    let without_date = asking.clone().message_id(&id()).unwrap();
    assert_eq!(without_date.build(text()), Err(BuildError::MissingDateTime));
    assert_eq!(
        asking.clone().date_time(date()).build(text()),
        Err(BuildError::MissingMessageId)
    );

    let message = asking
        .message_id(&id())
        .unwrap()
        .date_time(date())
        .build(text())
        .unwrap();
    let expected = [
        "From: <im:a@x.example>",
        "To: <im:b@x.example>",
        "DateTime: 2006-04-04T12:16:49-05:00",
        "NS: imdn <urn:ietf:params:imdn>",
        "imdn.Disposition-Notification: positive-delivery",
        "imdn.Message-ID: m1",
    ];
    assert_eq!(lines(&message), expected);
    assert_eq!(message.requested_notifications(), request("p"));

    // The way around does not help.
    let header = Header::new("q.Disposition-Notification", "x-later").unwrap();
    let around = builder()
        .namespace("q", "urn:ietf:params:imdn")
        .unwrap()
        .header(header)
        .unwrap();
    assert_eq!(around.build(text()), Err(BuildError::MissingDateTime));
}

#[test]
fn the_prefix_may_be_taken() {
    let own = builder()
        .namespace("imdn", "urn:other")
        .unwrap()
        .message_id(&id())
        .unwrap();
    assert_eq!(own.build(text()).unwrap().message_id(), Some(Ok(id())));
    let declared = builder()
        .namespace("q", "urn:ietf:params:imdn")
        .unwrap()
        .message_id(&id())
        .unwrap();
    let message = declared.build(text()).unwrap();
    assert_eq!(
        lines(&message)[2..],
        ["NS: q <urn:ietf:params:imdn>", "q.Message-ID: m1"]
    );
}

/// Shows: IMDN-7.1.1-02.
#[test]
fn the_list_of_what_is_asked_for() {
    assert_eq!(request("np").to_string(), "positive-delivery, negative-delivery");
    assert_eq!(
        request("npxd").to_string(),
        "positive-delivery, negative-delivery, processing, display"
    );
    let read = [
        ("positive-delivery, negative-delivery", "pn"),
        ("display;x=1 ,positive-delivery", "dp"),
        ("display ; x=\"a,negative-delivery\" ; y=2,processing", "dx"),
        ("display;x=\"a,processing;b\",negative-delivery", "dn"),
        ("display;x=\"a,processing,b\"", "d"),
        ("display;x=\"\\\",processing,b\"", "d"),
        ("display;x=\"\\\\\",processing", "dx"),
        ("Display", ""),
        ("x-foo, display", "d"),
        ("displayed,xprocessing,display x", ""),
        ("", ""),
        (" , ,", ""),
    ];
    for (value, letters) in read {
        assert_eq!(Request::parse(value), request(letters), "{value}");
        let message = parse(&format!("{NS}imdn.Disposition-Notification: {value}\r\n"));
        assert_eq!(message.requested_notifications(), request(letters), "{value}");
    }
    let message = parse(&format!("{NS}imdn.Disposition-Notification: \r\n"));
    assert!(message.deviations().is_empty());
    assert!(parse(NS).requested_notifications().is_empty());
    // Several headers are one list.
    let two = format!(
        "{NS}imdn.Disposition-Notification: display\r\nimdn.Disposition-Notification: processing\r\n"
    );
    assert_eq!(parse(&two).requested_notifications(), request("dx"));
    // Nothing asked for is no header.
    let message = builder()
        .request_notifications(request(""))
        .build(text())
        .unwrap();
    assert!(!lines(&message).iter().any(|line| line.contains("Disposition")));
}

#[test]
fn a_second_request_replaces_the_first() {
    let twice = builder()
        .request_notifications(request("p"))
        .request_notifications(request("d"));
    let message = twice
        .message_id(&id())
        .unwrap()
        .date_time(date())
        .build(text())
        .unwrap();
    assert_eq!(message.requested_notifications(), request("d"));
}

/// Shows: IMDN-12.1-01 (sender).
#[test]
fn anonymous_senders_do_not_ask() {
    let asking = || {
        let asking = builder().request_notifications(request("p"));
        asking.message_id(&id()).unwrap().date_time(date())
    };
    assert_eq!(
        asking().anonymous().build(text()),
        Err(BuildError::AnonymousRequest)
    );
    let anonymous = asking().from(address("sip:anonymous@anonymous.invalid"));
    assert_eq!(anonymous.build(text()), Err(BuildError::AnonymousRequest));
    assert!(asking().build(text()).is_ok());
    assert!(
        builder()
            .anonymous()
            .message_id(&id())
            .unwrap()
            .build(text())
            .is_ok()
    );
}

/// Shows: IMDN-7.2.1-04 (builder).
#[test]
fn a_notification_does_not_ask() {
    let asking = || {
        let asking = builder().request_notifications(request("p"));
        asking.message_id(&id()).unwrap().date_time(date())
    };
    let document = Entity::new(&MediaType::new("message", "imdn+xml").unwrap(), "<imdn/>").unwrap();
    assert_eq!(asking().build(document), Err(BuildError::RequestInNotification));
    let boundary = MediaType::new("multipart", "mixed")
        .unwrap()
        .with_parameter("boundary", "a")
        .unwrap();
    let part = "--a\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>\r\n--a--";
    let inside = Entity::new(&boundary, part).unwrap();
    assert_eq!(asking().build(inside), Err(BuildError::RequestInNotification));
    let marked = text()
        .with_disposition(&Disposition::new("Notification").unwrap())
        .unwrap();
    assert_eq!(asking().build(marked), Err(BuildError::RequestInNotification));
}

/// Shows: IMDN-10-02 (addresses).
#[test]
fn addresses_have_the_syntax_of_from() {
    let message = parse(&format!(
        "{NS}imdn.IMDN-Route: \"R, 1\"<im:r@x.example>\r\nimdn.IMDN-Record-Route: R 2 <im:q@x.example>\r\n\
         imdn.Original-To: <im:list@x.example>\r\n"
    ));
    assert!(message.deviations().is_empty());
    let route = message.imdn_routes().next().unwrap().unwrap();
    assert_eq!((route.name(), route.uri()), (Some("R, 1"), "im:r@x.example"));
    let route = message.imdn_record_routes().next().unwrap().unwrap();
    assert_eq!((route.name(), route.uri()), (Some("R 2"), "im:q@x.example"));
    assert_eq!(message.original_to().unwrap().unwrap().uri(), "im:list@x.example");
    for name in ["IMDN-Route", "IMDN-Record-Route", "Original-To"] {
        let message = parse(&format!("{NS}imdn.{name}: im:r@x.example\r\n"));
        assert!(message.deviations().contains(Deviation::BadAddress), "{name}");
    }
    assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
}
