//! The tables of `docs/conformance/`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

pub(crate) struct Table {
    pub(crate) file: String,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) id: String,
    /// `file:line`, for messages.
    pub(crate) place: String,
    /// `1` under `# Part 1: ...`.
    pub(crate) part: String,
    /// `1.2` under `## 1.2 ...`.
    pub(crate) section: String,
    pub(crate) who: Vec<String>,
    pub(crate) crates: Vec<String>,
    /// What it asks for is said in prose; there is nothing that a test could run.
    pub(crate) documentation: bool,
}

impl Table {
    /// Reads the rows of every table whose first column is `ID`; the others must only be well formed.
    pub(crate) fn parse(file: String, text: &str, problems: &mut Vec<String>) -> Self {
        let (mut part, mut section) = (String::new(), String::new());
        let mut rows = Vec::new();
        let mut header: Option<Vec<String>> = None;
        let mut above = false; // the line above was a header, so this one is the rule under it
        for (line, number) in text.lines().zip(1..) {
            let place = format!("{file}:{number}");
            if !line.trim_start().starts_with('|') {
                header = None;
                if let Some(title) = line.strip_prefix("# Part ") {
                    part = first_word(title, ':');
                } else if let Some(title) = line.strip_prefix("## ") {
                    section = first_word(title, '.');
                }
                continue;
            }
            let Some(cells) = cells(line) else {
                problems.push(format!("{place}: a table row begins and ends with `|`"));
                continue;
            };
            let Some(header) = &header else {
                header = Some(cells);
                above = true;
                continue;
            };
            if cells.len() != header.len() {
                problems.push(format!(
                    "{place}: {} cells under a header of {}",
                    cells.len(),
                    header.len()
                ));
            } else if std::mem::take(&mut above) {
                if !cells
                    .iter()
                    .all(|cell| !cell.is_empty() && cell.trim_matches([':', '-']).is_empty())
                {
                    problems.push(format!("{place}: a table without header and rule"));
                }
            } else if header[0] == "ID" {
                match Row::new(header, cells, &place, &part, &section) {
                    Ok(row) => rows.push(row),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        Table { file, rows }
    }

    pub(crate) fn title(&self) -> &str {
        Path::new(&self.file)
            .file_stem()
            .and_then(OsStr::to_str)
            .unwrap_or(&self.file)
    }
}

impl Row {
    fn new(
        header: &[String],
        cells: Vec<String>,
        place: &str,
        part: &str,
        section: &str,
    ) -> Result<Self, String> {
        let row: BTreeMap<&str, &str> = header
            .iter()
            .map(String::as_str)
            .zip(cells.iter().map(String::as_str))
            .collect();
        let cell = |name| {
            let text = row.get(name).copied().unwrap_or_default();
            if text.is_empty() {
                Err(format!("{place}: nothing under `{name}`"))
            } else {
                Ok(text)
            }
        };
        let list = |text: &str| {
            text.split([',', '/'])
                .map(|item| item.trim().to_owned())
                .collect()
        };
        let id = cell("ID")?;
        if !is_id(id) {
            return Err(format!("{place}: `{id}` is not a row ID"));
        }
        Ok(Row {
            id: id.to_owned(),
            place: place.to_owned(),
            part: part.to_owned(),
            section: section.to_owned(),
            who: list(cell("who")?),
            crates: list(cell("crate")?),
            documentation: cell("shown by")?.starts_with("Documentation row"),
        })
    }
}

/// The cells of a table line. As in GitHub's Markdown, `\|` is the only pipe that does not end a cell;
/// a code span does not hide one.
pub(crate) fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '|' if !escaped => cells.push(String::new()),
            '|' => {
                let cell = cells.last_mut()?;
                cell.pop();
                cell.push('|');
            }
            _ => cells.last_mut()?.push(c),
        }
        escaped = c == '\\';
    }
    if escaped {
        return None; // the closing pipe was not one
    }
    Some(cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

/// Family, section, number: `MSRP-7.1-03`, `CPIM-P13-01`, `DC-8864-01`.
pub(crate) fn is_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(family), Some(section), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    family.starts_with(|c: char| c.is_ascii_uppercase())
        && family
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !section.is_empty()
        && section.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
        && number.len() >= 2
        && number.bytes().all(|b| b.is_ascii_digit())
}

fn first_word(title: &str, end: char) -> String {
    title
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .trim_end_matches(end)
        .to_owned()
}
