//! Offers of transfers, and the answers to them.

use std::sync::atomic::{AtomicUsize, Ordering};

use msrp_proto::Direction;
use msrp_sdp::{
    Deviation, FileAnswer, FileAnswerError, FileAttributes, FileFate, FileInfo, FileOfferError, FilePart,
    FileRange, FileSelector, FileTransfers, FileVerdict, Ids,
};

use crate::{H1, closed, f, hash, id, ids, lines, named, part, push_of_f, selector, transfers};

const WHOLE: FileRange = FileRange::WHOLE;

/// The section with which the peer answers an offer, with other attributes about the file.
fn answer(offer: &FilePart, direction: Direction, file: FileAttributes) -> FilePart {
    FilePart {
        direction,
        attributes: file,
        ..offer.clone()
    }
}

/// The answer that copies what was offered.
fn copied(offer: &FilePart) -> FileAttributes {
    FileAttributes {
        range: offer.attributes.range,
        ..offer.attributes.mirrored()
    }
}

fn offer_of_f(transfers: &mut FileTransfers) -> FilePart {
    transfers.push(&f(), WHOLE, 0, &mut ids()).unwrap()
}

#[track_caller]
fn accepted(answer: Result<FileAnswer, FileAnswerError>) -> Vec<Deviation> {
    match answer {
        Ok(FileAnswer::Accepted(deviations)) => deviations.iter().collect(),
        other => panic!("{other:?}"),
    }
}

/// Shows: FT-5-01 (builders), FT-8.2.1-01, FT-8.2.2-01 (selectors).
#[test]
fn what_is_said_of_the_file() {
    let mut transfers = transfers();
    let mut push = |file: &FileInfo| transfers.push(file, WHOLE, 0, &mut ids()).map(|_| ());
    assert_eq!(push(&FileInfo::new()), Err(FileOfferError::EmptySelector));
    assert_eq!(push(&named("a")), Err(FileOfferError::WeakSelector));
    assert_eq!(push(&named("a").with_size(0)), Err(FileOfferError::WeakSelector));
    for enough in [
        named("a").with_size(1),
        FileInfo::new().with_size(1),
        FileInfo::new().with_media_type("a/b".parse().unwrap()).unwrap(),
        FileInfo::new().with_hashes([hash(&format!("sha-1:{H1}"))]),
    ] {
        let mut transfers = crate::transfers();
        let part = transfers.push(&enough, WHOLE, 0, &mut ids()).unwrap();
        assert_eq!(part.direction, Direction::SendOnly);
        assert_eq!(part.attributes.selector, Some(enough.selector()));
    }

    let pull = |selector| crate::transfers().pull(selector, WHOLE, 0, &mut ids());
    assert_eq!(pull(FileSelector::new()), Err(FileOfferError::EmptySelector));
    assert_eq!(pull(selector("size:0")), Err(FileOfferError::EmptySelector));
    for enough in ["name:\"a\"", "type:a/b", "size:1", &format!("hash:sha-1:{H1}")] {
        let part = pull(selector(enough)).unwrap();
        assert_eq!(part.direction, Direction::RecvOnly);
        let id = part.attributes.transfer_id.clone().unwrap();
        assert_eq!(
            lines(&part),
            [
                format!("file-selector:{enough}"),
                format!("file-transfer-id:{id}")
            ]
        );
    }
    // What no RFC has is not asked for, nor is a hash that peers need not know.
    assert_eq!(
        pull(selector("size:1 colour:red")),
        Err(FileOfferError::UnknownSelector)
    );
    assert_eq!(pull(selector("hash:foo:AB")), Err(FileOfferError::MissingSha1));
    // What was read is written in its canonical form.
    let part = pull(selector("size:1  name:a")).unwrap();
    assert_eq!(lines(&part)[0], "file-selector:name:\"a\" size:1");
}

