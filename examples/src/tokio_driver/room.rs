//! Where octets are read to.

use std::future::Future as _;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// What a quiet connection keeps for reading.
const LEAST: usize = 4 * 1024;
/// What a busy one does.
const MOST: usize = 64 * 1024;

/// A buffer for reading, which grows with what there is to read: many connections are quiet most of the
/// time. What was read is handed on as a slice of it.
pub(super) struct Room {
    free: BytesMut,
    /// How much to set aside when that is used up.
    len: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            free: BytesMut::new(),
            len: LEAST,
        }
    }
}

impl Room {
    /// Reads once. No octets: there will be no more.
    pub(super) fn poll_read(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Bytes>> {
        if self.free.capacity() < self.len / 4 && !self.free.try_reclaim(self.len) {
            self.free = BytesMut::with_capacity(self.len);
        }
        // This future holds nothing, so it may be made anew each time.
        let len = ready!(pin!(stream.read_buf(&mut self.free)).poll(cx))?;
        let octets = self.free.split().freeze();
        if self.free.capacity() == 0 {
            self.len = (self.len * 2).min(MOST);
        } else if len < self.len / 4 {
            self.len = (self.len / 2).max(LEAST);
        }
        Poll::Ready(Ok(octets))
    }
}
