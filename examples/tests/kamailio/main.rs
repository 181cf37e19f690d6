//! Calls through a relay that others have written: kamailio, where it is installed.

mod authorize;
mod by_threads;
mod calls;
mod relay;
mod support;
