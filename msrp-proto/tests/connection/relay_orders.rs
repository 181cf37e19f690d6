//! Commands and responses in any order: every path has its turn and one last event, and every session sends exactly
//! while its path is good.

use std::collections::BTreeMap;
use std::time::Duration;

use msrp_proto::wire::Path;
use msrp_proto::{Instant, RelayConfig, Role, SendErrorReason, Terms};

use crate::peer::{Cut, Peer, Sent, text};
use crate::relay_side::*;

/// Numbers that look drawn (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

/// The name of a path, and what was granted under it.
type Granted = (String, String);

#[derive(Default)]
struct Known {
    asking: bool,
    paths: Vec<String>,
    /// The one that it was given to.
    session: Option<String>,
}

struct Walk {
    peer: Peer,
    random: Random,
    /// Paths that have had no last event, by name.
    relays: BTreeMap<String, Known>,
    /// The path of each session; `None` goes without relays.
    sessions: BTreeMap<String, Option<Granted>>,
    /// The AUTH that awaits its response, and until when, and one that was before.
    auth: Option<(Sent, Instant)>,
    before: Option<Sent>,
    count: usize,
}

impl Walk {
    fn new(seed: u64) -> Self {
        Self {
            peer: setup().peer(Cut::Whole),
            random: Random(seed),
            relays: BTreeMap::new(),
            sessions: BTreeMap::new(),
            auth: None,
            before: None,
            count: 0,
        }
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    fn any<T: Clone>(&mut self, of: Vec<T>) -> Option<T> {
        let at = self.random.below(of.len().max(1));
        of.get(at).cloned()
    }

    fn any_relay(&mut self) -> Option<String> {
        self.any(self.relays.keys().cloned().collect())
    }

    fn any_session(&mut self) -> Option<String> {
        self.any(self.sessions.keys().cloned().collect())
    }

    fn any_path(&mut self) -> Option<Granted> {
        let paths = |(name, known): (&String, &Known)| {
            let name = name.clone();
            let all = known.paths.clone();
            all.into_iter().map(move |path| (name.clone(), path))
        };
        self.any(self.relays.iter().flat_map(paths).collect())
    }

    /// Whether a session has that path, by whatever name, and it has not lapsed.
    fn is_good(&self, session: &str, path: Option<&Granted>) -> bool {
        let has =
            |known: &Known, path| known.session.as_deref() == Some(session) && known.paths.contains(path);
        path.is_none_or(|(_, path)| self.relays.values().any(|known| has(known, path)))
    }

    fn take(&mut self, session: String, path: Granted) {
        let known = self.relays.get_mut(&path.0).expect("a path");
        known.session.get_or_insert(session.clone());
        self.sessions.insert(session, Some(path));
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0 | 1 if self.relays.len() < 4 => {
                let name = format!("R{}", self.next());
                let own = uri(&format!("msrps://alice.example.com:9892/{name};tcp"));
                let config = RelayConfig::new(own, uri(INTRA)).credentials(alice());
                self.peer.authorize(&name, config);
                let asking = true;
                self.relays.insert(
                    name,
                    Known {
                        asking,
                        ..Known::default()
                    },
                );
            }
            2 => {
                if let Some(name) = self.any_relay() {
                    self.peer.relay(&name).release();
                }
            }
            3 | 10..=12 => {
                if let Some(name) = self.any_relay() {
                    let asks = self.peer.relay(&name).renew();
                    let known = self.relays.get_mut(&name).unwrap();
                    assert_eq!(asks, !known.asking && known.paths.len() < 8, "{name}");
                    known.asking |= asks;
                }
            }
            4 | 5 => {
                if let Some(path) = self.any_path() {
                    let name = format!("B{}", self.next());
                    let own = format!("msrps://alice.example.com:9892/{name};tcp");
                    if let Ok(id) = self.peer.connection.open(session(&own, Role::Active, &path.1)) {
                        self.peer.name_session(id, &name);
                        self.take(name, path);
                    }
                }
            }
            6 => {
                if let (Some(name), Some(path)) = (self.any_session(), self.any_path()) {
                    self.peer.session(&name).update(terms(&path.1));
                    self.take(name, path);
                }
            }
            7 => {
                if let Some(name) = self.any_session() {
                    let direct = Terms::new(PEER.parse::<Path>().unwrap());
                    self.peer.session(&name).update(direct);
                    self.sessions.insert(name, None);
                }
            }
            8 => {
                if let Some(name) = self.any_session() {
                    self.peer.session(&name).abort();
                }
            }
            9 => {
                let seconds = [1, 1, 1, 2, 2, 8, 31, 100][self.random.below(8)];
                self.wait(seconds);
            }
            _ => self.answer(),
        }
        self.note();
        if self.random.below(2) == 0 {
            self.settle();
        }
    }

