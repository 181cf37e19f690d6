//! What is the same and what is not.

use std::hash::{DefaultHasher, Hash, Hasher};

use msrp_multipart::MediaType;

use crate::msrp;

pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[track_caller]
fn assert_same(a: &[u8], b: &[u8]) {
    let (a, b): (MediaType, MediaType) = (msrp(a), msrp(b));
    assert_eq!(a, b);
    assert_eq!(b, a);
    assert_eq!(hash(&a), hash(&b));
}

#[test]
fn case_counts_in_values_only() {
    assert_same(b"Text/Plain;Format=flowed", b"tEXT/pLAIN;fORMAT=flowed");
    assert_ne!(
        msrp(b"text/plain;format=flowed"),
        msrp(b"text/plain;format=Flowed")
    );
    assert_same(b"text/plain;charset=UTF-8", b"text/plain;CharSet=utf-8");
}

#[test]
fn spelling_is_kept() {
    let read = msrp(b"Text/PLAIN;CharSet=UTF-8");
    assert_eq!(
        (read.type_(), read.subtype(), read.essence()),
        ("Text", "PLAIN", "Text/PLAIN")
    );
    assert_eq!(read.to_string(), "Text/PLAIN;CharSet=UTF-8");
}

#[test]
fn order_and_quotes_do_not_count() {
    assert_same(
        b"a/b;x=1;y=2;charset=utf-8",
        br#"a/b;charset="UTF-8";Y="2";X="1""#,
    );
    assert_same(br#"a/b;x="a\b""#, b"a/b;x=ab");
}

#[test]
fn parameters_count() {
    assert_ne!(msrp(b"a/b"), msrp(b"a/b;x=1"));
    assert_ne!(msrp(b"a/b;x=1"), msrp(b"a/b;y=1"));
    assert_ne!(msrp(b"a/b;x=1;y=2"), msrp(b"a/b;x=2;y=1"));
    assert_ne!(msrp(b"a/b;x"), msrp(br#"a/b;x="""#));
}

#[test]
fn essence_ignores_parameters() {
    let read = msrp(b"Text/Plain;charset=utf-8");
    assert!(read.is("text/plain"));
    assert!(!read.is("text/plain;charset=utf-8"));
    assert!(!read.is("text"));
    assert!(!read.is("textplain/"));
    assert!(read.same_essence(&msrp(b"TEXT/PLAIN;x=y")));
    assert!(!read.same_essence(&msrp(b"text/html;charset=utf-8")));
    assert!(!msrp(b"ab/c").same_essence(&msrp(b"a/bc")));
}
