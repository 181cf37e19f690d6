//! Media types for MSRP, MIME and SDP.
#![no_std]
