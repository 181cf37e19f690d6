//! What no peer can exhaust.

use msrp_sdp::{FileLimits, FilePart, FileRefusal, FileTransfers, FileVerdict, TooMuchData};

use crate::{f, id, ids, new, part};

fn offer(section: usize, id: &str, direction: &str, selector: &str) -> FilePart {
    let (selector, id) = (
        format!("a=file-selector:{selector}"),
        format!("a=file-transfer-id:{id}"),
    );
    part(section, &[direction, &selector, &id])
}

#[track_caller]
fn refused(verdict: FileVerdict) -> FileRefusal {
    match verdict {
        FileVerdict::Refused { why, answer, .. } => {
            assert!(answer.closed);
            why
        }
        other => panic!("{other:?}"),
    }
}

/// Shows: FT-10-01 (offers).
#[test]
fn sizes_and_numbers() {
    let mut transfers = FileTransfers::new(FileLimits::default().max_size(5));
    assert_eq!(
        refused(transfers.offered(&offer(0, "t1", "a=sendonly", "size:10"))),
        FileRefusal::TooLarge
    );
    assert_eq!(
        new(transfers.offered(&offer(0, "t2", "a=sendonly", "size:5"))),
        id("t2")
    );
    // What is sent is not stored here.
    assert_eq!(
        new(transfers.offered(&offer(1, "t3", "a=recvonly", "size:10"))),
        id("t3")
    );
    // A size that nobody has announced is limited when it comes.
    assert_eq!(
        new(transfers.offered(&offer(2, "t4", "a=sendonly", "type:a/b"))),
        id("t4")
    );
    let mut receipt = transfers.receipt(&id("t4")).unwrap();
    assert_eq!(receipt.take(0, b"01234"), Ok(0));
    assert_eq!(receipt.take(5, b"5"), Err(TooMuchData));

    let mut transfers = FileTransfers::new(FileLimits::default().max_transfers(2));
    let mut offered = |section: usize| {
        let id = format!("n{section}");
        transfers.offered(&offer(section, &id, "a=sendonly", "size:10"))
    };
    assert_eq!(new(offered(0)), id("n0"));
    assert_eq!(new(offered(1)), id("n1"));
    assert_eq!(refused(offered(2)), FileRefusal::TooManyTransfers);
    // One that is over makes room, and so does one that takes the place of another.
    transfers.accept(&id("n0")).unwrap();
    transfers.completed(&id("n0"));
    assert_eq!(
        new(transfers.offered(&offer(3, "n3", "a=sendonly", "size:10"))),
        id("n3")
    );
    assert_eq!(
        new(transfers.offered(&offer(3, "n4", "a=sendonly", "size:10"))),
        id("n4")
    );
    // Own ones count.
    let mut transfers = FileTransfers::new(FileLimits::default().max_transfers(1));
    transfers
        .push(&f(), msrp_sdp::FileRange::WHOLE, 0, &mut ids())
        .unwrap();
    let verdict = transfers.offered(&offer(1, "t1", "a=sendonly", "size:10"));
    assert_eq!(refused(verdict), FileRefusal::TooManyTransfers);
}

#[test]
fn files_without_limit() {
    let mut transfers = FileTransfers::new(FileLimits::default().max_size(None));
    let huge = format!("size:{}", u64::MAX);
    assert_eq!(
        new(transfers.offered(&offer(0, "t1", "a=sendonly", &huge))),
        id("t1")
    );
}

/// A peer cannot have identifiers remembered without end.
#[test]
fn identifiers() {
    let mut transfers = FileTransfers::new(FileLimits::default().max_known(3));
    for n in 0..3 {
        let id = new(transfers.offered(&offer(0, &format!("n{n}"), "a=sendonly", "size:10")));
        transfers.refuse(&id).unwrap();
    }
    for _ in 0..2 {
        let verdict = transfers.offered(&offer(0, "n3", "a=sendonly", "size:10"));
        assert_eq!(refused(verdict), FileRefusal::TooManyTransfers);
        assert!(transfers.get(&id("n3")).is_none());
    }
}

/// Nor can it have much remembered of each.
#[test]
fn what_is_said_of_a_file() {
    let mut transfers = crate::transfers();
    let long = |len: usize| {
        offer(
            0,
            &format!("n{len}"),
            "a=sendonly",
            &format!("name:\"{}\"", "x".repeat(len)),
        )
    };
    assert_eq!(new(transfers.offered(&long(16_000))), id("n16000"));
    assert_eq!(refused(transfers.offered(&long(17_000))), FileRefusal::TooLong);
    assert_eq!(refused(transfers.offered(&long(17_000))), FileRefusal::TooLong);
    // Used it is all the same, and what is mirrored is what was offered.
    let short = offer(0, "n17000", "a=sendonly", "size:10");
    let FileVerdict::Unchanged { answer: Some(answer) } = transfers.offered(&short) else {
        panic!()
    };
    assert!(answer.closed);
    assert_eq!(crate::lines(&answer)[0], "file-selector:size:10");
    assert!(transfers.get(&id("n17000")).unwrap().offer().selector.is_none());
}
