//! One bench: the floors and the work in turn.

use std::env;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use msrp_benches::floor;

use crate::subject::Subject;
use crate::table::{Row, Table};

/// Benches of one kind.
pub(crate) struct Group<'a> {
    name: &'static str,
    measuring: bool,
    criterion: BenchmarkGroup<'a, WallTime>,
    table: &'a mut Table,
}

/// What the same octets took, each time right after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// To look through them once.
    pub(crate) scan: Duration,
    /// The work.
    pub(crate) ours: Duration,
    /// To copy them once.
    pub(crate) copy: Duration,
}

impl<'a> Group<'a> {
    /// Begins a group of that name.
    pub(crate) fn new(criterion: &'a mut Criterion, name: &'static str, table: &'a mut Table) -> Self {
        let mut criterion = criterion.benchmark_group(name);
        // A round takes milliseconds. There is nothing to be gained by samples of different length.
        criterion.sampling_mode(SamplingMode::Flat);
        Self {
            name,
            measuring: is_measuring(),
            criterion,
            table,
        }
    }

    /// Times `work` on what `subject` makes, unless the bench is filtered out: then neither is called.
    ///
    /// `work` prepares what it needs and returns how long the work itself took. `subject` is called for each
    /// sample, so it should remember what is expensive.
    pub(crate) fn bench(
        &mut self,
        name: &str,
        subject: impl Fn() -> Subject,
        mut work: impl FnMut(&Subject) -> Duration,
    ) {
        let mut rounds = Vec::new();
        let mut measured = None;
        let measuring = self.measuring;
        self.criterion.bench_function(name, |bencher| {
            let subject = subject();
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    // A test or a profile is to be of the work alone.
                    total += if measuring {
                        let round = round(&subject, &mut work);
                        rounds.push(round);
                        round.ours
                    } else {
                        work(&subject)
                    };
                }
                total
            });
            measured = Some(subject);
        });
        if let Some(subject) = measured.filter(|_| measuring) {
            // With `--quick` criterion may be content with three.
            while rounds.len() <= ROUNDS || rounds.iter().map(Round::total).sum::<Duration>() < TIME {
                rounds.push(round(&subject, &mut work));
            }
            rounds.remove(0); // that was to warm up
            let row = Row::new(format!("{}/{name}", self.name), &subject, &rounds);
            println!("{:24}{row}", "");
            self.table.push(row);
        }
    }
}

impl Round {
    fn total(&self) -> Duration {
        self.scan + self.ours + self.copy
    }
}

/// Times something.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Whether figures are asked for, and not a list, a test or a profile: as criterion decides it, which keeps it
/// to itself.
fn is_measuring() -> bool {
    let mut bench = false;
    for arg in env::args() {
        match arg.split('=').next() {
            Some("--bench") => bench = true,
            Some("--list" | "--test" | "--profile-time") => return false,
            _ => {}
        }
    }
    bench
}

/// What a median needs at least: so many rounds, and so much time of them.
const ROUNDS: usize = 11;
const TIME: Duration = Duration::from_millis(500);

fn round(subject: &Subject, work: &mut impl FnMut(&Subject) -> Duration) -> Round {
    let mut block = [0; floor::BLOCK];
    // Each goes over all of the octets, so each finds the caches as the other ones do.
    let (ends, scan) = timed(|| floor::scan(&subject.octets));
    assert_eq!(ends, subject.frames);
    let ours = work(subject);
    let ((), copy) = timed(|| floor::copy(&subject.octets, &mut block));
    Round { scan, ours, copy }
}
