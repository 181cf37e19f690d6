//! Paths (RFC 4975 §7.1, §9).

use msrp_proto::wire::{MsrpUri, Path, PathError, PathRef, Scheme, UriError};

use crate::uri;

const FIVE: &str =
    "msrps://a:1/1;tcp msrp://b:2/2;tcp msrps://c@c:3;tcp msrps://[::1]:4/4;ws msrp://e:05/5;tcp;x=y";

/// Shows: MSRP-9-16.
#[test]
fn a_path_is_a_list_in_order() {
    let path: Path = FIVE.parse().expect("a path");
    assert_eq!(path.to_string(), FIVE);
    assert_eq!(path.len(), 5);
    let texts: Vec<_> = path.iter().map(|uri| uri.as_str()).collect();
    assert_eq!(texts, FIVE.split(' ').collect::<Vec<_>>());
    assert_eq!(
        path.iter().map(|uri| uri.port()).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5].map(Some)
    );

    let error = |text: &str| text.parse::<Path>().expect_err("malformed");
    assert_eq!(error(""), PathError::Empty);
    assert_eq!(error("msrp://a:1;tcp  msrp://b:1;tcp"), PathError::Spacing);
    assert_eq!(error(" msrp://a:1;tcp"), PathError::Spacing);
    assert_eq!(error("msrp://a:1;tcp "), PathError::Spacing);
    assert_eq!(error(" "), PathError::Spacing);
    for between in ["\r\n ", "\r\n", "\r\n\t", "\t", ","] {
        let text = format!("msrp://a:1;tcp{between}msrp://b:1;tcp");
        assert!(matches!(error(&text), PathError::Uri(_)), "{text:?}");
    }
}

#[test]
fn every_uri_is_looked_at() {
    let parse = |text: &str| PathRef::parse(text.as_bytes(), 9).err();
    let wrong = Some(PathError::Uri(UriError::Transport));
    assert_eq!(parse("msrp://a:1 msrp://b:1;tcp msrp://c:1;tcp"), wrong);
    assert_eq!(parse("msrp://a:1;tcp msrp://b:1 msrp://c:1;tcp"), wrong);
    assert_eq!(parse("msrp://a:1;tcp msrp://b:1;tcp msrp://c:1"), wrong);
    assert_eq!(
        PathRef::parse(b"msrp://a:1;tcp\xFF", 9).err(),
        Some(UriError::NotAscii.into())
    );
}

#[test]
fn the_number_of_uris_is_limited() {
    let read = |max_uris| PathRef::parse(FIVE.as_bytes(), max_uris).map(PathRef::len);
    assert_eq!(read(5), Ok(5));
    assert_eq!(read(4), Err(PathError::TooMany));
    assert_eq!(read(0), Err(PathError::TooMany));
    let malformed_past_the_limit = b"msrp://a:1;tcp x";
    assert_eq!(
        PathRef::parse(malformed_past_the_limit, 1).err(),
        Some(PathError::TooMany)
    );
}

#[test]
fn the_ends_of_a_path() {
    let path: Path = FIVE.parse().expect("a path");
    assert_eq!(path.leftmost().as_str(), "msrps://a:1/1;tcp");
    assert_eq!(path.rightmost().as_str(), "msrp://e:05/5;tcp;x=y");
    let single = Path::from(uri("msrp://a:1/s;tcp"));
    assert_eq!(single.leftmost(), single.rightmost());
    assert_eq!(single.len(), 1);
    assert_eq!(single.iter().count(), 1);
}

#[test]
fn a_path_is_walked_from_either_end() {
    let path: Path = FIVE.parse().expect("a path");
    let ports = |uris: &mut dyn Iterator<Item = Option<u16>>| uris.flatten().collect::<Vec<_>>();
    assert_eq!(
        ports(&mut path.iter().rev().map(|uri| uri.port())),
        [5, 4, 3, 2, 1]
    );
    let mut uris = path.iter();
    assert_eq!(uris.len(), 5);
    assert_eq!(uris.next_back().and_then(|uri| uri.port()), Some(5));
    assert_eq!(uris.next().and_then(|uri| uri.port()), Some(1));
    assert_eq!(uris.len(), 3);
    assert_eq!(ports(&mut uris.map(|uri| uri.port())), [2, 3, 4]);
}

#[test]
fn paths_are_put_together() {
    let path: Path = FIVE.parse().expect("a path");
    let uris: Vec<MsrpUri> = path.iter().map(MsrpUri::from).collect();
    assert_eq!(
        Path::try_from(uris).map(|path| path.to_string()),
        Ok(FIVE.to_owned())
    );
    assert_eq!(Path::try_from(Vec::new()), Err(PathError::Empty));

    let relay: Path = "msrps://r:1/r;tcp".parse().expect("a path");
    let joined = Path::from_uris(relay.iter().chain(path.iter().rev())).expect("a path");
    assert_eq!((joined.len(), joined.leftmost().port()), (6, Some(1)));
    assert_eq!(joined.rightmost(), path.leftmost());

    let long = uri(&format!("msrp://h:1/{};tcp", "s".repeat(40_000)));
    assert_eq!(
        Path::from_uris([long.as_ref(), long.as_ref()]),
        Err(PathError::TooLong)
    );
}

#[test]
fn paths_compare_uri_by_uri() {
    let path = |text: &str| -> Path { text.parse().expect("a path") };
    let ours = path("msrp://A:1/s;tcp msrp://b:1/s;tcp");
    assert_eq!(ours, path("msrp://a:01/s;TCP MSRP://b:1/s;tcp;x"));
    assert_ne!(ours, path("msrp://b:1/s;tcp msrp://a:1/s;tcp"));
    assert_ne!(ours, path("msrp://a:1/s;tcp"));
    assert_ne!(ours, path("msrp://a:1/s;tcp msrp://b:1/S;tcp"));
    assert_eq!(ours.as_ref(), ours.clone().as_ref());
}

/// Shows: MSRP-4-01.
#[test]
fn each_uri_keeps_its_scheme() {
    let path: Path = "msrps://r.example.com:2855/x;tcp msrp://c.example.com:2855/y;tcp"
        .parse()
        .expect("a path");
    assert_eq!(path.schemes().collect::<Vec<_>>(), [Scheme::Msrps, Scheme::Msrp]);
    assert!(path.target().expect("a target").tls());
    let reversed = Path::from_uris(path.iter().rev()).expect("a path");
    assert!(!reversed.target().expect("a target").tls());
}

#[test]
fn long_paths_are_read_up_to_the_limit() {
    let one = "msrp://h;t";
    let count = (Path::MAX_LEN + 1) / (one.len() + 1);
    let text = vec![one; count].join(" ");
    let path: Path = text.parse().expect("a path");
    assert_eq!((path.len(), path.iter().count()), (count, count));
    assert_eq!(format!("{text} {one}").parse::<Path>(), Err(PathError::TooLong));
}
