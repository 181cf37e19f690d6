//! Who is told what.

use msrp_cpim::{
    Message,
    imdn::{
        Consent, DeliveryStatus, DisplayStatus, Disposition, Notification, ProcessingStatus, Report,
        ReportError, Responder, Role,
    },
};

use crate::{NS, counter, lines, parse};

const DELIVERED: Disposition = Disposition::Delivery(DeliveryStatus::Delivered);
const FAILED: Disposition = Disposition::Delivery(DeliveryStatus::Failed);
const LOST: Disposition = Disposition::Delivery(DeliveryStatus::Error);
const NO_DELIVERY: Disposition = Disposition::Delivery(DeliveryStatus::Forbidden);
const PROCESSED: Disposition = Disposition::Processing(ProcessingStatus::Processed);
const STORED: Disposition = Disposition::Processing(ProcessingStatus::Stored);
const DISPLAYED: Disposition = Disposition::Display(DisplayStatus::Displayed);
const UNSEEN: Disposition = Disposition::Display(DisplayStatus::Error);
const NO_DISPLAY: Disposition = Disposition::Display(DisplayStatus::Forbidden);

const PEOPLE: &str = "From: Alice <im:alice@x.example>\r\nTo: Bob <im:bob@x.example>\r\n";
const DATE: &str = "DateTime: 2006-04-04T12:16:49-05:00\r\n";

fn asking(requests: &str, more: &str) -> Message {
    parse(&format!(
        "{PEOPLE}{DATE}{NS}imdn.Message-ID: m1\r\nimdn.Disposition-Notification: {requests}\r\n{more}"
    ))
}

fn recipient(requests: &str) -> Responder {
    Responder::new(&asking(requests, ""), Role::Recipient)
}

fn intermediary(requests: &str) -> Responder {
    Responder::new(&asking(requests, ""), Role::Intermediary)
}

#[track_caller]
fn report(responder: &mut Responder, disposition: Disposition) -> Option<Report> {
    responder
        .report(disposition, Consent::Given, &mut counter())
        .unwrap()
}

/// What the sender is told.
#[track_caller]
fn told(responder: &mut Responder, disposition: Disposition) -> Option<Disposition> {
    let report = report(responder, disposition)?;
    let read = Notification::parse_strict(&report.message.content().body).unwrap();
    assert_eq!(read.disposition, report.notification.disposition);
    Some(read.disposition)
}

/// Shows: IMDN-7.2.1-01.
#[test]
fn each_type_is_reported_once() {
    let mut responder = recipient("positive-delivery, negative-delivery, display");
    assert_eq!(told(&mut responder, DELIVERED), Some(DELIVERED));
    assert_eq!(told(&mut responder, FAILED), None);
    assert_eq!(told(&mut responder, LOST), None);
    assert_eq!(told(&mut responder, DISPLAYED), Some(DISPLAYED));
    assert_eq!(told(&mut responder, UNSEEN), None);
    assert_eq!(told(&mut responder, DELIVERED), None);

    let mut responder = intermediary("processing, negative-delivery");
    assert_eq!(told(&mut responder, STORED), Some(STORED));
    assert_eq!(told(&mut responder, PROCESSED), None);
    assert_eq!(told(&mut responder, FAILED), Some(FAILED));
    assert_eq!(told(&mut responder, NO_DELIVERY), None);
}

