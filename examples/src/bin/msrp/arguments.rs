//! What the program may be told.

use std::env::VarError;
use std::io::{self, IsTerminal as _};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use msrp_cpim::Address;
use msrp_examples::meet;
use msrp_examples::terminal::{harmless, password};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{Credentials, Nickname, NicknameError, UriParameter};

/// MSRP (RFC 4975): send texts and files, see it at work, or look into what was captured.
///
/// To send something to another machine, run "msrp listen" there. It prints a URI; give that to
/// "msrp send" here. "msrp call" is for both ways at once, and with TLS. "msrp room" and "msrp join" are for
/// more than two.
#[derive(Parser)]
#[command(name = "msrp", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
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

const CHAT_CODES: &str = "\
Exit codes:
  0    the peer has confirmed everything, and all that it sent has arrived
  1    something was not delivered or confirmed, has not arrived whole, or the connection broke
  2    nothing was sent: wrong arguments, descriptions that do not fit, no connection, the wrong peer
  130  interrupted";

const ROOM_CODES: &str = "\
Exit codes:
  2    wrong arguments, an address that cannot be had
  130  interrupted, the usual end";

const JOIN_CODES: &str = "\
Exit codes:
  0    you have left, and all that you said has arrived in the room
  1    something was refused or not delivered, or the room has ended the session
  2    not joined: wrong arguments, no connection, the room is full or does not fit
  130  interrupted";

const DECODE_CODES: &str = "\
Exit codes:
  0    nothing is wrong with the stream
  1    something is wrong with the stream
  2    wrong arguments, or a file that cannot be used";

#[derive(Subcommand)]
pub(crate) enum Command {
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
    /// Agree with somebody on a session as "call" does, and chat
    ///
    /// What you type goes to the other side, line by line, and you see what becomes of it: sent, delivered, displayed.
    /// You see when the other side is composing, too. /send FILE sends a file, /quit ends, /help lists the commands.
    ///
    /// On a terminal, keys are read as they are pressed: the arrows, Ctrl-A, -E, -U, -K and -W edit the line, Alt-Enter
    /// breaks it. If standard input or output is none, lines are read and written, without control sequences.
    #[command(subcommand)]
    Chat(Chat),
    /// Run a chat room
    ///
    /// Prints at once, alone on the first line, where to join it: "msrp join" needs that. Then it tells who comes and
    /// goes, but not what is said. Whoever is in the room gets what is said there, under a nickname of his own if he
    /// takes one (RFC 7701).
    ///
    /// One joins over a connection of its own, in place of SIP: it carries an offer and an answer in SDP, and is not
    /// protected. The messages go over TLS; each side knows the other by the fingerprint in SDP. Nothing proves that
    /// somebody is who he says.
    ///
    /// A participant who does not take messages as fast as they come misses those beyond 4 MiB, and is told how many. One
    /// who takes none for a minute is removed.
    #[command(after_help = ROOM_CODES)]
    Room(RoomArguments),
    /// Join a chat room, and talk
    ///
    /// Each line that you type is said to all who are in the room; commands begin with "/", and "/help" lists them. Where
    /// others write under a name, it is told once whose it is; somebody else with the same name is shown by the URI.
    ///
    /// On a terminal the line that you type stands below the others. Elsewhere lines are read and written one after the
    /// other: when the input has ended and all is confirmed, this ends, or stays to listen if nothing was said.
    #[command(after_help = JOIN_CODES)]
    Join(JoinArguments),
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
pub(crate) enum Call {
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

#[derive(Subcommand)]
pub(crate) enum Chat {
    /// Make an offer, and take the answer to it
    ///
    /// Prints the offer; give it to the other side, for "msrp chat answer". Then paste the answer that comes
    /// back, with an empty line behind it.
    #[command(after_help = CHAT_CODES)]
    Offer(ChatArguments),
    /// Take an offer, and make the answer to it
    ///
    /// Paste the offer, with an empty line behind it. Prints the answer; give it to the other side.
    #[command(after_help = CHAT_CODES)]
    Answer(ChatArguments),
}

#[derive(Args)]
pub(crate) struct ChatArguments {
    #[command(flatten)]
    pub(crate) meeting: Meeting,
    #[command(flatten)]
    pub(crate) relaying: Relaying,
    /// Where files that arrive go; made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Who you are, such as "Alice <im:alice@example.com>" or a URI alone
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) from: Option<Address>,
    /// Do not tell the other side when you are composing, nor what was displayed
    #[arg(long)]
    pub(crate) discreet: bool,
}

#[derive(Args)]
pub(crate) struct CallArguments {
    #[command(flatten)]
    pub(crate) meeting: Meeting,
    /// Where files that arrive go; made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// A text to send, before the files; may be given again
    #[arg(long = "text", value_name = "TEXT")]
    pub(crate) texts: Vec<String>,
    /// Files to send
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// How two sides agree.
#[derive(Args)]
pub(crate) struct Meeting {
    /// Where to listen: an address, perhaps with a port [default: any port, where the other side is likely to
    /// reach this one]
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = bind_any_port)]
    pub(crate) bind: Option<SocketAddr>,
    /// The host name or address that the other side reaches this machine by
    #[arg(long, value_name = "HOST")]
    pub(crate) name: Option<String>,
    /// Without TLS: readable on the way; both sides need to say so
    #[arg(long)]
    pub(crate) plain: bool,
    /// Nobody can connect here; the other side listens. Not for both sides
    #[arg(long, conflicts_with_all = ["bind", "name"])]
    pub(crate) behind_nat: bool,
    /// Write what this side makes to a file, instead of printing it
    #[arg(long = "out", value_name = "FILE")]
    pub(crate) ours: Option<PathBuf>,
    /// Wait for a file with what the other side makes, instead of having it pasted
    #[arg(long = "in", value_name = "FILE")]
    pub(crate) theirs: Option<PathBuf>,
    /// How long to wait for the file of the other side, and for it to connect, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) wait: u64,
}