    fn answer(&mut self) {
        let kind = self.random.below(10);
        // Too late, or once more.
        let again = kind == 0 && self.before.is_some();
        let Some(auth) = (if again {
            self.before.clone()
        } else {
            self.auth.take().map(|(auth, _)| auth)
        }) else {
            return;
        };
        let number = self.next();
        // Some come again, to the same session or to another.
        let path = [number, self.random.below(4)][self.random.below(2)];
        let path = format!("msrps://intra.example.com:9000/u{path};tcp");
        let lifetime = [1, 10, 60, 600][self.random.below(4)].to_string();
        self.peer.feed(match kind {
            1 => response(&auth, "403"),
            2 | 3 => unauthorized(&auth, &challenge("x", &format!("n{number}"))),
            4 => response(&auth, "423").header("Max-Expires", "60"),
            _ => granted(&auth, &path).header("Expires", &lifetime),
        });
        self.before = Some(auth);
    }

    fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.peer.wait(Duration::from_secs(1));
            self.settle();
        }
    }

    /// All that is to be sent is sent, and all that happened is told.
    fn settle(&mut self) {
        self.note();
        let now = self.peer.now;
        self.auth.take_if(|(_, until)| *until <= now);
        loop {
            let sent = self.peer.sent();
            if sent.is_empty() {
                break;
            }
            for sent in sent {
                if sent.line().starts_with("AUTH") {
                    let until = self.peer.now + Duration::from_secs(30);
                    let before = self.auth.replace((sent, until));
                    assert!(before.is_none(), "one at a time");
                    continue;
                }
                let to_path = sent.header("To-Path").to_owned();
                let session = self.session_of(sent.header("From-Path"));
                let path = self.sessions[&session].clone();
                assert!(
                    self.is_good(&session, path.as_ref()),
                    "{session} sent to {to_path}"
                );
                let through = path.map_or(String::new(), |(_, path)| path + " ");
                assert_eq!(to_path, format!("{through}{PEER}"));
                self.peer.feed(response(&sent, "200 OK"));
            }
            self.note();
        }
        let asking: Vec<_> = self.relays.iter().filter(|(_, known)| known.asking).collect();
        assert!(asking.is_empty() || self.auth.is_some(), "nobody has a turn");
        for (name, path) in self.sessions.clone() {
            if !self.is_good(&name, path.as_ref()) {
                let refused = self.peer.session(&name).send(text("x")).unwrap_err();
                assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
                continue;
            }
            self.peer.send_on(&name, "m", text("x"));
            let sent = self.peer.sent();
            assert_eq!(sent.len(), 1, "{name}");
            self.peer.feed(response(&sent[0], "200 OK"));
        }
        self.note();
    }

    fn session_of(&self, own: &str) -> String {
        let mut names = self.sessions.keys();
        let is_its = |name: &&String| own.contains(&format!("/{name};"));
        names.find(is_its).expect("a session").clone()
    }

    fn note(&mut self) {
        for event in self.peer.events() {
            let (name, what) = event.split_once(' ').unwrap_or((&event, ""));
            let path = what.rsplit(' ').next().unwrap_or_default().to_owned();
            if name.starts_with('B') {
                if what.starts_with("failed") {
                    self.sessions.remove(name).expect("one last event");
                }
                continue;
            }
            if !name.starts_with('R') {
                continue;
            }
            if what.starts_with("failed") {
                self.relays.remove(name).expect("one last event");
                continue;
            }
            let known = self.relays.get_mut(name).expect("no event after the last");
            match what.split(' ').next().unwrap_or_default() {
                "authorized" | "renewed" => {
                    assert!(std::mem::replace(&mut known.asking, false));
                    known.paths.retain(|other| *other != path);
                    known.paths.push(path);
                }
                "lapsed" => known.paths.retain(|other| *other != path),
                "not" => assert!(std::mem::replace(&mut known.asking, false)),
                "expiring" => {}
                _ => panic!("{event}"),
            }
        }
    }
}

#[test]
fn any_order() {
    for seed in 0..SEEDS {
        let mut walk = Walk::new(seed);
        for _ in 0..200 {
            walk.step();
        }
        // Nobody answers any more: nobody waits for ever.
        walk.wait(1000);
        assert!(walk.relays.is_empty(), "seed {seed}");
        walk.peer.connection.abort();
        walk.note();
        assert!(walk.sessions.is_empty(), "seed {seed}");
    }
}

/// Walks, each another one.
const SEEDS: u64 = 200;
