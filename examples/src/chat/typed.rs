//! What the user does: keys of a terminal, or lines of whatever standard input is.

use std::io::{self, BufRead as _};
use std::thread;

use crossterm::event::{self, Event};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// A longer line is none that anybody has typed.
const MAX_LINE: usize = 1 << 20;

/// What is told of a line that is not complete: enough to know a command.
const MOST_TOLD: usize = 16;

/// Something that was typed.
pub(crate) enum Typed {
    /// Of a terminal.
    Key(Event),
    /// A part of a line, or the begin of it.
    Part(String),
    /// A line.
    Line(String),
    /// What cannot be sent, or read at all.
    Failed(io::Error),
}

/// The events of the terminal. Ends when there are no more.
pub(crate) fn keys() -> Receiver<Typed> {
    let (tell, typed) = mpsc::channel(16);
    // Blocks until the program ends.
    thread::spawn(move || {
        loop {
            let (typed, last) = match event::read() {
                Ok(event) => (Typed::Key(event), false),
                Err(error) => (Typed::Failed(error), true),
            };
            if tell.blocking_send(typed).is_err() || last {
                return;
            }
        }
    });
    typed
}

/// The lines of standard input. Ends where it does.
pub(crate) fn lines() -> Receiver<Typed> {
    let (tell, typed) = mpsc::channel(1);
    thread::spawn(move || {
        if let Err(error) = read(&tell) {
            let _ = tell.blocking_send(Typed::Failed(error));
        }
    });
    typed
}

fn read(tell: &Sender<Typed>) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        let came = match input.fill_buf() {
            Ok(came) => came,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let is_end = came.is_empty();
        let end = came.iter().position(|&octet| octet == b'\n');
        let (len, taken) = end.map_or((came.len(), came.len()), |end| (end, end + 1));
        line.extend_from_slice(&came[..len]);
        input.consume(taken);
        if line.len() > MAX_LINE {
            return Err(io::Error::other("a line of more than 1 MiB"));
        }
        let typed = match end {
            None if !is_end => {
                let begin = line.get(..MOST_TOLD).unwrap_or(&line);
                Typed::Part(String::from_utf8_lossy(begin).into_owned())
            }
            None if line.is_empty() => return Ok(()),
            _ => {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                match String::from_utf8(std::mem::take(&mut line)) {
                    Ok(line) => Typed::Line(line),
                    Err(error) => Typed::Failed(io::Error::other(error)),
                }
            }
        };
        if tell.blocking_send(typed).is_err() {
            return Ok(());
        }
    }
}
