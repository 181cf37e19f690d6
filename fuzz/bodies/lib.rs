//! What the fuzz targets do with an input.

pub mod content;
#[path = "mod.rs"]
mod proto;
pub mod sdp;

pub use self::proto::*;
