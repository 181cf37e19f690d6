//! `file-selector`.

use msrp_sdp::{Deviation, FileSelector, FileSelectorError, Section};

use crate::{H1, PICTURE, selector};

#[track_caller]
fn refused(text: &[u8]) -> FileSelectorError {
    FileSelector::parse(text).unwrap_err()
}

/// What was forgiven; the strict parser forgives nothing.
#[track_caller]
fn deviations(text: &[u8]) -> Vec<Deviation> {
    let (_, deviations) = FileSelector::parse_with_deviations(text).unwrap();
    let strict = FileSelector::parse_strict(text);
    match deviations.iter().next() {
        Some(first) => assert_eq!(strict, Err(FileSelectorError::Deviation(first))),
        None => assert!(strict.is_ok()),
    }
    deviations.iter().collect()
}

/// Shows: FT-6-01.
#[test]
fn the_selectors_of_figure_2() {
    let text = format!("name:\"My cool picture.jpg\" type:image/jpeg size:32349 hash:sha-1:{PICTURE}");
    let read = FileSelector::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(read.name().unwrap().as_octets(), b"My cool picture.jpg");
    assert!(read.media_type().unwrap().is("image/jpeg"));
    assert_eq!(read.size(), Some(32349));
    let hashes: Vec<_> = read.hashes().collect();
    assert_eq!((hashes.len(), hashes[0].algorithm()), (1, "sha-1"));
    assert_eq!(hashes[0].digest().len(), 20);
    assert_eq!(hashes[0].digest()[..3], [0x72, 0x24, 0x5F]);
    assert_eq!(read.to_string(), text);

    // Any order, and names of selectors without case.
    let other = format!("hash:sha-1:{PICTURE} SIZE:32349 name:\"My cool picture.jpg\" Type:image/jpeg");
    assert_eq!(FileSelector::parse_strict(other.as_bytes()), Ok(read.clone()));
    assert_eq!(selector(&other).to_string(), text);
    assert_ne!(selector("size:1"), read);

    for twice in [
        "size:1 size:1",
        "size:1 name:\"a\" size:2",
        "name:\"a\" name:\"a\"",
        "type:a/b type:a/b",
    ] {
        assert_eq!(refused(twice.as_bytes()), FileSelectorError::DuplicateSelector);
    }
    for blank in [
        "size:1  name:\"a  b\"",
        " size:1 name:\"a  b\"",
        "size:1 name:\"a  b\" ",
    ] {
        assert_eq!(deviations(blank.as_bytes()), [Deviation::Blank]);
        assert_eq!(selector(blank).to_string(), "name:\"a  b\" size:1");
    }
    assert_eq!(deviations(b"name:\"a  b\""), []);
}

#[test]
fn what_is_no_selector() {
    for text in [
        &b"size"[..],
        b":1",
        b"a b:1",
        b"name:\"a",
        b"name:a\"b",
        b"name:\"a\"b",
        b"name:",
        b"\xC3\xA9:1",
        b"x:\xFF",
        b"size:1\tname:\"a\x00\"",
        b"name:\"a\r\nb\"",
    ] {
        assert!(
            matches!(
                refused(text),
                FileSelectorError::Syntax | FileSelectorError::BadInteger
            ),
            "{}",
            text.escape_ascii()
        );
    }
}

