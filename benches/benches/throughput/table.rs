//! The results beside their floors.

use core::fmt;
use std::time::Duration;

use msrp_benches::machine;

use crate::measure::Round;
use crate::subject::{Per, Subject};
use crate::target::Target;

/// All results of a run.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

/// One result.
#[derive(Debug)]
pub(crate) struct Row {
    name: String,
    rounds: usize,
    per: Per,
    /// Nanoseconds for each frame or octet.
    pub(crate) each: f64,
    ours: Rate,
    scan: Rate,
    /// The ratio to the scan. It is that of each round, not of the medians: what slows the machine down for a
    /// while slows both.
    pub(crate) of_scan: Spread,
    of_copy: Spread,
}

/// The middle of some figures, and between what bounds the middle half of them is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    low: f64,
    pub(crate) median: f64,
    high: f64,
}

/// Octets in a second.
#[derive(Clone, Copy, Debug)]
struct Rate(f64);

impl Table {
    /// Adds a result.
    pub(crate) fn push(&mut self, row: Row) {
        self.0.push(row);
    }
}

impl Row {
    /// What those rounds say. There is at least one.
    pub(crate) fn new(name: String, subject: &Subject, rounds: &[Round]) -> Self {
        let of = |figure: &dyn Fn(&Round) -> f64| Spread::new(rounds.iter().map(figure).collect());
        let ours = of(&|round| round.ours.as_secs_f64()).median;
        let scan = of(&|round| round.scan.as_secs_f64()).median;
        let octets = subject.octets.len() as f64;
        Self {
            name,
            rounds: rounds.len(),
            per: subject.per,
            each: ours * 1e9 / subject.units() as f64,
            ours: Rate(octets / ours),
            scan: Rate(octets / scan),
            of_scan: of(&|round| ratio(round.scan, round.ours)),
            of_copy: of(&|round| ratio(round.copy, round.ours)),
        }
    }

    fn verdict(&self) -> String {
        match Target::of(&self.name) {
            Some(target) if target.is_met(self) => format!("{target}: met"),
            Some(target) => format!("{target}: MISSED"),
            None => String::new(),
        }
    }
}

impl Spread {
    fn new(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |quarter: usize| figures[(figures.len() - 1) * quarter / 4];
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }
}

fn ratio(floor: Duration, ours: Duration) -> f64 {
    floor.as_secs_f64() / ours.as_secs_f64()
}

/// A ratio with digits enough to tell it from nothing.
fn short(ratio: f64) -> String {
    if ratio < 0.01 {
        format!("{ratio:.4}")
    } else {
        format!("{ratio:.3}")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1} ns {}, {}; memmem {}; {} of memmem, {} of memcpy",
            self.each,
            self.per,
            self.ours,
            self.scan,
            short(self.of_scan.median),
            short(self.of_copy.median)
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        writeln!(f, "{}", machine::describe())?;
        writeln!(
            f,
            "Medians. Ratios are the time of the floor divided by ours, in the same round; half of the rounds \
             are within the range in brackets.\n"
        )?;
        writeln!(
            f,
            "{:40} {:>6} {:>22} {:>10} {:>10}  {:22} {:>9}  target",
            "", "rounds", "time", "rate", "memmem", "of memmem", "of memcpy"
        )?;
        for row in &self.0 {
            let time = format!("{:.1} ns {}", row.each, row.per);
            let [low, median, high] = [row.of_scan.low, row.of_scan.median, row.of_scan.high].map(short);
            let line = format!(
                "{:40} {:>6} {time:>22} {:>10} {:>10}  {:22} {:>9}  {}",
                row.name,
                row.rounds,
                row.ours.to_string(),
                row.scan.to_string(),
                format!("{median} ({low} - {high})"),
                short(row.of_copy.median),
                row.verdict()
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frame => "a frame",
            Self::Octet => "an octet",
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1e8 {
            write!(f, "{:.1} MB/s", self.0 / 1e6)
        } else {
            write!(f, "{:.2} GB/s", self.0 / 1e9)
        }
    }
}
