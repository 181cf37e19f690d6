//! The largest message that is wanted (RFC 4975 §8.6).

use msrp_sdp::{Deviation, MaxSize, MaxSizeError};

/// Shows: MSRP-8.6-17, MSRP-8.6-12 (the value).
#[test]
fn digits_alone_are_a_size() {
    for (text, octets) in [
        ("1048576", 1_048_576),
        ("0", 0),
        ("18446744073709551614", u64::MAX - 1),
        ("18446744073709551615", u64::MAX),
    ] {
        let size = MaxSize::parse_strict(text.as_bytes()).unwrap();
        assert_eq!((size, size.octets()), (MaxSize::new(octets), octets));
        assert_eq!(size.to_string(), text);
    }
    for huge in [
        "18446744073709551616",
        "20000000000000000000",
        &"9".repeat(100_000),
    ] {
        assert_eq!(MaxSize::parse_strict(huge.as_bytes()), Ok(MaxSize::new(u64::MAX)));
    }
    assert_eq!(MaxSize::parse_strict(b"00012"), Ok(MaxSize::new(12)));
    for bad in [
        "12a", "a12", "", " ", "1 2", "-1", "+1", "1.5", "0x10", "12\r\n", "*", "\0", "١",
    ] {
        assert_eq!(
            MaxSize::parse(bad.as_bytes()),
            Err(MaxSizeError::Digits),
            "{bad:?}"
        );
    }
}

#[test]
fn blanks_at_the_ends_are_forgiven() {
    for value in [&b" 12"[..], b"12 ", b"  12  "] {
        let (size, deviations) = MaxSize::parse_with_deviations(value).unwrap();
        assert_eq!(size.octets(), 12);
        assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::Blank]);
        assert_eq!(
            MaxSize::parse_strict(value),
            Err(MaxSizeError::Deviation(Deviation::Blank))
        );
    }
}
