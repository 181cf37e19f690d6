//! `m=`, the line that begins a media section (RFC 8866 §5.14, RFC 4975 §8.1).

use std::fmt;

use thiserror::Error;

use crate::{Deviation, Deviations, chars};

/// Why a media line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MediaLineError {
    /// It is not `media port proto fmt`, with single SP between.
    #[error("not a media line")]
    Syntax,
    /// The port is no number from 0 to 65535.
    #[error("illegal port")]
    Port,
}

/// How MSRP is carried, by the protocol field (RFC 4975 §8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `TCP/MSRP`.
    Tcp,
    /// `TCP/TLS/MSRP`.
    Tls,
}

/// A media line: `m=message 7394 TCP/MSRP *`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLine {
    media: Box<str>,
    port: u16,
    /// The port as written, and the number of ports behind a slash.
    ports: Box<str>,
    proto: Box<str>,
    formats: Box<str>,
}

impl Protocol {
    /// The field as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP/MSRP",
            Self::Tls => "TCP/TLS/MSRP",
        }
    }
}

impl MediaLine {
    /// The line of an MSRP section. Port 0 refuses the section.
    pub fn msrp(port: u16, protocol: Protocol) -> Self {
        Self {
            media: "message".into(),
            port,
            ports: port.to_string().into(),
            proto: protocol.as_str().into(),
            formats: "*".into(),
        }
    }

    /// Reads what stands behind `m=`.
    ///
    /// # Errors
    ///
    /// A [`MediaLineError`] if it has not the form, or the port is out of range.
    pub fn parse(value: &str) -> Result<Self, MediaLineError> {
        let mut fields = value.splitn(4, ' ');
        let mut field = || fields.next().filter(|field| is_visible(field));
        let (Some(media), Some(ports), Some(proto)) = (field(), field(), field()) else {
            return Err(MediaLineError::Syntax);
        };
        let formats = fields.next().ok_or(MediaLineError::Syntax)?;
        if !is_token(media) || !proto.split('/').all(is_token) || !formats.split(' ').all(is_visible) {
            return Err(MediaLineError::Syntax);
        }
        let port = match ports.split_once('/') {
            None => ports,
            Some((port, count)) if is_digits(count) && !count.starts_with('0') => port,
            Some(_) => return Err(MediaLineError::Port),
        };
        if !is_digits(port) {
            return Err(MediaLineError::Port);
        }
        Ok(Self {
            media: media.into(),
            port: port.parse().map_err(|_| MediaLineError::Port)?,
            ports: ports.into(),
            proto: proto.into(),
            formats: formats.into(),
        })
    }

    /// The media type: `message` for MSRP, `audio` and so on.
    pub fn media(&self) -> &str {
        &self.media
    }

    /// The port; 0 if the section is refused or closed.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The protocol field.
    pub fn proto(&self) -> &str {
        &self.proto
    }

    /// The formats, with SP between them.
    pub fn formats(&self) -> &str {
        &self.formats
    }

    /// How MSRP is carried; `None` if this is not an MSRP section. `message` is matched without regard to case, as the
    /// registered names of media types are, and so are the protocol names.
    pub fn msrp_protocol(&self) -> Option<Protocol> {
        let is_message = self.media.eq_ignore_ascii_case("message");
        [Protocol::Tcp, Protocol::Tls]
            .into_iter()
            .find(|protocol| is_message && self.proto.eq_ignore_ascii_case(protocol.as_str()))
    }

    /// The same line with another port, and no number of ports.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self {
            port,
            ports: port.to_string().into(),
            ..self
        }
    }

    /// What an MSRP line should not have (rulings R-46 and of SDP-5.14-01).
    pub(crate) fn msrp_deviations(&self) -> Deviations {
        let mut deviations = Deviations::default();
        if self.ports.contains('/') {
            deviations.insert(Deviation::PortCount);
        }
        if &*self.formats != "*" {
            deviations.insert(Deviation::Format);
        }
        deviations
    }
}

/// What stands behind `m=`.
impl fmt::Display for MediaLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.media, self.ports, self.proto, self.formats)
    }
}

fn is_visible(text: &str) -> bool {
    chars::is_visible(text.as_bytes())
}

fn is_token(text: &str) -> bool {
    chars::is_token(text.as_bytes())
}

fn is_digits(text: &str) -> bool {
    chars::is_digits(text.as_bytes())
}
