//! Requests out of a stream of octets (RFC 4975 §5.1, §7.3.1).

use crate::frame::{B2, Frame};
use crate::peer::{Cut, Setup, passive, run};

/// Shows: MSRP-5.1-02.
#[test]
fn two_chunks_of_a_message() {
    run(|peer| {
        peer.feed(Frame::chunk("dkei38sd", "456s9wlk3", "1-*/8", "abcd").continued());
        peer.feed(Frame::chunk("dkei38ia", "456s9wlk3", "5-8/8", "EFGH"));
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "456s9wlk3 started",
                "456s9wlk3 data 0 abcdEFGH",
                "456s9wlk3 finished 8"
            ]
        );
        assert_eq!(peer.sent_lines(), ["dkei38sd 200", "dkei38ia 200"]);
    });
}

/// Shows: MSRP-5.1-04.
#[test]
fn other_messages_between_two_chunks() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.feed(Frame::chunk("t001", "one", "1-4/8", "abcd").continued());
        peer.feed(Frame::text("t002", "two", "between"));
        peer.feed(Frame::text("t003", "three", "of another session").to(B2));
        peer.feed(Frame::chunk("t004", "one", "5-8/8", "EFGH"));
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "one started",
                "one data 0 abcd",
                "two started",
                "two data 0 between",
                "two finished 7",
                "B2 bound",
                "B2/three started",
                "B2/three data 0 of another session",
                "B2/three finished 18",
                "one data 4 EFGH",
                "one finished 8",
            ]
        );
        assert_eq!(peer.body("one"), b"abcdEFGH");
    });
}

/// Shows: MSRP-5.1-06.
#[test]
fn equal_message_ids_in_two_sessions() {
    run(|peer| {
        peer.open("B2", passive(B2));
        let first = |id, range, body| Frame::chunk(id, "m001", range, body);
        peer.feed(first("t001", "1-4/8", "abcd").continued());
        peer.feed(first("t002", "1-4/6", "ABCD").to(B2).continued());
        peer.feed(first("t003", "5-8/8", "efgh"));
        peer.feed(first("t004", "5-6/6", "EF").to(B2));
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "m001 started",
                "m001 data 0 abcd",
                "B2 bound",
                "B2/m001 started",
                "B2/m001 data 0 ABCD",
                "m001 data 4 efgh",
                "m001 finished 8",
                "B2/m001 data 4 EF",
                "B2/m001 finished 6",
            ]
        );
        assert_eq!(
            (peer.body("m001"), peer.body("B2/m001")),
            (&b"abcdefgh"[..], &b"ABCDEF"[..])
        );
    });
}

/// Shows: MSRP-5.1-08.
#[test]
fn requests_pipelined_in_one_read() {
    run(|peer| {
        let mut stream = Frame::text("t001", "one", "1").octets();
        stream.extend(Frame::text("t002", "two", "2").octets());
        let third = Frame::text("t003", "three", "3").octets();
        // In the middle of its end-line.
        let (half, rest) = third.split_at(third.len() - 5);
        stream.extend_from_slice(half);
        peer.feed(stream);
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
        peer.feed(rest.to_vec());
        assert_eq!(peer.sent_lines(), ["t003 200"]);
        let finished: Vec<_> = peer.events();
        let finished: Vec<_> = finished
            .iter()
            .filter(|line| line.ends_with("finished 1"))
            .collect();
        assert_eq!(finished, ["one finished 1", "two finished 1", "three finished 1"]);
    });
}

/// Shows: MSRP-7.1-13, MSRP-7.3.1-13.
#[test]
fn no_body_and_an_empty_body() {
    run(|peer| {
        let bodiless = Frame::bodiless("t001")
            .header("Message-ID", "m001")
            .header("Byte-Range", "1-0/0");
        peer.feed(bodiless);
        assert_eq!(peer.events(), ["B bound"]);
        peer.feed(Frame::text("t002", "m002", ""));
        assert_eq!(peer.events(), ["m002 started", "m002 finished 0"]);
        assert_eq!(peer.head("m002").content_type().unwrap().essence(), "text/plain");
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    });
}

/// Shows: MSRP-7.3.1-15.
#[test]
fn a_body_needs_a_message_id() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").without("Message-ID"));
        assert_eq!(peer.sent_lines(), ["t001 400"]);
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.sent_lines(), ["t002 200"]);
        assert_eq!(peer.events(), ["B bound"]);
    });
}

