//! What is typed and not shown.

use std::io::{self, ErrorKind, Write as _};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Asks on the terminal, by way of standard error, for a line that is not shown.
///
/// # Errors
///
/// Those of the terminal; [`ErrorKind::Interrupted`] after Ctrl-C or Ctrl-D.
pub fn password(prompt: &str) -> io::Result<String> {
    let mut output = io::stderr();
    write!(output, "{prompt}")?;
    output.flush()?;
    enable_raw_mode()?;
    let typed = line();
    disable_raw_mode()?;
    writeln!(output)?;
    typed
}

fn line() -> io::Result<String> {
    let mut line = String::new();
    loop {
        let Event::Key(key) = read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(line),
            KeyCode::Char('j') if control => return Ok(line),
            KeyCode::Char('c' | 'd') if control => return Err(ErrorKind::Interrupted.into()),
            KeyCode::Char('u') if control => line.clear(),
            KeyCode::Backspace => {
                line.pop();
            }
            KeyCode::Char(character) if !control => line.push(character),
            _ => {}
        }
    }
}
