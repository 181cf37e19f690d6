//! What this side has said, and what became of it.

use std::collections::BTreeMap;

use msrp_cpim::imdn::{DisplayStatus, Disposition, MessageId, Notification, Tracker, TrackerEvent};
use msrp_proto::Progress;

use crate::send::explain::Why;
use crate::tokio_driver::{Delivery, DeliveryStage, DeliveryState};

/// How many that are settled are kept: nobody looks further back.
const MOST_KEPT: usize = 64;

/// How many of them are summed up apart.
const MOST_GROUPS: usize = 4;

/// Texts and files that were said, by number.
#[derive(Default)]
pub(super) struct Said {
    things: BTreeMap<usize, Thing>,
    /// How many there ever were.
    pub(super) count: usize,
    unsettled: usize,
    tracker: Tracker<usize>,
}

struct Thing {
    /// Of a file.
    title: Option<String>,
    mark: Mark,
    id: Option<MessageId>,
    progress: Option<Progress>,
    /// Quarters of a file that were told of.
    quarters: u64,
    /// Once it was taken.
    delivery: Option<Delivery>,
    stopped: bool,
    settled: bool,
}

/// What became of something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Waiting,
    Sent,
    Delivered,
    Displayed,
    Failed,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Displayed => "displayed",
            Self::Failed => "FAILED",
        }
    }
}

impl Said {
    /// Something more is said. Returns its number, from 1 on.
    pub(super) fn add(&mut self, title: Option<String>, id: Option<MessageId>) -> usize {
        self.count += 1;
        self.unsettled += 1;
        if let Some(id) = &id {
            self.tracker.track(id, self.count);
        }
        let thing = Thing {
            title,
            mark: Mark::Waiting,
            id,
            progress: None,
            quarters: 0,
            delivery: None,
            stopped: false,
            settled: false,
        };
        self.things.insert(self.count, thing);
        self.forget();
        self.count
    }

    /// How many have no outcome yet.
    pub(super) fn unsettled(&self) -> usize {
        self.unsettled
    }

    pub(super) fn taken(&mut self, number: usize, delivery: Delivery) {
        if let Some(thing) = self.things.get_mut(&number) {
            if thing.stopped {
                delivery.abort();
            }
            thing.delivery = Some(delivery);
        }
    }

    /// It has come further. Returns what there is to tell line by line.
    pub(super) fn came(&mut self, number: usize, state: &DeliveryState) -> Option<String> {
        let thing = self.things.get_mut(&number)?;
        thing.progress = Some(state.progress);
        let sent = matches!(state.stage, DeliveryStage::Sent | DeliveryStage::Acknowledged);
        if sent && thing.mark == Mark::Waiting {
            thing.mark = Mark::Sent;
            return Some(line(number, thing.title.as_deref(), "sent"));
        }
        // Of a file that takes a while.
        let (title, total) = (thing.title.as_deref()?, state.progress.total?);
        let quarters = state.progress.acknowledged.saturating_mul(4).checked_div(total)?;
        if quarters <= thing.quarters || quarters > 3 {
            return None;
        }
        thing.quarters = quarters;
        Some(line(number, Some(title), &format!("{} %", quarters * 25)))
    }

    /// It has its outcome. Returns what there is to tell.
    pub(super) fn settled(&mut self, number: usize, failure: Option<&str>) -> Option<String> {
        let thing = self.things.get_mut(&number).filter(|thing| !thing.settled)?;
        self.unsettled = self.unsettled.saturating_sub(1);
        thing.settled = true;
        thing.delivery = None;
        thing.progress = None;
        let (mark, what) = match failure {
            Some(why) => (Mark::Failed, format!("NOT DELIVERED: {why}")),
            // Nothing more can be said of it.
            None if thing.mark == Mark::Displayed => return None,
            None => (Mark::Delivered, "delivered".into()),
        };
        thing.mark = mark;
        Some(line(number, thing.title.as_deref(), &what))
    }

    /// What a notification tells.
    pub(super) fn notified(&mut self, notification: &Notification) -> Option<String> {
        let TrackerEvent::Reported {
            message, disposition, ..
        } = self.tracker.handle(notification)
        else {
            return None;
        };
        let number = *message;
        if *disposition != Disposition::Display(DisplayStatus::Displayed) {
            return None;
        }
        let thing = self.things.get_mut(&number)?;
        if matches!(thing.mark, Mark::Displayed | Mark::Failed) {
            return None;
        }
        thing.mark = Mark::Displayed;
        Some(line(number, None, "displayed"))
    }

    /// Whether it is a file.
    pub(super) fn is_file(&self, number: usize) -> bool {
        self.things
            .get(&number)
            .is_some_and(|thing| thing.title.is_some())
    }

    /// Whether it was the user who did not want it any more.
    pub(super) fn is_stopped(&self, number: usize) -> bool {
        self.things.get(&number).is_some_and(|thing| thing.stopped)
    }

    /// Stops what is on its way: files, or all. Returns how many.
    pub(super) fn stop(&mut self, all: bool) -> usize {
        let under_way = self
            .things
            .values_mut()
            .filter(|thing| !thing.settled && (all || thing.title.is_some()));
        let mut count = 0;
        for thing in under_way {
            thing.stopped = true;
            if let Some(delivery) = &thing.delivery {
                delivery.abort();
            }
            count += 1;
        }
        count
    }

    /// The files under way, and how far they are.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, u64, Option<u64>)> {
        self.things.values().filter_map(|thing| {
            let progress = thing.progress.as_ref()?;
            Some((thing.title.as_deref()?, progress.acknowledged, progress.total))
        })
    }

    /// Where all stands, the newest first: `#4-5 sent, #3 delivered`.
    pub(super) fn summary(&self) -> String {
        let mut groups: Vec<(usize, usize, Mark)> = Vec::new();
        for (&number, thing) in self.things.iter().rev() {
            if let Some((first, _, mark)) = groups.last_mut()
                && *mark == thing.mark
            {
                *first = number;
            } else if groups.len() < MOST_GROUPS {
                groups.push((number, number, thing.mark));
            } else {
                break;
            }
        }
        let groups = groups.iter().map(|(first, last, mark)| match first == last {
            true => format!("#{first} {}", mark.word()),
            false => format!("#{first}-{last} {}", mark.word()),
        });
        groups.collect::<Vec<_>>().join(", ")
    }

    fn forget(&mut self) {
        while self.things.len() > MOST_KEPT
            && let Some(oldest) = self.things.first_entry()
            && oldest.get().settled
        {
            if let Some(id) = oldest.remove().id {
                self.tracker.forget(&id);
            }
        }
    }
}

fn line(number: usize, title: Option<&str>, what: &str) -> String {
    match title {
        Some(title) => format!("* #{number} {title}: {what}"),
        None => format!("* #{number} {what}"),
    }
}

/// Something happened to what was said.
pub(super) enum Happened {
    /// It is on its way.
    Taken(usize, Delivery),
    Came(usize, DeliveryState),
    Settled(usize, Result<(), Why>),
    /// What became of a status.
    Status(Result<(), Why>),
}
