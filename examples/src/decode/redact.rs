//! Hides secrets: who knows a session-id can take part in the session (RFC 4975 §14.1).

use super::shown::escaped;

/// Gives each session-id a number, so that one can still see which frames belong together.
pub(super) struct Redactor {
    active: bool,
    seen: Vec<String>,
}

const SCHEMES: [&str; 2] = ["msrp://", "msrps://"];
const CREDENTIALS: [&str; 3] = ["authorization", "www-authenticate", "authentication-info"];

impl Redactor {
    pub(super) fn new(active: bool) -> Self {
        Self {
            active,
            seen: Vec::new(),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    /// A line of a head, fit to be shown.
    pub(super) fn line(&mut self, line: &[u8]) -> String {
        let text = escaped(line);
        if !self.active {
            return text;
        }
        let Some((name, value)) = text.split_once(':') else {
            // Part of a header that was folded, maybe; or the start line.
            return if text.starts_with("MSRP ") {
                text
            } else {
                "(hidden: no header)".into()
            };
        };
        let lower = name.trim().to_ascii_lowercase();
        if CREDENTIALS.contains(&lower.as_str()) {
            return format!("{name}: (hidden)");
        }
        let mut hidden = |word: &str| {
            let shown = self.text(word);
            // What looks like no URI may be one that was damaged.
            let suspect = lower.ends_with("path") || word.to_ascii_lowercase().contains("msrp");
            if suspect && shown == word && !is_harmless(word) {
                return "(hidden)".into();
            }
            shown
        };
        let value: Vec<String> = value.split(' ').map(&mut hidden).collect();
        format!("{name}:{}", value.join(" "))
    }

    /// Any text: users and session-ids of the URIs in it are hidden.
    pub(super) fn text(&mut self, text: &str) -> String {
        if !self.active {
            return text.into();
        }
        let mut shown = String::new();
        let mut rest = text;
        while let Some(at) = uri_in(rest) {
            shown.push_str(&rest[..at]);
            rest = &rest[at..];
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ','))
                .unwrap_or(rest.len());
            let uri = self.uri(&rest[..end]);
            shown.push_str(&uri);
            rest = &rest[end..];
        }
        shown + rest
    }

    fn uri(&mut self, uri: &str) -> String {
        let after_scheme = uri.find("//").map_or(0, |at| at + 2);
        let (scheme, rest) = uri.split_at(after_scheme);
        let (front, parameters) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (authority, session) = front.split_at(front.find('/').unwrap_or(front.len()));
        let authority = match authority.rsplit_once('@') {
            Some((_, host)) => format!("(user)@{host}"),
            None => authority.into(),
        };
        let session = match session {
            "" | "/" => session.into(),
            session => format!("/(session {})", self.number(session)),
        };
        let transport = parameters.split(';').nth(1).unwrap_or_default();
        let semicolon = if parameters.is_empty() { "" } else { ";" };
        format!("{scheme}{authority}{session}{semicolon}{transport}")
    }

    fn number(&mut self, session: &str) -> usize {
        let known = self.seen.iter().position(|seen| seen == session);
        1 + known.unwrap_or_else(|| {
            self.seen.push(session.into());
            self.seen.len() - 1
        })
    }
}

fn uri_in(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    SCHEMES.iter().filter_map(|scheme| lower.find(scheme)).min()
}

/// The URI of a host, which names no session.
fn is_harmless(word: &str) -> bool {
    word.is_empty()
        || msrp_proto::wire::UriRef::parse(word.as_bytes()).is_ok_and(|uri| uri.session_id().is_none())
}
