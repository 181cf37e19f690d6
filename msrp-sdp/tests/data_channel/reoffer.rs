//! Further exchanges: other terms, the next file, the end (RFC 8873 §4.4, §4.6, §5.6).

use msrp_proto::{Direction, MediaRanges};
use msrp_sdp::{
    Change, Channel, ChannelChange, DataChannels, FileAttributes, FileSelector, FileTransferId, LocalSession,
    Side,
};

use super::{agreement, lines, of_channels, session, stack};

/// What the peer answers when it accepts all.
fn answered(offer: &DataChannels, session: &LocalSession) -> DataChannels {
    of_channels(
        offer
            .iter()
            .map(|(_, channel)| channel.unwrap().answer(session).unwrap()),
    )
}

/// Shows: DC-4.4-04.
#[test]
fn other_types_on_the_same_channel() {
    let own = session(1, |local| local);
    let peer = session(2, |local| local);
    let first = of_channels([Channel::offer(2, "chat", &own).unwrap()]);
    let before = agreement(&first, &answered(&first, &peer), Side::Answerer, 2);

    let html = MediaRanges::parse(b"text/html text/plain").unwrap();
    let changed = own.with_terms(|local| local.accept_types(html.clone())).unwrap();
    let channel = first.get(2).unwrap().unwrap();
    let second = of_channels([channel.reoffer(&changed).unwrap()]);
    let [old, new] = [&first, &second].map(|offer| offer.write(stack(54111)).unwrap());
    assert_eq!(lines(&old, "dcmap"), lines(&new, "dcmap"));
    assert!(lines(&new, "dcsa").contains(&"2 accept-types:text/html text/plain".to_owned()));

    // As the peer sees it.
    let received = DataChannels::parse_strict(&new.to_bytes()).unwrap();
    let of_first = DataChannels::parse_strict(&old.to_bytes()).unwrap();
    assert_eq!(
        received.changes_since(&of_first).into_iter().collect::<Vec<_>>(),
        [(2, ChannelChange::Kept)]
    );
    let after = agreement(&received, &answered(&received, &peer), Side::Answerer, 2);
    assert_eq!(after.change_since(&before), Change::Terms);
    assert_eq!(after.terms(), before.terms().peer_accepts(html));
    assert_ne!(after.terms(), before.terms());
    assert_eq!(
        (after.uri(), after.peer_path()),
        (before.uri(), before.peer_path())
    );

    // The same offer again changes nothing.
    assert_eq!(channel.reoffer(&own).as_ref(), Ok(channel));
    // Another dcmap is another channel (RFC 8864 §6.6.1).
    let renamed = of_channels([Channel::offer(2, "talk", &own).unwrap()]);
    assert_eq!(renamed.changes_since(&first)[&2], ChannelChange::Replaced);
}

/// Shows: DC-4.6-01.
#[test]
fn closing_one_session_leaves_the_others_and_the_port() {
    let mut offer = of_channels([
        Channel::offer(0, "chat", &session(1, |local| local)).unwrap(),
        Channel::offer(2, "file", &session(2, |local| local)).unwrap(),
    ]);
    let before = offer.clone();
    let both = offer.write(stack(54111)).unwrap();
    assert_eq!(lines(&both, "dcmap").len(), 2);

    assert!(offer.remove(2).is_some());
    let one = offer.write(stack(54111)).unwrap();
    assert_eq!(one.media(), both.media());
    let left: Vec<String> = lines(&both, "dcsa")
        .into_iter()
        .filter(|line| line.starts_with("0 "))
        .collect();
    assert_eq!(lines(&one, "dcsa"), left);
    assert_eq!(lines(&one, "dcmap"), ["0 label=\"chat\";subprotocol=\"msrp\""]);
    // What the peer makes of it.
    let received = DataChannels::parse_strict(&one.to_bytes()).unwrap();
    assert_eq!(
        received.changes_since(&before).into_iter().collect::<Vec<_>>(),
        [(0, ChannelChange::Kept), (2, ChannelChange::Closed)]
    );

    // The last: the association is kept, for others or for later.
    assert!(offer.remove(0).is_some());
    let none = offer.write(stack(54111)).unwrap();
    assert_eq!(none, stack(54111));
    assert_eq!(none.media().port(), 54111);
    let received = DataChannels::parse_strict(&none.to_bytes()).unwrap();
    assert!(
        received
            .changes_since(&before)
            .values()
            .all(|change| *change == ChannelChange::Closed)
    );
    // The stream may be used again.
    let reused = of_channels([Channel::offer(2, "next", &session(3, |local| local)).unwrap()]);
    assert_eq!(reused.changes_since(&offer)[&2], ChannelChange::Opened);
}

/// Shows: DC-5.1-01 (the SDP half: the next file).
#[test]
fn the_next_file_on_the_same_channel() {
    let file = |name: &str, id: &str| FileAttributes {
        selector: Some(FileSelector::parse(format!("name:\"{name}\" size:10").as_bytes()).unwrap()),
        transfer_id: Some(FileTransferId::parse(id.as_bytes()).unwrap()),
        ..FileAttributes::default()
    };
    let own = session(1, |local| local.file(file("a.txt", "first"), Direction::SendOnly));
    let peer = session(2, |local| local);
    let first = of_channels([Channel::offer(2, "file transfer", &own).unwrap()]);
    let before = agreement(&first, &answered(&first, &peer), Side::Answerer, 2);
    assert_eq!(before.peer_file(), Some(&file("a.txt", "first")));

    let next = own
        .with_terms(|local| local.file(file("b.txt", "second"), Direction::SendOnly))
        .unwrap();
    let second = of_channels([first.get(2).unwrap().unwrap().reoffer(&next).unwrap()]);
    let received = DataChannels::parse_strict(&second.write(stack(54111)).unwrap().to_bytes()).unwrap();
    assert_eq!(received.changes_since(&first)[&2], ChannelChange::Kept);
    let after = agreement(&received, &answered(&received, &peer), Side::Answerer, 2);
    assert_eq!(after.peer_file(), Some(&file("b.txt", "second")));
    assert_eq!(after.change_since(&before), Change::Terms);

    // Or as a session of its own, once the first has ended.
    let renewed = own
        .renewed(
            |local| local.file(file("c.txt", "third"), Direction::SendOnly),
            &mut msrp_sdp::Ids::seeded([9; 32]),
        )
        .unwrap();
    let third = of_channels([received.get(2).unwrap().unwrap().reoffer(&renewed).unwrap()]);
    assert_eq!(third.changes_since(&second)[&2], ChannelChange::Kept);
    let last = agreement(&third, &answered(&third, &peer), Side::Answerer, 2);
    assert_eq!(last.peer_file(), Some(&file("c.txt", "third")));
    assert_eq!(last.change_since(&before), Change::Path);
}