/// Shows: FT-6-04, SDP-9-01 (integers without leading zeros).
#[test]
fn sizes() {
    assert_eq!(selector("size:10").size(), Some(10));
    assert_eq!(selector("size:18446744073709551615").size(), Some(u64::MAX));
    assert_eq!(refused(b"size:18446744073709551616"), FileSelectorError::Overflow);
    let long = format!("size:1{}", "0".repeat(1000));
    assert_eq!(refused(long.as_bytes()), FileSelectorError::Overflow);
    for bad in [
        "size:010",
        "size:00",
        "size:",
        "size:+1",
        "size:-1",
        "size:1x",
        "size:\"1\"",
        "size:0x10",
    ] {
        assert_eq!(refused(bad.as_bytes()), FileSelectorError::BadInteger, "{bad}");
    }
    // There are empty files, and no way to say so.
    assert_eq!(deviations(b"size:0"), [Deviation::ZeroSize]);
    assert_eq!(selector("size:0").size(), Some(0));
    assert_eq!(selector("size:0 type:a/b").to_string(), "type:a/b");
    assert_eq!(FileSelector::new().with_size(0), FileSelector::new());
    assert_eq!(FileSelector::new().with_size(10).with_size(0).to_string(), "");
    // The range is another matter: see `info`, which writes the size of the whole.
    let f = crate::f();
    let mut transfers = crate::transfers();
    let range = msrp_sdp::FileRange::new(3, 6).unwrap();
    let part = transfers.push(&f, range, 0, &mut crate::ids()).unwrap();
    assert_eq!(part.attributes.selector.unwrap().size(), Some(10));
}

