//! Who is in the room gets what is said there.

use msrp_examples::room::{JoinError, JoinOptions, Leave, Limits, Member, Occurrence, ServerOptions, Status};
use msrp_proto::MediaRanges;
use tokio::net::TcpStream;

use crate::support::{Running, address, status, until, uri};

/// Ten participants, over TLS: each takes a nickname, says something to all and something to the next one alone. Each
/// hears all that is for it, once, and nothing else.
#[tokio::test]
async fn ten_participants() {
    let room = Running::new(|options| options).await;
    let mut parties = Vec::new();
    for number in 0..10 {
        parties.push(room.join(&format!("user{number}")).await);
    }
    for (number, party) in parties.iter_mut().enumerate() {
        party.rename(&format!("Number {number}")).await.unwrap();
    }
    for (number, party) in parties.iter().enumerate() {
        party.say(&format!("regular {number}")).await.unwrap();
        let next = uri(&format!("user{}", (number + 1) % 10));
        party.whisper(&next, &format!("private {number}")).await.unwrap();
    }
    parties[0].say("the end").await.unwrap();
    parties[1].whisper(&uri("user0"), "the end").await.unwrap();
    for (number, party) in parties.iter_mut().enumerate() {
        party.hears("the end").await;
        let mut expected = Vec::new();
        let mut names = Vec::new();
        let mut add = |other: usize, private, text| {
            expected.push((uri(&format!("user{other}")), private, text));
            names.push(Some(format!("Number {other}")));
        };
        for other in 0..10 {
            if other != number {
                add(other, false, format!("regular {other}"));
            }
            if (other + 1) % 10 == number {
                add(other, true, format!("private {other}"));
            }
        }
        let last = if number == 0 { 1 } else { 0 };
        add(last, number == 0, "the end".into());
        assert_eq!(party.messages(), expected, "{number}");
        assert_eq!(party.names(), names, "{number}");
    }
    assert_eq!(room.handle.sessions(), 10);
    for party in parties {
        party.member.leave().await;
    }
    until(|| room.handle.sessions() == 0).await;
    room.end().await;
}

/// Each session of a user gets what is for the user; the one that a message came on does not get it back.
#[tokio::test]
async fn two_sessions_of_one_user() {
    let room = Running::plain().await;
    let mut desk = room.join("alice").await;
    let mut pocket = room.join("alice").await;
    let mut bob = room.join("bob").await;
    bob.whisper(&uri("alice"), "to both").await.unwrap();
    desk.hears("to both").await;
    pocket.hears("to both").await;
    desk.say("from the desk").await.unwrap();
    pocket.hears("from the desk").await;
    bob.hears("from the desk").await;
    bob.say("the end").await.unwrap();
    desk.hears("the end").await;
    let expected = [(true, "to both"), (false, "the end")];
    let expected = expected.map(|(private, text)| (uri("bob"), private, text.to_owned()));
    assert_eq!(desk.messages(), expected);
}

/// The room tells who is there, who comes, goes, and is called otherwise: there is no conference event package.
#[tokio::test]
async fn the_room_tells_who_is_there() {
    let mut room = Running::plain().await;
    let mut alice = room.join("alice").await;
    alice.hears("Nobody else is here.").await;
    alice.rename("Al").await.unwrap();
    let mut bob = room.join("bob").await;
    bob.hears("Here are: Al <sip:alice@example.com>.").await;
    alice.hears("sip:bob@example.com has joined.").await;
    bob.rename("Bobby").await.unwrap();
    alice.hears("sip:bob@example.com is now known as Bobby.").await;
    bob.rename("").await.unwrap();
    alice
        .hears("Bobby <sip:bob@example.com> has given up the nickname.")
        .await;
    bob.member.leave().await;
    alice.hears("sip:bob@example.com has left.").await;
    let left = Occurrence::Left(address(&uri("bob")), Leave::Gone);
    room.happens(|found| *found == left).await;
    assert_eq!(room.handle.sessions(), 1);
}

/// What a participant does not take in wrappers is not sent to it, and the sender is not told (RFC 7701 §6.1).
#[tokio::test]
async fn types_that_are_not_taken() {
    let room = Running::plain().await;
    let alice = room.join("alice").await;
    let takes = |user: &str, types: &[u8]| JoinOptions {
        wrapped: Some(MediaRanges::parse(types).unwrap()),
        ..JoinOptions::new(address(&uri(user)))
    };
    let mut bob = room.join_with(takes("bob", b"text/html")).await.unwrap();
    let mut carol = room.join_with(takes("carol", b"text/*")).await.unwrap();
    alice.say("text").await.unwrap();
    alice.whisper(&uri("bob"), "text").await.unwrap();
    carol.hears("text").await;
    let wait = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(wait, bob.member.next()).await.is_err());
}

/// Who cannot be let in is told why, and its place is free again when somebody leaves.
#[tokio::test]
async fn turned_away() {
    let mut room = Running::new(|options| ServerOptions {
        plain: true,
        limits: Limits {
            sessions: 3,
            sessions_of_user: 2,
        },
        ..options
    })
    .await;
    async fn refused(room: &Running, user: &str) -> Status {
        match room.join_with(JoinOptions::new(address(&uri(user)))).await {
            Err(JoinError::Refused(status)) => status,
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{user} was let in"),
        }
    }
    assert_eq!(refused(&room, "room").await, Status::Forbidden);
    assert_eq!(refused(&room, &"long".repeat(64)).await, Status::BadRequest);
    let _alices = [room.join("alice").await, room.join("alice").await];
    assert_eq!(refused(&room, "alice").await, Status::Busy);
    let bob = room.join("bob").await;
    assert_eq!(refused(&room, "carol").await, Status::Busy);
    room.happens(|found| matches!(found, Occurrence::TurnedAway(_, why) if why == "the room is full"))
        .await;
    bob.member.leave().await;
    until(|| room.handle.sessions() == 2).await;
    room.join("carol").await;
}

/// TLS on one side only is no session.
#[tokio::test]
async fn plain_and_tls_do_not_meet() {
    let room = Running::new(|options| options).await;
    let stream = TcpStream::connect(room.at).await.unwrap();
    let options = JoinOptions {
        plain: true,
        ..JoinOptions::new(address(&uri("alice")))
    };
    let refused = Member::join(stream, options).await.unwrap_err();
    assert!(
        matches!(refused, JoinError::Refused(Status::NotAcceptable)),
        "{refused}"
    );
    assert_eq!(room.handle.sessions(), 0);
}

/// Whose client knows no private messages does not get any (RFC 7701 §6.2).
#[tokio::test]
async fn one_without_private_messages() {
    let room = Running::plain().await;
    let alice = room.join("alice").await;
    let shy = JoinOptions {
        chatroom: msrp_sdp::Chatroom::new().with_nickname(),
        ..JoinOptions::new(address(&uri("shy")))
    };
    let mut shy = room.join_with(shy).await.unwrap();
    assert_eq!(status(alice.whisper(&uri("shy"), "psst").await), 428);
    alice.say("hello all").await.unwrap();
    shy.hears("hello all").await;
    assert_eq!(shy.messages(), [(uri("alice"), false, "hello all".to_owned())]);
}
