//! P10, P11, P17, P24: messages that come, what is answered, and where they begin and end.

use std::time::Duration;

use msrp_cpim::TextMessage;
use msrp_examples::tokio_driver::{News, Session};
use msrp_proto::wire::{ByteRange, DecodeError, Method, StatusCode};
use msrp_proto::{
    Config, ConnectionError, Event, IncomingEvent, Received, Refusal, Role, SessionConfig, SuccessReports,
};
use msrp_sdp::{Local, Policy, Side as SdpSide};
use tokio::net::TcpStream;

use crate::peer::{OURS, Peer, Side, THEIRS, against_peer, send, sockets};
use crate::support::{Party, agree, host, ids, message, octets, read, text_of, within};

/// An endpoint that listens, and a peer that the test plays, agreed upon by an offer of the peer.
async fn endpoint_against_peer() -> (Party, Session, Peer) {
    let bob = Party::new("127.0.0.1", false, Config::default()).await;
    let offering = Local::connecting(host("127.0.0.1"))
        .plain()
        .open(&mut ids())
        .unwrap();
    let answering = bob.local().open(&mut ids()).unwrap();
    let offered = read(&text_of(&offering.offer()));
    let answer = answering.answer(&offered, &Policy::default(), &msrp_sdp::Names::default());
    let Ok(msrp_sdp::Answer::Media(answered)) = answer else {
        panic!("{answer:?}")
    };
    let answered = read(&text_of(&answered));
    let agreement = agree(&offered, &answered, SdpSide::Answerer).unwrap();
    let mut expected = bob.endpoint.expect(agreement.session()).unwrap();
    let stream = TcpStream::connect(bob.endpoint.addresses()[0]).await.unwrap();
    let (from, to) = (offering.uri().to_string(), answering.uri().to_string());
    let mut peer = Peer::new(stream, &from, &to);
    peer.send(
        "binding1",
        &["Message-ID: binding", "Byte-Range: 1-0/0"],
        None,
        '$',
    )
    .await;
    let session = within(expected.bound()).await.unwrap();
    assert_eq!(peer.frame().await.unwrap().code(), Some(200));
    (bob, session, peer)
}

/// Whole messages in one call, with Message-ID, type and sender, however their chunks are mixed and ordered; and long
/// ones as they come.
#[tokio::test]
async fn p10_received_messages() {
    let (_bob, mut session, mut peer) = endpoint_against_peer().await;
    let (one, other) = (octets(3000), octets(2500).into_iter().rev().collect::<Vec<_>>());
    // Two messages, their chunks in turns; the second one in the wrong order, and one of its chunks twice.
    let chunks = [
        (&one, "first", 1, 1000, '+'),
        (&other, "second", 2001, 2500, '$'),
        (&one, "first", 1001, 2000, '+'),
        (&other, "second", 1, 1000, '+'),
        (&other, "second", 1, 1000, '+'),
        (&other, "second", 1001, 2000, '+'),
        (&one, "first", 2001, 3000, '$'),
    ];
    for (number, (content, id, start, end, flag)) in chunks.into_iter().enumerate() {
        let (id, range) = (
            format!("Message-ID: {id}"),
            format!("Byte-Range: {start}-{end}/{}", content.len()),
        );
        let body = Some(("Image/PNG;name=\"a b\"", &content[start - 1..end]));
        peer.send(&format!("chunk{number:03}"), &[&id, &range], body, flag)
            .await;
        assert_eq!(peer.frame().await.unwrap().code(), Some(200));
    }
    for (id, content) in [("second", &other), ("first", &one)] {
        let received = message(&mut session).await.unwrap();
        assert_eq!(received.head.message_id().unwrap().as_str(), id);
        assert_eq!(received.body, content[..]);
        let content_type = received.head.content_type().unwrap();
        assert!(content_type.is("image/png"));
        assert_eq!(content_type.parameter_str("name"), Some("a b"));
        assert_eq!(
            received.head.from_path().map(|path| path.to_string()).as_ref(),
            Some(&peer.from)
        );
    }

    // A long one comes in pieces, before it has ended.
    let content = octets(1000);
    peer.send(
        "stream01",
        &["Message-ID: long", "Byte-Range: 1-1000/4000000"],
        Some(("application/octet-stream", &content)),
        '+',
    )
    .await;
    let mut seen = Vec::new();
    while seen.len() < 1000 {
        match within(session.next()).await.unwrap() {
            News::Incoming(_, IncomingEvent::Started { head, .. }) => {
                assert_eq!(head.total(), Some(4_000_000));
                assert_eq!(head.message_id().unwrap().as_str(), "long");
            }
            News::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
                assert_eq!(offset, seen.len() as u64);
                seen.extend_from_slice(&data);
            }
            News::Session(_) => {}
            news => panic!("{news:?}"),
        }
    }
    assert_eq!(seen, content);
}

