//! A terminal: lines go up, and below them stands what changes, with the line that is typed last.

use std::io::{self, Write};

use crossterm::cursor::{MoveToColumn, MoveUp};
use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{Clear, ClearType, disable_raw_mode, enable_raw_mode};
use unicode_width::UnicodeWidthChar as _;

use super::Done;
use super::editor::Editor;
use crate::terminal::{breaks, columns, cut, wrap};

const PROMPT: &str = "> ";

pub(super) struct Live {
    editor: Editor,
    status: Vec<String>,
    /// The rows that stand above the cursor, and its own one up to what it stands on.
    drawn: Vec<String>,
}

impl Live {
    pub(super) fn begin(output: &mut impl Write) -> io::Result<Self> {
        enable_raw_mode()?;
        let mut live = Self {
            editor: Editor::default(),
            status: Vec::new(),
            drawn: Vec::new(),
        };
        let begun = queue!(output, EnableBracketedPaste).and_then(|()| live.draw(&[], output));
        match begun {
            Ok(()) => Ok(live),
            Err(error) => {
                let _ = disable_raw_mode();
                Err(error)
            }
        }
    }

    pub(super) fn draft(&self) -> String {
        self.editor.text()
    }

    pub(super) fn line(&mut self, line: &str, output: &mut impl Write) -> io::Result<()> {
        self.draw(&[line], output)
    }

    pub(super) fn status(&mut self, status: Vec<String>, output: &mut impl Write) -> io::Result<()> {
        if status == self.status {
            return Ok(());
        }
        self.status = status;
        self.draw(&[], output)
    }

    pub(super) fn on_event(&mut self, event: Event, output: &mut impl Write) -> io::Result<Done> {
        let done = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.on_key(key, output)?,
            Event::Paste(text) => {
                self.editor.paste(&text);
                Done::Typed
            }
            Event::Resize(..) => Done::Moved,
            _ => return Ok(Done::Moved),
        };
        self.draw(&[], output)?;
        Ok(done)
    }

    fn on_key(&mut self, key: KeyEvent, output: &mut impl Write) -> io::Result<Done> {
        let editor = &mut self.editor;
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('c') if control => return Ok(Done::Interrupted),
            KeyCode::Char('d') if control && editor.is_empty() => return Ok(Done::End),
            KeyCode::Char('d') if control => editor.delete(),
            KeyCode::Char('a') if control => {
                editor.start();
                return Ok(Done::Moved);
            }
            KeyCode::Char('e') if control => {
                editor.end();
                return Ok(Done::Moved);
            }
            KeyCode::Char('u') if control => editor.delete_to_start(),
            KeyCode::Char('k') if control => editor.delete_to_end(),
            KeyCode::Char('w') if control => editor.delete_word(),
            KeyCode::Char('l') if control => {
                queue!(output, Clear(ClearType::All), crossterm::cursor::MoveTo(0, 0))?;
                self.drawn.clear();
                return Ok(Done::Moved);
            }
            KeyCode::Char('j') if control => return Ok(Done::Line(editor.take())),
            KeyCode::Enter if alt => editor.insert("\n"),
            KeyCode::Enter => return Ok(Done::Line(editor.take())),
            KeyCode::Char(character) if !control && !alt => editor.insert(character.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if alt => editor.delete_word(),
            KeyCode::Backspace => editor.backspace(),
            KeyCode::Delete => editor.delete(),
            KeyCode::Up => editor.up(),
            KeyCode::Down => editor.down(),
            code => {
                match code {
                    KeyCode::Left => editor.left(),
                    KeyCode::Right => editor.right(),
                    KeyCode::Home => editor.start(),
                    KeyCode::End => editor.end(),
                    _ => {}
                }
                return Ok(Done::Moved);
            }
        }
        Ok(Done::Typed)
    }

    /// Puts lines above what changes, and draws that anew, in one go.
    fn draw(&mut self, lines: &[&str], output: &mut impl Write) -> io::Result<()> {
        let width = columns();
        let mut frame = Vec::new();
        self.back(width, &mut frame)?;
        for line in lines {
            for row in wrap(line, width) {
                write!(frame, "{row}\r\n")?;
            }
        }
        // The last column stays free: some terminals go on to the next row when it is written to.
        for line in &self.status {
            let row = cut(line, width - 1);
            queue!(frame, SetAttribute(Attribute::Dim))?;
            write!(frame, "{row}")?;
            queue!(frame, SetAttribute(Attribute::Reset))?;
            write!(frame, "\r\n")?;
            self.drawn.push(row);
        }
        let (view, cursor) = self.editor.view(width.saturating_sub(PROMPT.len()).max(1));
        write!(frame, "{PROMPT}{view}")?;
        let column = PROMPT.len() + cursor;
        queue!(frame, MoveToColumn(u16::try_from(column).unwrap_or(u16::MAX)))?;
        self.drawn.push(format!("{PROMPT}{}", upto(&view, cursor)));
        output.write_all(&frame)?;
        output.flush()
    }

    /// Goes to where what changes begins, and clears it. It may have more rows than were drawn if the terminal has become
    /// narrower.
    fn back(&mut self, width: usize, frame: &mut Vec<u8>) -> io::Result<()> {
        let rows: usize = self.drawn.iter().map(|row| breaks(row, width) + 1).sum();
        let up = rows.saturating_sub(1);
        self.drawn.clear();
        if up > 0 {
            queue!(frame, MoveUp(u16::try_from(up).unwrap_or(u16::MAX)))?;
        }
        queue!(frame, MoveToColumn(0), Clear(ClearType::FromCursorDown))
    }

    pub(super) fn end(&mut self, output: &mut impl Write) -> io::Result<()> {
        let mut frame = Vec::new();
        self.back(columns(), &mut frame)?;
        queue!(frame, DisableBracketedPaste)?;
        output.write_all(&frame)?;
        output.flush()?;
        disable_raw_mode()
    }
}

/// A text up to the character at that column.
fn upto(text: &str, column: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, character)| {
        used += character.width().unwrap_or(0);
        used > column
    });
    end.map_or(text, |(at, character)| &text[..at + character.len_utf8()])
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = disable_raw_mode(); // done already if all went well
    }
}