/// Shows: FT-8.1-02.
#[test]
fn identifiers_are_never_used_again() {
    // Each draw comes twice.
    static DRAWN: AtomicUsize = AtomicUsize::new(0);
    let draw = |octets: &mut [u8]| {
        let number = DRAWN.fetch_add(1, Ordering::Relaxed) / 2;
        octets.fill(number.try_into().unwrap());
    };
    let mut ids = Ids::drawn_from(draw);
    let mut transfers = transfers();
    let mut drawn = Vec::new();
    for section in 0..3 {
        let part = transfers.push(&f(), WHOLE, section, &mut ids).unwrap();
        assert_eq!(part.section, section);
        drawn.push(part.attributes.transfer_id.unwrap());
    }
    assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != drawn[2]);
    assert!(drawn.iter().all(|id| id.as_str().len() == 32));
    // Five times: two for the second, two for the third.
    assert_eq!(DRAWN.load(Ordering::Relaxed), 5);

    // One that the peer has used is used, too; and a generator that is stuck is an error.
    let mut stuck = Ids::drawn_from(|octets| octets.fill(0xAA));
    let first = crate::transfers()
        .push(&f(), WHOLE, 0, &mut stuck)
        .unwrap()
        .attributes
        .transfer_id
        .unwrap();
    let mut transfers = crate::transfers();
    let line = format!("a=file-transfer-id:{first}");
    let _ = transfers.offered(&part(0, &["a=sendonly", "a=file-selector:size:10", &line]));
    assert_eq!(
        transfers.push(&f(), WHOLE, 1, &mut stuck),
        Err(FileOfferError::Ids)
    );

    // Who goes on takes a new one.
    let mut transfers = crate::transfers();
    let mut ids = crate::ids();
    let offer = transfers.push(&f(), WHOLE, 0, &mut ids).unwrap();
    let old = offer.attributes.transfer_id.clone().unwrap();
    assert_eq!(
        transfers.resume(&old, 5, 1, &mut ids),
        Err(FileOfferError::NotOver)
    );
    assert_eq!(
        accepted(transfers.answered(&answer(&offer, Direction::RecvOnly, copied(&offer)))),
        []
    );
    assert_eq!(
        transfers.resume(&old, 5, 1, &mut ids),
        Err(FileOfferError::NotOver)
    );
    transfers.aborted(&old);
    let resumed = transfers.resume(&old, 5, 1, &mut ids).unwrap();
    assert_ne!(resumed.attributes.transfer_id, Some(old));
    assert_eq!(resumed.attributes.selector, offer.attributes.selector);
    assert_eq!(lines(&resumed).last().unwrap(), "file-range:5-*");
    assert_eq!(resumed.direction, Direction::SendOnly);
}

#[test]
fn going_on_with_what_the_peer_has_offered() {
    let mut transfers = transfers();
    let offered = part(
        0,
        &[
            "a=sendonly",
            "a=file-selector:size:10 x:y",
            "a=file-transfer-id:t1",
            "a=file-range:3-8",
        ],
    );
    let t1 = crate::new(transfers.offered(&offered));
    transfers.accept(&t1).unwrap();
    transfers.aborted(&t1);
    let resume = |start| transfers.clone().resume(&t1, start, 1, &mut ids());
    for beyond in [0, 2, 9] {
        assert_eq!(resume(beyond), Err(FileOfferError::Range));
    }
    let part = resume(5).unwrap();
    // By the standard attribute, and from the side that receives.
    assert_eq!(part.direction, Direction::RecvOnly);
    let lines = lines(&part);
    assert_eq!(
        [&*lines[0], &*lines[2]],
        ["file-selector:size:10", "file-range:5-8"]
    );
    assert_eq!(
        transfers.resume(&id("t2"), 1, 1, &mut ids()),
        Err(FileOfferError::NotOver)
    );
}

/// A range that the file does not have is not offered.
#[test]
fn ranges_of_offers() {
    let range = |text: &str| FileRange::parse(text.as_bytes()).unwrap();
    let push = |text| {
        transfers()
            .push(&f(), range(text), 0, &mut ids())
            .map(|part| lines(&part).pop())
    };
    assert_eq!(push("3-6"), Ok(Some("file-range:3-6".into())));
    assert_eq!(push("3-11"), Err(FileOfferError::Range));
    assert_eq!(push("11-*"), Err(FileOfferError::Range));
    let pull = transfers().pull(selector("size:10"), range("3-11"), 0, &mut ids());
    assert_eq!(pull, Err(FileOfferError::Range));
    let pull = transfers()
        .pull(selector("name:\"a\""), range("3-11"), 0, &mut ids())
        .unwrap();
    assert_eq!(lines(&pull).pop().unwrap(), "file-range:3-11");
}

