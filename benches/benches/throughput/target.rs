//! What is aimed at.

use core::fmt;

use crate::table::Row;

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The work takes no longer than the scan divided by this.
    OfScan(f64),
    /// The work takes no more nanoseconds for each octet.
    EachOctet(f64),
}

impl Target {
    /// The target of a bench, if it has one.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let parts: Vec<_> = name.split('/').collect();
        match parts[..] {
            ["decode", "S2" | "S3", "64KiB"] => Some(Self::OfScan(0.9)),
            ["decode", "S1", "64KiB"] => Some(Self::OfScan(0.6)),
            ["receive", "S2" | "S3", "64KiB"] => Some(Self::OfScan(0.85)),
            ["receive", "S1", "64KiB"] => Some(Self::OfScan(0.45)),
            ["send", "none", _] => Some(Self::OfScan(0.85)),
            ["send", "2048", _] => Some(Self::OfScan(0.45)),
            ["pair", "2048", _] => Some(Self::OfScan(0.2)),
            ["decode" | "receive" | "inbox", _, "1"] => Some(Self::EachOctet(60.0)),
            _ => None,
        }
    }

    /// Whether the figure is what it should be.
    pub(crate) fn is_met(self, row: &Row) -> bool {
        match self {
            Self::OfScan(least) => row.of_scan.median >= least,
            Self::EachOctet(most) => row.each <= most,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfScan(least) => write!(f, "≥ {least:.2} of memmem"),
            Self::EachOctet(most) => write!(f, "≤ {most:.0} ns an octet"),
        }
    }
}
