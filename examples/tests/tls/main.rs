//! TLS over loopback: who is let in, who is not, and that those who are not get nothing.

mod addresses;
mod dscp;
mod endpoint;
mod endpoint_refuses;
mod mixed;
mod probe;
mod std_agreed;
mod std_both_ways;
mod std_endings;
mod std_refuses;
mod support;
