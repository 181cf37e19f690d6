//! Responses and REPORTs by Failure-Report, Success-Report and outcome (RFC 4975 §7.1.4).

use msrp_proto::{MediaRanges, Refusal};

use crate::frame::{B, Frame};
use crate::peer::{Setup, passive};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Ok,
    /// What is wrong shows before the response is sent.
    FailsNow,
    /// What is wrong shows when the response has been sent, and the message is not complete.
    FailsLater,
    /// The same with a message that is complete, and so reported if its sender wants that.
    FailsWhenComplete,
}

/// Shows: MSRP-7.1.4-09, MSRP-7.1.4-05.
#[test]
fn every_cell() {
    use Outcome::{FailsLater, FailsNow, FailsWhenComplete, Ok};
    let mut cells = 0;
    for failure_report in [None, Some("yes"), Some("partial"), Some("no")] {
        for outcome in [Ok, FailsNow, FailsLater, FailsWhenComplete] {
            for success_report in [None, Some("no"), Some("yes")] {
                cell(failure_report, outcome, success_report);
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 36 + 12);
}

fn cell(failure_report: Option<&str>, outcome: Outcome, success_report: Option<&str>) {
    let [all, some] = match failure_report {
        None | Some("yes") => [true, true],
        Some("partial") => [false, true],
        _ => [false, false],
    };
    let ok = outcome == Outcome::Ok || outcome == Outcome::FailsWhenComplete;
    let expected = [
        (all && outcome != Outcome::FailsNow).then_some("t001 200"),
        (some && outcome == Outcome::FailsNow).then_some("t001 415"),
        (ok && success_report == Some("yes")).then_some("REPORT m001 1-5/5 000 200 OK"),
        (some && outcome == Outcome::FailsLater).then_some("REPORT m001 1-5/9 000 403 Forbidden"),
        (some && outcome == Outcome::FailsWhenComplete).then_some("REPORT m001 1-5/5 000 403 Forbidden"),
    ];
    let expected: Vec<_> = expected.into_iter().flatten().collect();
    let accepts = MediaRanges::parse(b"text/plain").unwrap();
    Setup::new().session(passive(B).accepts(accepts)).run(|peer| {
        let mut frame = match outcome {
            Outcome::Ok | Outcome::FailsWhenComplete => Frame::text("t001", "m001", "hello"),
            Outcome::FailsNow => Frame::text("t001", "m001", "hello").typed("image/png"),
            Outcome::FailsLater => Frame::chunk("t001", "m001", "1-5/9", "hello").continued(),
        };
        if let Some(value) = failure_report {
            frame = frame.failure_report(value);
        }
        if let Some(value) = success_report {
            frame = frame.success_report(value);
        }
        peer.bind();
        peer.feed(frame);
        let mut sent = peer.sent_lines();
        peer.events();
        match outcome {
            Outcome::Ok | Outcome::FailsNow => {}
            Outcome::FailsLater => peer.incoming("m001").reject(Refusal::FORBIDDEN),
            Outcome::FailsWhenComplete => {
                let receipt = peer.receipt("m001");
                let failed = peer.connection.fail(receipt, Refusal::FORBIDDEN);
                assert_eq!(failed.is_ok(), some);
            }
        }
        sent.extend(peer.sent_lines());
        assert_eq!(
            sent, expected,
            "Failure-Report {failure_report:?}, {outcome:?}, Success-Report {success_report:?}"
        );
    });
}
