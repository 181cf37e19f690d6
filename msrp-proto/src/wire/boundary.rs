//! The search for the end-line of a body (RFC 4975 §7.1; rulings ).
//!
//! The sought sequence is CRLF, seven hyphens, the transaction identifier, one flag, CRLF. It has a CR
//! at its start and one near its end, and no other: so after a mismatch nothing that was matched needs
//! to be looked at again, and a candidate that a read cuts off is remembered as a single number.

use std::sync::LazyLock;

use memchr::{memmem, memrchr};

use super::header::ContinuationFlag;
use super::ident::TransactionId;

/// What every end-line begins with: the CRLF before it, which is not body, and the hyphens.
pub(crate) const LEAD: &[u8; 9] = b"\r\n-------";

/// The longest end-line with its leading CRLF: the identifier, a flag and a CRLF follow the lead.
const MAX: usize = LEAD.len() + TransactionId::MAX_LEN + 3;

pub(super) static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(LEAD));

/// Where in a stream of body octets the end-line is.
#[derive(Clone)]
pub(crate) struct Boundary {
    /// The sequence; its flag and what follows are filled in as they are matched.
    pattern: [u8; MAX],
    /// Octets of `pattern` before the flag.
    fixed: u8,
    /// Octets of `pattern` that are sought: all, or those before the flag.
    sought: u8,
    /// Octets of `pattern` that the last octets seen match.
    matched: u8,
    /// How many of those stand before the octets searched: seen, but not body.
    before: u8,
    /// Octets looked at; one looked at twice counts twice.
    examined: u64,
}

/// What [`Boundary::search`] found out about the front of its input.
pub(crate) enum Found<'a> {
    /// So many octets are body. The rest, if any, may be the begin of the end-line and is consumed too.
    Body(usize),
    /// So many octets are body, then comes the end-line, up to the given position.
    End {
        body: usize,
        end: usize,
        flag: ContinuationFlag,
    },
    /// Octets of earlier input turned out to be body after all; none of this input is consumed but the
    /// given number, which `held` repeats at its end.
    Released { held: &'a [u8], consumed: usize },
}

impl Boundary {
    /// `before`: how many octets of CRLF stand directly before the octets to be searched, 0 to 2.
    pub(crate) fn new(id: &TransactionId, before: u8) -> Self {
        let mut pattern = [0; MAX];
        // Both fit: they are no longer than the pattern.
        let fixed = (LEAD.len() + id.as_bytes().len()) as u8;
        if let Some((lead, rest)) = pattern.split_first_chunk_mut() {
            *lead = *LEAD;
            // As it is kept, zeros included: always equally many octets.
            if let Some((ident, _)) = rest.split_first_chunk_mut() {
                *ident = *id.padded();
            }
        }
        Self {
            pattern,
            fixed,
            sought: fixed + 3,
            matched: before,
            before,
            examined: 0,
        }
    }

    /// For a writer: watches for the octets of an end-line, whatever may follow them (ruling R-20), in a
    /// body that begins behind an empty line (ruling R-22).
    pub(crate) fn guard(id: &TransactionId) -> Self {
        let guard = Self::new(id, 2);
        Self {
            sought: guard.fixed,
            ..guard
        }
    }

    /// How many of the next octets of a body may be written before one that would complete the end-line;
    /// `None`: all of them.
    pub(crate) fn admit(&mut self, octets: &[u8]) -> Option<usize> {
        let mut from = 0;
        loop {
            match self.search(octets.get(from..)?) {
                Found::Body(_) => return None,
                Found::End { end, .. } => return Some(from + end - 1),
                Found::Released { consumed, .. } => from += consumed,
            }
        }
    }

    /// How many octets the searches since the last call have looked at.
    pub(crate) fn take_examined(&mut self) -> u64 {
        core::mem::take(&mut self.examined)
    }

