/// By what it is told whether two URIs stand for the same participant, or the same room.
///
/// Functions of two texts are comparisons too.
pub trait UriComparison {
    /// Whether both stand for the same.
    fn is_same(&self, one: &str, other: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool> UriComparison for F {
    fn is_same(&self, one: &str, other: &str) -> bool {
        self(one, other)
    }
}

/// Compares scheme and host without case, the user with case, the port exactly, and no parameters or headers: of
/// `sip:room@example.com` and `sip:room@example.com;transport=tcp`, both are the room (ruling S16).
///
/// A password belongs to the user, and so does what follows a user in itself, as in `sip:+1201;phone-context=x@h`.
/// No port and the default port are not the same, and escapes are not undone. In a `tel` URI parameters are part of
/// the number (RFC 3966 §5.1.5): they count, without case, and so do visual separators. A URI with more than one `@`,
/// which has no one reading, is the same as itself alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByUserAndHost;

impl UriComparison for ByUserAndHost {
    fn is_same(&self, one: &str, other: &str) -> bool {
        if one == other {
            return true;
        }
        match (Parts::of(one), Parts::of(other)) {
            (Some(one), Some(other)) => one.is_same(&other),
            _ => false,
        }
    }
}

struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    /// The host and, behind a colon, the port, which has no case; of a `tel` URI all behind the scheme.
    host: &'a str,
}

impl<'a> Parts<'a> {
    fn of(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        if scheme.eq_ignore_ascii_case("tel") {
            return Some(Self {
                scheme,
                user: None,
                host: rest,
            });
        }
        // The user may have `;` and `?` in it (RFC 3261 §25.1).
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        if rest.contains('@') {
            return None;
        }
        let host = rest.split([';', '?']).next().unwrap_or_default();
        Some(Self { scheme, user, host })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && self.user == other.user
            && self.host.eq_ignore_ascii_case(other.host)
    }
}
