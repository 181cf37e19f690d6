//! The samples of RFC 8873 §4.8 and RFC 8864 §7.

use msrp_proto::wire::PathError;
use msrp_proto::{Direction, Role};
use msrp_sdp::{
    Action, ChannelError, ChannelOutcome, DataChannels, DataChannelsError, Dcmap, Deviation, MediaError,
    Setup, Side,
};

use super::agreement;

const OFFER: &str = include_str!("../../../vectors/sdp/rfc8873/4.8-offer.sdp");
const ANSWER: &str = include_str!("../../../vectors/sdp/rfc8873/4.8-answer.sdp");

/// With brackets, and a single `IP6`.
fn corrected(sample: &str) -> DataChannels {
    let text = sample
        .replace("msrps://2001:db8::3:", "msrps://[2001:db8::3]:")
        .replace("msrps://2001:db8::1:", "msrps://[2001:db8::1]:")
        .replace("IP6 IP6", "IP6");
    DataChannels::parse_strict(text.as_bytes()).unwrap()
}

/// Shows: DC-4.8-01.
#[test]
fn a_chat_and_a_file() {
    let (offer, answer) = (corrected(OFFER), corrected(ANSWER));
    assert_eq!((offer.max_message_size(), offer.iter().count()), (100_000, 2));

    let chat = offer.get(0).unwrap().unwrap();
    assert_eq!(chat.dcmap().label(), b"chat");
    assert_eq!(
        (
            chat.media().setup(),
            chat.media().direction(),
            chat.media().file()
        ),
        (Some(Setup::Active), Direction::SendRecv, None)
    );

    let push = offer.get(2).unwrap().unwrap();
    assert_eq!(push.dcmap().label(), b"file transfer");
    assert_eq!(push.media().direction(), Direction::SendOnly);
    let file = push.media().file().unwrap();
    let selector = file.selector.as_ref().unwrap();
    assert_eq!(selector.name().unwrap().as_octets(), b"picture1.jpg");
    assert_eq!(selector.size(), Some(1_463_440));
    let hash = selector.hash("sha-256").unwrap();
    assert_eq!((hash.digest().len(), hash.digest()[0]), (32, 0x7C));
    let range = file.range.unwrap();
    assert_eq!((range.start(), range.stop()), (1, Some(1_463_440)));
    let transfer_id = "rjEtHAcYVZ7xKwGYpGGwyn5gqsSaU7Ep";
    assert_eq!(file.transfer_id.as_ref().unwrap().as_str(), transfer_id);
    assert!(file.icon.is_some() && file.disposition.is_some() && file.dates.creation().is_some());

    for (side, role) in [(Side::Offerer, Role::Active), (Side::Answerer, Role::Passive)] {
        for stream in [0, 2] {
            let agreement = agreement(&offer, &answer, side, stream);
            assert_eq!(agreement.role(), role);
            assert_eq!(agreement.plan().action(), &Action::DataChannel);
        }
        let file = agreement(&offer, &answer, side, 2);
        let named = file.peer_file().unwrap().transfer_id.as_ref().unwrap();
        assert_eq!(named.as_str(), transfer_id);
    }
}

/// As printed, both channels of the offer have no path that could be read, and the answer no `c=`.
#[test]
fn as_printed() {
    let offer = DataChannels::parse(OFFER.as_bytes()).unwrap();
    for (_, channel) in offer.iter() {
        assert!(matches!(
            channel,
            Err(ChannelError::Media(MediaError::Path(PathError::Uri(_))))
        ));
    }
    assert_eq!(offer.iter().count(), 2);
    assert!(matches!(
        DataChannels::parse(ANSWER.as_bytes()),
        Err(DataChannelsError::Description(_))
    ));
}

/// What RFC 8864 shows is an error by RFC 8873 (ruling S24): the attributes are missing. The channel for BFCP is none of
/// ours.
#[test]
fn msrp_as_rfc_8864_shows_it() {
    let sample = include_str!("../../../vectors/sdp/rfc8864/figure-2-offer.sdp");
    let (read, deviations) = DataChannels::parse_with_deviations(sample.as_bytes()).unwrap();
    assert_eq!(
        read.iter().collect::<Vec<_>>(),
        [(2, Err(&ChannelError::MissingDcsa("msrp-cema")))]
    );
    assert!(deviations.iter().eq([Deviation::Scheme]));

    let completed = format!("{sample}a=dcsa:2 msrp-cema\r\na=dcsa:2 setup:actpass\r\n");
    let completed = DataChannels::parse(completed.as_bytes()).unwrap();
    assert_eq!(
        completed.get(2).unwrap().unwrap().media().setup(),
        Some(Setup::Actpass)
    );
    // An answer without any dcmap: the peer does not know of them, or refuses all (RFC 8864 §6.5).
    let sample = include_str!("../../../vectors/sdp/rfc8864/figure-1-answer.sdp");
    let answer = DataChannels::parse_strict(sample.as_bytes()).unwrap();
    let outcomes = DataChannels::negotiate(&completed, &answer, Side::Offerer).unwrap();
    assert_eq!(
        outcomes.into_iter().collect::<Vec<_>>(),
        [(2, Ok(ChannelOutcome::Closed))]
    );
}

/// RFC 8873 §4.3.
#[test]
fn the_printed_dcmap_is_the_one_that_is_written() {
    let sample = include_str!("../../../vectors/sdp/rfc8873/4.3-dcmap.sdp");
    let written = Dcmap::msrp(2, "chat").unwrap();
    assert_eq!(sample, format!("a=dcmap:{written}\r\n"));
}
