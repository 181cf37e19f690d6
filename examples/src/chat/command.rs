//! What a line that was typed means.

use std::path::Path;

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    /// It is empty.
    Nothing,
    /// To be said.
    Text(&'a str),
    Send(&'a Path),
    Stop,
    Quit,
    Help,
    Unknown(&'a str),
}

impl<'a> Command<'a> {
    pub(super) const HELP: [&'static str; 5] = [
        "* /send FILE  sends a file",
        "* /stop       stops all files under way, both ways",
        "* /quit       leaves when all is delivered, as Ctrl-D does",
        "* /help       lists the commands",
        "* //text      says /text",
    ];

    pub(super) fn parse(line: &'a str) -> Self {
        let Some(command) = line.strip_prefix('/') else {
            return match line.trim().is_empty() {
                true => Self::Nothing,
                false => Self::Text(line),
            };
        };
        if command.starts_with('/') {
            return Self::Text(command);
        }
        let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
        match (word, rest.trim()) {
            ("send", path) if !path.is_empty() => Self::Send(Path::new(path)),
            ("stop", "") => Self::Stop,
            ("quit", "") => Self::Quit,
            ("help", "") => Self::Help,
            _ => Self::Unknown(line.trim_end()),
        }
    }
}
