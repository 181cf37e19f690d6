//! What a line that was typed means.

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    /// It is empty.
    Nothing,
    /// To be said to all.
    Text(&'a str),
    /// To be said to one: who that is, and what.
    Private(&'a str),
    /// The nickname to take; an empty one is given up.
    Nick(&'a str),
    Who,
    Quit,
    Help,
    Unknown(&'a str),
}

impl<'a> Command<'a> {
    /// Fits into 40 columns.
    pub(super) const HELP: [&'static str; 7] = [
        "* /msg WHO TEXT  to one: a name or URI",
        "* /nick NAME     takes a nickname",
        "* /nick          gives it up",
        "* /who           lists names seen here",
        "* /quit          leaves, as Ctrl-D does",
        "* /help          lists the commands",
        "* //text         says /text",
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
        match (word.trim_end(), rest.trim()) {
            ("msg", rest) => Self::Private(rest),
            ("nick", name) => Self::Nick(name),
            ("who", "") => Self::Who,
            ("quit", "") => Self::Quit,
            ("help", "") => Self::Help,
            _ => Self::Unknown(line.trim_end()),
        }
    }
}
