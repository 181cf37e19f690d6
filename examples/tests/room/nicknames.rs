//! Who may be called what.

use msrp_examples::room::NicknameError;
use msrp_proto::NicknameRefusal;

use crate::support::{Party, Running};

async fn refused(party: &mut Party, name: &str) -> NicknameRefusal {
    match party.rename(name).await {
        Err(NicknameError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A nickname is one user's, however it is written, until it is given up or its last session has ended.
#[tokio::test]
async fn collisions() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let mut other = room.join("alice").await;
    let mut bob = room.join("bob").await;
    alice.rename("The Great").await.unwrap();
    assert_eq!(refused(&mut bob, "The Great").await, NicknameRefusal::InUse);
    assert_eq!(refused(&mut bob, "the  great").await, NicknameRefusal::InUse);
    assert_eq!(refused(&mut bob, " \t ").await, NicknameRefusal::Malformed);
    // On another session of hers it is not there by itself, but to be had.
    other.rename("The Great").await.unwrap();
    alice.rename("").await.unwrap();
    assert_eq!(refused(&mut bob, "The Great").await, NicknameRefusal::InUse);
    other.member.leave().await;
    alice.hears("has left").await;
    bob.rename("The Great").await.unwrap();
    // What is refused leaves the one there is.
    alice.rename("Al").await.unwrap();
    assert_eq!(refused(&mut alice, "The Great").await, NicknameRefusal::InUse);
    alice.say("still Al").await.unwrap();
    bob.hears("still Al").await;
    assert_eq!(bob.names(), [Some("Al".to_owned())]);
}

/// One that goes without a word leaves its nickname to others.
#[tokio::test]
async fn lost_connections_free_nicknames() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let mut bob = room.join("bob").await;
    alice.rename("Me").await.unwrap();
    drop(alice);
    bob.hears("Me <sip:alice@example.com> has left").await;
    bob.rename("Me").await.unwrap();
}
