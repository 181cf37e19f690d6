//! Where a conversation is shown: line by line, or on a terminal above the line that is typed.

mod editor;
mod live;

use std::io::{self, Write};

use crossterm::event::Event;

use self::live::Live;

/// Lines, one after the other; and on a terminal what changes, below them.
pub(crate) struct Screen<W: Write> {
    output: W,
    live: Option<Live>,
}

/// What the keys have done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// Something that is not for the other side, such as moving the cursor.
    Moved,
    /// The text was changed.
    Typed,
    /// A line is complete.
    Line(String),
    /// There will be no more (Ctrl-D).
    End,
    /// All is to end (Ctrl-C).
    Interrupted,
}

impl<W: Write> Screen<W> {
    /// Lines only, without a control sequence.
    pub(crate) fn plain(output: W) -> Self {
        Self { output, live: None }
    }

    /// A terminal: keys come as they are pressed from now on, until this is dropped.
    pub(crate) fn terminal(mut output: W) -> io::Result<Self> {
        let live = Live::begin(&mut output)?;
        Ok(Self {
            output,
            live: Some(live),
        })
    }

    /// Whether it is a terminal.
    pub(crate) fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Adds a line, which must be harmless.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        match &mut self.live {
            Some(live) => live.line(line, &mut self.output),
            None => writeln!(self.output, "{line}").and_then(|()| self.output.flush()),
        }
    }

    /// Says what stands below the lines, on a terminal.
    pub(crate) fn status(&mut self, status: Vec<String>) -> io::Result<()> {
        match &mut self.live {
            Some(live) => live.status(status, &mut self.output),
            None => Ok(()),
        }
    }

    /// Takes what comes from the terminal.
    pub(crate) fn on_event(&mut self, event: Event) -> io::Result<Done> {
        match &mut self.live {
            Some(live) => live.on_event(event, &mut self.output),
            None => Ok(Done::Moved),
        }
    }

    /// What is being typed.
    pub(crate) fn draft(&self) -> String {
        self.live.as_ref().map_or(String::new(), Live::draft)
    }

    /// Leaves the terminal as it was, below the last line.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        match self.live.take() {
            Some(mut live) => live.end(&mut self.output),
            None => Ok(()),
        }
    }
}

impl<W: Write> Drop for Screen<W> {
    fn drop(&mut self) {
        let _ = self.end(); // the terminal may be gone
    }
}
