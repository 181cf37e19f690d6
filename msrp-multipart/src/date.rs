//! Dates as mail writes them (RFC 822 §5, as amended by RFC 2822 §3.3), which Content-Disposition uses too.

use alloc::string::String;

use chrono::{DateTime, Datelike, FixedOffset};

/// The parameters that hold one (RFC 2183 §2.4 to §2.6).
pub(crate) const NAMES: [&str; 3] = ["creation-date", "modification-date", "read-date"];

pub(crate) fn read(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc2822(text.trim()).ok()
}

/// With a numeric zone, in which only whole minutes can be written: others are given up, and not the moment. `None` if
/// the year has not four digits.
pub(crate) fn write(date: DateTime<FixedOffset>) -> Option<String> {
    let zone = FixedOffset::east_opt(date.offset().local_minus_utc() / 60 * 60)?;
    let date = date.with_timezone(&zone);
    (1000..=9999).contains(&date.year()).then(|| date.to_rfc2822())
}

/// Whether it is one, and gives its zone by digits (RFC 2183 §2).
pub(crate) fn is_strict(text: &str) -> bool {
    let zone = text.rsplit(' ').next().unwrap_or_default();
    let digits = zone.strip_prefix(['+', '-']).unwrap_or_default();
    read(text).is_some() && digits.len() == 4 && digits.bytes().all(|octet| octet.is_ascii_digit())
}
