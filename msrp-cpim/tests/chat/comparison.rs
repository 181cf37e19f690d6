//! Which URIs are the same (ruling S16).

use msrp_cpim::chat::{ByUserAndHost, UriComparison};
use proptest::prelude::*;

#[track_caller]
fn assert_same(one: &str, other: &str, expected: bool) {
    assert_eq!(ByUserAndHost.is_same(one, other), expected, "{one} {other}");
    assert_eq!(ByUserAndHost.is_same(other, one), expected, "{other} {one}");
}

#[test]
fn by_user_and_host() {
    let room = "sip:room@chat.example.com:5060";
    for same in [
        room,
        "SIP:room@Chat.EXAMPLE.com:5060",
        "sip:room@chat.example.com:5060;transport=tcp",
        "sip:room@chat.example.com:5060;transport=tcp;lr?subject=x",
        "sip:room@chat.example.com:5060?subject=x",
    ] {
        assert_same(room, same, true);
    }
    for other in [
        "sips:room@chat.example.com:5060",
        "im:room@chat.example.com:5060",
        "sip:Room@chat.example.com:5060",
        "sip:rooms@chat.example.com:5060",
        "sip:room:secret@chat.example.com:5060",
        "sip:room;x=y@chat.example.com:5060",
        "sip:room@chat.example.org:5060",
        "sip:room@chat.example.com",
        "sip:room@chat.example.com:5061",
        "sip:room@chat.example.com:05060",
        "sip:chat.example.com:5060",
        "sip:@chat.example.com:5060",
        "room@chat.example.com:5060",
        "",
    ] {
        assert_same(room, other, false);
    }
    // What the user is made of is not parsed.
    assert_same("sip:a;b?c=d@h", "sip:a;b?c=d@H;lr", true);
    assert_same("sip:a;b?c=d@h", "sip:a;b?c=e@h", false);
    assert_same("sip:a@[2001:db8::A]:1;lr", "sip:a@[2001:DB8::a]:1", true);
    assert_same("sip:a@[2001:db8::a]:1", "sip:a@[2001:db8::a]:2", false);
    assert_same("sip:h", "sip:H;lr", true);
}

#[test]
fn numbers_keep_their_context() {
    assert_same("tel:+1-201-555-0123", "TEL:+1-201-555-0123", true);
    assert_same("tel:+1-201-555-0123", "tel:+1-201-555-0124", false);
    assert_same(
        "tel:7042;phone-context=example.com",
        "tel:7042;phone-context=Example.COM",
        true,
    );
    assert_same(
        "tel:7042;phone-context=example.com",
        "tel:7042;phone-context=example.org",
        false,
    );
    assert_same("tel:7042;phone-context=example.com", "tel:7042", false);
}

#[test]
fn what_has_two_readings_is_itself_alone() {
    let odd = "sip:mallory@example.org;x=@example.com";
    assert_same(odd, odd, true);
    for other in [
        "sip:mallory@example.org",
        "sip:mallory@example.org;x=@EXAMPLE.com",
        "sip:x=@example.com",
    ] {
        assert_same(odd, other, false);
    }
}

proptest! {
    #[test]
    fn the_same_both_ways(one in "[a-bA-B@:;?]{0,8}", other in "[a-bA-B@:;?]{0,8}", any in ".{0,16}") {
        let same = |one: &str, other: &str| ByUserAndHost.is_same(one, other);
        prop_assert!(same(&one, &one) && same(&any, &any));
        prop_assert_eq!(same(&one, &other), same(&other, &one));
        prop_assert_eq!(same(&one, &any), same(&any, &one));
    }
}
