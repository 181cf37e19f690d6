//! What is shown on a terminal.

use std::fmt::Write as _;

use indicatif::{ProgressBar, ProgressStyle};

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