/// The text of a message and who sent it.
fn shown(received: &Received) -> (String, String) {
    let content_type = received.head.content_type().unwrap();
    let read = TextMessage::read(&content_type, &received.body).unwrap();
    let from = match read.from() {
        Some(from) => from.uri().to_owned(),
        None => received.head.from_path().unwrap().rightmost().to_string(),
    };
    (read.text, from)
}

/// Text in one step, in any charset, with or without parameters, in any case, in message/cpim and without; and its
/// sender: the one that message/cpim names, else the peer.
#[tokio::test]
async fn p11_texts() {
    let (_bob, mut session, mut peer) = endpoint_against_peer().await;
    let cpim = |content_type: &str, body: &[u8]| {
        let head = format!(
            "From: Alice <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\n\r\nContent-Type: {content_type}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let bodies: [(&str, Vec<u8>, &str, Option<&str>); 8] = [
        ("text/plain", "Grüße".into(), "Grüße", None),
        ("text/plain;charset=UTF-8", "Grüße".into(), "Grüße", None),
        ("TEXT/Plain;Charset=\"utf-8\"", "Grüße".into(), "Grüße", None),
        (
            "text/plain;charset=iso-8859-1",
            b"Gr\xfc\xdfe".into(),
            "Grüße",
            None,
        ),
        (
            "text/plain;charset=windows-1252;format=flowed",
            b"\x80 5".into(),
            "€ 5",
            None,
        ),
        (
            "message/cpim",
            cpim("text/plain", b"Hello"),
            "Hello",
            Some("im:alice@example.com"),
        ),
        (
            "Message/CPIM",
            cpim("Text/Plain; charset=iso-8859-1", b"Gr\xfc\xdfe"),
            "Grüße",
            Some("im:alice@example.com"),
        ),
        (
            "message/cpim",
            cpim("text/plain;charset=utf-8", b"x"),
            "x",
            Some("im:alice@example.com"),
        ),
    ];
    for (number, (content_type, body, text, from)) in bodies.into_iter().enumerate() {
        let id = format!("Message-ID: text{number}");
        let range = format!("Byte-Range: 1-{0}/{0}", body.len());
        peer.send(
            &format!("texts{number:03}"),
            &[&id, &range],
            Some((content_type, &body)),
            '$',
        )
        .await;
        assert_eq!(peer.frame().await.unwrap().code(), Some(200), "{content_type}");
        let received = message(&mut session).await.unwrap();
        let expected = from.map_or(peer.from.clone(), str::to_owned);
        assert_eq!(shown(&received), (text.to_owned(), expected), "{content_type}");
    }
    // What is no text is told apart.
    peer.send(
        "picture1",
        &["Message-ID: picture", "Byte-Range: 1-1/1"],
        Some(("image/png", b"x")),
        '$',
    )
    .await;
    let received = message(&mut session).await.unwrap();
    let content_type = received.head.content_type().unwrap();
    assert!(TextMessage::read(&content_type, &received.body).is_err());
}

/// What becomes of a message that has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Taken,
    /// By the application, before its end.
    Refused(u16),
    /// By the application, when it is complete.
    Failed(u16),
    /// By what was agreed upon.
    WrongType,
}

