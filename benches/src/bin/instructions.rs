//! Counts the instructions of the work, by callgrind.
//!
//! `instructions` compares with the figures committed in `baseline/instructions.txt`, `instructions record`
//! writes them anew. Each case runs twice in a process of its own, with the work and without it; what is
//! counted is the difference.

use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use bytes::Bytes;
use msrp_benches::baseline::{Baseline, COMPILER, Verdict};
use msrp_benches::reassemble::{Order, parts};
use msrp_benches::send::{Source, alice, pair, queue, send};
use msrp_benches::streams::{SHORT_CHUNK, Stream, octets, reads};
use msrp_benches::{clock, decode, receive};
use msrp_proto::{Config, Inbox};

/// Something to count.
struct Case {
    name: &'static str,
    /// Of what the figure is that is told: the instructions are divided by how many of them there were.
    unit: &'static str,
    /// More instructions than this fail, whatever the baseline says.
    limit: Option<u64>,
    /// Prepares, then does the work if it is told to. Returns how many units it was.
    run: fn(work: bool) -> usize,
}

/// The cost of one case against that of another, which differs in one number only.
struct Growth {
    small: &'static str,
    large: &'static str,
    /// The large one may cost so many times as much for each unit, in percent.
    percent: u64,
}

const CASES: &[Case] = &[
    case("decode S1", "chunk", None, |work| decoded(&s1(), READ, work)),
    case("decode S4", "message", Some(2100), |work| {
        decoded(&s4(), READ, work)
    }),
    case("decode S5", "response", None, |work| {
        decoded(&Stream::s5(FRAMES), READ, work)
    }),
    case("decode S6", "message", Some(5000), |work| {
        decoded(&s6(), READ, work)
    }),
    case("receive S1", "chunk", Some(4500), |work| {
        received(&s1(), READ, work)
    }),
    case("receive S1, reads of 1500", "chunk", None, |work| {
        received(&s1(), 1500, work)
    }),
    case("receive S4", "message", Some(4500), |work| {
        received(&s4(), READ, work)
    }),
    case("receive S5", "response", Some(1200), responses),
    case("receive S6", "message", Some(5000), |work| {
        received(&s6(), READ, work)
    }),
    case("inbox S1", "chunk", None, |work| whole(&s1(), work)),
    case("inbox S4", "message", None, |work| whole(&s4(), work)),
    case("send, chunks of 2048", "chunk", None, |work| {
        sent(Some(2048), work)
    }),
    case("send, one chunk", "2048 octets", None, |work| sent(None, work)),
    case("pair, chunks of 2048", "chunk", None, paired),
    case("decode 20 KiB of S4, reads of 1", "octet", None, |work| {
        octetwise(20, work)
    }),
    case("decode 200 KiB of S4, reads of 1", "octet", None, |work| {
        octetwise(200, work)
    }),
    case("receive 200 KiB of S4, reads of 1", "octet", None, |work| {
        received_octetwise(200, work)
    }),
    case("receive over 1 session", "message", None, |work| {
        sessions(1, work)
    }),
    case("receive over 100 sessions", "message", None, |work| {
        sessions(100, work)
    }),
    case("receive over 10 000 sessions", "message", None, |work| {
        sessions(10_000, work)
    }),
    case("receive over 100 000 sessions", "message", None, |work| {
        sessions(100_000, work)
    }),
    case("receive 1 message at a time", "chunk", None, |work| {
        in_progress(1, work)
    }),
    case("receive 100 messages at a time", "chunk", None, |work| {
        in_progress(100, work)
    }),
    case("receive 10 000 messages at a time", "chunk", None, |work| {
        in_progress(10_000, work)
    }),
    case("send 1 message at a time", "chunk", None, |work| {
        scheduled(1, work)
    }),
    case("send 100 messages at a time", "chunk", None, |work| {
        scheduled(100, work)
    }),
    case("send 10 000 messages at a time", "chunk", None, |work| {
        scheduled(10_000, work)
    }),
    case("reassemble 1 000 chunks, reversed", "chunk", None, |work| {
        reassembled(Order::Reversed, 1_000, work)
    }),
    case("reassemble 100 000 chunks, reversed", "chunk", None, |work| {
        reassembled(Order::Reversed, 100_000, work)
    }),
    case("reassemble 1 000 chunks, random", "chunk", None, |work| {
        reassembled(Order::Random, 1_000, work)
    }),
    case("reassemble 100 000 chunks, random", "chunk", None, |work| {
        reassembled(Order::Random, 100_000, work)
    }),
];

const GROWTH: &[Growth] = &[
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
];

/// Frames of a stream.
const FRAMES: usize = 5_000;

