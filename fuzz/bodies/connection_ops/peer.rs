//! What the peer writes.

use msrp_proto::test_util::Side;

use super::shared::frames::{self, frame};
use super::{OTHER, Script, UNKNOWN};

impl Script<'_> {
    /// A frame, mostly a legal one, about what there is.
    pub(super) fn frame(&mut self) -> Vec<u8> {
        self.frames += 1;
        let fresh = format!("t{:04}", self.frames);
        let tid = match self.below(6) {
            0 => "aaaa".to_owned(),
            1..=3 => self.tids.last().cloned().unwrap_or(fresh),
            4 => self.u.choose(&self.tids).cloned().unwrap_or(fresh),
            _ => fresh,
        };
        let method = *self.pick(&[
            "SEND", "SEND", "SEND", "SEND", "SEND", "REPORT", "REPORT", "200 OK", "200", "200", "413", "481",
            "408", "415", "506", "NICKNAME", "AUTH", "send!", "99",
        ]);
        let method = if self.auth && self.below(2) == 0 {
            *self.pick(&["401", "401", "200", "200", "423", "403"])
        } else {
            method
        };
        let id = match self.below(6) {
            0 => self
                .u
                .choose(&self.ids)
                .cloned()
                .unwrap_or_else(|_| "m1".to_owned()),
            1 => self.ids.last().cloned().unwrap_or_else(|| "m2".to_owned()),
            2 => format!("n{}", self.frames),
            3 => "mess1".to_owned(),
            number => format!("m{number}"),
        };
        let (local, peer) = (frames::uri(Side::A), frames::uri(Side::B));
        let to = match self.below(24) {
            0 => OTHER.to_owned(),
            1 => UNKNOWN.to_owned(),
            2 => format!("{UNKNOWN} {local}"),
            3 => "x".to_owned(),
            _ => local,
        };
        let from = match self.below(12) {
            0 => format!("{UNKNOWN} {peer}"),
            1 if self.below(4) == 0 => String::new(),
            _ => peer,
        };
        let mut lines = format!("To-Path: {to}\r\nFrom-Path: {from}\r\n");
        if self.below(30) > 0 {
            lines += &format!("Message-ID: {id}\r\n");
        }
        let range = *self.pick(&[
            "1-*/*",
            "1-*/*",
            "1-*/*",
            "1-5/5",
            "6-*/*",
            "6-10/10",
            "1-0/0",
            "3-10/10",
            "1-3000/3000",
            "1001-3000/3000",
            "2049-*/*",
            "101-*/50",
            "4294967297-*/*",
            "18446744073709551615-*/*",
            "",
            "x",
        ]);
        if !range.is_empty() {
            lines += &format!("Byte-Range: {range}\r\n");
        }
        if method == "REPORT" || self.below(20) == 0 {
            let status = *self.pick(&[
                "000 200 OK",
                "000 200",
                "000 413",
                "000 408",
                "001 200",
                "000 481",
                "x",
            ]);
            lines += &format!("Status: {status}\r\n");
        }
        if self.auth {
            lines += &self.auth_lines();
        }
        lines += *self.pick(&[
            "",
            "",
            "Failure-Report: no\r\n",
            "Failure-Report: partial\r\n",
            "Success-Report: yes\r\n",
            "Success-Report: yes\r\nFailure-Report: no\r\n",
            "X-Other: something\r\n",
            "Content-Transfer-Encoding: base64\r\n",
        ]);
        // Longer ones lose the stream, but in a SEND.
        let longest = if method == "SEND" || self.below(60) == 0 {
            20_000
        } else {
            90
        };
        let len = *self
            .pick(&[0, 1, 5, 5, 100, 1023, 1024, 1500, 3000, 20_000])
            .min(&longest);
        let mut body: Vec<u8> = (0..len).map(|at| b'a' + (at % 23) as u8).collect();
        if self.below(10) == 0 {
            body.extend_from_slice(format!("\r\n-------{tid}").as_bytes());
            body.extend_from_slice(self.pick(&["", "x", "\r", "$\r\r\n", "+"]).as_bytes());
            body.push(b'z');
        }
        let has_body = (self.below(8) > 0) == (method == "SEND");
        if has_body {
            lines += *self.pick(&[
                "Content-Type: text/plain\r\n",
                "Content-Type: a/b\r\n",
                "Content-Type: x\r\n",
                "",
            ]);
        }
        let flag = *self.pick(&['$', '$', '+', '+', '#']);
        let mut octets = frame(&tid, method, &lines, has_body.then_some(&body), flag);
        self.mutate(&mut octets);
        octets
    }

    /// Headers of an answer to AUTH.
    fn auth_lines(&mut self) -> String {
        let challenge = *self.pick(&[
            "Digest realm=\"r\", qop=\"auth\", nonce=\"n1\"",
            "Digest realm=\"r\", qop=\"auth\", nonce=\"n2\", stale=true",
            "Digest realm=\"r\", nonce=\"n3\"",
            "Basic realm=\"r\"",
        ]);
        let use_path = *self.pick(&[
            "msrps://r1.example:1/a;tcp",
            "msrps://r1.example:1/b;tcp",
            "msrps://r1.example:1/c;tcp msrps://r2.example:2/d;tcp",
            "msrps://r1.example/e;tcp",
        ]);
        let expires = *self.pick(&["900", "30", "0", "18446744073709551616", "x"]);
        let bound = *self.pick(&["Min-Expires: 90", "Max-Expires: 30", "X-None: 1"]);
        format!(
            "WWW-Authenticate: {challenge}\r\nUse-Path: {use_path}\r\nExpires: {expires}\r\n{bound}\r\n\
             Authentication-Info: nextnonce=\"n4\"\r\n"
        )
    }

    fn mutate(&mut self, octets: &mut Vec<u8>) {
        let kind = self.below(200);
        if kind > 3 {
            return;
        }
        let at = self.below(octets.len().min(400));
        match kind {
            0 => octets[at] = self.u.arbitrary().unwrap_or(0),
            1 => octets.truncate(at),
            2 => {
                octets.drain(at..(at + 1 + self.below(20)).min(octets.len()));
            }
            _ => {
                let part = octets[at..(at + 20).min(octets.len())].to_vec();
                octets.splice(at..at, part);
            }
        }
    }
}