/// Shows: IMDN-7.2.1-02.
#[test]
fn only_what_is_asked_for_is_reported() {
    assert_eq!(told(&mut recipient("negative-delivery"), DELIVERED), None);
    assert_eq!(told(&mut recipient("negative-delivery"), FAILED), Some(FAILED));
    assert_eq!(told(&mut recipient("positive-delivery"), FAILED), None);
    assert_eq!(
        told(&mut recipient("positive-delivery"), DELIVERED),
        Some(DELIVERED)
    );
    assert_eq!(told(&mut recipient("positive-delivery"), DISPLAYED), None);
    assert_eq!(told(&mut recipient("x-foo, display"), DISPLAYED), Some(DISPLAYED));
    assert_eq!(told(&mut recipient("display"), DELIVERED), None);
    assert_eq!(told(&mut recipient("Display"), DISPLAYED), None);
    assert_eq!(told(&mut recipient("x-foo"), DISPLAYED), None);
    assert_eq!(told(&mut recipient(""), DISPLAYED), None);
    // A fate that is not known.
    assert_eq!(told(&mut recipient("display"), UNSEEN), Some(UNSEEN));
    assert_eq!(told(&mut recipient("negative-delivery"), LOST), Some(LOST));
    // What was silent does not count as reported.
    let mut responder = recipient("negative-delivery");
    assert_eq!(told(&mut responder, DELIVERED), None);
    assert_eq!(told(&mut responder, FAILED), Some(FAILED));
}

/// Shows: IMDN-7.2.1-03.
#[test]
fn processing_is_for_intermediaries() {
    let all = "positive-delivery, negative-delivery, processing, display";
    let refused = |mut responder: Responder, disposition| {
        let result = responder.report(disposition, Consent::Given, &mut counter());
        assert_eq!(result, Err(ReportError::NotAllowed));
    };
    refused(recipient(all), PROCESSED);
    refused(recipient(all), STORED);
    refused(recipient("display"), PROCESSED);
    refused(intermediary(all), DISPLAYED);
    refused(intermediary(all), DELIVERED);
    assert_eq!(told(&mut intermediary("processing"), PROCESSED), Some(PROCESSED));
    assert_eq!(told(&mut intermediary("display"), PROCESSED), None);
    assert_eq!(told(&mut intermediary("negative-delivery"), FAILED), Some(FAILED));
    assert_eq!(told(&mut intermediary("processing"), FAILED), None);
}

/// Shows: IMDN-7.2.1-04 (receiver).
#[test]
fn notifications_are_not_answered() {
    let headers = format!(
        "{PEOPLE}{DATE}{NS}imdn.Message-ID: m1\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
    );
    let document = Notification::new("m0", "2006-04-04T12:16:49-05:00", DELIVERED)
        .to_xml()
        .unwrap();
    let document = String::from_utf8(document).unwrap();
    let part = format!("--a\r\nContent-Type: message/imdn+xml\r\n\r\n{document}\r\n");
    let unlabelled = format!("Content-Type: multipart/mixed;boundary=a\r\n\r\n{part}--a--");
    let mixed = format!("Content-Type: multipart/mixed;boundary=a\r\n\r\n{part}--a\r\n\r\nhi\r\n--a--");
    for content in [unlabelled.as_str(), &mixed] {
        let message = Message::parse(&format!("{headers}{content}").into()).unwrap();
        let mut responder = Responder::new(&message, Role::Recipient);
        assert!(responder.request().is_empty());
        assert_eq!(
            responder.report(DISPLAYED, Consent::Given, &mut counter()),
            Ok(None)
        );
    }
    for content in [
        "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n<imdn/>",
        "Content-Type: message/imdn+xml\r\n\r\n<imdn/>",
        "Content-Type: message/imdn+xml\r\nContent-Disposition: attachment\r\n\r\n<imdn/>",
        "Content-Type: multipart/mixed;boundary=a\r\nContent-Disposition: notification\r\n\r\n--a--",
    ] {
        let message = Message::parse(&format!("{headers}{content}").into()).unwrap();
        assert!(message.requested_notifications().is_empty());
        let mut responder = Responder::new(&message, Role::Recipient);
        for disposition in [DELIVERED, DISPLAYED, UNSEEN] {
            for consent in [Consent::Given, Consent::Forbidden] {
                let none = responder.report(disposition.clone(), consent, &mut counter());
                assert_eq!(none, Ok(None));
            }
        }
    }
}

