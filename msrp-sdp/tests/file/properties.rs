//! What holds for any input.

use chrono::{DateTime, FixedOffset};
use msrp_multipart::MediaType;
use msrp_sdp::{
    FileAttributes, FileDates, FileDisposition, FileHash, FileName, FileRange, FileSelector, FileTransferId,
    Media,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn media_types() -> impl Strategy<Value = MediaType> {
    let token = "[a-zA-Z0-9!#$&+.^_`|~-]{1,8}";
    // A control character cannot be in a media type.
    let value = "[^\\p{Cc}]{1,12}|[ -~\t]{1,12}";
    (token, token, vec((token, value), 0..4)).prop_map(|(type_, subtype, parameters)| {
        let plain = MediaType::new(&type_, &subtype).unwrap();
        parameters.into_iter().fold(plain, |media_type, (name, value)| {
            media_type
                .clone()
                .with_parameter(&name, &value)
                .unwrap_or(media_type)
        })
    })
}

fn hashes() -> impl Strategy<Value = FileHash> {
    prop_oneof![
        any::<[u8; 20]>().prop_map(FileHash::sha_1),
        any::<[u8; 32]>().prop_map(FileHash::sha_256),
    ]
}

fn selectors() -> impl Strategy<Value = FileSelector> {
    let name = option::of(any::<String>().prop_filter("not empty", |name| !name.is_empty()));
    (
        name,
        option::of(media_types()),
        option::of(any::<u64>()),
        vec(hashes(), 0..4),
    )
        .prop_map(|(name, media_type, size, hashes)| {
            let mut selector = FileSelector::new().with_size(size.unwrap_or_default());
            if let Some(name) = name {
                selector = selector.with_name(FileName::new(&name).unwrap());
            }
            if let Some(media_type) = media_type {
                selector = selector.with_media_type(media_type).unwrap();
            }
            hashes.into_iter().fold(selector, FileSelector::with_hash)
        })
}

fn dates() -> impl Strategy<Value = DateTime<FixedOffset>> {
    let seconds = -40_000_000_000_i64..300_000_000_000;
    (seconds, -86_399..86_400_i32, 0..1_000_000_000_u32).prop_map(|(seconds, zone, nanos)| {
        let zone = FixedOffset::east_opt(zone).unwrap();
        DateTime::from_timestamp(seconds, nanos)
            .unwrap()
            .with_timezone(&zone)
    })
}

fn attributes() -> impl Strategy<Value = FileAttributes> {
    let range = (1..=u64::MAX, option::of(1..=u64::MAX));
    let token = "[a-zA-Z0-9!#$&+.^_`{|}~*'%-]{1,40}";
    let all = (
        option::of(selectors()),
        option::of(token),
        option::of(token),
        vec(option::of(dates()), 3),
        option::of(range),
    );
    all.prop_map(|(selector, id, disposition, dates, range)| FileAttributes {
        selector,
        transfer_id: id.map(|id| FileTransferId::parse(id.as_bytes()).unwrap()),
        disposition: disposition.map(|token| FileDisposition::new(&token).unwrap()),
        dates: {
            let none = FileDates::default();
            let one = dates[0].map_or(none, |date| none.with_creation(date));
            let two = dates[1].map_or(one, |date| one.with_modification(date));
            dates[2].map_or(two, |date| two.with_read(date))
        },
        icon: None,
        range: range.and_then(|(start, stop)| match stop {
            Some(stop) => FileRange::new(start, stop).ok(),
            None => Some(FileRange::from(start.try_into().unwrap())),
        }),
    })
}

/// Octets near the grammar, and far from it.
fn values() -> impl Strategy<Value = Vec<u8>> {
    let near = "((name|size|type|hash|x|creation|read)?[:;=-]?(\"[^\"]{0,9}\"?|[0-9]{1,21}|sha-1:|[A-Fa-f0-9]{2}:?|a/b|%[0-9A-G]{0,2}|1-\\*)?[ ,]?){0,9}";
    prop_oneof![vec(any::<u8>(), 0..80), near.prop_map(String::into_bytes)]
}

proptest! {
    #[test]
    fn what_was_built_is_read_strictly(selector in selectors()) {
        let written = selector.to_string();
        prop_assert_eq!(FileSelector::parse_strict(written.as_bytes()).unwrap(), selector);
    }

    #[test]
    fn names_of_any_text(name in any::<String>()) {
        prop_assume!(!name.is_empty());
        let built = FileName::new(&name).unwrap();
        let written = built.to_string();
        prop_assert!(!written.contains(['"', '/', '\\', '\r', '\n', '\0']));
        let selector = FileSelector::parse_strict(format!("name:\"{written}\"").as_bytes()).unwrap();
        let read = selector.name().unwrap();
        prop_assert_eq!(read.to_text(), name.as_str());
        prop_assert_eq!(read, &built);
        let safe = read.to_safe();
        prop_assert!(!safe.is_empty() && !safe.contains(['/', '\\', '\0']) && safe != "." && safe != "..");
    }

    /// Through a whole section and back.
    #[test]
    fn attributes_that_were_built(file in attributes()) {
        let attributes = file.attributes();
        let pairs = attributes.iter().map(|(name, value)| (*name, value.as_deref().map(str::as_bytes)));
        let (read, deviations) = FileAttributes::from_attributes(pairs).unwrap();
        prop_assert!(deviations.is_empty());
        prop_assert_eq!(read.unwrap_or_default(), file);
    }

    /// What was read is mirrored octet for octet, and its canonical form means the same.
    #[test]
    fn what_was_read(value in values()) {
        if let Ok((read, deviations)) = FileSelector::parse_with_deviations(&value) {
            prop_assert_eq!(FileSelector::parse_strict(&value).is_ok(), deviations.is_empty());
            let pairs = [("file-selector", Some(&value[..])), ("file-transfer-id", Some(b"t1"))];
            let (file, _) = FileAttributes::from_attributes(pairs).unwrap();
            let (_, mirrored) = file.unwrap().mirrored().attributes().swap_remove(0);
            match std::str::from_utf8(&value) {
                Ok(text) => prop_assert_eq!(mirrored.unwrap_or_default(), text),
                Err(_) => prop_assert_eq!(mirrored.unwrap_or_default(), read.to_string()),
            }
            if read.size() != Some(0) {
                prop_assert_eq!(FileSelector::parse(read.to_string().as_bytes()).unwrap(), read);
            }
        }
        if let Ok(read) = FileDates::parse(&value) {
            prop_assert_eq!(FileDates::parse_strict(read.to_string().as_bytes()).unwrap(), read);
        }
        if let Ok(read) = FileRange::parse(&value) {
            prop_assert_eq!(read.to_string().into_bytes(), value.clone());
        }
        let _ = (FileHash::parse(&value), FileTransferId::parse(&value));
    }

    /// Whatever stands in a section, no inspection of it panics, and its answer can be written and read.
    #[test]
    fn any_section_is_answered(
        selector in values(),
        range in "([0-9]{1,20}-([0-9]{1,20}|\\*))?",
        direction in "sendonly|recvonly|sendrecv",
        port in 0..2_u16,
    ) {
        let mut text = format!(
            "m=message {port} TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\na=accept-types:*\r\n\
             a=path:msrp://192.0.2.1:7654/jshA7weztas;tcp\r\na={direction}\r\na=file-transfer-id:t1\r\n"
        ).into_bytes();
        if !range.is_empty() {
            text.extend_from_slice(format!("a=file-range:{range}\r\n").as_bytes());
        }
        text.extend_from_slice(b"a=file-selector:");
        text.extend_from_slice(&selector);
        text.extend_from_slice(b"\r\n");
        if let Ok(media) = Media::parse(&text) {
            let mut transfers = crate::transfers();
            let _ = transfers.offered(&media.file_part(0));
            let t1 = crate::id("t1");
            let answer = transfers.accept(&t1).or_else(|_| transfers.accept_pull(&t1, &crate::f()));
            if let Ok(answer) = answer {
                let refused = media.refused_with(&answer).to_section().to_bytes();
                prop_assert!(Media::parse(&refused).is_ok());
            }
        }
    }
}
