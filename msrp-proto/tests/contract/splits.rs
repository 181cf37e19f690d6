//! A stream of input with the positions at which the driver does something, to be given in many cuts.

use std::collections::{BTreeMap, BTreeSet};

use msrp_proto::wire::FailureReport;
use msrp_proto::{Body, Config, Message, Refusal, Role, SessionConfig, SessionId};

use crate::bench::{self, Sent, text};
use crate::ops::shared::checked::Checked;
use crate::ops::shared::watch::Trace;

/// What the application does at a position of the stream.
#[derive(Clone, Copy)]
pub(crate) enum Command {
    Send(usize, bool, FailureReport),
    Stream,
    /// Refuses the first of the messages that are arriving.
    Reject,
    /// Refuses the message received last.
    Fail,
    /// Abandons the message that was queued last of those that have no outcome.
    Abort,
}

/// A stream, and what happens at which positions of it.
#[derive(Clone, Default)]
pub(crate) struct Transcript {
    pub(crate) octets: Vec<u8>,
    /// Where octets to transmit are taken.
    polls: BTreeSet<usize>,
    commands: BTreeMap<usize, Vec<Command>>,
}

/// Writes a transcript while a connection lives through it, so that what the peer says can depend on what it
/// was sent.
pub(crate) struct Recorder {
    transcript: Transcript,
    run: Run,
    read: usize,
    /// How far apart octets to transmit are taken, besides at the end of what is added.
    every: usize,
}

struct Run {
    bench: Checked,
    session: SessionId,
    streams: usize,
}

impl Recorder {
    pub(crate) fn new(every: usize) -> Self {
        Self {
            transcript: Transcript::default(),
            run: Run::new(),
            read: 0,
            every,
        }
    }

    /// The peer sends these octets; at their end the application gives commands.
    pub(crate) fn add(&mut self, octets: &[u8], commands: &[Command]) {
        let start = self.transcript.octets.len();
        self.transcript.octets.extend_from_slice(octets);
        let end = self.transcript.octets.len();
        self.transcript
            .polls
            .extend((start + self.every..end).step_by(self.every));
        self.transcript.polls.insert(end);
        self.transcript.commands.insert(end, commands.to_vec());
        let mut from = start;
        for at in self.transcript.polls.range(start + 1..=end) {
            self.run
                .bench
                .input(self.run.bench.now, self.transcript.octets[from..*at].to_vec());
            self.run.poll(&self.transcript, *at);
            from = *at;
        }
    }

    /// What was sent since it was last asked for.
    pub(crate) fn sent(&mut self) -> Vec<Sent> {
        let out = &self.run.bench.out;
        let frames = bench::read(&out[self.read..]);
        self.read = out.len();
        frames
    }

    pub(crate) fn finish(self) -> (Transcript, Trace, Vec<u8>) {
        let (trace, out) = self.run.bench.finish();
        (self.transcript, trace, out)
    }
}

impl Transcript {
    /// What comes of the stream when it is cut at these positions, and where octets are taken.
    pub(crate) fn run(&self, cuts: impl IntoIterator<Item = usize>) -> (Trace, Vec<u8>) {
        let mut ends = self.polls.clone();
        ends.extend(cuts);
        let mut run = Run::new();
        let mut from = 0;
        for end in ends {
            run.bench.input(run.bench.now, self.octets[from..end].to_vec());
            from = end;
            if self.polls.contains(&end) {
                run.poll(self, end);
            } else {
                run.bench.events();
            }
        }
        run.bench.finish()
    }
}

impl Run {
    fn new() -> Self {
        let config = Config::default().in_flight(4).max_holes(1).body_window(4096);
        let (mut bench, first) = bench::fresh(config, Role::Active);
        bench.command(|connection| connection.session(first).map(|session| session.abort()));
        let session: SessionConfig = bench::session(Role::Active).max_size(Some(2500));
        let session = bench.open(session).expect("a session");
        Self {
            bench,
            session,
            streams: 0,
        }
    }

    fn poll(&mut self, transcript: &Transcript, at: usize) {
        self.bench.events();
        for command in transcript.commands.get(&at).into_iter().flatten() {
            self.command(*command);
        }
        self.bench.transmit(self.bench.now);
        while let Some((id, max)) = self.bench.wanted.pop() {
            self.bench.command(|connection| {
                let mut message = connection.outgoing(id).expect("it wants a body");
                message
                    .write(vec![b's'; max.min(3000)])
                    .expect("it was asked for");
            });
            self.streams += 1;
            if self.streams > 3 {
                self.bench.command(|connection| {
                    let mut message = connection.outgoing(id).expect("a message");
                    message.finish().expect("no length was announced");
                });
            }
        }
        self.bench.transmit(self.bench.now);
    }

    fn command(&mut self, command: Command) {
        let bench = &mut self.bench;
        match command {
            Command::Send(len, success, failure) => {
                let message = Message::new(text(), vec![b'o'; len]);
                let message = message.success_report(success).failure_report(failure);
                bench.send(self.session, message).expect("room");
            }
            Command::Stream => {
                let message = Message::new(text(), Body::streamed(None));
                bench.send(self.session, message).expect("room");
            }
            Command::Reject => {
                let id = bench.arriving()[0];
                bench.command(|connection| {
                    let incoming = connection.incoming(id).expect("it is arriving");
                    incoming.reject(Refusal::FORBIDDEN);
                });
            }
            Command::Fail => {
                let receipt = bench.receipts.pop().expect("a message");
                let outcome = bench.command(|connection| connection.fail(receipt, Refusal::FORBIDDEN));
                outcome.expect("in time");
            }
            Command::Abort => {
                let id = *bench.leaving().last().expect("a message");
                bench.command(|connection| connection.outgoing(id).map(|message| message.abort()));
            }
        }
    }
}
