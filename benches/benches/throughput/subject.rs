//! What is worked on: the streams, made when first asked for, and the reads they come in.

use std::sync::LazyLock;

use bytes::Bytes;
use msrp_benches::floor;
use msrp_benches::streams::{MESSAGE, RESPONSES, Stream, TEXTS};

/// Octets that a bench is about.
#[derive(Debug)]
pub(crate) struct Subject {
    /// What the floors are measured with.
    pub(crate) octets: Bytes,
    /// How many frames end in them.
    pub(crate) frames: usize,
    /// What the time is told of.
    pub(crate) per: Per,
}

/// What the time is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    /// Each frame.
    Frame,
    /// Each octet.
    Octet,
}

/// How a stream is read.
#[derive(Debug)]
pub(crate) struct Read {
    /// As names of benches have it.
    pub(crate) name: &'static str,
    /// Octets of each read.
    pub(crate) len: usize,
}

/// How every stream is read.
pub(crate) const READS: [Read; 3] = [
    Read::new("64KiB", 64 << 10),
    Read::new("1500", 1500),
    Read::new("1", 1),
];

/// The message of S1.
pub(crate) static S1: LazyLock<Stream> = LazyLock::new(|| Stream::s1(MESSAGE));
/// The message of S2.
pub(crate) static S2: LazyLock<Stream> = LazyLock::new(|| Stream::s2(MESSAGE));
/// The message of S3.
pub(crate) static S3: LazyLock<Stream> = LazyLock::new(|| Stream::s3(MESSAGE));
/// The texts of S4.
pub(crate) static S4: LazyLock<Stream> = LazyLock::new(|| Stream::s4(TEXTS));
/// The responses of S5.
pub(crate) static S5: LazyLock<Stream> = LazyLock::new(|| Stream::s5(RESPONSES));
/// The texts of S6.
pub(crate) static S6: LazyLock<Stream> = LazyLock::new(|| Stream::s6(TEXTS));

/// The message of that length that is sent: that of S3, and not a copy of it. So what is sent in one chunk is
/// measured against a scan of the very same octets, wherever the machine has them.
pub(crate) static BODY: LazyLock<Bytes> = LazyLock::new(|| {
    let start = S3.octets.windows(4).position(|octets| octets == b"\r\n\r\n");
    let start = start.expect("a body") + 4;
    S3.octets.slice(start..start + MESSAGE)
});

impl Subject {
    /// All of a stream.
    pub(crate) fn whole(stream: &Stream) -> Self {
        Self {
            octets: stream.octets.clone(),
            frames: stream.frames,
            per: Per::Frame,
        }
    }

    /// How much there is of what the time is told of.
    pub(crate) fn units(&self) -> usize {
        match self.per {
            Per::Frame => self.frames,
            Per::Octet => self.octets.len(),
        }
    }
}

impl Read {
    const fn new(name: &'static str, len: usize) -> Self {
        Self { name, len }
    }

    /// What is read of the stream: all of it, or 1 MiB if it comes octet by octet.
    pub(crate) fn of(&self, stream: &Stream) -> Subject {
        if !self.is_whole() {
            let octets = stream.start(1 << 20);
            return Subject {
                frames: floor::scan(&octets),
                octets,
                per: Per::Octet,
            };
        }
        Subject::whole(stream)
    }

    /// Whether the stream is read to its end.
    pub(crate) fn is_whole(&self) -> bool {
        self.len > 1
    }
}
