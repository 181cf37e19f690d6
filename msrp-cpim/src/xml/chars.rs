//! The characters of XML 1.0 and of names.

/// Whether XML 1.0 has this character at all, be it written out or as a reference (XML §2.2).
pub(super) const fn is_legal(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..
    )
}

/// The offset in octets of the first character that XML has not.
pub(super) fn first_illegal(text: &str) -> Option<usize> {
    text.find(|character| !is_legal(character))
}

/// Whether this is one name without a colon (Namespaces in XML 1.0 §3).
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

const fn starts_name(character: char) -> bool {
    matches!(
        character,
        'A'..='Z'
            | '_'
            | 'a'..='z'
            | '\u{C0}'..='\u{D6}'
            | '\u{D8}'..='\u{F6}'
            | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}'
            | '\u{200C}'..='\u{200D}'
            | '\u{2070}'..='\u{218F}'
            | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}'
            | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}'
    )
}

const fn continues_name(character: char) -> bool {
    starts_name(character)
        || matches!(
            character,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}'
        )
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether there is nothing but what XML takes for white space.
pub(crate) fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

/// Without the white space around it. Other blanks of Unicode stay: XML takes them for text.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(BLANKS)
}
