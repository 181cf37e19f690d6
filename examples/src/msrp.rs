//! The `msrp` program: reads its arguments, and calls the library for the rest.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use msrp_cpim::Address;
use msrp_examples::terminal::harmless;
use msrp_examples::{call, decode, demo, listen, send};
use msrp_proto::wire::MsrpUri;
use tokio::sync::Notify;

/// MSRP (RFC 4975): send texts and files, see it at work, or look into what was captured.
///
/// To send something to another machine, run "msrp listen" there. It prints a URI; give that to
/// "msrp send" here. "msrp call" is for both ways at once, and with TLS.
#[derive(Parser)]
#[command(name = "msrp", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    something did not arrive, or is wrong; each command says what
  2    wrong arguments, or files and sockets that cannot be used
  130  interrupted";

const DEMO_CODES: &str = "\
Exit codes:
  0    everything arrived intact
  1    not everything arrived intact
  2    wrong arguments, or files and sockets that cannot be used
  130  interrupted";

const LISTEN_CODES: &str = "\
Exit codes:
  0    with --once: the peer has left, and all that it sent has arrived
  1    with --once: the peer has left, and something that it sent has not arrived whole
  2    wrong arguments, an address that cannot be had, a folder that cannot be written to
  130  interrupted, the usual end without --once";

const SEND_CODES: &str = "\
Exit codes:
  0    the peer has confirmed everything
  1    something was refused, not delivered, or not confirmed; standard error says what
  2    nothing was sent: wrong arguments, a file that cannot be read, no connection
  130  interrupted";

const CALL_CODES: &str = "\
Exit codes:
  0    the peer has confirmed everything, and all that it sent has arrived
  1    something was not delivered or confirmed, or has not arrived whole
  2    nothing was sent: wrong arguments, descriptions that do not fit, no connection, the wrong peer
  130  interrupted";

const DECODE_CODES: &str = "\
Exit codes:
  0    nothing is wrong with the stream
  1    something is wrong with the stream
  2    wrong arguments, or a file that cannot be used";

#[derive(Subcommand)]
enum Command {
    /// Send a file over a real connection, with short texts both ways meanwhile
    ///
    /// Two endpoints in this process agree upon a session by an offer and an answer in SDP, and talk over
    /// loopback, in TLS: each has a certificate made for the occasion, and knows that of the other by the
    /// fingerprint in SDP. One streams a file from disk to the other, which writes it to disk and compares its
    /// SHA-256. Prints both descriptions, what they come to, who sent what, how long texts had to wait, and the
    /// throughput. Leaves no files behind.
    #[command(after_help = DEMO_CODES)]
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
        /// Agree upon plain TCP, readable on the way, instead of TLS
        #[arg(long)]
        plain: bool,
    },
    /// Wait for peers, show the texts that they send, and store the files
    ///
    /// Prints at once, alone on the first line, the URI that peers need for "msrp send". Whoever has it may
    /// send, so give it to them only. It is valid until this program ends.
    ///
    /// Files get the names that their senders gave them, made safe; none is overwritten, a number is put in
    /// instead. What did not arrive whole is not kept.
    #[command(after_help = LISTEN_CODES)]
    Listen(Listen),
    /// Send texts and files to a peer that listens
    ///
    /// Prints for each whether the peer has confirmed that it arrived; what was not delivered is told on
    /// standard error, with the reason.
    #[command(after_help = SEND_CODES)]
    Send(Send),
    /// Agree with somebody on a session by an offer and an answer, and talk
    ///
    /// One side makes an offer, the other takes it and makes an answer: a few lines of text (SDP) each, which
    /// you hand each other over any channel that you trust, such as a chat. Then one side connects to the other,
    /// over TLS; each knows the other by the fingerprint in its lines. Whoever can change them on their way can
    /// be between.
    ///
    /// Both sides can send texts and files. Each line of standard input is a text, too. When the input has ended,
    /// all is confirmed, and nothing has come for two seconds, a side leaves; one that has sent nothing stays until
    /// the other has left.
    #[command(subcommand)]
    Call(Call),
    /// Print a captured stream frame by frame, and mark what is wrong with it
    ///
    /// The stream is one direction of one connection, as octets. Problems are marked with "!": malformed
    /// heads, places where the stream cannot be split into frames, Byte-Ranges that contradict the body, a
    /// stream that ends inside a frame. What is merely unusual is marked with "?" and does not count.
    ///
    /// Session-ids are secrets, and part of a capture: use --redact before you show the output to others.
    #[command(after_help = DECODE_CODES)]
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