/// Shows: FT-6-05.
#[test]
fn media_types() {
    let content_type = r#"text/plain; charset=utf-8; x="a b%""#;
    let mime =
        msrp_multipart::MediaType::parse(content_type.as_bytes(), msrp_multipart::Profile::Mime).unwrap();
    let text = r#"type:text/plain;charset="utf-8";x="a b%25""#;
    let built = FileSelector::new().with_media_type(mime.clone()).unwrap();
    assert_eq!(built.to_string(), text);
    let read = FileSelector::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(read.media_type(), Some(&mime));
    assert_eq!(
        read.media_type().unwrap().to_string(),
        r#"text/plain;charset=utf-8;x="a b%""#
    );

    // What Content-Type escapes is encoded, and the other way round.
    let quoted = msrp_multipart::MediaType::new("a", "b")
        .unwrap()
        .with_parameter("n", r#"q"\;:"#)
        .unwrap();
    let built = FileSelector::new().with_media_type(quoted.clone()).unwrap();
    assert_eq!(built.to_string(), r#"type:a/b;n="q%22\;:""#);
    assert_eq!(selector(&built.to_string()).media_type(), Some(&quoted));

    // A parameter without quotes has one reading, unless a percent sign is in it.
    assert_eq!(deviations(b"type:a/b;c=d"), [Deviation::Unquoted]);
    assert_eq!(selector("type:a/b;c=d").to_string(), r#"type:a/b;c="d""#);
    assert_eq!(deviations(b"type:a/b;c=\"d%FF\""), [Deviation::NotUtf8]);
    assert_eq!(selector("type:a/b;c=\"d%FF\"").to_string(), "type:a/b;c=\"d%FF\"");
    assert_eq!(deviations(b"type:a/b;c=\"d\";C=\"d\""), [Deviation::Duplicate]);
    for bad in [
        "type:a",
        "type:a/",
        "type:/b",
        "type:a/b;",
        "type:a/b;c",
        "type:a/b;c=",
        "type:a/b;c=\"\"",
        "type:a/b;c=d%20e",
        "type:a/b;c=\"d\";c=\"e\"",
        "type:a/b;c=\"%0D%0A\"",
        "type:a/b;c=\"%00\"",
        "type:\"a/b\"",
        "type:a/b;\"c\"=\"d\"",
    ] {
        assert_eq!(refused(bad.as_bytes()), FileSelectorError::BadType, "{bad}");
    }
    assert_eq!(refused(b"type:a/b;c=\"%2\""), FileSelectorError::BadPercent);
    // White space ends the selector.
    assert_eq!(refused(b"type:a/b; c=\"d\""), FileSelectorError::BadType);
    // What the grammar cannot say cannot be built.
    let flag = msrp_multipart::MediaType::parse(b"a/b;flag", msrp_multipart::Profile::Msrp).unwrap();
    let empty = msrp_multipart::MediaType::new("a", "b")
        .unwrap()
        .with_parameter("c", "")
        .unwrap();
    for media_type in [flag, empty] {
        assert_eq!(
            FileSelector::new().with_media_type(media_type),
            Err(FileSelectorError::BadType)
        );
    }
}

/// Shows: FT-6-07 (what is kept).
#[test]
fn hashes_of_all_kinds_are_kept() {
    let text = format!("hash:sha-1:{H1} hash:foo:AB");
    let read = FileSelector::parse_strict(text.as_bytes()).unwrap();
    let all: Vec<_> = read
        .hashes()
        .map(|hash| (hash.algorithm(), hash.digest().len()))
        .collect();
    assert_eq!(all, [("sha-1", 20), ("foo", 1)]);
    assert_eq!(read.hash("Foo").unwrap().digest(), [0xAB]);
    assert_eq!(read.to_string(), text);

    // RFC 8873 §4.8.
    let digest =
        "A4:2E:8B:2D:5C:0F:9B:2A:77:1B:E0:21:9A:5D:5E:8E:4A:22:61:AA:F5:00:16:72:68:FC:2E:89:65:D0:F2:8B";
    let text = format!("name:\"picture1.jpg\" size:1463440 type:image/jpeg hash:sha-256:{digest}");
    let read = selector(&text);
    assert_eq!(read.hash("sha-256").unwrap().digest().len(), 32);

    // The same one again is a slip, another one by the same function leaves it open which counts.
    assert_eq!(deviations(b"hash:foo:AB hash:FOO:AB"), [Deviation::Duplicate]);
    assert_eq!(selector("hash:foo:AB hash:FOO:AB").hashes().len(), 1);
    assert_eq!(
        refused(b"hash:foo:AB hash:foo:AC"),
        FileSelectorError::DuplicateSelector
    );
}

#[test]
fn unknown_selectors_are_kept() {
    let text = "colour:red size:3 x-y:\"a b\"";
    assert_eq!(deviations(text.as_bytes()), [Deviation::UnknownSelector]);
    let read = selector(text);
    assert_eq!(read.unknown().collect::<Vec<_>>(), ["colour:red", "x-y:\"a b\""]);
    assert_eq!(read.to_string(), "size:3 colour:red x-y:\"a b\"");
    assert_ne!(read, selector("size:3"));
}

#[test]
fn there_are_not_too_many() {
    let hashes = |count: usize| {
        let hashes: Vec<_> = (0..count).map(|n| format!("hash:h{n}:00")).collect();
        hashes.join(" ")
    };
    assert_eq!(selector(&hashes(FileSelector::MAX_SELECTORS)).hashes().len(), 32);
    let too_many = hashes(FileSelector::MAX_SELECTORS + 1);
    assert_eq!(refused(too_many.as_bytes()), FileSelectorError::TooManySelectors);
}

/// A name without quotes has one reading if there is nothing in it that could be one.
#[test]
fn a_name_without_quotes() {
    assert_eq!(deviations(b"name:a.txt size:1"), [Deviation::Unquoted]);
    assert_eq!(selector("name:a.txt size:1").to_string(), "name:\"a.txt\" size:1");
    assert_eq!(refused(b"name:a%20b"), FileSelectorError::Syntax);
    assert_eq!(refused(b"name:my file.txt"), FileSelectorError::Syntax);
}

/// Nothing that was built brings another attribute or line along.
#[test]
fn builders_write_one_line() {
    let name = msrp_sdp::FileName::new("a\" size:1 b\r\na=sendonly\0%").unwrap();
    let built = FileSelector::new().with_name(name.clone()).to_string();
    assert_eq!(built, "name:\"a%22 size:1 b%0D%0Aa=sendonly%00%25\"");
    assert_eq!(
        FileSelector::parse_strict(built.as_bytes()).unwrap().name(),
        Some(&name)
    );
    let line = msrp_sdp::MediaLine::msrp(7394, msrp_sdp::Protocol::Tcp);
    let section = Section::new(line)
        .with_attribute("file-selector", Some(built.as_bytes()))
        .unwrap();
    assert_eq!(
        Section::parse_strict(&section.to_bytes())
            .unwrap()
            .attributes()
            .count(),
        1
    );
}