/// What is sent back for a message of two chunks: codes of responses, statuses of REPORTs.
async fn answers(
    side: &mut Side,
    peer: &mut Peer,
    number: usize,
    wishes: &[String],
    fate: Fate,
) -> (Vec<u16>, Vec<String>) {
    let id = format!("fate{number:03}");
    let content_type = if fate == Fate::WrongType {
        "image/png"
    } else {
        "text/plain"
    };
    let refusal = |code| Refusal::new(StatusCode::new(code).unwrap()).unwrap();
    let is_it =
        |id: Option<msrp_proto::wire::MessageId>, name: &str| id.is_some_and(|id| id.as_str() == name);
    let before = side.events.len();
    // Success-Report stands on the first chunk only: what the last one has does not count.
    for (tid, range, first, flag) in [("a", "1-5/10", true, '+'), ("b", "6-10/10", false, '$')] {
        let (id_line, range) = (format!("Message-ID: {id}"), format!("Byte-Range: {range}"));
        let mut headers = vec![&id_line[..], &range[..]];
        headers.extend(
            wishes
                .iter()
                .map(|wish| &wish[..])
                .filter(|wish| first || !wish.starts_with("Success-Report")),
        );
        peer.send(
            &format!("{tid}{number:05}"),
            &headers,
            Some((content_type, b"12345")),
            flag,
        )
        .await;
        if let (Fate::Refused(code), true) = (fate, first) {
            side.until(|connection, event| match event {
                Event::Incoming(of, IncomingEvent::Started { head, .. }) if is_it(head.message_id(), &id) => {
                    connection.incoming(*of).unwrap().reject(refusal(code));
                    true
                }
                _ => false,
            })
            .await;
        }
    }
    // Responses to it come before the response to this one.
    peer.text(&format!("fence{number:03}"), "fence").await;
    let fence = format!("id-fence{number:03}");
    side.until(|connection, event| {
        let Event::Incoming(_, IncomingEvent::Finished { receipt, .. }) = event else {
            return false;
        };
        if let Fate::Failed(code) = fate
            && receipt.message_id().as_str() == id
        {
            let _ = connection.fail(receipt.clone(), refusal(code)); // too late where nobody wants to hear of it
        }
        receipt.message_id().as_str() == fence
    })
    .await;
    let heard = side.events[before..].iter().any(|event| {
        matches!(event, Event::Incoming(_, IncomingEvent::Finished { receipt, .. })
            if receipt.message_id().as_str() == id)
    });
    assert_eq!(heard, matches!(fate, Fate::Taken | Fate::Failed(_)), "{fate:?}");
    let (mut codes, mut reports) = (Vec::new(), Vec::new());
    let reading = async {
        loop {
            let frame = peer.frame().await.unwrap();
            if frame.is(&Method::Report) {
                assert_eq!(frame.header("Message-ID").as_deref(), Some(&id[..]));
                reports.push(frame.header("Status").unwrap()[..7].to_owned());
            } else if frame.head.transaction_id().to_string().starts_with("fence") {
                return;
            } else {
                codes.push(frame.code().unwrap());
            }
        }
    };
    side.meanwhile(reading).await;
    // REPORTs may come later than the answer to what came behind their message.
    while !peer_is_silent(side, peer).await {
        let frame = side.meanwhile(peer.frame()).await.unwrap();
        assert!(frame.is(&Method::Report));
        reports.push(frame.header("Status").unwrap()[..7].to_owned());
    }
    (codes, reports)
}

async fn peer_is_silent(side: &mut Side, peer: &mut Peer) -> bool {
    side.meanwhile(peer.is_silent_for(Duration::from_millis(30)))
        .await
}

