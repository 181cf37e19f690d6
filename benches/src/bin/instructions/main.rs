//! Counts the instructions of the work, by callgrind.
//!
//! `instructions` compares with the figures committed in `baseline/instructions.txt`, `instructions record`
//! writes them anew. Each case runs twice in a process of its own, with the work and without it; what is
//! counted is the difference.

mod cases;
mod watch;
mod work;

use std::process::ExitCode;

use msrp_benches::baseline::{Baseline, COMPILER, Verdict};

use crate::cases::{CASES, GROWTH, Most};
use crate::watch::count;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => check(|_| true),
        ["only", part] => check(|name| name.contains(part)),
        ["record"] => record(),
        ["run", name, work] => run(name, work == "work"),
        _ => {
            eprintln!("instructions [record | only PART]");
            ExitCode::from(2)
        }
    }
}

fn check(wanted: impl Fn(&str) -> bool) -> ExitCode {
    let baseline = Baseline::load(FILE).expect("the figures committed");
    let comparable = baseline.is_of_this_compiler();
    let mut failed = false;
    println!(
        "instructions by callgrind, {COMPILER}; baseline by {}",
        baseline.compiler()
    );
    let cases: Vec<_> = CASES.iter().filter(|case| wanted(case.name)).collect();
    let figures = count(&cases);
    for (case, figure) in cases.iter().zip(&figures) {
        let verdict = baseline.compare(case.name, *figure);
        let over = matches!(case.most, Most::Limit(limit) if *figure > limit);
        failed |= comparable && (over || verdict == Verdict::Worse);
        println!(
            "{:44} {figure:>9} per {:12}{}{}",
            case.name,
            case.unit,
            against(&baseline, case.name, verdict),
            match case.most {
                Most::Limit(limit) if *figure > limit => format!(", OVER THE LIMIT of {limit}"),
                Most::Limit(limit) => format!(", limit {limit}"),
                Most::Target(target) if *figure > target => format!(", target {target} not met"),
                Most::Target(target) => format!(", target {target} met"),
                Most::Any => String::new(),
            },
        );
    }
    let figure = |name: &str| {
        let at = cases.iter().position(|case| case.name == name)?;
        figures.get(at).copied()
    };
    for growth in GROWTH {
        let (Some(small), Some(large)) = (figure(growth.small), figure(growth.large)) else {
            continue;
        };
        let over = large * 100 > small * growth.percent;
        failed |= over;
        println!(
            "{:.2} times as much for each: {}, against {} (at most {:.2}){}",
            large as f64 / small as f64,
            growth.large,
            growth.small,
            growth.percent as f64 / 100.0,
            if over { ", OVER THE LIMIT" } else { "" },
        );
    }
    if !comparable {
        println!("The figures committed are of another compiler: told, and only growth fails.");
    }
    ExitCode::from(u8::from(failed))
}

fn record() -> ExitCode {
    let cases: Vec<_> = CASES.iter().collect();
    let names = cases.iter().map(|case| case.name.to_owned());
    let figures: Vec<_> = names.zip(count(&cases)).collect();
    Baseline::save(FILE, "Instructions, as counted by callgrind.", &figures).expect("a file to write");
    ExitCode::SUCCESS
}

fn against(baseline: &Baseline, name: &str, verdict: Verdict) -> String {
    match (baseline.figure(name), verdict) {
        (Some(old), Verdict::Worse) => format!(" baseline {old}, MORE THAN 5 % MORE"),
        (Some(old), _) => format!(" baseline {old}"),
        (None, _) => " no baseline".to_owned(),
    }
}

/// Runs one case in this process, for callgrind to watch. Tells how many units it had.
fn run(name: &str, work: bool) -> ExitCode {
    let case = CASES
        .iter()
        .find(|case| case.name == name)
        .expect("a case of that name");
    println!("{}", (case.run)(work));
    ExitCode::SUCCESS
}

const FILE: &str = "instructions";
