//! Long inputs of the kinds that tempt a parser to start over. Quadratic work would take minutes here.

use msrp_multipart::{MediaRanges, MediaType, Profile};

use crate::PROFILES;

const MEGABYTE: usize = 1 << 20;

fn feed(head: &[u8], unit: &[u8], tail: &[u8]) {
    let input = [head, &unit.repeat(MEGABYTE / unit.len()), tail].concat();
    for profile in PROFILES {
        let checked = MediaType::check(&input, profile);
        assert_eq!(MediaType::parse(&input, profile).map(|_| ()), checked);
        let _ = MediaType::parse_strict(&input, profile);
    }
    let _ = MediaRanges::parse(&input);
}

#[test]
fn tokens_and_blanks() {
    feed(b"", b"a", b"");
    feed(b"", b"a", b"/b");
    feed(b"a/", b"b", b"");
    feed(b"a/b;", b"x", b"=1");
    feed(b"a/b;x=", b"1", b"");
    feed(b"", b" ", b"a/b");
    feed(b"a/b", b" ", b"");
    feed(b"a/b", b"\t", b";x=y");
    feed(b"a/b", b"\r\n ", b";x=y");
    feed(b"a/b", b" \r\n", b"");
}

#[test]
fn strings_and_comments() {
    feed(b"a/b;x=\"", b"\\\"", b"\"");
    feed(b"a/b;x=\"", b"\\", b"");
    feed(b"a/b;x=\"", b"\xFF", b"\"");
    feed(b"a/b;x=\"", b"\r\n ", b"\"");
    feed(b"a/b", b"(", b"");
    feed(b"a/b(", b"()", b")");
    feed(b"a/b", b"(x)", b"");
    feed(b"a/b", b"(\\", b"");
}

#[test]
fn depth_of_comments_costs_no_stack() {
    let half = MEGABYTE / 2;
    let input = [b"a/b", &b"(".repeat(half)[..], &b")".repeat(half)].concat();
    assert_eq!(MediaType::check(&input, Profile::Mime), Ok(()));
}

#[test]
fn parameters_and_entries() {
    feed(b"a/b", b";", b"");
    feed(b"a/b", b";", b";x=y");
    feed(b"a/b", b";x=y", b"");
    feed(b"a/b;x=1", b";", b";x=1;y=2;z=3");
    feed(b"", b"* ", b"");
    feed(b"", b"a/b ", b"");

    // As many names as are allowed, all the same up to their last octets.
    let name = "n".repeat(MEGABYTE / MediaType::MAX_PARAMETERS);
    let mut input = b"a/b".to_vec();
    (0..MediaType::MAX_PARAMETERS).for_each(|index| input.extend(format!(";{name}{index:02}=v").bytes()));
    assert_eq!(MediaType::check(&input, Profile::Msrp), Ok(()));
    assert!(MediaType::parse(&input, Profile::Msrp).is_ok_and(|read| read == read.clone()));
}
