//! File transfer (RFC 5547).

mod attributes;
mod body;
mod dates;
mod disposition;
mod file_type;
mod hash;
mod hasher;
mod info;
mod limits;
mod media;
mod name;
mod part;
mod pieces;
mod range;
mod receipt;
mod select;
mod selector;
mod transfer;
mod transfer_id;
mod transfers;

pub use self::attributes::{FileAttributes, FileAttributesError};
pub use self::body::{SdpBody, SdpBodyError};
pub use self::dates::{FileDates, FileDatesError};
pub use self::disposition::{FileDisposition, FileDispositionError};
pub use self::hash::FileHash;
pub use self::hasher::FileHasher;
pub use self::info::FileInfo;
pub use self::limits::FileLimits;
pub use self::name::FileName;
pub use self::part::{FilePart, FileRole};
pub use self::range::{FileRange, FileRangeError};
pub use self::receipt::{FileMismatch, FileReceipt, FileVerified, TooMuchData};
pub use self::select::FileSelection;
pub use self::selector::{FileSelector, FileSelectorError};
pub use self::transfer::{FileFate, FileTransfer};
pub use self::transfer_id::{FileTransferId, FileTransferIdError};
pub use self::transfers::{
    FileAcceptError, FileAnswer, FileAnswerError, FileOfferError, FileRefusal, FileTransfers, FileVerdict,
};
