/// How large the headers of a message/cpim may be: RFC 3862 sets no limit, but who reads from a network needs one
/// (ruling C20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of all headers, without those of the content: 262,144 by default. Lines have no limit of their own.
    pub header_octets: usize,
    /// Headers: 1024 by default.
    pub headers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_octets: 262_144,
            headers: 1024,
        }
    }
}
