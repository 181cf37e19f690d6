//! From meaning to attributes.

use msrp_proto::Direction;

use super::{Carrier, Media};
use crate::{MediaLine, Protocol, Section};

impl Media {
    /// The section as it is written: `m=`, `c=` and attributes, always in the same order. A session on a data
    /// channel has no section of its own: what comes out is the one that it would have over TLS.
    pub fn to_section(&self) -> Section {
        let protocol = match self.carrier {
            Carrier::Stream(protocol) => protocol,
            Carrier::DataChannel => Protocol::Tls,
        };
        let mut section = Section::new(MediaLine::msrp(self.port, protocol));
        if let Some(connection) = &self.connection {
            section = section.with_connection(connection.clone());
        }
        for (name, value) in self.attributes() {
            section = section
                .with_attribute(name, value.as_deref().map(str::as_bytes))
                .expect("none of these types holds a line end or NUL");
        }
        section
    }

    /// The attributes, in the order in which they are written.
    pub fn attributes(&self) -> Vec<(&'static str, Option<String>)> {
        let mut attributes = Vec::new();
        let mut push = |name, value: Option<String>| attributes.push((name, value));
        if let Some(path) = &self.path {
            push("path", Some(path.to_string()));
        }
        if !self.accept_types.is_empty() {
            push("accept-types", Some(self.accept_types.to_string()));
        }
        if let Some(types) = &self.accept_wrapped_types {
            push("accept-wrapped-types", Some(types.to_string()));
        }
        if let Some(octets) = self.max_size {
            push("max-size", Some(octets.to_string()));
        }
        match self.direction {
            Direction::SendRecv => {}
            Direction::SendOnly => push("sendonly", None),
            Direction::RecvOnly => push("recvonly", None),
            Direction::Inactive => push("inactive", None),
        }
        if let Some(setup) = self.setup {
            push("setup", Some(setup.to_string()));
        }
        if self.cema {
            push("msrp-cema", None);
        }
        for fingerprint in self.fingerprints.iter() {
            push("fingerprint", Some(fingerprint.to_string()));
        }
        if let Some(label) = &self.label {
            push("label", Some(label.to_string()));
        }
        if let Some(chatroom) = &self.chatroom {
            let value = chatroom.to_string();
            push("chatroom", (!value.is_empty()).then_some(value));
        }
        if let Some(file) = &self.file {
            attributes.extend(file.attributes());
        }
        attributes
    }
}

impl From<&Media> for Section {
    fn from(media: &Media) -> Self {
        media.to_section()
    }
}

impl From<Media> for Section {
    fn from(media: Media) -> Self {
        media.to_section()
    }
}
