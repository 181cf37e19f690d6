//! All pairs of offers and answers that two sides can make, with or without a middlebox between: one side connects and
//! the other listens, or the offerer knows why not and the answerer does not wait for ever.

use std::collections::BTreeMap;

use msrp_multipart::MediaRanges;
use msrp_proto::{Direction, Role};
use msrp_sdp::{
    Action, Agreement, Answer, Identity, Local, LocalSession, Media, Names, NegotiationError, Outcome,
    Policy, Refusal, Side, Verified, negotiate,
};

use crate::{CERTIFICATES, carried, fingerprints, host, terms, written};

const ADDRESSES: [(&str, u16); 2] = [("192.0.2.1", 7394), ("192.0.2.9", 8493)];
const MIDDLEBOX: (&str, u16) = ("203.0.113.9", 5000);
const TYPES: [&str; 3] = ["*", "text/plain message/cpim", "image/png"];
const DIRECTIONS: [Direction; 4] = [
    Direction::SendRecv,
    Direction::SendOnly,
    Direction::RecvOnly,
    Direction::Inactive,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Reachable,
    BehindNat,
    Nowhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    Plain,
    /// A fingerprint, and wants one.
    Fingerprint,
    /// A fingerprint, and takes a certificate for a name.
    FingerprintOrName,
    /// A certificate for a name, and takes one.
    Name,
    /// A certificate for a name, and wants a fingerprint.
    NameButWantsFingerprint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    Rfc4975,
    Setup,
    Cema,
}

const REACHES: [Reach; 3] = [Reach::Reachable, Reach::BehindNat, Reach::Nowhere];
const PROTECTIONS: [Protection; 5] = [
    Protection::Plain,
    Protection::Fingerprint,
    Protection::FingerprintOrName,
    Protection::Name,
    Protection::NameButWantsFingerprint,
];
const MODELS: [Model; 3] = [Model::Rfc4975, Model::Setup, Model::Cema];

/// All that a side can be in these tests.
#[derive(Clone, Copy, Debug)]
struct Setting {
    reach: Reach,
    protection: Protection,
    model: Model,
    types: &'static str,
    direction: Direction,
}

impl Setting {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for reach in REACHES {
            for protection in PROTECTIONS {
                for model in MODELS {
                    all.push(Self {
                        reach,
                        protection,
                        model,
                        types: TYPES[0],
                        direction: DIRECTIONS[0],
                    });
                }
            }
        }
        all
    }

    fn open(self, side: usize) -> LocalSession {
        let (address, port) = ADDRESSES[side];
        let local = match self.reach {
            Reach::Reachable => Local::listening(host(address), port),
            Reach::BehindNat => Local::listening(host(address), port).reachable(false),
            Reach::Nowhere => Local::connecting(host(address)),
        };
        let local = match self.protection {
            Protection::Plain => local.plain(),
            Protection::Fingerprint | Protection::FingerprintOrName => {
                local.fingerprints(fingerprints(CERTIFICATES[side]))
            }
            Protection::Name | Protection::NameButWantsFingerprint => local.by_name(true),
        };
        let types = MediaRanges::parse_strict(self.types.as_bytes()).expect("a list");
        local
            .setup(self.model != Model::Rfc4975)
            .cema(self.model == Model::Cema)
            .accept_types(types)
            .direction(self.direction)
            .open(&mut msrp_sdp::Ids::seeded([side as u8; 32]))
            .expect("settings that fit together")
    }

    fn secure(self) -> bool {
        self.protection != Protection::Plain
    }

    fn shows_fingerprint(self) -> bool {
        matches!(
            self.protection,
            Protection::Fingerprint | Protection::FingerprintOrName
        )
    }

    fn takes_names(self) -> bool {
        matches!(self.protection, Protection::FingerprintOrName | Protection::Name)
    }

    fn policy(self) -> Policy {
        Policy::default().by_name(self.takes_names())
    }
}

