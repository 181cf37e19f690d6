//! Whole offers and answers.

use std::net::IpAddr;

use msrp_proto::{Direction, MediaRanges};
use msrp_sdp::{
    Answer, Description, Deviation, FileAnswer, FileInfo, FilePart, FileRange, FileTransfers, FileVerdict,
    Ids, Label, Local, LocalSession, Media, Names, Origin, Policy, Section,
};

use crate::{PICTURE, closed, f, hash, id, ids, lines, named, new, selector, transfers};

fn host() -> IpAddr {
    "192.0.2.7".parse().unwrap()
}

fn origin() -> Origin {
    Origin::new(1, host().into())
}

fn local() -> Local {
    Local::listening(host(), 8888).plain().setup(false)
}

fn session(part: &FilePart, ids: &mut Ids) -> LocalSession {
    local()
        .file(part.attributes.clone(), part.direction)
        .open(ids)
        .unwrap()
}

fn answered(session: &LocalSession, offer: &Media) -> Media {
    match session.answer(offer, &Policy::default(), &Names::default()) {
        Ok(Answer::Media(media)) => *media,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn msrp(description: &Description) -> Vec<Media> {
    let all = description.msrp().into_iter();
    all.map(|(_, media)| media.unwrap()).collect()
}

/// What the section says, without what it says of this host.
fn attribute_lines(section: &Section) -> Vec<String> {
    let attributes = section.attributes().filter(|(name, _)| *name != "path");
    attributes
        .map(|(name, value)| match value {
            Some(value) => format!("{name}:{}", std::str::from_utf8(value).unwrap()),
            None => name.to_owned(),
        })
        .collect()
}

/// Figure 8, its lines put together again.
fn figure_8() -> String {
    format!(
        "v=0\r\no=alice 2890844526 2890844526 IN IP4 alicepc.example.com\r\ns=\r\n\
         c=IN IP4 alicepc.example.com\r\nt=0 0\r\nm=message 7654 TCP/MSRP *\r\ni=This is my latest picture\r\n\
         a=sendonly\r\na=accept-types:message/cpim\r\na=accept-wrapped-types:*\r\n\
         a=path:msrp://alicepc.example.com:7654/jshA7we;tcp\r\n\
         a=file-selector:name:\"My cool picture.jpg\" type:image/jpeg size:4092 hash:sha-1:{PICTURE}\r\n\
         a=file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE\r\na=file-disposition:render\r\n\
         a=file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\"\r\na=file-icon:cid:id2@alicepc.example.com\r\n"
    )
}

/// Shows: FT-8.3.1-01.
#[test]
fn the_push_of_figure_8() {
    let offer = Description::parse(figure_8().as_bytes()).unwrap();
    assert_eq!(
        offer.sections()[0].info(),
        Some(&b"This is my latest picture"[..])
    );
    let offered = msrp(&offer).remove(0);
    let mut transfers = transfers();
    let t1 = new(transfers.offered(&offered.file_part(0)));
    let part = transfers.accept(&t1).unwrap();
    let types = |text: &str| MediaRanges::parse(text.as_bytes()).unwrap();
    let bob = local()
        .accept_types(types("message/cpim"))
        .accept_wrapped_types(types("*"));
    let bob = bob
        .file(part.attributes, part.direction)
        .open(&mut ids())
        .unwrap();
    let mut answer = offer.answer(origin());
    answer.accept(0, answered(&bob, &offered)).unwrap();
    let answer = answer.finish();
    // Figure 9. Neither disposition nor date nor icon.
    let mut found = attribute_lines(&answer.sections()[0]);
    let mut expected = [
        "recvonly".to_owned(),
        "accept-types:message/cpim".into(),
        "accept-wrapped-types:*".into(),
        format!("file-selector:name:\"My cool picture.jpg\" type:image/jpeg size:4092 hash:sha-1:{PICTURE}"),
        "file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE".into(),
    ];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(answer.sections()[0].info(), None);
    assert_eq!(
        answer.sections()[0].media().to_string(),
        "message 8888 TCP/MSRP *"
    );
}

/// Shows: FT-8.3.1-01 (an answer that describes).
#[test]
fn the_answer_of_figure_20() {
    let file = named("sunset.jpg")
        .with_media_type("image/jpeg".parse().unwrap())
        .unwrap()
        .with_size(4096)
        .with_hashes([hash(
            "sha-1:58:23:1F:E8:65:3B:BC:F3:71:36:2F:86:D4:71:91:3E:E4:B1:DF:2F",
        )]);
    let mut transfers = transfers();
    let offer = transfers.push(&file, FileRange::WHOLE, 0, &mut ids()).unwrap();
    let id = offer.attributes.transfer_id.unwrap();
    let text = format!(
        "m=message 8888 TCP/MSRP *\r\nc=IN IP4 bobpc.example.com\r\na=recvonly\r\na=accept-types:message/cpim\r\n\
         a=accept-wrapped-types:*\r\na=path:msrp://bobpc.example.com:8888/eh10dsk;tcp\r\n\
         a=file-selector:{}\r\na=file-transfer-id:{id}\r\n",
        offer.attributes.selector.unwrap()
    );
    let described = |line: &str| {
        let answer = Media::parse(format!("{text}{line}").as_bytes()).unwrap();
        match transfers.clone().answered(&answer.file_part(0)) {
            Ok(FileAnswer::Accepted(deviations)) => deviations.iter().collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(described(""), []);
    for line in [
        "a=file-disposition:render\r\n",
        "a=file-icon:cid:a@b\r\n",
        "a=file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\"\r\n",
    ] {
        assert_eq!(described(line), [Deviation::DispositionInAnswer]);
    }
}

/// Shows: FT-8.3-01, FT-8.1-01 (the answer repeats it).
#[test]
fn a_refusal_mirrors_the_offer() {
    // Octets as they are: another order, other spellings, slips, selectors that nobody knows.
    for value in [
        format!("size:4092 HASH:SHA-1:{PICTURE} name:\"%61%2fb\""),
        "type:a/b;c=\"%41\"  size:3 colour:red".into(),
        format!("hash:sha-1:{}", PICTURE.to_lowercase()),
        "size:0".into(),
    ] {
        let text = figure_8()
            .replace("Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE", "t-1!%")
            .replace(
                &format!("name:\"My cool picture.jpg\" type:image/jpeg size:4092 hash:sha-1:{PICTURE}"),
                &value,
            );
        let offer = Description::parse(text.as_bytes()).unwrap();
        let offered = msrp(&offer).remove(0);
        let mirrored = |section: &Section| {
            assert_eq!(section.attribute("file-selector"), Some(Some(value.as_bytes())));
            assert_eq!(section.attribute("file-transfer-id"), Some(Some(&b"t-1!%"[..])));
        };

        let mut refusing = transfers();
        let t1 = new(refusing.offered(&offered.file_part(0)));
        let refusal = refusing.refuse(&t1).unwrap();
        let mut answer = offer.answer(origin());
        answer.refuse_with(0, offered.refused_with(&refusal)).unwrap();
        let answer = Description::parse_strict(&answer.finish().to_bytes()).unwrap();
        let section = &answer.sections()[0];
        assert_eq!(section.media().to_string(), "message 0 TCP/MSRP *");
        mirrored(section);
        assert_eq!(section.attribute("file-disposition"), None);

        // An acceptance copies them as well.
        let mut accepting = transfers();
        let t1 = new(accepting.offered(&offered.file_part(0)));
        let part = accepting.accept(&t1).unwrap();
        mirrored(&answered(&session(&part, &mut ids()), &offered).to_section());
    }
}

/// Shows: FT-8-01.
#[test]
fn directions() {
    let mut transfers = transfers();
    let mut ids = ids();
    let push = transfers.push(&f(), FileRange::WHOLE, 0, &mut ids).unwrap();
    let pull = transfers
        .pull(selector("size:3"), FileRange::WHOLE, 1, &mut ids)
        .unwrap();
    for (part, offered, answer) in [(push, "sendonly", "recvonly"), (pull, "recvonly", "sendonly")] {
        let offer = session(&part, &mut ids).offer();
        let section = offer.to_section();
        assert_eq!(section.attribute(offered), Some(None));
        assert_eq!(section.attribute(answer), None);

        let mut peer = crate::transfers();
        let t1 = new(peer.offered(&offer.file_part(0)));
        let part = match offered {
            "sendonly" => peer.accept(&t1),
            _ => peer.accept_pull(&t1, &f()),
        };
        let section = answered(&session(&part.unwrap(), &mut ids), &offer).to_section();
        assert_eq!(section.attribute(answer), Some(None));
        assert_eq!(section.attribute(offered), None);
    }
    // The session level counts, too.
    let text = figure_8()
        .replace("a=sendonly\r\n", "")
        .replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n");
    let offered = msrp(&Description::parse(text.as_bytes()).unwrap()).remove(0);
    let verdict = crate::transfers().offered(&offered.file_part(0));
    assert!(matches!(
        verdict,
        FileVerdict::New {
            role: msrp_sdp::FileRole::Receiver,
            ..
        }
    ));
    for other in ["", "a=sendrecv\r\n"] {
        let text = figure_8().replace("a=sendonly\r\n", other);
        let offered = msrp(&Description::parse(text.as_bytes()).unwrap()).remove(0);
        let verdict = crate::transfers().offered(&offered.file_part(0));
        assert!(matches!(
            verdict,
            FileVerdict::Refused {
                why: msrp_sdp::FileRefusal::Direction,
                ..
            }
        ));
    }
}

/// Shows: FT-8.2.2-01.
#[test]
fn a_pull_says_no_more_than_it_has_to() {
    let mut ids = ids();
    let pull = selector(&format!("hash:sha-1:{PICTURE}"));
    let part = transfers().pull(pull, FileRange::WHOLE, 0, &mut ids).unwrap();
    let offer = session(&part, &mut ids).offer().to_section();
    let msrp = [
        "path",
        "accept-types",
        "accept-wrapped-types",
        "max-size",
        "setup",
    ];
    let names = offer
        .attributes()
        .map(|(name, _)| name)
        .filter(|name| !msrp.contains(name));
    let names: std::collections::BTreeSet<_> = names.collect();
    let expected = ["file-selector", "file-transfer-id", "recvonly"];
    assert_eq!(names, expected.into_iter().collect());
}

fn file(name: &str) -> FileInfo {
    named(name).with_size(3)
}

/// Shows: FT-8.2-01.
#[test]
fn several_files_in_one_offer() {
    let mut ids = ids();
    let chat = local().open(&mut ids).unwrap();
    let first = Description::new(origin()).with_section(chat.offer());
    let mut transfers = transfers();
    let mut offer = first.clone();
    let mut parts = Vec::new();
    for name in ["a", "b"] {
        let part = transfers
            .push(&file(name), FileRange::WHOLE, transfers.free_section(1), &mut ids)
            .unwrap();
        assert_eq!(part.section, offer.sections().len());
        offer = offer.with_section(session(&part, &mut ids).offer());
        parts.push(part);
    }
    let offer = Description::parse_strict(&offer.to_bytes()).unwrap();
    assert_eq!(offer.sections().len(), 3);
    assert_eq!(offer.sections()[0], first.sections()[0]);
    let media = msrp(&offer);
    assert_eq!(media[0].file(), None);
    let session_ids: std::collections::BTreeSet<_> = media
        .iter()
        .map(|media| media.uri().unwrap().session_id().unwrap().to_owned())
        .collect();
    assert_eq!(session_ids.len(), 3);
    for (media, part) in media[1..].iter().zip(&parts) {
        assert!(media.to_section().attribute("accept-types").is_some());
        assert_eq!(media.file(), Some(&part.attributes));
    }
    assert_ne!(parts[0].attributes.transfer_id, parts[1].attributes.transfer_id);

    // One is refused, one accepted.
    let mut peer = crate::transfers();
    let mut answer = offer.answer(origin());
    let chat = local().open(&mut ids).unwrap();
    answer.accept(0, answered(&chat, &media[0])).unwrap();
    assert_eq!(peer.offered(&media[0].file_part(0)), FileVerdict::NoFile);
    let refused = new(peer.offered(&media[1].file_part(1)));
    let accepted = new(peer.offered(&media[2].file_part(2)));
    let refusal = peer.refuse(&refused).unwrap();
    answer.refuse_with(1, media[1].refused_with(&refusal)).unwrap();
    let part = peer.accept(&accepted).unwrap();
    answer
        .accept(2, answered(&session(&part, &mut ids), &media[2]))
        .unwrap();
    let answer = msrp(&Description::parse_strict(&answer.finish().to_bytes()).unwrap());
    assert_eq!(answer[1].port(), 0);
    assert_ne!(answer[2].port(), 0);
    let outcome = |transfers: &mut FileTransfers, index: usize| {
        transfers.answered(&answer[index].file_part(index)).unwrap()
    };
    assert_eq!(outcome(&mut transfers, 1), FileAnswer::Refused { abort: None });
    assert!(matches!(outcome(&mut transfers, 2), FileAnswer::Accepted(slips) if slips.is_empty()));
}

/// Shows: FT-8.5-01.
#[test]
fn capability() {
    let types = |text: &str| MediaRanges::parse(text.as_bytes()).unwrap();
    let bob = local()
        .accept_types(types("message/cpim"))
        .accept_wrapped_types(types("*"))
        .max_size(20000)
        .setup(true)
        .label(Label::parse(b"1").unwrap())
        .direction(Direction::SendOnly);
    let capability = bob.open(&mut ids()).unwrap().offer().capability();
    // Figure 24.
    let section = "m=message 0 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=accept-wrapped-types:*\r\n\
        a=max-size:20000\r\na=file-selector\r\n";
    assert_eq!(capability.to_section().to_bytes(), section.as_bytes());

    let figure = format!(
        "v=0\r\no=bob 2890844656 2890855439 IN IP4 bobpc.example.com\r\ns=-\r\n\
         c=IN IP4 bobpc.example.com\r\nt=0 0\r\n{section}"
    );
    let read = msrp(&Description::parse_strict(figure.as_bytes()).unwrap()).remove(0);
    assert!(read.path().is_none());
    assert!(read.file().unwrap().is_capability());
    // No more is a capability, and no less.
    let file = |line: &str| closed(0, &[line]).attributes;
    assert!(file("a=file-selector").is_capability());
    assert!(!file("a=file-selector:size:1").is_capability());
    assert!(!file("a=file-transfer-id:t1").is_capability());
    assert!(
        !closed(0, &["a=file-selector", "a=file-transfer-id:t1"])
            .attributes
            .is_capability()
    );
}

/// Shows: FT-8.6-01.
#[test]
fn a_section_is_used_again() {
    let mut ids = ids();
    let mut transfers = transfers();
    let chat = local().open(&mut ids).unwrap();
    let first = transfers.push(&file("a"), FileRange::WHOLE, 1, &mut ids).unwrap();
    let first_session = session(&first, &mut ids);
    let mut offer = Description::new(origin())
        .with_section(chat.offer())
        .with_section(first_session.offer());
    let sections = offer.sections().len();
    let t1 = first.attributes.transfer_id.clone().unwrap();
    let _ = transfers.answered(&FilePart {
        direction: Direction::RecvOnly,
        ..first.clone()
    });
    // Neither the section of instant messages, nor the one that is in use.
    assert_eq!(transfers.free_section(sections), 2);

    transfers.completed(&t1);
    let free = transfers.free_section(sections);
    let second = transfers
        .push(&file("b"), FileRange::WHOLE, free, &mut ids)
        .unwrap();
    assert_eq!(second.section, 1);
    let second_session = session(&second, &mut ids);
    assert_ne!(second_session.path(), first_session.path());
    let before = offer.clone();
    offer.sections_mut()[second.section] = second_session.offer().into();
    let offer = offer.revises(&before);
    assert_eq!(offer.sections().len(), 2);
    assert_eq!(offer.sections()[0], before.sections()[0]);

    // Who gets it knows that there is a new file.
    let mut peer = crate::transfers();
    let t1_there = new(peer.offered(&msrp(&before)[1].file_part(1)));
    peer.accept(&t1_there).unwrap();
    peer.completed(&t1_there);
    let verdict = peer.offered(&msrp(&offer)[1].file_part(1));
    assert!(
        matches!(verdict, FileVerdict::New { abort: None, .. }),
        "{verdict:?}"
    );
}

/// Shows: FT-8.1-05 (whole descriptions).
#[test]
fn closing_offers() {
    let mut ids = ids();
    let mut transfers = transfers();
    let part = transfers.push(&file("a"), FileRange::WHOLE, 0, &mut ids).unwrap();
    let t1 = part.attributes.transfer_id.clone().unwrap();
    let offered = session(&part, &mut ids).offer();
    let _ = transfers.answered(&FilePart {
        direction: Direction::RecvOnly,
        ..part.clone()
    });
    transfers.completed(&t1);
    let standing = transfers.parts().next().unwrap();
    let section = offered.refused_with(&standing).to_section();
    // What RFC 5547 §8.4 asks for: port 0, what the offer of a sender has, and the same identifier.
    let expected = [
        "sendonly".into(),
        "file-selector:name:\"a\" size:3".into(),
        format!("file-transfer-id:{t1}"),
    ];
    assert_eq!(attribute_lines(&section), expected);
    assert_eq!(section.media().port(), 0);

    let mut peer = crate::transfers();
    let t1_there = new(peer.offered(&offered.file_part(0)));
    peer.accept(&t1_there).unwrap();
    let closing = Media::parse(&section.to_bytes()).unwrap();
    let FileVerdict::Closed { answer, abort } = peer.offered(&closing.file_part(0)) else {
        panic!()
    };
    assert_eq!(abort, Some(id(t1.as_str())));
    assert_eq!(lines(&answer)[1], format!("file-transfer-id:{t1}"));
    let section = closing.refused_with(&answer).to_section();
    assert_eq!(attribute_lines(&section)[0], "recvonly");
    assert_eq!(section.media().port(), 0);
}
