//! Several sessions, and later exchanges about one (RFC 4975 §8.4).

use std::collections::BTreeSet;

use msrp_multipart::MediaRanges;
use msrp_proto::{Direction, Role};
use msrp_sdp::{Change, Ids, Local, LocalError, Names, NegotiationError, Policy, Refusal, Side};

use crate::{
    CERTIFICATES, agreement, agreements, answer, carried, fingerprints, host, ids, open, outcome, plain,
    relay_path, relayed_terms, terms, written,
};

#[test]
fn a_thousand_offers_have_a_thousand_uris() {
    let mut ids = ids();
    let local = plain("192.0.2.1", 7394);
    let uris: BTreeSet<String> = (0..1000)
        .map(|_| {
            local
                .clone()
                .open(&mut ids)
                .expect("a session")
                .offer()
                .uri()
                .expect("a path")
                .to_string()
        })
        .collect();
    assert_eq!(uris.len(), 1000);
    // The same seed gives the same; another source is asked for every one.
    let mut again = self::ids();
    assert!(
        uris.contains(
            &local
                .clone()
                .open(&mut again)
                .expect("a session")
                .uri()
                .to_string()
        )
    );
    let mut count = 0_u8;
    let mut drawn = Ids::drawn_from(move |octets| {
        count += 1;
        octets.fill(count);
    });
    let [one, other] = [(); 2].map(|()| local.clone().open(&mut drawn).expect("a session").uri().clone());
    assert_ne!(one, other);
}

#[test]
fn an_offer_that_changes_nothing_is_the_same() {
    let session = open(
        Local::listening(host("192.0.2.1"), 7394)
            .cema(true)
            .max_size(5)
            .fingerprints(fingerprints(CERTIFICATES[0])),
    );
    assert_eq!(session.offer(), session.offer());
    assert_eq!(written(&session.offer()), written(&session.offer()));
    let unchanged = session.with_terms(|local| local).expect("terms");
    assert_eq!((unchanged.offer(), &unchanged), (session.offer(), &session));
    let theirs = open(Local::listening(host("192.0.2.9"), 8493).fingerprints(fingerprints(CERTIFICATES[1])));
    let answers = [(); 2].map(|()| answer(&theirs, &carried(&session.offer())));
    assert_eq!(answers[0], answers[1]);
    let agreed = answers
        .each_ref()
        .map(|answer| agreement(&session.offer(), answer, Side::Offerer));
    assert_eq!(agreed[1].change_since(&agreed[0]), Change::Nothing);
}

/// Shows: MSRP-8.4-01.
#[test]
fn the_sender_of_the_latest_offer_is_the_offerer() {
    let alice = open(plain("192.0.2.1", 7394).setup(false));
    let bob = open(plain("192.0.2.9", 8493).setup(false));
    let offer = carried(&alice.offer());
    let first = agreements(&offer, &carried(&answer(&bob, &offer)));
    assert_eq!(
        first.each_ref().map(|agreed| agreed.role()),
        [Role::Active, Role::Passive]
    );
    let offer = carried(&bob.offer());
    let second = agreements(&offer, &carried(&answer(&alice, &offer)));
    assert_eq!(
        second.each_ref().map(|agreed| agreed.role()),
        [Role::Active, Role::Passive]
    );
    assert_eq!(second[0].uri(), *bob.uri());
    assert_eq!(crate::connects(&second[0]), ("192.0.2.1".into(), 7394));
    // That does not touch the connection there is.
    assert_eq!(second[0].change_since(&first[1]), Change::Nothing);
}