    /// Examines the input once, and says what its front is.
    pub(crate) fn search<'a>(&'a mut self, input: &[u8]) -> Found<'a> {
        if self.matched > 0 {
            self.resume(input)
        } else {
            self.find(input)
        }
    }

    /// Examines octets that are known to hold no end of an end-line, whatever else they are.
    pub(crate) fn pass(&mut self, mut octets: &[u8]) {
        while let Found::Released { consumed, .. } = self.search(octets) {
            octets = octets.get(consumed..).unwrap_or_default();
        }
    }

    /// Goes on with a candidate that began before this input.
    fn resume(&mut self, input: &[u8]) -> Found<'_> {
        for (index, &octet) in input.iter().enumerate() {
            if self.step(octet) {
                if self.matched == self.sought {
                    let flag = self.flag();
                    (self.matched, self.before) = (0, 0);
                    return Found::End {
                        body: 0,
                        end: index + 1,
                        flag,
                    };
                }
                continue;
            }
            let from = core::mem::take(&mut self.before);
            let held = usize::from(from)..usize::from(core::mem::take(&mut self.matched));
            return if held.is_empty() {
                self.find(input)
            } else {
                Found::Released {
                    held: self.pattern.get(held).unwrap_or_default(),
                    consumed: index,
                }
            };
        }
        Found::Body(0)
    }

    /// Looks for a candidate that begins in this input.
    fn find(&mut self, input: &[u8]) -> Found<'_> {
        if let [octet] = input
            && *octet != b'\r'
        {
            // Where octets come one by one, calling for searches of one would cost most of all. As they count it.
            self.examined += 2;
            return Found::Body(1);
        }
        let mut from = 0;
        while let Some(rest) = input.get(from..) {
            let found = FINDER.find(rest);
            self.examined += found.map_or(rest.len(), |at| at + LEAD.len()) as u64;
            let Some(at) = found else { break };
            let body = from + at;
            if let Some((end, flag)) = self.whole(input, body) {
                self.examined += (end - body - LEAD.len()) as u64;
                return Found::End { body, end, flag };
            }
            self.matched = LEAD.len() as u8;
            from = body + LEAD.len();
            for (index, &octet) in input.iter().enumerate().skip(from) {
                // The next candidate begins at the octet that does not fit, or behind it.
                from = index;
                if !self.step(octet) {
                    self.matched = 0;
                    break;
                }
                if self.matched == self.sought {
                    self.matched = 0;
                    return Found::End {
                        body,
                        end: index + 1,
                        flag: self.flag(),
                    };
                }
            }
            if self.matched > 0 {
                return Found::Body(body);
            }
        }
        // The input may end in the begin of the lead, which has only one CR.
        let tail = input.len().saturating_sub(LEAD.len() - 1);
        self.examined += (input.len() - tail) as u64;
        let candidate = input.get(tail..).and_then(|rest| memrchr(b'\r', rest));
        let candidate = candidate
            .map(|at| tail + at)
            .filter(|&at| LEAD.starts_with(input.get(at..).unwrap_or_default()));
        match candidate {
            Some(at) => {
                // Fewer than the lead has.
                self.matched = (input.len() - at) as u8;
                Found::Body(at)
            }
            None => Found::Body(input.len()),
        }
    }

    /// Whether all that is sought stands there: its end, and its flag.
    fn whole(&self, input: &[u8], at: usize) -> Option<(usize, ContinuationFlag)> {
        let (fixed, sought) = (usize::from(self.fixed), usize::from(self.sought));
        let found = input.get(at..at + sought)?;
        let (start, rest) = found.split_at_checked(fixed)?;
        if Some(start) != self.pattern.get(..fixed) {
            return None;
        }
        let flag = match *rest {
            [] => ContinuationFlag::Complete,
            [flag, b'\r', b'\n'] => ContinuationFlag::from_u8(flag)?,
            _ => return None,
        };
        Some((at + sought, flag))
    }

    /// Whether the octet continues the candidate.
    fn step(&mut self, octet: u8) -> bool {
        self.examined += 1;
        let fits = match self.matched.checked_sub(self.fixed) {
            None => self.pattern.get(usize::from(self.matched)) == Some(&octet),
            Some(0) => ContinuationFlag::from_u8(octet).is_some(),
            Some(1) => octet == b'\r',
            Some(_) => octet == b'\n',
        };
        if fits {
            if let Some(slot) = self.pattern.get_mut(usize::from(self.matched)) {
                *slot = octet;
            }
            self.matched += 1;
        }
        fits
    }

    fn flag(&self) -> ContinuationFlag {
        self.pattern
            .get(usize::from(self.fixed))
            .and_then(|&octet| ContinuationFlag::from_u8(octet))
            .unwrap_or(ContinuationFlag::Complete)
    }
}
