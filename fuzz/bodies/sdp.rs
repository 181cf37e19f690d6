//! Session descriptions: what can be read is written, and read again as the same. Two sections of MSRP, one after the
//! other, are an offer and its answer.

use std::collections::BTreeSet;
use std::net::IpAddr;

use msrp_proto::Host;
use msrp_proto::wire::HostName;
use msrp_sdp::{
    Action, Agreement, Answer, DataChannels, Description, DescriptionError, Deviation, Deviations,
    FileLimits, FileTransfers, Ids, Local, Media, MediaError, Names, Origin, Outcome, Policy, Section, Side,
    negotiate,
};

pub fn run(data: &[u8]) {
    description(data);
    section(data);
    let sections = media(data);
    for pair in sections.windows(2) {
        let [offer, answer] = pair else { continue };
        negotiated(offer, answer);
    }
    for offer in &sections {
        answered(offer);
    }
    files(&sections);
    channels(data);
}

/// The sections of MSRP in a description, or those that stand there as a text of their own.
fn media(data: &[u8]) -> Vec<Media> {
    let found = match Description::parse(data) {
        Ok(description) => description
            .msrp()
            .into_iter()
            .filter_map(|(_, media)| media.ok())
            .collect(),
        Err(_) => Vec::from_iter(Media::parse(data)),
    };
    match (Media::parse_strict(data), Media::parse_with_deviations(data)) {
        (Ok(strict), Ok((read, deviations))) => assert!(deviations.is_empty() && strict == read),
        (Err(MediaError::Deviation(first)), Ok((_, deviations))) => assert!(deviations.contains(first)),
        (strict, read) => assert_eq!(strict.err(), read.err()),
    }
    for media in &found {
        let _ = format!("{media:?}");
        let written = media.to_section().to_bytes();
        match Media::parse(&written) {
            Ok(again) => assert_eq!(again.to_section().to_bytes(), written),
            // An empty list can be read, and not be written.
            Err(error) => assert!(error == MediaError::NoAcceptTypes && media.accept_types().is_empty()),
        }
        assert!(
            Media::parse(&media.refused().to_section().to_bytes())
                .unwrap()
                .is_refused()
        );
        assert!(Media::parse(&media.capability().to_section().to_bytes()).is_ok());
    }
    found
}

/// Whatever two peers say, both sides see the same session or none, and one of them connects.
fn negotiated(offer: &Media, answer: &Media) {
    let sides = [Side::Offerer, Side::Answerer];
    let policy = Policy::default().by_name(true);
    let [ours, theirs] = sides.map(|side| agreement(offer, answer, side, &policy));
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        assert_ne!(ours.role(), theirs.role());
        assert_eq!(Some(&ours.uri()), offer.uri().as_ref());
        assert_eq!(ours.peer_path(), answer.path().unwrap());
        assert_eq!(theirs.peer_path(), offer.path().unwrap());
        let connects = |agreement: &Agreement| matches!(agreement.plan().action(), Action::Connect(_));
        assert!(!(connects(&ours) && connects(&theirs)));
    }
}

fn agreement(offer: &Media, answer: &Media, side: Side, policy: &Policy) -> Option<Agreement> {
    let mut names = Names::default();
    let outcome = match negotiate(offer, answer, side, policy, &names).ok()? {
        Outcome::Lookup(missing) => {
            look_up(missing, &mut names);
            negotiate(offer, answer, side, policy, &names).ok()?
        }
        outcome => outcome,
    };
    match outcome {
        Outcome::Session(agreement) => {
            let _ = format!("{agreement:?}");
            let _ = (
                agreement.session(),
                agreement.terms(),
                agreement.plan().verify(Some(b"x")),
            );
            Some(*agreement)
        }
        Outcome::Lookup(_) => panic!("nothing is left to look up"),
        Outcome::Reoffer | Outcome::End => None,
    }
}

fn look_up(missing: BTreeSet<HostName>, names: &mut Names) {
    assert!(!missing.is_empty());
    for name in missing {
        names.insert(name, [IpAddr::from([192, 0, 2, 1])]);
    }
}

/// An answer that is made is legal, and makes a session.
fn answered(offer: &Media) {
    let mut ids = Ids::seeded([7; 32]);
    let host = IpAddr::from([192, 0, 2, 9]);
    let locals = [
        Local::listening(host, 7394).plain(),
        Local::listening(host, 7394).by_name(true).cema(true),
        Local::connecting(host).plain().cema(true),
    ];
    let policy = Policy::default().by_name(true);
    for local in locals {
        let session = local.open(&mut ids).unwrap();
        let mut names = Names::default();
        let answer = match session.answer(offer, &policy, &names) {
            Ok(Answer::Lookup(missing)) => {
                look_up(missing, &mut names);
                session.answer(offer, &policy, &names)
            }
            answer => answer,
        };
        match answer {
            Ok(Answer::Media(answer)) => {
                let written = answer.to_section().to_bytes();
                assert_eq!(Media::parse_strict(&written).as_ref(), Ok(&*answer));
                let outcome = negotiate(offer, &answer, Side::Answerer, &policy, &names);
                assert!(matches!(outcome, Ok(Outcome::Session(_))), "{outcome:?}");
            }
            Ok(Answer::Lookup(_)) => panic!("nothing is left to look up"),
            Err(_) => {}
        }
    }
}

