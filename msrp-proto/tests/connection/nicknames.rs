//! NICKNAME (RFC 7701 §7), from both sides, and who has which nickname.

use msrp_proto::wire::{Header, Method, StatusCode};
use msrp_proto::{
    Nickname, NicknameDeviation, NicknameError, NicknameProfile, NicknameRefusal, NicknameTable, Request,
    RequestErrorReason, Role, SessionConfig, Terms, UseNickname,
};

use crate::frame::{A, B, Frame};
use crate::peer::{Cut, Peer, Setup};

fn nickname(name: &str) -> Nickname {
    Nickname::new(name).unwrap()
}

fn take(name: &str) -> UseNickname {
    UseNickname::Take(nickname(name))
}

/// The peer takes nicknames, and so does this side.
fn setup() -> Setup {
    setup_with(true)
}

fn setup_with(announced: bool) -> Setup {
    let terms = Terms::new(A.parse().unwrap()).peer_nicknames(announced);
    Setup::new()
        .session(SessionConfig::new(B.parse().unwrap(), Role::Passive, terms))
        .config(|config| config.methods([Method::Nickname]))
}

fn ask(id: &str, value: &str) -> Frame {
    Frame::new(id, "NICKNAME").header("Use-Nickname", value)
}

/// What a request is asking for, by its value.
fn read(value: &str) -> Result<UseNickname, NicknameRefusal> {
    let mut peer = setup().peer(Cut::Whole);
    peer.feed(ask("t001", value));
    UseNickname::of(&peer.asked())
}

