use std::borrow::Cow;
use std::fmt;

use super::FileSelectorError;
use crate::percent;

/// The name of a file: the `name` selector (RFC 5547 §6). Never empty.
///
/// Names of peers are octets, as they need not be UTF-8, and they are **not names to store anything under**: see
/// [`to_safe`](Self::to_safe). Compared octet by octet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FileName(Box<[u8]>);

impl FileName {
    /// A name of any text. Give the last component only: where a file lies is nobody else's business.
    ///
    /// # Errors
    ///
    /// [`FileSelectorError::EmptyName`] if it is empty.
    pub fn new(name: &str) -> Result<Self, FileSelectorError> {
        Self::of_octets(name.as_bytes())
    }

    /// The name, decoded.
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// The name as text: to be shown, not to be stored under. What is not UTF-8 becomes U+FFFD.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// One component that a file can be stored under: see [`msrp_multipart::safe_file_name`] (RFC 5547 §10).
    pub fn to_safe(&self) -> String {
        msrp_multipart::safe_file_name(&self.to_text())
    }

    /// The name that stands percent-encoded between the quotes of the selector.
    pub(super) fn decode(encoded: &[u8]) -> Result<Self, FileSelectorError> {
        Self::of_octets(&percent::decode(encoded).ok_or(FileSelectorError::BadPercent)?)
    }

    fn of_octets(octets: &[u8]) -> Result<Self, FileSelectorError> {
        if octets.is_empty() {
            return Err(FileSelectorError::EmptyName);
        }
        Ok(Self(octets.into()))
    }
}

/// What stands between the quotes of the selector. Slashes of either kind are percent-encoded, wherever this runs: what
/// is no directory here may be one there.
impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&percent::encode(&self.0, |character| {
            matches!(character, '/' | '\\')
        }))
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileName").field(&self.to_text()).finish()
    }
}
