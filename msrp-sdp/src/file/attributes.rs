use msrp_multipart::{ContentId, ContentIdError};
use thiserror::Error;

use super::{
    FileDates, FileDatesError, FileDisposition, FileDispositionError, FileRange, FileRangeError,
    FileSelector, FileSelectorError, FileTransferId, FileTransferIdError,
};
use crate::{Deviation, Deviations};

/// Why the file attributes of a media section cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileAttributesError {
    /// `file-selector`.
    #[error(transparent)]
    Selector(#[from] FileSelectorError),
    /// `file-transfer-id`.
    #[error(transparent)]
    TransferId(#[from] FileTransferIdError),
    /// `file-disposition`.
    #[error(transparent)]
    Disposition(#[from] FileDispositionError),
    /// `file-date`.
    #[error(transparent)]
    Dates(#[from] FileDatesError),
    /// `file-icon` is no `cid:` URL.
    #[error("illegal file icon: {0}")]
    BadCid(#[from] ContentIdError),
    /// `file-range`.
    #[error(transparent)]
    Range(#[from] FileRangeError),
    /// The same attribute twice, with values that differ (ruling S2).
    #[error("repeated file attribute")]
    Duplicate,
}

/// The file attributes of a media section (RFC 5547 §6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileAttributes {
    /// `file-selector`: which file. Without any selector it tells that file transfer is supported (RFC 5547 §8.5).
    pub selector: Option<FileSelector>,
    /// `file-transfer-id`: which transfer.
    pub transfer_id: Option<FileTransferId>,
    /// `file-disposition`: what is to be done with the file; `render` if absent.
    pub disposition: Option<FileDisposition>,
    /// `file-date`, absent if it has no date.
    pub dates: FileDates,
    /// `file-icon`: the part of the enclosing body that has a small picture of the file (RFC 5547 §8.8).
    pub icon: Option<ContentId>,
    /// `file-range`: which octets; all if absent.
    pub range: Option<FileRange>,
}

impl FileAttributes {
    /// Finds the file attributes among those of a media section, by name and value; there is a value if there is a
    /// colon. At session level they mean nothing (RFC 5547 §6). `None` if there are none.
    ///
    /// # Errors
    ///
    /// A [`FileAttributesError`] if one cannot be read, or stands there twice with another value.
    pub fn from_attributes<'a>(
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
    ) -> Result<(Option<Self>, Deviations), FileAttributesError> {
        let mut deviations = Deviations::default();
        let mut seen: [Option<Option<&[u8]>>; NAMES.len()] = [None; NAMES.len()];
        let mut read = Self::default();
        for (name, value) in attributes {
            let Some(place) = NAMES.iter().position(|known| *known == name) else {
                continue;
            };
            match seen.get_mut(place).and_then(|seen| seen.replace(value)) {
                None => read.read_attribute(name, value, &mut deviations)?,
                Some(same) if same == value => deviations.insert(Deviation::Duplicate),
                Some(_) => return Err(FileAttributesError::Duplicate),
            }
        }
        let any = seen.iter().any(Option::is_some);
        Ok((any.then_some(read), deviations))
    }

    /// The attributes by name and value, as they are written.
    pub fn attributes(&self) -> Vec<(&'static str, Option<String>)> {
        let mut attributes = Vec::new();
        if let Some(selector) = &self.selector {
            let value = selector.mirrored();
            attributes.push((SELECTOR, (!value.is_empty()).then_some(value)));
        }
        let dates = (!self.dates.is_empty()).then(|| self.dates.to_string());
        let others = [
            (TRANSFER_ID, self.transfer_id.as_ref().map(ToString::to_string)),
            (DISPOSITION, self.disposition.as_ref().map(ToString::to_string)),
            (DATES, dates),
            (ICON, self.icon.as_ref().map(ContentId::to_url)),
            (RANGE, self.range.as_ref().map(ToString::to_string)),
        ];
        let present = others.into_iter().filter(|(_, value)| value.is_some());
        attributes.extend(present);
        attributes
    }

    /// Whether this tells no more than that file transfer is supported (RFC 5547 §8.5).
    pub fn is_capability(&self) -> bool {
        *self
            == Self {
                selector: Some(FileSelector::new()),
                ..Self::default()
            }
    }

    /// What an answer that refuses the file repeats: selector and identifier (RFC 5547 §8.3).
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self {
            selector: self.selector.clone(),
            transfer_id: self.transfer_id.clone(),
            ..Self::default()
        }
    }

    fn read_attribute(
        &mut self,
        name: &str,
        value: Option<&[u8]>,
        deviations: &mut Deviations,
    ) -> Result<(), FileAttributesError> {
        if name == SELECTOR && value.is_some_and(<[u8]>::is_empty) {
            deviations.insert(Deviation::EmptyValue);
        }
        let value = value.unwrap_or_default();
        match name {
            SELECTOR => {
                let (selector, found) = FileSelector::parse_with_deviations(value)?;
                deviations.extend(&found);
                self.selector = Some(selector);
            }
            TRANSFER_ID => self.transfer_id = Some(FileTransferId::parse(value)?),
            DISPOSITION => self.disposition = Some(FileDisposition::parse(value)?),
            DATES => {
                let (dates, found) = FileDates::parse_with_deviations(value)?;
                deviations.extend(&found);
                self.dates = dates;
            }
            ICON => {
                let url = std::str::from_utf8(value).map_err(|_| ContentIdError::Scheme)?;
                self.icon = Some(ContentId::from_url(url)?);
            }
            _ => self.range = Some(FileRange::parse(value)?),
        }
        Ok(())
    }
}

const SELECTOR: &str = "file-selector";
const TRANSFER_ID: &str = "file-transfer-id";
const DISPOSITION: &str = "file-disposition";
const DATES: &str = "file-date";
const ICON: &str = "file-icon";
const RANGE: &str = "file-range";

const NAMES: [&str; 6] = [SELECTOR, TRANSFER_ID, DISPOSITION, DATES, ICON, RANGE];