/// Shows: FT-4-01.
#[test]
fn a_peer_without_file_transfer() {
    let plain = FileAttributes::default();
    let mut pushing = transfers();
    let offer = offer_of_f(&mut pushing);
    // As RFC 4975 §8.9 answers, or as one does who does not look at the direction.
    let slips = accepted(pushing.answered(&answer(&offer, Direction::RecvOnly, plain.clone())));
    assert_eq!(slips, [Deviation::PeerLacksFileTransfer]);
    let (_, transfer) = pushing.of_section(0).unwrap();
    assert_eq!(transfer.fate(), FileFate::Running);
    let mut pushing = transfers();
    let offer = offer_of_f(&mut pushing);
    let slips = accepted(pushing.answered(&answer(&offer, Direction::SendRecv, plain.clone())));
    assert!(slips.contains(&Deviation::PeerLacksFileTransfer));

    let mut pulling = transfers();
    let offer = pulling.pull(selector("size:10"), WHOLE, 0, &mut ids()).unwrap();
    let result = pulling.answered(&answer(&offer, Direction::SendOnly, plain.clone()));
    assert_eq!(result, Err(FileAnswerError::NotSupported));
    assert_eq!(pulling.of_section(0).unwrap().1.fate(), FileFate::Aborted);

    // It would take a part for the whole.
    let mut pushing = transfers();
    let offer = pushing
        .push(&f(), FileRange::new(3, 6).unwrap(), 0, &mut ids())
        .unwrap();
    let result = pushing.answered(&answer(&offer, Direction::RecvOnly, plain.clone()));
    assert_eq!(result, Err(FileAnswerError::RangeMismatch));

    // Refused by port, whatever else is missing.
    let mut pushing = transfers();
    let offer = offer_of_f(&mut pushing);
    let refusal = FilePart {
        closed: true,
        ..answer(&offer, Direction::RecvOnly, plain)
    };
    assert_eq!(
        pushing.answered(&refusal),
        Ok(FileAnswer::Refused { abort: None })
    );
    assert_eq!(pushing.of_section(0).unwrap().1.fate(), FileFate::Refused);
}

/// Shows: FT-8.1-01 (answers), FT-8.3.1-03 (answers), FT-8-01 (answers).
#[test]
fn what_is_no_answer_to_the_offer() {
    let check = |change: fn(&mut FilePart)| {
        let mut transfers = transfers();
        let offer = transfers
            .push(&f(), FileRange::new(3, 6).unwrap(), 0, &mut ids())
            .unwrap();
        let mut answer = answer(&offer, Direction::RecvOnly, copied(&offer));
        change(&mut answer);
        let result = transfers.answered(&answer);
        let fate = transfers.of_section(0).unwrap().1.fate();
        assert_eq!(fate == FileFate::Aborted, result.is_err());
        result
    };
    assert_eq!(accepted(check(|_| {})), []);
    let other_id = check(|answer| answer.attributes.transfer_id = Some(id("other")));
    assert_eq!(other_id, Err(FileAnswerError::IdMismatch));
    for other in [
        FileRange::new(3, 7).unwrap(),
        FileRange::new(2, 6).unwrap(),
        WHOLE,
    ] {
        let mut transfers = transfers();
        let offer = transfers
            .push(&f(), FileRange::new(3, 6).unwrap(), 0, &mut ids())
            .unwrap();
        let mut answer = answer(&offer, Direction::RecvOnly, copied(&offer));
        answer.attributes.range = Some(other);
        assert_eq!(transfers.answered(&answer), Err(FileAnswerError::RangeMismatch));
    }
    assert_eq!(
        check(|answer| answer.attributes.range = None),
        Err(FileAnswerError::RangeMismatch)
    );
    assert_eq!(
        check(|answer| answer.direction = Direction::SendOnly),
        Err(FileAnswerError::Direction)
    );
    assert_eq!(
        check(|answer| answer.direction = Direction::Inactive),
        Err(FileAnswerError::Direction)
    );
    let mut transfers = crate::transfers();
    let elsewhere = FilePart {
        section: 1,
        ..offer_of_f(&mut transfers)
    };
    assert_eq!(transfers.answered(&elsewhere), Err(FileAnswerError::NotOffered));

    // These have one reading.
    assert_eq!(
        accepted(check(|answer| answer.direction = Direction::SendRecv)),
        [Deviation::MissingDirection]
    );
    assert_eq!(
        accepted(check(|answer| answer.attributes.transfer_id = None)),
        [Deviation::MissingFileAttribute]
    );
    assert_eq!(
        accepted(check(|answer| answer.attributes.selector = None)),
        [Deviation::MissingFileAttribute]
    );
    assert_eq!(
        accepted(check(
            |answer| answer.attributes.selector = Some(selector("name:\"other\""))
        )),
        [Deviation::SelectorChanged]
    );
}

