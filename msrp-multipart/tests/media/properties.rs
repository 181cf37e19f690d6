//! What holds for every input, on inputs drawn from a fixed seed.

use msrp_multipart::{MediaRange, MediaRanges, MediaType, Profile};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{PROFILES, equality::hash};

const TOKEN: &str = "[!#-'*+.0-9A-Z^-~-]{1,8}";

pub(crate) fn check<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(strategy, property)
        .unwrap();
}

fn built_type() -> impl Strategy<Value = MediaType> {
    (TOKEN, TOKEN, vec((TOKEN, "[\\t\\PC]{0,12}"), 0..5)).prop_map(|(type_, subtype, parameters)| {
        let plain = MediaType::new(&type_, &subtype).unwrap();
        // A name drawn twice is refused, then the type stays as it was.
        parameters.into_iter().fold(plain, |built, (name, value)| {
            built.clone().with_parameter(&name, &value).unwrap_or(built)
        })
    })
}

fn written(media_type: &MediaType) -> Vec<u8> {
    let mut octets = Vec::new();
    media_type.write(&mut octets);
    octets
}

/// Octets that get further into a grammar than arbitrary ones.
fn likely_octets() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a",
        b"B",
        b"text",
        b"/",
        b";",
        b"=",
        b"\"",
        b"\\",
        b" ",
        b"\t",
        b"\r\n",
        b"\r",
        b"\n",
        b"(",
        b")",
        b"*",
        b",",
        b":",
        b"\0",
        b"\xC3\xA9",
        b"\xFF",
        b"a/b",
        b";x=",
        b";x=1",
        b";charset=U",
        b";CHARSET=u",
        b"=\"q\\\"q\"",
        b"(c)",
        b"\r\n ",
        b"* ",
    ];
    vec(select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

fn holds_for(input: &[u8]) -> Result<(), TestCaseError> {
    for profile in PROFILES {
        let lenient = MediaType::parse_with_deviations(input, profile);
        prop_assert_eq!(
            MediaType::check(input, profile),
            lenient.as_ref().map(|_| ()).map_err(|&error| error)
        );
        prop_assert_eq!(
            MediaType::parse(input, profile),
            lenient.clone().map(|(read, _)| read)
        );
        let strict = MediaType::parse_strict(input, profile);
        let clean = lenient
            .as_ref()
            .is_ok_and(|(_, deviations)| deviations.is_empty());
        prop_assert_eq!(strict.is_ok(), clean);
        if let Ok((read, _)) = lenient {
            prop_assert!(strict.is_err() || strict.as_ref() == Ok(&read));
            for again in PROFILES {
                let again = MediaType::parse(&written(&read), again).unwrap();
                prop_assert_eq!(hash(&again), hash(&read));
                prop_assert_eq!(&again, &read);
            }
        } else if let Err(error) = lenient {
            prop_assert!(error.offset() <= input.len());
        }
    }
    let lenient = MediaRanges::parse_with_deviations(input);
    let clean = lenient
        .as_ref()
        .is_ok_and(|(_, deviations)| deviations.is_empty());
    prop_assert_eq!(MediaRanges::parse_strict(input).is_ok(), clean);
    if let Ok((ranges, _)) = lenient {
        let mut octets = Vec::new();
        ranges.write(&mut octets);
        prop_assert_eq!(MediaRanges::parse(&octets).unwrap(), ranges);
    }
    Ok(())
}

#[test]
fn what_is_built_and_written_reads_the_same() {
    check(&built_type(), |built| {
        let octets = written(&built);
        prop_assert_eq!(built.to_string().into_bytes(), octets.clone());
        prop_assert_eq!(&MediaType::parse_strict(&octets, Profile::Msrp).unwrap(), &built);
        for profile in PROFILES {
            prop_assert_eq!(&MediaType::parse(&octets, profile).unwrap(), &built);
        }
        Ok(())
    });
}

#[test]
fn lists_that_are_built_and_written_read_the_same() {
    check(&vec(prop::option::of(built_type()), 0..6), |entries| {
        let ranges = entries.into_iter().fold(MediaRanges::new(), |ranges, entry| {
            ranges
                .with(entry.map_or(MediaRange::any(), MediaRange::from))
                .unwrap()
        });
        let text = ranges.to_string();
        prop_assert_eq!(&MediaRanges::parse(text.as_bytes()).unwrap(), &ranges);
        prop_assert_eq!(
            MediaRanges::parse_strict(text.as_bytes()).is_ok(),
            !ranges.is_empty()
        );
        for media_type in ranges.iter().filter_map(MediaRange::media_type) {
            prop_assert!(ranges.accepts(media_type));
        }
        Ok(())
    });
}

#[test]
fn arbitrary_octets_do_no_harm() {
    check(&vec(any::<u8>(), 0..64), |octets| holds_for(&octets));
    check(&likely_octets(), |octets| holds_for(&octets));
}