/// Responses and REPORTs by Failure-Report, Success-Report and what becomes of the message; reports for each chunk, or
/// those that the application makes; any refusal is the application's.
#[tokio::test]
async fn p17_responses_and_reports() {
    let (ours, theirs) = sockets().await;
    let text_only =
        |session: SessionConfig| session.accepts(msrp_proto::MediaRanges::parse(b"text/plain").unwrap());
    let mut side = Side::new(ours, Config::default(), Role::Passive, text_only);
    let mut peer = Peer::new(theirs, THEIRS, OURS);
    let mut number = 0;
    for failure in [None, Some("yes"), Some("partial"), Some("no")] {
        for success in [None, Some("yes"), Some("no")] {
            for fate in [
                Fate::Taken,
                Fate::Refused(413),
                Fate::Refused(403),
                Fate::Failed(403),
                Fate::Failed(415),
                Fate::WrongType,
            ] {
                number += 1;
                let wishes: Vec<_> = [
                    failure.map(|value| format!("Failure-Report: {value}")),
                    success.map(|value| format!("Success-Report: {value}")),
                ]
                .into_iter()
                .flatten()
                .collect();
                let (codes, reports) = answers(&mut side, &mut peer, number, &wishes, fate).await;
                let what = format!("{failure:?}, {success:?}, {fate:?}: {codes:?}, {reports:?}");
                let answered = matches!(failure, None | Some("yes"));
                let told_of_failure = failure != Some("no");
                // Responses: all with yes, those of failure with partial, none with no.
                let code = match fate {
                    Fate::Taken => None,
                    Fate::Refused(code) | Fate::Failed(code) => Some(code),
                    Fate::WrongType => Some(415),
                };
                match code {
                    None if answered => assert_eq!(codes, [200, 200], "{what}"),
                    None => assert!(codes.is_empty(), "{what}"),
                    Some(_) if !told_of_failure => assert!(codes.is_empty(), "{what}"),
                    Some(code) => {
                        // Told by a response, or, once all were 200, by a REPORT; what comes of it later is unwanted.
                        let by_report = reports
                            .iter()
                            .filter(|status| **status == format!("000 {code}"))
                            .count();
                        let by_response = codes.contains(&code);
                        assert!(by_report == 1 || (by_report == 0 && by_response), "{what}");
                        let later = |told| told == 413 && matches!(fate, Fate::Refused(_));
                        let legal = |told| told == code || later(told) || (answered && told == 200);
                        assert!(codes.iter().all(|&told| legal(told)), "{what}");
                        assert!(codes.last() != Some(&200) || by_report == 1, "{what}");
                    }
                }
                // Success is reported of what was taken, if it is wanted, once.
                let successes = reports.iter().filter(|status| *status == "000 200").count();
                let wanted = success == Some("yes") && fate == Fate::Taken;
                assert_eq!(successes, usize::from(wanted), "{what}");
                if !told_of_failure {
                    assert_eq!(reports.len(), usize::from(wanted), "{what}");
                }
            }
        }
    }

    // Reports of each chunk; then those of the application alone, also of a part, and of failure later on.
    for (reports, expected) in [
        (SuccessReports::Whole, vec!["1-10/10"]),
        (SuccessReports::EachChunk, vec!["1-5/10", "6-10/10"]),
        (SuccessReports::Manual, vec!["1-3/10", "1-10/10"]),
    ] {
        let (ours, theirs) = sockets().await;
        let mut side = Side::new(ours, Config::default(), Role::Passive, |session| {
            session.success_reports(reports)
        });
        let mut peer = Peer::new(theirs, THEIRS, OURS);
        for (tid, range, flag) in [("part0001", "1-5/10", '+'), ("part0002", "6-10/10", '$')] {
            let headers = [
                "Message-ID: reported",
                &format!("Byte-Range: {range}"),
                "Success-Report: yes",
            ];
            peer.send(tid, &headers, Some(("text/plain", b"12345")), flag)
                .await;
            side.until(|connection, event| match event {
                Event::Incoming(id, IncomingEvent::Data { offset: 0, .. }) => {
                    if reports == SuccessReports::Manual {
                        let mut incoming = connection.incoming(*id).unwrap();
                        incoming.report(ByteRange::new(1, Some(3), None)).unwrap();
                    }
                    true
                }
                Event::Incoming(_, IncomingEvent::Finished { receipt, .. }) => {
                    if reports == SuccessReports::Manual {
                        connection.report(receipt, ByteRange::WHOLE).unwrap();
                    }
                    true
                }
                _ => false,
            })
            .await;
        }
        let mut ranges = Vec::new();
        while !peer_is_silent(&mut side, &mut peer).await || !peer_is_silent(&mut side, &mut peer).await {
            let frame = side.meanwhile(peer.frame()).await.unwrap();
            if frame.is(&Method::Report) {
                assert_eq!(frame.header("Status").unwrap()[..7], *"000 200");
                ranges.push(frame.range());
            }
        }
        assert_eq!(ranges, expected, "{reports:?}");
    }

    // A session that nobody has agreed upon: 481.
    let (mut side, mut peer) = against_peer(Config::default(), Role::Passive).await;
    peer.to = peer.to.replace("ours", "nobody");
    let code = side
        .meanwhile(async {
            peer.text("nobody01", "Anybody?").await;
            peer.frame().await.unwrap().code()
        })
        .await;
    assert_eq!(code, Some(481));
}

/// What came of a stream.
async fn heard(pieces: impl IntoIterator<Item = &[u8]>) -> (Vec<(String, Vec<u8>)>, Option<ConnectionError>) {
    let (ours, theirs) = sockets().await;
    let mut side = Side::new(ours, Config::default(), Role::Passive, |session| session);
    let mut peer = Peer::new(theirs, THEIRS, OURS);
    for piece in pieces {
        peer.write(piece).await;
        // So that it arrives as a piece.
        side.meanwhile(tokio::time::sleep(Duration::from_micros(200)))
            .await;
    }
    tokio::io::AsyncWriteExt::shutdown(&mut peer.stream)
        .await
        .unwrap();
    let draining = async { while peer.frame().await.is_some() {} };
    tokio::join!(side.finish(), draining);
    let received = side.received.iter();
    let received = received.map(|message| {
        let id = message.head.message_id().unwrap();
        (id.as_str().to_owned(), message.body.to_vec())
    });
    let lost = match side.events.last() {
        Some(Event::ConnectionLost(why)) => Some(*why),
        _ => None,
    };
    (received.collect(), lost)
}