/// Shows: IMDN-7.2.1-04 (receiver, notifications in something else).
#[test]
fn wrapped_notifications_are_not_answered() {
    let headers =
        format!("{PEOPLE}{DATE}{NS}imdn.Message-ID: m1\r\nimdn.Disposition-Notification: display\r\n\r\n");
    let wrapped = |media_type: &str, body: &str| {
        format!("Content-Type: message/cpim\r\n\r\n{PEOPLE}\r\nContent-Type: {media_type}\r\n\r\n{body}")
    };
    let parts = |part: &str, count| {
        let parts = format!("--a\r\n{part}\r\n").repeat(count);
        format!("Content-Type: multipart/mixed;boundary=a\r\n\r\n{parts}--a--")
    };
    let is_answered = |content: &str| {
        let message = Message::parse(&format!("{headers}{content}").into()).unwrap();
        !Responder::new(&message, Role::Recipient).request().is_empty()
    };
    let part = "Content-Type: message/imdn+xml\r\n\r\n<imdn/>";
    let inner = wrapped("message/imdn+xml", "<imdn/>");
    let encoded = "Content-Type: multipart/mixed;boundary=a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                   --a\r\nContent-Type: message/imdn=2Bxml\r\n\r\n<imdn/>\r\n--a--";
    for content in [
        &inner,
        &parts(&inner, 1),
        &parts(part, 101),
        &parts(
            &parts("Content-Disposition: notification\r\n\r\nx", 1)
                .replace("=a", "=b")
                .replace("--a", "--b"),
            1,
        ),
        encoded,
        // What cannot be looked into may be one.
        "Content-Type: message/cpim\r\n\r\n",
        "Content-Type: multipart/mixed\r\n\r\n",
    ] {
        assert!(!is_answered(content), "{content}");
    }
    let text = wrapped("text/plain", "hi");
    for content in [&text, &parts(&text, 2), &parts("\r\nhi", 100)] {
        assert!(is_answered(content), "{content}");
    }
}

/// Shows: IMDN-12.1-01 (receiver).
#[test]
fn nothing_is_told_without_consent() {
    let tell = |requests, disposition, consent| {
        let report = recipient(requests)
            .report(disposition, consent, &mut counter())
            .unwrap();
        report.map(|report| report.notification.disposition)
    };
    assert_eq!(tell("display", DISPLAYED, Consent::Withheld), None);
    assert_eq!(tell("display", DISPLAYED, Consent::Forbidden), Some(NO_DISPLAY));
    assert_eq!(tell("display", DISPLAYED, Consent::Given), Some(DISPLAYED));
    assert_eq!(tell("positive-delivery", DISPLAYED, Consent::Forbidden), None);
    // That it is forbidden says nothing of what became of the message.
    assert_eq!(
        tell("negative-delivery", FAILED, Consent::Forbidden),
        Some(NO_DELIVERY)
    );
    assert_eq!(
        tell("negative-delivery", DELIVERED, Consent::Forbidden),
        Some(NO_DELIVERY)
    );

    let mut responder = recipient("display");
    let denied = responder.report(DISPLAYED, Consent::Forbidden, &mut counter());
    assert!(denied.unwrap().is_some());
    assert_eq!(told(&mut responder, DISPLAYED), None);
    let mut responder = recipient("display");
    assert_eq!(
        responder.report(DISPLAYED, Consent::Withheld, &mut counter()),
        Ok(None)
    );
    assert_eq!(told(&mut responder, DISPLAYED), Some(DISPLAYED));
}