/// Both as offers and as answers.
fn files(sections: &[Media]) {
    let mut transfers = FileTransfers::new(FileLimits::default().max_known(4));
    for (index, media) in sections.iter().enumerate() {
        let part = media.file_part(index % 2);
        let _ = transfers.offered(&part);
        if let Some(id) = &part.attributes.transfer_id {
            let _ = transfers.accept(id);
            let _ = transfers.receipt(id);
        }
        let _ = transfers.answered(&part);
        assert!(transfers.parts().count() <= 2);
    }
}

/// What is read of data channels is written again, and read strictly as the same.
fn channels(data: &[u8]) {
    let Ok((read, _)) = DataChannels::parse_with_deviations(data) else {
        return;
    };
    let mut usable = DataChannels::default();
    for (_, channel) in read.iter() {
        if let Ok(channel) = channel {
            usable.insert(channel.clone()).unwrap();
        }
    }
    let port = Section::parse(data).unwrap().media().port();
    let association = format!("m=application {port} UDP/DTLS/SCTP webrtc-datachannel\r\na=bundle-only\r\n");
    let section = usable
        .write(Section::parse(association.as_bytes()).unwrap())
        .unwrap();
    let (again, _) = DataChannels::from_section(&section).unwrap();
    assert!(
        usable
            .changes_since(&again)
            .values()
            .all(|change| *change == msrp_sdp::ChannelChange::Kept)
    );
    let _ = DataChannels::negotiate(&usable, &again, Side::Offerer).unwrap();
}

fn description(data: &[u8]) {
    let strict = Description::parse_strict(data);
    let (read, deviations) = match Description::parse_with_deviations(data) {
        Ok(found) => found,
        Err(error) => {
            assert_eq!(strict, Err(error), "only the strict parser takes it");
            return assert_eq!(Description::parse(data), Err(error));
        }
    };
    assert_eq!(Description::parse(data).as_ref(), Ok(&read));
    check_strict(strict.as_ref().map_err(|error| *error), &read, &deviations);

    let written = read.to_bytes();
    if deviations.is_empty() {
        assert_eq!(written, without_keys(data));
    }
    let (again, left) = Description::parse_with_deviations(&written).unwrap();
    assert_eq!(again, read);
    assert_eq!(again.to_bytes(), written);
    check_left(&left, &deviations);
    assert!(!left.contains(Deviation::EmptySessionName) && !left.contains(Deviation::NoTime));

    for section in read.sections() {
        assert_eq!(Section::parse(&section.to_bytes()).as_ref(), Ok(section));
    }
    assert_eq!(read.clone().revises(&read), read);
    let changed = read.clone().with_attribute("x", None).unwrap().revises(&read);
    assert_ne!(changed.origin().version(), read.origin().version());
    answer(&read);
}

/// Whatever was offered, a refusal of all of it is legal, but for formats, which are the offer's.
fn answer(offer: &Description) {
    let host = Host::Address([192, 0, 2, 1].into());
    let answer = offer.answer(Origin::new(1, host)).finish();
    let (again, deviations) = Description::parse_with_deviations(&answer.to_bytes()).unwrap();
    assert_eq!(again, answer);
    assert!(
        deviations.iter().all(|deviation| deviation == Deviation::Format),
        "{deviations:?}"
    );
    assert_eq!(answer.sections().len(), offer.sections().len());
    for (section, offered) in answer.sections().iter().zip(offer.sections()) {
        assert_eq!(section, &offered.refused());
        assert_eq!(section.media().port(), 0);
        assert_eq!(section.media().media(), offered.media().media());
        assert_eq!(section.media().proto(), offered.media().proto());
        assert_eq!(section.media().formats(), offered.media().formats());
    }
}

fn section(data: &[u8]) {
    let strict = Section::parse_strict(data);
    let (read, deviations) = match Section::parse_with_deviations(data) {
        Ok(found) => found,
        Err(error) => {
            assert_eq!(strict, Err(error), "only the strict parser takes it");
            return assert_eq!(Section::parse(data), Err(error));
        }
    };
    assert_eq!(Section::parse(data).as_ref(), Ok(&read));
    check_strict(strict.as_ref().map_err(|error| *error), &read, &deviations);

    let written = read.to_bytes();
    if deviations.is_empty() {
        assert_eq!(written, without_keys(data));
    }
    let (again, left) = Section::parse_with_deviations(&written).unwrap();
    assert_eq!(again, read);
    check_left(&left, &deviations);
    for (name, value) in read.attributes() {
        assert!(read.attribute(name).is_some());
        let copied = read.refused().with_attribute(name, value);
        assert_eq!(copied.is_ok(), value != Some(b""));
    }
}

/// The strict parser takes what deviates in nothing, as the same.
fn check_strict<T: PartialEq + std::fmt::Debug>(
    strict: Result<&T, DescriptionError>,
    read: &T,
    deviations: &Deviations,
) {
    match deviations.is_empty() {
        true => assert_eq!(strict, Ok(read)),
        false => assert!(matches!(
            strict,
            Err(DescriptionError::Deviation(deviation)) if deviations.contains(deviation)
        )),
    }
}

/// What is written has no slip that was not in what was read, and none in how lines end.
fn check_left(left: &Deviations, deviations: &Deviations) {
    let mended = [Deviation::BareLf, Deviation::EmptyLine, Deviation::NoLineEnd];
    assert!(!mended.into_iter().any(|deviation| left.contains(deviation)));
    assert!(left.iter().all(|deviation| deviations.contains(deviation)));
}

fn without_keys(data: &[u8]) -> Vec<u8> {
    data.split_inclusive(|octet| *octet == b'\n')
        .filter(|line| !line.starts_with(b"k="))
        .flatten()
        .copied()
        .collect()
}
