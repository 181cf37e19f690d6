//! What the tests of several binaries, and a fuzz target, share.
#![allow(dead_code, reason = "no binary uses all of it")]

pub mod checked;
pub mod frames;
pub mod random;
pub mod talk;
pub mod watch;
