//! What is known of a file, and where it is written.

use chrono::DateTime;
use msrp_multipart::{Disposition, Profile};
use msrp_sdp::{FileDates, FileDisposition, FileHasher, FileInfo, FileRange};

use crate::{H1, f, hash, ids, lines, named, transfers};

/// Shows: FT-6-12.
#[test]
fn attributes_and_content_disposition_say_the_same() {
    let date = |text| DateTime::parse_from_rfc3339(text).unwrap();
    let dates = FileDates::default()
        .with_creation(date("2006-05-15T15:01:31+03:00"))
        .with_modification(date("2006-05-15T16:04:53+03:00"))
        .with_read(date("2006-05-16T09:12:27+03:00"));
    let file = named("My cool picture.jpg")
        .with_size(4092)
        .with_dates(dates)
        .with_disposition(FileDisposition::attachment());
    let part = transfers().push(&file, FileRange::WHOLE, 0, &mut ids()).unwrap();
    let written = file.content_disposition();
    assert_eq!(
        written.to_string(),
        "attachment;filename=\"My cool picture.jpg\";creation-date=\"Mon, 15 May 2006 15:01:31 +0300\";\
         modification-date=\"Mon, 15 May 2006 16:04:53 +0300\";read-date=\"Tue, 16 May 2006 09:12:27 +0300\";size=4092"
    );
    let lines = lines(&part);
    assert_eq!(lines[0], "file-selector:name:\"My cool picture.jpg\" size:4092");
    assert_eq!(lines[2], "file-disposition:attachment");
    assert_eq!(
        lines[3],
        "file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\" modification:\"Mon, 15 May 2006 16:04:53 +0300\" \
         read:\"Tue, 16 May 2006 09:12:27 +0300\""
    );

    // Also where one of them needs an encoding that the other does not.
    let name = "é \"1\" 100%.jpg";
    let file = named(name).with_size(u64::MAX);
    let read = Disposition::parse(file.content_disposition().to_string().as_bytes(), Profile::Mime).unwrap();
    assert_eq!(read.file_name().unwrap(), name);
    assert_eq!(file.selector().name().unwrap().to_text(), name);
    assert_eq!(
        (read.size(), file.selector().size()),
        (Some(u64::MAX), Some(u64::MAX))
    );
    assert!(read.is_rendered());
}

/// Rulings S7 and S8.
#[test]
fn what_has_no_selector() {
    let empty = f().with_size(0);
    assert!(!empty.selector().to_string().contains("size"));
    assert_eq!(empty.content_disposition().size(), Some(0));

    let mut hasher = FileHasher::sha_1_and_sha_256();
    hasher.update(b"0123456789");
    let both = hasher.finish();
    let selector = FileInfo::new().with_hashes(both.clone()).selector();
    let algorithms: Vec<_> = selector.hashes().map(|hash| hash.algorithm()).collect();
    assert_eq!(algorithms, ["sha-1", "sha-256"]);
    let turned = FileInfo::new().with_hashes(both.iter().rev().cloned()).selector();
    assert_eq!(turned.to_string(), selector.to_string());
    let alone = FileInfo::new()
        .with_hashes([both[1].clone(), hash("foo:AB")])
        .selector();
    assert!(alone.is_empty());
    let others = FileInfo::new().with_hashes([hash("foo:AB"), hash(&format!("sha-1:{H1}"))]);
    assert_eq!(others.selector().to_string(), format!("hash:sha-1:{H1}"));
}
