use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8};
use msrp_multipart::{DecodingError, Kind, MediaType, Multipart, Part, ReadError, TransferEncoding};
use thiserror::Error;

use crate::{Address, Message, ParseError};

/// The text of a message, whatever it is wrapped in, and who sent it.
///
/// ```
/// use msrp_cpim::TextMessage;
/// use msrp_multipart::MediaType;
///
/// let body = "From: Alice <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\n\r\n\
///             Content-Type: text/plain;charset=utf-8\r\n\r\nGr\u{fc}\u{df}e";
/// let read = TextMessage::read(&"message/cpim".parse()?, &body.into())?;
/// assert_eq!(read.text, "Gr\u{fc}\u{df}e");
/// assert_eq!(read.from().and_then(|from| from.name()), Some("Alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextMessage {
    /// The text, its line ends as they were.
    pub text: String,
    /// Octets that stand for nothing in the charset were replaced by U+FFFD.
    pub is_damaged: bool,
    /// The senders named in message/cpim, outermost first; `None` is one without a From that can be read, or with more
    /// than one.
    ///
    /// The outermost is named by the peer itself. It vouches for what is within, and so on (RFC 4975 §14.5).
    pub senders: Vec<Option<Address>>,
}

impl TextMessage {
    /// How many message/cpim and multiparts may stand within each other.
    pub const MAX_DEPTH: usize = 8;

    /// Reads the text of a message with that content type: text/plain in any charset; what is in a message/cpim, which
    /// may be another one; of a multipart the part that is text. Of multipart/mixed that is the first that is meant to
    /// be shown, of multipart/alternative the last that can be read, of multipart/related the root, of multipart/signed
    /// the part that is signed. Transfer encodings of parts are undone.
    ///
    /// Text without a charset is read as UTF-8, which US-ASCII is part of.
    ///
    /// # Errors
    ///
    /// [`NotText`] if it is none, or cannot be read.
    pub fn read(content_type: &MediaType, body: &Bytes) -> Result<Self, NotText> {
        let mut senders = Vec::new();
        let (text, is_damaged) = find(content_type, body, &mut senders, Self::MAX_DEPTH)?;
        Ok(Self {
            text,
            is_damaged,
            senders,
        })
    }

    /// Who sent the text, by the account of the peer: the outermost From. Without a message/cpim it is whoever the
    /// session is with.
    pub fn from(&self) -> Option<&Address> {
        self.senders.first()?.as_ref()
    }
}

/// Why there is no text in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotText {
    /// A charset that is not known.
    #[error("unknown charset")]
    Charset,
    /// A message/cpim that cannot be read.
    #[error(transparent)]
    Cpim(#[from] ParseError),
    /// A transfer encoding that cannot be undone.
    #[error(transparent)]
    Encoding(#[from] DecodingError),
    /// A multipart that cannot be read.
    #[error(transparent)]
    Multipart(#[from] ReadError),
    /// The message requires something of its receiver (RFC 3862 §3.5), which [`Message::check_required`] tells.
    #[error("something is required to understand the message")]
    Required,
    /// More than [`TextMessage::MAX_DEPTH`] within each other.
    #[error("too deep within each other")]
    TooDeep,
    /// Something else than text, and nothing in it that is.
    #[error("no text")]
    Type,
}

type Text = (String, bool);

fn find(
    media_type: &MediaType,
    body: &Bytes,
    senders: &mut Vec<Option<Address>>,
    depth: usize,
) -> Result<Text, NotText> {
    if media_type.is("text/plain") {
        return decode(media_type, body);
    }
    let depth = depth.checked_sub(1).ok_or(NotText::TooDeep)?;
    if Message::is_cpim(media_type) {
        let message = Message::parse(body)?;
        senders.push(message.only_from());
        let content = message
            .check_required(|_, _| false)
            .map_err(|_| NotText::Required)?;
        let body = decoded(content.headers.transfer_encoding(), &content.body)?;
        return find(&content.headers.media_type(), &body, senders, depth);
    }
    if media_type.type_().eq_ignore_ascii_case("multipart") {
        let multipart = Multipart::parse(media_type, body)?;
        return find_in(&multipart, None, senders, depth);
    }
    Err(NotText::Type)
}

/// The text among the parts of a multipart.
fn find_in(
    multipart: &Multipart,
    index: Option<usize>,
    senders: &mut Vec<Option<Address>>,
    depth: usize,
) -> Result<Text, NotText> {
    let group = match index {
        Some(index) => multipart.group(index).ok_or(NotText::Type)?,
        None => multipart.top(),
    };
    let mut parts: Vec<(usize, &Part)> = group.parts().collect();
    match group.kind() {
        Kind::Alternative => parts.reverse(),
        Kind::Related => parts = group.root().into_iter().collect(),
        Kind::Signed => parts.truncate(1),
        _ => parts.retain(|(_, part)| part.disposition().is_none_or(|found| found.is_rendered())),
    }
    // If none is text, what is wrong with the first that should be one tells most.
    let mut first_fault = None;
    for (index, part) in parts {
        let known = senders.len();
        let found = if part.is_multipart() {
            let depth = depth.checked_sub(1).ok_or(NotText::TooDeep);
            depth.and_then(|depth| find_in(multipart, Some(index), senders, depth))
        } else {
            decoded(part.headers().transfer_encoding(), part.body())
                .and_then(|body| find(part.media_type(), &body, senders, depth))
        };
        match found {
            Ok(text) => return Ok(text),
            Err(NotText::Type) => {}
            Err(fault) => {
                first_fault.get_or_insert(fault);
            }
        }
        senders.truncate(known);
    }
    Err(first_fault.unwrap_or(NotText::Type))
}

fn decoded(encoding: &TransferEncoding, body: &Bytes) -> Result<Bytes, NotText> {
    if encoding.is_identity() {
        return Ok(body.clone());
    }
    Ok(encoding.decode(body)?.into_owned().into())
}

fn decode(media_type: &MediaType, body: &[u8]) -> Result<Text, NotText> {
    let charset = match media_type.charset() {
        None => UTF_8,
        // The label of the standard that the table follows is windows-1252.
        Some(name) if name.eq_ignore_ascii_case("us-ascii") => UTF_8,
        Some(name) => Encoding::for_label_no_replacement(name.as_bytes()).ok_or(NotText::Charset)?,
    };
    let (text, is_damaged) = charset.decode_with_bom_removal(body);
    Ok((text.into_owned(), is_damaged))
}
