//! Participants that do not read.

use std::time::Duration;

use msrp_examples::room::{Leave, Occurrence, ServerOptions};

use crate::hostile::Raw;
use crate::support::{Party, Running, address, status, uri};

/// Octets that may wait for a session here.
const QUEUE: u32 = 512 * 1024;

async fn room(patience: Duration) -> (Running, Vec<Party>, Raw) {
    let room = Running::new(|options| ServerOptions {
        plain: true,
        queue: QUEUE,
        patience,
        ..options
    })
    .await;
    let mut parties = Vec::new();
    for number in 0..9 {
        parties.push(room.join(&format!("user{number}")).await);
    }
    let raw = Raw::join(&room, "From: <sip:slow@example.com>").await;
    for party in &mut parties {
        party.hears("sip:slow@example.com has joined.").await;
    }
    (room, parties, raw)
}

/// Everybody says something, and hears all that the others say.
async fn talk(room: &Running, parties: &mut [Party], round: usize) {
    let padding = "x".repeat(16 * 1024);
    for (number, party) in parties.iter().enumerate() {
        party
            .say(&format!("round {round} of {number}. {padding}"))
            .await
            .unwrap();
    }
    for (number, party) in parties.iter_mut().enumerate() {
        for other in (0..9).filter(|other| *other != number) {
            party.hears(&format!("round {round} of {other}.")).await;
        }
        party.forget();
    }
    // All of it waits for the one that does not read, but for what has just left to the others.
    assert!(room.handle.waiting() <= QUEUE as usize + 2 * parties.len() * padding.len());
}

/// Nine talk while the tenth does not read: they hear everything, what waits for it is bounded, and when it reads again
/// it is told what it has missed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_does_not_read() {
    let (room, mut parties, mut slow) = room(Duration::from_secs(60)).await;
    let mut round = 0;
    // 14 MB: more than sockets hold.
    while round < 100 {
        talk(&room, &mut parties, round).await;
        round += 1;
    }
    let waiting = room.handle.waiting();
    assert!(waiting > QUEUE as usize - 20_000, "{waiting}");
    assert_eq!(room.handle.sessions(), 10);
    slow.hears("round 0 of 0.").await;
    slow.reads_until(|| room.handle.waiting() < QUEUE as usize / 2)
        .await;
    parties[0].say("the end").await.unwrap();
    slow.hears("messages were left out for you").await;
    slow.hears("the end").await;
}

/// One that takes nothing for long is removed, and the others go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_never_reads_again() {
    let (mut room, mut parties, slow) = room(Duration::from_millis(500)).await;
    let mut round = 0;
    while room.handle.sessions() == 10 {
        assert!(round < 1000, "it is still there");
        talk(&room, &mut parties, round).await;
        round += 1;
    }
    let left = Occurrence::Left(address(&uri("slow")), Leave::Stalled);
    room.happens(|found| *found == left).await;
    for party in &mut parties {
        party.hears("sip:slow@example.com was removed").await;
    }
    talk(&room, &mut parties, round).await;
    assert_eq!(room.handle.sessions(), 9);
    drop(slow);
}

/// What nobody has room for has not arrived, and its sender is told.
#[tokio::test]
async fn what_nobody_takes() {
    let room = Running::new(|options| ServerOptions {
        plain: true,
        queue: QUEUE,
        ..options
    })
    .await;
    let alice = room.join("alice").await;
    // What is said to an empty room has arrived there.
    alice.say("is anybody there?").await.unwrap();
    let mut slow = Raw::join(&room, "From: <sip:slow@example.com>").await;
    slow.hears("Here are: sip:alice@example.com.").await;
    let padding = "x".repeat(60 * 1024);
    let mut refused = None;
    for _ in 0..1000 {
        if let Err(why) = alice.say(&padding).await {
            refused = Some(why);
            break;
        }
    }
    assert_eq!(status(Err(refused.expect("not without bound"))), 413);
    assert!(room.handle.waiting() <= QUEUE as usize);
}
