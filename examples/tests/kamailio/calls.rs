//! Sessions between two who are behind the relay.

use msrp_examples::tokio_driver::{News, Session};
use msrp_proto::{Body, IncomingEvent, MediaType, Message, RelayEvent};
use msrp_sdp::Change;
use sha2::{Digest, Sha256};

use crate::relay::Relay;
use crate::support::{ALICE, BOB, Party, agree, call, say, within};

const FILE: u64 = 10 << 20;

/// Octets that never repeat, so that none can be mistaken for others.
fn file() -> Vec<u8> {
    (0..FILE / 4)
        .flat_map(|number| {
            u32::try_from(number)
                .unwrap()
                .wrapping_mul(2_654_435_761)
                .to_be_bytes()
        })
        .collect()
}

/// Receives a long message.
async fn receive(session: &mut Session) -> (u64, Vec<u8>) {
    let (mut len, mut hash) = (0, Sha256::new());
    loop {
        match session.next().await.expect("a session") {
            News::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
                assert_eq!(offset, len);
                len += data.len() as u64;
                hash.update(&data);
            }
            News::Incoming(_, IncomingEvent::Finished { receipt, .. }) => {
                assert_eq!(receipt.len(), len);
                return (len, hash.finalize().to_vec());
            }
            News::Incoming(_, IncomingEvent::Aborted(why)) => panic!("{why:?}"),
            _ => {}
        }
    }
}

/// Texts, then a file each way, all with success reports.
async fn converse(mut one: Session, mut other: Session) {
    for number in 0..20 {
        say(&one, &mut other, &format!("{number} to")).await;
        say(&other, &mut one, &format!("{number} fro")).await;
    }
    let file = file();
    let hash = Sha256::digest(&file).to_vec();
    for _ in 0..2 {
        let octets = MediaType::new("application", "octet-stream").unwrap();
        let message = Message::new(octets, Body::streamed(Some(FILE))).success_report(true);
        let sent = one.sender().send_from(message, &file[..]);
        let (sent, received) = within(120, async { tokio::join!(sent, receive(&mut other)) }).await;
        sent.unwrap();
        assert_eq!(received, (FILE, hash.clone()));
        std::mem::swap(&mut one, &mut other);
    }
}

#[tokio::test]
async fn who_answers_sends_first() {
    let Some(relay) = Relay::start() else { return };
    let alice = Party::new(&relay, ALICE, |local| local).await;
    let bob = Party::new(&relay, BOB, |local| local).await;
    let (ours, theirs) = call(&relay, &alice, &bob).await;
    converse(ours, theirs).await;
    alice.shut_down().await;
    bob.shut_down().await;
}

#[tokio::test]
async fn who_offers_sends_first() {
    let Some(relay) = Relay::start() else { return };
    let alice = Party::new(&relay, ALICE, |local| local.setup(false)).await;
    let bob = Party::new(&relay, BOB, |local| local).await;
    let (ours, theirs) = call(&relay, &alice, &bob).await;
    converse(ours, theirs).await;
    alice.shut_down().await;
    bob.shut_down().await;
}

/// The path is renewed while the session lives, and the session goes on by the new one.
#[tokio::test]
async fn renewed() {
    let Some(relay) = Relay::start() else { return };
    let mut alice = Party::new(&relay, ALICE, |local| local).await;
    let bob = Party::new(&relay, BOB, |local| local).await;
    let (mut ours, mut theirs) = call(&relay, &alice, &bob).await;
    say(&ours, &mut theirs, "before").await;
    let (before, _) = agree(&alice.session, &bob.session);

    let first = alice.relayed.path().clone();
    alice.relayed.renew();
    let event = within(20, alice.relayed.next()).await;
    assert!(matches!(event, Some(RelayEvent::Renewed(_))), "{event:?}");
    assert_ne!(*alice.relayed.path(), first);

    alice.session = alice.session.with_relays(alice.relayed.path().clone()).unwrap();
    let (offerer, answerer) = agree(&alice.session, &bob.session);
    assert_eq!(offerer.change_since(&before), Change::Terms);
    theirs.sender().update(answerer.terms());
    ours.sender().update(offerer.terms());
    say(&ours, &mut theirs, "after").await;
    say(&theirs, &mut ours, "and back").await;
    alice.shut_down().await;
    bob.shut_down().await;
}