/// Shows: MSRP-7.3.1-17.
#[test]
fn body_and_content_type_go_together() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "x").without("Content-Type"));
        assert_eq!(peer.sent_lines(), ["t001 400"]);
        let typed = Frame::bodiless("t002").header("Message-ID", "m002").typed("a/b");
        peer.feed(typed);
        assert_eq!(peer.sent_lines(), ["t002 200"]);
        peer.assert_silent();
    });
}

/// Shows: MSRP-7.3.1-18.
#[test]
fn an_empty_body_one_line_end_short() {
    run(|peer| {
        peer.bind();
        let head = Frame::bodiless("t001").header("Message-ID", "m001").typed("a/b");
        let mut octets = head.octets();
        let end_line = octets.split_off(octets.len() - b"-------t001$\r\n".len());
        octets.extend_from_slice(b"\r\n");
        octets.extend_from_slice(&end_line);
        peer.feed(octets);
        peer.feed(Frame::text("t002", "m002", "next"));
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 finished 0",
                "m002 started",
                "m002 data 0 next",
                "m002 finished 4"
            ]
        );
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    });
}

/// Shows: MSRP-7.3.1-08.
#[test]
fn bodies_full_of_hyphens() {
    let mut bodies: Vec<String> = (1..=40).map(|count| "-".repeat(count)).collect();
    bodies.extend(
        [
            "-------",
            "-------t001",
            "-------t001$",
            "x-------t001$\r\n",
            "\n-------t001$\r\n",
            "\r-------t001$\r\n",
            "-------t001$x",
            "\r\n-------t001$x\r\n",
            "\r\n-------t001!\r\n",
            "\r\n-------t001\r\n",
            "\r\n-------t0012$\r\n",
            "\r\n-------t00\r\n",
            "\r\n------t001$\r\n",
            "\r\n--------t001$\r\n",
            "\r\n-------t001$\r",
            "\r\n-------t001$\n",
            "\r\n-------t001+\r-",
            "\r\n\r\n-------\r\n",
            "\r\r\n-------T001$\r\n",
            "MSRP t001 200 OK\r\n",
        ]
        .map(String::from),
    );
    for body in &bodies {
        // At its begin the body counts as preceded by a line end (ruling R-21), so it is put behind an x.
        let body = format!("x{body}");
        run(|peer| {
            peer.feed(Frame::text("t001", "m001", &body));
            assert_eq!(peer.sent_lines(), ["t001 200"], "{body:?}");
            peer.events();
            assert_eq!(peer.body("m001"), body.as_bytes());
        });
    }
}

/// Shows: MSRP-7.1.1-28.
#[test]
fn chunks_of_any_size() {
    for size in [0, 1, 2047, 2048, 2049, 10 << 20] {
        let body: Vec<u8> = (0..size).map(|at| (at * 31 % 251) as u8).collect();
        // A window for events that suits the whole, so that Data can be compared as one.
        Setup::new()
            .config(|config| config.max_event_octets(1 << 30))
            .run(|peer| {
                if peer.cut() == Cut::Octets && size > 1 << 20 {
                    return large_octet_by_octet(&body, peer);
                }
                peer.feed(Frame::text("t001", "m001", &body));
                assert_eq!(peer.sent_lines(), ["t001 200"]);
                assert_eq!(peer.events().last().unwrap(), &format!("m001 finished {size}"));
                assert!(peer.body("m001") == body, "size {size}");
            });
    }
}

/// The first and the last 100 kB octet by octet; between them reads of various sizes.
fn large_octet_by_octet(body: &[u8], peer: &mut crate::peer::Peer) {
    let octets = bytes::Bytes::from(Frame::text("t001", "m001", body));
    let edge = 100_000;
    peer.feed(octets.slice(..edge));
    let mut middle = octets.slice(edge..octets.len() - edge);
    for size in (1..4000).cycle() {
        if middle.is_empty() {
            break;
        }
        let read = middle.split_to(size.min(middle.len()));
        peer.connection.handle_input(peer.now, read);
        peer.take_events();
    }
    peer.feed(octets.slice(octets.len() - edge..));
    assert_eq!(
        peer.events().last().unwrap(),
        &format!("m001 finished {}", body.len())
    );
    assert!(peer.body("m001") == body);
}

/// The disposition of a message can be read from its head; without one it is to be rendered.
#[test]
fn content_disposition() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x"));
        peer.feed(
            Frame::text("t002", "m002", "x").header("Content-Disposition", "attachment; filename=\"x\""),
        );
        peer.events();
        assert_eq!(peer.head("m001").head().header("Content-Disposition"), None);
        assert_eq!(
            peer.head("m002").head().header("content-disposition"),
            Some(&b"attachment; filename=\"x\""[..])
        );
    });
}
