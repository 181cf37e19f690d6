//! Messages in messages: who passes one on and has something to say about it puts it into another one (RFC 3862 §6).

use msrp_multipart::{Entity, MediaType};

use crate::{Address, BuildError, Message, MessageBuilder, NestedError};

impl MessageBuilder {
    /// Builds a message around another one, all octets of which become the content.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn wrap(self, original: &Message) -> Result<Message, BuildError> {
        let media_type = MediaType::new("message", "cpim").expect("two tokens");
        let content = Entity::new(&media_type, original.to_bytes()).map_err(BuildError::Field)?;
        self.build(content)
    }
}

impl Message {
    /// The message that is the content of this one, if it is one.
    ///
    /// # Errors
    ///
    /// [`NestedError`] if the content is declared as message/cpim and cannot be read.
    pub fn inner(&self) -> Option<Result<Self, NestedError>> {
        let is_cpim = self.content().headers.content_type().is_some_and(Self::is_cpim);
        is_cpim.then(|| {
            if self.content().headers.transfer_encoding().is_identity() {
                return Ok(Self::parse(&self.content().body)?);
            }
            Ok(Self::parse(&self.content().decoded()?.into_owned().into())?)
        })
    }

    /// This message, the one in it, and so on, outermost first.
    ///
    /// # Errors
    ///
    /// [`NestedError`] if one of them cannot be read, or there are more than `max_depth`, this one among them.
    pub fn chain(&self, max_depth: usize) -> Result<Vec<Self>, NestedError> {
        let mut chain = Vec::new();
        let mut next = Some(self.clone());
        while let Some(message) = next {
            if chain.len() >= max_depth {
                return Err(NestedError::TooDeep { limit: max_depth });
            }
            next = message.inner().transpose()?;
            chain.push(message);
        }
        Ok(chain)
    }

    /// Who claims to have sent this message, the one in it, and so on, outermost first: each vouches for what it
    /// wraps (RFC 4975 §14.5). `None` is one without a From that can be read.
    ///
    /// # Errors
    ///
    /// As [`chain`](Self::chain).
    pub fn from_chain(&self, max_depth: usize) -> Result<Vec<Option<Address>>, NestedError> {
        let chain = self.chain(max_depth)?;
        Ok(chain
            .iter()
            .map(|message| message.from().and_then(Result::ok))
            .collect())
    }
}
