//! The MSRP wire format: streaming decoder, encoder and typed values.

mod chars;
mod path;
mod uri;