impl Meeting {
    pub(crate) fn options(self, makes: meet::Kind) -> meet::Options {
        meet::Options {
            makes,
            bind: self.bind,
            name: self.name,
            plain: self.plain,
            behind_nat: self.behind_nat,
            ours: self.ours,
            theirs: self.theirs,
            wait: Duration::from_secs(self.wait),
            relay: None,
            authorities: None,
            interactive: io::stdin().is_terminal(),
        }
    }
}

/// How to go through a relay.
#[derive(Args)]
pub(crate) struct Relaying {
    /// A relay to go through (RFC 4976), such as "msrps://relay.example.com:2855;tcp"; quote it. Nobody needs to be
    /// able to connect here then
    #[arg(long, value_name = "URI", requires_all = ["user", "ca"], conflicts_with_all = ["bind", "plain", "behind_nat"])]
    pub(crate) relay: Option<MsrpUri>,
    /// Who you are at the relay. The password is in the environment variable MSRP_PASSWORD, or asked for
    #[arg(long, value_name = "NAME", requires = "relay")]
    pub(crate) user: Option<String>,
    /// A file with the certificates of authorities, in PEM, that relays are known by: the own, and that of the other
    /// side
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// When to tell the relay again, in Authorization, for which URI: some relays insist on it
    #[arg(long, value_name = "WHEN", requires = "relay", default_value = "never")]
    uri_parameter: WhenUri,
}

#[derive(Clone, Copy, ValueEnum)]
enum WhenUri {
    /// As RFC 4976 has it
    Never,
    /// From the first request on
    Always,
    /// When the relay refuses it without
    Fallback,
}

impl Relaying {
    pub(crate) fn relay(&self) -> Result<Option<meet::Relay>, String> {
        let (Some(uri), Some(user)) = (&self.relay, &self.user) else {
            return Ok(None);
        };
        let password = match std::env::var("MSRP_PASSWORD") {
            Ok(password) => password,
            Err(VarError::NotPresent) if io::stdin().is_terminal() => {
                password(&format!("Password of {} at the relay: ", harmless(user)))
                    .map_err(|error| format!("no password: {error}"))?
            }
            Err(VarError::NotPresent) => {
                return Err("no password: neither MSRP_PASSWORD nor a terminal to ask on".into());
            }
            Err(VarError::NotUnicode(_)) => return Err("MSRP_PASSWORD is not UTF-8".into()),
        };
        let credentials = Credentials::new(user, &password).map_err(|error| format!("--user: {error}"))?;
        Ok(Some(meet::Relay {
            uri: uri.clone(),
            credentials,
            uri_parameter: match self.uri_parameter {
                WhenUri::Never => UriParameter::Never,
                WhenUri::Always => UriParameter::Always,
                WhenUri::Fallback => UriParameter::Fallback,
            },
        }))
    }
}

