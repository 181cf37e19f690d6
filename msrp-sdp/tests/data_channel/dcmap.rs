//! `dcmap` (RFC 8864 §5.1).

use msrp_sdp::{Dcmap, DcmapError, Deviation};
use proptest::prelude::*;

fn parsed(value: &str) -> Dcmap {
    Dcmap::parse_strict(value.as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn refused(value: &str) -> DcmapError {
    Dcmap::parse(value.as_bytes()).expect_err(value)
}

/// Shows: DC-4.3-02.
#[test]
fn samples_of_rfc_8864_are_read() {
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    let read = |value: &str| {
        let dcmap = parsed(value);
        assert_eq!(parsed(&dcmap.to_string()), dcmap);
        (
            dcmap.stream(),
            text(dcmap.label()),
            text(dcmap.subprotocol()),
            dcmap.ordered(),
            (dcmap.max_retr(), dcmap.max_time()),
            dcmap.priority(),
        )
    };
    // As printed; what each says follows.
    let samples = include_str!("../../../vectors/sdp/rfc8864/5.1.1-dcmap.sdp");
    let samples: Vec<&str> = samples
        .lines()
        .map(|line| line.strip_prefix("a=dcmap:").unwrap())
        .collect();
    let [zero, one, two, three, four] = samples[..] else {
        panic!("{samples:?}")
    };
    let (none, empty) = ((None, None), String::new());
    assert_eq!(read(zero), (0, empty.clone(), empty.clone(), true, none, 256));
    assert_eq!(
        read(one),
        (1, empty.clone(), "bfcp".into(), true, (None, Some(60000)), 512)
    );
    assert_eq!(read(two), (2, "msrp".into(), "msrp".into(), true, none, 256));
    assert_eq!(
        read(three),
        (3, "Label 1".into(), empty.clone(), false, (Some(5), None), 128)
    );
    assert_eq!(
        read(four),
        (4, "foo\tbar".into(), empty, true, (None, Some(15000)), 256)
    );

    // Both ways between the octets and what stands for them.
    let odd = Dcmap::msrp(2, "foo\tbar%\"").unwrap();
    assert_eq!(
        odd.to_string(),
        "2 label=\"foo%09bar%25%22\";subprotocol=\"msrp\""
    );
    assert_eq!(parsed(&odd.to_string()).label(), b"foo\tbar%\"");
    let beyond_ascii = Dcmap::msrp(2, "Größe; 1").unwrap();
    assert_eq!(
        beyond_ascii.to_string(),
        "2 label=\"Gr%C3%B6%C3%9Fe; 1\";subprotocol=\"msrp\""
    );
    assert_eq!(parsed(&beyond_ascii.to_string()), beyond_ascii);

    assert_eq!(refused("2 max-retr=1;max-time=1"), DcmapError::Exclusive);
    assert_eq!(
        refused("2 max-time=0;label=\"x\";max-retr=0"),
        DcmapError::Exclusive
    );
    // Ids: one to five digits, and neither the reserved one nor what is no id.
    assert_eq!((parsed("65534").stream(), parsed("00002").stream()), (65534, 2));
    for bad in [
        "65535",
        "65536",
        "99999",
        "000002",
        "123456",
        "",
        "x",
        "-1",
        "+1",
        "2x",
        "2;label=\"x\"",
    ] {
        assert_eq!(refused(bad), DcmapError::Stream, "{bad}");
    }
    assert_eq!(Dcmap::msrp(65535, "chat"), Err(DcmapError::Stream));
    assert!(Dcmap::msrp(65534, "chat").is_ok());

    // Any order of options is the same.
    let options = [
        "label=\"a;b\"",
        "subprotocol=\"msrp\"",
        "ordered=true",
        "priority=7",
    ];
    let expected = parsed("9 label=\"a;b\";subprotocol=\"msrp\";priority=7");
    for rotation in 0..options.len() {
        let mut turned = options;
        turned.rotate_left(rotation);
        assert_eq!(parsed(&format!("9 {}", turned.join(";"))), expected);
        turned.reverse();
        assert_eq!(parsed(&format!("9 {}", turned.join(";"))), expected);
    }
}

/// Ruling S25.
#[test]
fn options_stand_once_and_labels_may_be_missing() {
    assert_eq!(parsed("2 subprotocol=\"msrp\"").label(), b"");
    assert_eq!(parsed("2 subprotocol=\"msrp\""), Dcmap::msrp(2, "").unwrap());
    assert_eq!(
        Dcmap::msrp(2, "").unwrap().to_string(),
        "2 label=\"\";subprotocol=\"msrp\""
    );
    for (option, name) in [
        ("label=\"a\"", "label"),
        ("subprotocol=\"a\"", "subprotocol"),
        ("ordered=true", "ordered"),
        ("max-retr=1", "max-retr"),
        ("max-time=1", "max-time"),
        ("priority=1", "priority"),
    ] {
        assert_eq!(
            refused(&format!("2 {option};{option}")),
            DcmapError::Repeated(name)
        );
    }
    let (dcmap, deviations) =
        Dcmap::parse_with_deviations(b"2 zorg=\"x;y\";subprotocol=\"msrp\";zorg=1").unwrap();
    assert_eq!(dcmap, Dcmap::msrp(2, "").unwrap());
    assert!(deviations.iter().eq([Deviation::UnknownOption]));
}

#[test]
fn numbers_have_their_ranges() {
    assert_eq!(parsed("2 max-retr=0").max_retr(), Some(0));
    assert_eq!(parsed("2 max-retr=4294967295").max_retr(), Some(u32::MAX));
    assert_eq!(parsed("2 max-time=4294967295").max_time(), Some(u32::MAX));
    assert_eq!(parsed("2 priority=65535").priority(), 65535);
    for (bad, name) in [
        ("max-retr=4294967296", "max-retr"),
        ("max-time=4294967296", "max-time"),
        ("priority=65536", "priority"),
        ("priority=007", "priority"),
        ("max-retr=", "max-retr"),
        ("max-time=-1", "max-time"),
        ("max-time=00", "max-time"),
        ("max-time=1x", "max-time"),
    ] {
        assert_eq!(refused(&format!("2 {bad}")), DcmapError::Number(name), "{bad}");
    }
}

#[test]
fn slips_with_one_reading_are_forgiven() {
    for (value, slip) in [
        ("2  label=\"chat\";subprotocol=\"msrp\"", Deviation::Blank),
        ("2 label=\"chat\"; subprotocol=\"msrp\" ", Deviation::Blank),
        ("2 label=chat;subprotocol=\"msrp\"", Deviation::Unquoted),
        ("2 label=\"chat\";subprotocol=msrp", Deviation::Unquoted),
        (
            "2 label=\"chat\";subprotocol=\"msrp\";ordered=maybe",
            Deviation::Ordered,
        ),
    ] {
        let (dcmap, deviations) = Dcmap::parse_with_deviations(value.as_bytes()).unwrap();
        assert_eq!(dcmap, Dcmap::msrp(2, "chat").unwrap(), "{value}");
        assert!(deviations.iter().eq([slip]), "{value}");
        assert_eq!(
            Dcmap::parse_strict(value.as_bytes()),
            Err(DcmapError::Deviation(slip))
        );
    }
    // Literals have no case: not a slip.
    assert!(!parsed("2 LABEL=\"chat\";Ordered=FALSE").ordered());

    let (raw, deviations) = Dcmap::parse_with_deviations("2 label=\"Größe\"".as_bytes()).unwrap();
    assert_eq!(raw.label(), "Größe".as_bytes());
    assert!(deviations.iter().eq([Deviation::Unescaped]));
    let (binary, deviations) = Dcmap::parse_with_deviations(b"2 label=\"%FF\"").unwrap();
    assert_eq!(binary.label(), b"\xFF");
    assert!(deviations.iter().eq([Deviation::NotUtf8]));
    assert_eq!(binary.to_string(), "2 label=\"%FF\"");
}

#[test]
fn what_has_no_reading_is_refused() {
    for bad in [
        "2 label",
        "2 label=",
        "2 label=\"chat",
        "2 label=chat\"",
        "2 label=\"a\"b\"",
        "2 label=\"a\"b",
        "2 label=\"a\tb\"",
        "2 label=\"a\";",
        "2 ;label=\"a\"",
        "2 label=\"a\";;priority=1",
        "2 zorg=\"a",
    ] {
        assert_eq!(refused(bad), DcmapError::Syntax, "{bad}");
    }
    for bad in [
        "2 label=\"50%\"",
        "2 label=\"%4\"",
        "2 label=\"%zz\"",
        "2 label=\"%%41\"",
    ] {
        assert_eq!(refused(bad), DcmapError::Percent("label"), "{bad}");
    }
    let long = "x".repeat(65_536);
    assert_eq!(
        refused(&format!("2 label=\"{long}\"")),
        DcmapError::TooLong("label")
    );
    assert_eq!(
        refused(&format!("2 subprotocol=\"{long}\"")),
        DcmapError::TooLong("subprotocol")
    );
    assert_eq!(Dcmap::msrp(2, &long), Err(DcmapError::TooLong("label")));
    assert!(Dcmap::msrp(2, &long[1..]).is_ok());
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_never_has_a_line_end(stream in 0_u16..65535, label in any::<String>()) {
        let dcmap = Dcmap::msrp(stream, &label).unwrap();
        let written = dcmap.to_string();
        prop_assert!(written.bytes().all(|octet| matches!(octet, b' '..=b'~')));
        prop_assert_eq!(Dcmap::parse_strict(written.as_bytes()).unwrap(), dcmap);
    }

    #[test]
    fn what_is_read_is_written_so_that_it_is_read_the_same(
        value in proptest::collection::vec(
            prop_oneof![
                Just("2 "), Just("label="), Just("subprotocol="), Just("\"msrp\""), Just("\"a%C3;\""), Just(";"),
                Just("ordered="), Just("false"), Just("max-retr="), Just("priority="), Just("7"), Just("\""), Just("é"),
            ],
            0..12,
        ),
    ) {
        let value = value.concat();
        if let Ok(dcmap) = Dcmap::parse(value.as_bytes()) {
            let strict = dcmap.to_string();
            prop_assert_eq!(Dcmap::parse(strict.as_bytes()).unwrap(), dcmap);
        }
    }
}
