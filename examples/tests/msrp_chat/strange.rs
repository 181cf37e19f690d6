//! With somebody who speaks for himself, and strangely.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::support::{Caller, Mailbox};

const OWN: &str = "msrp://127.0.0.1:9/strange0123456789;tcp";

/// Somebody without a library.
struct Strange {
    stream: TcpStream,
    theirs: String,
    heard: String,
}

/// A chat with him.
fn chat() -> (Caller, Strange) {
    let mailbox = Mailbox::new();
    let offer = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n\
         a=setup:active\r\na=accept-types:message/cpim text/plain\r\na=accept-wrapped-types:*\r\na=path:{OWN}\r\n\r\n"
    );
    let (in_, out) = (mailbox.path("in.sdp"), mailbox.path("out.sdp"));
    fs::write(&in_, offer).unwrap();
    let arguments = [
        "answer",
        "--plain",
        "--bind",
        "127.0.0.1",
        "--in",
        &in_,
        "--out",
        &out,
    ];
    let mut chat = Caller::run("chat", &arguments, &[]);
    chat.remarks("waiting for the other side to connect");
    let answer = fs::read_to_string(out).unwrap();
    let path = answer
        .lines()
        .find_map(|line| line.strip_prefix("a=path:"))
        .unwrap();
    let address = path.strip_prefix("msrp://").unwrap().split('/').next().unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    // He takes little that he does not read.
    socket.set_recv_buffer_size(4096).unwrap();
    socket
        .connect(&address.parse::<SocketAddr>().unwrap().into())
        .unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut strange = Strange {
        stream,
        theirs: path.into(),
        heard: String::new(),
    };
    strange.sends("first123", "Message-ID: first123\r\n");
    chat.remarks("each line that you type is sent");
    (chat, strange)
}

impl Strange {
    fn sends(&mut self, id: &str, rest: &str) {
        let theirs = &self.theirs;
        let frame =
            format!("MSRP {id} SEND\r\nTo-Path: {theirs}\r\nFrom-Path: {OWN}\r\n{rest}-------{id}$\r\n");
        self.stream.write_all(frame.as_bytes()).unwrap();
    }

    /// Reads until this comes, and answers what comes before.
    fn hears(&mut self, wanted: &str) {
        let mut answered = 0;
        while !self.heard.contains(wanted) {
            let mut octets = [0; 65_536];
            let len = self.stream.read(&mut octets).unwrap();
            assert!(len > 0, "no {wanted:?} before the end");
            self.heard.push_str(std::str::from_utf8(&octets[..len]).unwrap());
            let whole = self.heard.rfind('\n').map_or(0, |end| end + 1);
            let mut answers = String::new();
            for line in self.heard[answered..whole].lines() {
                let id = line
                    .strip_prefix("MSRP ")
                    .and_then(|rest| rest.strip_suffix(" SEND"));
                if let Some(id) = id {
                    let theirs = &self.theirs;
                    answers += &format!(
                        "MSRP {id} 200 OK\r\nTo-Path: {theirs}\r\nFrom-Path: {OWN}\r\n-------{id}$\r\n"
                    );
                }
            }
            answered = whole;
            self.stream.write_all(answers.as_bytes()).unwrap();
        }
    }
}

/// What gets too long to be shown, and cannot be stored, is refused.
#[test]
fn too_long_and_nowhere_to_go() {
    let (mut chat, mut strange) = chat();
    fs::remove_dir_all(chat.folder.path()).unwrap();
    let body = format!(
        "From: <im:a@example.com>\r\nTo: <im:b@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\n{}",
        "long ".repeat(20_000)
    );
    let rest =
        format!("Message-ID: long5678\r\nByte-Range: 1-*/*\r\nContent-Type: message/cpim\r\n\r\n{body}\r\n");
    strange.sends("long5678", &rest);
    chat.shows("FILE NOT STORED");
    strange.hears(" 413");
}

/// Who wants to know what was displayed, and takes nothing, is told only so much later.
#[test]
fn what_is_displayed_is_told_only_so_often() {
    let (mut chat, mut strange) = chat();
    for number in 1..=6000 {
        let body = format!(
            "From: <im:a@example.com>\r\nTo: <im:b@example.com>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\
             NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: id{number}\r\n\
             imdn.Disposition-Notification: display\r\n\r\nContent-Type: text/plain\r\n\r\ntext {number}"
        );
        let id = format!("text{number:04}");
        let len = body.len();
        let rest = format!(
            "Message-ID: {id}\r\nFailure-Report: no\r\nByte-Range: 1-{len}/{len}\r\nContent-Type: message/cpim\r\n\r\n\
             {body}\r\n"
        );
        strange.sends(&id, &rest);
    }
    chat.shows("<peer> text 6000");
    chat.types("the end\n");
    strange.hears("the end");
    let told = strange.heard.matches("<display-notification>").count();
    assert!((1..=512).contains(&told), "{told}");
}
