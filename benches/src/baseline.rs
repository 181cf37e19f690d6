//! Figures that are committed, and what has become of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The compiler that this was built by.
pub const COMPILER: &str = env!("COMPILER");

/// Figures by name, and the compiler of the program that they were measured in.
#[derive(Debug, Default)]
pub struct Baseline {
    compiler: String,
    figures: BTreeMap<String, u64>,
}

/// How a figure stands to the one committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At most 5 % more.
    Holds,
    /// More than 5 % more.
    Worse,
    /// There is none committed.
    New,
}

/// How much more a figure may be than the one committed, in percent.
pub const TOLERANCE: u64 = 5;

impl Baseline {
    /// Reads the figures of that name.
    ///
    /// # Errors
    ///
    /// Those of reading a file; one that is not there is an empty baseline.
    pub fn load(name: &str) -> io::Result<Self> {
        let text = match fs::read_to_string(file(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let compiler = text.lines().find_map(|line| line.strip_prefix(COMPILER_LINE));
        let figures = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.rsplit_once(": "))
            .filter_map(|(name, figure)| Some((name.to_owned(), figure.parse().ok()?)))
            .collect();
        Ok(Self {
            compiler: compiler.unwrap_or_default().to_owned(),
            figures,
        })
    }

    /// Writes figures as the ones of that name from now on.
    ///
    /// # Errors
    ///
    /// Those of writing a file.
    pub fn save(name: &str, unit: &str, figures: &[(String, u64)]) -> io::Result<()> {
        let mut text = format!("# {unit}\n{COMPILER_LINE}{COMPILER}\n");
        for (name, figure) in figures {
            let _ = writeln!(text, "{name}: {figure}");
        }
        fs::write(file(name), text)
    }

    /// The figure committed.
    pub fn figure(&self, name: &str) -> Option<u64> {
        self.figures.get(name).copied()
    }

    /// Compares a figure with the one committed.
    pub fn compare(&self, name: &str, figure: u64) -> Verdict {
        match self.figure(name) {
            None => Verdict::New,
            Some(old) if figure * 100 <= old * (100 + TOLERANCE) => Verdict::Holds,
            Some(_) => Verdict::Worse,
        }
    }

    /// Whether the figures committed are of the compiler that this was built by.
    pub fn is_of_this_compiler(&self) -> bool {
        self.compiler == COMPILER
    }

    /// The compiler of the figures committed.
    pub fn compiler(&self) -> &str {
        &self.compiler
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("baseline")
        .join(name)
        .with_extension("txt")
}

const COMPILER_LINE: &str = "# compiler: ";
