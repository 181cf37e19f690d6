//! Frames that the connection under test has transmitted.

use msrp_proto::wire::{ContinuationFlag, Head, StartLine};

/// A frame, perhaps without its end.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    pub(crate) flag: Option<ContinuationFlag>,
}

impl Sent {
    pub(super) fn new(head: Head) -> Self {
        Self {
            head,
            body: Vec::new(),
            flag: None,
        }
    }

    pub(crate) fn id(&self) -> String {
        self.head.transaction_id().as_str().into()
    }

    /// The value of a header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        std::str::from_utf8(self.head.header(name).unwrap_or_default()).unwrap()
    }

    pub(crate) fn message_id(&self) -> String {
        self.header("Message-ID").into()
    }

    pub(crate) fn line(&self) -> String {
        let range = self.header("Byte-Range");
        match self.head.start_line() {
            StartLine::Response(status) => format!("{} {status}", self.id()),
            StartLine::Request(method) if method.as_str() == "REPORT" => {
                format!("REPORT {} {range} {}", self.message_id(), self.header("Status"))
            }
            StartLine::Request(method) => {
                let body = match self.body.len() {
                    0 => String::new(),
                    len if len > 60 => format!(" [{len}]"),
                    _ => format!(" {}", self.body.escape_ascii()),
                };
                let flag = self.flag.map_or(' ', |flag| char::from(flag.as_u8()));
                format!("{} {range}{body} {flag}", method.as_str())
            }
            other => panic!("{other:?}"),
        }
    }
}