/// Shows: MSRP-8.4-02.
#[test]
fn an_answer_has_the_path_of_its_time() {
    let mut ids = ids();
    let offer = carried(&open(plain("192.0.2.1", 7394)).offer());
    let old = plain("192.0.2.9", 8493)
        .relays(relay_path("msrps://r.example.com:9000/old;tcp"))
        .open(&mut ids)
        .expect("a session");
    let renewed = old
        .renewed(
            |local| local.relays(relay_path("msrps://r.example.com:9000/new;tcp")),
            &mut ids,
        )
        .expect("a session");
    let answers = [&old, &renewed].map(|session| carried(&answer(session, &offer)));
    assert_eq!(answers[0].path(), Some(old.path()));
    assert_eq!(answers[1].path(), Some(renewed.path()));
    let relays = answers
        .each_ref()
        .map(|answer| answer.path().expect("a path").leftmost().as_str().to_owned());
    assert_eq!(
        relays,
        [
            "msrps://r.example.com:9000/old;tcp",
            "msrps://r.example.com:9000/new;tcp"
        ]
    );
    assert_ne!(old.uri(), renewed.uri());
}

/// Shows: MSRP-8.4-03.
#[test]
fn the_peer_may_have_another_path() {
    let mut ids = ids();
    let ours = plain("192.0.2.1", 7394).open(&mut ids).expect("a session");
    let theirs = plain("192.0.2.9", 8493).open(&mut ids).expect("a session");
    let offer = carried(&ours.offer());
    let first = agreement(&offer, &carried(&answer(&theirs, &offer)), Side::Offerer);
    let moved = theirs.renewed(|local| local, &mut ids).expect("a session");
    let answer = carried(&answer(&moved, &offer));
    let second = agreement(&offer, &answer, Side::Offerer);
    assert_eq!(second.change_since(&first), Change::Path);
    assert_eq!(second.peer_path(), moved.path());
    assert_ne!(second.peer_path(), first.peer_path());
    assert_eq!(
        second.terms(),
        terms(moved.path().as_str(), &answer, Direction::SendRecv)
    );
    // Or we have one.
    let ours = ours.renewed(|local| local, &mut ids).expect("a session");
    let third = agreement(&ours.offer(), &answer, Side::Offerer);
    assert_eq!(third.change_since(&second), Change::Path);
    assert_eq!(third.uri(), *ours.uri());
}

/// A path that relays give before the present one expires goes to both sides as new terms: the URI of the session and
/// the connections stay (RFC 4976 §9.4).
#[test]
fn relays_may_give_another_path_to_the_same_session() {
    let paths = [
        "msrps://r.example.com:9000/old;tcp",
        "msrps://r.example.com:9000/new;tcp",
    ];
    let mut ids = ids();
    let old = plain("192.0.2.1", 7394)
        .relays(relay_path(paths[0]))
        .open(&mut ids)
        .expect("a session");
    let theirs =
        open(crate::Local::connecting(host("192.0.2.9")).fingerprints(fingerprints(CERTIFICATES[0])));
    let first = agreements(
        &carried(&old.offer()),
        &carried(&answer(&theirs, &carried(&old.offer()))),
    );
    let new = old.with_relays(relay_path(paths[1])).expect("usable relays");
    assert_eq!(new.uri(), old.uri());
    assert_eq!(new.path().as_str(), format!("{} {}", paths[1], old.uri()));
    let offer = carried(&new.offer());
    let their_answer = carried(&answer(&theirs, &offer));
    let second = agreements(&offer, &their_answer);
    for side in 0..2 {
        assert_eq!(second[side].change_since(&first[side]), Change::Terms);
    }
    assert_eq!(
        second[0].terms(),
        relayed_terms(paths[1], &their_answer, Direction::SendRecv)
    );
    assert_eq!(
        second[1].terms(),
        terms(new.path().as_str(), &offer, Direction::SendRecv)
    );
    // Another relay is another connection.
    let elsewhere = old
        .with_relays(relay_path("msrps://s.example.com:9000/new;tcp"))
        .expect("usable relays");
    let offer = carried(&elsewhere.offer());
    let moved = agreements(&offer, &carried(&answer(&theirs, &offer)));
    for side in 0..2 {
        assert_eq!(moved[side].change_since(&first[side]), Change::Path);
    }
}

