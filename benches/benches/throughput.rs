//! tmp
use msrp_benches::send::Source;
use msrp_benches::streams::*;
use msrp_benches::*;
use msrp_proto::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
fn time(f: impl FnOnce()) -> Duration {
    let s = Instant::now();
    f();
    s.elapsed()
}
fn med(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}
fn run(name: &str, st: &Stream, n: usize, mut ours: impl FnMut() -> Duration) {
    let (mut o, mut f, mut r) = (vec![], vec![], vec![]);
    for _ in 0..n {
        let a = time(|| {
            std::hint::black_box(floor::scan(&st.octets));
        })
        .as_secs_f64();
        let b = ours().as_secs_f64();
        o.push(b);
        f.push(a);
        r.push(a / b);
    }
    let (o, f, r) = (med(o), med(f), med(r));
    println!(
        "{name:28} {:8.1} ns/frame {:6.2} GB/s floor {:6.2} GB/s ratio {:.3}",
        o * 1e9 / st.frames as f64,
        st.octets.len() as f64 / o / 1e9,
        st.octets.len() as f64 / f / 1e9,
        r
    );
}
fn main() {
    println!("{}", machine::describe());
    let only = std::env::args().nth(1).filter(|a| !a.starts_with("--"));
    let now = clock();
    let streams = [
        Stream::s1(MESSAGE),
        Stream::s2(MESSAGE),
        Stream::s3(MESSAGE),
        Stream::s4(TEXTS),
        Stream::s5(RESPONSES),
        Stream::s6(TEXTS),
    ];
    let want = |n: &str| only.as_ref().is_none_or(|o| n.contains(o.as_str()));
    for st in &streams {
        for read in [65536, 1500] {
            let name = format!("decode {} {read}", st.name);
            if want(&name) {
                run(&name, st, 9, || {
                    time(|| {
                        std::hint::black_box(decode::decode(st.reads(read)));
                    })
                });
            }
        }
    }
    for st in &streams {
        for read in [65536, 1500] {
            if st.name == "S5" {
                continue;
            }
            let config = Arc::new(Config::default());
            let name = format!("receive {} {read}", st.name);
            if want(&name) {
                run(&name, st, 9, || {
                    let mut c = receive::bob(&config, st.sessions, now);
                    time(|| {
                        std::hint::black_box(receive::receive(&mut c, now, st.reads(read)));
                    })
                });
            }
            let name = format!("inbox {} {read}", st.name);
            if want(&name) {
                run(&name, st, 9, || {
                    let mut c = receive::bob(&config, st.sessions, now);
                    let mut i = Inbox::new(MESSAGE, MESSAGE);
                    time(|| {
                        std::hint::black_box(receive::inbox(&mut c, &mut i, now, st.reads(read)));
                    })
                });
            }
        }
    }
    let octets = bytes::Bytes::from(streams::octets(9, MESSAGE));
    for (limit, st) in [(Some(2048), &streams[0]), (None, &streams[2])] {
        for source in [Source::Memory, Source::Streamed] {
            let config = Arc::new(Config::default().chunk_limit(limit).in_flight(100_000));
            let name = format!("send {limit:?} {source:?}");
            if want(&name) {
                run(&name, st, 9, || {
                    let (mut a, s) = send::alice(&config, now);
                    send::queue(&mut a, s, &octets, source);
                    time(|| {
                        std::hint::black_box(send::send(&mut a, now, &octets));
                    })
                });
            }
            let config = Arc::new(Config::default().chunk_limit(limit));
            let name = format!("pair {limit:?} {source:?}");
            if want(&name) {
                run(&name, st, 9, || {
                    let (mut a, s) = send::alice(&config, now);
                    let mut b = receive::bob(&config, 1, now);
                    send::queue(&mut a, s, &octets, source);
                    time(|| {
                        std::hint::black_box(send::pair(&mut a, &mut b, now, &octets));
                    })
                });
            }
        }
    }
    for st in &streams {
        let small = Stream {
            name: st.name,
            octets: st.start(1 << 20),
            frames: 1 << 20,
            sessions: st.sessions,
        };
        let name = format!("decode {} 1", st.name);
        if want(&name) {
            run(&name, &small, 9, || {
                time(|| {
                    std::hint::black_box(decode::decode(small.reads(1)));
                })
            });
        }
        if st.name == "S5" {
            continue;
        }
        let config = Arc::new(Config::default());
        let name = format!("receive {} 1", st.name);
        if want(&name) {
            run(&name, &small, 9, || {
                let mut c = receive::bob(&config, st.sessions, now);
                time(|| {
                    std::hint::black_box(receive::receive(&mut c, now, small.reads(1)));
                })
            });
        }
    }
}
