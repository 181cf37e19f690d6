//! Frames as the peer of a connection writes them, good ones and bad ones.

use bytes::Bytes;

/// The session of the peer, as in the conformance tables.
pub(crate) const A: &str = "msrp://a.example.com:7654/jshA7weztas;tcp";
/// The session of the connection under test.
pub(crate) const B: &str = "msrp://b.example.com:12763/kjhd37s2s20w2a;tcp";
/// A second session of the connection under test.
pub(crate) const B2: &str = "msrp://b.example.com:12763/98cjs;tcp";

/// A frame from A to B, flag `$`, unless told otherwise. Nothing is checked: what is asked for is written.
#[derive(Clone)]
pub(crate) struct Frame {
    id: String,
    /// What follows the transaction identifier in the start line.
    start: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    flag: char,
}

impl Frame {
    pub(crate) fn new(id: &str, start: &str) -> Self {
        let paths = [("To-Path", B), ("From-Path", A)];
        Self {
            id: id.into(),
            start: start.into(),
            headers: paths.map(|(name, uri)| (name.into(), uri.into())).into(),
            body: None,
            flag: '$',
        }
    }

    /// A SEND without a body.
    pub(crate) fn bodiless(id: &str) -> Self {
        Self::new(id, "SEND")
    }

    /// A chunk of a text.
    pub(crate) fn chunk(id: &str, message_id: &str, range: &str, body: impl AsRef<[u8]>) -> Self {
        Self::bodiless(id)
            .header("Message-ID", message_id)
            .header("Byte-Range", range)
            .header("Content-Type", "text/plain")
            .body(body)
    }

    /// A text in one chunk.
    pub(crate) fn text(id: &str, message_id: &str, body: impl AsRef<[u8]>) -> Self {
        let len = body.as_ref().len();
        Self::chunk(id, message_id, &format!("1-{len}/{len}"), body)
    }

    pub(crate) fn report(id: &str, message_id: &str, range: &str, status: &str) -> Self {
        Self::new(id, "REPORT")
            .header("Message-ID", message_id)
            .header("Byte-Range", range)
            .header("Status", status)
    }

    pub(crate) fn response(id: &str, status: &str) -> Self {
        Self::new(id, status)
    }

    /// Sets a header, or adds it at the end.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        match self.headers.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => *old = value.into(),
            None => return self.also(name, value),
        }
        self
    }

    /// Adds a header, though it may be there already.
    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self
    }

    pub(crate) fn to(self, path: &str) -> Self {
        self.header("To-Path", path)
    }

    pub(crate) fn from(self, path: &str) -> Self {
        self.header("From-Path", path)
    }

    pub(crate) fn typed(self, content_type: &str) -> Self {
        self.header("Content-Type", content_type)
    }

    pub(crate) fn failure_report(self, value: &str) -> Self {
        self.header("Failure-Report", value)
    }

    pub(crate) fn success_report(self, value: &str) -> Self {
        self.header("Success-Report", value)
    }

    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_vec());
        self
    }

    pub(crate) fn flag(mut self, flag: char) -> Self {
        self.flag = flag;
        self
    }

    /// `+`: more is to come.
    pub(crate) fn continued(self) -> Self {
        self.flag('+')
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut out = format!("MSRP {} {}\r\n", self.id, self.start).into_bytes();
        for (name, value) in &self.headers {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if let Some(body) = &self.body {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(body);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("-------{}{}\r\n", self.id, self.flag).as_bytes());
        out
    }

    /// The frame in two: up to and including so many octets of its body, and the rest.
    pub(crate) fn split_in_body(&self, octets: usize) -> [Vec<u8>; 2] {
        let mut front = self.octets();
        let rest_of_body = self.body.as_ref().expect("a body").len() - octets;
        let end_line = 2 + 7 + self.id.len() + 1 + 2;
        let rest = front.split_off(front.len() - end_line - rest_of_body);
        [front, rest]
    }
}

impl From<Frame> for Bytes {
    fn from(frame: Frame) -> Self {
        frame.octets().into()
    }
}