/// Octets of a read.
const READ: usize = 64 << 10;

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
        let over = case.limit.is_some_and(|limit| *figure > limit);
        failed |= over || (comparable && verdict == Verdict::Worse);
        println!(
            "{:44} {figure:>9} per {:12}{}{}",
            case.name,
            case.unit,
            against(&baseline, case.name, verdict),
            match (case.limit, over) {
                (Some(limit), true) => format!(", OVER THE LIMIT of {limit}"),
                (Some(limit), false) => format!(", limit {limit}"),
                (None, _) => String::new(),
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
    if failed && !comparable {
        println!("Figures of different compilers are told, and fail by their limits only.");
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

/// Counts all cases, as many at a time as there are processors.
fn count(cases: &[&Case]) -> Vec<u64> {
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

const FILE: &str = "instructions";

const fn growth(small: &'static str, large: &'static str, percent: u64) -> Growth {
    Growth {
        small,
        large,
        percent,
    }
}

const fn case(
    name: &'static str,
    unit: &'static str,
    limit: Option<u64>,
    run: fn(work: bool) -> usize,
) -> Case {
    Case {
        name,
        unit,
        limit,
        run,
    }
}

fn s1() -> Stream {
    Stream::s1(FRAMES * SHORT_CHUNK)
}

fn s4() -> Stream {
    Stream::s4(FRAMES)
}

fn s6() -> Stream {
    Stream::s6(FRAMES)
}

fn decoded(stream: &Stream, read: usize, work: bool) -> usize {
    if work {
        let decoded = decode::decode(stream.reads(read));
        assert_eq!((decoded.heads, decoded.ends), (stream.frames, stream.frames));
    }
    stream.frames
}

fn octetwise(kib: usize, work: bool) -> usize {
    let octets = s4().start(kib << 10);
    if work {
        decode::decode(reads(&octets, 1));
    }
    octets.len()
}

fn received_octetwise(kib: usize, work: bool) -> usize {
    let (now, octets) = (clock(), s4().start(kib << 10));
    let mut bob = receive::bob(&Arc::new(Config::default()), 1, now);
    if work {
        let tally = receive::receive(&mut bob, now, reads(&octets, 1));
        assert!(tally.messages > 0);
    }
    octets.len()
}

fn received(stream: &Stream, read: usize, work: bool) -> usize {
    let config = Arc::new(
        Config::default()
            .max_sessions(usize::MAX)
            .max_incoming(usize::MAX),
    );
    received_as(&config, stream, read, work)
}

fn received_as(config: &Arc<Config>, stream: &Stream, read: usize, work: bool) -> usize {
    let now = clock();
    let mut bob = receive::bob(config, stream.sessions, now);
    if work {
        let tally = receive::receive(&mut bob, now, stream.reads(read));
        assert!(tally.messages > 0 && tally.answers > 0);
    }
    stream.frames
}

fn whole(stream: &Stream, work: bool) -> usize {
    let now = clock();
    let mut bob = receive::bob(&Arc::new(Config::default()), stream.sessions, now);
    let mut inbox = Inbox::new(usize::MAX, usize::MAX);
    if work {
        let tally = receive::inbox(&mut bob, &mut inbox, now, stream.reads(READ));
        assert!(tally.messages > 0);
    }
    stream.frames
}

/// The responses to so many chunks that are under way.
fn responses(work: bool) -> usize {
    let now = clock();
    let (mut alice, stream) = receive::awaiting_responses(FRAMES, now);
    if work {
        let tally = receive::receive(&mut alice, now, stream.reads(READ));
        assert_eq!(tally.completed, 1);
    }
    stream.frames
}

fn sent(chunk_limit: Option<usize>, work: bool) -> usize {
    let now = clock();
    let octets = Bytes::from(octets(9, FRAMES * SHORT_CHUNK));
    let config = Arc::new(Config::default().chunk_limit(chunk_limit).in_flight(FRAMES));
    let (mut alice, session) = alice(&config, now);
    queue(&mut alice, session, &octets, Source::Memory);
    if work {
        assert!(send(&mut alice, now, &octets) > octets.len() as u64);
    }
    FRAMES
}

fn paired(work: bool) -> usize {
    let now = clock();
    let config = Arc::new(Config::default());
    let octets = Bytes::from(octets(9, FRAMES * SHORT_CHUNK));
    let (mut alice, session) = alice(&config, now);
    let mut bob = receive::bob(&config, 1, now);
    queue(&mut alice, session, &octets, Source::Memory);
    if work {
        let tally = pair(&mut alice, &mut bob, now, &octets);
        assert_eq!((tally.messages, tally.completed), (1, 1));
    }
    FRAMES
}

/// As many messages over one session or many.
fn sessions(count: usize, work: bool) -> usize {
    received(&Stream::texts("sessions", count.max(20_000), count), READ, work)
}

/// As many chunks of one message or many.
fn in_progress(messages: usize, work: bool) -> usize {
    received(&Stream::interleaved(messages, 20_000 / messages), READ, work)
}

/// So many messages that are sent at the same time, in 20 000 chunks.
fn scheduled(messages: usize, work: bool) -> usize {
    const CHUNKS: usize = 20_000;
    let now = clock();
    let config = Arc::new(
        Config::default()
            .chunk_limit(Some(64))
            .in_flight(CHUNKS)
            .max_outgoing(messages),
    );
    let (mut alice, session) = alice(&config, now);
    let octets = Bytes::from(octets(9, CHUNKS / messages * 64));
    for _ in 0..messages {
        queue(&mut alice, session, &octets, Source::Memory);
    }
    if work {
        assert!(send(&mut alice, now, &octets) > (CHUNKS * 64) as u64);
    }
    CHUNKS
}

fn reassembled(order: Order, count: usize, work: bool) -> usize {
    let stream = Stream::parts("parts", count, &parts(order, count, 1));
    let config = Arc::new(Config::default().max_holes(usize::MAX));
    received_as(&config, &stream, READ, work)
}
