//! Who is meant by which name.

use std::collections::BTreeMap;

use msrp_cpim::Address;
use msrp_cpim::chat::{ByUserAndHost, UriComparison as _};
use unicode_width::UnicodeWidthStr as _;

use crate::terminal::harmless;

/// Names that are remembered; who has another one is shown by the URI.
const MOST: usize = 1000;

/// The widest name that is shown, in columns.
const WIDEST: usize = 24;

/// Names that others have given themselves. Nothing keeps them from taking the same: a name stands for the URI that
/// had it first, and whoever else has it is shown by the URI.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By the name without case.
    known: BTreeMap<String, (String, Address)>,
}

/// As what somebody is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) name: String,
    /// The name is seen for the first time: it is to be told whose it is.
    pub(super) is_new: bool,
}

impl Names {
    /// As what the sender of a message is shown.
    pub(super) fn shown(&mut self, from: &Address) -> Shown {
        let by_uri = Shown {
            name: harmless(from.uri()),
            is_new: false,
        };
        let Some(name) = from.name().filter(|name| is_fit(name)) else {
            return by_uri;
        };
        let key = name.to_lowercase();
        match self.known.get(&key) {
            Some((_, owner)) if !ByUserAndHost.is_same(owner.uri(), from.uri()) => by_uri,
            Some((known, _)) => Shown {
                name: known.clone(),
                is_new: false,
            },
            None if self.known.len() >= MOST => by_uri,
            None => {
                let owner = from.clone().with_name("");
                self.known.insert(key, (name.into(), owner));
                Shown {
                    name: name.into(),
                    is_new: true,
                }
            }
        }
    }

    /// Nobody else is shown by this name, which its owner may have given up.
    pub(super) fn reserve(&mut self, owner: &Address) {
        let _ = self.shown(owner);
    }

    /// Splits what stands behind a command: for whom, by a known name or a URI, and the rest. `None` if that can be read
    /// in more than one way: somebody may have a name made to be mistaken for another one.
    pub(super) fn addressee<'a>(&self, text: &'a str) -> Option<(Address, &'a str)> {
        let rest_behind = |name: &str| {
            let (begins, rest) = text.split_at_checked(name.len())?;
            let same = begins.to_lowercase() == name.to_lowercase();
            rest.strip_prefix(' ').filter(|_| same)
        };
        // Names may have blanks in them: what begins with one may begin with another, too.
        let mut known = self.known.values();
        let found = known.find_map(|(name, owner)| Some((owner, rest_behind(name)?)));
        if let Some((owner, rest)) = found {
            let is_only = known.all(|(name, _)| rest_behind(name).is_none());
            return is_only.then(|| (owner.clone(), rest.trim()));
        }
        let (uri, rest) = text.split_once(' ')?;
        let uri = uri.trim_start_matches('<').trim_end_matches('>');
        Some((Address::new(uri).ok()?, rest.trim()))
    }

    /// The names, and whose they are.
    pub(super) fn all(&self) -> impl ExactSizeIterator<Item = (&str, &Address)> {
        self.known.values().map(|(name, owner)| (name.as_str(), owner))
    }
}

/// Whether a name can stand in a line without being taken for something else.
fn is_fit(name: &str) -> bool {
    let misleading = |character: char| "<>#*\u{FFFD}".contains(character) || character.is_control();
    let wide = name.width();
    (1..=WIDEST).contains(&wide)
        && name.trim() == name
        && harmless(name) == name
        && !name.contains(misleading)
        && !name.contains(':')
}
