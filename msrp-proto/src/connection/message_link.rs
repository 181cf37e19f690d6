//! Input from a transport of messages, each of which is exactly one frame (RFC 7977 §5.1, RFC 8873 §5.4).

use bytes::Bytes;

use super::Connection;
use crate::error::Unframed;
use crate::event::Event;
use crate::wire::{DecodeError, Item};

impl Connection {
    /// Processes one message as a whole: a frame makes few events, so wanting no more input can wait for
    /// its end. Only a session that is asked for cannot; what is behind its head is returned, and goes on
    /// here. The transport tells where the next frame begins, whatever is wrong with this one.
    pub(super) fn receive_message(&mut self, mut message: Bytes) -> Option<Bytes> {
        if let Err(why) = self.receive_frame(&mut message) {
            self.decoder.reset();
            self.abandon_request();
            self.requests.take_gathered();
            self.events.push(Event::Unframed(why));
        }
        self.requested.is_open().then_some(message)
    }

    fn receive_frame(&mut self, message: &mut Bytes) -> Result<(), Unframed> {
        match message.first() {
            _ if !self.decoder.is_between_frames() => {}
            None => return Err(Unframed::Empty),
            // Between frames a stream may have line ends; a message has nothing but its frame.
            Some(b'\r') => return Err(Unframed::Illegal(DecodeError::StartLine)),
            Some(_) => {}
        }
        loop {
            let item = self.decoder.decode(message).map_err(Unframed::Illegal)?;
            let item = item.ok_or(Unframed::Cut)?;
            let ended = matches!(item, Item::End(_));
            self.receive(item);
            if self.requested.is_open() {
                return Ok(());
            }
            if ended {
                break;
            }
        }
        if message.is_empty() {
            Ok(())
        } else {
            Err(Unframed::Surplus)
        }
    }
}
