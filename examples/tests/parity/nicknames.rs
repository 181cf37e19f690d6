//! P20: NICKNAME and Use-Nickname.

use msrp_examples::tokio_driver::{News, Session};
use msrp_proto::wire::Method;
use msrp_proto::{
    Config, InboundRequest, Nickname, NicknameRefusal, NicknameTable, Request, RequestErrorReason, Response,
    SessionEvent, UseNickname,
};
use msrp_sdp::{Chatroom, Policy};

use crate::support::{Party, call, parties, session, within};

/// Requests and their answers are events, whichever side has offered the session; the application decides.
#[tokio::test]
async fn p20_nicknames() {
    let declared = || Config::default().methods([Method::Nickname]);
    for room_offers in [false, true] {
        let room = Party::new("127.0.0.1", true, declared()).await;
        let mut nicknames = NicknameTable::new();
        let mut members = Vec::new();
        for user in ["alice", "carol"] {
            let member = Party::new("127.0.0.1", true, Config::default()).await;
            let rooms = room.local().room(Chatroom::new().with_nickname());
            let members_own = member.local().chatroom(Chatroom::new().with_nickname());
            let mut sides = [(&member, members_own), (&room, rooms)];
            if room_offers {
                sides.reverse();
            }
            let [offering, answering] = sides;
            let established = call(offering, answering, &Policy::default(), |_, text| text).await;
            let mut sessions = established.sessions.map(|session| session.unwrap());
            if room_offers {
                sessions.reverse();
            }
            members.push((user, member, sessions));
        }
        let take = |name: &str| UseNickname::Take(Nickname::new(name).unwrap());
        let steps = [
            (0, take("Alice \"the\\great\""), Ok(())),
            (1, take("Alice \"the\\great\""), Err(NicknameRefusal::InUse)),
            (1, take("Carol"), Ok(())),
            (0, UseNickname::Remove, Ok(())),
            (1, take("Alice \"the\\great\""), Ok(())),
        ];
        for (member, wanted, expected) in steps {
            let (user, _, [own, rooms]) = &mut members[member];
            let asked = own.sender().request(wanted.to_request()).await.unwrap();
            let request = requested(rooms).await;
            assert_eq!(UseNickname::of(&request), Ok(wanted));
            let decided = nicknames.decide(*user, member, &request).map(|_| ());
            assert_eq!(decided, expected);
            let response = match decided {
                Ok(()) => Response::OK,
                Err(refusal) => refusal.to_response().unwrap(),
            };
            rooms.sender().respond(request, response);
            let reply = loop {
                match within(own.next()).await {
                    Some(News::Session(SessionEvent::Answered(id, reply))) => {
                        assert_eq!(id, asked);
                        break reply.unwrap();
                    }
                    Some(_) => {}
                    None => panic!("the session has ended"),
                }
            };
            assert_eq!(NicknameRefusal::of(reply.status()), expected.err());
        }
    }
}

/// Where nobody has announced nicknames none is asked for, and what the application has not declared is answered with
/// 501, not with 200.
#[tokio::test]
async fn p20_nicknames_that_nobody_wants() {
    let (alice, bob) = parties(true).await;
    let (mut alices, _bobs) = session(&alice, &bob).await;
    let wanted = UseNickname::Take(Nickname::new("Alice").unwrap());
    let refused = alices.sender().request(wanted.to_request()).await.unwrap_err();
    assert_eq!(refused.reason, RequestErrorReason::NoNicknames);
    let other = Request::new(Method::parse(b"FANCY").unwrap());
    alices.sender().request(other).await.unwrap();
    let status = loop {
        if let Some(News::Session(SessionEvent::Answered(_, reply))) = within(alices.next()).await {
            break reply.unwrap().status();
        }
    };
    assert_eq!(status.as_u16(), 501);
}

async fn requested(session: &mut Session) -> InboundRequest {
    loop {
        match within(session.next()).await {
            Some(News::Session(SessionEvent::Requested(request))) => return request,
            Some(_) => {}
            None => panic!("the session has ended"),
        }
    }
}
