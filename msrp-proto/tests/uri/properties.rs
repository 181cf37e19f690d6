//! Properties of all URIs.

use std::hash::{DefaultHasher, Hash, Hasher};

use msrp_proto::wire::{HostRef, MsrpUri, Path, PathRef, Scheme, SessionToken, UriRef};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// What a URI is made of; the model of RFC 4975 §6.1 is [`Parts::same`].
#[derive(Clone, Debug)]
struct Parts {
    scheme: String,
    userinfo: Option<String>,
    host: String,
    port: String,
    session_id: Option<String>,
    transport: String,
    parameters: Vec<String>,
}

impl Parts {
    fn text(&self) -> String {
        let userinfo = self
            .userinfo
            .iter()
            .map(|user| format!("{user}@"))
            .collect::<String>();
        let session_id = self
            .session_id
            .iter()
            .map(|id| format!("/{id}"))
            .collect::<String>();
        let parameters = self
            .parameters
            .iter()
            .map(|parameter| format!(";{parameter}"))
            .collect::<String>();
        let Parts {
            scheme,
            host,
            port,
            transport,
            ..
        } = self;
        format!("{scheme}://{userinfo}{host}:{port}{session_id};{transport}{parameters}")
    }

    /// For hosts that are names without percent-encoding.
    fn same(&self, other: &Parts) -> bool {
        self.scheme.eq_ignore_ascii_case(&other.scheme)
            && self.host.eq_ignore_ascii_case(&other.host)
            && self.port.trim_start_matches('0') == other.port.trim_start_matches('0')
            && self.session_id == other.session_id
            && self.transport.eq_ignore_ascii_case(&other.transport)
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let host = prop_oneof![
        "[a-zA-Z0-9._~!$&'()*+,=-]{1,20}",
        "([a-z]|%[0-9A-Fa-f]{2}){1,9}",
        any::<[u8; 4]>().prop_map(|octets| HostRef::from(core::net::Ipv4Addr::from(octets)).to_string()),
        any::<[u8; 16]>().prop_map(|octets| HostRef::from(core::net::Ipv6Addr::from(octets)).to_string()),
    ];
    let id = option::of("[a-zA-Z0-9._~+=/-]{1,20}");
    let parameter = "[!#-'*+.0-9A-Z^-~-]{1,5}(=[!#-'*+.0-9A-Z^-~-]{1,5})?";
    let userinfo = option::of("([a-zA-Z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2}){0,9}");
    let port = "0{0,2}[1-9][0-9]{0,3}";
    (
        "[mM][sS][rR][pP][sS]?",
        userinfo,
        host,
        port,
        id,
        "[a-zA-Z0-9]{1,4}",
        vec(parameter, 0..3),
    )
        .prop_map(
            |(scheme, userinfo, host, port, session_id, transport, parameters)| Parts {
                scheme,
                userinfo,
                host,
                port,
                session_id,
                transport,
                parameters,
            },
        )
}

/// So few values that equal pairs are common.
fn alike() -> impl Strategy<Value = Parts> {
    let texts = |texts: &'static [&'static str]| select(texts).prop_map(str::to_owned);
    (
        texts(&["msrp", "MSRP", "msrps"]),
        option::of(texts(&["u", "v:w"])),
        texts(&["a", "A", "b", "ab"]),
        texts(&["1", "01", "12"]),
        option::of(texts(&["s", "S"])),
        texts(&["tcp", "TCP", "ws"]),
        vec(texts(&["x", "y=z"]), 0..2),
    )
        .prop_map(
            |(scheme, userinfo, host, port, session_id, transport, parameters)| Parts {
                scheme,
                userinfo,
                host,
                port,
                session_id,
                transport,
                parameters,
            },
        )
}

/// The same URI in other characters; `choices` says where.
fn respelt(parts: &Parts, choices: u64) -> Parts {
    let mut choices = (0..64).map(|bit| choices >> bit & 1 == 1).cycle();
    let mut chosen = || choices.next() == Some(true);
    let flip = |text: &str, chosen: &mut dyn FnMut() -> bool| -> String {
        let flipped = |c: char| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        };
        text.chars()
            .map(|c| if chosen() { flipped(c) } else { c })
            .collect()
    };
    let scheme = flip(&parts.scheme, &mut chosen);
    let transport = flip(&parts.transport, &mut chosen);
    let mut host = flip(&parts.host, &mut chosen);
    if !host.contains(['%', '[']) {
        let encode = |c: char, yes: bool| {
            if yes {
                format!("%{:02x}", u32::from(c))
            } else {
                c.into()
            }
        };
        let may = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        host = host.chars().map(|c| encode(c, may(c) && chosen())).collect();
    }
    let port = format!("{}{}", if chosen() { "0" } else { "" }, parts.port);
    let userinfo = if chosen() { None } else { parts.userinfo.clone() };
    let parameters = if chosen() {
        vec![]
    } else {
        parts.parameters.clone()
    };
    Parts {
        scheme,
        userinfo,
        host,
        port,
        session_id: parts.session_id.clone(),
        transport,
        parameters,
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Octets that go some way into the grammar before they fail, if they do.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(
        &[
            "msrp://", "msrps://", "h", "@", ":", "1", "/", ";", "tcp", "=", "[", "]", "::", "%", "41",
            "1.2.3.4", " ", "?", "\u{fc}",
        ][..],
    );
    (option::of(Just("msrp://")), vec(pieces, 0..12)).prop_map(|(start, pieces)| {
        [start.unwrap_or_default(), &pieces.concat()]
            .concat()
            .into_bytes()
    })
}