#[test]
fn answers_to_who_asks_for_a_file() {
    let pull = |answered: &str| {
        let mut transfers = transfers();
        let offer = transfers
            .pull(selector(&format!("hash:sha-1:{H1}")), WHOLE, 0, &mut ids())
            .unwrap();
        let file = FileAttributes {
            selector: Some(selector(answered)),
            ..copied(&offer)
        };
        let result = transfers.answered(&answer(&offer, Direction::SendOnly, file));
        let (_, transfer) = transfers.of_section(0).unwrap();
        (result, transfer.selector().clone())
    };
    // All that was said of the file is compared in the end.
    let (result, known) = pull("type:image/jpeg");
    assert_eq!(accepted(result), []);
    assert_eq!(known, selector(&format!("type:image/jpeg hash:sha-1:{H1}")));
    let (result, _) = pull(&format!("type:image/jpeg hash:sha-1:{}", crate::PICTURE));
    assert_eq!(result, Err(FileAnswerError::SelectorMismatch));
}

/// A description may be sent again while a file is on its way.
#[test]
fn repeating_the_offer() {
    let mut transfers = transfers();
    let offer = offer_of_f(&mut transfers);
    let copied = answer(&offer, Direction::RecvOnly, copied(&offer));
    assert_eq!(accepted(transfers.answered(&copied)), []);
    assert!(transfers.parts().eq([offer.clone()]));
    // The file is sent once.
    assert!(matches!(
        transfers.answered(&copied),
        Ok(FileAnswer::Unchanged(_))
    ));
    // The peer does not want it any more.
    let t1 = offer.attributes.transfer_id.clone().unwrap();
    let refusal = FilePart {
        closed: true,
        ..copied.clone()
    };
    assert_eq!(
        transfers.answered(&refusal),
        Ok(FileAnswer::Refused {
            abort: Some(t1.clone())
        })
    );
    assert_eq!(
        transfers.answered(&refusal),
        Ok(FileAnswer::Refused { abort: None })
    );
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Aborted);
    assert!(transfers.parts().all(|part| part.closed));
}

/// Shows: FT-8.1-05 (offers).
#[test]
fn a_transfer_that_is_over_stays() {
    let mut transfers = transfers();
    let offer = offer_of_f(&mut transfers);
    let t1 = offer.attributes.transfer_id.clone().unwrap();
    let _ = transfers.answered(&answer(&offer, Direction::RecvOnly, copied(&offer)));
    transfers.completed(&t1);
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Completed);
    let parts: Vec<_> = transfers.parts().collect();
    assert_eq!(parts.len(), 1);
    assert!(parts[0].closed);
    assert_eq!(parts[0].attributes.transfer_id, Some(t1.clone()));
    assert_eq!(parts[0].attributes.selector, offer.attributes.selector);
    // What is over stays as it is.
    transfers.aborted(&t1);
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Completed);
    assert_eq!(transfers.close(&t1).unwrap(), parts[0]);
    assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Completed);
    // Once closed it is closed for the peer, too.
    let theirs = answer(&offer, Direction::RecvOnly, copied(&offer));
    let FileVerdict::Unchanged { answer: Some(again) } = transfers.offered(&theirs) else {
        panic!()
    };
    assert!(again.closed);
}

