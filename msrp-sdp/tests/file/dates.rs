//! `file-date`.

use chrono::DateTime;
use msrp_sdp::{Deviation, FileDates, FileDatesError};

#[track_caller]
fn date(text: &str) -> DateTime<chrono::FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

#[track_caller]
fn refused(text: &str) -> FileDatesError {
    FileDates::parse(text.as_bytes()).unwrap_err()
}

/// Shows: FT-6-08.
#[test]
fn dates_of_a_file() {
    let text = r#"creation:"Mon, 15 May 2006 15:01:31 +0300""#;
    let read = FileDates::parse_strict(text.as_bytes()).unwrap();
    let creation = date("2006-05-15T15:01:31+03:00");
    assert_eq!(
        (read.creation(), read.modification(), read.read()),
        (Some(creation), None, None)
    );
    assert_eq!(FileDates::default().with_creation(creation), read);
    assert_eq!(read.to_string(), text);

    let all = r#"creation:"Mon, 15 May 2006 15:01:31 +0300" modification:"Mon, 15 May 2006 16:04:53 +0300" read:"Tue, 16 May 2006 09:12:27 -0930""#;
    let built = read
        .with_modification(date("2006-05-15T16:04:53+03:00"))
        .with_read(date("2006-05-16T09:12:27-09:30"));
    assert_eq!(built.to_string(), all);
    assert_eq!(FileDates::parse_strict(all.as_bytes()), Ok(built));
    // In any order.
    let swapped = r#"read:"Tue, 16 May 2006 09:12:27 -0930" Creation:"15 May 2006 15:01:31 +0300""#;
    let read = FileDates::parse_strict(swapped.as_bytes()).unwrap();
    assert_eq!((read.creation(), read.read()), (built.creation(), built.read()));

    for name in ["creation", "modification", "read"] {
        let twice = format!(r#"{name}:"15 May 2006 15:01:31 +0300" {name}:"15 May 2006 15:01:31 +0300""#);
        assert_eq!(refused(&twice), FileDatesError::Duplicate);
    }
    for zone in ["GMT", "EST", "Z", "UT"] {
        let named = format!(r#"creation:"Mon, 15 May 2006 15:01:31 {zone}""#);
        assert_eq!(refused(&named), FileDatesError::NamedZone);
    }
    // The day of the week decides nothing: RFC 5547 has a wrong one in Figure 17.
    let tuesday = r#"read:"Mon, 16 May 2006 09:12:27 +0300""#;
    let (read, deviations) = FileDates::parse_with_deviations(tuesday.as_bytes()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::Weekday]);
    assert_eq!(read.read(), Some(date("2006-05-16T09:12:27+03:00")));
    assert_eq!(
        FileDates::parse_strict(tuesday.as_bytes()),
        Err(FileDatesError::Deviation(Deviation::Weekday))
    );
    assert_eq!(read.to_string(), r#"read:"Tue, 16 May 2006 09:12:27 +0300""#);
}

#[test]
fn what_is_no_date() {
    for bad in [
        "",
        "creation",
        "creation:",
        r#"created:"15 May 2006 15:01:31 +0300""#,
        "creation:15 May 2006 15:01:31 +0300",
        r#"creation:"15 May 2006 15:01:31 +0300"#,
    ] {
        assert_eq!(refused(bad), FileDatesError::Syntax, "{bad}");
    }
    for bad in [
        r#"creation:"""#,
        r#"creation:"32 May 2006 15:01:31 +0300""#,
        r#"creation:"15 May 2006 15:01:31""#,
        r#"creation:"15 May 2006 15:01:31 +03:00""#,
        r#"creation:"15 May 2006 15:01:31 +9999""#,
        r#"creation:"Foo, 15 May 2006 15:01:31 +0300""#,
        r#"creation:"Mon, Mon, 15 May 2006 15:01:31 +0300""#,
        r#"creation:"Monday, 15 May 2006 15:01:31 +0300""#,
        r#"creation:"2006-05-15T15:01:31+03:00""#,
    ] {
        let error = refused(bad);
        assert!(
            matches!(error, FileDatesError::BadDate | FileDatesError::NamedZone),
            "{bad}: {error}"
        );
    }
    assert!(FileDates::parse(b"creation:\"\xFF +0300\"").is_err());
}

/// What comes back is what was given, as far as it can be written.
#[test]
fn what_can_be_written() {
    let given = date("2006-05-15T15:01:31.75+03:00");
    let dates = FileDates::default().with_creation(given);
    assert_eq!(FileDates::parse_strict(dates.to_string().as_bytes()), Ok(dates));
    assert_eq!(dates.creation(), Some(date("2006-05-15T15:01:31+03:00")));
    // Years have four digits; others leave what there was.
    let late = given.with_timezone(&chrono::Utc) + chrono::TimeDelta::days(365 * 9000);
    assert_eq!(dates.with_creation(late.fixed_offset()), dates);
    let zone = chrono::FixedOffset::east_opt(3 * 3600 + 59).unwrap();
    let dates = FileDates::default().with_read(given.with_timezone(&zone));
    assert_eq!(dates.read(), Some(date("2006-05-15T15:01:31+03:00")));
    assert_eq!(FileDates::parse_strict(dates.to_string().as_bytes()), Ok(dates));
    assert!(FileDates::default().is_empty() && !dates.is_empty());
}
