//! How much memory connections take, by an allocator that counts.
//!
//! `memory` compares with the figures committed in `baseline/memory.txt` and with the limits, `memory record`
//! writes the figures anew, and `memory only PART` measures those groups alone whose name has that part in it.
//!
//! What is counted is what the program asks for: what the system's allocator adds is seen in the resident set
//! only. Read buffers and output buffers are part of the figures, and every read has a buffer of 64 KiB to
//! itself, so that whoever keeps an octet of it pays for all of it. A buffer that grows counts twice while its
//! octets are copied.

mod behind;
mod idle;
mod items;
mod meter;
mod million;
mod peaks;
mod peers;
mod steady;
mod table;

use std::process::ExitCode;

use msrp_benches::baseline::{Baseline, COMPILER};

use self::table::Table;

/// A name, and what measures.
type Group = (&'static str, fn(&mut Table));

/// The million comes first: the resident set is that of a process that has done nothing else.
const GROUPS: &[Group] = &[
    ("million", million::measure),
    ("idle", idle::measure),
    ("items", items::measure),
    ("steady", steady::measure),
    ("peaks", peaks::measure),
    ("behind", behind::measure),
];

const FILE: &str = "memory";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => check(|_| true),
        ["only", part] => check(|name| name.contains(part)),
        ["record"] => record(),
        _ => {
            eprintln!("memory [record | only PART]");
            ExitCode::from(2)
        }
    }
}

fn check(wanted: impl Fn(&str) -> bool) -> ExitCode {
    let baseline = Baseline::load(FILE).expect("the figures committed");
    println!(
        "memory by a counting allocator, {COMPILER}; baseline by {}",
        baseline.compiler()
    );
    let table = measure(wanted);
    ExitCode::from(u8::from(!table.print(&baseline)))
}

fn record() -> ExitCode {
    let figures = measure(|_| true).committed();
    Baseline::save(FILE, "Memory, as counted by the allocator.", &figures).expect("a file to write");
    ExitCode::SUCCESS
}

fn measure(wanted: impl Fn(&str) -> bool) -> Table {
    let mut table = Table::default();
    for (name, group) in GROUPS {
        if wanted(name) {
            group(&mut table);
        }
    }
    table
}
