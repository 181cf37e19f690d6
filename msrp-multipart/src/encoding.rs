use alloc::{borrow::Cow, boxed::Box, vec::Vec};
use core::fmt;

use data_encoding::BASE64_MIME_PERMISSIVE;
use quoted_printable::ParseMode;
use thiserror::Error;

/// How the octets of an entity are encoded: Content-Transfer-Encoding (RFC 2045 §6).
///
/// MSRP is binary, so nothing here is ever written; what comes through a gateway from mail may have it. Nothing
/// is decoded unasked: [`decode`](Self::decode) does it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferEncoding {
    /// `7bit`, which is what the absence of the field means. Any octets all the same.
    #[default]
    SevenBit,
    /// `8bit`: the octets themselves.
    EightBit,
    /// `binary`: the octets themselves.
    Binary,
    /// `base64` (RFC 2045 §6.8).
    Base64,
    /// `quoted-printable` (RFC 2045 §6.7).
    QuotedPrintable,
    /// Another one, which nobody here can decode: the entity counts as `application/octet-stream`
    /// (RFC 2045 §6.4).
    Other(Box<str>),
}

impl TransferEncoding {
    /// The encoding of that name; case does not count.
    pub fn of_name(name: &str) -> Self {
        let known = [
            Self::SevenBit,
            Self::EightBit,
            Self::Binary,
            Self::Base64,
            Self::QuotedPrintable,
        ];
        known
            .into_iter()
            .find(|encoding| encoding.name().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Other(name.into()))
    }

    /// The name as RFC 2045 spells it, or as it was read.
    pub fn name(&self) -> &str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
            Self::Other(name) => name,
        }
    }

    /// Whether the octets stand for themselves.
    pub fn is_identity(&self) -> bool {
        matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }

    /// The octets that encoded ones stand for: themselves, for what [is identity](Self::is_identity).
    ///
    /// As RFC 2045 has it, base64 ignores octets outside its alphabet and ends at `=`; quoted-printable drops
    /// blanks at the ends of lines and keeps a `=` that encodes nothing.
    ///
    /// # Errors
    ///
    /// [`DecodingError`] if base64 ends within an octet, or the encoding is not known.
    pub fn decode<'a>(&self, octets: &'a [u8]) -> Result<Cow<'a, [u8]>, DecodingError> {
        match self {
            Self::SevenBit | Self::EightBit | Self::Binary => Ok(Cow::Borrowed(octets)),
            Self::Base64 => decode_base64(octets).map(Cow::Owned),
            Self::QuotedPrintable => quoted_printable::decode(octets, ParseMode::Robust)
                .map(Cow::Owned)
                .map_err(|_| DecodingError::QuotedPrintable),
            Self::Other(_) => Err(DecodingError::Unknown),
        }
    }
}

impl fmt::Display for TransferEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Octets in base64, in lines of 76 characters (RFC 2045 §6.8): for gateways to mail. MSRP needs none.
pub fn encode_base64(octets: &[u8]) -> Vec<u8> {
    let mut encoded = data_encoding::BASE64_MIME.encode(octets).into_bytes();
    // Between lines only.
    if encoded.ends_with(b"\r\n") {
        encoded.truncate(encoded.len() - 2);
    }
    encoded
}

/// Why encoded octets stand for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodingError {
    /// Base64 that ends within an octet.
    #[error("base64 that ends within an octet")]
    Base64,
    /// Quoted-printable that cannot be read at all.
    #[error("illegal quoted-printable")]
    QuotedPrintable,
    /// An encoding that is not known here.
    #[error("unknown transfer encoding")]
    Unknown,
}

fn decode_base64(octets: &[u8]) -> Result<Vec<u8>, DecodingError> {
    let is_digit = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let data = octets.split(|&octet| octet == b'=').next().unwrap_or_default();
    let padded = data.len() < octets.len();
    let mut digits: Vec<u8> = data.iter().copied().filter(is_digit).collect();
    let missing = match digits.len() % 4 {
        0 => 0,
        2 if padded => 2,
        3 if padded => 1,
        _ => return Err(DecodingError::Base64),
    };
    digits.extend_from_slice(b"==".get(..missing).unwrap_or_default());
    BASE64_MIME_PERMISSIVE
        .decode(&digits)
        .map_err(|_| DecodingError::Base64)
}
