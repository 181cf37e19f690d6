//! Answers to offers of transfers.

use msrp_proto::Direction;
use msrp_sdp::{FileAcceptError, FileDisposition, FileFate, FileHasher, FileInfo, FilePart, FileTransfers};

use crate::{H1, PICTURE, f, hash, id, lines, named, new, part, push_of_f, transfers};

/// Asked for F, or something else.
fn pulled(selector: &str, more: &[&str]) -> FileTransfers {
    let mut transfers = transfers();
    let selector = format!("a=file-selector:{selector}");
    let lines = [&["a=recvonly", &selector, "a=file-transfer-id:t1"], more].concat();
    assert_eq!(new(transfers.offered(&part(0, &lines))), id("t1"));
    transfers
}

#[track_caller]
fn sent(selector: &str, more: &[&str], file: &FileInfo) -> FilePart {
    pulled(selector, more).accept_pull(&id("t1"), file).unwrap()
}

/// Shows: FT-8.3.2-02.
#[test]
fn accepting_to_send() {
    let answer = sent("name:\"f.txt\"", &[], &f().with_dates(dates()));
    assert_eq!((answer.direction, answer.closed), (Direction::SendOnly, false));
    // Hash and type; neither name nor size nor date, although they are known.
    assert_eq!(
        lines(&answer),
        [
            format!("file-selector:type:text/plain hash:sha-1:{H1}"),
            "file-transfer-id:t1".into()
        ]
    );
    let described = f()
        .with_disposition(FileDisposition::attachment())
        .with_icon(msrp_multipart::ContentId::new("a@b").unwrap());
    assert_eq!(
        lines(&sent("name:\"f.txt\"", &[], &described))[2..],
        ["file-disposition:attachment", "file-icon:cid:a@b"]
    );
    // The hash is that of the whole file.
    let part = sent("name:\"f.txt\"", &["a=file-range:3-6"], &f());
    assert!(lines(&part)[0].ends_with(H1));
    assert_eq!(lines(&part)[2], "file-range:3-6");
    // There has to be one selector.
    let named = named("f.txt");
    assert_eq!(
        lines(&sent("name:\"f.txt\"", &[], &named.clone().with_size(3)))[0],
        "file-selector:size:3"
    );
    assert_eq!(
        lines(&sent("name:\"f.txt\"", &[], &named))[0],
        "file-selector:name:\"f.txt\""
    );
    let error = pulled("size:10", &[]).accept_pull(&id("t1"), &FileInfo::new());
    assert_eq!(error, Err(FileAcceptError::EmptySelector));
}

fn dates() -> msrp_sdp::FileDates {
    msrp_sdp::FileDates::parse(b"creation:\"Mon, 15 May 2006 15:01:31 +0300\"").unwrap()
}

/// Shows: FT-8.3.2-03.
#[test]
fn a_hash_that_differs_is_not_said() {
    let mut hasher = FileHasher::sha_1_and_sha_256();
    hasher.update(b"0123456789");
    let f = f().with_hashes(hasher.finish());
    let same = sent(&format!("hash:sha-1:{H1}"), &[], &f);
    assert!(lines(&same)[0].contains(H1) && lines(&same)[0].contains("sha-256"));
    // Neither the one that was asked for, nor one that contradicts it.
    let other = sent(&format!("name:\"f.txt\" hash:sha-1:{PICTURE}"), &[], &f);
    assert_eq!(lines(&other)[0], "file-selector:type:text/plain");
    // Or it is refused.
    let mut transfers = pulled(&format!("hash:sha-1:{PICTURE}"), &[]);
    assert!(transfers.refuse(&id("t1")).unwrap().closed);
}

