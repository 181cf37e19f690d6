//! `msrp decode`: a captured stream as a sequence of frames, with what is wrong in it.

mod check;
mod redact;
mod shown;

use std::io::{self, ErrorKind, Read, Write};

use bytes::{Bytes, BytesMut};
use msrp_proto::wire::{
    ContinuationFlag, DecodeError, Decoder, Head, Item, Limits, Malformed, Method, StartLine,
};

use self::check::{Finding, check};
use self::redact::Redactor;
use self::shown::{body_lines, escaped};

/// What to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whole bodies and lines; else the beginning of long ones.
    pub full: bool,
    /// No session-ids, users, credentials, or octets of bodies that are not text.
    pub redact: bool,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Frames that can be delimited.
    pub frames: u64,
    /// What a receiver would refuse, or what contradicts itself.
    pub problems: u64,
    /// What is accepted, and yet not as RFC 4975 has it.
    pub warnings: u64,
}

/// Why a stream was not shown to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream cannot be read.
    #[error("cannot read the stream")]
    Input(#[source] io::Error),
    /// What was found cannot be written.
    #[error("cannot write the frames")]
    Output(#[source] io::Error),
}

/// Octets read at once.
const READ_LEN: usize = 64 * 1024;
/// Octets shown of a line or a body, unless all of it is wanted.
const CUT: usize = 1024;
/// Octets shown of what should be a start line.
const PEEK: usize = 48;

/// Decodes a stream, one direction of one connection, and shows its frames.
///
/// # Errors
///
/// [`Error`] if the stream cannot be read or the output not be written. What is wrong with the stream is
/// part of the [`Summary`].
pub fn run(input: &mut dyn Read, options: &Options, output: &mut dyn Write) -> Result<Summary, Error> {
    let mut show = Show::new(options, output);
    let mut room = BytesMut::new();
    let mut lost = false;
    while !lost {
        room.resize(READ_LEN, 0);
        let read = match input.read(&mut room) {
            Ok(0) => break,
            Ok(read) => room.split_to(read).freeze(),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Input(error)),
        };
        lost = show.input(read).map_err(Error::Output)?;
    }
    if !lost {
        show.end_of_stream().map_err(Error::Output)?;
    }
    show.conclude().map_err(Error::Output)
}

struct Show<'a> {
    output: &'a mut dyn Write,
    options: &'a Options,
    redactor: Redactor,
    decoder: Decoder,
    /// Octets read.
    read: u64,
    /// Octets that the decoder has taken.
    taken: u64,
    /// Where the present frame begins, or the next one will.
    start: u64,
    /// Only bare CRLFs since the last frame; the CR of one more if so.
    between: Option<bool>,
    /// The first octets of the present frame.
    peek: Bytes,
    frame: Option<Frame>,
    summary: Summary,
    sends: u64,
    responses: u64,
    keep_alives: u64,
}

/// The frame whose end has not come yet.
struct Frame {
    head: Head,
    malformed: bool,
    body_len: u64,
    /// The octets that are shown, if more are not wanted.
    body: BytesMut,
}

impl<'a> Show<'a> {
    fn new(options: &'a Options, output: &'a mut dyn Write) -> Self {
        Self {
            output,
            options,
            redactor: Redactor::new(options.redact),
            decoder: Decoder::new(Limits::default()),
            read: 0,
            taken: 0,
            start: 0,
            between: Some(false),
            peek: Bytes::new(),
            frame: None,
            summary: Summary::default(),
            sends: 0,
            responses: 0,
            keep_alives: 0,
        }
    }

    /// `true`: the stream is lost.
    fn input(&mut self, mut octets: Bytes) -> io::Result<bool> {
        self.read += octets.len() as u64;
        loop {
            self.pass_keep_alives(&octets);
            let before = octets.len();
            let item = self.decoder.decode(&mut octets);
            self.taken += (before - octets.len()) as u64;
            match item {
                Ok(Some(Item::Head(head))) => self.head(head, None)?,
                Ok(Some(Item::Malformed(Malformed { head, error }))) => {
                    self.head(head, Some(Finding::malformed(error)))?;
                }
                Ok(Some(Item::Body(body))) => {
                    if let Some(frame) = &mut self.frame {
                        let room = match self.options.full {
                            true => body.len(),
                            false => CUT.saturating_sub(frame.body.len()).min(body.len()),
                        };
                        frame.body.extend_from_slice(&body[..room]);
                        frame.body_len += body.len() as u64;
                    }
                }
                Ok(Some(Item::End(flag))) => self.end(flag)?,
                Ok(None) => return Ok(false),
                Err(error) => {
                    self.lost(error)?;
                    return Ok(true);
                }
            }
        }
    }

