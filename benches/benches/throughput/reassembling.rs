//! A message whose chunks come in whatever order.

use std::cell::LazyCell;
use std::sync::Arc;

use criterion::Criterion;
use msrp_benches::reassemble::{Order, parts};
use msrp_benches::streams::Stream;
use msrp_benches::{clock, receive};
use msrp_proto::{Config, Inbox};

use crate::measure::{Group, timed};
use crate::subject::{READS, Subject};
use crate::table::Table;

/// A connection that accounts for such chunks, and an inbox that puts them together.
pub(crate) fn reassembly(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "reassembly", table);
    let config = Arc::new(Config::default().max_holes(usize::MAX));
    let [read, ..] = READS;
    for (name, order, count) in CASES {
        let stream = LazyCell::new(|| Stream::parts("parts", count * LEN, &parts(order, count, LEN)));
        group.bench(
            &format!("connection/{name}"),
            || Subject::whole(&stream),
            |_| {
                let now = clock();
                let mut bob = receive::bob(&config, 1, now);
                let (tally, time) = timed(|| receive::receive(&mut bob, now, stream.reads(read.len)));
                assert_eq!(tally.messages, 1);
                time
            },
        );
        group.bench(
            &format!("inbox/{name}"),
            || Subject::whole(&stream),
            |_| {
                let now = clock();
                let mut bob = receive::bob(&config, 1, now);
                let mut inbox = Inbox::new(usize::MAX, usize::MAX);
                let (tally, time) =
                    timed(|| receive::inbox(&mut bob, &mut inbox, now, stream.reads(read.len)));
                assert_eq!((tally.messages, tally.body), (1, (count * LEN) as u64));
                time
            },
        );
    }
}

const CASES: [(&str, Order, usize); 5] = [
    ("in-order/100000", Order::InOrder, 100_000),
    ("reversed/100000", Order::Reversed, 100_000),
    ("random/100000", Order::Random, 100_000),
    ("overlapping/100000", Order::Overlapping, 100_000),
    ("random/1000000", Order::Random, 1_000_000),
];

/// Octets of a chunk: few, since what is measured is where they belong.
const LEN: usize = 16;
