//! Which nicknames are the same.

use msrp_proto::{Nickname, NicknameProfile};

/// Nicknames are the same if they are but for case and blanks: `Alice  B` is `alice b`. One of blanks, or with a
/// control character, is none.
///
/// That is what the nickname profile of PRECIS (RFC 7700) comes to for most names. Its normalization (NFKC) takes tables
/// of Unicode, which are not here: compatible forms of characters, such as full-width letters, count as different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FoldedNicknames;

impl NicknameProfile for FoldedNicknames {
    fn prepare(&self, nickname: &Nickname) -> Option<String> {
        let words: Vec<_> = nickname.as_str().split_whitespace().collect();
        let folded = words.join(" ").to_lowercase();
        let illegal = folded.is_empty() || folded.contains(char::is_control);
        (!illegal).then_some(folded)
    }
}
