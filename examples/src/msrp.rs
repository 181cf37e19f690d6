//! The `msrp` program: reads its arguments, and calls the library for the rest.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};
use msrp_examples::{decode, demo};

/// MSRP (RFC 4975): see it at work, or look into what was captured.
#[derive(Parser)]
#[command(name = "msrp", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    demo: not everything arrived intact; decode: something is wrong in the stream
  2    wrong arguments, or files and sockets that cannot be used
  130  interrupted";

#[derive(Subcommand)]
enum Command {
    /// Send a file over a real TCP connection, with short texts both ways meanwhile
    ///
    /// Two endpoints in this process talk over loopback. One streams a file from disk to the other, which
    /// writes it to disk and compares its SHA-256. Prints who sent what, how long texts had to wait, and
    /// the throughput. Leaves no files behind.
    #[command(after_help = EXIT_CODES)]
    Demo {
        /// A file of your own to send; it is only read
        #[arg(long, value_name = "PATH", conflicts_with = "size")]
        file: Option<PathBuf>,
        /// Size of the file to make up, in MiB
        #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(..=1 << 20))]
        size: u64,
        /// Most octets of a chunk, or "none" for one chunk that is interrupted when others wait
        #[arg(long, value_name = "N|none", default_value = "2048", value_parser = chunk_limit)]
        chunk: ChunkLimit,
    },
    /// Print a captured stream frame by frame, and mark what is wrong with it
    ///
    /// The stream is one direction of one connection, as octets. Problems are marked with "!": malformed
    /// heads, places where the stream cannot be split into frames, Byte-Ranges that contradict the body, a
    /// stream that ends inside a frame. What is merely unusual is marked with "?" and does not count.
    ///
    /// Session-ids are secrets, and part of a capture: use --redact before you show the output to others.
    #[command(after_help = EXIT_CODES)]
    Decode {
        /// The file with the stream; "-" is standard input
        file: PathBuf,
        /// Show bodies and lines in full length
        #[arg(long)]
        full: bool,
        /// Hide session-ids, users, credentials, and bodies that are not text
        #[arg(long)]
        redact: bool,
    },
}

#[derive(Clone, Copy)]
struct ChunkLimit(Option<usize>);

fn chunk_limit(text: &str) -> Result<ChunkLimit, &'static str> {
    if text == "none" {
        return Ok(ChunkLimit(None));
    }
    match text.parse() {
        Ok(octets @ 1..) => Ok(ChunkLimit(Some(octets))),
        _ => Err("neither a number above 0 nor \"none\""),
    }
}

const WELL: u8 = 0;
const WRONG: u8 = 1;
const UNUSABLE: u8 = 2;
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let code = match Arguments::parse().command {
        Command::Demo { file, size, chunk } => run_demo(file, size, chunk),
        Command::Decode { file, full, redact } => run_decode(&file, decode::Options { full, redact }),
    };
    ExitCode::from(code)
}

fn run_demo(file: Option<PathBuf>, size: u64, ChunkLimit(chunk_limit): ChunkLimit) -> u8 {
    let interrupted = Arc::new(AtomicBool::new(false));
    let notice = Arc::clone(&interrupted);
    // Without a handler the program ends at once, and leaves its files: no reason not to begin.
    let _ = ctrlc::set_handler(move || notice.store(true, Ordering::Relaxed));
    let options = demo::Options {
        source: match file {
            Some(path) => demo::Source::File(path),
            None => demo::Source::Generated { octets: size << 20 },
        },
        chunk_limit,
        progress: io::stdout().is_terminal() && io::stderr().is_terminal(),
        interrupted,
    };
    match demo::run(&options, &mut io::stdout().lock()) {
        Ok(outcome) if outcome.interrupted => INTERRUPTED,
        Ok(outcome) if outcome.is_intact() => WELL,
        Ok(_) => WRONG,
        Err(demo::Error::Output(error)) if error.kind() == ErrorKind::BrokenPipe => WELL,
        Err(_) if options.interrupted.load(Ordering::Relaxed) => INTERRUPTED,
        Err(error) => {
            eprint!("msrp: ");
            explain(&error)
        }
    }
}

fn run_decode(file: &Path, options: decode::Options) -> u8 {
    let mut output = io::BufWriter::new(io::stdout().lock());
    let result = if file == Path::new("-") {
        decode::run(&mut io::stdin().lock(), &options, &mut output)
    } else {
        File::open(file)
            .map_err(decode::Error::Input)
            .and_then(|mut stream| decode::run(&mut stream, &options, &mut output))
    };
    let result = result.and_then(|summary| match output.flush() {
        Ok(()) => Ok(summary),
        Err(error) => Err(decode::Error::Output(error)),
    });
    match result {
        Ok(summary) if summary.problems == 0 => WELL,
        Ok(_) => WRONG,
        // Who asked for the first lines only has them.
        Err(decode::Error::Output(error)) if error.kind() == ErrorKind::BrokenPipe => WELL,
        Err(error) => {
            eprint!("msrp: {}: ", file.display());
            explain(&error)
        }
    }
}

/// An error with all its causes, on one line.
fn explain(error: &dyn std::error::Error) -> u8 {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    eprintln!("{text}");
    UNUSABLE
}