/// What stands between: it may put itself into `c=` and `m=`, and may not know `msrp-cema`.
#[derive(Clone, Copy, Debug)]
struct Middlebox {
    rewrites: [bool; 2],
    strips_cema: [bool; 2],
}

impl Middlebox {
    const NONE: Self = Self {
        rewrites: [false; 2],
        strips_cema: [false; 2],
    };

    fn all() -> Vec<Self> {
        let on = |switches: u32, bit: u32| switches & (1 << bit) != 0;
        (0..16)
            .map(|switches| Self {
                rewrites: [on(switches, 0), on(switches, 1)],
                strips_cema: [on(switches, 2), on(switches, 3)],
            })
            .collect()
    }

    /// Lets a section pass; the offer is that of side 0.
    fn pass(self, media: &Media, from: usize) -> Media {
        let mut text = String::new();
        for line in written(media).lines() {
            let line = match line {
                _ if self.rewrites[from] && line.starts_with("c=") => format!("c=IN IP4 {}", MIDDLEBOX.0),
                _ if self.rewrites[from] && line.starts_with("m=") && media.port() != 0 => {
                    line.replacen(&media.port().to_string(), &MIDDLEBOX.1.to_string(), 1)
                }
                "a=msrp-cema" if self.strips_cema[from] => continue,
                _ => line.to_owned(),
            };
            text += &format!("{line}\r\n");
        }
        crate::read(&text)
    }
}

/// How a pair has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Session,
    SessionOverMiddlebox,
    Refused,
    OffererFails,
    OffersAnew,
}

/// One exchange between two sides.
struct Exchange<'a> {
    settings: [Setting; 2],
    sessions: [&'a LocalSession; 2],
    middlebox: Middlebox,
}

