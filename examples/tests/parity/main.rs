//! What the system offers that this project is to replace, row by row, in the form that it must have here.
//!
//! That system is the `SipLib.Msrp` namespace, and the rows P1 to P24 are what it can do. Each has a test of its
//! name; connections are over loopback sockets, set up by session descriptions as text wherever the test does not play
//! the peer itself.

mod connecting;
mod content;
mod ending;
mod limits;
mod nicknames;
mod peer;
mod programs;
mod receiving;
mod sdp;
mod sending;
mod support;
