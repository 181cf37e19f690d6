//! URIs and paths, one in each line of the input: reading and writing are stable, and the comparisons agree.

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use msrp_proto::wire::{MsrpUri, Path, PathRef, UriRef};

pub fn run(data: &[u8]) {
    let lines = || data.split(|octet| *octet == b'\n').take(MOST);
    let uris: Vec<_> = lines().filter_map(|line| UriRef::parse(line).ok()).collect();
    for uri in &uris {
        check_uri(*uri);
    }
    check_order(&uris);
    let paths: Vec<_> = lines()
        .filter_map(|line| PathRef::parse(line, usize::MAX).ok())
        .collect();
    for path in &paths {
        check_path(*path);
    }
    check_order(&paths);
}

/// Lines compared with each other in one run.
const MOST: usize = 8;

fn check_uri(uri: UriRef<'_>) {
    let text = uri.as_str();
    assert_eq!(uri.to_string(), text);
    let owned = MsrpUri::parse(text.as_bytes()).unwrap();
    assert_eq!(owned.as_str(), text);
    assert_eq!(owned, uri);
    assert_eq!(owned, text.parse::<MsrpUri>().unwrap());
    assert_eq!(hash(&owned), hash(&uri));
    assert_eq!(owned.scheme(), uri.scheme());
    assert_eq!(owned.host(), uri.host());
    assert_eq!(owned.port(), uri.port());
    assert_eq!(owned.session_id(), uri.session_id());
    assert_eq!(owned.transport(), uri.transport());
    assert_eq!(owned.userinfo(), uri.userinfo());
    assert!(owned.parameters().eq(uri.parameters()));
    assert_ne!(uri.session_id(), Some(""));
    assert_ne!(uri.port(), Some(0));

    // The parts of the text, put together again, are the text, but for how scheme and port are spelled.
    let mut again = format!("{}://", uri.scheme());
    if let Some(userinfo) = uri.userinfo() {
        again += &format!("{userinfo}@");
    }
    again += &uri.host().to_string();
    if let Some(port) = uri.port() {
        again += &format!(":{port}");
    }
    if let Some(session_id) = uri.session_id() {
        again += &format!("/{session_id}");
    }
    again += &format!(";{}", uri.transport());
    for (name, value) in uri.parameters() {
        again += &format!(";{name}");
        if let Some(value) = value {
            again += &format!("={value}");
        }
    }
    assert_eq!(again.parse::<MsrpUri>().unwrap(), owned, "{again}");

    // A URI is a path, and `Debug` does not say all of it.
    let path = PathRef::parse(text.as_bytes(), 1).unwrap();
    assert_eq!((path.len(), path.leftmost(), path.rightmost()), (1, uri, uri));
    if let Some(session_id) = uri.session_id().filter(|id| id.len() > 8 && !rest_holds(uri, id)) {
        assert!(!format!("{uri:?}").contains(session_id));
    }
}

/// Whether the text says the session-id outside of it too.
fn rest_holds(uri: UriRef<'_>, session_id: &str) -> bool {
    uri.as_str().matches(session_id).count() != 1
}

fn check_path(path: PathRef<'_>) {
    let text = path.as_str();
    let uris: Vec<_> = path.iter().collect();
    assert_eq!((path.len(), path.iter().len()), (uris.len(), uris.len()));
    assert_eq!(uris.first(), Some(&path.leftmost()));
    assert_eq!(uris.last(), Some(&path.rightmost()));
    assert!(path.iter().rev().eq(uris.iter().rev().copied()));
    assert!(path.schemes().eq(uris.iter().map(|uri| uri.scheme())));
    assert!(PathRef::parse(text.as_bytes(), uris.len()).is_ok());
    assert!(PathRef::parse(text.as_bytes(), uris.len() - 1).is_err());
    let owned = path.to_path();
    assert_eq!(owned.as_ref(), path);
    assert_eq!(owned.to_string(), text);
    assert_eq!(hash(&owned), hash(&path));
    assert_eq!(Path::from_uris(uris.iter().copied()).unwrap().as_str(), text);
}

/// `Eq`, `Ord` and `Hash` tell the same, and `Ord` is an order.
fn check_order<T: Ord + Hash + core::fmt::Debug>(values: &[T]) {
    for one in values {
        assert_eq!(one.cmp(one), Ordering::Equal);
        for other in values {
            let order = one.cmp(other);
            assert_eq!(order.reverse(), other.cmp(one));
            assert_eq!(order == Ordering::Equal, one == other);
            assert!(one != other || hash(one) == hash(other));
            for third in values {
                if order != Ordering::Greater && other.cmp(third) != Ordering::Greater {
                    assert_ne!(one.cmp(third), Ordering::Greater);
                }
            }
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
