//! Refusals with a code of the application's choice, such as 503.

use msrp_proto::Refusal;
use msrp_proto::wire::StatusCode;

use crate::frame::Frame;
use crate::peer::{run, text};

fn unavailable() -> Refusal {
    Refusal::new(StatusCode::new(503).unwrap()).unwrap()
}

#[test]
fn before_the_message_is_complete() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-2/4", "ab").continued());
        peer.events();
        peer.incoming("m001").reject(unavailable());
        peer.feed(Frame::chunk("t002", "m001", "3-4/4", "cd"));
        assert_eq!(peer.sent_lines(), ["t001 503", "t002 503"]);
        assert_eq!(peer.events(), ["m001 aborted: refused with 503"]);
        // Its answer has left.
        peer.feed(Frame::chunk("t003", "m002", "1-2/4", "ab").continued());
        assert_eq!(peer.sent_lines(), ["t003 200"]);
        peer.events();
        peer.incoming("m002").reject(unavailable());
        assert_eq!(peer.sent_lines(), ["REPORT m002 1-2/4 000 503"]);
    });
}

#[test]
fn when_it_is_complete_and_later() {
    for answered in [false, true] {
        run(|peer| {
            peer.bind();
            peer.feed(Frame::text("t001", "m001", "hello"));
            peer.events();
            if answered {
                assert_eq!(peer.sent_lines(), ["t001 200"]);
            }
            let receipt = peer.receipt("m001");
            peer.connection.fail(receipt, unavailable()).unwrap();
            let expected = match answered {
                false => "t001 503",
                true => "REPORT m001 1-5/5 000 503",
            };
            assert_eq!(peer.sent_lines(), [expected]);
            assert!(peer.session("B").is_bound());
        });
    }
}

/// At the other end.
#[test]
fn a_message_that_was_refused() {
    for by_report in [false, true] {
        run(|peer| {
            peer.bind();
            peer.send("out", text("hello").success_report(true));
            let sent = peer.sent();
            peer.feed(match by_report {
                false => Frame::response(&sent[0].id(), "503 Service Unavailable"),
                true => Frame::report("r001", &sent[0].message_id(), "1-5/5", "000 503"),
            });
            let events = peer.events();
            assert_eq!(events.last().unwrap(), "out failed: refused with 503");
            let reported = events.contains(&"out reported 1-5/5 503".to_owned());
            assert_eq!(reported, by_report);
            // The session goes on, and with it the type.
            assert!(peer.session("B").send(text("again")).is_ok());
        });
    }
}
