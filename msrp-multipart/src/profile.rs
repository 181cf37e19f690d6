/// Which grammar a media type is read by.
///
/// All three have the same tokens; they differ in what may stand between and behind them.
///
/// | | [`Msrp`](Self::Msrp) | [`Mime`](Self::Mime) | [`Sdp`](Self::Sdp) |
/// |---|---|---|---|
/// | blanks between elements | deviation | allowed | error, at either end: deviation |
/// | comments, folded lines | error | allowed | error |
/// | parameter without a value | allowed | deviation | deviation |
/// | `\` before other than `\` and `"` | deviation | allowed | deviation |
/// | octets above 127 in a quoted string | UTF-8, other: deviation | deviation | UTF-8, other: deviation |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// The Content-Type header of an MSRP request: `media-type` of RFC 4975 §9.
    Msrp,
    /// A Content-Type field of a MIME entity: `content` of RFC 2045 §5.1, with the comments and the folding
    /// that RFC 822 allows in structured fields.
    Mime,
    /// One entry of `accept-types` or `accept-wrapped-types`: `format-entry` of RFC 4975 §8.6. A blank ends
    /// the entry there, so none is tolerated inside.
    Sdp,
}
