//! What an offer of the peer means.

use msrp_proto::Direction;
use msrp_sdp::{FileFate, FilePart, FileRange, FileRefusal, FileRole, FileTransferId, FileVerdict};

use crate::{H1, closed, f, id, ids, lines, media, new, part, push_of_f, transfers};

#[track_caller]
fn refused(verdict: FileVerdict) -> (FileRefusal, FilePart, Option<FileTransferId>) {
    match verdict {
        FileVerdict::Refused { why, answer, abort } => {
            assert!(answer.closed);
            (why, answer, abort)
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn unchanged(verdict: FileVerdict) -> FilePart {
    match verdict {
        FileVerdict::Unchanged { answer } => answer.expect("a decision"),
        other => panic!("{other:?}"),
    }
}

fn push(id: &str, selector: &str) -> FilePart {
    let selector = format!("a=file-selector:{selector}");
    part(0, &["a=sendonly", &selector, &format!("a=file-transfer-id:{id}")])
}

/// Shows: FT-8.1-03.
#[test]
fn identifier_and_file() {
    let running = || {
        let mut transfers = transfers();
        let t1 = new(transfers.offered(&push("t1", "size:10")));
        transfers.accept(&t1).unwrap();
        transfers
    };
    assert_eq!(new(running().offered(&push("t2", "size:11"))), id("t2"));
    assert_eq!(new(running().offered(&push("t2", "size:10"))), id("t2"));
    assert!(!unchanged(running().offered(&push("t1", "size:10"))).closed);
    let mut transfers = running();
    let (why, answer, abort) = refused(transfers.offered(&push("t1", "size:11")));
    assert_eq!((why, abort), (FileRefusal::SelectorChanged, Some(id("t1"))));
    assert_eq!(lines(&answer), ["file-selector:size:11", "file-transfer-id:t1"]);
    assert_eq!(transfers.get(&id("t1")).unwrap().fate(), FileFate::Aborted);
    // It is over, and stays so.
    assert!(unchanged(transfers.offered(&push("t1", "size:10"))).closed);

    // A hash may come later; from then on it counts.
    let mut transfers = running();
    let hash = format!("size:10 hash:sha-1:{H1}");
    let answer = unchanged(transfers.offered(&push("t1", &hash)));
    assert_eq!(lines(&answer)[0], format!("file-selector:{hash}"));
    assert_eq!(
        transfers.get(&id("t1")).unwrap().selector(),
        &crate::selector(&hash)
    );
    assert!(!unchanged(transfers.offered(&push("t1", "size:10"))).closed);
    let other = format!("hash:sha-1:{}", crate::PICTURE);
    assert_eq!(
        refused(transfers.offered(&push("t1", &other))).0,
        FileRefusal::SelectorChanged
    );
}

/// Shows: FT-8.1-04 (the order of things).
#[test]
fn a_new_identifier_starts_again() {
    let mut transfers = transfers();
    let t1 = new(transfers.offered(&push("t1", "size:10")));
    transfers.accept(&t1).unwrap();
    let again = part(
        0,
        &[
            "a=sendonly",
            "a=file-selector:size:10",
            "a=file-transfer-id:t2",
            "a=file-range:3-*",
        ],
    );
    let verdict = transfers.offered(&again);
    let expected = FileVerdict::New {
        id: id("t2"),
        role: FileRole::Receiver,
        range: FileRange::parse(b"3-*").unwrap(),
        abort: Some(t1.clone()),
    };
    assert_eq!(verdict, expected);
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Aborted);
    assert_eq!(transfers.of_section(0).unwrap().0, &id("t2"));
    // One that is not on its way needs no end.
    let verdict = transfers.offered(&push("t3", "size:10"));
    assert!(
        matches!(verdict, FileVerdict::New { abort: None, .. }),
        "{verdict:?}"
    );
    // Nor has another section anything to do with it.
    let mut other = push("t4", "size:10");
    other.section = 1;
    transfers.accept(&id("t3")).unwrap();
    assert!(matches!(
        transfers.offered(&other),
        FileVerdict::New { abort: None, .. }
    ));
    assert_eq!(transfers.get(&id("t3")).unwrap().fate(), FileFate::Running);
}

/// Shows: FT-8.1-05 (answers).
#[test]
fn port_0_outranks_the_identifier() {
    let lines_of = ["a=sendonly", "a=file-selector:size:10", "a=file-transfer-id:t1"];
    // Known and on its way, known and over, and new.
    let mut transfers = transfers();
    let t1 = new(transfers.offered(&push_of_f()));
    transfers.accept(&t1).unwrap();
    for abort in [Some(t1.clone()), None] {
        let verdict = transfers.offered(&closed(0, &lines_of));
        let FileVerdict::Closed { answer, abort: found } = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(found, abort);
        assert!(answer.closed);
        assert_eq!(answer.direction, Direction::RecvOnly);
        assert_eq!(lines(&answer), ["file-selector:size:10", "file-transfer-id:t1"]);
    }
    // Nor does the port come back.
    assert!(unchanged(transfers.offered(&push_of_f())).closed);
    // Nor does it matter whose the identifier is: in another section this one is closed, too, and nothing else.
    let mut t2 = push("t2", "size:10");
    t2.section = 1;
    new(transfers.offered(&t2));
    let verdict = transfers.offered(&closed(2, &lines_of));
    let FileVerdict::Closed { answer, abort: None } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!((answer.section, answer.closed), (2, true));
    assert_eq!(lines(&answer), ["file-selector:size:10", "file-transfer-id:t1"]);
    assert_eq!(transfers.get(&id("t2")).unwrap().fate(), FileFate::Offered);

    let mut transfers = crate::transfers();
    let t1 = new(transfers.offered(&push_of_f()));
    transfers.accept(&t1).unwrap();
    let other = closed(
        0,
        &["a=sendonly", "a=file-selector:size:11", "a=file-transfer-id:t2"],
    );
    let verdict = transfers.offered(&other);
    let FileVerdict::Closed { answer, abort } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(abort, Some(t1));
    assert_eq!(lines(&answer), ["file-selector:size:11", "file-transfer-id:t2"]);
    // An identifier that came with port 0 is used.
    assert!(unchanged(transfers.offered(&push("t2", "size:11"))).closed);
    // Port 0 needs neither selector nor identifier nor direction.
    assert!(matches!(
        transfers.offered(&closed(0, &["a=file-selector"])),
        FileVerdict::Closed { .. }
    ));
}

/// Shows: FT-8.3.1-02.
#[test]
fn a_used_identifier_alerts_nobody() {
    let mut transfers = transfers();
    // Twice, before there is a decision: only the first is new.
    let t1 = new(transfers.offered(&push_of_f()));
    assert_eq!(
        transfers.offered(&push_of_f()),
        FileVerdict::Unchanged { answer: None }
    );
    let answer = transfers.accept(&t1).unwrap();
    // While it runs and when it is complete: the same answer.
    assert_eq!(unchanged(transfers.offered(&push_of_f())), answer);
    transfers.completed(&t1);
    assert_eq!(unchanged(transfers.offered(&push_of_f())), answer);

    // A refused one is refused again.
    let offer = part(
        1,
        &["a=recvonly", "a=file-selector:size:10", "a=file-transfer-id:t2"],
    );
    let t2 = new(transfers.offered(&offer));
    let refusal = transfers.refuse(&t2).unwrap();
    assert!(refusal.closed);
    assert_eq!(unchanged(transfers.offered(&offer)), refusal);
    assert_eq!(transfers.get(&t2).unwrap().fate(), FileFate::Refused);

    // First the port, then the identifier, then the file.
    let text = ["a=sendonly", "a=file-selector:size:99", "a=file-transfer-id:t1"];
    assert!(matches!(
        transfers.offered(&closed(0, &text)),
        FileVerdict::Closed { .. }
    ));
    // Used in another section, or before the last in this one: neither new nor the same.
    for section in [1, 2] {
        let elsewhere = FilePart {
            section,
            ..push_of_f()
        };
        assert_eq!(refused(transfers.offered(&elsewhere)).0, FileRefusal::IdUsed);
    }
    assert_eq!(new(transfers.offered(&push("t3", "size:10"))), id("t3"));
    transfers.accept(&id("t3")).unwrap();
    let (why, _, abort) = refused(transfers.offered(&push_of_f()));
    // The answer closes the section, and so what it has now.
    assert_eq!((why, abort), (FileRefusal::IdUsed, Some(id("t3"))));
}

/// Shows: FT-5-01 (offers), FT-8.1-01 (offers), FT-8-01 (offers).
#[test]
fn offers_that_lack_something() {
    let offered = |lines: &[&str]| transfers().offered(&part(0, lines));
    let why = |lines: &[&str]| refused(offered(lines)).0;
    assert_eq!(
        why(&["a=sendonly", "a=file-selector"]),
        FileRefusal::EmptySelector
    );
    assert_eq!(
        why(&["a=sendonly", "a=file-selector", "a=file-transfer-id:t1"]),
        FileRefusal::EmptySelector
    );
    assert_eq!(
        why(&["a=sendonly", "a=file-transfer-id:t1"]),
        FileRefusal::EmptySelector
    );
    assert_eq!(
        why(&["a=sendonly", "a=file-selector:size:10"]),
        FileRefusal::MissingTransferId
    );
    let (_, answer, _) = refused(offered(&["a=sendonly", "a=file-selector:size:10"]));
    assert_eq!(lines(&answer), ["file-selector:size:10"]);
    let rest = ["a=file-selector:size:10", "a=file-transfer-id:t1"];
    for direction in [&[][..], &["a=sendrecv"], &["a=inactive"]] {
        assert_eq!(why(&[direction, &rest].concat()), FileRefusal::Direction);
    }
    for (direction, role, answered) in [
        ("a=sendonly", FileRole::Receiver, Direction::RecvOnly),
        ("a=recvonly", FileRole::Sender, Direction::SendOnly),
    ] {
        let mut transfers = transfers();
        let verdict = transfers.offered(&part(0, &[&[direction], &rest[..]].concat()));
        assert!(matches!(verdict, FileVerdict::New { role: found, .. } if found == role));
        let answer = match role {
            FileRole::Receiver => transfers.accept(&id("t1")),
            FileRole::Sender => transfers.accept_pull(&id("t1"), &f()),
        };
        assert_eq!(answer.unwrap().direction, answered);
    }
}

/// A refusal ends whatever the section has, and its identifier is used.
#[test]
fn what_a_refusal_does() {
    for lines in [
        &["a=sendonly", "a=file-selector:size:10"][..],
        &["a=sendonly", "a=file-selector", "a=file-transfer-id:t1"],
        &["a=sendrecv", "a=file-selector:size:10", "a=file-transfer-id:t1"],
        &["a=recvonly", "a=file-selector:size:10", "a=file-transfer-id:t1"],
        &["a=sendrecv", "a=file-selector:size:10", "a=file-transfer-id:t2"],
        &[
            "a=sendonly",
            "a=file-selector:size:10",
            "a=file-transfer-id:t2",
            "a=file-range:9-11",
        ],
    ] {
        let mut transfers = transfers();
        let t1 = new(transfers.offered(&push_of_f()));
        transfers.accept(&t1).unwrap();
        let (_, _, abort) = refused(transfers.offered(&part(0, lines)));
        assert_eq!(abort, Some(t1), "{lines:?}");
    }
    let mut transfers = transfers();
    let lacking = part(0, &["a=file-selector:size:10", "a=file-transfer-id:t1"]);
    let _ = refused(transfers.offered(&lacking));
    assert!(unchanged(transfers.offered(&push_of_f())).closed);
}

/// Shows: FT-8.3.1-03 (offers).
#[test]
fn ranges() {
    let offered = |range: &str, selector: &str| {
        let mut transfers = transfers();
        let offer = part(
            0,
            &[
                "a=sendonly",
                &format!("a=file-selector:{selector}"),
                "a=file-transfer-id:t1",
                &format!("a=file-range:{range}"),
            ],
        );
        match transfers.offered(&offer) {
            FileVerdict::New { id, .. } => lines(&transfers.accept(&id).unwrap()).pop().unwrap(),
            verdict => {
                assert_eq!(refused(verdict).0, FileRefusal::Range);
                "refused".into()
            }
        }
    };
    assert_eq!(offered("1-5", "size:10"), "file-range:1-5");
    assert_eq!(offered("1-*", "size:10"), "file-range:1-*");
    assert_eq!(offered("10-*", "size:10"), "file-range:10-*");
    assert_eq!(offered("1-11", "size:10"), "refused");
    assert_eq!(offered("11-*", "size:10"), "refused");
    assert_eq!(offered("5-*", "size:4"), "refused");
    assert_eq!(offered("5-99", "name:\"a\""), "file-range:5-99");
    // Not acceptable to the user: refused, without it.
    let mut transfers = transfers();
    let offer = [
        "a=sendonly",
        "a=file-selector:size:10",
        "a=file-transfer-id:t1",
        "a=file-range:1-5",
    ];
    let t1 = new(transfers.offered(&part(0, &offer)));
    let refusal = transfers.refuse(&t1).unwrap();
    assert!(refusal.closed);
    assert_eq!(lines(&refusal), ["file-selector:size:10", "file-transfer-id:t1"]);
}

/// Whoever has offered a transfer, either side may send the next description.
#[test]
fn the_peer_repeats_what_this_side_has_offered() {
    let mut transfers = transfers();
    let file = f()
        .with_disposition(msrp_sdp::FileDisposition::attachment())
        .with_icon(msrp_multipart::ContentId::new("a@b").unwrap());
    let offer = transfers.push(&file, FileRange::WHOLE, 0, &mut ids()).unwrap();
    let t1 = offer.attributes.transfer_id.clone().unwrap();
    let theirs = FilePart {
        direction: Direction::RecvOnly,
        attributes: offer.attributes.mirrored(),
        ..offer.clone()
    };
    let _ = transfers.answered(&theirs);
    let answer = unchanged(transfers.offered(&theirs));
    assert_eq!((answer.direction, answer.closed), (Direction::SendOnly, false));
    assert_eq!(answer.attributes, offer.attributes.mirrored());
    // On hold.
    let held = FilePart {
        direction: Direction::Inactive,
        ..theirs.clone()
    };
    assert_eq!(unchanged(transfers.offered(&held)).direction, Direction::Inactive);
    // And ended.
    let end = FilePart {
        closed: true,
        ..theirs
    };
    let FileVerdict::Closed { abort, .. } = transfers.offered(&end) else {
        panic!()
    };
    assert_eq!(abort, Some(t1));
}

/// A peer that does not know file transfer says nothing of files, neither when it repeats nor when it closes.
#[test]
fn a_peer_that_says_nothing_of_files() {
    let mut transfers = transfers();
    let plain = media(7654, &[]).file_part(0);
    assert_eq!(transfers.offered(&plain), FileVerdict::NoFile);
    let offer = transfers.push(&f(), FileRange::WHOLE, 0, &mut ids()).unwrap();
    let _ = transfers.answered(&plain);
    assert!(!unchanged(transfers.offered(&plain)).closed);
    let FileVerdict::Closed { abort, answer } = transfers.offered(&media(0, &[]).file_part(0)) else {
        panic!()
    };
    assert_eq!(abort, offer.attributes.transfer_id);
    assert_eq!(lines(&answer), [""; 0]);
    assert_eq!(
        transfers.offered(&media(0, &[]).file_part(0)),
        FileVerdict::NoFile
    );
    assert_eq!(transfers.offered(&plain), FileVerdict::NoFile);
}
