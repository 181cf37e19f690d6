//! The driver over real loopback sockets.

mod both_ways;
mod endings;
mod held_back;
mod support;
