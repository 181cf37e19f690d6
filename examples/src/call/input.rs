//! Standard input, line by line: what is pasted, and then what is typed.

use std::io::{self, BufRead as _, Read as _};
use std::thread;

use tokio::sync::mpsc::{self, Receiver, Sender};

/// A longer line is none that anybody has typed.
const MAX_LINE: u64 = 1 << 20;

/// Lines of standard input, which is read on a thread of its own, and not before the first is wanted.
#[derive(Default)]
pub(super) struct Input {
    lines: Option<Receiver<io::Result<Vec<u8>>>>,
}

impl Input {
    /// The next line, without its end; `None` at the end of the input. May be cancelled.
    pub(super) async fn line(&mut self) -> Option<io::Result<Vec<u8>>> {
        let lines = self.lines.get_or_insert_with(|| {
            let (hand_over, lines) = mpsc::channel(1);
            thread::spawn(move || read(&hand_over));
            lines
        });
        lines.recv().await
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

fn read(hand_over: &Sender<io::Result<Vec<u8>>>) {
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let read = match (&mut input).take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) => return,
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
        };
        let last = read.is_err();
        if hand_over.blocking_send(read).is_err() || last {
            return;
        }
    }
}