/// What was read is all there, and the two ways of reading agree.
fn check(octets: &[u8]) -> Result<(), TestCaseError> {
    let owned = MsrpUri::parse(octets);
    let borrowed = match UriRef::parse(octets) {
        Ok(borrowed) => borrowed,
        Err(error) => {
            prop_assert_eq!(owned, Err(error));
            return Ok(());
        }
    };
    let owned = owned.expect("as the borrowed one");
    prop_assert_eq!(&owned, &borrowed);
    prop_assert_eq!(owned.scheme(), borrowed.scheme());
    prop_assert_eq!(owned.userinfo(), borrowed.userinfo());
    prop_assert_eq!(owned.user(), borrowed.user());
    prop_assert_eq!(owned.host(), borrowed.host());
    prop_assert_eq!(owned.port(), borrowed.port());
    prop_assert_eq!(owned.session_id(), borrowed.session_id());
    prop_assert_eq!(owned.transport(), borrowed.transport());
    prop_assert!(owned.parameters().eq(borrowed.parameters()));
    prop_assert_eq!(owned.as_str().as_bytes(), octets);
    prop_assert_eq!(format!("{owned:?}"), format!("{borrowed:?}"));
    let _ = (owned.target(), owned.relay_target());
    Ok(())
}

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets: Vec<u8>) {
        check(&octets)?;
        let _ = PathRef::parse(&octets, 3);
    }

    #[test]
    fn nearly_uris_are_read_or_refused(octets in nearly()) {
        check(&octets)?;
        if let Ok(path) = PathRef::parse(&octets, 3) {
            prop_assert_eq!(path.iter().count(), path.len());
        }
    }

    #[test]
    fn a_uri_is_its_parts(parts in parts()) {
        let text = parts.text();
        check(text.as_bytes())?;
        let uri: MsrpUri = text.parse()?;
        prop_assert_eq!(uri.userinfo(), parts.userinfo.as_deref());
        prop_assert_eq!(uri.host(), HostRef::from(&*parts.host));
        prop_assert_eq!(uri.port(), parts.port.parse().ok());
        prop_assert_eq!(uri.session_id(), parts.session_id.as_deref());
        prop_assert_eq!(uri.transport(), &*parts.transport);
        let parameters: Vec<_> =
            uri.parameters().map(|(name, value)| value.map_or(name.into(), |value| format!("{name}={value}"))).collect();
        prop_assert_eq!(parameters, parts.parameters);
        prop_assert_eq!(uri.to_string(), text);
    }

    #[test]
    fn what_is_built_is_read_back(parts in parts(), octets: [u8; 10], port in 1..=u16::MAX) {
        let token = SessionToken::random(|buffer| buffer.copy_from_slice(&octets));
        let scheme = if parts.scheme.len() == 5 { Scheme::Msrps } else { Scheme::Msrp };
        let builder = MsrpUri::build(scheme, &*parts.host).port(port).session_id(token.clone());
        let built = builder.finish()?;
        let read: MsrpUri = built.to_string().parse()?;
        prop_assert_eq!(&read, &built);
        prop_assert_eq!(read.as_str(), built.as_str());
        prop_assert_eq!(built.host(), HostRef::from(&*parts.host));
        prop_assert_eq!((built.scheme(), built.port()), (scheme, Some(port)));
        prop_assert_eq!(built.session_id(), Some(token.as_str()));
    }

    #[test]
    fn other_spellings_are_equal(parts in parts(), choices: u64) {
        let (ours, theirs): (MsrpUri, MsrpUri) = (parts.text().parse()?, respelt(&parts, choices).text().parse()?);
        prop_assert_eq!(&ours, &theirs);
        prop_assert!(ours.cmp(&theirs).is_eq());
        prop_assert_eq!(hash(&ours), hash(&theirs));
        prop_assert_eq!(hash(&ours), hash(&theirs.as_ref()));
        let keys = ours.target().ok().zip(theirs.target().ok());
        if let Some((ours, theirs)) = keys {
            prop_assert_eq!(ours.reuse_key(), theirs.reuse_key());
        }
    }

    #[test]
    fn comparison_is_that_of_the_rfc(ours in alike(), theirs in alike(), third in alike()) {
        let same = ours.same(&theirs);
        let [ours, theirs, third] = [ours, theirs, third].map(|parts| parts.text().parse::<MsrpUri>());
        let (ours, theirs, third) = (ours?, theirs?, third?);
        prop_assert_eq!(ours == theirs, same);
        prop_assert_eq!(ours.cmp(&theirs).is_eq(), same);
        prop_assert_eq!(ours.cmp(&theirs), theirs.cmp(&ours).reverse());
        prop_assert!(!same || hash(&ours) == hash(&theirs));
        if ours <= theirs && theirs <= third {
            prop_assert!(ours <= third);
        }
    }

    #[test]
    fn a_path_is_its_uris(parts in vec(parts(), 1..6)) {
        let texts: Vec<_> = parts.iter().map(Parts::text).collect();
        let path: Path = texts.join(" ").parse()?;
        prop_assert_eq!(path.to_string(), texts.join(" "));
        prop_assert!(path.iter().map(|uri| uri.as_str()).eq(texts.iter().map(String::as_str)));
        prop_assert!(path.iter().rev().map(|uri| uri.as_str()).eq(texts.iter().rev().map(String::as_str)));
        let uris: Vec<MsrpUri> = path.iter().map(|uri| uri.to_uri()).collect();
        prop_assert_eq!(Path::try_from(uris)?, path.clone());
        prop_assert_eq!(path.leftmost().as_str(), &*texts[0]);
        prop_assert_eq!(path.rightmost().as_str(), &*texts[texts.len() - 1]);
        prop_assert_eq!(hash(&path), hash(&path.as_ref()));
    }
}