impl Exchange<'_> {
    fn end(&self, offer: &Media) -> End {
        let [ours, theirs] = self.settings;
        let received_offer = self.middlebox.pass(offer, 0);
        let names = Names::default();
        let answer = match self.sessions[1].answer(&received_offer, &theirs.policy(), &names) {
            Ok(Answer::Media(answer)) => *answer,
            Ok(Answer::Lookup(names)) => panic!("nothing here has a name: {names:?}"),
            Err(refusal) => {
                self.check_refusal(refusal, offer);
                let refused = self.middlebox.pass(&received_offer.refused(), 1);
                let told = negotiate(offer, &refused, Side::Offerer, &ours.policy(), &names);
                assert_eq!(told, Err(NegotiationError::Refused));
                return End::Refused;
            }
        };
        assert!(self.expected_refusal(offer).is_none(), "{:?}", self.settings);
        // Who has answered has a session, and does not wait for ever.
        let answerer = negotiate(&received_offer, &answer, Side::Answerer, &theirs.policy(), &names);
        let Ok(Outcome::Session(answerer)) = answerer else {
            panic!("promised and not kept: {answerer:?}")
        };
        match answerer.plan().action() {
            Action::Listen { .. } => assert!(answerer.plan().wait().is_some()),
            action => assert!(matches!(action, Action::Connect(_)), "{action:?}"),
        }
        let received_answer = self.middlebox.pass(&answer, 1);
        match negotiate(offer, &received_answer, Side::Offerer, &ours.policy(), &names) {
            Ok(Outcome::Session(offerer)) => {
                let sections = [(offer, &received_offer), (&answer, &received_answer)];
                self.check_sessions([&offerer, &answerer], sections)
            }
            Ok(Outcome::Reoffer) => {
                assert!(offer.cema() && !received_answer.cema() && self.middlebox.rewrites[1]);
                End::OffersAnew
            }
            Err(NegotiationError::NoFingerprint) => {
                assert!(ours.secure() && !theirs.shows_fingerprint() && !ours.takes_names());
                End::OffererFails
            }
            other => panic!("{other:?}"),
        }
    }

    /// Why the answerer cannot but refuse: all reasons are here, those of the offerer's certificate last.
    fn expected_refusal(&self, offer: &Media) -> Option<Refusal> {
        let [ours, theirs] = self.settings;
        let sees_cema = offer.cema() && !self.middlebox.strips_cema[0];
        let uses_setup = theirs.model != Model::Rfc4975;
        let offers_choice = uses_setup && ours.model != Model::Rfc4975 && ours.reach == Reach::Reachable;
        let pair = [ours.types, theirs.types];
        if theirs.model == Model::Cema && self.middlebox.rewrites[0] && !sees_cema {
            Some(Refusal::Middlebox)
        } else if theirs.reach == Reach::Nowhere && !offers_choice {
            Some(Refusal::CannotListen)
        } else if pair.contains(&TYPES[1]) && pair.contains(&TYPES[2]) {
            Some(Refusal::NoCommonType)
        } else if ours.secure() != theirs.secure() {
            Some(Refusal::Security)
        } else if ours.secure() && !ours.shows_fingerprint() && !theirs.takes_names() {
            Some(Refusal::NoFingerprint)
        } else {
            None
        }
    }

    fn check_refusal(&self, refusal: Refusal, offer: &Media) {
        assert_eq!(Some(refusal), self.expected_refusal(offer), "{:?}", self.settings);
    }

    /// Each side's agreement, and each section as it was written and as it arrived.
    fn check_sessions(&self, agreed: [&Agreement; 2], sections: [(&Media, &Media); 2]) -> End {
        let roles = agreed.map(Agreement::role);
        let active = match roles {
            [Role::Active, Role::Passive] => 0,
            [Role::Passive, Role::Active] => 1,
            other => panic!("{other:?}"),
        };
        let passive = 1 - active;
        for (side, agreement) in agreed.into_iter().enumerate() {
            let peer = 1 - side;
            let (_, theirs_as_read) = sections[peer];
            let path = sections[peer].0.path().expect("a path").to_string();
            assert_eq!(&agreement.uri(), self.sessions[side].uri());
            assert_eq!(agreement.peer_path(), self.sessions[peer].path());
            assert_eq!(
                agreement.terms(),
                terms(&path, theirs_as_read, self.direction(side))
            );
            assert_eq!(agreement.plan().tls(), self.settings[side].secure());
            self.check_identity(side, agreement, side == active);
        }
        // One listens where it said, before its section left.
        let at = ADDRESSES[passive];
        assert_eq!(crate::listens(agreed[passive]), (at.0.to_owned(), at.1));
        if passive == 0 {
            assert_eq!(self.sessions[0].listens(), Some((&host(at.0), at.1)));
        }
        // The other one connects, there or to the middlebox.
        assert_eq!(agreed[active].plan().wait(), None);
        let to = crate::connects(agreed[active]);
        let rewritten = self.middlebox.rewrites[passive];
        let knows = self.sessions.iter().all(|session| session.offer().cema());
        let both_cema = sections
            .iter()
            .all(|(sent, received)| sent.cema() && received.cema());
        if to == (at.0.to_owned(), at.1) {
            assert!(!(rewritten && both_cema), "past the middlebox");
            End::Session
        } else {
            assert_eq!(to, (MIDDLEBOX.0.to_owned(), MIDDLEBOX.1));
            assert!(rewritten && (knows || sections[active].0.cema()));
            End::SessionOverMiddlebox
        }
    }

    fn check_identity(&self, side: usize, agreed: &Agreement, active: bool) {
        let peer = 1 - side;
        let (theirs, plan) = (self.settings[peer], agreed.plan());
        let (right, wrong) = (Some(CERTIFICATES[peer]), Some(CERTIFICATES[side]));
        if theirs.shows_fingerprint() {
            assert_eq!(
                plan.identity(),
                &Identity::Fingerprints(fingerprints(CERTIFICATES[peer]))
            );
            assert_eq!(plan.verify(right), Ok(Verified::Fingerprint));
            assert!(plan.verify(wrong).is_err() && plan.verify(None).is_err());
        } else if theirs.secure() && active {
            assert_eq!(plan.identity(), &Identity::Name(host(ADDRESSES[peer].0)));
            assert_eq!(plan.verify(wrong), Ok(Verified::ByName));
        } else {
            assert_eq!(plan.identity(), &Identity::Session);
            assert_eq!(plan.verify(None), Ok(Verified::NotNeeded));
        }
    }

    /// What both want, seen from one side.
    fn direction(&self, side: usize) -> Direction {
        let [own, peer] = [self.settings[side].direction, self.settings[1 - side].direction];
        let send = own.may_send() && peer.may_receive();
        let receive = own.may_receive() && peer.may_send();
        match (send, receive) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }
}