/// The answer of a room to a request.
fn answer<S: Ord, P: NicknameProfile>(
    peer: &mut Peer,
    room: &mut NicknameTable<&'static str, S, P>,
    (user, session): (&'static str, S),
    value: &str,
) -> String {
    peer.feed(ask("t001", value));
    let request = peer.asked();
    let response = match room.decide(user, session, &request) {
        Ok(_) => msrp_proto::Response::OK,
        Err(refusal) => refusal.to_response().unwrap(),
    };
    peer.connection.respond(request, response).unwrap();
    peer.sent_lines().remove(0)
}

/// Shows: CHAT-7.1-01.
#[test]
fn the_request() {
    // RFC 7701 §9.2 F1.
    let printed = |id: &str| {
        format!(
            "MSRP {id} NICKNAME\r\nTo-Path: {A}\r\nFrom-Path: {B}\r\n\
             Use-Nickname: \"Alice the great\"\r\n-------{id}$\r\n"
        )
    };
    setup().run(|peer| {
        peer.bind();
        peer.ask("q", take("Alice the great").to_request());
        let octets = String::from_utf8(peer.transmitted()).unwrap();
        let id = octets.split(' ').nth(1).unwrap();
        assert_eq!(octets, printed(id));
        // Read again, by the other side.
        let swapped = printed("d93kswow")
            .replace(A, "-")
            .replace(B, A)
            .replace("-\r", &format!("{B}\r"));
        peer.feed(swapped.into_bytes());
        assert_eq!(UseNickname::of(&peer.asked()), Ok(take("Alice the great")));
        let _ = peer.events();

        // Nothing else can be sent as NICKNAME.
        let header = |value: &str| Header::new("use-nickname", value).unwrap();
        let once = Request::new(Method::Nickname).header(header("\"a\""));
        let text = msrp_proto::MediaType::new("text", "plain").unwrap();
        for request in [
            Request::new(Method::Nickname),
            once.clone().header(header("\"a\"")),
            once.clone().body(text, ""),
            Request::new(Method::Nickname).header(header("a")),
        ] {
            let error = peer.session("B").request(request).unwrap_err();
            assert_eq!(error.reason, RequestErrorReason::Nickname);
        }
        peer.session("B")
            .request(once)
            .map(|id| peer.name_request(id, "r"))
            .unwrap();
        let _ = peer.sent();

        // In another spelling it is no method.
        assert_eq!(Method::parse(b"Nickname"), None);
        peer.feed(Frame::new("t001", "Nickname").header("Use-Nickname", "\"a\""));
        assert_eq!(peer.sent_lines(), ["t001 400"]);
        assert_eq!(peer.events(), [""; 0]);
        // Missing or twice, the header makes the request unintelligible (ruling S15).
        let mut room = NicknameTable::<_, u8>::new();
        for frame in [
            Frame::new("t001", "NICKNAME"),
            ask("t001", "\"a\"").also("use-nickname", "\"a\""),
        ] {
            peer.feed(frame);
            let request = peer.asked();
            let refusal = room.decide("alice", 1, &request).unwrap_err();
            assert_eq!(
                (refusal, refusal.status()),
                (NicknameRefusal::BadRequest, StatusCode::BAD_REQUEST)
            );
            peer.connection
                .respond(request, refusal.to_response().unwrap())
                .unwrap();
            assert_eq!(peer.sent_lines(), ["t001 400"]);
        }
    });
}

/// What CHAT-7.1-02 asks of the protocol; that signalling sets the terms is for others to show.
#[test]
fn only_where_it_is_announced() {
    setup_with(false).run(|peer| {
        peer.bind();
        let error = peer.session("B").request(take("a").to_request()).unwrap_err();
        assert_eq!(error.reason, RequestErrorReason::NoNicknames);
        peer.assert_silent();
        // It may be announced later, and taken back.
        let terms = Terms::new(A.parse().unwrap());
        peer.session("B").update(terms.clone().peer_nicknames(true));
        peer.ask("q", take("a").to_request());
        let sent = peer.sent();
        assert_eq!(
            (sent[0].head.success_report(), sent[0].head.failure_report()),
            (None, None)
        );
        peer.session("B").update(terms);
        assert!(peer.session("B").request(take("a").to_request()).is_err());
    });
    // No builder writes them, and received with one it is read all the same.
    for name in ["Success-Report", "Failure-Report"] {
        assert!(Header::new(name, "no").is_err());
        setup().run(|peer| {
            peer.feed(ask("t001", "\"a\"").header(name, "no"));
            let request = peer.asked();
            let read = UseNickname::of_with_deviations(&request);
            assert_eq!(read, Ok((take("a"), vec![NicknameDeviation::ReportHeader])));
            peer.connection
                .respond(request, msrp_proto::Response::OK)
                .unwrap();
            assert_eq!(peer.sent_lines(), ["t001 200"]);
        });
    }
    let mut peer = setup().peer(Cut::Whole);
    peer.feed(ask("t001", "\"a\"").typed("text/plain").body(""));
    let read = UseNickname::of_with_deviations(&peer.asked());
    assert_eq!(read, Ok((take("a"), vec![NicknameDeviation::Body])));
}

/// Shows: CHAT-7.1-03.
#[test]
fn values() {
    let long = |len| "a".repeat(len);
    for name in [
        "a\"b\\c",
        "Alice the great",
        " a ",
        "\t",
        "\u{e9}",
        "\\",
        "\"\"",
        &long(1023),
    ] {
        let value = take(name).to_string();
        assert_eq!(read(&value), Ok(take(name)), "{value}");
    }
    assert_eq!(take("a\"b\\c").to_string(), r#""a\"b\\c""#);
    // Octets are counted, after unescaping.
    for (name, legal) in [
        (long(1023), true),
        (long(1024), false),
        ("\u{e9}".repeat(511), true),
        ("\u{e9}".repeat(512), false),
        ("\"".repeat(1023), true),
        ("\"".repeat(1024), false),
    ] {
        let escaped = name.replace('"', "\\\"");
        let expected = if legal {
            Ok(take(&name))
        } else {
            assert_eq!(Nickname::new(&name), Err(NicknameError::TooLong));
            Err(NicknameRefusal::Malformed)
        };
        assert_eq!(read(&format!("\"{escaped}\"")), expected);
    }
    assert_eq!(Nickname::new(""), Err(NicknameError::Empty));
    for name in ["a\r\nb", "\0", "\u{7f}"] {
        assert_eq!(Nickname::new(name), Err(NicknameError::Illegal));
    }
    for value in [
        "\"a\\n\"", "alice", "\"alice", "alice\"", "\"", "\"a\"b\"", "\"a\\\"", "", "'a'",
    ] {
        assert_eq!(read(value), Err(NicknameRefusal::Malformed), "{value}");
    }
    setup().run(|peer| {
        // Octets that are no text reach the application ...
        let octets = ask("t001", "\"X\"").octets();
        let replace = |by: u8| -> Vec<u8> {
            let at = octets.windows(3).position(|part| part == b"\"X\"").unwrap() + 1;
            let mut octets = octets.clone();
            octets[at] = by;
            octets
        };
        peer.feed(replace(0xe9));
        let refusal = UseNickname::of(&peer.asked()).unwrap_err();
        assert_eq!(
            (refusal, refusal.status().as_u16()),
            (NicknameRefusal::Malformed, 424)
        );
        // ... and control octets make the head illegal, but the nickname is what is malformed.
        for control in [0, 1, b'\n', b'\r', 0x7f] {
            peer.feed(replace(control));
            assert_eq!(peer.sent_lines(), ["t001 424"], "{control}");
        }
        // Elsewhere they make the request so.
        peer.feed(ask("t001", "\"a\"").header("X-Other", "\u{1}"));
        assert_eq!(peer.sent_lines(), ["t001 400"]);
    });
}

/// Shows: CHAT-7.1-04.
#[test]
fn who_may_take_which() {
    setup().run(|peer| {
        let mut room = NicknameTable::new();
        room.reserve(&nickname("admin"));
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"B\""), "t001 200");
        // In the order of users, sessions, nicknames.
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"admin\""), "t001 425");
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"B\""), "t001 425");
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"A\""), "t001 200");
        // Her other session has it only when it asks.
        assert_eq!(room.nickname(&3), None);
        assert_eq!(answer(peer, &mut room, ("alice", 3), "\"A\""), "t001 200");
        assert_eq!(
            (room.nickname(&2), room.nickname(&3)),
            (Some(&nickname("A")), Some(&nickname("A")))
        );
        assert_eq!(room.holder(&nickname("A")), Some(&"alice"));
        // Hers as long as one of them has it.
        room.leave(&2);
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"A\""), "t001 425");
        room.leave(&3);
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"A\""), "t001 200");
        // Who has it keeps it.
        room.reserve(&nickname("A"));
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"A\""), "t001 200");
        assert_eq!(answer(peer, &mut room, ("bob", 4), "\"A\""), "t001 425");
        // The policy comes first, whatever the value is.
        room.allow(false);
        for value in ["\"C\"", "\"A\"", "\"\"", "malformed"] {
            assert_eq!(
                answer(peer, &mut room, ("alice", 2), value),
                "t001 403",
                "{value}"
            );
        }
        assert_eq!(room.take("alice", 2, &take("C")), Err(NicknameRefusal::Forbidden));
        assert_eq!(room.nickname(&1), Some(&nickname("A")));
        room.allow(true);
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"C\""), "t001 200");
    });
}