/// Messages are found wherever the stream is cut, and back to back; what stands in a body is body; and junk ends the
/// connection, wherever it stands: it is never searched for messages.
#[tokio::test]
async fn p24_framing() {
    let whole = |id: &str, body: &[u8]| {
        let (message_id, range) = (
            format!("Message-ID: {id}"),
            format!("Byte-Range: 1-{0}/{0}", body.len()),
        );
        let body = Some(("text/plain", body));
        send(
            OURS,
            THEIRS,
            &format!("tid-{id}"),
            &[&message_id, &range],
            body,
            '$',
        )
    };
    // A body with a whole message in it, and much that looks like an end.
    let smuggled = whole("smuggled", b"not me");
    let tricky = [
        &b"\r\n-------tid-other$\r\n"[..],
        &smuggled,
        b"\r\n-------tid-trick",
        b"\r\n-------tid-trickyX\r\n",
    ]
    .concat();
    let messages = [
        ("plain", b"hello".to_vec()),
        ("tricky", tricky),
        ("binary", octets(300)),
        ("last", b"\r\n".to_vec()),
    ];
    let stream: Vec<u8> = messages.iter().flat_map(|(id, body)| whole(id, body)).collect();
    let expected: Vec<_> = messages
        .iter()
        .map(|(id, body)| ((*id).to_owned(), body.clone()))
        .collect();
    // All at once, octet by octet, in pieces of all sizes.
    let whole_stream = heard([&stream[..]]).await;
    assert_eq!(
        whole_stream,
        (expected.clone(), Some(ConnectionError::PeerClosed))
    );
    for size in [1, 2, 3, 7, 31, 100] {
        let (received, lost) = heard(stream.chunks(size)).await;
        assert_eq!(
            (received, lost),
            (expected.clone(), Some(ConnectionError::PeerClosed)),
            "in pieces of {size}"
        );
    }
    // Cut once, anywhere: no socket keeps cuts, so without one.
    for at in 0..=stream.len() {
        let mut connection = crate::peer::connection(Config::default());
        let terms = msrp_proto::Terms::new(THEIRS.parse().unwrap());
        connection
            .open(SessionConfig::new(OURS.parse().unwrap(), Role::Passive, terms))
            .unwrap();
        let mut inbox = msrp_proto::Inbox::default();
        let (mut received, now) = (Vec::new(), std::time::Instant::now());
        for piece in [&stream[..at], &stream[at..]] {
            connection.handle_input(now, piece.to_vec().into());
            while let Some(mut event) = connection.poll_event() {
                if let Some(message) = inbox.on(&mut connection, &mut event) {
                    let id = message.head.message_id().unwrap();
                    received.push((id.as_str().to_owned(), message.body.to_vec()));
                }
            }
        }
        assert_eq!(received, expected, "cut at {at}");
    }

    // Junk before, between, and behind messages: what came before it counts, what follows does not.
    let (first, second) = (whole("first", b"1"), whole("second", b"2"));
    for junk in [
        &b"junk"[..],
        b"\r",
        b"\n",
        b" \r\n",
        b"\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"MSRP \r\n",
        b"msrp tid-0001 SEND\r\n",
    ] {
        let (received, lost) = heard([junk, &first]).await;
        assert!(received.is_empty(), "{junk:?}");
        let framing = Some(ConnectionError::Framing(DecodeError::StartLine));
        assert_eq!(lost, framing, "{junk:?}");
        let (received, lost) = heard([&first, junk, &second]).await;
        assert_eq!(received, [("first".to_owned(), b"1".to_vec())]);
        assert_eq!(lost, framing, "{junk:?}");
    }
    // Empty lines between frames keep a connection alive, and nothing else.
    let (received, lost) = heard([&first, &b"\r\n\r\n"[..], &second]).await;
    assert_eq!((received.len(), lost), (2, Some(ConnectionError::PeerClosed)));
    // A head that is illegal costs its own frame, and nothing in its body is a message.
    let illegal = send(
        OURS,
        THEIRS,
        "tid-illegal",
        &["Message-ID: @", "Byte-Range: x"],
        Some(("text/plain", &smuggled)),
        '$',
    );
    let (received, lost) = heard([&first, &illegal[..], &second]).await;
    let ids: Vec<_> = received.iter().map(|(id, _)| &id[..]).collect();
    assert_eq!(
        (ids, lost),
        (vec!["first", "second"], Some(ConnectionError::PeerClosed))
    );
}
