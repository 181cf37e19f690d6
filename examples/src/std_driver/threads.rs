//! The two threads that sit in system calls.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender};

use bytes::{Bytes, BytesMut};

use super::Wake;

/// Octets read at once, at most.
const READ_LEN: usize = 64 * 1024;
/// With less room than this, a new buffer is begun.
const READ_MIN: usize = 16 * 1024;

/// Reads once per permit, until there is nothing more to read or nobody to hear of it.
pub(super) fn read_when_permitted<A>(stream: &TcpStream, permits: Receiver<()>, wake: Sender<Wake<A>>) {
    let mut room = BytesMut::new();
    for () in permits {
        if room.len() < READ_MIN {
            room = BytesMut::zeroed(READ_LEN);
        }
        let read = match read(stream, &mut room) {
            Ok(0) => Wake::Eof,
            Ok(len) => Wake::Read(room.split_to(len).freeze()),
            Err(error) => Wake::Failed(error),
        };
        let last = !matches!(read, Wake::Read(_));
        if wake.send(read).is_err() || last {
            return;
        }
    }
}

/// Writes one buffer after the other, and tells of each when the operating system has all of it.
pub(super) fn write_in_turn<A>(mut stream: &TcpStream, buffers: Receiver<Bytes>, wake: Sender<Wake<A>>) {
    for octets in buffers {
        let written = stream.write_all(&octets);
        drop(octets); // before the next is asked for: its memory is used again
        let told = match written {
            Ok(()) => wake.send(Wake::Written),
            Err(error) => {
                let _ = wake.send(Wake::Failed(error));
                return;
            }
        };
        if told.is_err() {
            return;
        }
    }
}

fn read(mut stream: &TcpStream, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(room) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
