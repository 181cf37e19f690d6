//! MSRP over data channels of WebRTC (RFC 8873, RFC 8864).

mod channel;
mod dcmap;
mod dcsa;
mod error;
mod negotiate;
mod read;
mod stream_ids;
mod write;

use std::collections::BTreeMap;

pub use self::channel::Channel;
pub use self::dcmap::{Dcmap, DcmapError};
pub use self::error::{ChannelBusy, ChannelError, ChannelNegotiationError, DataChannelsError};
pub use self::negotiate::ChannelOutcome;
pub use self::stream_ids::{StreamIdError, StreamIds};

/// What RFC 8841 §6.1 has where nothing is said.
const DEFAULT_MAX_MESSAGE_SIZE: usize = 65_536;

/// The MSRP channels in one media section: that of an SCTP association, which a WebRTC stack describes
/// (`m=application 54111 UDP/DTLS/SCTP webrtc-datachannel`). Channels of other protocols are not in here, and their lines
/// are left alone.
///
/// The channels of a peer come from [`from_section`](DataChannels::from_section), where those that cannot carry a session
/// are errors. The own ones are put together with [`insert`](DataChannels::insert) and written into the section of the stack
/// with [`write`](DataChannels::write).
///
/// ```
/// use msrp_sdp::{Channel, ChannelOutcome, DataChannels, Ids, Local, Section, Side, StreamIds};
///
/// # let mut ids = Ids::seeded([1; 32]);
/// # let stack = |port| Section::parse(format!("m=application {port} UDP/DTLS/SCTP webrtc-datachannel\r\n\
/// #     c=IN IP4 192.0.2.1\r\na=max-message-size:100000\r\n").as_bytes());
/// let mut streams = StreamIds::of_client();
/// let stream = streams.draw().expect("the first");
/// let address = "192.0.2.1".parse::<std::net::IpAddr>()?;
/// let mut offer = DataChannels::default();
/// offer.insert(Channel::offer(stream, "chat", &Local::data_channel(address, 54111).open(&mut ids)?)?)?;
/// let section = offer.write(stack(54111)?)?; // goes to the peer
///
/// // The peer:
/// let (offered, _) = DataChannels::from_section(&section)?;
/// let mut answer = DataChannels::default();
/// for (_, channel) in offered.iter() {
///     let session = Local::data_channel(address, 51444).open(&mut ids)?;
///     if let Ok(accepted) = channel.map(|channel| channel.answer(&session)) {
///         answer.insert(accepted?)?;
///     }
/// }
/// let section = answer.write(stack(51444)?)?; // comes back
///
/// let (answer, _) = DataChannels::from_section(&section)?;
/// for (stream, outcome) in DataChannels::negotiate(&offer, &answer, Side::Offerer)? {
///     if let ChannelOutcome::Session(agreement) = outcome? {
///         let link = msrp_proto::Link::data_channel(answer.max_message_size());
///         let session = agreement.session(); // for Connection::open on a connection of that link
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataChannels {
    channels: BTreeMap<u16, Result<Channel, ChannelError>>,
    max_message_size: Option<usize>,
}

/// What a new description says of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelChange {
    /// It is new.
    Opened,
    /// It stays; its session may have changed: see [`Agreement::change_since`](crate::Agreement::change_since).
    Kept,
    /// Another channel is to be in its place: the `dcmap` is another one (RFC 8864 §6.6.1).
    Replaced,
    /// It is gone, and with it its session (RFC 8873 §4.6).
    Closed,
}

impl DataChannels {
    /// The channel of a stream, or why it cannot carry a session. `None` if there is none, or another protocol is spoken
    /// there.
    pub fn get(&self, stream: u16) -> Option<Result<&Channel, &ChannelError>> {
        self.channels.get(&stream).map(Result::as_ref)
    }

    /// All channels by their streams, with those that cannot carry a session.
    pub fn iter(&self) -> impl Iterator<Item = (u16, Result<&Channel, &ChannelError>)> {
        self.channels
            .iter()
            .map(|(stream, channel)| (*stream, channel.as_ref()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// Adds a channel.
    ///
    /// # Errors
    ///
    /// [`ChannelBusy`] if there is one with that stream: a channel carries one session (RFC 8873 §5.1).
    pub fn insert(&mut self, channel: Channel) -> Result<(), ChannelBusy> {
        if self.channels.contains_key(&channel.stream()) {
            return Err(ChannelBusy {
                channel: Box::new(channel),
            });
        }
        self.channels.insert(channel.stream(), Ok(channel));
        Ok(())
    }

    /// Takes a channel out. An offer without it closes it and its session, and nothing else: the port stays
    /// (RFC 8873 §4.6).
    pub fn remove(&mut self, stream: u16) -> Option<Result<Channel, ChannelError>> {
        self.channels.remove(&stream)
    }

    /// The longest message that the writer of the section takes, in octets (`max-message-size`, RFC 8841 §6): for
    /// [`Link::data_channel`](msrp_proto::Link::data_channel). 65536 if it is not said, [`usize::MAX`] if there is no limit
    /// (ruling S23).
    pub fn max_message_size(&self) -> usize {
        self.max_message_size.unwrap_or(DEFAULT_MAX_MESSAGE_SIZE)
    }

    /// What has become of each channel since an earlier description by the same side. Those that cannot carry a session
    /// count as absent.
    pub fn changes_since(&self, earlier: &Self) -> BTreeMap<u16, ChannelChange> {
        let mut changes = BTreeMap::new();
        for channel in earlier.usable() {
            changes.insert(channel.stream(), ChannelChange::Closed);
        }
        for channel in self.usable() {
            let change = match earlier.get(channel.stream()) {
                Some(Ok(before)) if before.dcmap() == channel.dcmap() => ChannelChange::Kept,
                Some(Ok(_)) => ChannelChange::Replaced,
                Some(Err(_)) | None => ChannelChange::Opened,
            };
            changes.insert(channel.stream(), change);
        }
        changes
    }

    fn usable(&self) -> impl Iterator<Item = &Channel> {
        self.channels.values().flatten()
    }
}
