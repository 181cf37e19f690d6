use std::fmt;

use msrp_multipart::Disposition;
use thiserror::Error;

use crate::chars;

/// Why something is no `file-disposition`: it is no token (RFC 8866 §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a token")]
pub struct FileDispositionError;

/// What the sender wants done with a file: `file-disposition` (RFC 5547 §7).
///
/// Its [`Default`] is `render`, which holds where the attribute is absent. Compared without case.
#[derive(Clone)]
pub struct FileDisposition(Box<str>);

impl FileDisposition {
    /// Any token.
    ///
    /// # Errors
    ///
    /// [`FileDispositionError`] if it is none.
    pub fn new(token: &str) -> Result<Self, FileDispositionError> {
        Self::parse(token.as_bytes())
    }

    /// `render`: to be shown when it has arrived.
    pub fn render() -> Self {
        Self("render".into())
    }

    /// `attachment`: to be kept, and shown only if the user says so.
    pub fn attachment() -> Self {
        Self("attachment".into())
    }

    /// Reads the value of the attribute.
    ///
    /// # Errors
    ///
    /// [`FileDispositionError`] if it is no token.
    pub fn parse(value: &[u8]) -> Result<Self, FileDispositionError> {
        Ok(Self(chars::token(value).ok_or(FileDispositionError)?.into()))
    }

    /// The token, as it was spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this one; case does not count.
    pub fn is(&self, token: &str) -> bool {
        self.0.eq_ignore_ascii_case(token)
    }

    /// Whether the file may be shown by itself. Whatever is not known is to be treated as an attachment (RFC 2183 §2.8).
    pub fn is_rendered(&self) -> bool {
        self.to_disposition().is_rendered()
    }

    /// The same as Content-Disposition, without parameters.
    pub fn to_disposition(&self) -> Disposition {
        Disposition::new(&self.0).expect("RFC 8866 and RFC 4975 have the same tokens")
    }
}

impl Default for FileDisposition {
    fn default() -> Self {
        Self::render()
    }
}

impl PartialEq for FileDisposition {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for FileDisposition {}

impl fmt::Display for FileDisposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for FileDisposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileDisposition({self})")
    }
}
