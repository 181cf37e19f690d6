//! The connection, by its public API.

mod send_abort;
mod send_binding;
mod send_chunks;
mod send_codes;
mod send_conversation;
mod send_defaults;
mod send_fairness;
mod send_guard;
mod send_ids;
mod send_in_flight;
mod send_interrupt;
mod send_latency;
mod send_limits;
mod send_outcome;
mod send_report;
mod send_request;
mod send_streamed;
mod send_timeout;
mod smoke;
mod wire_out;
