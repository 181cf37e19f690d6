//! The `msrp` program: reads its arguments, and calls the library for the rest.

mod arguments;

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser as _;
use msrp_examples::terminal::{columns, harmless, wrap};
use msrp_examples::{call, chat, decode, demo, listen, meet, room, send};
use tokio::sync::Notify;

use self::arguments::{
    Arguments, Call, CallArguments, Chat, ChatArguments, ChunkLimit, Command, JoinArguments, Listen,
    RoomArguments, Send,
};

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
        Command::Call(Call::Offer(arguments)) => run_call(meet::Kind::Offer, arguments),
        Command::Call(Call::Answer(arguments)) => run_call(meet::Kind::Answer, arguments),
        Command::Chat(Chat::Offer(arguments)) => run_chat(meet::Kind::Offer, arguments),
        Command::Chat(Chat::Answer(arguments)) => run_chat(meet::Kind::Answer, arguments),
        Command::Room(arguments) => run_room(arguments),
        Command::Join(arguments) => run_join(arguments),
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
        Err(error) => complain(&error),
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
    on_tokio(
        listen::run(&options, &mut io::stdout(), remark),
        |ran| match ran {
            Ok(listen::Outcome::Well) => WELL,
            Ok(listen::Outcome::Incomplete) => WRONG,
            Ok(listen::Outcome::Interrupted) => INTERRUPTED,
            Err(listen::Error::Output(error)) if error.kind() == ErrorKind::BrokenPipe => WELL,
            Err(error) => complain(&error),
        },
    )
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
    let remark = |text: fmt::Arguments<'_>| eprintln!("msrp: {text}");
    on_tokio(send::run(&options, &mut io::stdout(), remark), |ran| match ran {
        Ok(send::Outcome::Delivered) => WELL,
        Ok(send::Outcome::Failed) => WRONG,
        Ok(send::Outcome::Interrupted) => INTERRUPTED,
        Err(error) => complain(&error),
    })
}

fn run_call(makes: meet::Kind, arguments: CallArguments) -> u8 {
    let options = call::Options {
        meeting: arguments.meeting.options(makes),
        folder: arguments.folder,
        texts: arguments.texts,
        files: arguments.files,
        interrupted: interruption(),
    };
    on_tokio(call::run(&options, &mut io::stdout(), remark), |ran| match ran {
        Ok(call::Outcome::Well) => WELL,
        Ok(call::Outcome::Failed) => WRONG,
        Ok(call::Outcome::Interrupted) => INTERRUPTED,
        Err(call::Error::Output(error) | call::Error::Meet(meet::Error::Output(error)))
            if error.kind() == ErrorKind::BrokenPipe =>
        {
            WELL
        }
        Err(error) => complain(&error),
    })
}

fn run_chat(makes: meet::Kind, arguments: ChatArguments) -> u8 {
    let relay = match arguments.relaying.relay() {
        Ok(relay) => relay,
        Err(error) => {
            eprintln!("msrp: {error}");
            return UNUSABLE;
        }
    };
    let options = chat::Options {
        meeting: meet::Options {
            relay,
            authorities: arguments.relaying.ca,
            ..arguments.meeting.options(makes)
        },
        folder: arguments.folder,
        from: arguments.from,
        discreet: arguments.discreet,
        terminal: is_live(),
        interrupted: interruption(),
    };
    on_tokio(chat::run(&options, &mut io::stdout(), remark), |ran| match ran {
        Ok(chat::Outcome::Well) => WELL,
        Ok(chat::Outcome::Failed) => WRONG,
        Ok(chat::Outcome::Interrupted) => INTERRUPTED,
        Err(chat::Error::Output(error) | chat::Error::Meet(meet::Error::Output(error)))
            if error.kind() == ErrorKind::BrokenPipe =>
        {
            WELL
        }
        Err(error) => complain(&error),
    })
}

fn run_room(arguments: RoomArguments) -> u8 {
    let options = room::host::Options {
        bind: arguments.bind,
        media_port: arguments.msrp_port,
        name: arguments.name,
        address: arguments.address,
        plain: arguments.plain,
        sessions: arguments.sessions.into(),
        max_size: arguments.max_size,
        interrupted: interruption(),
    };
    on_tokio(
        room::host::run(&options, &mut io::stdout(), remark),
        |ran| match ran {
            Ok(()) => INTERRUPTED,
            Err(room::host::Error::Output(error)) if error.kind() == ErrorKind::BrokenPipe => WELL,
            Err(error) => complain(&error),
        },
    )
}

fn run_join(arguments: JoinArguments) -> u8 {
    let options = room::join::Options {
        at: arguments.at,
        from: arguments.from,
        nickname: arguments.nick,
        plain: arguments.plain,
        terminal: is_live(),
        interrupted: interruption(),
    };
    on_tokio(
        room::join::run(&options, &mut io::stdout(), remark),
        |ran| match ran {
            Ok(room::join::Outcome::Well) => WELL,
            Ok(room::join::Outcome::Failed) => WRONG,
            Ok(room::join::Outcome::Interrupted) => INTERRUPTED,
            Err(room::join::Error::Output(error)) if error.kind() == ErrorKind::BrokenPipe => WELL,
            Err(error) => complain(&error),
        },
    )
}

/// Whether somebody is there who types, on a terminal that understands control sequences.
fn is_live() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb
}

/// Between words where standard error is a terminal.
fn remark(text: fmt::Arguments<'_>) {
    let line = format!("msrp: {text}");
    if !io::stderr().is_terminal() {
        return eprintln!("{line}");
    }
    for row in wrap(&line, columns()) {
        eprintln!("{row}");
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

/// Runs it, and has the exit code made of what it came to.
fn on_tokio<T>(future: impl Future<Output = T>, code: impl FnOnce(T) -> u8) -> u8 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => code(runtime.block_on(future)),
        Err(error) => explain(&error),
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

/// An error, as this program's.
fn complain(error: &dyn std::error::Error) -> u8 {
    eprint!("msrp: ");
    explain(error)
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
