//! Texts in columns.

use unicode_width::UnicodeWidthChar as _;

/// How much further lines of a paragraph are set in.
const INDENT: usize = 2;

/// Narrower than that nothing is set in: there would be no room left.
const LEAST: usize = 12;

/// Breaks a line where it gets wider than `width` columns, between words if there are any, and sets in what follows. The
/// line must be [`harmless`](super::harmless).
pub fn wrap(line: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let indent = if width < LEAST { 0 } else { INDENT };
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    // Where the last word begins, in octets of `current`.
    let mut word = 0;
    'characters: for character in line.chars() {
        let wide = wide(character);
        while used + wide > width {
            if character == ' ' {
                // It stands for the break.
                lines.push(std::mem::replace(&mut current, " ".repeat(indent)));
                (used, word) = (indent, indent);
                continue 'characters;
            }
            let begun = current.split_off(word);
            let (done, carried) = match current.trim_end().is_empty() {
                // A word that fills the line is broken.
                true => (current + &begun, String::new()),
                false => (current.trim_end().into(), begun),
            };
            lines.push(done);
            used = indent + columns_of(&carried);
            current = " ".repeat(indent) + &carried;
            word = indent;
        }
        current.push(character);
        used += wide;
        // Wide characters are of scripts that have no spaces.
        if character == ' ' || wide == 2 {
            word = current.len();
        }
    }
    lines.push(current);
    lines
}

/// How many times a terminal of `width` columns goes on to the next row within a row that has become too wide for it. One
/// that fills it is not broken before there is more.
pub fn breaks(row: &str, width: usize) -> usize {
    let (mut breaks, mut used) = (0, 0);
    for wide in row.chars().map(wide) {
        if used > 0 && used + wide > width {
            (breaks, used) = (breaks + 1, 0);
        }
        used += wide;
    }
    breaks
}

/// As much of a line as there is room for in `width` columns, on any terminal.
pub fn cut(line: &str, width: usize) -> String {
    if columns_of(line) <= width {
        return line.into();
    }
    let mut shown = String::new();
    let mut used = 1;
    for character in line.chars() {
        used += wide(character);
        if used > width {
            break;
        }
        shown.push(character);
    }
    if width > 0 {
        shown.push('…');
    }
    shown
}

/// What a line takes at most: some terminals join characters such as those of a family, others do not.
fn columns_of(line: &str) -> usize {
    line.chars().map(wide).sum()
}

fn wide(character: char) -> usize {
    match character {
        // It makes a picture of the character before, which some terminals show wide.
        '\u{FE0F}' => 1,
        _ => character.width().unwrap_or(0),
    }
}
