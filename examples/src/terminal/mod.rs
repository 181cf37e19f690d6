//! What is shown on a terminal.

mod password;
mod wrap;

use std::fmt::Write as _;

use crossterm::terminal::size;
use indicatif::{ProgressBar, ProgressStyle};

pub use self::password::password;
pub use self::wrap::{breaks, cut, wrap};

/// How wide the terminal is; 80 where there is none. At least what a prompt and a character need.
pub fn columns() -> usize {
    let columns = size().map_or(80, |(columns, _)| columns);
    usize::from(columns).max(4)
}

/// The text on one line, with everything visible that could command the terminal, break the line or reverse
/// the direction of writing.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push_str("    "),
            '\u{61C}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' => {
                // Writing into a string does not fail.
                let _ = write!(shown, "{}", character.escape_unicode());
            }
            _ if character.is_control() => {
                let _ = write!(shown, "{}", character.escape_debug());
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// On standard error, so that it never gets into a transcript that is redirected.
pub(crate) fn progress_bar(len: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{bar:40} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}",
    )
    .expect("the template is well formed");
    ProgressBar::new(len).with_style(style)
}
