//! The value of the attribute.

use msrp_sdp::{Deviation, Fingerprint, FingerprintError as Error, HashFunction};

use crate::certificate::RSA_SHA256;
use crate::printed::{
    RSA_SHA256_BY_SHA1, RSA_SHA256_BY_SHA224, RSA_SHA256_BY_SHA256, RSA_SHA256_BY_SHA384,
    RSA_SHA256_BY_SHA512,
};

const FIGURE_1: &str = "SHA-256 12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:\
                        3E:5D:49:6B:19:E5:7C:AB:4A:AD";

fn parse(value: &str) -> Result<Fingerprint, Error> {
    Fingerprint::parse(value.as_bytes())
}

/// The value is read as if it were the other, with this deviation alone, and refused by the strict parser.
#[track_caller]
fn assert_deviates(value: &str, deviation: Deviation, meant: &str) {
    let (read, deviations) = Fingerprint::parse_with_deviations(value.as_bytes()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [deviation]);
    assert_eq!(Ok(read), Fingerprint::parse_strict(meant.as_bytes()));
    assert_eq!(
        Fingerprint::parse_strict(value.as_bytes()),
        Err(Error::Deviation(deviation))
    );
}

/// Shows: FP-5-01, MSRP-14.4-03.
#[test]
fn name_and_octets_are_read_and_written() {
    let read = Fingerprint::parse_strict(FIGURE_1.as_bytes()).unwrap();
    assert_eq!(read.hash_name(), "sha-256");
    assert_eq!(read.hash_function(), Some(HashFunction::Sha256));
    assert_eq!(
        read.octets(),
        [
            0x12, 0xDF, 0x3E, 0x5D, 0x49, 0x6B, 0x19, 0xE5, 0x7C, 0xAB, 0x4A, 0xAD, 0xB9, 0xB1, 0x3F, 0x82,
            0x18, 0x3B, 0x54, 0x02, 0x12, 0xDF, 0x3E, 0x5D, 0x49, 0x6B, 0x19, 0xE5, 0x7C, 0xAB, 0x4A, 0xAD
        ]
    );
    let written = FIGURE_1.replace("SHA", "sha");
    assert_eq!(read.to_string(), written);
    assert_eq!(Fingerprint::parse_strict(written.as_bytes()).as_ref(), Ok(&read));
    assert_eq!(parse(&FIGURE_1.replace("SHA", "sHa")), Ok(read));

    assert_deviates(&written.to_ascii_lowercase(), Deviation::LowerHex, &written);

    for broken in [
        "x 12DF",
        "x 1:2",
        "x 12:DF:",
        "x :12:DF",
        "x 12::DF",
        "x 12:D",
        "x 12:DF3",
        "x 12:+F",
        "x 12:GF",
        "x 12-DF",
        "x 12,DF",
        "x",
        "x ",
        " 12:DF",
        "",
        "12:DF",
        "x:12:DF",
        "x\t12:DF",
        "x 12:DF 12:DF",
        "x/y 12:DF",
        "é 12:DF",
        "x 12:DF\r\n",
        "x 12:\0F",
    ] {
        assert_eq!(parse(broken), Err(Error::Syntax), "{broken:?}");
    }
    assert_eq!(parse("sha-256 12:DF"), Err(Error::Length));
}

#[test]
fn misplaced_blanks_are_forgiven() {
    for value in [" x 12:DF", "x  12:DF", "x 12:DF ", "   x   12:DF   "] {
        assert_deviates(value, Deviation::Blank, "x 12:DF");
    }
}

/// Shows: FP-5-02.
#[test]
fn the_hash_function_gives_the_number_of_octets() {
    let octets = |count| vec!["AB"; count].join(":");
    for (name, count) in [
        ("sha-1", 20),
        ("sha-224", 28),
        ("sha-256", 32),
        ("sha-384", 48),
        ("sha-512", 64),
        ("md5", 16),
        ("md2", 16),
    ] {
        let read = parse(&format!("{name} {}", octets(count))).unwrap();
        assert_eq!((read.hash_name(), read.octets().len()), (name, count));
        for wrong in [1, count - 1, count + 1, 2 * count] {
            assert_eq!(
                parse(&format!("{name} {}", octets(wrong))),
                Err(Error::Length),
                "{name} {wrong}"
            );
        }
    }
    assert_eq!(parse(&format!("sha-256 {}", octets(20))), Err(Error::Length));
    assert_eq!(parse(&format!("SHA-256 {}", octets(20))), Err(Error::Length));
}

/// Shows: FP-5.1-02 (what is kept).
#[test]
fn unknown_hash_functions_are_kept() {
    let read = Fingerprint::parse_strict(b"SHA3-256 12:DF:3E").unwrap();
    assert_eq!(read.hash_name(), "sha3-256");
    assert_eq!(read.hash_function(), None);
    assert_eq!(read.octets(), [0x12, 0xDF, 0x3E]);
    assert_eq!(read.to_string(), "sha3-256 12:DF:3E");
}

/// Shows: CEMA-7-06.
#[test]
fn a_stored_fingerprint_tells_whether_the_certificate_changed() {
    let stored = parse(FIGURE_1).unwrap();
    assert_eq!((stored.hash_name(), stored.octets().len()), ("sha-256", 32));
    assert_eq!(stored.octets().first(), Some(&0x12));

    assert_eq!(parse(&FIGURE_1.to_ascii_lowercase()).as_ref(), Ok(&stored));
    let other_octets = FIGURE_1.replace("4A:AD:B9", "4A:AD:B8");
    assert_ne!(parse(&other_octets).unwrap(), stored);
    let (by_x, by_y) = (parse("x 12:DF").unwrap(), parse("y 12:DF").unwrap());
    assert_ne!(by_x, by_y);
    assert_ne!(parse("x 12:DF:00").unwrap(), by_x);
}

#[test]
fn fingerprints_are_those_of_other_tools() {
    for (hash, printed) in [
        (HashFunction::Sha1, RSA_SHA256_BY_SHA1),
        (HashFunction::Sha224, RSA_SHA256_BY_SHA224),
        (HashFunction::Sha256, RSA_SHA256_BY_SHA256),
        (HashFunction::Sha384, RSA_SHA256_BY_SHA384),
        (HashFunction::Sha512, RSA_SHA256_BY_SHA512),
    ] {
        let made = Fingerprint::of(RSA_SHA256, hash);
        assert_eq!(made.to_string(), printed);
        assert_eq!(made.hash_function(), Some(hash));
        assert_eq!(Fingerprint::parse_strict(printed.as_bytes()), Ok(made));
    }
}
