//! The file attributes of a section, taken together.

use msrp_multipart::ContentId;
use msrp_sdp::{
    Description, Deviation, FileAttributes, FileAttributesError, FileDisposition, FileSelector,
    FileSelectorError,
};

use crate::{f, lines, part};

type Attribute<'a> = (&'a str, Option<&'a [u8]>);

fn read(attributes: &[Attribute<'_>]) -> Result<(FileAttributes, Vec<Deviation>), FileAttributesError> {
    let (file, deviations) = FileAttributes::from_attributes(attributes.iter().copied())?;
    Ok((file.expect("file attributes"), deviations.iter().collect()))
}

/// The attributes of Figure 2 come out as they went in.
#[test]
fn the_attributes_of_figure_2() {
    let all = [
        format!(
            "file-selector:name:\"My cool picture.jpg\" type:image/jpeg size:32349 hash:sha-1:{}",
            crate::PICTURE
        ),
        "file-transfer-id:vBnG916bdberum2fFEABR1FR3ExZMUrd".into(),
        "file-disposition:attachment".into(),
        "file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\"".into(),
        "file-icon:cid:id2@alicepc.example.com".into(),
        "file-range:1-32349".into(),
    ];
    let prefixed: Vec<_> = all.iter().rev().map(|line| format!("a={line}")).collect();
    let prefixed: Vec<_> = prefixed.iter().map(String::as_str).collect();
    let part = part(3, &prefixed);
    assert_eq!(part.section, 3);
    assert_eq!(lines(&part), all);
}

/// Shows: FT-6-11.
#[test]
fn dispositions() {
    let disposition = |value: &'static str| {
        let (file, _) = read(&[("file-disposition", Some(value.as_bytes()))]).unwrap();
        file.disposition.unwrap()
    };
    let attachment = disposition("attachment");
    assert_eq!(attachment, FileDisposition::attachment());
    assert!(!attachment.is_rendered());
    assert_eq!(disposition("Render"), FileDisposition::render());
    assert!(disposition("render").is_rendered());
    let other = disposition("x-new");
    assert_eq!(other.as_str(), "x-new");
    assert!(!other.is_rendered() && !other.is("attachment"));
    let (absent, _) = read(&[("file-selector", Some(b"size:1"))]).unwrap();
    assert_eq!(absent.disposition, None);
    assert_eq!(absent.disposition.unwrap_or_default(), FileDisposition::render());
    for bad in [Some(&b"a b"[..]), Some(b""), Some(b"a;b"), None] {
        let error = read(&[("file-disposition", bad)]).unwrap_err();
        assert!(matches!(error, FileAttributesError::Disposition(_)));
    }
    assert!(FileDisposition::new("x\r\na=sendonly").is_err());

    // Written by who sends a file, where it says something.
    let mut transfers = crate::transfers();
    let mut offered = |file| {
        lines(
            &transfers
                .push(&file, msrp_sdp::FileRange::WHOLE, 0, &mut crate::ids())
                .unwrap(),
        )
    };
    assert_eq!(offered(f()).len(), 2);
}

#[test]
fn an_attribute_stands_once() {
    let values: [(&str, &[u8], &[u8]); 6] = [
        ("file-selector", b"size:1", b"size:2"),
        ("file-transfer-id", b"a", b"b"),
        ("file-disposition", b"a", b"b"),
        (
            "file-date",
            b"read:\"15 May 2006 15:01:31 +0300\"",
            b"read:\"15 May 2006 15:01:32 +0300\"",
        ),
        ("file-icon", b"cid:a@b", b"cid:c@b"),
        ("file-range", b"1-2", b"1-3"),
    ];
    for (name, one, other) in values {
        let (once, none) = read(&[(name, Some(one))]).unwrap();
        assert_eq!(none, []);
        assert_eq!(
            read(&[(name, Some(one)), (name, Some(one))]).unwrap(),
            (once, vec![Deviation::Duplicate])
        );
        let error = read(&[(name, Some(one)), ("other", None), (name, Some(other))]).unwrap_err();
        assert_eq!(error, FileAttributesError::Duplicate);
    }
}

#[test]
fn only_file_attributes_count() {
    let none = FileAttributes::from_attributes([("file-size", Some(&b"1"[..])), ("File-Selector", None)]);
    assert_eq!(none.unwrap().0, None);
    let error = read(&[("file-selector", Some(b"size:010"))]).unwrap_err();
    assert_eq!(
        error,
        FileAttributesError::Selector(FileSelectorError::BadInteger)
    );
    assert!(matches!(
        read(&[("file-transfer-id", Some(b"a b"))]),
        Err(FileAttributesError::TransferId(_))
    ));
    assert!(matches!(
        read(&[("file-transfer-id", None)]),
        Err(FileAttributesError::TransferId(_))
    ));
    assert!(matches!(
        read(&[("file-range", None)]),
        Err(FileAttributesError::Range(_))
    ));
    assert!(matches!(
        read(&[("file-date", Some(b"x"))]),
        Err(FileAttributesError::Dates(_))
    ));
    let long = [b'x'; 257];
    assert!(read(&[("file-transfer-id", Some(&long[1..]))]).is_ok());
    assert!(read(&[("file-transfer-id", Some(&long))]).is_err());
}

#[test]
fn an_empty_selector_is_a_bare_one() {
    let (bare, none) = read(&[("file-selector", None)]).unwrap();
    assert_eq!((none, bare.selector.clone()), (vec![], Some(FileSelector::new())));
    let (empty, deviations) = read(&[("file-selector", Some(b""))]).unwrap();
    assert_eq!((deviations, &empty), (vec![Deviation::EmptyValue], &bare));
    assert_eq!(bare.attributes(), [("file-selector", None)]);
}

/// Shows: FT-6-09 (what is no `cid:` URL).
#[test]
fn icons_are_cid_urls() {
    let (file, _) = read(&[("file-icon", Some(b"cid:id2@alicepc.example.com"))]).unwrap();
    assert_eq!(
        file.icon,
        Some(ContentId::new("id2@alicepc.example.com").unwrap())
    );
    assert_eq!(
        file.attributes(),
        [("file-icon", Some("cid:id2@alicepc.example.com".into()))]
    );
    for bad in [
        &b"http://x"[..],
        b"id2@alicepc.example.com",
        b"cid:",
        b"cid:%zz@b",
        b"\xFF",
        b"",
    ] {
        let error = read(&[("file-icon", Some(bad))]).unwrap_err();
        assert!(
            matches!(error, FileAttributesError::BadCid(_)),
            "{}",
            bad.escape_ascii()
        );
    }
}

/// Shows: FT-6-13.
#[test]
fn at_session_level_they_mean_nothing() {
    let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        a=file-selector:size:10\r\na=file-transfer-id:t1\r\na=file-range:nonsense\r\na=file-icon:cid:a@b\r\n\
        a=file-disposition:attachment\r\na=file-date:nonsense\r\n\
        m=message 7394 TCP/MSRP *\r\na=accept-types:*\r\na=path:msrp://192.0.2.1:7394/2s93i9;tcp\r\n";
    let description = Description::parse_strict(text.as_bytes()).unwrap();
    assert_eq!(description.to_bytes(), text.as_bytes());
    let (_, media) = description.msrp().swap_remove(0);
    let media = media.unwrap();
    assert_eq!(media.file(), None);
    assert_eq!(
        crate::transfers().offered(&media.file_part(0)),
        msrp_sdp::FileVerdict::NoFile
    );
}
