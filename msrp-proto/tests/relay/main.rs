//! Sessions over relays (RFC 4976).

mod hand;
mod network_authorized;
mod network_failures;
mod network_losses;
mod network_messages;
mod network_seeds;
mod relayed_auth;
mod relayed_examples;
mod relayed_failures;
mod relayed_forwarding;
mod talk;

#[allow(unreachable_pub, reason = "shared with other binaries")]
#[path = "../shared/mod.rs"]
mod shared;