/// Shows: IMDN-7.2.1-05.
#[test]
fn a_notification_has_an_identifier_of_its_own() {
    let mut source = counter();
    let mut responder = recipient("positive-delivery, display");
    let mut report = |disposition| {
        responder
            .report(disposition, Consent::Given, &mut source)
            .unwrap()
            .unwrap()
    };
    let ids: Vec<_> = [DELIVERED, DISPLAYED]
        .into_iter()
        .map(|disposition| {
            let report = report(disposition);
            let body = String::from_utf8(report.message.content().body.to_vec()).unwrap();
            assert!(body.contains("<message-id>m1</message-id>"), "{body}");
            report.message.message_id().unwrap().unwrap().as_str().to_owned()
        })
        .collect();
    assert_eq!(
        ids,
        [
            "000102030405060708090a0b0c0d0e0f",
            "101112131415161718191a1b1c1d1e1f"
        ]
    );
}

/// Shows: IMDN-7.2.1-06.
#[test]
fn the_way_back_is_the_way_recorded() {
    let routes =
        "imdn.IMDN-Record-Route: \"R, 2\"<im:r2@x.example>\r\nimdn.IMDN-Record-Route: <im:r1@x.example>\r\n";
    let message = asking("display", routes);
    let report = report(&mut Responder::new(&message, Role::Recipient), DISPLAYED).unwrap();
    assert_eq!(
        report
            .message
            .imdn_routes()
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
        message
            .imdn_record_routes()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    );
    assert_eq!(report.message.imdn_routes().count(), 2);
    let route_lines: Vec<_> = lines(&report.message)
        .into_iter()
        .filter(|line| line.contains("Route"))
        .collect();
    let expected = [
        "imdn.IMDN-Route: \"R, 2\"<im:r2@x.example>",
        "imdn.IMDN-Route: <im:r1@x.example>",
    ];
    assert_eq!(route_lines, expected);

    // One in a notification means nothing.
    let octets = format!("{PEOPLE}{NS}{routes}\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>");
    let notification = Message::parse(&octets.into()).unwrap();
    assert_eq!(notification.imdn_record_routes().count(), 0);
}

/// Shows: IMDN-7.2.1-07.
#[test]
fn the_octets_of_a_notification() {
    let plain = report(&mut recipient("display"), DISPLAYED).unwrap();
    assert_eq!(plain.destination.uri(), "im:alice@x.example");
    let octets = plain.message.to_bytes();
    let expected = "From: Bob <im:bob@x.example>\r\n\
                    To: Alice <im:alice@x.example>\r\n\
                    NS: imdn <urn:ietf:params:imdn>\r\n\
                    imdn.Message-ID: 000102030405060708090a0b0c0d0e0f\r\n\
                    \r\n\
                    Content-Type: message/imdn+xml\r\n\
                    Content-Disposition: notification\r\n\
                    \r\n\
                    <?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert!(octets.starts_with(expected.as_bytes()), "{octets:?}");
    assert!(Message::parse_strict(&octets).unwrap().is_notification());
    assert!(
        Message::parse_strict(&octets)
            .unwrap()
            .requested_notifications()
            .is_empty()
    );

    let message = asking(
        "display",
        "imdn.IMDN-Record-Route: <im:r2@x.example>\r\nimdn.IMDN-Record-Route: <im:r1@x.example>\r\n",
    );
    let routed = report(&mut Responder::new(&message, Role::Recipient), DISPLAYED).unwrap();
    assert_eq!(routed.destination.uri(), "im:r2@x.example");
    assert_eq!(
        routed.message.to().next().unwrap().unwrap().uri(),
        "im:alice@x.example"
    );
}