#[derive(Subcommand)]
enum Call {
    /// Make an offer, and take the answer to it
    ///
    /// Prints the offer; give it to the other side, for "msrp call answer". Then paste the answer that comes
    /// back, with an empty line behind it.
    #[command(after_help = CALL_CODES)]
    Offer(CallArguments),
    /// Take an offer, and make the answer to it
    ///
    /// Paste the offer, with an empty line behind it. Prints the answer; give it to the other side.
    #[command(after_help = CALL_CODES)]
    Answer(CallArguments),
}

#[derive(Args)]
struct CallArguments {
    /// Where to listen: an address, perhaps with a port [default: any port, where the other side is likely to
    /// reach this one]
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = bind_any_port)]
    bind: Option<SocketAddr>,
    /// The host name or address that the other side reaches this machine by
    #[arg(long, value_name = "HOST")]
    name: Option<String>,
    /// Without TLS: readable on the way; both sides need to say so
    #[arg(long)]
    plain: bool,
    /// Nobody can connect here; the other side listens. Not for both sides
    #[arg(long, conflicts_with_all = ["bind", "name"])]
    behind_nat: bool,
    /// Write what this side makes to a file, instead of printing it
    #[arg(long = "out", value_name = "FILE")]
    ours: Option<PathBuf>,
    /// Wait for a file with what the other side makes, instead of having it pasted
    #[arg(long = "in", value_name = "FILE")]
    theirs: Option<PathBuf>,
    /// Where files that arrive go; made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// A text to send, before the files; may be given again
    #[arg(long = "text", value_name = "TEXT")]
    texts: Vec<String>,
    /// Files to send
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How long to wait for the file of the other side, and for it to connect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86400))]
    wait: u64,
}

#[derive(Args)]
struct Listen {
    /// Where to wait: an address, perhaps with a port; port 0 is any that is free
    #[arg(long, value_name = "ADDR[:PORT]", default_value = "0.0.0.0:2855", value_parser = bind_address)]
    bind: SocketAddr,
    /// The host name or address that peers reach this machine by, for the URI
    #[arg(long, value_name = "HOST")]
    name: Option<String>,
    /// Where files go; made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// End when the first peer has left
    #[arg(long)]
    once: bool,
    /// The most octets of a text or file, such as 500K, 20M, 4G; larger ones are refused [default: any]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_size: Option<u64>,
}

#[derive(Args)]
struct Send {
    /// The URI that "msrp listen" printed; quote it, since it has a semicolon in it
    uri: String,
    /// Files to send; "-" is standard input, which is stored under the name "stdin"
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A text to send, before the files; may be given again
    #[arg(long = "text", value_name = "TEXT")]
    texts: Vec<String>,
    /// Wrap everything in message/cpim, which names sender and recipient
    #[arg(long, requires = "from", requires = "to")]
    cpim: bool,
    /// The sender to name, such as "Alice <im:alice@example.com>" or a URI alone
    #[arg(long, value_name = "ADDRESS", requires = "cpim", value_parser = address)]
    from: Option<Address>,
    /// The recipient to name
    #[arg(long, value_name = "ADDRESS", requires = "cpim", value_parser = address)]
    to: Option<Address>,
    /// How long to wait for a connection, for an answer, for a confirmation, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
}

fn address(text: &str) -> Result<Address, &'static str> {
    let parsed = Address::parse(text).or_else(|_| Address::new(text));
    parsed.map_err(|_| "neither NAME <URI> nor a URI")
}

fn bind_address(text: &str) -> Result<SocketAddr, &'static str> {
    socket_address(text, MsrpUri::REGISTERED_PORT)
}

fn bind_any_port(text: &str) -> Result<SocketAddr, &'static str> {
    socket_address(text, 0)
}

fn socket_address(text: &str, port: u16) -> Result<SocketAddr, &'static str> {
    let address = text.trim_matches(['[', ']']).parse::<IpAddr>();
    text.parse()
        .or_else(|_| address.map(|address| SocketAddr::new(address, port)))
        .map_err(|_| "not an address such as 192.0.2.7, 192.0.2.7:2855 or [2001:db8::7]:2855")
}

