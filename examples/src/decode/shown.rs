//! Octets as text that does a terminal no harm.

use super::redact::Redactor;

const HEX_LEN: usize = 16;
/// Octets shown in hexadecimal of a body that is not text, unless all of it is wanted.
const HEX_CUT: usize = 64;

/// A body, as text if it is text. `octets` is what of its `len` octets is to be shown.
pub(super) fn body_lines(octets: &[u8], len: u64, full: bool, redactor: &mut Redactor) -> Vec<String> {
    let (mut lines, shown) = match text_of(octets) {
        Some(text) => {
            let lines = text
                .split('\n')
                .map(|line| redactor.text(&escaped(line.strip_suffix('\r').unwrap_or(line).as_bytes())))
                .collect();
            (lines, text.len())
        }
        None if redactor.is_active() => return vec!["(hidden: not text)".into()],
        None => {
            let cut = if full {
                octets.len()
            } else {
                HEX_CUT.min(octets.len())
            };
            let lines = octets[..cut].chunks(HEX_LEN).map(hex_line).collect::<Vec<_>>();
            (lines, cut)
        }
    };
    if shown as u64 != len {
        lines.push(format!("… ({} octets more)", len - shown as u64));
    }
    lines
}

/// The text that octets are, without a character at their end that was cut; `None` if they are none.
fn text_of(octets: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(octets) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&octets[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let printable = |c: char| !c.is_control() || matches!(c, '\r' | '\n' | '\t');
    text.chars().all(printable).then_some(text)
}

fn hex_line(octets: &[u8]) -> String {
    let hex: Vec<_> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let ascii: String = octets
        .iter()
        .map(|octet| match octet {
            b' '..=b'~' => char::from(*octet),
            _ => '.',
        })
        .collect();
    format!("{:47}  {ascii}", hex.join(" "))
}

/// Text with everything escaped that commands a terminal, and every octet that is not UTF-8.
pub(super) fn escaped(octets: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in octets.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' | '\r' | '\n' => shown.extend(c.escape_default()),
                c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
                c if is_invisible(c) => shown.extend(c.escape_unicode()),
                c => shown.push(c),
            }
        }
        for octet in chunk.invalid() {
            shown.push_str(&format!("\\x{octet:02x}"));
        }
    }
    shown
}

/// What is not seen, or turns the direction of writing around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
