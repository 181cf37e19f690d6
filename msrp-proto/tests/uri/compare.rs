//! Comparison (RFC 4975 §6.1).

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use msrp_proto::wire::MsrpUri;

use crate::uri;

/// Equality, order and hash agree, borrowed or not, whichever way round.
fn assert_same(ours: &str, theirs: &str) {
    let (ours, theirs) = (uri(ours), uri(theirs));
    assert_eq!(ours, theirs, "{ours} {theirs}");
    assert_eq!(theirs, ours);
    assert_eq!(ours.as_ref(), theirs.as_ref());
    assert_eq!(ours, theirs.as_ref());
    assert_eq!(ours.as_ref(), theirs);
    assert!(ours.cmp(&theirs).is_eq());
    assert_eq!(hash(&ours), hash(&theirs), "{ours} {theirs}");
    assert_eq!(hash(&ours), hash(&theirs.as_ref()));
}

fn assert_differ(ours: &str, theirs: &str) {
    let (ours, theirs) = (uri(ours), uri(theirs));
    assert_ne!(ours, theirs, "{ours} {theirs}");
    assert_ne!(theirs, ours);
    assert_ne!(ours.as_ref(), theirs.as_ref());
    assert!(ours.cmp(&theirs).is_ne());
    assert_eq!(ours.cmp(&theirs), theirs.cmp(&ours).reverse());
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Shows: MSRP-6-09.
#[test]
fn equal_session_ids_at_two_hosts_are_two_sessions() {
    let mut sessions = BTreeMap::new();
    sessions.insert(uri("msrp://h1:1/s;tcp"), 1);
    sessions.insert(uri("msrp://h2:1/s;tcp"), 2);
    assert_eq!(sessions.get(&uri("msrp://h1:1/s;tcp")), Some(&1));
    assert_eq!(sessions.get(&uri("msrp://h2:1/s;tcp")), Some(&2));
}

/// Shows: MSRP-6.1-01.
#[test]
fn schemes() {
    assert_same("MSRP://h:1/s;tcp", "msrp://h:1/s;tcp");
    assert_same("MsrpS://h:1/s;tcp", "msrps://h:1/s;tcp");
    assert_differ("msrps://h:1/s;tcp", "msrp://h:1/s;tcp");
}

/// Shows: MSRP-6.1-02.
#[test]
fn host_names() {
    assert_same("msrp://H.Example.COM:1/s;tcp", "msrp://h.example.com:1/s;tcp");
    assert_differ("msrp://h.example.com:1/s;tcp", "msrp://h.example.com.:1/s;tcp");
    assert_differ("msrp://h.example.com:1/s;tcp", "msrp://h.example.org:1/s;tcp");
    assert_differ("msrp://h.example.com:1/s;tcp", "msrp://h.example.co:1/s;tcp");
}

/// Shows: MSRP-6.1-03.
#[test]
fn addresses() {
    assert_same("msrp://[2001:DB8:0:0::1]:1/s;tcp", "msrp://[2001:db8::1]:1/s;tcp");
    assert_same(
        "msrp://[::ffff:192.0.2.1]:1/s;tcp",
        "msrp://[::FFFF:c000:0201]:1/s;tcp",
    );
    assert_differ("msrp://192.0.2.1:1/s;tcp", "msrp://192.0.2.10:1/s;tcp");
    assert_differ("msrp://192.0.2.1:1/s;tcp", "msrp://193.0.2.1:1/s;tcp");
    assert_differ("msrp://[2001:db8::1]:1/s;tcp", "msrp://[2001:db9::1]:1/s;tcp");
    assert_differ("msrp://[2001:db8::1]:1/s;tcp", "msrp://[2001:db8::10]:1/s;tcp");
}

/// Shows: MSRP-6.1-04.
#[test]
fn percent_encoding() {
    assert_same("msrp://ex%61mple.com:1/s;tcp", "msrp://example.com:1/s;tcp");
    assert_same("msrp://ex%41mple%2Ecom:1/s;tcp", "msrp://example.com:1/s;tcp");
    assert_same("msrp://%7e%5F:1/s;tcp", "msrp://~_:1/s;tcp");
    assert_same("msrp://a%2fb:1/s;tcp", "msrp://a%2Fb:1/s;tcp");
    assert_same("msrp://192.0.2.%31:1/s;tcp", "msrp://192.0.2.1:1/s;tcp");
    assert_differ("msrp://a%21b:1/s;tcp", "msrp://a!b:1/s;tcp");
    assert_differ("msrp://a%2561b:1/s;tcp", "msrp://a%61b:1/s;tcp");
    let encoded = uri("msrp://a%2Fb:1;tcp");
    assert_eq!(encoded.session_id(), None);
    assert_differ("msrp://a%2Fb:1;tcp", "msrp://a:1/b;tcp");
}

/// Shows: MSRP-6.1-05.
#[test]
fn userinfo() {
    assert_same("msrp://alice@h:1/s;tcp", "msrp://h:1/s;tcp");
    assert_same("msrp://alice@h:1/s;tcp", "msrp://bob@h:1/s;tcp");
    assert_same("msrp://alice:a@h:1/s;tcp", "msrp://alice:b@h:1/s;tcp");
}

/// Shows: MSRP-6.1-06.
#[test]
fn ports() {
    assert_differ("msrp://h:2855/s;tcp", "msrp://h/s;tcp");
    assert_differ("msrp://h:2855/s;tcp", "msrp://h:2856/s;tcp");
    assert_same("msrp://h:02855/s;tcp", "msrp://h:2855/s;tcp");
    assert_eq!(uri("msrp://h:02855/s;tcp").to_string(), "msrp://h:02855/s;tcp");
}

/// Shows: MSRP-6.1-07.
#[test]
fn session_ids() {
    assert_differ("msrp://h:1/AbC;tcp", "msrp://h:1/abc;tcp");
    assert_differ("msrp://h:1;tcp", "msrp://h:1/s;tcp");
}

/// Shows: MSRP-6.1-08.
#[test]
fn transports() {
    assert_same("msrp://h:1/s;tcp", "msrp://h:1/s;TCP");
    assert_differ("msrp://h:1/s;tcp", "msrp://h:1/s;ws");
    assert_differ("msrp://h:1/s;tcp", "msrp://h:1/s;tcp2");
}

/// Shows: MSRP-6.1-09.
#[test]
fn session_ids_are_not_normalised() {
    assert_differ("msrp://h:1/a/../b;tcp", "msrp://h:1/b;tcp");
    assert_differ("msrp://h:1/a//b;tcp", "msrp://h:1/a/b;tcp");
    assert_differ("msrp://h:1/a/;tcp", "msrp://h:1/a;tcp");
}

/// Shows: MSRP-6.1-10.
#[test]
fn names_are_not_addresses() {
    assert_differ("msrp://localhost:1/s;tcp", "msrp://127.0.0.1:1/s;tcp");
    assert_differ("msrp://192.0.2.01:1/s;tcp", "msrp://192.0.2.1:1/s;tcp");
}

/// Every equal pair of this file is hashed as well.
///
/// Shows: MSRP-6.1-11.
#[test]
fn parameters() {
    assert_same("msrp://h:1/s;tcp", "msrp://h:1/s;tcp;x=1");
    assert_same("msrp://h:1/s;tcp;x=2", "msrp://h:1/s;tcp;x=1");
}

#[test]
fn clones_are_equal() {
    let original: MsrpUri = uri("msrp://a@h:1/s;tcp;x");
    assert_eq!(original.clone(), original);
    assert_eq!(original.clone().as_str(), original.as_str());
}