/// Shows: FT-8.3.1-03 (files of this side).
#[test]
fn a_range_that_the_file_does_not_have() {
    for range in ["a=file-range:1-11", "a=file-range:11-*"] {
        let mut transfers = pulled("name:\"f.txt\"", &[range]);
        assert_eq!(
            transfers.accept_pull(&id("t1"), &f()),
            Err(FileAcceptError::Range)
        );
        let refusal = transfers.refuse(&id("t1")).unwrap();
        assert!(refusal.closed);
        assert_eq!(
            lines(&refusal),
            ["file-selector:name:\"f.txt\"", "file-transfer-id:t1"]
        );
    }
    assert_eq!(
        lines(&sent("name:\"f.txt\"", &["a=file-range:1-5"], &f()))
            .pop()
            .unwrap(),
        "file-range:1-5"
    );
}

/// Shows: FT-8.3.2-01 (what becomes of it).
#[test]
fn none_or_one_or_several() {
    let files = [
        named("a.jpg").with_size(10),
        named("b.jpg").with_size(10),
        named("a.txt").with_size(3),
    ];
    for (text, chosen) in [
        ("name:\"a.jpg\"", Some(0)),
        ("size:10", None),
        ("name:\"a.jpg\" size:3", None),
    ] {
        let mut transfers = pulled(text, &[]);
        let asked = transfers.get(&id("t1")).unwrap().selector().clone();
        let answer = match asked.select(&files) {
            msrp_sdp::FileSelection::One(file) => {
                assert_eq!(Some(file), chosen.map(|index: usize| &files[index]));
                transfers.accept_pull(&id("t1"), file).unwrap()
            }
            _ => transfers.refuse(&id("t1")).unwrap(),
        };
        assert_eq!(answer.closed, chosen.is_none(), "{text}");
    }
}

#[test]
fn each_offer_is_decided_once() {
    let mut transfers = transfers();
    let t1 = id("t1");
    assert_eq!(transfers.accept(&t1), Err(FileAcceptError::NotOffered));
    assert_eq!(transfers.refuse(&t1), None);
    assert_eq!(new(transfers.offered(&push_of_f())), t1);
    assert_eq!(transfers.accept_pull(&t1, &f()), Err(FileAcceptError::Role));
    transfers.accept(&t1).unwrap();
    assert_eq!(transfers.accept(&t1), Err(FileAcceptError::NotOffered));
    assert_eq!(transfers.refuse(&t1), None);
    let mut pulled = pulled("size:10", &[]);
    assert_eq!(pulled.accept(&t1), Err(FileAcceptError::Role));
    pulled.refuse(&t1).unwrap();
    assert_eq!(pulled.accept_pull(&t1, &f()), Err(FileAcceptError::NotOffered));
    // What this side has offered is not for it to accept.
    let mut own = transfers.clone();
    let offer = own
        .push(&f(), msrp_sdp::FileRange::WHOLE, 1, &mut crate::ids())
        .unwrap();
    let own_id = offer.attributes.transfer_id.unwrap();
    assert_eq!(own.accept(&own_id), Err(FileAcceptError::NotOffered));
    assert_eq!(own.refuse(&own_id), None);
}

#[test]
fn a_receiver_knows_what_to_expect() {
    let mut transfers = transfers();
    let text = format!("a=file-selector:size:10 hash:sha-1:{H1}");
    let offer = part(
        0,
        &["a=sendonly", &text, "a=file-transfer-id:t1", "a=file-range:5-*"],
    );
    let t1 = new(transfers.offered(&offer));
    transfers.accept(&t1).unwrap();
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Running);
    let mut receipt = transfers.receipt(&t1).unwrap();
    receipt.take_stored(b"0123");
    assert_eq!(receipt.take(0, b"456789"), Ok(4));
    assert_eq!(receipt.finish(None, None), Ok(msrp_sdp::FileVerified::WithHash));
    assert!(transfers.receipt(&id("t2")).is_none());
    assert_eq!(
        transfers.get(&t1).unwrap().selector().hash("sha-1"),
        Some(&hash(&format!("sha-1:{H1}")))
    );
}
