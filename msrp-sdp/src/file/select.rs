//! Which file a selector means (RFC 5547 §5).

use msrp_multipart::MediaType;

use super::{FileHash, FileInfo, FileSelector};

/// What a selector selects of the files that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum FileSelection<'a> {
    /// No file: the section is refused.
    None,
    /// One file, which may be sent.
    One(&'a FileInfo),
    /// Several, of which policy or the user chooses one; or the section is refused.
    Ambiguous(Vec<&'a FileInfo>),
}

impl FileSelector {
    /// Whether the file fits each selector. What is not known of the file does not fit, nor does any file fit a selector of
    /// an unknown kind (ruling S8) or none at all. Of the hashes those by functions known on both sides count, and there
    /// has to be one.
    pub fn matches(&self, file: &FileInfo) -> bool {
        let fits_hashes = self.hashes().len() == 0
            || self.hashes().any(|hash| file.hash(hash.algorithm()).is_some()) && self.hashes_fit(file);
        !self.is_empty()
            && self.unknown().len() == 0
            && self.name().is_none_or(|name| file.name() == Some(name))
            && self.size().is_none_or(|size| file.size() == Some(size))
            && self
                .media_type()
                .is_none_or(|wanted| file.media_type().is_some_and(|found| type_fits(wanted, found)))
            && fits_hashes
    }

    /// Applies the selector to all files there are.
    pub fn select<'a>(&self, files: impl IntoIterator<Item = &'a FileInfo>) -> FileSelection<'a> {
        let found: Vec<_> = files.into_iter().filter(|file| self.matches(file)).collect();
        match *found {
            [] => FileSelection::None,
            [one] => FileSelection::One(one),
            _ => FileSelection::Ambiguous(found),
        }
    }

    /// Whether both can mean the same file: no kind of selector is in both with different values (ruling S9).
    pub fn same_file(&self, other: &Self) -> bool {
        fn agree<T>(one: Option<T>, other: Option<T>, same: impl Fn(T, T) -> bool) -> bool {
            one.zip(other).is_none_or(|(one, other)| same(one, other))
        }
        agree(self.name(), other.name(), |one, other| one == other)
            && agree(self.size(), other.size(), |one, other| one == other)
            && agree(self.media_type(), other.media_type(), |one, other| {
                type_fits(one, other) || type_fits(other, one)
            })
            && self
                .hashes()
                .all(|hash| other.hash(hash.algorithm()).is_none_or(|same| same == hash))
    }

    /// What both say of the file, this one first. What is mirrored stays that of this one.
    pub(super) fn merged(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        merged.name = merged.name.or_else(|| other.name.clone());
        merged.size = merged.size.or(other.size);
        merged.media_type = merged.media_type.or_else(|| other.media_type.clone());
        // Those by other functions can never be computed.
        for algorithm in [FileHash::SHA_1, FileHash::SHA_256] {
            let known = merged.hash(algorithm).is_some();
            let added = other.hash(algorithm).filter(|_| !known);
            merged.hashes.extend(added.cloned());
        }
        merged
    }

    /// Whether no hash differs from that of the file by the same function.
    pub(super) fn hashes_fit(&self, file: &FileInfo) -> bool {
        let differs = |hash: &FileHash| file.hash(hash.algorithm()).is_some_and(|found| found != hash);
        !self.hashes().any(differs)
    }
}

/// Whether a file of the type `found` is one of the type `wanted`: it may have more parameters.
pub(super) fn type_fits(wanted: &MediaType, found: &MediaType) -> bool {
    let has = |wanted| found.parameters().any(|parameter| parameter == wanted);
    wanted.same_essence(found) && wanted.parameters().all(has)
}
