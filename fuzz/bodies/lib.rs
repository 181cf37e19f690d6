//! What the fuzz targets do with an input.

pub mod content;
#[path = "mod.rs"]
mod proto;

pub use self::proto::*;
