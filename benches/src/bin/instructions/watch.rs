//! Counting, in processes of their own.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cases::Case;

/// Counts all cases, as many at a time as there are processors.
pub(crate) fn count(cases: &[&Case]) -> Vec<u64> {
    let next = AtomicUsize::new(0);
    let figures = Mutex::new(vec![0; cases.len()]);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(case) = cases.get(at)
                {
                    let [(with, units), (without, _)] = ["work", "none"].map(|work| watch(case.name, work));
                    figures.lock().expect("no panic")[at] = (with - without) / units;
                }
            });
        }
    });
    figures.into_inner().expect("no panic")
}

/// Instructions of a process that runs the case, and how many units it had.
fn watch(name: &str, work: &str) -> (u64, u64) {
    let program = std::env::current_exe().expect("a path of this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["run", name, work])
        .output()
        .expect("valgrind (Debian: apt-get install valgrind)");
    let (told, log) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{name}: {log}");
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    let (_, instructions) = collected.expect("what callgrind tells at its end");
    let number = |text: &str| text.trim().parse().expect("a number");
    (number(instructions), number(&told))
}