fn ends(settings: &[[Setting; 2]], middleboxes: &[Middlebox]) -> BTreeMap<End, usize> {
    let mut ends = BTreeMap::new();
    for settings in settings {
        let opened = [settings[0].open(0), settings[1].open(1)];
        let offer = opened[0].offer();
        for &middlebox in middleboxes {
            let exchange = Exchange {
                settings: *settings,
                sessions: [&opened[0], &opened[1]],
                middlebox,
            };
            let mut end = exchange.end(&offer);
            *ends.entry(end).or_default() += 1;
            if end == End::OffersAnew {
                // The second round comes to an end.
                end = exchange.end(&opened[0].offer_without_cema());
                assert_ne!(end, End::OffersAnew);
                assert_ne!(end, End::SessionOverMiddlebox, "{settings:?}");
            }
        }
    }
    ends
}

fn pairs(of: &[Setting]) -> Vec<[Setting; 2]> {
    of.iter()
        .flat_map(|&one| of.iter().map(move |&other| [one, other]))
        .collect()
}

/// Without a middlebox nothing is ever offered anew, and who can have a session has one.
#[test]
fn two_sides_alone() {
    let pairs = pairs(&Setting::all());
    let ends = ends(&pairs, &[Middlebox::NONE]);
    assert_eq!(ends.values().sum::<usize>(), 2025);
    assert!(ends[&End::Session] > 500, "{ends:?}");
    assert!(ends[&End::Refused] > 0 && ends[&End::OffererFails] > 0);
    assert_eq!(ends.len(), 3, "{ends:?}");
}

/// Every pair with every middlebox. Types and directions go round with them.
#[test]
fn with_a_middlebox_between() {
    let mut pairs = pairs(&Setting::all());
    for (at, pair) in pairs.iter_mut().enumerate() {
        pair[0].direction = DIRECTIONS[at % 4];
        pair[1].direction = DIRECTIONS[at / 4 % 4];
        pair[0].types = TYPES[at % 3];
        pair[1].types = TYPES[at / 3 % 3];
    }
    let ends = ends(&pairs, &Middlebox::all());
    assert_eq!(ends.values().sum::<usize>(), 2025 * 16);
    for end in [
        End::Session,
        End::SessionOverMiddlebox,
        End::Refused,
        End::OffererFails,
        End::OffersAnew,
    ] {
        assert!(
            ends.get(&end).is_some_and(|count| *count > 100),
            "{end:?}: {ends:?}"
        );
    }
}

/// Types and directions, each with each, of sides that otherwise agree.
#[test]
fn types_and_directions() {
    let mut settings = Vec::new();
    for reach in REACHES {
        for types in TYPES {
            for direction in DIRECTIONS {
                settings.push(Setting {
                    reach,
                    protection: Protection::Fingerprint,
                    model: Model::Setup,
                    types,
                    direction,
                });
            }
        }
    }
    let ends = ends(&pairs(&settings), &[Middlebox::NONE]);
    // Of 9 pairs of types 2 have none in common, of 9 of reaches 2 cannot meet.
    assert_eq!(
        ends,
        BTreeMap::from([(End::Session, 7 * 7 * 16), (End::Refused, 1296 - 7 * 7 * 16)])
    );
}

/// What goes over the wire is what was meant, with every setting.
#[test]
fn sections_survive_the_wire() {
    for setting in Setting::all() {
        let offer = setting.open(0).offer();
        assert_eq!(carried(&offer), offer);
    }
}
