//! The driver for tokio: over loopback sockets, and over pipes in memory with a clock that is paused.

mod both_ways;
mod cancelled;
mod endings;
mod endpoint;
mod endpoint_deliveries;
mod endpoint_ends;
mod endpoint_held_back;
mod endpoint_reuse;
mod held_back;
#[expect(dead_code, reason = "`within` is for threads")]
#[path = "../std_driver/support.rs"]
mod sockets;
mod stress;
mod support;
mod timers;
