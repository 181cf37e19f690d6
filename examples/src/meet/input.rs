//! Standard input, line by line: what is pasted, and then what is typed.

use std::io::{self, BufRead as _, Read as _};
use std::thread;

use tokio::sync::mpsc::{self, Receiver, Sender};

/// A longer line is none that anybody has typed.
const MAX_LINE: u64 = 1 << 20;

/// Lines of standard input. It is read on a thread of its own, and no further than somebody has asked for: others may
/// read it after.
#[derive(Default)]
pub(crate) struct Input {
    reader: Option<Reader>,
    /// A line was asked for, and has not been taken.
    asked: bool,
}

struct Reader {
    ask: Sender<()>,
    lines: Receiver<io::Result<Vec<u8>>>,
}

impl Input {
    /// The next line, without its end; `None` at the end of the input. May be cancelled.
    pub(crate) async fn line(&mut self) -> Option<io::Result<Vec<u8>>> {
        let reader = self.reader.get_or_insert_with(Reader::start);
        if !self.asked {
            // A reader that has ended has nothing more.
            let _ = reader.ask.send(()).await;
            self.asked = true;
        }
        let line = reader.lines.recv().await;
        self.asked = false;
        line
    }

    /// What is pasted: up to an empty line or the end of the input, and `max` octets or few more. Empty lines before
    /// it do not count.
    pub(super) async fn paste(&mut self, max: usize) -> io::Result<Vec<u8>> {
        let mut pasted = Vec::new();
        while pasted.len() <= max {
            match self.line().await.transpose()? {
                Some(line) if line.trim_ascii().is_empty() => {
                    if !pasted.is_empty() {
                        break;
                    }
                }
                Some(line) => {
                    pasted.extend_from_slice(&line);
                    pasted.extend_from_slice(b"\r\n");
                }
                None => break,
            }
        }
        Ok(pasted)
    }
}

impl Reader {
    fn start() -> Self {
        let (ask, mut asked) = mpsc::channel(1);
        let (hand_over, lines) = mpsc::channel(1);
        thread::spawn(move || {
            while asked.blocking_recv().is_some() {
                let Some(line) = read() else { return };
                let last = line.is_err();
                if hand_over.blocking_send(line).is_err() || last {
                    return;
                }
            }
        });
        Self { ask, lines }
    }
}

/// `None` at the end.
fn read() -> Option<io::Result<Vec<u8>>> {
    let mut line = Vec::new();
    Some(
        match io::stdin().lock().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) if line.len() as u64 == MAX_LINE => Err(io::Error::other("a line of more than 1 MiB")),
            Ok(_) => {
                if line.last() == Some(&b'\n') {
                    line.pop();
                }
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                Ok(line)
            }
            Err(error) => Err(error),
        },
    )
}
