//! The claims of tests and pages to show a row.

use crate::tables::is_id;

pub(crate) struct Claim {
    pub(crate) id: String,
    pub(crate) place: String,
    pub(crate) in_docs: bool,
}

/// Reads the claims out of lines of prose; `None` is a line that holds none, such as code.
pub(crate) fn claims_in<'a>(
    file: &str,
    lines: impl Iterator<Item = Option<&'a str>>,
    in_docs: bool,
    problems: &mut Vec<String>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut lines = lines.zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        let Some(start) = line.and_then(claim_start) else {
            continue;
        };
        let mut list = start.trim().to_owned();
        while goes_on(&list)
            && let Some((Some(more), _)) = lines.next_if(|(line, _)| line.is_some())
        {
            list.push(' ');
            list.push_str(more.trim());
        }
        let place = format!("{file}:{number}");
        match ids(&list) {
            Ok(ids) => claims.extend(ids.into_iter().map(|id| Claim {
                id: id.to_owned(),
                place: place.clone(),
                in_docs,
            })),
            Err(problem) => problems.push(format!("{place}: {problem}")),
        }
    }
    claims
}

/// The text of a line comment, without its slashes.
pub(crate) fn comment(line: &str) -> Option<&str> {
    let (at, _) = line.match_indices("//").find(|&(at, _)| !quoted(&line[..at]))?;
    let text = &line[at + 2..];
    Some(text.strip_prefix(['/', '!']).unwrap_or(text))
}

fn claim_start(text: &str) -> Option<&str> {
    let (at, word) = text
        .match_indices("Shows:")
        .find(|&(at, _)| !quoted(&text[..at]))?;
    Some(&text[at + word.len()..])
}

/// Does what follows `before` stand within quotation marks or backticks?
fn quoted(before: &str) -> bool {
    let before = before.replace("\\\\", "").replace("\\\"", "").replace("'\"'", "");
    before.matches('"').count() % 2 == 1 || before.matches('`').count() % 2 == 1
}

fn goes_on(list: &str) -> bool {
    let (items, stopped) = items(list);
    let last = items.last().copied().unwrap_or_default();
    !stopped && (last.trim().is_empty() || last.matches('(').count() > last.matches(')').count())
}

/// The IDs of a list such as `MSRP-9-23, MSRP-9-24 (the reading half). More prose`. A list that is
/// only partly understood is refused: a claim must not get lost.
pub(crate) fn ids(list: &str) -> Result<Vec<&str>, String> {
    let (items, _) = items(list);
    items
        .into_iter()
        .map(|item| {
            let (id, remark) = item
                .trim()
                .split_once(char::is_whitespace)
                .unwrap_or((item.trim(), ""));
            let remark = remark.trim();
            if is_id(id) && (remark.is_empty() || remark.starts_with('(') && remark.ends_with(')')) {
                Ok(id)
            } else {
                Err(format!(
                    "no readable row ID in `{}`; a list is `ID, ID (remark).`",
                    item.trim()
                ))
            }
        })
        .collect()
}

/// What stands between the commas, and whether a full stop ended it. Remarks may contain both.
fn items(list: &str) -> (Vec<&str>, bool) {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in list.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            '.' if depth == 0 && list[at + 1..].chars().next().is_none_or(char::is_whitespace) => {
                items.push(&list[start..at]);
                return (items, true);
            }
            _ => {}
        }
    }
    items.push(&list[start..]);
    (items, false)
}