    /// Finds where the next frame begins: the decoder passes over bare CRLFs by itself.
    fn pass_keep_alives(&mut self, octets: &Bytes) {
        let Some(mut cr) = self.between else { return };
        for (at, octet) in octets.iter().enumerate() {
            match (cr, octet) {
                (false, b'\r') => cr = true,
                (true, b'\n') => {
                    cr = false;
                    self.start = self.taken + at as u64 + 1;
                    self.keep_alives += 1;
                }
                _ => {
                    self.peek = octets.slice(at..octets.len().min(at + PEEK));
                    self.between = None;
                    return;
                }
            }
        }
        self.between = Some(cr);
    }

    fn head(&mut self, head: Head, fault: Option<Finding>) -> io::Result<()> {
        self.summary.frames += 1;
        let id = head.transaction_id();
        let kind = match head.start_line() {
            StartLine::Request(method) => {
                self.sends += u64::from(*method == Method::Send);
                format!("{method} request")
            }
            StartLine::Response(code) => {
                self.responses += 1;
                format!("{code} response")
            }
            _ => "frame of no kind".into(),
        };
        writeln!(
            self.output,
            "#{}  octet {}  {kind} {id}",
            self.summary.frames, self.start
        )?;
        for (at, line) in head.as_bytes().split(|octet| *octet == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // The start line has been told, unless it could not be read.
            let told = at == 0 && fault.is_none();
            if !told && !line.is_empty() {
                let line = self.redactor.line(line);
                self.cut_line(&line)?;
            }
        }
        let malformed = fault.is_some();
        fault.map_or(Ok(()), |fault| self.finding(fault))?;
        self.frame = Some(Frame {
            head,
            malformed,
            body_len: 0,
            body: BytesMut::new(),
        });
        Ok(())
    }

    fn cut_line(&mut self, line: &str) -> io::Result<()> {
        match line.char_indices().nth(CUT) {
            Some((cut, _)) if !self.options.full => {
                writeln!(
                    self.output,
                    "    {}… ({} characters)",
                    &line[..cut],
                    line.chars().count()
                )
            }
            _ => writeln!(self.output, "    {line}"),
        }
    }

    fn body(&mut self, frame: &Frame) -> io::Result<()> {
        if frame.body_len == 0 && !frame.head.has_body() {
            return Ok(());
        }
        writeln!(self.output, "    body of {} octets", frame.body_len)?;
        for line in body_lines(&frame.body, frame.body_len, self.options.full, &mut self.redactor) {
            writeln!(self.output, "    | {line}")?;
        }
        Ok(())
    }

    fn end(&mut self, flag: ContinuationFlag) -> io::Result<()> {
        let Some(frame) = self.frame.take() else {
            return Ok(());
        };
        self.body(&frame)?;
        let meaning = match flag {
            ContinuationFlag::Aborted => "# abandoned",
            ContinuationFlag::Complete => "$ complete",
            ContinuationFlag::Continued => "+ more to come",
        };
        writeln!(self.output, "    end {meaning}")?;
        if !frame.malformed {
            for finding in check(&frame.head, frame.body_len, flag) {
                self.finding(finding)?;
            }
        }
        writeln!(self.output)?;
        self.start = self.taken;
        self.between = Some(false);
        Ok(())
    }

    fn lost(&mut self, error: DecodeError) -> io::Result<()> {
        if let Some(frame) = self.frame.take() {
            self.body(&frame)?;
        }
        let begins = match self.options.redact {
            true => "hidden".into(),
            false => escaped(&self.peek),
        };
        self.finding(Finding::lost(error, self.start, &begins))
    }

    fn end_of_stream(&mut self) -> io::Result<()> {
        if self.decoder.is_between_frames() {
            return Ok(());
        }
        let place = match self.frame.take() {
            Some(frame) => {
                self.body(&frame)?;
                "before its end-line"
            }
            None => "in its head",
        };
        self.finding(Finding::cut(self.start, self.taken, place))
    }

    fn finding(&mut self, finding: Finding) -> io::Result<()> {
        match finding {
            Finding::Problem(text) => {
                self.summary.problems += 1;
                writeln!(self.output, "  ! {text}")
            }
            Finding::Warning(text) => {
                self.summary.warnings += 1;
                writeln!(self.output, "  ? {text}")
            }
        }
    }

    fn conclude(self) -> io::Result<Summary> {
        let Summary {
            frames,
            problems,
            warnings,
        } = self.summary;
        let (sends, responses) = (self.sends, self.responses);
        writeln!(
            self.output,
            "{} octets; frames: {frames} (SEND {sends}, responses {responses}, others {}), bare CRLFs: {}",
            self.read,
            frames - sends - responses,
            self.keep_alives
        )?;
        writeln!(self.output, "problems (!): {problems}, warnings (?): {warnings}")?;
        Ok(self.summary)
    }
}
