//! Examples of RFC 4975 §11 from the receiver's side, with corrected ranges (ruling R-03).

use msrp_proto::Inbox;

use crate::frame::Frame;
use crate::peer::run;

/// Shows: MSRP-11.2-01.
#[test]
fn a_document_of_several_lines() {
    let page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
        <!DOCTYPE html\r\n\
        PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"\r\n\
        \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n\
        <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\r\n\
        <head>\r\n<title>FY2005 Results</title>\r\n</head>\r\n\
        <body>\r\n<p>See the results at <a\r\n\
        href=\"http://example.org/\">example.org</a>.</p>\r\n</body>\r\n</html>";
    run(|peer| {
        peer.feed(Frame::text("d93kswow", "12339sdqwer", page).typed("application/xhtml+xml"));
        assert_eq!(peer.sent_lines(), ["d93kswow 200"]);
        let [received] = <[_; 1]>::try_from(peer.receive(&mut Inbox::default())).unwrap();
        assert_eq!(received.body, page.as_bytes());
        assert_eq!(
            received.head.content_type().unwrap().essence(),
            "application/xhtml+xml"
        );
    });
}

/// Shows: MSRP-11.4-01 (what it says is for msrp-cpim to read).
#[test]
fn a_chunked_cpim_message() {
    let cpim = "To: Bob <sip:bob@example.com>\r\n\
        From: Alice <sip:alice@example.com>\r\n\
        DateTime: 2006-05-15T15:02:31-03:00\r\n\
        \r\n\
        Content-Type: text/plain\r\n\
        \r\n\
        ABCD1234";
    let total = cpim.len();
    let (first, second) = cpim.split_at(total - 4);
    run(|peer| {
        let range = format!("1-{}/{total}", first.len());
        peer.feed(
            Frame::chunk("d93kswow", "12339sdqwer", &range, first)
                .typed("message/cpim")
                .continued(),
        );
        assert_eq!(peer.sent_lines(), ["d93kswow 200"]);
        let range = format!("{}-{total}/{total}", first.len() + 1);
        peer.feed(Frame::chunk("op2nc9a", "12339sdqwer", &range, second).typed("message/cpim"));
        assert_eq!(peer.sent_lines(), ["op2nc9a 200"]);
        let [received] = <[_; 1]>::try_from(peer.receive(&mut Inbox::default())).unwrap();
        assert_eq!(received.body, cpim.as_bytes());
        assert_eq!(received.head.content_type().unwrap().essence(), "message/cpim");
        assert_eq!(received.head.total(), Some(total as u64));
    });
}

/// Shows: MSRP-11.5-01, MSRP-7.1.4-04, MSRP-7.1.3-07.
#[test]
fn a_system_message() {
    run(|peer| {
        let message = Frame::text("d93kswow", "12339sdqwer", "This conference will end in 5 minutes");
        let silent = message.failure_report("no");
        peer.feed(silent.clone().success_report("no"));
        // Absent means no.
        peer.feed(silent.clone());
        // Nor is anything said of what is wrong.
        peer.feed(silent.clone().header("Byte-Range", "x"));
        peer.feed(
            silent
                .header("Content-Transfer-Encoding", "base64")
                .header("Message-ID", "other"),
        );
        assert_eq!(peer.transmitted(), b"");
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "12339sdqwer started",
                "12339sdqwer data 0 This conference will end in 5 minutes",
                "12339sdqwer finished 37",
                "12339sdqwer started duplicate",
                "12339sdqwer data 0 This conference will end in 5 minutes",
                "12339sdqwer finished 37",
            ]
        );
        let yes = Frame::text("t001", "m001", "x");
        peer.feed(yes.clone().success_report("no"));
        peer.feed(yes);
        assert_eq!(peer.sent_lines(), ["t001 200", "t001 200"]);
    });
}

/// Shows: MSRP-11.6-01, MSRP-7.1.3-10.
#[test]
fn a_positive_report() {
    let body = "<html><body><p>This message is important</p></body></html>";
    let len = body.len();
    run(|peer| {
        let message = Frame::text("d93kswow", "12339sdqwer", body).typed("text/html");
        peer.feed(message.success_report("yes").failure_report("no"));
        assert_eq!(
            peer.sent_lines(),
            [format!("REPORT 12339sdqwer 1-{len}/{len} 000 200 OK")]
        );
        peer.feed(
            Frame::text("t001", "m001", body)
                .failure_report("partial")
                .success_report("yes"),
        );
        assert_eq!(
            peer.sent_lines(),
            [format!("REPORT m001 1-{len}/{len} 000 200 OK")]
        );
    });
}