/// The connection is kept, and a further one is judged by what the latest exchange says.
#[test]
fn another_certificate_of_the_peer_is_a_change() {
    let tls = |address, certificate: &[u8]| {
        open(Local::listening(host(address), 7394).fingerprints(fingerprints(certificate)))
    };
    let theirs = tls("192.0.2.9", CERTIFICATES[1]);
    let ours = carried(&tls("192.0.2.1", CERTIFICATES[0]).offer());
    let print = |certificate| {
        fingerprints(certificate)
            .iter()
            .map(ToString::to_string)
            .collect::<String>()
    };
    let text = written(&ours).replace(&print(CERTIFICATES[0]), &print(CERTIFICATES[1]));
    let other = crate::read(&text);
    let [before, after] = [&ours, &other].map(|offer| agreements(offer, &carried(&answer(&theirs, offer))));
    assert_eq!(after[1].change_since(&before[1]), Change::Terms);
    assert!(after[1].plan().verify(Some(CERTIFICATES[1])).is_ok());
    // What this side shows is no news to it.
    assert_eq!(after[0].change_since(&before[0]), Change::Nothing);
}

#[test]
fn terms_change_and_the_uri_stays() {
    let tls = Local::listening(host("192.0.2.1"), 7394).fingerprints(fingerprints(CERTIFICATES[0]));
    let ours = open(tls);
    let theirs = Local::listening(host("192.0.2.9"), 8493)
        .fingerprints(fingerprints(CERTIFICATES[1]))
        .open(&mut Ids::seeded([9; 32]))
        .expect("a session");
    let exchange = |session: &msrp_sdp::LocalSession| {
        let offer = carried(&session.offer());
        agreements(&offer, &carried(&answer(&theirs, &offer)))
    };
    let before = exchange(&ours);
    let html = || MediaRanges::parse_strict(b"message/cpim").expect("a list");
    let changed = [
        ours.with_terms(|local| local.max_size(70)),
        ours.with_terms(|local| local.direction(Direction::SendOnly)),
        ours.with_terms(|local| local.accept_types(html())),
        ours.with_terms(|local| local.chatroom(msrp_sdp::Chatroom::new())),
    ];
    for changed in changed {
        let changed = changed.expect("terms");
        assert_eq!(changed.path(), ours.path());
        let after = exchange(&changed);
        assert_eq!(after[1].change_since(&before[1]), Change::Terms);
        assert_ne!(written(&changed.offer()), written(&ours.offer()));
    }
    // Where it listens and how it is protected are no terms.
    let same = ours.with_terms(|local| {
        local
            .plain()
            .fingerprints(fingerprints(CERTIFICATES[1]))
            .by_name(true)
            .relays(relay_path("msrps://r:1/x;tcp"))
    });
    assert_eq!(same.expect("terms").offer(), ours.offer());
    let bad = ours.with_terms(|local| {
        local
            .accept_types(MediaRanges::parse_strict(b"text/plain").expect("a type"))
            .accept_wrapped_types(html())
    });
    assert!(matches!(bad, Err(LocalError::NoContainer(_))));
}

#[test]
fn sessions_are_closed_one_by_one() {
    let mut ids = ids();
    let ours = [(); 2].map(|()| plain("192.0.2.1", 7394).open(&mut ids).expect("a session"));
    let theirs = plain("192.0.2.9", 8493).open(&mut ids).expect("a session");
    let closing = carried(&ours[0].closing_offer());
    assert!(closing.is_refused());
    let refused = theirs.answer(&closing, &Policy::default(), &Names::default());
    assert_eq!(refused, Err(Refusal::Closed));
    for side in [Side::Offerer, Side::Answerer] {
        let told = outcome(&closing, &carried(&closing.refused()), side);
        assert_eq!(told, Err(NegotiationError::Closed));
    }
    let offer = carried(&ours[1].offer());
    assert!(outcome(&offer, &answer(&theirs, &offer), Side::Offerer).is_ok());
}
