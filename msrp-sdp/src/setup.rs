//! `a=setup`: who connects (RFC 4145 §4, profiled for MSRP by RFC 6135 §4.2).

use std::fmt;

/// The role that a side offers or takes in setting up the connection.
///
/// `holdconn`, which RFC 6135 §4.2.1 forbids to send, is no value of this type: received, it counts as if the
/// attribute were absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// Connects.
    Active,
    /// Listens.
    Passive,
    /// Does either, as the answerer chooses. In offers only.
    Actpass,
}

impl Setup {
    /// Reads the value of the attribute, in any case. `None` for `holdconn` and for what is no role at all.
    pub fn parse(value: &str) -> Option<Self> {
        [Self::Active, Self::Passive, Self::Actpass]
            .into_iter()
            .find(|role| value.eq_ignore_ascii_case(role.as_str()))
    }

    /// The value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
            Self::Actpass => "actpass",
        }
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
