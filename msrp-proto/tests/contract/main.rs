//! The contract in the docs of `Connection`: a module for each of its lines, with tests that fail when the
//! line is broken. `ops` and what it shares check parts of all lines on the way.

#[allow(unreachable_pub, reason = "shared with a fuzz target")]
#[path = "../../../fuzz/bodies/connection_ops.rs"]
mod ops;

mod bench;
mod splits;

mod line_01_determinism;
mod line_02_call_order;
mod line_03_timeouts;
mod line_04_hostile_input;
mod line_05_bounds;
mod line_06_last_events;
mod line_07_splits;
mod line_08_secrets;
mod line_09_latency;
mod line_10_back_pressure;
mod states;
