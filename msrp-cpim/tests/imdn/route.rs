//! What those between sender and recipient do.

use msrp_cpim::{Message, Single, Violation, imdn::RouteError};

use crate::{NS, address, lines, octets, parse};

const PEOPLE: &str = "From: <im:a@x.example>\r\nTo: <im:list@x.example>\r\n";

/// Shows: IMDN-6.4-01.
#[test]
fn the_first_recipient_is_remembered() {
    let message = parse(&format!("{PEOPLE}{NS}imdn.Message-ID: m1\r\nX.y:  \\q \r\n"));
    let once = message.rewrite_to(&address("im:c@x.example")).unwrap();
    let expected = [
        "From: <im:a@x.example>",
        "To: <im:c@x.example>",
        "NS: imdn <urn:ietf:params:imdn>",
        "imdn.Message-ID: m1",
        "X.y:  \\q ",
        "imdn.Original-To: <im:list@x.example>",
    ];
    assert_eq!(lines(&once), expected);
    assert_eq!(once.content(), message.content());

    let twice = once
        .rewrite_to(&address("im:d@x.example").with_name("D, E"))
        .unwrap();
    assert_eq!(lines(&twice)[1], "To: \"D, E\"<im:d@x.example>");
    let changed = once.to_bytes().len() + "\"D, E\"".len();
    assert_eq!(twice.to_bytes().len(), changed);
    assert_eq!(lines(&twice)[2..], expected[2..]);

    let original = "imdn.Original-To: <im:list@x.example>\r\n";
    let double = parse(&format!("{PEOPLE}{NS}{original}{original}"));
    assert_eq!(double.validate_msrp(), [Violation::Duplicate(Single::OriginalTo)]);
}

#[test]
fn the_namespace_is_declared_where_it_is_missing() {
    let to = address("im:c@x.example");
    let plain = parse(PEOPLE).rewrite_to(&to).unwrap();
    let expected = [
        "NS: imdn <urn:ietf:params:imdn>",
        "imdn.Original-To: <im:list@x.example>",
    ];
    assert_eq!(lines(&plain)[2..], expected);
    assert!(Message::parse_strict(&plain.to_bytes()).is_ok());

    let taken = parse(&format!("{PEOPLE}NS: imdn <urn:other>\r\n"))
        .rewrite_to(&to)
        .unwrap();
    assert_eq!(taken.original_to().unwrap().unwrap().uri(), "im:list@x.example");
    // Another default namespace changes nothing.
    let other = parse(&format!("{PEOPLE}NS: <urn:other>\r\n"))
        .rewrite_to(&to)
        .unwrap();
    assert_eq!(other.original_to().unwrap().unwrap().uri(), "im:list@x.example");
    let prefixed = "NS: c <urn:ietf:params:cpim-headers:>\r\nc.To: \"L\"  <im:list@x.example>\r\n";
    let prefixed = parse(prefixed).rewrite_to(&to).unwrap();
    assert_eq!(lines(&prefixed)[1], "c.To: <im:c@x.example>");
    assert_eq!(prefixed.original_to().unwrap().unwrap().name(), Some("L"));
}

#[test]
fn messages_without_separator_can_be_changed() {
    let octets = format!("{PEOPLE}Content-Type: text/plain\r\n\r\nhi");
    let message = Message::parse(&octets.into()).unwrap();
    let rewritten = message.rewrite_to(&address("im:c@x.example")).unwrap();
    let expected = "From: <im:a@x.example>\r\nTo: <im:c@x.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n\
                    imdn.Original-To: <im:list@x.example>\r\nContent-Type: text/plain\r\n\r\nhi";
    assert_eq!(rewritten.to_bytes(), expected);
}

#[test]
fn a_recipient_has_to_be_one() {
    let to = address("im:c@x.example");
    assert_eq!(
        parse("From: <im:a@x.example>\r\n").rewrite_to(&to),
        Err(RouteError::MissingTo)
    );
    let several = format!("{PEOPLE}To: <im:b@x.example>\r\n");
    assert_eq!(parse(&several).rewrite_to(&to), Err(RouteError::SeveralTo));
    assert!(matches!(
        parse("To: nobody\r\n").rewrite_to(&to),
        Err(RouteError::Address(_))
    ));
}

