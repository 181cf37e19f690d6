//! Messages out of chunks: in any order, overlapping, without a range (RFC 4975 §7.3.1).

use msrp_proto::Inbox;

use crate::frame::Frame;
use crate::peer::run;

/// Shows: MSRP-7.3.1-01.
#[test]
fn whole_messages() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello").without("Byte-Range"));
        peer.feed(Frame::chunk("t002", "m002", "1-5/5", "hello"));
        peer.feed(Frame::chunk("t003", "m003", "1-*/*", "hello"));
        let received = peer.receive(&mut Inbox::default());
        assert_eq!(received.len(), 3);
        assert!(received.iter().all(|message| message.body == "hello"));
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200", "t003 200"]);
    });
}

/// Shows: MSRP-7.3.1-02.
#[test]
fn what_is_missing_is_known() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-2/6", "ab").continued());
        peer.feed(Frame::chunk("t002", "m001", "5-6/6", "ef"));
        assert_eq!(
            peer.events(),
            ["m001 started", "m001 data 0 ab", "m001 data 4 ef"]
        );
        assert_eq!(peer.incoming("m001").received(), 4);
        peer.feed(Frame::chunk("t003", "m001", "3-3/6", "c").continued());
        assert_eq!(peer.events(), ["m001 data 2 c"]);
        peer.feed(Frame::chunk("t004", "m001", "4-4/6", "d").continued());
        assert_eq!(peer.events(), ["m001 data 3 d", "m001 finished 6"]);
        assert_eq!(peer.body("m001"), b"abcdef");
    });
}

/// Shows: MSRP-7.3.1-03.
#[test]
fn the_length_is_that_of_the_payload() {
    run(|peer| {
        peer.bind();
        let half = [b'x'; 50];
        peer.feed(Frame::chunk("t001", "m001", "1-100/200", half).continued());
        peer.events();
        assert_eq!(peer.incoming("m001").received(), 50);
        peer.feed(Frame::chunk("t002", "m001", "101-200/200", [b'z'; 100]));
        assert_eq!(peer.events(), ["m001 data 100 [100]"]);
        peer.feed(Frame::chunk("t003", "m001", "51-60/200", [b'y'; 50]).continued());
        assert_eq!(
            peer.events(),
            [
                "m001 data 50 ".to_owned() + &"y".repeat(50),
                "m001 finished 200".into()
            ]
        );
    });
}

/// Shows: MSRP-7.3.1-05.
#[test]
fn out_of_order() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "5-8/8", "EFGH"));
        assert_eq!(peer.events(), ["m001 started", "m001 data 4 EFGH"]);
        peer.feed(Frame::chunk("t002", "m001", "1-4/8", "abcd").continued());
        assert_eq!(peer.events(), ["m001 data 0 abcd", "m001 finished 8"]);
        assert_eq!(peer.body("m001"), b"abcdEFGH");
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    });
}

/// Every order of the five chunks of a message.
#[test]
fn every_order() {
    let chunks = [(0, 3), (3, 4), (4, 9), (9, 15), (15, 20)];
    let body: Vec<u8> = (b'a'..).take(20).collect();
    let mut orders = vec![vec![]];
    for at in 0..chunks.len() {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, at);
                longer
            })
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    assert_eq!(orders.len(), 120);
    for order in orders {
        run(|peer| {
            let mut inbox = Inbox::default();
            for (count, &at) in order.iter().enumerate() {
                let (start, end) = chunks[at];
                let flag = if end == 20 { '$' } else { '+' };
                let range = format!("{}-{end}/20", start + 1);
                peer.feed(Frame::chunk("t001", "m001", &range, &body[start..end]).flag(flag));
                let received = peer.receive(&mut inbox);
                assert_eq!(received.len(), usize::from(count == 4), "{order:?}");
                for message in received {
                    assert_eq!(message.body, body, "{order:?}");
                }
            }
        });
    }
}

/// Shows: MSRP-7.3.1-06, MSRP-7.3.1-07 (octets come again, and are marked as seen).
#[test]
fn the_chunk_received_last_wins() {
    run(|peer| {
        peer.bind();
        let mut inbox = Inbox::default();
        peer.feed(Frame::chunk("t001", "m001", "1-100/150", [b'a'; 100]).continued());
        assert!(peer.receive(&mut inbox).is_empty());
        peer.events();
        peer.feed(Frame::chunk("t002", "m001", "50-150/150", [b'b'; 101]));
        let [received] = <[_; 1]>::try_from(peer.receive(&mut inbox)).unwrap();
        assert_eq!(
            peer.events(),
            ["m001 data 49 [101] (seen 51)", "m001 finished 150"]
        );
        assert_eq!(received.body, [[b'a'; 49].as_slice(), &[b'b'; 101]].concat());
        assert_eq!(inbox.octets(), 0);
    });
}

/// Overlaps of every kind with what is there: before, behind, within, around, across holes.
#[test]
fn overlaps_are_counted() {
    run(|peer| {
        peer.bind();
        let chunk = |range: &str, body: &str| Frame::chunk("t001", "m001", range, body).continued();
        peer.feed(chunk("3-5/*", "cde"));
        peer.feed(chunk("9-10/*", "ij"));
        peer.feed(chunk("1-4/*", "ABCD"));
        peer.feed(chunk("4-4/*", "4"));
        peer.feed(chunk("10-12/*", "JKL"));
        peer.feed(chunk("2-11/*", "bcdefghijk"));
        peer.feed(chunk("2-11/*", "BCDEFGHIJK").flag('$'));
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 2 cde",
                "m001 data 8 ij",
                "m001 data 0 ABCD (seen 2)",
                "m001 data 3 4 (seen 1)",
                "m001 data 9 JKL (seen 1)",
                "m001 data 1 bcdefghijk (seen 7)",
                "m001 data 1 BCDEFGHIJK (seen 10)",
                "m001 finished 12",
            ]
        );
        assert_eq!(peer.body("m001"), b"ABCDEFGHIJKL");
    });
}

/// Shows: MSRP-7.3.1-09.
#[test]
fn whole_or_bit_by_bit() {
    let body: Vec<u8> = (0..30_000u32).map(|at| (at * 7 % 253) as u8).collect();
    run(|peer| {
        let transcript = [
            Frame::chunk("t001", "m001", "20001-*/*", &body[20_000..]),
            Frame::chunk("t002", "m001", "1-*/*", &body[..12_000]).continued(),
            Frame::chunk("t003", "m001", "12001-*/*", &body[12_000..20_000]).continued(),
        ];
        for frame in transcript.clone() {
            peer.feed(frame);
        }
        let [whole] = <[_; 1]>::try_from(peer.receive(&mut Inbox::default())).unwrap();
        for frame in transcript {
            peer.feed(frame);
        }
        peer.events();
        assert!(whole.body == body && peer.body("m001") == body);
    });
}

/// A chunk without Byte-Range begins at 1, be it the first or a later one (ruling R-68).
#[test]
fn chunks_without_a_range() {
    run(|peer| {
        peer.bind();
        peer.feed(
            Frame::chunk("t001", "m001", "", "abcd")
                .without("Byte-Range")
                .continued(),
        );
        peer.feed(
            Frame::chunk("t002", "m001", "", "AB")
                .without("Byte-Range")
                .continued(),
        );
        peer.feed(Frame::chunk("t003", "m001", "5-6/6", "ef"));
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 0 abcd",
                "m001 data 0 AB (seen 2)",
                "m001 data 4 ef",
                "m001 finished 6"
            ]
        );
    });
}