fn size(text: &str) -> Result<u64, &'static str> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or("not a number of octets, perhaps with K, M or G behind it")
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
        Command::Demo {
            file,
            size,
            chunk,
            plain,
        } => run_demo(file, size, chunk, plain),
        Command::Listen(arguments) => run_listen(arguments),
        Command::Send(arguments) => run_send(arguments),
        Command::Call(Call::Offer(arguments)) => run_call(call::Kind::Offer, arguments),
        Command::Call(Call::Answer(arguments)) => run_call(call::Kind::Answer, arguments),
        Command::Decode { file, full, redact } => run_decode(&file, decode::Options { full, redact }),
    };
    ExitCode::from(code)
}

fn run_demo(file: Option<PathBuf>, size: u64, ChunkLimit(chunk_limit): ChunkLimit, plain: bool) -> u8 {
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
        plain,
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

fn run_listen(arguments: Listen) -> u8 {
    let options = listen::Options {
        bind: arguments.bind,
        name: arguments.name,
        folder: arguments.folder,
        once: arguments.once,
        max_size: arguments.max_size,
        interrupted: interruption(),
    };
    let remark = |text: fmt::Arguments<'_>| eprintln!("msrp: {text}");
    match on_tokio(listen::run(&options, &mut io::stdout(), remark)) {
        Ok(Ok(listen::Outcome::Well)) => WELL,
        Ok(Ok(listen::Outcome::Incomplete)) => WRONG,
        Ok(Ok(listen::Outcome::Interrupted)) => INTERRUPTED,
        Ok(Err(listen::Error::Output(error))) if error.kind() == ErrorKind::BrokenPipe => WELL,
        Ok(Err(error)) => {
            eprint!("msrp: ");
            explain(&error)
        }
        Err(error) => explain(&error),
    }
}

fn run_send(arguments: Send) -> u8 {
    let wrapper = arguments
        .from
        .zip(arguments.to)
        .map(|(from, to)| send::Wrapper { from, to });
    let options = send::Options {
        uri: arguments.uri,
        wrapper,
        texts: arguments.texts,
        files: arguments.files,
        timeout: Duration::from_secs(arguments.timeout),
        progress: io::stderr().is_terminal(),
        interrupted: interruption(),
    };
    let complain = |text: fmt::Arguments<'_>| eprintln!("msrp: {text}");
    match on_tokio(send::run(&options, &mut io::stdout(), complain)) {
        Ok(Ok(send::Outcome::Delivered)) => WELL,
        Ok(Ok(send::Outcome::Failed)) => WRONG,
        Ok(Ok(send::Outcome::Interrupted)) => INTERRUPTED,
        Ok(Err(error)) => {
            eprint!("msrp: ");
            explain(&error)
        }
        Err(error) => explain(&error),
    }
}

fn run_call(makes: call::Kind, arguments: CallArguments) -> u8 {
    let options = call::Options {
        makes,
        bind: arguments.bind,
        name: arguments.name,
        plain: arguments.plain,
        behind_nat: arguments.behind_nat,
        ours: arguments.ours,
        theirs: arguments.theirs,
        folder: arguments.folder,
        texts: arguments.texts,
        files: arguments.files,
        wait: Duration::from_secs(arguments.wait),
        interactive: io::stdin().is_terminal(),
        interrupted: interruption(),
    };
    let remark = |text: fmt::Arguments<'_>| eprintln!("msrp: {text}");
    match on_tokio(call::run(&options, &mut io::stdout(), remark)) {
        Ok(Ok(call::Outcome::Well)) => WELL,
        Ok(Ok(call::Outcome::Failed)) => WRONG,
        Ok(Ok(call::Outcome::Interrupted)) => INTERRUPTED,
        Ok(Err(call::Error::Output(error))) if error.kind() == ErrorKind::BrokenPipe => WELL,
        Ok(Err(error)) => {
            eprint!("msrp: ");
            explain(&error)
        }
        Err(error) => explain(&error),
    }
}

/// Told when the program is to end.
fn interruption() -> Arc<Notify> {
    let interrupted = Arc::new(Notify::new());
    let notice = Arc::clone(&interrupted);
    // Without a handler the program ends at once, and may leave a partial file: no reason not to begin.
    let _ = ctrlc::set_handler(move || notice.notify_one());
    interrupted
}

fn on_tokio<T>(future: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
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
    // It may quote what somebody else has written.
    eprintln!("{}", harmless(&text));
    UNUSABLE
}
