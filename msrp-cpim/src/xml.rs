//! As much XML as the two documents of this crate need (ruling C16), read and written.
//!
//! Reading knows namespaces, the five predefined entities, character references and CDATA; comments and
//! processing instructions are passed over. There is no DTD, hence nothing that could be expanded, and what
//! is read is bounded in length, depth and number.

mod chars;
mod deviation;
mod element;
mod error;
mod reader;
mod scope;
mod sequence;
mod writer;

pub use deviation::{DocumentDeviation, DocumentDeviations};
pub use error::XmlError;

pub(crate) use chars::{is_blank, trim};
pub(crate) use element::Element;
pub(crate) use reader::{MAX_LENGTH, read};
pub(crate) use sequence::Findings;
pub(crate) use writer::Writer;