/// Shows: FT-8.6-01 (which section).
#[test]
fn sections_are_used_again_when_nothing_uses_them() {
    let mut transfers = transfers();
    let mut ids = ids();
    // There is one already, of instant messages.
    let first = transfers.push(&f(), WHOLE, 1, &mut ids).unwrap();
    assert_eq!(first.section, 1);
    let t1 = first.attributes.transfer_id.clone().unwrap();
    assert_eq!(transfers.free_section(1), 2);
    let second = transfers.pull(selector("size:3"), WHOLE, 2, &mut ids).unwrap();
    // Offered, or on its way: it is in use.
    let in_use = Err(FileOfferError::SectionInUse);
    assert_eq!(transfers.push(&f(), WHOLE, 1, &mut ids), in_use);
    let _ = transfers.answered(&answer(&first, Direction::RecvOnly, copied(&first)));
    assert_eq!(transfers.push(&f(), WHOLE, 1, &mut ids), in_use);
    assert_eq!(transfers.pull(selector("size:3"), WHOLE, 2, &mut ids), in_use);
    assert_eq!((transfers.free_section(3), transfers.free_section(7)), (3, 7));
    transfers.completed(&t1);
    assert_eq!(transfers.free_section(3), 1);
    let file = named("g").with_size(2);
    let third = transfers.push(&file, WHOLE, 1, &mut ids).unwrap();
    assert!(![Some(t1.clone()), second.attributes.transfer_id].contains(&third.attributes.transfer_id));
    assert_ne!(third.attributes.selector, first.attributes.selector);
    let t3 = third.attributes.transfer_id.unwrap();
    assert_eq!(transfers.of_section(1).unwrap().0, &t3);
    assert_eq!(transfers.free_section(3), 3);
    // The old one has no section to close any more.
    assert_eq!(transfers.close(&t1), None);
    // Not sent after all: the section is as it was.
    transfers.withdrawn(&t3);
    assert_eq!(transfers.of_section(1).unwrap().0, &t1);
    assert_eq!(transfers.free_section(3), 1);
}

#[test]
fn withdrawn_offers() {
    let mut transfers = transfers();
    let mut ids = ids();
    let part = transfers.push(&f(), WHOLE, 1, &mut ids).unwrap();
    let t1 = part.attributes.transfer_id.clone().unwrap();
    transfers.withdrawn(&t1);
    assert_eq!(transfers.of_section(1).map(|(id, _)| id), None);
    assert_eq!(transfers.parts().count(), 0);
    assert_eq!(transfers.answered(&part), Err(FileAnswerError::NotOffered));
    // Those of the peer cannot be withdrawn here, nor what was answered.
    let t2 = crate::new(transfers.offered(&push_of_f()));
    transfers.withdrawn(&t2);
    assert_eq!(transfers.get(&t2).unwrap().fate(), FileFate::Offered);
}

/// Shows: FT-8.4-01 (the offer), FT-8.4-02 (the offer).
#[test]
fn ending_a_transfer() {
    for pushing in [true, false] {
        let mut transfers = transfers();
        let (offer, theirs) = if pushing {
            (offer_of_f(&mut transfers), Direction::RecvOnly)
        } else {
            let pull = transfers.pull(f().selector(), WHOLE, 0, &mut ids());
            (pull.unwrap(), Direction::SendOnly)
        };
        let _ = transfers.answered(&answer(&offer, theirs, copied(&offer)));
        let t1 = offer.attributes.transfer_id.clone().unwrap();
        let close = transfers.close(&t1).unwrap();
        assert!(close.closed);
        assert_eq!((close.section, close.direction), (offer.section, offer.direction));
        assert_eq!(close.attributes, offer.attributes.mirrored());
        assert_eq!(transfers.get(&t1).unwrap().fate(), FileFate::Aborted);
        // It stays so in all later offers, and whatever is answered.
        assert!(transfers.parts().eq([close.clone()]));
        let answered = closed(0, &["a=file-selector:size:10"]);
        assert_eq!(
            transfers.answered(&answered),
            Ok(FileAnswer::Refused { abort: None })
        );
        assert_eq!(transfers.close(&t1), Some(close));
    }
    assert_eq!(transfers().close(&id("t1")), None);
}
