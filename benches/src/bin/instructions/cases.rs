//! What is counted, and what it may come to.

use msrp_benches::reassemble::Order;
use msrp_benches::streams::Stream;

use crate::work::{
    FRAMES, READ, decoded, in_progress, octetwise, paired, reassembled, received, received_octetwise,
    responses, s1, s4, s6, scheduled, sent, sessions, whole,
};

/// Something to count.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Of what the figure is that is told: the instructions are divided by how many of them there were.
    pub(crate) unit: &'static str,
    pub(crate) most: Most,
    /// Prepares, then does the work if it is told to. Returns how many units it was.
    pub(crate) run: fn(work: bool) -> usize,
}

/// How many instructions it should be at most.
#[derive(Clone, Copy)]
pub(crate) enum Most {
    /// There is no saying.
    Any,
    /// More fail, whatever the baseline says, if the compiler is that of the baseline.
    Limit(u64),
    /// More are not what is aimed at; that is told, and does not fail.
    Target(u64),
}

use Most::{Any, Limit, Target};

/// The cost of one case against that of another, which differs in one number only.
pub(crate) struct Growth {
    pub(crate) small: &'static str,
    pub(crate) large: &'static str,
    /// The large one may cost so many times as much for each unit, in percent.
    pub(crate) percent: u64,
}

pub(crate) const CASES: &[Case] = &[
    case("decode S1", "chunk", Any, |work| decoded(&s1(), READ, work)),
    case("decode S4", "message", Limit(2100), |work| {
        decoded(&s4(), READ, work)
    }),
    case("decode S5", "response", Any, |work| {
        decoded(&Stream::s5(FRAMES), READ, work)
    }),
    case("decode S6", "message", Limit(5000), |work| {
        decoded(&s6(), READ, work)
    }),
    case("receive S1", "chunk", Limit(4500), |work| {
        received(&s1(), READ, work)
    }),
    case("receive S1, reads of 1500", "chunk", Any, |work| {
        received(&s1(), 1500, work)
    }),
    case("receive S4", "message", Target(4500), |work| {
        received(&s4(), READ, work)
    }),
    case("receive S5", "response", Target(1200), responses),
    case("receive S6", "message", Any, |work| received(&s6(), READ, work)),
    case("inbox S1", "chunk", Any, |work| whole(&s1(), work)),
    case("inbox S4", "message", Any, |work| whole(&s4(), work)),
    case("send, chunks of 2048", "chunk", Any, |work| {
        sent(Some(2048), work)
    }),
    case("send, one chunk", "2048 octets", Any, |work| sent(None, work)),
    case("pair, chunks of 2048", "chunk", Any, paired),
    case("decode 20 KiB of S4, reads of 1", "octet", Any, |work| {
        octetwise(20, work)
    }),
    case("decode 200 KiB of S4, reads of 1", "octet", Any, |work| {
        octetwise(200, work)
    }),
    case("receive 200 KiB of S4, reads of 1", "octet", Any, |work| {
        received_octetwise(200, work)
    }),
    case("receive over 1 session", "message", Any, |work| sessions(1, work)),
    case("receive over 100 sessions", "message", Any, |work| {
        sessions(100, work)
    }),
    case("receive over 10 000 sessions", "message", Any, |work| {
        sessions(10_000, work)
    }),
    case("receive over 100 000 sessions", "message", Any, |work| {
        sessions(100_000, work)
    }),
    case("receive 1 message at a time", "chunk", Any, |work| {
        in_progress(1, work)
    }),
    case("receive 100 messages at a time", "chunk", Any, |work| {
        in_progress(100, work)
    }),
    case("receive 10 000 messages at a time", "chunk", Any, |work| {
        in_progress(10_000, work)
    }),
    case("send 1 message at a time", "chunk", Any, |work| {
        scheduled(1, work)
    }),
    case("send 100 messages at a time", "chunk", Any, |work| {
        scheduled(100, work)
    }),
    case("send 10 000 messages at a time", "chunk", Any, |work| {
        scheduled(10_000, work)
    }),
    case("reassemble 1 000 chunks, reversed", "chunk", Any, |work| {
        reassembled(Order::Reversed, 1_000, work)
    }),
    case("reassemble 100 000 chunks, reversed", "chunk", Any, |work| {
        reassembled(Order::Reversed, 100_000, work)
    }),
    case("reassemble 1 000 chunks, random", "chunk", Any, |work| {
        reassembled(Order::Random, 1_000, work)
    }),
    case("reassemble 100 000 chunks, random", "chunk", Any, |work| {
        reassembled(Order::Random, 100_000, work)
    }),
    case("reassemble 1 000 000 chunks, random", "chunk", Any, |work| {
        reassembled(Order::Random, 1_000_000, work)
    }),
];

pub(crate) const GROWTH: &[Growth] = &[
    growth(
        "decode 20 KiB of S4, reads of 1",
        "decode 200 KiB of S4, reads of 1",
        102,
    ),
    growth("receive over 1 session", "receive over 100 sessions", 200),
    growth("receive over 1 session", "receive over 10 000 sessions", 300),
    growth("receive over 1 session", "receive over 100 000 sessions", 400),
    growth(
        "receive 1 message at a time",
        "receive 100 messages at a time",
        200,
    ),
    growth(
        "receive 1 message at a time",
        "receive 10 000 messages at a time",
        300,
    ),
    growth("send 1 message at a time", "send 100 messages at a time", 200),
    growth("send 1 message at a time", "send 10 000 messages at a time", 300),
    growth(
        "reassemble 1 000 chunks, reversed",
        "reassemble 100 000 chunks, reversed",
        150,
    ),
    growth(
        "reassemble 1 000 chunks, random",
        "reassemble 100 000 chunks, random",
        150,
    ),
    growth(
        "reassemble 1 000 chunks, random",
        "reassemble 1 000 000 chunks, random",
        150,
    ),
];

const fn growth(small: &'static str, large: &'static str, percent: u64) -> Growth {
    Growth {
        small,
        large,
        percent,
    }
}

const fn case(name: &'static str, unit: &'static str, most: Most, run: fn(work: bool) -> usize) -> Case {
    Case {
        name,
        unit,
        most,
        run,
    }
}