#[derive(Args)]
pub(crate) struct RoomArguments {
    /// Where to wait for those who join: an address, perhaps with a port; port 0 is any that is free
    #[arg(long, value_name = "ADDR[:PORT]", default_value = "0.0.0.0:2856", value_parser = bind_room)]
    pub(crate) bind: SocketAddr,
    /// The port for the messages, at the same address; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) msrp_port: u16,
    /// The host name or address that others reach this machine by
    #[arg(long, value_name = "HOST")]
    pub(crate) name: Option<String>,
    /// The URI of the room; by default sip:room@ and the host
    #[arg(long, value_name = "URI", value_parser = Address::new)]
    pub(crate) address: Option<Address>,
    /// Without TLS: readable on the way; those who join need to say so, too
    #[arg(long)]
    pub(crate) plain: bool,
    /// The most sessions in the room
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) sessions: u16,
    /// The most octets of a message, up to 1M
    #[arg(long, value_name = "SIZE", default_value = "64K", value_parser = message_size)]
    pub(crate) max_size: u64,
}

#[derive(Args)]
pub(crate) struct JoinArguments {
    /// Where the room is: what "msrp room" printed first
    #[arg(value_name = "HOST:PORT")]
    pub(crate) at: String,
    /// Who you are, such as "Alice <sip:alice@example.com>" or a URI alone
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) from: Address,
    /// A nickname to take at once
    #[arg(long, value_name = "NAME", value_parser = nickname)]
    pub(crate) nick: Option<Nickname>,
    /// Without TLS: readable on the way; the room needs to say so, too
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Args)]
pub(crate) struct Listen {
    /// Where to wait: an address, perhaps with a port; port 0 is any that is free
    #[arg(long, value_name = "ADDR[:PORT]", default_value = "0.0.0.0:2855", value_parser = bind_address)]
    pub(crate) bind: SocketAddr,
    /// The host name or address that peers reach this machine by, for the URI
    #[arg(long, value_name = "HOST")]
    pub(crate) name: Option<String>,
    /// Where files go; made if it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// End when the first peer has left
    #[arg(long)]
    pub(crate) once: bool,
    /// The most octets of a text or file, such as 500K, 20M, 4G; larger ones are refused [default: any]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_size: Option<u64>,
}

#[derive(Args)]
pub(crate) struct Send {
    /// The URI that "msrp listen" printed; quote it, since it has a semicolon in it
    pub(crate) uri: String,
    /// Files to send; "-" is standard input, which is stored under the name "stdin"
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A text to send, before the files; may be given again
    #[arg(long = "text", value_name = "TEXT")]
    pub(crate) texts: Vec<String>,
    /// Wrap everything in message/cpim, which names sender and recipient
    #[arg(long, requires = "from", requires = "to")]
    pub(crate) cpim: bool,
    /// The sender to name, such as "Alice <im:alice@example.com>" or a URI alone
    #[arg(long, value_name = "ADDRESS", requires = "cpim", value_parser = address)]
    pub(crate) from: Option<Address>,
    /// The recipient to name
    #[arg(long, value_name = "ADDRESS", requires = "cpim", value_parser = address)]
    pub(crate) to: Option<Address>,
    /// How long to wait for a connection, for an answer, for a confirmation, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) timeout: u64,
}

fn address(text: &str) -> Result<Address, &'static str> {
    let parsed = Address::parse(text).or_else(|_| Address::new(text));
    parsed.map_err(|_| "neither NAME <URI> nor a URI")
}

fn bind_address(text: &str) -> Result<SocketAddr, &'static str> {
    socket_address(text, MsrpUri::REGISTERED_PORT)
}

fn bind_room(text: &str) -> Result<SocketAddr, &'static str> {
    socket_address(text, 2856)
}

fn nickname(text: &str) -> Result<Nickname, NicknameError> {
    Nickname::new(text)
}

fn message_size(text: &str) -> Result<u64, &'static str> {
    match size(text)? {
        octets @ 1024..=0x10_0000 => Ok(octets),
        _ => Err("neither 1K nor 1M nor between"),
    }
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
pub(crate) struct ChunkLimit(pub(crate) Option<usize>);

fn chunk_limit(text: &str) -> Result<ChunkLimit, &'static str> {
    if text == "none" {
        return Ok(ChunkLimit(None));
    }
    match text.parse() {
        Ok(octets @ 1..) => Ok(ChunkLimit(Some(octets))),
        _ => Err("neither a number above 0 nor \"none\""),
    }
}
