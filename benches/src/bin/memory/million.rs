//! A million connections at once.

use std::fs;
use std::sync::Arc;

use msrp_benches::clock;
use msrp_proto::{Config, Connection};

use crate::meter::Meter;
use crate::peers::{Ends, fresh, hand_in};
use crate::table::Table;

const COUNT: usize = 1_000_000;

/// All of them together.
const LIMIT: u64 = 2 << 30;

/// Makes them, each with a session that the peer has bound.
pub(crate) fn measure(table: &mut Table) {
    let (config, now) = (Arc::new(Config::default()), clock());
    let mut meter = Meter::default();
    let before = resident();
    let connections = meter.on(|| {
        let mut connections = Vec::with_capacity(COUNT);
        for number in 0..COUNT {
            let ends = Ends::numbered(number);
            let mut bob = fresh(&config, now);
            ends.open_passive(&mut bob);
            hand_in(&mut bob, now, ends.binding().as_bytes());
            connections.push(bob);
        }
        connections
    });
    let resident = resident().zip(before).map(|(after, before)| after - before);
    assert!(connections.iter().all(|bob| bob.session_count() == 1));
    assert_eq!(connections.len(), COUNT);
    table
        .add(
            "a million bound connections: structs and heap",
            meter.octets(),
            "octets",
        )
        .limit(LIMIT);
    table.add("a bound connection: struct and heap", meter.each(COUNT), "octets");
    if let Some(resident) = resident {
        let figure = table.add("a million bound connections: resident set", resident, "octets");
        figure.limit(LIMIT).of_the_machine();
    }
    let own = size_of::<Connection>() as u64;
    table.add("a bound connection: the struct alone", own, "octets");
}

/// Octets of this process that are in memory, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}
