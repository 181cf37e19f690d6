//! The line that is being typed.

use unicode_width::UnicodeWidthChar as _;

/// How many lines can be had again.
const MOST_REMEMBERED: usize = 100;

/// A text with a cursor, and those before it.
#[derive(Default)]
pub(super) struct Editor {
    text: Vec<char>,
    /// In characters.
    cursor: usize,
    earlier: Vec<String>,
    /// Which of the earlier lines is shown; their number if none is.
    at: usize,
}

impl Editor {
    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Ends the line and returns it.
    pub(super) fn take(&mut self) -> String {
        let text = self.text();
        self.set("");
        if !text.is_empty() && self.earlier.last() != Some(&text) {
            self.earlier.push(text.clone());
            if self.earlier.len() > MOST_REMEMBERED {
                self.earlier.remove(0);
            }
        }
        self.at = self.earlier.len();
        text
    }

    pub(super) fn insert(&mut self, text: &str) {
        for character in text.chars() {
            self.text.insert(self.cursor, character);
            self.cursor += 1;
        }
    }

    /// What was pasted, however its lines end. Line ends at its end would only be in the way.
    pub(super) fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        self.insert(text.trim_end_matches('\n'));
    }

    pub(super) fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.text.remove(self.cursor);
        }
    }

    pub(super) fn delete(&mut self) {
        if self.cursor < self.text.len() {
            self.text.remove(self.cursor);
        }
    }

    pub(super) fn delete_word(&mut self) {
        let before = &self.text[..self.cursor];
        let blanks = before.iter().rev().take_while(|character| **character == ' ');
        let end = self.cursor - blanks.count();
        let word = before[..end]
            .iter()
            .rev()
            .take_while(|character| **character != ' ');
        let start = end - word.count();
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    pub(super) fn delete_to_start(&mut self) {
        self.text.drain(..self.cursor);
        self.cursor = 0;
    }

    pub(super) fn delete_to_end(&mut self) {
        self.text.truncate(self.cursor);
    }

    pub(super) fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub(super) fn right(&mut self) {
        self.cursor = self.text.len().min(self.cursor + 1);
    }

    pub(super) fn start(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Shows an earlier line in place of this one.
    pub(super) fn up(&mut self) {
        if let Some(at) = self.at.checked_sub(1)
            && let Some(text) = self.earlier.get(at).cloned()
        {
            self.at = at;
            self.set(&text);
        }
    }

    pub(super) fn down(&mut self) {
        if self.at < self.earlier.len() {
            self.at += 1;
            let text = self.earlier.get(self.at).cloned().unwrap_or_default();
            self.set(&text);
        }
    }

    /// What to show of it in `width` columns, and in which the cursor is. Where not all has room, the part around the
    /// cursor.
    pub(super) fn view(&self, width: usize) -> (String, usize) {
        let room = width.saturating_sub(1); // for the cursor behind the last character
        let widths: Vec<usize> = self.text.iter().map(|&character| shown(character).1).collect();
        let mut start = self.cursor;
        let mut before = 0;
        // The cursor goes to the right edge, with what is behind it where the end is near.
        let behind: usize = widths[self.cursor..].iter().sum();
        let reserved = behind.min(room / 3);
        while start > 0 && before + widths[start - 1] + reserved <= room {
            start -= 1;
            before += widths[start];
        }
        let mut view = String::new();
        let mut used = 0;
        for (&character, width) in self.text.iter().zip(&widths).skip(start) {
            used += width;
            if used > room {
                break;
            }
            view.push(shown(character).0);
        }
        (view, before)
    }

    fn set(&mut self, text: &str) {
        self.text = text.chars().collect();
        self.cursor = self.text.len();
    }
}

/// As what a character is shown, and how wide that is.
fn shown(character: char) -> (char, usize) {
    let shown = match character {
        '\n' => '⏎',
        '\u{61C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' => '·',
        _ if character.is_control() => '·',
        _ => character,
    };
    (shown, shown.width().unwrap_or(1))
}
