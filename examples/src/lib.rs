//! Drivers for msrp-proto.
