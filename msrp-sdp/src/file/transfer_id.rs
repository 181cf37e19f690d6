use std::fmt;

use thiserror::Error;

use crate::{Ids, chars};

/// Why something is no `file-transfer-id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileTransferIdError {
    /// It is no token (RFC 8866 §9).
    #[error("not a token")]
    Syntax,
    /// It is longer than [`FileTransferId::MAX_LEN`].
    #[error("file transfer identifier too long")]
    TooLong,
}

/// What tells one transfer of a file from another within a session: `file-transfer-id` (RFC 5547 §8.1). A token,
/// compared octet by octet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTransferId(Box<str>);

impl FileTransferId {
    /// Octets of the longest identifier that is read: each is remembered as long as the session lasts.
    pub const MAX_LEN: usize = 256;

    /// A new one of 160 random bits, in 32 characters (RFC 5547 §8.1).
    pub fn random(ids: &mut Ids) -> Self {
        let mut octets = [0; 20];
        ids.fill(&mut octets);
        Self(data_encoding::BASE32_NOPAD.encode(&octets).into())
    }

    /// Reads the value of the attribute.
    ///
    /// # Errors
    ///
    /// A [`FileTransferIdError`] if it is no token, or too long.
    pub fn parse(value: &[u8]) -> Result<Self, FileTransferIdError> {
        if value.len() > Self::MAX_LEN {
            return Err(FileTransferIdError::TooLong);
        }
        Ok(Self(
            chars::token(value).ok_or(FileTransferIdError::Syntax)?.into(),
        ))
    }

    /// The identifier as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileTransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