struct Folding;

impl NicknameProfile for Folding {
    fn prepare(&self, nickname: &Nickname) -> Option<String> {
        let refused = nickname.as_str().contains('!');
        (!refused).then(|| nickname.as_str().to_lowercase())
    }
}

/// Shows: CHAT-7.1-05.
#[test]
fn how_nicknames_are_compared() {
    setup().run(|peer| {
        let mut exact = NicknameTable::new();
        assert_eq!(answer(peer, &mut exact, ("alice", 1), "\"Alice\""), "t001 200");
        assert_eq!(answer(peer, &mut exact, ("bob", 2), "\"Alice\""), "t001 425");
        assert_eq!(answer(peer, &mut exact, ("bob", 2), "\"alice\""), "t001 200");
        let mut folding = NicknameTable::with_profile(Folding);
        folding.reserve(&nickname("ADMIN"));
        assert_eq!(answer(peer, &mut folding, ("alice", 1), "\"Alice\""), "t001 200");
        assert_eq!(answer(peer, &mut folding, ("bob", 2), "\"alice\""), "t001 425");
        assert_eq!(answer(peer, &mut folding, ("bob", 2), "\"admin\""), "t001 425");
        assert_eq!(answer(peer, &mut folding, ("bob", 2), "\"bob!\""), "t001 424");
        // It is kept as it was asked for.
        assert_eq!(folding.nickname(&1), Some(&nickname("Alice")));
    });
}

/// Shows: CHAT-7.1-06.
#[test]
fn outcomes() {
    setup().run(|peer| {
        peer.bind();
        let cases = [
            ("200 OK", None),
            ("400", Some(NicknameRefusal::BadRequest)),
            ("403", Some(NicknameRefusal::Forbidden)),
            ("423", Some(NicknameRefusal::OutOfBounds)),
            ("424", Some(NicknameRefusal::Malformed)),
            ("425", Some(NicknameRefusal::InUse)),
            ("501", Some(NicknameRefusal::NotSupported)),
            ("404", Some(NicknameRefusal::Other(StatusCode::NOT_FOUND))),
        ];
        // All at once, and answered the other way round: each outcome is that of its request.
        for (number, _) in cases.iter().enumerate() {
            peer.ask(&format!("q{number}"), take(&format!("name{number}")).to_request());
        }
        let sent = peer.sent();
        for (number, (status, refusal)) in cases.into_iter().enumerate().rev() {
            peer.feed(Frame::response(&sent[number].id(), status));
            let _ = peer.events();
            let status = peer.reply(&format!("q{number}")).status();
            assert_eq!(NicknameRefusal::of(status), refusal);
            assert!(refusal.is_none_or(|refusal| refusal.status() == status));
        }
        // As a switch: the whole way back.
        let path = format!("msrp://relay.example.com:1/x;tcp {A}");
        let mut room = NicknameTable::new();
        peer.feed(ask("t001", "\"a\"").from(&path));
        let request = peer.asked();
        assert_eq!(room.decide("alice", 1, &request), Ok(take("a")));
        peer.connection
            .respond(request, msrp_proto::Response::OK)
            .unwrap();
        assert_eq!(peer.sent()[0].header("To-Path"), path);
    });
}