/// Shows: IMDN-6.5-01.
#[test]
fn the_last_on_the_way_is_the_first_on_the_way_back() {
    let record = |message: &Message| -> Vec<String> {
        message
            .imdn_record_routes()
            .map(|route| route.unwrap().uri().to_owned())
            .collect()
    };
    let message = parse(&format!(
        "{PEOPLE}NS: q <urn:ietf:params:imdn>\r\nq.Message-ID: m1\r\nSubject: x\r\n"
    ));
    let once = message.with_record_route(&address("im:r1@x.example")).unwrap();
    let twice = once.with_record_route(&address("im:r2@x.example")).unwrap();
    let expected = [
        "From: <im:a@x.example>",
        "To: <im:list@x.example>",
        "NS: q <urn:ietf:params:imdn>",
        "q.Message-ID: m1",
        "Subject: x",
        "q.IMDN-Record-Route: <im:r2@x.example>",
        "q.IMDN-Record-Route: <im:r1@x.example>",
    ];
    assert_eq!(lines(&twice), expected);
    assert_eq!(record(&twice), ["im:r2@x.example", "im:r1@x.example"]);
    assert_eq!(twice.content(), message.content());

    // In whatever spelling the one before stands.
    let default =
        parse("NS: <urn:ietf:params:imdn>\r\nIMDN-Record-Route: <im:r1@x.example>\r\nNS: <urn:x>\r\n");
    let more = default.with_record_route(&address("im:r2@x.example")).unwrap();
    assert_eq!(record(&more), ["im:r2@x.example", "im:r1@x.example"]);
    let fresh = parse(PEOPLE)
        .with_record_route(&address("im:r2@x.example"))
        .unwrap();
    assert_eq!(record(&fresh), ["im:r2@x.example"]);
}

/// Shows: IMDN-8-01.
#[test]
fn the_way_back() {
    let own = address("im:self@x.example");
    let notification = |routes: &[&str]| {
        let routes: String = routes
            .iter()
            .map(|uri| format!("imdn.IMDN-Route: <im:{uri}@x.example>\r\n"))
            .collect();
        parse(&format!("{PEOPLE}{NS}{routes}imdn.Message-ID: m1\r\n"))
    };
    let routes = |message: &Message| -> Vec<String> {
        message
            .imdn_routes()
            .map(|route| route.unwrap().uri().to_owned())
            .collect()
    };

    let hop = notification(&["self", "r1"]).next_hop(&own).unwrap();
    assert_eq!(hop.destination.uri(), "im:r1@x.example");
    assert_eq!(routes(&hop.message), ["im:r1@x.example"]);
    assert_eq!(hop.message, notification(&["r1"]));

    let hop = notification(&["self"]).next_hop(&own).unwrap();
    assert_eq!(hop.destination.uri(), "im:list@x.example");
    assert_eq!(hop.message, notification(&[]));

    let other = notification(&["other", "self"]);
    let hop = other.next_hop(&own).unwrap();
    assert_eq!(hop.destination.uri(), "im:other@x.example");
    assert_eq!(hop.message, other);

    // No more than one is taken away, and a name makes no difference.
    let hop = notification(&["self", "self"])
        .next_hop(&own.clone().with_name("Me"))
        .unwrap();
    assert_eq!(routes(&hop.message), ["im:self@x.example"]);
    let hop = notification(&[]).next_hop(&own).unwrap();
    assert_eq!(hop.destination.uri(), "im:list@x.example");

    let bad = parse(&format!("{PEOPLE}{NS}imdn.IMDN-Route: nowhere\r\n"));
    assert!(matches!(bad.next_hop(&own), Err(RouteError::Address(_))));
    assert_eq!(parse("X: y\r\n").next_hop(&own), Err(RouteError::MissingTo));
    assert_eq!(
        bad.to_bytes(),
        octets(&format!("{PEOPLE}{NS}imdn.IMDN-Route: nowhere\r\n"))
    );
}
