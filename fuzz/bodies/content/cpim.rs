//! A message/cpim: written as it was read, strictly read only what needs no tolerance, and everything that
//! can be asked of it.

use bytes::Bytes;
use msrp_cpim::imdn::{Class, Consent, DeliveryStatus, Disposition, NAMESPACE, Responder, Role};
use msrp_cpim::{Address, DateTime, Deviation, Header, Limits, Message, TextMessage};

use super::Random;

pub fn run(data: &[u8]) {
    let octets = Bytes::copy_from_slice(data);
    read_text(&octets);
    let strict = Message::parse_strict(&octets);
    let message = match Message::parse(&octets) {
        Ok(message) => message,
        Err(_) => return assert!(strict.is_err(), "only the strict parser takes it"),
    };
    assert_eq!(message.to_bytes(), octets);
    let is_clean = message.deviations().is_empty() && message.content().deviations().is_empty();
    assert_eq!(strict.is_ok(), is_clean, "{strict:?}");
    assert!(strict.is_err() || strict.as_ref() == Ok(&message));
    limited(&message);

    look(&message);
    notifications(&message, &mut Random::of(data));
    wrapped(&message);
}

/// All types that can hold text, whatever the octets are.
fn read_text(octets: &Bytes) {
    for media_type in [
        "message/cpim",
        "text/plain",
        "text/plain;charset=utf-16",
        "multipart/mixed;boundary=b",
    ] {
        let media_type = media_type.parse().unwrap();
        if let Ok(read) = TextMessage::read(&media_type, octets) {
            assert!(read.senders.len() <= TextMessage::MAX_DEPTH);
            assert_eq!(read.from(), read.senders.first().and_then(Option::as_ref));
        }
    }
}

/// Limits are kept to, and change nothing else.
fn limited(message: &Message) {
    let octets = message.to_bytes();
    let is_separate = !message
        .deviations()
        .iter()
        .any(|found| found == Deviation::MissingSeparator);
    let head = octets.len() - message.content().len() - if is_separate { 2 } else { 0 };
    let limits = |header_octets, headers| Limits {
        header_octets,
        headers,
    };
    let count = message.headers().len();
    assert_eq!(
        Message::parse_within(&octets, &limits(head, count)).as_ref(),
        Ok(message)
    );
    if count > 0 {
        assert!(Message::parse_within(&octets, &limits(head - 1, count)).is_err());
        assert!(Message::parse_within(&octets, &limits(head, count - 1)).is_err());
    }
}

fn look(message: &Message) {
    for header in message.headers() {
        look_at_header(header);
        if let Some(namespace) = header.namespace() {
            let found = message.header(namespace, header.name());
            assert!(found.is_some() && message.headers_named(namespace, header.name()).count() > 0);
        }
    }
    let extensions = message.extension_headers().count();
    let core = message.headers().iter().filter(|header| header.is_core()).count();
    assert_eq!(extensions + core, message.headers().len());

    let addresses = message.from().into_iter().chain(message.to()).chain(message.cc());
    addresses
        .filter_map(Result::ok)
        .for_each(|address| check_address(&address));
    if let Some(Ok(date_time)) = message.date_time() {
        let again = DateTime::parse(date_time.as_str()).unwrap();
        assert_eq!(again.instant(), date_time.instant());
    }
    assert_eq!(message.subject("en").is_some(), message.subjects().count() > 0);
    let _ = (
        message.validate_msrp(),
        message.namespaces(),
        format!("{message:?}"),
    );
    let all = message.required().len();
    let missing = message
        .check_required(|_, _| false)
        .map_or_else(|missing| missing.0.len(), |_| 0);
    assert_eq!(missing, all);
    let undeclared = message
        .required()
        .iter()
        .filter(|required| required.namespace().is_none());
    assert_eq!(
        message.check_required(|_, _| true).is_err(),
        undeclared.count() > 0
    );
}

fn look_at_header(header: &Header) {
    let _ = (
        header.prefix(),
        header.value(),
        header.language(),
        header.date_time(),
    );
    for (name, value) in header.parameters() {
        assert!(header.parameter(name).is_some(), "{name}: {value}");
    }
    if let Ok(address) = header.address() {
        check_address(&address);
    }
    // The text can be said again, in one line and without loss.
    if let Ok(again) = Header::new(header.name(), &header.text()) {
        assert_eq!(again.text(), header.text());
        assert!(!again.value().contains(['\r', '\n']));
    }
}

fn check_address(address: &Address) {
    let again = Address::parse(&address.to_string());
    assert_eq!(again.as_ref(), Ok(address));
}

fn notifications(message: &Message, random: &mut Random) {
    let class = Class::of(message);
    if let Ok(Class::Notifications(found)) = &class {
        assert!(!found.notifications.is_empty());
    }
    let _ = (
        message.message_id(),
        message.is_notification(),
        message.original_to(),
    );
    let _ = (
        message.imdn_routes().count(),
        message.imdn_record_routes().count(),
    );

    let own = Address::new("im:own@x.example").unwrap();
    let mut responder = Responder::new(message, Role::Recipient).with_date_time("2026-11-03T10:00:00Z");
    let delivered = Disposition::Delivery(DeliveryStatus::Delivered);
    for due in 0..2 {
        let report = responder.report(delivered.clone(), Consent::Given, &mut |octets| {
            random.fill(octets)
        });
        if let Ok(Some(report)) = report {
            assert_eq!(due, 0, "reported twice");
            let written = Message::parse_strict(&report.message.to_bytes()).unwrap();
            assert_eq!(written, report.message);
            let Ok(Class::Notifications(found)) = Class::of(&written) else {
                panic!("a notification that is none");
            };
            assert_eq!(found.notifications.len(), 1);
            assert_eq!(found.notifications[0].message_id, report.notification.message_id);
        }
    }

    if let Ok(rewritten) = message.rewrite_to(&own) {
        assert_eq!(rewritten.to().collect::<Vec<_>>(), [Ok(own.clone())]);
        assert!(rewritten.original_to().is_some());
        assert_eq!(rewritten.content(), message.content());
    }
    if let Ok(routed) = message.with_record_route(&own) {
        // By the headers: a notification has no record routes to go by (RFC 5438 §7.2.1).
        let routes = |message: &Message| -> Vec<_> {
            let named = message.headers_named(NAMESPACE, "IMDN-Record-Route");
            named.map(Header::address).collect()
        };
        let expected: Vec<_> = [Ok(own.clone())].into_iter().chain(routes(message)).collect();
        assert_eq!(routes(&routed), expected);
        assert_eq!(routed.content(), message.content());
    }
    if let Ok(hop) = message.next_hop(&own) {
        assert_eq!(hop.message.content(), message.content());
    }
}

/// In a message of one's own it stays what it is.
fn wrapped(message: &Message) {
    let own = Address::new("im:own@x.example").unwrap();
    let builder = Message::builder().from(own.clone()).to(own.clone());
    let outer = builder.wrap(message).unwrap();
    let outer = Message::parse_strict(&outer.to_bytes()).unwrap();
    assert_eq!(outer.inner().unwrap().as_ref(), Ok(message));
    if let Ok(chain) = message.chain(8) {
        let senders = outer.from_chain(chain.len() + 1).unwrap();
        assert_eq!(senders.len(), chain.len() + 1);
        assert_eq!(senders[0].as_ref(), Some(&own));
        assert!(outer.chain(chain.len()).is_err());
    }
}
