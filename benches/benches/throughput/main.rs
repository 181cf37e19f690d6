//! Times the work on the streams, and in turn with it what the same octets cost at least.
//!
//! `cargo bench` runs all, `cargo bench -- decode/S1` a part, and `cargo bench -- --quick` takes fewer samples
//! of the same. Below each of criterion's results stands how it compares to the floors, and at the end a table
//! of all of them, with the targets. A target missed is told and does not fail: time depends on the machine.

mod measure;
mod reassembling;
mod receiving;
mod sending;
mod subject;
mod table;
mod target;

use std::time::Duration;

use criterion::Criterion;

use crate::table::Table;

fn main() {
    // Defaults only, so that the command line has the last word.
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .nresamples(10_000)
        .configure_from_args();
    let mut table = Table::default();
    receiving::decode(&mut criterion, &mut table);
    receiving::receive(&mut criterion, &mut table);
    receiving::inbox(&mut criterion, &mut table);
    sending::send(&mut criterion, &mut table);
    sending::pair(&mut criterion, &mut table);
    sending::scheduler(&mut criterion, &mut table);
    reassembling::reassembly(&mut criterion, &mut table);
    criterion.final_summary();
    print!("{table}");
}