/// Shows: IMDN-11.1.1-01 (builder).
#[test]
fn identifier_and_date_are_repeated() {
    let report_on =
        |message: &Message| report(&mut Responder::new(message, Role::Recipient), DISPLAYED).unwrap();
    let read = Notification::parse_strict(&report_on(&asking("display", "")).message.content().body).unwrap();
    assert_eq!(
        (&*read.message_id, &*read.datetime),
        ("m1", "2006-04-04T12:16:49-05:00")
    );

    // That of the message goes before any other.
    let mut responder =
        Responder::new(&asking("display", ""), Role::Recipient).with_date_time("2006-04-05T00:00:00Z");
    let dated = report(&mut responder, DISPLAYED).unwrap();
    assert_eq!(dated.notification.datetime, "2006-04-04T12:16:49-05:00");

    let requests = format!("{NS}imdn.Disposition-Notification: display\r\n");
    let undated = parse(&format!("{PEOPLE}{requests}imdn.Message-ID: m1\r\n"));
    let mut responder = Responder::new(&undated, Role::Recipient);
    let result = responder.report(DISPLAYED, Consent::Given, &mut counter());
    assert_eq!(result, Err(ReportError::MissingDateTime));
    // What failed can be tried again, with a date of the receiver's.
    let mut responder = responder.with_date_time("2006-04-05T00:00:00Z");
    let report = report(&mut responder, DISPLAYED).unwrap();
    assert_eq!(report.notification.datetime, "2006-04-05T00:00:00Z");

    let error = |headers: String| {
        let result = Responder::new(&parse(&headers), Role::Recipient).report(
            DISPLAYED,
            Consent::Given,
            &mut counter(),
        );
        result.unwrap_err()
    };
    assert_eq!(
        error(format!("{PEOPLE}{DATE}{requests}")),
        ReportError::MissingMessageId
    );
    let id = "imdn.Message-ID: m1\r\n";
    assert_eq!(
        error(format!("To: <im:b@x.example>\r\n{DATE}{requests}{id}")),
        ReportError::MissingFrom
    );
    assert_eq!(
        error(format!("From: <im:b@x.example>\r\n{DATE}{requests}{id}")),
        ReportError::MissingTo
    );
    let nobody = error(format!(
        "From: nobody\r\nTo: <im:b@x.example>\r\n{DATE}{requests}{id}"
    ));
    assert!(matches!(nobody, ReportError::Address(_)));
}

/// Shows: IMDN-11.1.3-01 (builder).
#[test]
fn recipients_are_named() {
    let message = asking("display", "imdn.Original-To: <im:l@x.example>\r\n");
    let first = report(&mut Responder::new(&message, Role::Recipient), DISPLAYED).unwrap();
    let body = String::from_utf8(first.message.content().body.to_vec()).unwrap();
    let recipient_at = body
        .find("<recipient-uri>im:bob@x.example</recipient-uri>")
        .unwrap();
    let original_at = body
        .find("<original-recipient-uri>im:l@x.example</original-recipient-uri>")
        .unwrap();
    assert!(recipient_at < original_at);

    // One of several may say who it is.
    let message = asking("display", "To: Carol <im:carol@x.example>\r\n");
    let carol = message.to().nth(1).unwrap().unwrap();
    let mut responder = Responder::new(&message, Role::Recipient).with_recipient(carol.clone());
    let report = report(&mut responder, DISPLAYED).unwrap();
    assert_eq!(
        report.notification.recipient_uri.as_deref(),
        Some("im:carol@x.example")
    );
    assert_eq!(report.message.from(), Some(Ok(carol)));
}

/// Shows: IMDN-11.1.5-01.
#[test]
fn the_subject_is_repeated() {
    let body = |subjects: &str| {
        let message = asking("display", subjects);
        let report = report(&mut Responder::new(&message, Role::Recipient), DISPLAYED).unwrap();
        String::from_utf8(report.message.content().body.to_vec()).unwrap()
    };
    let french = body("Subject:;lang=fr été & Co\r\n");
    assert!(
        french.contains("<subject xml:lang=\"fr\">été &amp; Co</subject>"),
        "{french}"
    );
    let plain = body("Subject: a\\u003cb>\r\nSubject:;lang=fr c\r\n");
    assert!(plain.contains("<subject>a&lt;b&gt;</subject>"), "{plain}");
    assert!(!body("").contains("subject"));
    // XML has no way to say this.
    assert!(!body("Subject: \\u0000\r\n").contains("subject"));
}
