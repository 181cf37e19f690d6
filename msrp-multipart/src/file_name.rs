use alloc::{format, string::String};

/// A name to store something under, made of one that a peer has given (RFC 2183 §2.3, §5).
///
/// It cannot leave its folder, hide, or be a device on the usual systems: the last component only; no
/// separator, colon, wildcard, control character, nor one that is invisible or reverses the direction of
/// writing; no dot or blank at either end; no device of Windows; at most 255 octets, cut at a character
/// with the extension kept; never empty. A name that has nothing wrong with it stays as it is, and applying
/// it twice changes nothing more.
///
/// What it does not see to: whether there is a file of that name already.
///
/// ```
/// use msrp_multipart::safe_file_name;
///
/// assert_eq!(safe_file_name("holiday photo.jpg"), "holiday photo.jpg");
/// assert_eq!(safe_file_name("../../etc/passwd"), "passwd");
/// assert_eq!(safe_file_name(r"C:\autoexec.bat"), "autoexec.bat");
/// assert_eq!(safe_file_name("nul.txt"), "_nul.txt");
/// assert_eq!(safe_file_name(".."), "file");
/// ```
#[must_use]
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless: String = last
        .chars()
        .filter(|&character| !is_invisible(character))
        .map(|character| if is_illegal(character) { '_' } else { character })
        .collect();
    let safe = cut(trimmed(&harmless));
    if safe.is_empty() {
        String::from("file")
    } else if is_device(&safe) {
        cut(&format!("_{safe}"))
    } else {
        safe
    }
}

/// Octets of a name: the limit of most file systems.
const MAX_LEN: usize = 255;

/// A longer extension is none.
const MAX_EXTENSION: usize = 32;

fn cut(name: &str) -> String {
    if name.len() <= MAX_LEN {
        return String::from(name);
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= MAX_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    };
    let room = MAX_LEN - extension.len();
    let end = (0..=room)
        .rev()
        .find(|&end| stem.is_char_boundary(end))
        .unwrap_or_default();
    let stem = stem.get(..end).unwrap_or_default();
    // The cut may have brought a blank or dot to the end.
    format!("{}{extension}", trimmed(stem))
}

fn trimmed(name: &str) -> &str {
    name.trim_matches(|character: char| character == '.' || character.is_whitespace())
}

/// What Windows does not take, and what no name should have.
fn is_illegal(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{2028}' | '\u{2029}'
        )
}

/// Characters without a width, that make two names look the same, and those that turn the direction of
/// writing, by which `exe.gpj` looks like `jpg.exe`. Joiners stay: scripts and emoji need them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

/// Whether Windows takes it for a device, whatever extension it has.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    if ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"]
        .into_iter()
        .any(is)
    {
        return true;
    }
    let mut rest = stem.chars();
    let port = rest.next_back();
    let port = matches!(port, Some('0'..='9' | '\u{B9}' | '\u{B2}' | '\u{B3}'));
    port && ["COM", "LPT"]
        .into_iter()
        .any(|device| rest.as_str().eq_ignore_ascii_case(device))
}