/// Shows: CHAT-7.2-01.
#[test]
fn changing_and_giving_up() {
    setup().run(|peer| {
        let mut room = NicknameTable::new();
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"B\""), "t001 200");
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"A\""), "t001 200");
        for refused in ["\"B\"", "\"C", "\"\\n\""] {
            assert_ne!(answer(peer, &mut room, ("alice", 2), refused), "t001 200");
            assert_eq!(room.nickname(&2), Some(&nickname("A")));
            assert_eq!(room.holder(&nickname("A")), Some(&"alice"));
        }
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"C\""), "t001 200");
        assert_eq!(
            (room.nickname(&2), room.holder(&nickname("A"))),
            (Some(&nickname("C")), None)
        );
        assert_eq!(answer(peer, &mut room, ("alice", 2), "\"\""), "t001 200");
        assert_eq!((room.nickname(&2), room.holder(&nickname("C"))), (None, None));
        assert_eq!(answer(peer, &mut room, ("bob", 1), "\"C\""), "t001 200");

        // As it is asked for.
        assert_eq!(UseNickname::parse(b"\"\""), Ok(UseNickname::Remove));
        peer.ask("q", UseNickname::Remove.to_request());
        assert_eq!(peer.sent()[0].header("Use-Nickname"), "\"\"");
    });
}

/// Shows: CHAT-10.3-01.
#[test]
fn codes_by_name() {
    use msrp_proto::Refusal;

    let known = [
        (
            Refusal::NOT_FOUND,
            StatusCode::NOT_FOUND,
            404,
            "Failure to resolve recipient's URI",
        ),
        (
            Refusal::new(StatusCode::MALFORMED_NICKNAME).unwrap(),
            StatusCode::MALFORMED_NICKNAME,
            424,
            "Malformed nickname",
        ),
        (
            Refusal::new(StatusCode::NICKNAME_IN_USE).unwrap(),
            StatusCode::NICKNAME_IN_USE,
            425,
            "Nickname reserved or already in use",
        ),
        (
            Refusal::PRIVATE_MESSAGES_NOT_SUPPORTED,
            StatusCode::PRIVATE_MESSAGES_NOT_SUPPORTED,
            428,
            "Private messages not supported",
        ),
        (
            Refusal::OUT_OF_BOUNDS,
            StatusCode::OUT_OF_BOUNDS,
            423,
            "Parameter Out Of Bounds",
        ),
    ];
    for (refusal, status, code, comment) in known {
        assert_eq!(
            (refusal.status(), status.as_u16(), status.comment()),
            (status, code, comment)
        );
        setup().run(|peer| {
            // In a response, written ...
            peer.feed(ask("t001", "\"a\""));
            let request = peer.asked();
            peer.connection.respond(request, refusal.into()).unwrap();
            let octets = String::from_utf8(peer.transmitted()).unwrap();
            assert!(octets.starts_with(&format!("MSRP t001 {code} {comment}\r\n")));
            // ... and read.
            peer.ask("q", take("a").to_request());
            let id = peer.sent()[0].id();
            peer.feed(Frame::response(&id, &code.to_string()));
            let _ = peer.events();
            assert_eq!(peer.reply("q").status(), status);
            // In the Status of a REPORT, written ...
            peer.feed(Frame::text("t002", "m001", "x"));
            let _ = peer.events();
            let _ = peer.sent();
            let receipt = peer.receipt("m001");
            peer.connection.fail(receipt, refusal).unwrap();
            assert_eq!(peer.sent()[0].header("Status"), format!("000 {code} {comment}"));
            // ... and read.
            peer.send("out", crate::peer::text("x").success_report(true));
            let message_id = peer.sent()[0].message_id();
            peer.feed(Frame::report(
                "t003",
                &message_id,
                "1-1/1",
                &format!("000 {code}"),
            ));
            assert!(peer.events().contains(&format!("out reported 1-1/1 {status}")));
        });
    }
}
