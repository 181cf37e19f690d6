//! Messages in message/cpim: who sends them, to whom, and when.

use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime as Moment, SecondsFormat, Utc};
use msrp_cpim::{Address, BuildError, DateTime, Message};
use msrp_multipart::{Disposition, Entity, MediaType};

/// What the wrapper says.
#[derive(Clone, Debug)]
pub struct Wrapper {
    /// The sender.
    pub from: Address,
    /// The recipient.
    pub to: Address,
}

impl Wrapper {
    /// What stands before the octets of content of that type.
    pub(super) fn head(
        &self,
        media_type: &MediaType,
        disposition: Option<&Disposition>,
    ) -> Result<Bytes, BuildError> {
        let mut content = Entity::new(media_type, Bytes::new()).map_err(BuildError::Field)?;
        if let Some(disposition) = disposition {
            content = content.with_disposition(disposition).map_err(BuildError::Field)?;
        }
        let now = Moment::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut builder = Message::builder().from(self.from.clone()).to(self.to.clone());
        // Unless the clock has gone mad.
        if let Ok(now) = DateTime::parse(&now) {
            builder = builder.date_time(now);
        }
        Ok(builder.build(content)?.to_bytes())
    }
}
